"""A company states what has come of its session: on the day, and again in the months after."""

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.booking.results import Side
from scheduler.services.results import state_result
from scheduler.services.timetable import own_session
from scheduler.web.auth import faults_by_place
from scheduler.web.company.part import company, own_id
from scheduler.web.language import language
from scheduler.web.once import ticket_of
from scheduler.web.own import session_html
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.web.stating import sent_claim
from scheduler.wording import Phrase


@company.post("/sessions/<meeting_id>/result")
def state(meeting_id: str) -> AnyResponse:
    own_session(site().database, own_id(), meeting_id)
    actor = this_person().actor
    try:
        state_result(
            site().database,
            meeting_id,
            sent_claim(Side.COMPANY),
            side=Side.COMPANY,
            now=site().clock(),
            actor=actor,
            ticket=ticket_of(actor),
        )
    except BadInput as refusal:
        return Response(session_html(meeting_id, result_faults=faults_by_place(refusal.faults)), 400)
    flash(Phrase("Thank you. What you stated is kept.").text(language()), "good")
    return redirect(url_for("own.session", meeting_id=meeting_id, _anchor="result"), code=303)
