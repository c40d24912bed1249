"""One session: who and when, what people were told, and how it is changed."""

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import NobodyFree, Refusal, RulesBroken, SlotTaken, StaleRevision
from scheduler.booking.meeting import LEGAL_MOVES, State
from scheduler.booking.slot import Slot
from scheduler.services import timetable
from scheduler.services.buyer_checks import newest_check
from scheduler.services.cancel import cancel, complete, mark_no_show
from scheduler.services.feeds import session_calendar, session_links
from scheduler.services.move import Target, move
from scheduler.services.options import Option, options_for
from scheduler.services.results import session_result
from scheduler.services.subscriptions import subscriptions_of_fair
from scheduler.services.timetable import SessionPage
from scheduler.timezones.errors import TimeError
from scheduler.timezones.wall import as_utc
from scheduler.web.errors import points_of, status_of
from scheduler.web.filters import named
from scheduler.web.language import language
from scheduler.web.once import ticket_of
from scheduler.web.person import this_person
from scheduler.web.revision import sent_revision
from scheduler.web.site import site
from scheduler.web.stating import OF_COMPANIES, SIDES
from scheduler.wording import Phrase

sessions = Blueprint("sessions", __name__, url_prefix="/meetings")

_AS_NOW = ""
_ENDINGS = {"cancel": cancel, "complete": complete, "no_show": mark_no_show}
_ACTIONS = {
    "book": Phrase("Booked"),
    "hold": Phrase("Held"),
    "confirm": Phrase("Confirmed"),
    "publish": Phrase("Published"),
    "move": Phrase("Changed"),
    "swap": Phrase("Exchanged with another session"),
    "pin": Phrase("Pinned to its place"),
    "unpin": Phrase("No longer pinned"),
    "answer": Phrase("Answered"),
    "offer": Phrase("Slot offered to others"),
    "accept_offer": Phrase("Offer accepted"),
    "decline_offer": Phrase("Offer declined"),
    "state_result": Phrase("Result stated"),
    "verify_result": Phrase("Amount verified"),
    "cancelled": Phrase("Cancelled"),
    "call_forward": Phrase("Called forward"),
    "cut_short": Phrase("Cut short for others"),
    "completed": Phrase("Took place"),
    "no_show": Phrase("Not attended"),
    "release": Phrase("Released"),
    "link": Phrase("Another video link"),
}
_ROLES = {
    "coordinator": Phrase("Coordinator"),
    "company": Phrase("Company"),
    "buyer": Phrase("Buyer"),
    "interpreter": Phrase("Interpreter"),
    "cohost": Phrase("Co-host"),
}
_SAID = {
    "cancel": Phrase(
        "The session is cancelled. Nobody has been told yet: send the notices when you are done."
    ),
    "complete": Phrase("Noted: the session took place."),
    "no_show": Phrase("Noted: somebody did not come."),
}


@sessions.get("/<meeting_id>")
def index(meeting_id: str) -> str:
    return _page(timetable.session_page(site().database, meeting_id))


@sessions.post("/<meeting_id>/move")
def change(meeting_id: str) -> AnyResponse | str:
    page = timetable.session_page(site().database, meeting_id)
    try:
        move(
            site().database,
            site().settings,
            meeting_id,
            _target(page, request.form),
            seen_revision=sent_revision(),
            now=site().clock(),
            actor=this_person().actor,
            ticket=ticket_of(this_person().actor),
        )
    except (SlotTaken, RulesBroken, NobodyFree, StaleRevision) as refusal:
        fresh = timetable.session_page(site().database, meeting_id)
        return Response(_page(fresh, refusal, request.form), status_of(refusal))
    said = Phrase("The session is changed. Nobody has been told yet: send the notices when you are done.")
    flash(said.text(language()), "good")
    return redirect(url_for("sessions.index", meeting_id=meeting_id), code=303)


@sessions.post("/<meeting_id>/<any(cancel, complete, no_show):ending>")
def end(meeting_id: str, ending: str) -> AnyResponse:
    _ENDINGS[ending](
        site().database,
        meeting_id,
        seen_revision=sent_revision(),
        now=site().clock(),
        actor=this_person().actor,
    )
    flash(_SAID[ending].text(language()), "good")
    return redirect(url_for("sessions.index", meeting_id=meeting_id), code=303)


