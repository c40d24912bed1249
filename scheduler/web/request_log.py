"""One line for each request, with an id that the answer names too; never an address, which may open something."""

import json
import logging
import re
import secrets
import time
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from scheduler.web.site import site

LOG = logging.getLogger("scheduler.requests")
_KNOWN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def add_request_log(app: Flask) -> None:
    """Before everything else of the application, so that what is refused early is counted, too."""
    app.before_request(_begin)
    app.after_request(_end)


def request_id() -> str:
    """The id of the request that is being answered; a proxy that is trusted may have given it."""
    known: str | None = g.get("request_id")
    return known or _new_id()


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = _new_id()


def _new_id() -> str:
    given = request.headers.get("X-Request-ID", "")
    trusts = site().started_with.proxies > 0
    return given if trusts and _KNOWN_ID.fullmatch(given) else secrets.token_hex(8)


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    endpoint = request.endpoint or "none"
    site().tally.add(endpoint, request.method, response.status_code, seconds)
    response.headers["X-Request-ID"] = request_id()
    LOG.info(
        "request",
        extra={
            "facts": {
                "request_id": request_id(),
                "method": request.method,
                "endpoint": endpoint,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "role": _role(),
            }
        },
    )
    return response


def _role() -> str:
    """Whose request it was: a role, a program with its key, or nothing."""
    if g.get("caller") is not None:
        return "program"
    return str(getattr(g.get("person"), "role", ""))


class JsonLines(logging.Formatter):
    """Each entry as one line of JSON. Line breaks in what is logged cannot begin another entry."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        facts: Mapping[str, object] = getattr(record, "facts", {})
        entry |= facts
        if record.exc_info and record.exc_info[0] is not None:
            # Where it happened and what kind it was; what it says may be somebody's data.
            frames = traceback.extract_tb(record.exc_info[2])[-8:]
            entry["error"] = record.exc_info[0].__name__
            entry["trace"] = [f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}" for one in frames]
        return json.dumps(entry, ensure_ascii=False)


def log_as_json() -> None:
    """Everything the process logs goes to standard error as lines of JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
