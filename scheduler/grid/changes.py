"""The cheapest change that would let in a match that is left out, with everything else staying where it is.

For each slot, also some just before and after the fair's own, it is seen what the match lacks there and what the
cheapest remedy for each lack is. The cheapest slot is taken and proved: the change is made on a copy of the problem,
the match is placed there, and the rules of booking judge the whole grid.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

from scheduler.booking.assign import Placement
from scheduler.booking.fair import slots_of
from scheduler.booking.match import Match
from scheduler.booking.occupancy import find_placement
from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair, Resource, Room
from scheduler.booking.rules import conflicts_with, slot_of_the_fair
from scheduler.booking.slot import Slot
from scheduler.grid.facts import BUYER, COMPANY, INTERPRETER, ROOM, Facts, Role
from scheduler.grid.problem import Problem
from scheduler.grid.single_changes import (
    NEW_INTERPRETER,
    Change,
    higher_limit,
    longer_day,
    longer_fairs,
    one_more_interpreter,
    one_more_room,
)

MOST_TRIED = 8
"""So many slots, the cheapest first, are tried before it is said that no small change helps."""

Somebody = TypeVar("Somebody", Company, Buyer, Interpreter, Room)


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
        new = one_more_interpreter(self.facts.problem, leg, position, slot)
        return [*known[:team_size], (f"{NEW_INTERPRETER}-{position}", (new,))]

    def _for_room(self, slot: Slot) -> tuple[Change, ...]:
        if slot not in self._rooms:
            found = (self._for_one(one.id, slot, ROOM) for one in self.facts.problem.rooms)
            new = (one_more_room(self.facts.problem, slot),)
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
    for change in longer_fairs(problem, country):
        longer = replace(problem.fair, opening=change.opening or ())
        yield from ((slot, (change,)) for slot in slots_of(longer, country) if slot not in own)


def _changes_of(facts: Facts, resource: Resource, slot: Slot, role: Role) -> tuple[Change, ...] | None:
    """What would make one resource free; None when it is taken, which only moving others would change."""
    against = facts.against(resource, slot, role)
    if against & (role.elsewhere | role.sessions):
        return None
    found = []
    if against & role.hours:
        longer = longer_day(facts.problem, resource, slot)
        if longer is None:
            return None
        found.append(longer)
    if against & role.limit:
        found.append(higher_limit(facts.problem, resource))
    return tuple(found)


def _cost(changes: Iterable[Change]) -> int:
    return sum(one.cost for one in changes)