@sessions.get("/<meeting_id>.ics")
def own_calendar(meeting_id: str) -> Response:
    """For the coordinator's own calendar, as the organiser sees the session."""
    return calendar_file(
        session_calendar(site().database, site().settings, meeting_id, None, now=site().clock())
    )


@sessions.get("/<meeting_id>/<reader_id>.ics")
def calendar(meeting_id: str, reader_id: str) -> Response:
    if reader_id not in timetable.session_page(site().database, meeting_id).meeting.resource_ids:
        abort(404)
    content = session_calendar(site().database, site().settings, meeting_id, reader_id, now=site().clock())
    return calendar_file(content)


def calendar_file(content: bytes) -> Response:
    """One session to be put into a calendar by hand."""
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="session.ics"'
    return response


def session_html(
    meeting_id: str,
    *,
    result_faults: Mapping[str, object] | None = None,
    verify_faults: Mapping[str, object] | None = None,
) -> str:
    """The page of a session with the faults of one of the forms about its result."""
    page = timetable.session_page(site().database, meeting_id)
    typed = request.form if result_faults or verify_faults else {}
    return _page(
        page, result_faults=result_faults or {}, verify_faults=verify_faults or {}, typed_result=typed
    )


def _page(
    page: SessionPage,
    refusal: Refusal | None = None,
    typed: Mapping[str, str] | None = None,
    *,
    result_faults: Mapping[str, object] | None = None,
    verify_faults: Mapping[str, object] | None = None,
    typed_result: Mapping[str, str] | None = None,
) -> str:
    options = _options(page)
    fair_id = page.fair.id if page.fair is not None else None
    made = subscriptions_of_fair(site().database, site().settings, fair_id) if fair_id is not None else {}
    return render_template(
        "coordinator/session.html",
        page=page,
        options=options,
        refusal=refusal,
        points=points_of(refusal) if refusal is not None else (),
        typed=typed or {},
        history=[
            (one, _ACTIONS.get(one.action, _ACTIONS["move"]), _who(one.actor, page)) for one in page.history
        ],
        moves=LEGAL_MOVES[page.meeting.state],
        add=session_links(site().database, site().settings, page.meeting.id, None),
        subscription=made.get(None, ""),
        result=session_result(site().database, page.meeting.id, now=site().clock()),
        check=newest_check(site().database, page.meeting.buyer_id) if page.meeting.buyer_id else None,
        stages=OF_COMPANIES,
        sides=SIDES,
        result_faults=result_faults or {},
        verify_faults=verify_faults or {},
        typed_result=typed_result or {},
        is_ahead=page.meeting.slot.start_at > site().clock(),
        is_movable=page.meeting.state is State.CONFIRMED and page.fair is not None,
    )


def _who(label: str, page: SessionPage) -> str:
    """Who did it, as the audit trail names them; nobody where the program did it by itself."""
    role, _, key = label.partition(":")
    if key in page.resources:
        return named(page.resources[key])
    if role not in _ROLES:
        return Phrase("Done by the program").text(language())
    return page.accounts.get(key) or _ROLES[role].text(language())


def _options(page: SessionPage) -> tuple[Option, ...]:
    if page.meeting.state is not State.CONFIRMED or page.meeting.match_id is None:
        return ()
    return options_for(site().database, page.meeting.id, now=site().clock())


def _target(page: SessionPage, form: Mapping[str, str]) -> Target:
    """What the form asks for; a field left alone means as now, or whoever is free."""
    legs = page.meeting.legs
    chosen = tuple(form.get(f"interpreter-{number}", _AS_NOW) for number in range(len(legs)))
    asked = tuple(one or old for one, old in zip(chosen, page.meeting.interpreter_ids, strict=False))
    return Target(
        slot=_slot(form.get("slot", ""), page.meeting.slot),
        interpreter_ids=asked if any(chosen) and len(asked) == len(legs) else None,
        room_id=form.get("room") or None,
    )


def _slot(written: str, otherwise: Slot) -> Slot:
    if not written:
        return otherwise
    try:
        start, _, end = written.partition("/")
        return Slot(as_utc(datetime.fromisoformat(start)), as_utc(datetime.fromisoformat(end)))
    except (ValueError, TimeError):
        abort(400)
