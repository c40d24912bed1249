"""The smallest set of facts that leaves a match no place beside the placements that stand.

A fact is something that could be otherwise: somebody's hours, what they are booked for elsewhere, their other sessions,
a limit per day. A set of facts rules a match out when in every slot of the fair, with every choice of interpreters and
room, at least one of them is in the way. It is smallest: none with fewer facts does, so without any one of them there
would be a place. Facts that would hold in any plan go before those that come from the other placements.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntFlag
from functools import lru_cache, reduce
from itertools import combinations, product
from operator import or_

from scheduler.booking.assign import Placement
from scheduler.booking.fair import day_of
from scheduler.booking.match import Match
from scheduler.booking.occupancy import Occupancy, candidate_slots, occupancy_of
from scheduler.booking.people import LanguagePair, Resource, zone_of
from scheduler.booking.rules import claimed, limit_per_day
from scheduler.booking.slot import Slot
from scheduler.grid.problem import Problem


class Fact(IntFlag):
    """What can be in the way. Who is meant by interpreters and rooms: any that would do."""

    NONE = 0
    COMPANY_HOURS = 1 << 0
    BUYER_HOURS = 1 << 1
    INTERPRETER_HOURS = 1 << 2
    ROOM_HOURS = 1 << 3
    COMPANY_ELSEWHERE = 1 << 4
    BUYER_ELSEWHERE = 1 << 5
    INTERPRETER_ELSEWHERE = 1 << 6
    ROOM_ELSEWHERE = 1 << 7
    COMPANY_LIMIT = 1 << 8
    BUYER_LIMIT = 1 << 9
    INTERPRETER_LIMIT = 1 << 10
    COMPANY_SESSIONS = 1 << 11
    BUYER_SESSIONS = 1 << 12
    INTERPRETER_SESSIONS = 1 << 13
    ROOM_SESSIONS = 1 << 14


@dataclass(frozen=True)
class Role:
    """The four facts that one of the places at a session can have."""

    hours: Fact
    elsewhere: Fact
    limit: Fact
    sessions: Fact


COMPANY = Role(Fact.COMPANY_HOURS, Fact.COMPANY_ELSEWHERE, Fact.COMPANY_LIMIT, Fact.COMPANY_SESSIONS)
BUYER = Role(Fact.BUYER_HOURS, Fact.BUYER_ELSEWHERE, Fact.BUYER_LIMIT, Fact.BUYER_SESSIONS)
INTERPRETER = Role(
    Fact.INTERPRETER_HOURS, Fact.INTERPRETER_ELSEWHERE, Fact.INTERPRETER_LIMIT, Fact.INTERPRETER_SESSIONS
)
ROOM = Role(Fact.ROOM_HOURS, Fact.ROOM_ELSEWHERE, Fact.NONE, Fact.ROOM_SESSIONS)
ROLES = (COMPANY, BUYER, INTERPRETER, ROOM)
IN_ANY_PLAN = reduce(or_, (fact for role in ROLES for fact in (role.hours, role.elsewhere)))
"""Facts that hold whatever else is placed."""

Need = tuple[Fact, ...]
"""What a session needs one of (a company, a buyer, a team, a room): for each choice, the facts against it."""


@dataclass(frozen=True)
class InSlot:
    """What is against a match in one slot, need by need; a need that is met is left out."""

    slot: Slot
    needs: tuple[tuple[Role, Need], ...]

    def is_ruled_out(self, facts: Fact) -> bool:
        """Whether these facts alone leave no place in the slot."""
        return any(all(against & facts for against in choices) for _, choices in self.needs)

    def against(self, role: Role, facts: Fact) -> Fact:
        """Those of the facts that leave this need unmet, nothing when it can be met."""
        for one, choices in self.needs:
            if one == role and all(against & facts for against in choices):
                return reduce(or_, (against & facts for against in choices), Fact.NONE)
        return Fact.NONE


class Facts:
    """The facts against any match of a problem, with what its placements take up."""

    def __init__(self, problem: Problem, placements: Sequence[Placement]) -> None:
        self.problem = problem
        self._placed: Occupancy = occupancy_of(placements, problem.roster)
        self._elsewhere: dict[str, set[int]] = {}
        for busy in problem.busy:
            self._elsewhere.setdefault(busy.resource_id, set()).update(busy.slot.ticks())
        self.taken: Occupancy = occupancy_of(placements, problem.roster, self._elsewhere)
        """What the placements take up, and what is booked elsewhere."""
        self._against: dict[tuple[str, Slot], Fact] = {}
        self._teams: dict[tuple[tuple[LanguagePair, ...], Slot], Need] = {}
        self._rooms: dict[Slot, Need] = {}

    def in_slots(self, match: Match) -> tuple[InSlot, ...]:
        """Every slot of the fair that the match could take, with what is against it there."""
        slots = candidate_slots(match, self.problem.roster)
        return tuple(InSlot(slot, self._needs(match, slot)) for slot in slots)

    def against(self, resource: Resource, slot: Slot, role: Role) -> Fact:
        """Everything that keeps one resource from a session in this slot."""
        key = resource.id, slot
        if key not in self._against:
            self._against[key] = self._look(resource, slot, role)
        return self._against[key]

    def _look(self, resource: Resource, slot: Slot, role: Role) -> Fact:
        found, ticks = Fact.NONE, claimed(resource, slot).ticks()
        if not resource.hours.covers(slot.start_at, slot.end_at):
            found |= role.hours
        if not self._elsewhere.get(resource.id, set()).isdisjoint(ticks):
            found |= role.elsewhere
        if not self._placed.ticks.get(resource.id, frozenset()).isdisjoint(ticks):
            found |= role.sessions
        limit = limit_per_day(resource, self.problem.fair)
        taken = self._placed.sessions.get((resource.id, day_of(slot, zone_of(resource))), 0)
        return found | role.limit if limit is not None and taken >= limit else found

    def _needs(self, match: Match, slot: Slot) -> tuple[tuple[Role, Need], ...]:
        resources = self.problem.roster.resources
        found: list[tuple[Role, Need]] = [
            (COMPANY, (self.against(resources[match.company_id], slot, COMPANY),)),
            (BUYER, (self.against(resources[match.buyer_id], slot, BUYER),)),
        ]
        if match.legs:
            found.append((INTERPRETER, self._team_need(match.legs, slot)))
        if match.needs_room:
            found.append((ROOM, self._room_need(slot)))
        return tuple((role, need) for role, need in found if Fact.NONE not in need)

    def _team_need(self, legs: tuple[LanguagePair, ...], slot: Slot) -> Need:
        if (legs, slot) not in self._teams:
            able = [self._able(leg, slot, len(legs)) for leg in legs]
            teams = (team for team in product(*able) if len({name for name, _ in team}) == len(team))
            self._teams[legs, slot] = lightest(reduce(or_, (fact for _, fact in team)) for team in teams)
        return self._teams[legs, slot]

    def _able(self, leg: LanguagePair, slot: Slot, team_size: int) -> list[tuple[str, Fact]]:
        """Interpreters for a language; of those with the same facts against them no more than a team could need."""
        alike: dict[Fact, list[tuple[str, Fact]]] = {}
        for one in self.problem.interpreters:
            if leg in one.pairs:
                fact = self.against(one, slot, INTERPRETER)
                alike.setdefault(fact, []).append((one.id, fact))
        return [one for found in alike.values() for one in found[:team_size]]

    def _room_need(self, slot: Slot) -> Need:
        if slot not in self._rooms:
            self._rooms[slot] = lightest(self.against(one, slot, ROOM) for one in self.problem.rooms)
        return self._rooms[slot]


def lightest(choices: Iterable[Fact]) -> Need:
    """The choices with the fewest facts against them: one that has all those of another, and more, never helps."""
    kept: list[Fact] = []
    for one in sorted(set(choices), key=lambda fact: (fact.bit_count(), fact)):
        if not any(fewer & one == fewer for fewer in kept):
            kept.append(one)
    return tuple(kept)


def smallest_set(slots: Sequence[InSlot]) -> Fact | None:
    """The smallest set of facts that rules a match out in all these slots; None when it has a place.

    Facts that hold in any plan come first: where they suffice, no other is named. No fact at all is needed where
    nobody could interpret, there is no room, or the fair has no slot.
    """
    kinds = {tuple(need for _, need in one.needs): one for one in slots}
    every = tuple(kinds.values())
    seen = reduce(or_, (fact for one in every for _, need in one.needs for fact in need), Fact.NONE)
    for facts in (seen & IN_ANY_PLAN, seen):
        if all(one.is_ruled_out(facts) for one in every):
            return _smallest_of(every, facts)
    return None


def _smallest_of(slots: Sequence[InSlot], facts: Fact) -> Fact:
    for size in range(facts.bit_count()):
        for some in combinations(_single(facts), size):
            chosen = reduce(or_, some, Fact.NONE)
            if all(one.is_ruled_out(chosen) for one in slots):
                return chosen
    return facts


@lru_cache(maxsize=1024)
def _single(facts: Fact) -> tuple[Fact, ...]:
    return tuple(one for one in Fact if one & facts)
