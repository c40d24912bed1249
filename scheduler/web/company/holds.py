"""A slot that is held: how long it still is, the word that makes it a session, and the one that gives it up."""

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import IllegalMove
from scheduler.booking.meeting import State, has_lapsed
from scheduler.services.self_pick import Pick, confirm_hold, nearest_of_pair, own_meeting, release_hold
from scheduler.services.timetable import held_session
from scheduler.web.company.part import company, fresh_token, own_id, surroundings
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase


@company.get("/holds/<meeting_id>")
def held(meeting_id: str) -> AnyResponse | str:
    meeting = own_meeting(site().database, own_id(), meeting_id)
    if meeting.state not in (State.HELD, State.CANCELLED):
        return redirect(url_for("own.session", meeting_id=meeting_id), code=303)
    return _page(meeting_id)


@company.post("/holds/<meeting_id>/confirm")
def confirm(meeting_id: str) -> AnyResponse:
    try:
        confirm_hold(
            site().database,
            site().settings,
            own_id(),
            meeting_id,
            now=site().clock(),
            actor=this_person().actor,
        )
    except IllegalMove:
        return Response(_page(meeting_id), 409)
    said = Phrase("The session is booked. Invitations are on their way to everybody.")
    flash(said.text(language()), "good")
    return redirect(url_for("own.session", meeting_id=meeting_id), code=303)


@company.post("/holds/<meeting_id>/release")
def release(meeting_id: str) -> AnyResponse:
    meeting = release_hold(
        site().database, own_id(), meeting_id, now=site().clock(), actor=this_person().actor
    )
    flash(Phrase("The slot is free again.").text(language()), "good")
    key = held_session(site().database, own_id(), meeting_id).fair.key
    return redirect(url_for("company.buyer", key=key, buyer_id=meeting.buyer_id), code=303)


def _page(meeting_id: str) -> str:
    view = held_session(site().database, own_id(), meeting_id)
    now, meeting = site().clock(), view.meeting
    is_over = meeting.state is not State.HELD or has_lapsed(meeting, now)
    wanted = Pick(
        fair_key=view.fair.key,
        company_id=own_id(),
        buyer_id=meeting.buyer_id or "",
        start_at=meeting.slot.start_at,
        token="",
    )
    return render_template(
        "company/hold.html",
        fair=view.fair,
        entry=view.entry,
        meeting=meeting,
        is_over=is_over,
        nearest=nearest_of_pair(site().database, wanted, now=now) if is_over else (),
        seconds_left=int((meeting.lapses_at - now).total_seconds()) if meeting.lapses_at else 0,
        token=fresh_token(),
        **surroundings(),
    )
