"""When more people come at once than can be answered soon, those beyond are asked to come back, at once."""

from collections.abc import Callable, Iterable
from typing import Any

COME_BACK_SECONDS = 10
_BODY = (
    "지금 접속이 많습니다. 잠시 후 다시 시도해 주십시오.\n"
    "Many people are here at this moment. Please try again in a few seconds.\n"
).encode()
_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(_BODY))),
    ("Cache-Control", "no-store"),
    ("Retry-After", str(COME_BACK_SECONDS)),
]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Overload:
    """In front of the pages. `waiting` says how many requests have come and not begun; more than `most` are too many.

    It answers without the pages, the session or the database, so that the queue is short again in a moment.
    """

    def __init__(self, pages: Wsgi, *, most: int) -> None:
        self._pages, self._most = pages, most
        self.waiting: Callable[[], int] = lambda: 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self.waiting() > self._most and environ.get("PATH_INFO") != "/healthz":
            start_response("503 Service Unavailable", _HEADERS)
            return [_BODY]
        return self._pages(environ, start_response)
