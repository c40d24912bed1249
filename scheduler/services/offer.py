"""Offering a slot that somebody gives up to the matches that have no session: the first to accept has it.

Giving up the session and making the offers is one transaction. An offer names one match and goes to the side that
was not in that session, to the company where neither was. It lapses by itself; accepting books as `book` does.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound, Refusal, StaleRevision
from scheduler.booking.fair import Fair, FairState, is_open
from scheduler.booking.match import Match, Priority
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.occupancy import obstacles
from scheduler.booking.people import Buyer, Resource
from scheduler.services.actor import Actor
from scheduler.services.answered import Said
from scheduler.services.board import Entry, entry_of
from scheduler.services.book import book_in
from scheduler.services.choose import Wish
from scheduler.services.notices import RowState
from scheduler.services.record import Keeping, keep_changed
from scheduler.services.roster import Scene, occupancy_among, scene_among
from scheduler.settings import Settings
from scheduler.storage import answers, audit, fairs, matches, meetings, offers, outbox, people
from scheduler.storage.db import Database, new_id
from scheduler.storage.offers import Offer
from scheduler.storage.outbox import OutboxRow
from scheduler.wording import Phrase

OFFERED, TAKEN = "offer", "offer_gone"
"""The kinds of rows that tell of an offer; `offer_id` stands in their facts."""
LASTS = (2, 6, 24, 48)
"""Hours that an offer can be open."""


class OfferGone(Refusal):
    """Somebody else was first, it has lapsed, or it has been answered."""

    phrase = Phrase("This offer is no longer open.")


class NotOffered(Refusal):
    """The session is over, cancelled or outside any fair."""

    phrase = Phrase("Only the slot of a session to come in a published fair can be offered.")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A match without a session that the slot suits, and who would get the offer.

    `is_left_over` where one of its sides was in the session that is given up.
    """

    match: Match
    company: Resource
    buyer: Resource
    recipient: Resource
    is_left_over: bool


@dataclass(frozen=True, kw_only=True)
class OfferPage:
    """A session whose slot can be offered, whom it suits, and what has been offered already."""

    fair: Fair
    entry: Entry
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, kw_only=True)
class OfferView:
    """One offer as its recipient sees it."""

    offer: Offer
    fair: Fair
    match: Match
    company: Resource
    buyer: Resource
    recipient: Resource
    is_open: bool


def offer_page(db: Database, meeting_id: str, *, now: datetime) -> OfferPage:
    """Raises NotFound, NotOffered."""
    with db.read() as work:
        meeting, fair = _offerable(work, meeting_id, now)
        candidates = _candidates(work, fair, meeting)
        named = people.resources_by_id(work, meeting.resource_ids, fair.id)
    return OfferPage(fair=fair, entry=entry_of(meeting, named), candidates=candidates)


def make_offers(
    db: Database,
    meeting_id: str,
    match_ids: Collection[str],
    *,
    seen_revision: int,
    hours: int,
    now: datetime,
    actor: Actor,
) -> tuple[Offer, ...]:
    """Cancels the session, tells its people at once, and offers its slot to these matches.

    Raises BadInput for a match that the slot does not suit any more, StaleRevision, NotOffered, NotFound.
    """
    with db.write() as work:
        meeting, fair = _offerable(work, meeting_id, now)
        if meeting.revision != seen_revision:
            raise StaleRevision(meeting_id=meeting_id, seen=seen_revision, current=meeting.revision)
        chosen = _chosen(_candidates(work, fair, meeting), match_ids, hours)
        keeping = Keeping(actor=actor, now=now, state=RowState.DUE)
        named = people.resources_by_id(work, meeting.resource_ids, fair.id)
        keep_changed(work, meeting, meeting.to_state(State.CANCELLED), named, keeping, str(State.CANCELLED))
        made = tuple(_offer(meeting, fair, one, hours, now, actor) for one in chosen)
        offers.add_offers(work, made)
        outbox.add_rows(work, [_row(one, OFFERED, now) for one in made])
        told = {"matches": [one.match_id for one in made], "hours": hours}
        audit.record(work, now, actor.label, "offer", "meeting", meeting.id, {}, told)
    return made


