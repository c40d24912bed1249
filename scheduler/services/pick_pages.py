"""What a company sees of a fair in which it picks: the buyers, its list, and the free moments with one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair, day_of
from scheduler.booking.match import Match, Priority
from scheduler.booking.meeting import Meeting, State, has_lapsed
from scheduler.booking.occupancy import (
    candidate_slots,
    first_free,
    obstacles,
)
from scheduler.booking.people import Buyer, Company, Interpreter, Room
from scheduler.booking.picking import PickingRules, Reach
from scheduler.booking.rules import Conflict, Roster
from scheduler.booking.slot import Slot
from scheduler.services.board import Entry, entry_of
from scheduler.services.pairs import Pair, match_between, pair_in
from scheduler.services.picking_rules import rules_in, rules_of
from scheduler.services.roster import FOUND, Scene, limited_within, scene_among, stretch_of
from scheduler.storage import fairs, matches, meetings, people, requests, waiting, wishes
from scheduler.storage.db import Database
from scheduler.storage.requests import Request
from scheduler.storage.waiting import Waiting

AT_ONCE = 30
"""Buyers on one page of a fair."""


@dataclass(frozen=True, kw_only=True)
class OwnFair:
    """A fair that a company takes part in, and what waits for its word there."""

    fair: Fair
    rules: PickingRules
    holds: tuple[Meeting, ...] = ()
    offers: tuple[Waiting, ...] = ()
    asked: tuple[Request, ...] = ()
    names: Mapping[str, Buyer] | None = None

    @property
    def is_shown(self) -> bool:
        return self.rules.takes_part(self.fair)


@dataclass(frozen=True, kw_only=True)
class BuyerCard:
    """A buyer as one company sees them. `soonest` is the next moment free for both, with all that it takes."""

    buyer: Buyer
    is_matched: bool
    can_pick: bool
    position: int | None = None
    meeting: Meeting | None = None
    request: Request | None = None
    waiting: Waiting | None = None
    soonest: Slot | None = None


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which buyers are asked for: of a country, with all of the words in their profile, so many at a time."""

    country: str = ""
    words: str = ""
    page: int = 0

    def fits(self, buyer: Buyer) -> bool:
        wanted = self.words.casefold().split()
        return (not self.country or buyer.country == self.country) and all(
            word in _searched(buyer) for word in wanted
        )


@dataclass(frozen=True, kw_only=True)
class PickPage:
    """The buyers of a fair for one company. `listed` is its wish list in order, `shown` what was searched for.

    Of `found` buyers in all, `shown` are those of one page; only these come with their soonest moment.
    """

    fair: Fair
    company: Company
    rules: PickingRules
    closed: tuple[Conflict, ...]
    listed: tuple[BuyerCard, ...]
    shown: tuple[BuyerCard, ...]
    found: int
    total: int
    page: int
    countries: tuple[str, ...]

    @property
    def has_more(self) -> bool:
        return (self.page + 1) * AT_ONCE < self.found


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A slot of the fair for a buyer. `obstacles` say who is not free, and are empty where it can be picked."""

    slot: Slot
    obstacles: tuple[Conflict, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BuyerPage:
    """One buyer, and the moments still to come by the days of the fair's zone."""

    fair: Fair
    company: Company
    rules: PickingRules
    closed: tuple[Conflict, ...]
    card: BuyerCard
    days: tuple[tuple[date, tuple[Moment, ...]], ...]

    @property
    def free(self) -> int:
        return sum(not one.obstacles for _, moments in self.days for one in moments)

    @property
    def busy(self) -> tuple[Moment, ...]:
        """Those that can be waited for."""
        return tuple(one for _, moments in self.days for one in moments if one.obstacles)


@dataclass(frozen=True, kw_only=True)
class ChangePage:
    """A session of a company's own, and what it may do with it by the rules of the fair."""

    fair: Fair
    rules: PickingRules
    entry: Entry
    why_not_move: tuple[Conflict, ...]
    why_not_cancel: tuple[Conflict, ...]
    days: tuple[tuple[date, tuple[Moment, ...]], ...] = ()

    @property
    def free(self) -> int:
        return sum(not one.obstacles for _, moments in self.days for one in moments)


