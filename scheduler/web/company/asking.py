"""The wish list, requests for a session, and the waiting list with its offers."""

from flask import Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput, NotFound, Refusal, SlotTaken
from scheduler.services.actor import Role
from scheduler.services.requests import accept_request, ask, decline_request, withdraw_request
from scheduler.services.waiting import accept_offer, decline_offer, join_line, leave_line
from scheduler.services.wish_lists import place_wish
from scheduler.web.company.part import company, own_id, refused, sent_moment
from scheduler.web.company.picking import buyer_of, buyers_of
from scheduler.web.errors import status_of
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

_ANSWERS = {"accept": accept_request, "decline": decline_request, "withdraw": withdraw_request}
_SAID = {
    "accept": Phrase("Accepted: the two of you are matched."),
    "decline": Phrase("Declined. The other side is being told."),
    "withdraw": Phrase("The request is withdrawn."),
}


@company.post("/fairs/<key>/wishes")
def wish(key: str) -> AnyResponse:
    buyer_id, written = request.form.get("buyer", ""), request.form.get("position", "")
    if not (written == "" or (written.isascii() and written.isdecimal() and len(written) < 6)):
        abort(400)
    try:
        listed = place_wish(
            site().database,
            key,
            own_id(),
            buyer_id,
            int(written) if written else None,
            now=site().clock(),
            actor=this_person().actor,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return Response(buyers_of(key, refused(refusal)), status_of(refusal))
    place = listed.index(buyer_id) + 1 if buyer_id in listed else None
    said = Phrase("Place %(place)s on your wish list", place=place) if place else Phrase("Off your wish list")
    flash(said.text(language()), "good")
    # The focus goes on where it was: with the same buyer, or with the list when that one has left it.
    anchor = f"wish-{buyer_id}" if place else "wishes"
    return redirect(url_for("company.buyers", key=key, _anchor=anchor), code=303)


@company.post("/fairs/<key>/buyers/<buyer_id>/ask")
def ask_for(key: str, buyer_id: str) -> AnyResponse:
    message = request.form.get("message", "")
    try:
        asked = ask(
            site().database,
            key,
            company_id=own_id(),
            buyer_id=buyer_id,
            asked_by=Role.COMPANY,
            message=message,
            now=site().clock(),
            actor=this_person().actor,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        faults = refusal.faults if isinstance(refusal, BadInput) else ()
        page = buyer_of(key, buyer_id, None if faults else refused(refusal), message=message, faults=faults)
        return Response(page, status_of(refusal))
    said = _SAID["accept"] if asked.state == "accepted" else Phrase("Your request is on its way.")
    return _back(key, buyer_id, said)


@company.post("/fairs/<key>/buyers/<buyer_id>/requests/<request_id>/<answer>")
def answer(key: str, buyer_id: str, request_id: str, answer: str) -> AnyResponse:
    if answer not in _ANSWERS:
        abort(404)
    try:
        _ANSWERS[answer](site().database, request_id, now=site().clock(), actor=this_person().actor)
    except NotFound:
        raise
    except Refusal as refusal:
        return Response(buyer_of(key, buyer_id, refused(refusal)), status_of(refusal))
    return _back(key, buyer_id, _SAID[answer])


@company.post("/fairs/<key>/buyers/<buyer_id>/wait")
def wait(key: str, buyer_id: str) -> AnyResponse:
    start_at = sent_moment() if request.form.get("start") else None
    try:
        join_line(
            site().database,
            key,
            own_id(),
            buyer_id,
            start_at=start_at,
            now=site().clock(),
            actor=this_person().actor,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return Response(buyer_of(key, buyer_id, refused(refusal)), status_of(refusal))
    said = Phrase("You are on the waiting list. As soon as a moment fits, you get an offer by mail and here.")
    return _back(key, buyer_id, said)


@company.post("/fairs/<key>/buyers/<buyer_id>/waiting/<waiting_id>/<answer>")
def offer(key: str, buyer_id: str, waiting_id: str, answer: str) -> AnyResponse:
    now, actor = site().clock(), this_person().actor
    try:
        if answer == "accept":
            meeting = accept_offer(
                site().database, site().settings, own_id(), waiting_id, now=now, actor=actor
            )
            flash(_BOOKED.text(language()), "good")
            return redirect(url_for("own.session", meeting_id=meeting.id), code=303)
        if answer == "decline":
            decline_offer(site().database, own_id(), waiting_id, now=now, actor=actor)
            return _back(key, buyer_id, Phrase("The offer goes to the next in line. You wait on."))
        if answer != "leave":
            abort(404)
        leave_line(site().database, own_id(), waiting_id, now=now, actor=actor)
    except NotFound:
        raise
    except Refusal as refusal:
        status = 409 if isinstance(refusal, SlotTaken) else status_of(refusal)
        return Response(buyer_of(key, buyer_id, refused(refusal)), status)
    return _back(key, buyer_id, Phrase("You are no longer on the waiting list."))


def _back(key: str, buyer_id: str, said: Phrase) -> AnyResponse:
    flash(said.text(language()), "good")
    return redirect(url_for("company.buyer", key=key, buyer_id=buyer_id), code=303)


_BOOKED = Phrase("The session is booked. Invitations are on their way to everybody.")
