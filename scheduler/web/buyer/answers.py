"""Saying yes or no to a session."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.answer import accept_all, answer
from scheduler.web.auth import faults_by_place
from scheduler.web.buyer.page import schedule_page
from scheduler.web.buyer.part import buyer, guest_of
from scheduler.web.language import language
from scheduler.web.moments import seen_moment
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address
from scheduler.wording import Phrase

SAID = {
    "accepted": Phrase("Thank you. The organiser sees that you come."),
    "declined": Phrase("The organiser sees that you cannot come, and will look for another time."),
}


@buyer.post("/<token>/<meeting_id>/answer")
@guesses_by_address
def say(token: str, meeting_id: str) -> AnyResponse:
    guest = guest_of(token)
    said = request.form.get("answer", "")
    try:
        answer(
            site().database,
            meeting_id,
            guest.person.id,
            said,
            seen_start_at=seen_moment(request.form.get("start", "")),
            comment=request.form.get("comment", ""),
            fair_id=guest.fair_id,
            now=site().clock(),
            actor=guest.actor,
        )
    except BadInput as refusal:
        page = schedule_page(guest, refused=meeting_id, faults=faults_by_place(refusal.faults))
        return Response(page, 400)
    flash(SAID[said].text(language()), "good" if said == "accepted" else "warn")
    return redirect(url_for("buyer.schedule", token=token, _anchor=meeting_id), code=303)


@buyer.post("/<token>/answers")
@guesses_by_address
def say_all(token: str) -> AnyResponse:
    """Yes to every session that the page showed as open; each comes as `id/start`."""
    guest = guest_of(token)
    shown = [one.partition("/") for one in request.form.getlist("session")[:500]]
    count = accept_all(
        site().database,
        guest.person.id,
        {meeting_id: seen_moment(start) for meeting_id, _, start in shown},
        fair_id=guest.fair_id,
        now=site().clock(),
        actor=guest.actor,
    )
    if count:
        flash(SAID["accepted"].text(language()), "good")
    return redirect(url_for("buyer.schedule", token=token), code=303)
