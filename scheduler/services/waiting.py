"""The waiting list: what becomes free is offered to the first in line whom it fits, and passed on when it is not taken.

An offer keeps nobody else from the slot: whoever books first has it, and whoever accepts too late is told so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound, Refusal, RulesBroken, SlotTaken
from scheduler.booking.fair import Fair
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.occupancy import Occupancy, candidate_slots, find_placement
from scheduler.booking.people import Buyer, Company
from scheduler.booking.picking import PickingRules, Reach, met_already, not_matched
from scheduler.booking.slot import Slot
from scheduler.services.actor import SYSTEM, Actor
from scheduler.services.book import book_in
from scheduler.services.choose import Wish
from scheduler.services.notices import RowState
from scheduler.services.pairs import Pair, pair_in
from scheduler.services.picking_rules import rules_in
from scheduler.services.record import Keeping, keep_changed
from scheduler.services.roster import Scene, occupancy_among, scene_among, stretch_of
from scheduler.services.self_pick import Pick, keep_match, nearest_of_pair, slot_at
from scheduler.settings import Settings
from scheduler.storage import audit, fairs, matches, meetings, offers, outbox, people, waiting
from scheduler.storage.claims import release_lapsed
from scheduler.storage.db import Database, new_id
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.waiting import Waiting
from scheduler.wording import Phrase

OFFER = "waiting_offer"
"""The kind of the mails that bring an offer; their recipients are companies."""
_SHORTEST = timedelta(minutes=5)
"""An offer that could not be taken up for as long as this is not made."""


class OfferOver(Refusal):
    """The offer has run out, was passed on, or was never made."""

    phrase = Phrase("This offer has ended. You keep your place in the line.")


@dataclass(frozen=True, kw_only=True)
class InLine:
    """A place in the line with its two sides."""

    waiting: Waiting
    company: Company
    buyer: Buyer


def join_line(
    db: Database,
    fair_key: str,
    company_id: str,
    buyer_id: str,
    *,
    start_at: datetime | None = None,
    now: datetime,
    actor: Actor,
) -> Waiting:
    """Waits for a buyer, at any time or at the slot that begins then; asked twice it is one place in the line.

    Raises RulesBroken where nobody picks, for a pair that meets already or that has not agreed, and NotFound.
    """
    with db.write() as work:
        pair = pair_in(work, fair_key, company_id, buyer_id)
        _refuse(work, pair, rules_in(work, pair.fair.id), now)
        slot = slot_at(pair.fair, pair.buyer, start_at) if start_at is not None else None
        standing = waiting.find_in_line(work, pair.fair.id, company_id, buyer_id)
        if standing is not None and (standing.slot == slot or standing.state == "offered"):
            return standing
        place = (
            replace(standing, slot=slot)
            if standing is not None
            else Waiting(
                id=new_id("wait"),
                fair_id=pair.fair.id,
                company_id=company_id,
                buyer_id=buyer_id,
                state="waiting",
                created_at=now,
                slot=slot,
            )
        )
        _keep(work, place, "wait", now=now, actor=actor)
        return place


def leave_line(db: Database, company_id: str, waiting_id: str, *, now: datetime, actor: Actor) -> Waiting:
    """Gives up the place, and an offer with it. Raises NotFound."""
    with db.write() as work:
        place = _own(work, company_id, waiting_id)
        if place.state not in ("waiting", "offered"):
            return place
        left = replace(place, state="left", offered=None, offer_expires_at=None)
        _keep(work, left, "leave_line", now=now, actor=actor)
        return left


def accept_offer(
    db: Database, settings: Settings, company_id: str, waiting_id: str, *, now: datetime, actor: Actor
) -> Meeting:
    """Books what is offered, in one transaction; accepted twice it is one session.

    Raises OfferOver, SlotTaken with the nearest moments when somebody was faster (the place in the line stays),
    RulesBroken and NotFound.
    """
    try:
        with db.write() as work:
            return _accept_in(work, settings, _own(work, company_id, waiting_id), now=now, actor=actor)
    except SlotTaken as refusal:
        pick = _pass_on(db, waiting_id, now=now, actor=actor)
        nearest = nearest_of_pair(db, pick, now=now)
        raise SlotTaken(taken=refusal.taken, nearest=nearest) from None


def decline_offer(db: Database, company_id: str, waiting_id: str, *, now: datetime, actor: Actor) -> Waiting:
    """Lets the offer go to the next in line, and waits on. Raises NotFound."""
    with db.write() as work:
        place = _own(work, company_id, waiting_id)
        if place.state != "offered":
            return place
        passed = _passed(place)
        _keep(work, passed, "pass_on", now=now, actor=actor)
        return passed


def offer_freed(db: Database, *, now: datetime, fair_key: str | None = None, actor: Actor = SYSTEM) -> int:
    """Offers whatever is free by now to the first in line whom it fits; how many offers that makes.

    The worker calls it at every look, so it does not matter what freed a moment: a session cancelled or moved, a
    hold released or lapsed, a room back in order. Offers that have run out are passed on. With `fair_key` only
    that fair is looked at.
    """
    with db.read() as work:
        waited = waiting.fairs_in_line(work)
        if fair_key is not None:
            fair = fairs.get_fair(work, fair_key)
            waited = tuple(one for one in waited if one == fair.id)
    made = 0
    for fair_id in waited:
        with db.write() as work:
            release_lapsed(work, now)
            made += sum(1 for _ in _offers_in(work, fairs.get_fair_by_id(work, fair_id), now, actor))
    return made


def line_of(db: Database, fair_key: str) -> tuple[InLine, ...]:
    """Everybody who waits at a fair, the first comer first. Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        places = waiting.in_line(work, fair_id=fair.id)
        everyone = people.people_of(work, fair.id)
    companies = {one.id: one for one in everyone.companies}
    buyers = {one.id: one for one in everyone.buyers}
    return tuple(
        InLine(waiting=one, company=companies[one.company_id], buyer=buyers[one.buyer_id])
        for one in places
        if one.company_id in companies and one.buyer_id in buyers
    )


