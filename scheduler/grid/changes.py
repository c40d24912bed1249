"""The cheapest change that would let in a match that is left out, with everything else staying where it is.

For each slot, also some just before and after the fair's own, it is seen what the match lacks there and what the
cheapest remedy for each lack is. The cheapest slot is taken and proved: the change is made on a copy of the problem,
the match is placed there, and the rules of booking judge the whole grid.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import TypeVar

from scheduler.booking.assign import Placement
from scheduler.booking.fair import slots_of
from scheduler.booking.match import Match
from scheduler.booking.occupancy import find_placement
from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair, Resource, Room, zone_of
from scheduler.booking.rules import conflicts_with, limit_per_day, slot_of_the_fair
from scheduler.booking.slot import Slot
from scheduler.grid.facts import BUYER, COMPANY, INTERPRETER, ROOM, Facts, Role
from scheduler.grid.problem import Problem
from scheduler.timezones.hours import Hours
from scheduler.timezones.labels import BothSidesText, DayText, MomentText
from scheduler.timezones.span import DAY_MINUTES, WallSpan
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase, msgid
from scheduler.wording.tongues import TonguesText

COSTS = {
    "limit": 1,
    Room: 2,
    Interpreter: 3,
    Company: 4,
    Buyer: 6,
    "another interpreter": 8,
    "another room": 10,
    "fair": 12,
}
"""What a change costs, from little to much: one session a day more; an hour (or part of it) longer for a room that
is there, an interpreter, a company, a buyer; one more interpreter; one more room; an hour longer for the fair."""
MOST_TRIED = 8
"""So many slots, the cheapest first, are tried before it is said that no small change helps."""
_UNTIL: dict[type, str] = {
    Company: msgid("%(name)s stays until %(until)s (%(minutes)s minutes longer)"),
    Buyer: msgid("the day of %(name)s ends at %(until)s (%(minutes)s minutes later)"),
    Interpreter: msgid("interpreter %(name)s works until %(until)s (%(minutes)s minutes longer)"),
    Room: msgid("open %(name)s until %(until)s (%(minutes)s minutes longer)"),
}
_FROM: dict[type, str] = {
    Company: msgid("%(name)s comes at %(since)s (%(minutes)s minutes earlier)"),
    Buyer: msgid("the day of %(name)s begins at %(since)s (%(minutes)s minutes earlier)"),
    Interpreter: msgid("interpreter %(name)s works from %(since)s (%(minutes)s minutes earlier)"),
    Room: msgid("open %(name)s from %(since)s (%(minutes)s minutes earlier)"),
}
_SLOTS_OUTSIDE = 2
NEW_INTERPRETER, NEW_ROOM = "one-more-interpreter", "one-more-room"
Somebody = TypeVar("Somebody", Company, Buyer, Interpreter, Room)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that could be otherwise: somebody's hours or limit, somebody or a room more, the fair's opening."""

    phrase: Phrase
    cost: int
    resource_id: str = ""
    hours: Hours | None = None
    daily_limit: int | None = None
    newcomer: Interpreter | Room | None = None
    opening: tuple[WallSpan, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Mend:
    """Changes that let a match in together, and where it would be."""

    changes: tuple[Change, ...]
    placement: Placement

    @property
    def cost(self) -> int:
        return _cost(self.changes)


@dataclass(frozen=True, kw_only=True)
class _Way:
    slot: Slot
    changes: tuple[Change, ...]

    @property
    def cost(self) -> int:
        return _cost(self.changes)


class Remedies:
    """Looks for changes beside the placements of a plan; what one match needed is remembered for the next."""

    def __init__(self, facts: Facts, placements: Sequence[Placement]) -> None:
        self.facts, self._placements = facts, placements
        self._of: dict[tuple[str, Slot], tuple[Change, ...] | None] = {}
        self._teams: dict[tuple[tuple[LanguagePair, ...], Slot], tuple[Change, ...] | None] = {}
        self._rooms: dict[Slot, tuple[Change, ...]] = {}
        self._fairs: dict[str, tuple[tuple[Slot, tuple[Change, ...]], ...]] = {}

    def cheapest(self, match: Match) -> Mend | None:
        """None where nobody could help with a small change, or where the pair must not meet."""
        if (match.company_id, match.buyer_id) in self.facts.problem.roster.never_pairs:
            return None
        ways = sorted(self._ways(match), key=lambda way: (way.cost, len(way.changes)))
        for way in ways[:MOST_TRIED]:
            placement = _proved(self.facts, self._placements, match, way)
            if placement is not None:
                return Mend(changes=way.changes, placement=placement)
        return None

    def _ways(self, match: Match) -> Iterator[_Way]:
        """For every slot the cheapest changes that would do, where there are any."""
        for slot, opening in self._slots(match):
            company = self._for_one(match.company_id, slot, COMPANY)
            buyer = self._for_one(match.buyer_id, slot, BUYER) if company is not None else None
            team = self._for_team(match.legs, slot) if buyer is not None else None
            if company is None or buyer is None or team is None:
                continue
            room = self._for_room(slot) if match.needs_room else ()
            yield _Way(slot=slot, changes=(*opening, *company, *buyer, *team, *room))

    def _slots(self, match: Match) -> tuple[tuple[Slot, tuple[Change, ...]], ...]:
        buyer = self.facts.problem.roster.resources[match.buyer_id]
        country = buyer.country if isinstance(buyer, Buyer) else ""
        if country not in self._fairs:
            self._fairs[country] = tuple(_slots(self.facts.problem, country))
        return self._fairs[country]

    def _for_one(self, key: str, slot: Slot, role: Role) -> tuple[Change, ...] | None:
        if (key, slot) not in self._of:
            resource = self.facts.problem.roster.resources[key]
            self._of[key, slot] = _changes_of(self.facts, resource, slot, role)
        return self._of[key, slot]

    def _for_team(self, legs: tuple[LanguagePair, ...], slot: Slot) -> tuple[Change, ...] | None:
        """The cheapest team: who is free, who works longer, or somebody new."""
        if (legs, slot) not in self._teams:
            wanted = [self._people_for(leg, position, slot, len(legs)) for position, leg in enumerate(legs)]
            teams = [team for team in product(*wanted) if len({name for name, _ in team}) == len(team)]
            best = min(teams, key=lambda team: sum(_cost(needed) for _, needed in team), default=None)
            found = None if best is None else tuple(change for _, needed in best for change in needed)
            self._teams[legs, slot] = found
        return self._teams[legs, slot]

    def _people_for(
        self, leg: LanguagePair, position: int, slot: Slot, team_size: int
    ) -> list[tuple[str, tuple[Change, ...]]]:
        able = (one.id for one in self.facts.problem.interpreters if leg in one.pairs)
        found = ((name, self._for_one(name, slot, INTERPRETER)) for name in able)
        known = sorted(
            ((name, needed) for name, needed in found if needed is not None), key=lambda one: _cost(one[1])
        )
        new = _one_more_interpreter(self.facts.problem, leg, position, slot)
        return [*known[:team_size], (f"{NEW_INTERPRETER}-{position}", (new,))]

    def _for_room(self, slot: Slot) -> tuple[Change, ...]:
        if slot not in self._rooms:
            found = (self._for_one(one.id, slot, ROOM) for one in self.facts.problem.rooms)
            new = (_one_more_room(self.facts.problem, slot),)
            self._rooms[slot] = min((*(one for one in found if one is not None), new), key=_cost)
        return self._rooms[slot]


def changed(problem: Problem, changes: Iterable[Change]) -> Problem:
    """The problem as it would be then."""
    for change in changes:
        if change.opening is not None:
            problem = replace(problem, fair=replace(problem.fair, opening=change.opening))
        problem = replace(
            problem,
            companies=tuple(_as_then(one, change) for one in problem.companies),
            buyers=tuple(_as_then(one, change) for one in problem.buyers),
            interpreters=tuple(_as_then(one, change) for one in problem.interpreters),
            rooms=tuple(_as_then(one, change) for one in problem.rooms),
        )
        if isinstance(change.newcomer, Interpreter):
            problem = replace(problem, interpreters=(*problem.interpreters, change.newcomer))
        elif change.newcomer is not None:
            problem = replace(problem, rooms=(*problem.rooms, change.newcomer))
    return problem


def _as_then(one: Somebody, change: Change) -> Somebody:
    if one.id != change.resource_id:
        return one
    then = one if change.hours is None else replace(one, hours=change.hours)
    if change.daily_limit is None or isinstance(then, Room):
        return then
    return replace(then, daily_limit=change.daily_limit)


def _proved(facts: Facts, placements: Sequence[Placement], match: Match, way: _Way) -> Placement | None:
    """The place in the changed problem, when no rule is broken with it there.

    Whatever is proposed only adds to what there is, so that the others can be hurt by the new place alone; but for
    the fair's slots, which a longer opening could shift.
    """
    problem = changed(facts.problem, way.changes)
    found = find_placement(match, way.slot, problem.roster, facts.taken)
    if found is None or conflicts_with(found, placements, problem.roster, problem.busy):
        return None
    if any(change.opening is not None for change in way.changes):
        shifted = (conflict for one in placements for conflict in slot_of_the_fair(one, problem.roster))
        return None if any(shifted) else found
    return found


def _slots(problem: Problem, country: str) -> Iterator[tuple[Slot, tuple[Change, ...]]]:
    """The fair's own slots for a country, then some that it would have by opening earlier or closing later."""
    own = slots_of(problem.fair, country)
    yield from ((slot, ()) for slot in own)
    if problem.fair.rule_for(country).opening != problem.fair.opening:
        return
    for change in _longer_fairs(problem, country):
        longer = replace(problem.fair, opening=change.opening or ())
        yield from ((slot, (change,)) for slot in slots_of(longer, country) if slot not in own)


def _longer_fairs(problem: Problem, country: str) -> Iterator[Change]:
    """Whole slots are put before the first and after the last opening of the day, so that the others stay."""
    fair, rule = problem.fair, problem.fair.rule_for(country)
    spans = sorted(fair.opening)
    pitch = rule.slot_minutes + rule.break_minutes
    for number in range(1, _SLOTS_OUTSIDE + 1) if spans else ():
        minutes = number * pitch
        cost = COSTS["fair"] * _hours(minutes)
        first, last = spans[0], spans[-1]
        if first.start_minute >= minutes:
            earlier = replace(first, start_minute=first.start_minute - minutes)
            phrase = Phrase("open the fair from %(clock)s on every day", clock=earlier.text()[:5])
            yield Change(phrase=phrase, cost=cost, opening=(earlier, *spans[1:]))
        if last.end_minute + minutes <= DAY_MINUTES:
            later = replace(last, end_minute=last.end_minute + minutes)
            phrase = Phrase("keep the fair open until %(clock)s on every day", clock=later.text()[-5:])
            yield Change(phrase=phrase, cost=cost, opening=(*spans[:-1], later))


def _changes_of(facts: Facts, resource: Resource, slot: Slot, role: Role) -> tuple[Change, ...] | None:
    """What would make one resource free; None when it is taken, which only moving others would change."""
    against = facts.against(resource, slot, role)
    if against & (role.elsewhere | role.sessions):
        return None
    found = []
    if against & role.hours:
        longer = _longer_day(facts.problem, resource, slot)
        if longer is None:
            return None
        found.append(longer)
    if against & role.limit:
        found.append(_higher_limit(facts.problem, resource))
    return tuple(found)


def _longer_day(problem: Problem, one: Resource, slot: Slot) -> Change | None:
    """The hours stretched over the slot; None where something is cut out of them there, such as an absence."""
    zone = zone_of(one)
    start = to_wall(slot.start_at, zone)
    on, begins = start.date(), start.hour * 60 + start.minute
    spans = dict(one.hours.dated).get(on, one.hours.weekly[on.weekday()])
    new = _stretched(spans, WallSpan(begins, begins + slot.minutes))
    if not spans and isinstance(one, Room):
        new = _whole_day(problem, on, zone) or new
    hours = _joined(one.hours.with_dated(on, ()), on, (*spans, new))
    if not hours.covers(slot.start_at, slot.end_at):
        return None
    home = problem.fair.zone
    phrase = _longer_phrase(one, spans, new, on, slot, home)
    added = new.end_minute - new.start_minute
    return Change(phrase=phrase, cost=COSTS[type(one)] * _hours(added), resource_id=one.id, hours=hours)


def _longer_phrase(
    one: Resource, spans: Sequence[WallSpan], new: WallSpan, on: date, slot: Slot, home: str
) -> Phrase:
    zone = zone_of(one)
    if not spans and isinstance(one, Room):
        return Phrase("open %(name)s on %(day)s", name=one.name, day=DayText(on=on))
    if any(span.end_minute == new.start_minute for span in spans):
        until = BothSidesText(start_at=slot.end_at, home_zone=home, away_zone=zone)
        return Phrase(
            _UNTIL[type(one)], name=one.name, until=until, minutes=new.end_minute - new.start_minute
        )
    if any(span.start_minute == new.end_minute for span in spans):
        since = BothSidesText(start_at=slot.start_at, home_zone=home, away_zone=zone)
        return Phrase(_FROM[type(one)], name=one.name, since=since, minutes=new.end_minute - new.start_minute)
    when = BothSidesText(start_at=slot.start_at, end_at=slot.end_at, home_zone=home, away_zone=zone)
    return Phrase("%(name)s also at %(when)s", name=one.name, when=when)


def _stretched(spans: Sequence[WallSpan], wanted: WallSpan) -> WallSpan:
    """What to add so that a span of the day reaches over what is wanted, with no gap in between."""
    before = [span.end_minute for span in spans if span.end_minute <= wanted.start_minute]
    after = [span.start_minute for span in spans if span.start_minute >= wanted.end_minute]
    reach = [(wanted.start_minute - max(before), "until")] if before else []
    reach += [(min(after) - wanted.end_minute, "from")] if after else []
    inside = [
        span
        for span in spans
        if span.start_minute < wanted.end_minute and span.end_minute > wanted.start_minute
    ]
    if inside:
        first, last = min(span.start_minute for span in inside), max(span.end_minute for span in inside)
        if first <= wanted.start_minute < last < wanted.end_minute:
            return WallSpan(last, wanted.end_minute)
        if wanted.start_minute < first < wanted.end_minute <= last:
            return WallSpan(wanted.start_minute, first)
        return wanted
    if not reach:
        return wanted
    _, way = min(reach)
    if way == "until":
        return WallSpan(max(before), wanted.end_minute)
    return WallSpan(wanted.start_minute, min(after))


def _whole_day(problem: Problem, on: date, zone: str) -> WallSpan | None:
    """A room that is closed for the day opens for as long as the fair does."""
    opening = problem.fair.opening
    if on not in problem.fair.days or zone != problem.fair.zone or not opening:
        return None
    return WallSpan(min(span.start_minute for span in opening), max(span.end_minute for span in opening))


def _joined(hours: Hours, on: date, spans: Sequence[WallSpan]) -> Hours:
    return hours.with_dated(on, sorted(spans))


def _higher_limit(problem: Problem, one: Resource) -> Change:
    limit = (limit_per_day(one, problem.fair) or 0) + 1
    phrase = Phrase("%(name)s takes %(limit)s sessions a day", name=one.name, limit=limit)
    return Change(phrase=phrase, cost=COSTS["limit"], resource_id=one.id, daily_limit=limit)


def _one_more_interpreter(problem: Problem, leg: LanguagePair, position: int, slot: Slot) -> Change:
    home = problem.fair.zone
    start = to_wall(slot.start_at, home)
    begins = start.hour * 60 + start.minute
    hours = Hours.never(home).with_dated(start.date(), [WallSpan(begins, begins + slot.minutes)])
    when = MomentText(start_at=slot.start_at, end_at=slot.end_at, zone=home)
    spoken = TonguesText(codes=tuple(code for code in (leg.first, leg.second) if code != "ko"))
    return Change(
        phrase=Phrase("one more interpreter for %(language)s at %(when)s", language=spoken, when=when),
        cost=COSTS["another interpreter"],
        newcomer=Interpreter(
            id=f"{NEW_INTERPRETER}-{position}", name=NEW_INTERPRETER, hours=hours, pairs=(leg,)
        ),
    )


def _one_more_room(problem: Problem, slot: Slot) -> Change:
    when = MomentText(start_at=slot.start_at, end_at=slot.end_at, zone=problem.fair.zone)
    return Change(
        phrase=Phrase("one more room at %(when)s", when=when),
        cost=COSTS["another room"],
        newcomer=Room(id=NEW_ROOM, name=NEW_ROOM, hours=Hours.always(problem.fair.zone)),
    )


def _cost(changes: Iterable[Change]) -> int:
    return sum(one.cost for one in changes)


def _hours(minutes: int) -> int:
    """Hours begun."""
    return max(1, -(-minutes // 60))