def own_fairs(db: Database, company_id: str, *, now: datetime) -> tuple[OwnFair, ...]:
    """The fairs a company takes part in, the newest first, with its holds, offers and requests to answer."""
    with db.read() as work:
        mine = people.fair_ids_of(work, company_id)
        found, rules = fairs.these_fairs(work, mine), rules_of(work, mine)
        held = meetings.meetings_of_resource(work, company_id, states=(State.HELD,))
        lines = waiting.in_line(work, company_id=company_id)
        asked = requests.open_requests_to(work, company_id)
        ids = [*(one.buyer_id for one in held), *(one.buyer_id for one in lines)]
        ids += [one.buyer_id for one in asked]
        known = people.resources_by_id(work, [one for one in ids if one])
        names = {key: one for key, one in known.items() if isinstance(one, Buyer)}
        return tuple(
            OwnFair(
                fair=fair,
                rules=rules[fair.id],
                holds=tuple(one for one in held if one.fair_id == fair.id and not has_lapsed(one, now)),
                offers=tuple(one for one in lines if one.fair_id == fair.id and _is_offer(one, now)),
                asked=tuple(one for one in asked if one.fair_id == fair.id and one.expires_at > now),
                names=names,
            )
            for fair in found
        )


def pick_page(
    db: Database, fair_key: str, company_id: str, *, now: datetime, search: Search = Search()
) -> PickPage:
    """The buyers whom the company may see. Raises NotFound when it does not take part."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        everyone = people.people_of(work, fair.id)
        company = next((one for one in everyone.companies if one.id == company_id), None)
        if company is None:
            raise NotFound(kind="fair", key=fair_key)
        rules = rules_in(work, fair.id)
        stored = {
            one.buyer_id: one for one in matches.matches_of(work, fair.id) if one.company_id == company_id
        }
        seen = [one for one in everyone.buyers if _is_seen(stored.get(one.id))]
        found = [one for one in seen if search.fits(one)]
        page = [one.id for one in found[search.page * AT_ONCE : (search.page + 1) * AT_ONCE]]
        thought = [
            stored.get(one.id) or match_between(company, one) for one in seen if one.id in frozenset(page)
        ]
        soonest = _soonest(work, fair, rules, thought, now)
        known = _Known(work, fair, company_id, now)
        cards = {one.id: known.card(one, stored.get(one.id), rules, soonest.get(one.id)) for one in seen}
    listed = [one for one in cards.values() if one.position is not None]
    return PickPage(
        fair=fair,
        company=company,
        rules=rules,
        closed=tuple(rules.closed(fair, now)),
        listed=tuple(sorted(listed, key=lambda one: one.position or 0)),
        shown=tuple(cards[one] for one in page),
        found=len(found),
        total=len(seen),
        page=search.page,
        countries=tuple(sorted({one.country for one in seen})),
    )


def buyer_page(db: Database, fair_key: str, company_id: str, buyer_id: str, *, now: datetime) -> BuyerPage:
    """Raises NotFound for a buyer whom this company does not see."""
    with db.read() as work:
        pair = pair_in(work, fair_key, company_id, buyer_id, finding=FOUND)
        rules = rules_in(work, pair.fair.id)
        known = _Known(work, pair.fair, company_id, now, match_id=pair.match.id)
        stored = pair.match if pair.is_matched else None
        card = known.card(pair.buyer, stored, rules, None)
        days = _days(work, pair, rules, card.meeting, now) if card.can_pick else ()
    return BuyerPage(
        fair=pair.fair,
        company=pair.company,
        rules=rules,
        closed=tuple(rules.closed(pair.fair, now)),
        card=card,
        days=days,
    )


def change_page(db: Database, company_id: str, meeting_id: str, *, now: datetime) -> ChangePage:
    """Raises NotFound for what is no confirmed session of this company in a fair."""
    found = find_change(db, company_id, meeting_id, now=now, with_moments=True)
    if found is None:
        raise NotFound(kind="meeting", key=meeting_id)
    return found


def find_change(
    db: Database, company_id: str, meeting_id: str, *, now: datetime, with_moments: bool = False
) -> ChangePage | None:
    """The same; None where there is nothing to be changed, and without the moments unless they are asked for."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        if meeting.company_id != company_id or meeting.fair_id is None or meeting.was_only_held:
            return None
        fair = fairs.get_fair_by_id(work, meeting.fair_id)
        rules = rules_in(work, fair.id)
        known = people.resources_by_id(work, meeting.resource_ids, fair.id)
        why_not = rules.why_not_move(fair, meeting.slot, now)
        is_movable = with_moments and meeting.state is State.CONFIRMED and not why_not
        days = _days_of(work, fair, rules, meeting, now) if is_movable else ()
    others = tuple((on, tuple(one for one in ones if one.slot != meeting.slot)) for on, ones in days)
    return ChangePage(
        fair=fair,
        rules=rules,
        entry=entry_of(meeting, known),
        why_not_move=why_not,
        why_not_cancel=rules.why_not_cancel(fair, meeting.slot, now),
        days=others,
    )