def _accept_in(work: Session, settings: Settings, place: Waiting, *, now: datetime, actor: Actor) -> Meeting:
    fair = fairs.get_fair_by_id(work, place.fair_id)
    pair = pair_in(work, fair.key, place.company_id, place.buyer_id)
    standing = meetings.live_meeting_of_match(work, pair.match.id)
    if place.state == "booked" and standing is not None:
        return standing
    if place.offered is None or place.offer_expires_at is None or place.offer_expires_at <= now:
        raise OfferOver
    rules = rules_in(work, fair.id)
    why_not = rules.why_not_pick(fair, place.offered, now)
    if why_not:
        raise RulesBroken(why_not)
    keep_match(work, pair)
    if standing is not None and standing.state is State.HELD:
        keeping = Keeping(actor=actor, now=now, state=RowState.DUE)
        keep_changed(work, standing, standing.to_state(State.CANCELLED), {}, keeping, "release")
    wish = Wish(fair_key=fair.key, match_id=pair.match.id, slot=place.offered)
    meeting = book_in(work, settings, wish, now=now, actor=actor)
    booked = replace(place, state="booked", offer_expires_at=None)
    _keep(work, booked, "accept_offer", now=now, actor=actor)
    return meeting


def _offers_in(work: Session, fair: Fair, now: datetime, actor: Actor) -> Iterator[Waiting]:
    rules = rules_in(work, fair.id)
    places, wanting = _places(work, fair, now, actor)
    if not wanting or not rules.is_open(fair, now):
        return
    scene = scene_among(work, fair, [pair.match for _, pair in wanting])
    occupancy = occupancy_among(work, scene, tuple(scene.roster.resources), Slot(*stretch_of(fair)))
    # What a coordinator offers by hand at the moment is not offered to the line as well.
    offered = [*(_promise_of(one) for one in places), *_offered_by_hand(work, fair, now)]
    for place, pair in wanting:
        slots = (
            slot
            for slot in candidate_slots(pair.match, scene.roster)
            if slot.start_at >= rules.earliest(now) + _SHORTEST and _is_for(place, slot, offered)
        )
        found = next((one for one in slots if _fits(pair, one, scene, occupancy)), None)
        if found is not None:
            offer = _offered(place, found, rules, now)
            offered.append((pair.buyer.id, found))
            _keep(work, offer, "offer", now=now, actor=actor)
            outbox.add_rows(work, [_row(offer, now)])
            yield offer


def _places(
    work: Session, fair: Fair, now: datetime, actor: Actor
) -> tuple[list[Waiting], list[tuple[Waiting, Pair]]]:
    """The offers that stand, and those in line who may be made one, the first comer first."""
    offered, wanting = [], []
    for place in waiting.in_line(work, fair_id=fair.id, for_change=True):
        if place.state == "offered" and _stands(place, now):
            offered.append(place)
            continue
        waits = place
        if place.state == "offered":
            waits = _passed(place)
            _keep(work, waits, "pass_on", now=now, actor=actor)
        pair = _pair_that_waits(work, fair, waits, now, actor)
        if pair is not None:
            wanting.append((waits, pair))
    return offered, wanting


