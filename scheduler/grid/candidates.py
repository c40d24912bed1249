"""Where each match could go at all: the slots in which both sides, interpretation and a room are open.

Each resource is looked at alone here (its hours, what it is booked for elsewhere); competition comes in with
`constraints`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduler.booking.fair import SlotRule
from scheduler.booking.match import Match
from scheduler.booking.occupancy import candidate_slots
from scheduler.booking.people import Buyer, Interpreter, LanguagePair, Resource
from scheduler.booking.rules import claimed
from scheduler.booking.slot import Slot
from scheduler.grid.problem import Problem
from scheduler.timezones.hours import Hours


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """`options[match]` are the numbers of its feasible slots in `slots`; `open_slots` the same for a
    resource.

    `offered[match]` are the fair's slots for that match before anybody's hours are looked at.
    """

    slots: tuple[Slot, ...]
    open_slots: Mapping[str, frozenset[int]]
    offered: Mapping[str, tuple[int, ...]]
    options: Mapping[str, tuple[int, ...]]


def candidates_of(problem: Problem) -> Candidates:
    """The feasible slots of every match. A pinned match has the slot of its pin alone; a pair marked never,
    none.
    """
    given = _offered_slots(problem)
    kinds = {id(found): found for found in given.values()}
    slots = tuple(
        sorted({slot for found in kinds.values() for slot in found} | {pin.slot for pin in problem.pins})
    )
    number = {slot: index for index, slot in enumerate(slots)}
    numbered = {key: tuple(number[slot] for slot in found) for key, found in kinds.items()}
    offered = {match_id: numbered[id(found)] for match_id, found in given.items()}
    open_slots = open_slots_of(problem, slots)
    options = _options(problem, offered, open_slots)
    options.update({pin.match_id: (number[pin.slot],) for pin in problem.pins})
    return Candidates(slots=slots, open_slots=open_slots, offered=offered, options=options)


def open_slots_of(problem: Problem, slots: Sequence[Slot]) -> dict[str, frozenset[int]]:
    """For each resource the slots inside its hours in which it is not booked elsewhere."""
    blocks: dict[str, list[Slot]] = defaultdict(list)
    for busy in problem.busy:
        blocks[busy.resource_id].append(busy.slot)
    covered: dict[Hours, frozenset[int]] = {}
    for resource in problem.roster.resources.values():
        if resource.hours not in covered:
            covered[resource.hours] = _covered(resource.hours, slots)
    return {
        one.id: _unblocked(one, covered[one.hours], slots, blocks[one.id])
        if one.id in blocks
        else covered[one.hours]
        for one in problem.roster.resources.values()
    }


def can_interpret(legs: Sequence[LanguagePair], free: Iterable[Interpreter]) -> bool:
    """Whether there is one interpreter for each leg, nobody twice."""
    if not legs:
        return True
    free = list(free)
    return any(
        legs[0] in one.pairs and can_interpret(legs[1:], [other for other in free if other is not one])
        for one in free
    )


def wanted_matches(problem: Problem) -> tuple[Match, ...]:
    """The matches that ask for a place, the more important first."""
    barred = problem.roster.never_pairs
    wanted = [match for match in problem.matches if (match.company_id, match.buyer_id) not in barred]
    return tuple(sorted(wanted, key=lambda match: (match.priority, match.rank or 10**6, match.id)))


def _offered_slots(problem: Problem) -> dict[str, tuple[Slot, ...]]:
    per_kind: dict[tuple[SlotRule, bool], tuple[Slot, ...]] = {}
    rules: dict[str, SlotRule] = {}
    found: dict[str, tuple[Slot, ...]] = {}
    for match in wanted_matches(problem):
        buyer = problem.roster.resources[match.buyer_id]
        country = buyer.country if isinstance(buyer, Buyer) else ""
        if country not in rules:
            rules[country] = problem.fair.rule_for(country)
        kind = (rules[country], match.is_walk_in)
        if kind not in per_kind:
            per_kind[kind] = candidate_slots(match, problem.roster)
        found[match.id] = per_kind[kind]
    return found


def _covered(hours: Hours, slots: Sequence[Slot]) -> frozenset[int]:
    return frozenset(index for index, slot in enumerate(slots) if hours.covers(slot.start_at, slot.end_at))


def _unblocked(
    resource: Resource, covered: Iterable[int], slots: Sequence[Slot], blocks: Sequence[Slot]
) -> frozenset[int]:
    return frozenset(
        index
        for index in covered
        if not any(claimed(resource, slots[index]).overlaps(block) for block in blocks)
    )


def _options(
    problem: Problem, offered: Mapping[str, tuple[int, ...]], open_slots: Mapping[str, frozenset[int]]
) -> dict[str, tuple[int, ...]]:
    any_room = frozenset[int]().union(*(open_slots[room.id] for room in problem.rooms))
    spoken: dict[tuple[LanguagePair, ...], frozenset[int]] = {}
    found: dict[str, tuple[int, ...]] = {}
    alike: dict[tuple[object, ...], tuple[int, ...]] = {}
    for match in wanted_matches(problem):
        mine, company, buyer = offered[match.id], open_slots[match.company_id], open_slots[match.buyer_id]
        kind = (mine, company, buyer, match.legs, match.needs_room)
        if kind not in alike:
            if match.legs not in spoken:
                spoken[match.legs] = interpreted_slots(problem, match.legs, open_slots)
            open_to_all = company & buyer
            if match.legs:
                open_to_all &= spoken[match.legs]
            if match.needs_room:
                open_to_all &= any_room
            alike[kind] = tuple(index for index in mine if index in open_to_all)
        found[match.id] = alike[kind]
    return found


def interpreted_slots(
    problem: Problem, legs: Sequence[LanguagePair], open_slots: Mapping[str, frozenset[int]]
) -> frozenset[int]:
    """The slots in which there are interpreters at work for all the legs."""
    able = [one for one in problem.interpreters if not set(legs).isdisjoint(one.pairs)]
    slots = frozenset[int]().union(*(open_slots[one.id] for one in able))
    return frozenset(
        index for index in slots if can_interpret(legs, [one for one in able if index in open_slots[one.id]])
    )
