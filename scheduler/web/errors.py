"""Every refusal has its status and its page. Bad input is never the program's fault, so never a 500."""

import logging
from collections.abc import Sequence

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from scheduler.booking.errors import BadInput, NotFound, Refusal, RulesBroken, SlotTaken
from scheduler.services.idempotency import BadKey, KeyUsedBefore
from scheduler.services.links import LinkGone, LinkUnknown
from scheduler.storage.errors import StorageUnavailable
from scheduler.timezones.errors import TimeError
from scheduler.timezones.labels import MomentText
from scheduler.web.auth import BY_ADDRESS
from scheduler.web.site import site
from scheduler.wording import Phrase, Sayable

_LOG = logging.getLogger(__name__)
_COME_BACK_SECONDS = 5

# The first that fits counts; a refusal that stands nowhere here is a conflict with how things are.
STATUS_OF: tuple[tuple[type[Exception], int], ...] = (
    (BadInput, 400),
    (TimeError, 400),
    (NotFound, 404),
    (LinkUnknown, 404),
    (LinkGone, 410),
    (KeyUsedBefore, 422),
    (BadKey, 400),
    (StorageUnavailable, 503),
    (Refusal, 409),
)
HEADINGS: dict[int, Phrase] = {
    400: Phrase("This could not be understood"),
    403: Phrase("This page is not for you"),
    404: Phrase("There is no such page"),
    405: Phrase("This cannot be done in this way"),
    409: Phrase("Things have changed meanwhile"),
    410: Phrase("This link is no longer valid"),
    413: Phrase("That is too large"),
    415: Phrase("This could not be understood"),
    422: Phrase("This could not be understood"),
    429: Phrase("Too many attempts"),
    500: Phrase("Something went wrong on our side"),
    503: Phrase("Not available at the moment"),
}
SENTENCES: dict[int, Phrase] = {
    400: Phrase("Go back, load the page again and try once more."),
    403: Phrase("Your account may not open it. Ask the organiser if you think it should."),
    404: Phrase("It may have been moved or removed, or the address is not complete."),
    405: Phrase("Please use the buttons of the page."),
    409: Phrase("Look again, then decide."),
    410: Phrase("Please ask the organiser for a new one."),
    413: Phrase("Please send a smaller file."),
    415: Phrase("Go back, load the page again and try once more."),
    422: Phrase("Go back, load the page again and try once more."),
    429: Phrase("Please wait a few minutes, then try again."),
    500: Phrase("Nothing you did is lost. Please try again; if it happens once more, tell the organiser."),
    503: Phrase("Please try again in a moment."),
}


def add_error_pages(app: Flask) -> None:
    """Make the pages known; the rest of the web only raises."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(TimeError, _refused)
    app.register_error_handler(CSRFError, _not_from_our_page)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def status_of(refusal: Exception) -> int:
    return next((status for kind, status in STATUS_OF if isinstance(refusal, kind)), 500)


def error_page(status: int, sentence: Sayable | None = None, points: Sequence[object] = ()) -> Response:
    """A plain page in the reader's language that asks nothing of the database."""
    g.person = None
    known = status if status in HEADINGS else 400 if status < 500 else 500
    page = render_template(
        "error.html",
        status=status,
        heading=HEADINGS[known],
        sentence=sentence or SENTENCES[known],
        points=points,
        is_by_address=request.blueprint in BY_ADDRESS,
        back=request.referrer if (request.referrer or "").startswith(request.host_url) else None,
    )
    return make_response(page, status)


def points_of(refusal: Exception) -> tuple[object, ...]:
    """The single facts of a refusal, to be listed under its sentence."""
    if isinstance(refusal, BadInput):
        return refusal.faults
    if isinstance(refusal, RulesBroken) and len(refusal.conflicts) > 1:
        return tuple(conflict.phrase for conflict in refusal.conflicts)
    if isinstance(refusal, SlotTaken) and refusal.nearest:
        zone = site().settings.home_zone
        free = tuple(
            MomentText(start_at=one.start_at, end_at=one.end_at, zone=zone) for one in refusal.nearest
        )
        return (Phrase("The nearest free moments: %(moments)s", moments=free),)
    return ()


def _refused(refusal: Refusal | TimeError) -> Response:
    response = error_page(status_of(refusal), refusal.phrase, points_of(refusal))
    if isinstance(refusal, StorageUnavailable):
        response.headers["Retry-After"] = str(_COME_BACK_SECONDS)
    return response


def _not_from_our_page(error: CSRFError) -> Response:
    return error_page(400, Phrase("The page was open for too long, or the request did not come from it."))


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    response = error_page(error.code)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _failed(error: Exception) -> Response:
    _LOG.exception("a page failed: %s %s", request.method, request.endpoint)
    return error_page(InternalServerError.code or 500)
