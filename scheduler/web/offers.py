"""An offer behind its own address: looked at, accepted or declined, without an account."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import RulesBroken, SlotTaken
from scheduler.services.actor import Actor, Role
from scheduler.services.offer import (
    OfferGone,
    OfferView,
    accept_offer,
    decline_offer,
    get_offer,
    offer_of_token,
    offer_token,
    offers_for,
)
from scheduler.services.session_facts import ROLES, contact_of
from scheduler.web.headers import keep_to_the_reader
from scheduler.web.language import buyer_languages, language, offer_languages
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address
from scheduler.wording import Phrase

offers = Blueprint("offers", __name__, url_prefix="/offers")


@offers.after_request
def _private(response: Response) -> Response:
    return keep_to_the_reader(response)


@offers.get("/<token>")
@guesses_by_address
def index(token: str) -> str:
    return render_template("offer.html", view=_opened(token), token=token)


@offers.post("/<token>/accept")
@guesses_by_address
def accept(token: str) -> AnyResponse:
    view = _opened(token)
    try:
        accept_offer(site().database, site().settings, view.offer.id, now=site().clock(), actor=_actor(view))
    except (OfferGone, SlotTaken, RulesBroken):
        if _opened(token).offer.state == "accepted":
            # The button was pressed twice: the page says that the session is booked.
            return redirect(url_for("offers.index", token=token), code=303)
        said = Phrase("The slot has been taken in the meantime. Nothing is booked for you.")
        flash(said.text(language()), "bad")
        return redirect(url_for("offers.index", token=token), code=303)
    said = Phrase("The session is booked. The invitation comes by mail.")
    flash(said.text(language()), "good")
    return redirect(url_for("offers.index", token=token), code=303)


@offers.post("/<token>/decline")
@guesses_by_address
def decline(token: str) -> AnyResponse:
    view = _opened(token)
    decline_offer(site().database, view.offer.id, now=site().clock(), actor=_actor(view))
    flash(Phrase("Thank you. The offer is put aside.").text(language()), "good")
    return redirect(url_for("offers.index", token=token), code=303)


def offers_with_paths(resource_id: str, *, fair_id: str | None = None) -> list[tuple[OfferView, str]]:
    """What somebody can accept now, each with the way to its page."""
    found = offers_for(site().database, resource_id, now=site().clock(), fair_id=fair_id)
    return [(one, url_for("offers.index", token=offer_token(site().settings, one.offer.id))) for one in found]


def _opened(token: str) -> OfferView:
    offer_id = offer_of_token(site().settings, token)
    view = get_offer(site().database, offer_id, now=site().clock())
    offer_languages(buyer_languages(), of_reader=contact_of(view.recipient).language)
    return view


def _actor(view: OfferView) -> Actor:
    role = Role(str(ROLES[type(view.recipient)]))
    return Actor(role=role, name=str(role), resource_id=view.recipient.id)