def get_offer(db: Database, offer_id: str, *, now: datetime) -> OfferView:
    """Raises NotFound."""
    with db.read() as work:
        [view] = _views(work, [offers.get_offer(work, offer_id)], now)
        return view


def offers_for(
    db: Database, resource_id: str, *, now: datetime, fair_id: str | None = None
) -> tuple[OfferView, ...]:
    """What somebody can accept at the moment, in order of time."""
    with db.read() as work:
        theirs = offers.offers_to(work, resource_id, now)
        return _views(work, [one for one in theirs if fair_id in (None, one.fair_id)], now)


def accept_offer(db: Database, settings: Settings, offer_id: str, *, now: datetime, actor: Actor) -> Meeting:
    """Books the session; the others of the slot are told. Raises OfferGone, SlotTaken, RulesBroken, NotFound."""
    with db.write() as work:
        offer = _still_open(work, offer_id, now)
        fair = fairs.get_fair_by_id(work, offer.fair_id)
        wish = Wish(fair_key=fair.key, match_id=offer.match_id, slot=offer.slot)
        meeting = book_in(work, settings, wish, now=now, actor=actor)
        offers.settle_offer(work, offer.id, "accepted", now)
        for other in offers.offers_of_freed(work, offer.freed_id):
            if other.id != offer.id and other.is_open(now):
                offers.settle_offer(work, other.id, "gone", now)
                outbox.add_rows(work, [_row(other, TAKEN, now)])
        audit.record(work, now, actor.label, "accept_offer", "meeting", meeting.id, {}, {"offer": offer.id})
        return meeting


def decline_offer(db: Database, offer_id: str, *, now: datetime, actor: Actor) -> None:
    """Raises OfferGone, NotFound."""
    with db.write() as work:
        offer = _still_open(work, offer_id, now)
        offers.settle_offer(work, offer.id, "declined", now)
        audit.record(
            work, now, actor.label, "decline_offer", "meeting", offer.freed_id, {}, {"offer": offer_id}
        )


def offer_address(settings: Settings, offer_id: str) -> str:
    """Where its recipient answers it; only the installation's secret can make the address."""
    return f"{settings.base_address}/offers/{offer_token(settings, offer_id)}"


def offer_token(settings: Settings, offer_id: str) -> str:
    digest = hmac.new(settings.secret_key.encode(), f"offer:{offer_id}".encode(), hashlib.sha256).digest()
    return f"{offer_id}.{base64.urlsafe_b64encode(digest[:18]).decode()}"


def offer_of_token(settings: Settings, token: str) -> str:
    """The offer that an address opens. Raises NotFound, also for an address made by somebody else."""
    offer_id = token.partition(".")[0]
    right = offer_token(settings, offer_id)
    if not hmac.compare_digest(right.encode(), token.encode("utf-8", "replace")):
        raise NotFound(kind="offer", key=token[:60])
    return offer_id


def _offerable(work: Session, meeting_id: str, now: datetime) -> tuple[Meeting, Fair]:
    meeting = meetings.get_meeting(work, meeting_id)
    if meeting.fair_id is None or meeting.match_id is None:
        raise NotOffered
    fair = fairs.get_fair_by_id(work, meeting.fair_id)
    is_ahead = meeting.state is State.CONFIRMED and meeting.slot.start_at > now
    if not is_ahead or fair.state is not FairState.PUBLISHED:
        raise NotOffered
    return meeting, fair


def _candidates(work: Session, fair: Fair, meeting: Meeting) -> tuple[Candidate, ...]:
    """Matches without a session for whom all would be free once this session is gone: first those of a side left
    over, the important ones before the others.
    """
    live = {one.match_id for one in meetings.meetings_of_fair(work, fair.id) if one.is_live}
    away = {
        one.recipient_id
        for one in answers.answers_standing(work, (meeting.id,))
        if one.partstat == Said.DECLINED
    }
    wanted = [
        one
        for one in matches.matches_of(work, fair.id)
        if one.id not in live
        and one.priority is not Priority.NEVER
        and away.isdisjoint((one.company_id, one.buyer_id))
    ]
    found = _fitting(work, scene_among(work, fair, wanted), wanted, meeting)
    return tuple(sorted(found, key=lambda one: (not one.is_left_over, one.match.priority, one.match.id)))


