"""Which pages may be some seconds old, and are read from a replica where there is one.

Who may open them is decided before, by the primary, except for what an address opens by itself. Whatever judges or
changes anything stays with the primary, and so does whoever has just changed something.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from scheduler.booking.errors import Refusal
from scheduler.storage.errors import StorageUnavailable
from scheduler.storage.replica import Replica
from scheduler.web.site import site

MAY_BE_OLD = (
    "buyer.calendar",
    "buyer.schedule",
    "display.screen",
    "display.state",
    "feeds.feed",
    "interpreter.day",
    "own.calendar",
    "own.schedule",
    "own.session",
)
"""Schedules, feeds and displays."""
COOKIE = "just_changed"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def read_from_replica(app: Flask, replica: Replica) -> None:
    """Marks whoever changes something, and sends the other readers of these pages to the replica."""
    for endpoint in MAY_BE_OLD:
        app.view_functions[endpoint] = _may_be_old(app.view_functions[endpoint], replica)

    @app.after_request
    def remember_the_change(response: Response) -> Response:
        if request.method not in _READING and response.status_code < 400:
            tls = site().settings.is_served_by_tls
            # A second longer, for a browser that counts seconds generously.
            response.set_cookie(
                COOKIE, "1", max_age=int(replica.seconds) + 1, secure=tls, httponly=True, samesite="Lax"
            )
        return response


def _may_be_old(view: Callable[..., Any], replica: Replica) -> Callable[..., Any]:
    @wraps(view)
    def seen(*args: object, **given: object) -> Any:
        around = site()
        database = around.primary.somewhat_old() if COOKIE not in request.cookies else None
        if database is None:
            return view(*args, **given)
        try:
            with around.reading_from(database):
                return view(*args, **given)
        except StorageUnavailable:
            replica.leave_alone()
        except (Refusal, HTTPException):
            # Only the primary says no: what is missing here may be there already.
            pass
        return view(*args, **given)

    return seen
