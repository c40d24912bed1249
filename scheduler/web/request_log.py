"""One line for each request, with an id that the answer names too; never an address, which may open something."""

import json
import logging
import re
import secrets
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from flask import Flask, Response, current_app, g, request

LOG = logging.getLogger("scheduler.requests")
EXTENSION = "sangdam-tally"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends in seconds."""
_KNOWN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
Asked = tuple[str, str, str]
"""Endpoint, method, and the hundreds of the status, such as 2xx."""


@dataclass(kw_only=True)
class Tally:
    """What this process has answered since it began."""

    requests: Counter[Asked] = field(default_factory=Counter)
    buckets: dict[str, list[int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        with self._lock:
            self.requests[endpoint, method, f"{status // 100}xx"] += 1
            counts = self.buckets.setdefault(endpoint, [0] * (len(BUCKETS) + 1))
            counts[next((place for place, end in enumerate(BUCKETS) if seconds <= end), len(BUCKETS))] += 1
            self.seconds[endpoint] = self.seconds.get(endpoint, 0.0) + seconds


def add_request_log(app: Flask) -> None:
    app.extensions[EXTENSION] = Tally()
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
    trusts = current_app.extensions["sangdam"].started_with.proxies > 0
    return given if trusts and _KNOWN_ID.fullmatch(given) else secrets.token_hex(8)


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    endpoint = request.endpoint or "none"
    current_app.extensions[EXTENSION].add(endpoint, request.method, response.status_code, seconds)
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
                "role": str(getattr(g.get("person"), "role", "")),
            }
        },
    )
    return response


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
