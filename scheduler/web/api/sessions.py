"""Sessions: read, booked, moved and cancelled by programs, under the rules that hold for people too."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from scheduler.booking.errors import BadInput, Fault
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.slot import Slot
from scheduler.services.agenda import get_fair
from scheduler.services.api_keys import Scope
from scheduler.services.book import book
from scheduler.services.cancel import cancel, complete, mark_no_show
from scheduler.services.choose import Wish
from scheduler.services.idempotency import ticket_for
from scheduler.services.move import Target, move
from scheduler.services.options import options_for
from scheduler.services.session_pages import one_session, session_page
from scheduler.web.api import shapes, shaping
from scheduler.web.api.access import SECURITY, actor, needs, operation_id
from scheduler.web.api.answering import answered, seen_revision
from scheduler.web.api.reader import reader_language
from scheduler.web.site import site
from scheduler.wording import Phrase

sessions = APIBlueprint(
    "api_sessions",
    __name__,
    abp_tags=[Tag(name="sessions")],
    abp_security=SECURITY,
    operation_id_callback=operation_id,
)


@sessions.get(
    "/fairs/<string:key>/sessions", summary="A fair's sessions", responses={200: shapes.SessionList}
)
@needs(Scope.READ)
def listed(path: shapes.FairPath, query: shapes.SessionQuery) -> Response:
    page = session_page(
        site().database,
        path.key,
        limit=query.limit,
        after=query.after,
        day=query.day,
        state=State(query.state) if query.state else None,
    )
    found = [shaping.session(one, page.answers) for one in page.sessions]
    return answered(shapes.SessionList(sessions=found, next=page.next))


@sessions.post("/fairs/<string:key>/sessions", summary="Book a session", responses={201: shapes.Session})
@needs(Scope.BOOK, "Idempotency-Key")
def booked(path: shapes.FairPath, body: shapes.Booking) -> Response:
    """Needs the header `Idempotency-Key`: the same key with the same request books once."""
    database, settings = site().database, site().settings
    ticket = ticket_for(
        actor(), request.headers.get("Idempotency-Key", ""), "book", path.key, body.model_dump(mode="json")
    )
    wish = Wish(
        fair_key=path.key,
        match_id=body.match_id,
        slot=_slot(body.start_at, body.end_at, minutes=_minutes_of(path.key, body)),
        interpreter_ids=tuple(body.interpreter_ids) if body.interpreter_ids is not None else None,
        room_id=body.room_id,
    )
    meeting = book(database, settings, wish, now=site().clock(), actor=actor(), ticket=ticket)
    return _one(meeting, 201)


@sessions.get("/sessions/<string:session_id>", summary="One session", responses={200: shapes.Session})
@needs(Scope.READ)
def one(path: shapes.SessionPath) -> Response:
    meeting, known = one_session(site().database, path.session_id)
    return answered(shaping.session(meeting, known), revision=meeting.revision)


@sessions.patch("/sessions/<string:session_id>", summary="Move a session", responses={200: shapes.Session})
@needs(Scope.BOOK, "If-Match")
def moved(path: shapes.SessionPath, body: shapes.Move) -> Response:
    """Needs the header `If-Match` with the session's entity tag."""
    seen = seen_revision()
    before, _ = one_session(site().database, path.session_id)
    length = before.slot.end_at - before.slot.start_at
    target = Target(
        slot=_slot(body.start_at, body.end_at, minutes=int(length.total_seconds()) // 60),
        interpreter_ids=tuple(body.interpreter_ids) if body.interpreter_ids is not None else None,
        room_id=body.room_id,
    )
    meeting = move(
        site().database,
        site().settings,
        path.session_id,
        target,
        seen_revision=seen,
        now=site().clock(),
        actor=actor(),
    )
    return _one(meeting)


@sessions.delete("/sessions/<string:session_id>", summary="Cancel a session", responses={200: shapes.Session})
@needs(Scope.BOOK, "If-Match")
def cancelled(path: shapes.SessionPath) -> Response:
    """Needs the header `If-Match` with the session's entity tag."""
    meeting = cancel(
        site().database, path.session_id, seen_revision=seen_revision(), now=site().clock(), actor=actor()
    )
    return _one(meeting)


@sessions.post(
    "/sessions/<string:session_id>/complete",
    summary="Note that a session took place",
    responses={200: shapes.Session},
)
@needs(Scope.BOOK, "If-Match")
def completed(path: shapes.SessionPath) -> Response:
    """Needs the header `If-Match` with the session's entity tag."""
    return _ended(complete, path.session_id)


@sessions.post(
    "/sessions/<string:session_id>/no_show",
    summary="Note that somebody did not come",
    responses={200: shapes.Session},
)
@needs(Scope.BOOK, "If-Match")
def not_attended(path: shapes.SessionPath) -> Response:
    """Needs the header `If-Match` with the session's entity tag."""
    return _ended(mark_no_show, path.session_id)


@sessions.get(
    "/sessions/<string:session_id>/options", summary="Where it could go", responses={200: shapes.OptionList}
)
@needs(Scope.READ)
def options(path: shapes.SessionPath) -> Response:
    found = options_for(site().database, path.session_id, now=site().clock())
    language = reader_language()
    return answered(shapes.OptionList(options=[shaping.option(each, language) for each in found]))


def _ended(deed: Callable[..., Meeting], session_id: str) -> Response:
    seen = seen_revision()
    return _one(deed(site().database, session_id, seen_revision=seen, now=site().clock(), actor=actor()))


def _one(meeting: Meeting, status: int = 200) -> Response:
    answer = answered(shaping.session(meeting), status)
    answer.set_etag(str(meeting.revision))
    return answer


def _minutes_of(fair_key: str, body: shapes.Booking) -> int:
    """How long a session is whose end is not given; the fair is read only for that."""
    return 0 if body.end_at is not None else get_fair(site().database, fair_key).slot_minutes


def _slot(start_at: datetime, end_at: datetime | None, *, minutes: int) -> Slot:
    """Raises BadInput for an end that does not come after its start, and for years that no calendar has."""
    try:
        start = start_at.astimezone(UTC)
        end = end_at.astimezone(UTC) if end_at is not None else start + timedelta(minutes=minutes)
        return Slot(start, end)
    except (ValueError, OverflowError):
        wrong = Phrase("The end has to come after the start.")
        raise BadInput([Fault(place="end_at", wrong=wrong)]) from None
