"""The city's logo, as it was uploaded."""

from flask import Blueprint, Response, abort

from scheduler.services.installation import logo_of
from scheduler.web.site import site

logo = Blueprint("logo", __name__)


@logo.get("/logo/<mark>")
def picture(mark: str) -> Response:
    """The address changes with the picture, so that browsers may keep it."""
    found = logo_of(site().database) if mark == site().installation.logo_mark else None
    if found is None:
        abort(404)
    answer = Response(found.content, mimetype=found.media_type)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