class _Known:
    """What is known of a company and each buyer of a fair, or one of them, read in one go."""

    def __init__(
        self, work: Session, fair: Fair, company_id: str, now: datetime, *, match_id: str | None = None
    ) -> None:
        self._now = now
        listed = wishes.wishes_of(work, fair.id, company_id)
        self._positions = {one: number for number, one in enumerate(listed, start=1)}
        self._meetings = {
            one.buyer_id: one
            for one in _ahead_of(work, company_id, match_id)
            if one.fair_id == fair.id and not has_lapsed(one, now)
        }
        asked = requests.requests_of_fair(work, fair.id, company_id)
        self._requests = {one.buyer_id: one for one in reversed(asked)}
        lines = waiting.in_line(work, fair_id=fair.id, company_id=company_id)
        self._lines = {one.buyer_id: one for one in lines}

    def card(
        self, buyer: Buyer, stored: Match | None, rules: PickingRules, soonest: Slot | None
    ) -> BuyerCard:
        line = self._lines.get(buyer.id)
        return BuyerCard(
            buyer=buyer,
            is_matched=stored is not None,
            can_pick=rules.is_on and (stored is not None or rules.reach is Reach.EVERYBODY),
            position=self._positions.get(buyer.id),
            meeting=self._meetings.get(buyer.id),
            request=self._requests.get(buyer.id),
            waiting=_without_late_offer(line, self._now) if line is not None else None,
            soonest=soonest,
        )


def _ahead_of(work: Session, company_id: str, match_id: str | None) -> tuple[Meeting, ...]:
    """All held or confirmed sessions of a company, or the one of a match of it."""
    if match_id is None:
        return meetings.meetings_of_resource(work, company_id, states=(State.HELD, State.CONFIRMED))
    found = meetings.live_meeting_of_match(work, match_id)
    return (found,) if found is not None and found.state in (State.HELD, State.CONFIRMED) else ()


def _soonest(
    work: Session, fair: Fair, rules: PickingRules, thought: Sequence[Match], now: datetime
) -> dict[str, Slot]:
    """The next free moment with each buyer who can be picked; nothing while picking is closed."""
    if not thought or not rules.is_open(fair, now):
        return {}
    scene = scene_among(work, fair, thought)
    sides = {one for match in thought for one in (match.company_id, match.buyer_id)}
    asked = tuple(
        one.id
        for one in scene.roster.resources.values()
        if one.id in sides or isinstance(one, Interpreter | Room)
    )
    occupancy = limited_within(work, scene, asked, Slot(*stretch_of(fair)))
    first = rules.earliest(now)
    found = {one.buyer_id: first_free(one, scene.roster, occupancy, not_before=first) for one in thought}
    return {buyer_id: slot for buyer_id, slot in found.items() if slot is not None}


def _days_of(
    work: Session, fair: Fair, rules: PickingRules, meeting: Meeting, now: datetime
) -> tuple[tuple[date, tuple[Moment, ...]], ...]:
    pair = pair_in(work, fair.key, meeting.company_id or "", meeting.buyer_id or "", finding=FOUND)
    return _days(work, pair, rules, meeting, now)


def _days(
    work: Session, pair: Pair, rules: PickingRules, standing: Meeting | None, now: datetime
) -> tuple[tuple[date, tuple[Moment, ...]], ...]:
    roster = Roster(fair=pair.fair, resources=pair.around, matches={pair.match.id: pair.match})
    scene = Scene(fair=pair.fair, roster=roster)
    whole = Slot(*stretch_of(pair.fair))
    # What the two have together already does not stand in its own way.
    without = standing.id if standing is not None else None
    occupancy = limited_within(work, scene, tuple(pair.around), whole, without=without)
    first = rules.earliest(now)
    found: dict[date, list[Moment]] = {}
    for slot in candidate_slots(pair.match, scene.roster):
        if slot.start_at >= first:
            in_the_way = obstacles(pair.match, slot, scene.roster, occupancy)
            on = day_of(slot, pair.fair.zone)
            found.setdefault(on, []).append(Moment(slot=slot, obstacles=in_the_way))
    return tuple((on, tuple(ones)) for on, ones in sorted(found.items()))


def _is_seen(match: Match | None) -> bool:
    return match is None or match.priority is not Priority.NEVER


def _is_offer(one: Waiting, now: datetime) -> bool:
    return one.state == "offered" and one.offer_expires_at is not None and one.offer_expires_at > now


def _without_late_offer(one: Waiting, now: datetime) -> Waiting:
    if one.state != "offered" or _is_offer(one, now):
        return one
    return replace(one, state="waiting", offered=None, offer_expires_at=None)


def _searched(buyer: Buyer) -> str:
    told = (buyer.name, buyer.city, buyer.interests, *buyer.languages)
    return " ".join(told).casefold()
