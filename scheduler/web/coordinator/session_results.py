"""On a session's page: what a side told a coordinator, and what the coordinator verified of it."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput, Fault
from scheduler.booking.results import Side
from scheduler.services.results import state_result, verify_result
from scheduler.web.auth import faults_by_place
from scheduler.web.coordinator.sessions import session_html, sessions
from scheduler.web.language import language
from scheduler.web.once import ticket_of
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.web.stating import sent_claim
from scheduler.wording import Phrase

__all__ = ["sessions"]


@sessions.post("/<meeting_id>/result")
def state(meeting_id: str) -> AnyResponse:
    actor = this_person().actor
    try:
        side = _side()
        state_result(
            site().database,
            meeting_id,
            sent_claim(side),
            side=side,
            now=site().clock(),
            actor=actor,
            ticket=ticket_of(actor),
        )
    except BadInput as refusal:
        return Response(session_html(meeting_id, result_faults=faults_by_place(refusal.faults)), 400)
    flash(Phrase("What was said is noted.").text(language()), "good")
    return redirect(url_for("sessions.index", meeting_id=meeting_id, _anchor="result"), code=303)


@sessions.post("/<meeting_id>/result/<statement_id>/verify")
def verify(meeting_id: str, statement_id: str) -> AnyResponse:
    actor = this_person().actor
    try:
        verify_result(
            site().database,
            meeting_id,
            statement_id,
            amount=request.form.get("amount", ""),
            note=request.form.get("note", ""),
            now=site().clock(),
            actor=actor,
            ticket=ticket_of(actor),
        )
    except BadInput as refusal:
        return Response(session_html(meeting_id, verify_faults=faults_by_place(refusal.faults)), 400)
    flash(Phrase("The verification is kept beside what was claimed.").text(language()), "good")
    return redirect(url_for("sessions.index", meeting_id=meeting_id, _anchor="result"), code=303)


def _side() -> Side:
    try:
        return Side(request.form.get("side", ""))
    except ValueError:
        raise BadInput([Fault(place="side", wrong=Phrase("Choose one of the two."))]) from None
