"""Mails to companies and buyers about requests and offers, from the database as it is when they are sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair
from scheduler.booking.people import Buyer, Company, Contact, name_for, zone_of
from scheduler.invites.text import Letter, Row, plain_letter
from scheduler.services.links import buyer_addresses
from scheduler.services.requests import ANSWERED, ASKED
from scheduler.services.session_facts import fair_name
from scheduler.services.waiting import OFFER
from scheduler.settings import Settings
from scheduler.storage import people, requests, waiting
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.requests import Request
from scheduler.timezones.labels import both_sides, moment_line
from scheduler.wording import Phrase

KINDS = frozenset({ASKED, ANSWERED, OFFER})


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """A letter and whom it is for."""

    reader: Contact
    name: str
    letter: Letter


def pick_letter(
    work: Session, settings: Settings, row: OutboxRow, fair: Fair | None, *, now: datetime
) -> Addressed | Phrase:
    """What the mail says, or why it says nothing any more."""
    reader = people.resources_by_id(work, (row.recipient_id,), row.fair_id).get(row.recipient_id)
    if fair is None or not isinstance(reader, Company | Buyer):
        return Phrase("the person is no longer there")
    if not reader.contact.email:
        return Phrase("no e-mail address is known")
    try:
        letter = (
            _offer(work, settings, row, fair, reader, now)
            if row.kind == OFFER
            else _about_request(work, settings, row, fair, reader, now)
        )
    except NotFound:
        return Phrase("the request or the offer is no longer there")
    if isinstance(letter, Phrase):
        return letter
    return Addressed(reader=reader.contact, name=reader.contact.person or reader.name, letter=letter)


def _offer(
    work: Session, settings: Settings, row: OutboxRow, fair: Fair, reader: Company | Buyer, now: datetime
) -> Letter | Phrase:
    place = waiting.get_waiting(work, row.facts["waiting_id"])
    slot, until, language = place.offered, place.offer_expires_at, reader.contact.language
    if slot is None or until is None or until <= now or slot.start_at.isoformat() != row.facts["start_at"]:
        return Phrase("the offer has ended")
    buyer = people.get_resource(work, place.buyer_id, fair.id)
    subject = Phrase("A time with %(buyer)s has become free", buyer=buyer.name).text(language)
    when = both_sides(slot.start_at, slot.end_at, fair.zone, zone_of(buyer), language)
    said = Phrase(
        "You are first in line. Until %(until)s it is offered to you; then to the next. It is booked for"
        " whoever says so first.",
        until=moment_line(until, None, fair.zone, language),
    )
    page = f"{settings.base_address}/my/fairs/{fair.key}/buyers/{buyer.id}"
    rows = (
        *_named(fair, language),
        Row(Phrase("Time").text(language), when),
        Row(Phrase("Buyer").text(language), buyer.name),
        Row(Phrase("Take it").text(language), page, page),
    )
    return plain_letter(language, subject, (said.text(language),), rows)


def _about_request(
    work: Session, settings: Settings, row: OutboxRow, fair: Fair, reader: Company | Buyer, now: datetime
) -> Letter | Phrase:
    request, language = requests.get_request(work, row.facts["request_id"]), reader.contact.language
    other_id = request.buyer_id if isinstance(reader, Company) else request.company_id
    other = people.get_resource(work, other_id, fair.id)
    if row.kind == ASKED and (request.state != "open" or request.expires_at <= now):
        return Phrase("the request has been answered or has ended")
    if row.kind == ANSWERED and request.state not in ("accepted", "declined"):
        return Phrase("there is no answer to tell of")
    subject, said = _words(row, request, name_for(other, language), fair, zone_of(reader), language)
    page = _page(work, settings, fair, reader, other_id)
    rows = (
        *_named(fair, language),
        *((Row(Phrase("Message").text(language), request.message),) if _is_told(row, request) else ()),
        Row(Phrase("Your page").text(language), page, page),
    )
    return plain_letter(language, subject, (said,), rows)


def _words(
    row: OutboxRow, request: Request, other: str, fair: Fair, zone: str, language: str
) -> tuple[str, str]:
    if row.kind == ASKED:
        until = moment_line(request.expires_at, None, zone, language)
        subject = Phrase("%(name)s asks you for a session", name=other)
        said = Phrase("Please accept or decline until %(until)s.", until=until)
    elif request.state == "accepted":
        subject = Phrase("%(name)s has accepted: you will meet", name=other)
        said = Phrase("The time follows, or can be picked where the fair lets companies pick.")
    else:
        subject = Phrase("%(name)s has declined", name=other)
        said = Phrase("There will be no session of you two at this fair.")
    return subject.text(language), said.text(language)


def _is_told(row: OutboxRow, request: Request) -> bool:
    return row.kind == ASKED and bool(request.message)


def _named(fair: Fair, language: str) -> Iterable[Row]:
    yield Row(Phrase("Fair").text(language), fair_name(fair, language))


def _page(work: Session, settings: Settings, fair: Fair, reader: Company | Buyer, other_id: str) -> str:
    if isinstance(reader, Company):
        return f"{settings.base_address}/my/fairs/{fair.key}/buyers/{other_id}"
    known = buyer_addresses(work, settings, {(reader.id, fair.id)})
    return known.get((reader.id, fair.id), f"{settings.base_address}/")
