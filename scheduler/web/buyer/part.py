"""What all pages behind a buyer's link share: who it opens for, and how that person reads."""

from dataclasses import dataclass

from flask import Blueprint, Response, g, request

from scheduler.booking.people import Buyer
from scheduler.services.actor import Actor, Role
from scheduler.services.links import LinkUnknown, Purpose, open_link
from scheduler.services.reading import Reading, reading_of
from scheduler.storage import people
from scheduler.web.headers import keep_to_the_reader
from scheduler.web.language import COOKIE, buyer_languages, offer_languages
from scheduler.web.site import site
from scheduler.wording import pick_language

buyer = Blueprint("buyer", __name__, url_prefix="/b")


@dataclass(frozen=True, kw_only=True)
class Guest:
    """The buyer behind a link, at the fair the link is for."""

    token: str
    person: Buyer
    fair_id: str | None
    reading: Reading

    @property
    def actor(self) -> Actor:
        return Actor(role=Role.BUYER, name="buyer", resource_id=self.person.id)


@buyer.before_request
def _before_anybody_is_known() -> None:
    """Also a link that opens nothing is answered in a language its reader may know."""
    g.languages = buyer_languages()
    if not g.asked_language and not request.cookies.get(COOKIE):
        g.language = pick_language(request.headers.get("Accept-Language"), default="en")


@buyer.after_request
def _private(response: Response) -> Response:
    return keep_to_the_reader(response)


def guest_of(token: str) -> Guest:
    """Raises LinkUnknown or LinkGone. From here on the page speaks the buyer's language."""
    with site().database.read() as work:
        opened = open_link(work, token, Purpose.BUYER, now=site().clock())
        found = people.resources_by_id(work, (opened.resource_id or "",), opened.fair_id)
    person = found.get(opened.resource_id or "")
    if not isinstance(person, Buyer):
        raise LinkUnknown
    reading = reading_of(site().database, person)
    offer_languages(buyer_languages(), of_reader=reading.language)
    return Guest(token=token, person=person, fair_id=opened.fair_id, reading=reading)