def _pair_that_waits(work: Session, fair: Fair, place: Waiting, now: datetime, actor: Actor) -> Pair | None:
    """None for one who holds a slot meanwhile, whom somebody has booked, or who takes part no more."""
    try:
        pair = pair_in(work, fair.key, place.company_id, place.buyer_id)
    except NotFound:
        return None
    standing = meetings.live_meeting_of_match(work, pair.match.id)
    if standing is not None and standing.state is not State.HELD:
        _keep(work, replace(place, state="booked"), "leave_line", now=now, actor=actor)
    return pair if standing is None else None


def _is_for(place: Waiting, slot: Slot, offered: Iterable[tuple[str, Slot | None]]) -> bool:
    """A slot is offered to one at a time, and to nobody twice."""
    if place.slot is not None and place.slot != slot:
        return False
    taken = (one for buyer_id, one in offered if buyer_id == place.buyer_id and one is not None)
    return slot.start_at not in place.passed and not any(slot.overlaps(one) for one in taken)


def _promise_of(place: Waiting) -> tuple[str, Slot | None]:
    return place.buyer_id, place.offered


def _offered_by_hand(work: Session, fair: Fair, now: datetime) -> Iterator[tuple[str, Slot]]:
    for one in offers.open_offers_of_fair(work, fair.id, now):
        yield matches.get_match(work, one.match_id).buyer_id, one.slot


def _fits(pair: Pair, slot: Slot, scene: Scene, occupancy: Occupancy) -> bool:
    return find_placement(pair.match, slot, scene.roster, occupancy) is not None


def _offered(place: Waiting, slot: Slot, rules: PickingRules, now: datetime) -> Waiting:
    # It cannot be taken up any later than the slot can be picked.
    last = slot.start_at - timedelta(hours=rules.pick_hours)
    until = min(now + timedelta(minutes=rules.offer_minutes), last)
    return replace(place, state="offered", offered=slot, offer_expires_at=until)


def _passed(place: Waiting) -> Waiting:
    passed = (*place.passed, place.offered.start_at) if place.offered is not None else place.passed
    return replace(place, state="waiting", offered=None, offer_expires_at=None, passed=passed)


def _stands(place: Waiting, now: datetime) -> bool:
    return place.offer_expires_at is not None and place.offer_expires_at > now


def _pass_on(db: Database, waiting_id: str, *, now: datetime, actor: Actor) -> Pick:
    """Somebody was faster: the place in the line stays, and this moment is not offered again."""
    with db.write() as work:
        place = waiting.get_waiting(work, waiting_id, for_change=True)
        if place.state == "offered":
            _keep(work, _passed(place), "pass_on", now=now, actor=actor)
        return Pick(
            fair_key=fairs.get_fair_by_id(work, place.fair_id).key,
            company_id=place.company_id,
            buyer_id=place.buyer_id,
            start_at=place.offered.start_at if place.offered is not None else now,
            token="",
        )


def _refuse(work: Session, pair: Pair, rules: PickingRules, now: datetime) -> None:
    closed = tuple(rules.closed(pair.fair, now))
    if closed:
        raise RulesBroken(closed)
    if not pair.is_matched and rules.reach is Reach.MATCHED:
        raise RulesBroken([not_matched(pair.buyer.name)])
    standing = meetings.live_meeting_of_match(work, pair.match.id)
    if standing is not None and standing.state is not State.HELD:
        raise RulesBroken([met_already(pair.buyer.name, standing.slot, pair.fair.zone)])


def _own(work: Session, company_id: str, waiting_id: str) -> Waiting:
    place = waiting.get_waiting(work, waiting_id, for_change=True)
    if place.company_id != company_id:
        raise NotFound(kind="waiting", key=waiting_id)
    return place


def _keep(work: Session, place: Waiting, action: str, *, now: datetime, actor: Actor) -> None:
    waiting.save_waiting(work, place)
    facts: dict[str, object] = {"state": place.state, "buyer_id": place.buyer_id}
    if place.offered is not None:
        facts["start_at"] = place.offered.start_at.isoformat()
    audit.record(work, now, actor.label, action, "waiting", place.id, {}, facts)


def _row(offer: Waiting, now: datetime) -> OutboxRow:
    slot = offer.offered
    return OutboxRow(
        id=new_id("out"),
        meeting_id=None,
        fair_id=offer.fair_id,
        revision=0,
        kind=OFFER,
        recipient_id=offer.company_id,
        state=str(RowState.DUE),
        due_at=now,
        facts={"waiting_id": offer.id, "start_at": slot.start_at.isoformat() if slot else ""},
        created_at=now,
    )
