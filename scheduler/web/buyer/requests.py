"""Requests for a session: a buyer answers those of companies, and asks companies themselves."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput, NotFound, Refusal
from scheduler.services.actor import Role
from scheduler.services.requests import (
    STATES,
    BuyerRequests,
    accept_request,
    ask,
    decline_request,
    requests_of_buyer,
    withdraw_request,
)
from scheduler.web.auth import faults_by_place
from scheduler.web.buyer.part import Guest, buyer, guest_of
from scheduler.web.errors import status_of
from scheduler.web.language import language
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address
from scheduler.wording import Phrase

_ANSWERS = {"accept": accept_request, "decline": decline_request, "withdraw": withdraw_request}
_SAID = {
    "accept": Phrase("Accepted. The time follows."),
    "decline": Phrase("Declined. The company is being told."),
    "withdraw": Phrase("Your request is withdrawn."),
}


@buyer.get("/<token>/requests")
@guesses_by_address
def requests(token: str) -> str:
    return _page(guest_of(token))


@buyer.post("/<token>/requests")
@guesses_by_address
def ask_company(token: str) -> AnyResponse:
    guest = guest_of(token)
    view = _view(guest)
    try:
        asked = ask(
            site().database,
            view.fair.key,
            company_id=request.form.get("company", ""),
            buyer_id=guest.person.id,
            asked_by=Role.BUYER,
            message=request.form.get("message", ""),
            now=site().clock(),
            actor=guest.actor,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return Response(_page(guest, refusal), status_of(refusal))
    agreed = asked.state == "accepted"
    flash((_SAID["accept"] if agreed else Phrase("Your request is on its way.")).text(language()), "good")
    return redirect(url_for("buyer.requests", token=token), code=303)


@buyer.post("/<token>/requests/<request_id>/<answer>")
@guesses_by_address
def answer_request(token: str, request_id: str, answer: str) -> AnyResponse:
    guest = guest_of(token)
    if answer not in _ANSWERS:
        abort(404)
    if request_id not in {one.request.id for one in _view(guest).asked}:
        raise NotFound(kind="request", key=request_id)
    try:
        _ANSWERS[answer](site().database, request_id, now=site().clock(), actor=guest.actor)
    except NotFound:
        raise
    except Refusal as refusal:
        return Response(_page(guest, refusal), status_of(refusal))
    flash(_SAID[answer].text(language()), "good")
    return redirect(url_for("buyer.requests", token=token), code=303)


def _view(guest: Guest) -> BuyerRequests:
    return requests_of_buyer(site().database, guest.fair_id or "", guest.person.id, now=site().clock())


def _page(guest: Guest, refusal: Refusal | None = None) -> str:
    faults = refusal.faults if isinstance(refusal, BadInput) else ()
    return render_template(
        "buyer/requests.html",
        guest=guest,
        view=_view(guest),
        refusal=refusal,
        faults=faults_by_place(faults),
        typed=request.form,
        states=STATES,
        now=site().clock(),
    )
