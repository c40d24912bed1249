"""The bare page that every page is measured beside: one route, nothing but the bytes asked for."""

import sys

from flask import Flask, Response
from waitress import serve

app = Flask(__name__)


@app.get("/<int:size>")
def page(size: int) -> Response:
    return Response(b"x" * size, mimetype="text/html")


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8, _quiet=True)