def _fitting(work: Session, scene: Scene, wanted: Iterable[Match], meeting: Meeting) -> Iterator[Candidate]:
    named = scene.roster.resources
    occupancy = occupancy_among(work, scene, tuple(named), meeting.slot, without=meeting.id)
    for match in wanted:
        company, buyer = named[match.company_id], named[match.buyer_id]
        country = buyer.country if isinstance(buyer, Buyer) else ""
        is_a_slot = is_open(scene.fair, country, meeting.slot)
        if is_a_slot and not obstacles(match, meeting.slot, scene.roster, occupancy):
            yield Candidate(
                match=match,
                company=company,
                buyer=buyer,
                recipient=buyer if match.company_id == meeting.company_id else company,
                is_left_over=match.company_id == meeting.company_id or match.buyer_id == meeting.buyer_id,
            )


def _chosen(candidates: Iterable[Candidate], match_ids: Collection[str], hours: int) -> tuple[Candidate, ...]:
    by_id = {one.match.id: one for one in candidates}
    faults = []
    if not match_ids:
        faults.append(Fault(place="match", wrong=Phrase("Choose whom the slot is offered to.")))
    elif not set(match_ids) <= set(by_id):
        wrong = Phrase("For somebody chosen the slot is no longer free. Look at the list again.")
        faults.append(Fault(place="match", wrong=wrong))
    if hours not in LASTS:
        faults.append(Fault(place="hours", wrong=Phrase("Choose how long the offer is open.")))
    if faults:
        raise BadInput(faults)
    return tuple(by_id[one] for one in dict.fromkeys(match_ids))


def _offer(
    freed: Meeting, fair: Fair, candidate: Candidate, hours: int, now: datetime, actor: Actor
) -> Offer:
    return Offer(
        id=new_id("offer"),
        freed_id=freed.id,
        fair_id=fair.id,
        match_id=candidate.match.id,
        recipient_id=candidate.recipient.id,
        start_at=freed.slot.start_at,
        end_at=freed.slot.end_at,
        state="open",
        expires_at=min(now + timedelta(hours=hours), freed.slot.start_at),
        created_at=now,
        created_by=actor.label,
    )


def _row(offer: Offer, kind: str, now: datetime) -> OutboxRow:
    return OutboxRow(
        id=new_id("out"),
        meeting_id=None,
        fair_id=offer.fair_id,
        revision=0,
        kind=kind,
        recipient_id=offer.recipient_id,
        state=str(RowState.DUE),
        due_at=now,
        created_at=now,
        facts={"offer_id": offer.id},
    )


def _still_open(work: Session, offer_id: str, now: datetime) -> Offer:
    """Held with the others of its slot, so that of two who accept at once one is first."""
    freed_id = offers.get_offer(work, offer_id).freed_id
    offer = next(one for one in offers.offers_of_freed(work, freed_id, for_change=True) if one.id == offer_id)
    if not offer.is_open(now):
        raise OfferGone
    return offer


def _views(work: Session, found: Iterable[Offer], now: datetime) -> tuple[OfferView, ...]:
    return tuple(_view(work, one, now) for one in found)


def _view(work: Session, offer: Offer, now: datetime) -> OfferView:
    match = matches.get_match(work, offer.match_id)
    named = people.resources_by_id(work, (match.company_id, match.buyer_id), offer.fair_id)
    return OfferView(
        offer=offer,
        fair=fairs.get_fair_by_id(work, offer.fair_id),
        match=match,
        company=named[match.company_id],
        buyer=named[match.buyer_id],
        recipient=named[offer.recipient_id],
        is_open=offer.is_open(now),
    )


def views_in(work: Session, offer_ids: Iterable[str], *, now: datetime) -> dict[str, OfferView]:
    """Those that exist, inside a transaction that is open already."""
    found: dict[str, OfferView] = {}
    for offer_id in offer_ids:
        try:
            found[offer_id] = _view(work, offers.get_offer(work, offer_id), now)
        except NotFound:
            continue
    return found
