"""A buyer says whether a session took place and what has come of it."""

from collections.abc import Mapping

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.booking.results import Side
from scheduler.services.results import own_result, state_result
from scheduler.services.timetable import own_session
from scheduler.web.auth import faults_by_place
from scheduler.web.buyer.part import Guest, buyer, guest_of
from scheduler.web.language import language
from scheduler.web.once import ticket_of
from scheduler.web.site import site
from scheduler.web.stating import OF_BUYERS, sent_claim
from scheduler.web.throttle import guesses_by_address
from scheduler.wording import Phrase


@buyer.get("/<token>/<meeting_id>/result")
@guesses_by_address
def result(token: str, meeting_id: str) -> str:
    return _page(guest_of(token), meeting_id)


@buyer.post("/<token>/<meeting_id>/result")
@guesses_by_address
def state(token: str, meeting_id: str) -> AnyResponse:
    guest = guest_of(token)
    own_session(site().database, guest.person.id, meeting_id, fair_id=guest.fair_id)
    try:
        state_result(
            site().database,
            meeting_id,
            sent_claim(Side.BUYER),
            side=Side.BUYER,
            fair_id=guest.fair_id,
            now=site().clock(),
            actor=guest.actor,
            ticket=ticket_of(guest.actor),
        )
    except BadInput as refusal:
        return Response(_page(guest, meeting_id, faults_by_place(refusal.faults)), 400)
    flash(Phrase("Thank you. The organiser sees what you told us.").text(language()), "good")
    return redirect(url_for("buyer.result", token=token, meeting_id=meeting_id), code=303)


def _page(guest: Guest, meeting_id: str, faults: Mapping[str, object] | None = None) -> str:
    entry = own_session(site().database, guest.person.id, meeting_id, fair_id=guest.fair_id)
    return render_template(
        "buyer/result.html",
        guest=guest,
        entry=entry,
        result=own_result(site().database, meeting_id, Side.BUYER, now=site().clock()),
        choices=OF_BUYERS,
        typed=request.form,
        faults=faults or {},
        home_zone=site().settings.home_zone,
    )
