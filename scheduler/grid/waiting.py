"""Waiting: the idle slots between a participant's first and last session of a day.

A participant's own slots are the fair's slots for the countries they meet (a buyer's own country; for a
company those of all its buyers), as far as they lie inside their hours and are not booked elsewhere. Where
slots of several countries overlap, the one that ends first is kept, so that no minute counts twice. An own
slot is idle when one of the participant's sessions of that local day has ended by its start, another begins
at its end or later, and none overlaps it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from scheduler.booking.assign import Placement
from scheduler.booking.fair import SlotRule, day_of, slots_of
from scheduler.booking.match import Priority
from scheduler.booking.people import Buyer, zone_of
from scheduler.booking.slot import Slot
from scheduler.grid.candidates import open_slots_of
from scheduler.grid.problem import Problem


def own_slots(problem: Problem) -> dict[str, tuple[Slot, ...]]:
    """Each participant's own slots, in order of time, no two overlapping."""
    offered = _offered_to(problem)
    every = {one for found in set(offered.values()) for one in found}
    slots = tuple(sorted({slot for one in every for slot in one}))
    open_slots = open_slots_of(problem, slots)
    number = {slot: index for index, slot in enumerate(slots)}
    chains: dict[tuple[frozenset[tuple[Slot, ...]], frozenset[int]], tuple[Slot, ...]] = {}
    for person, found in offered.items():
        key = found, open_slots[person]
        if key not in chains:
            mine = {slot for one in found for slot in one}
            chains[key] = _chain(slot for slot in mine if number[slot] in open_slots[person])
    return {person: chains[found, open_slots[person]] for person, found in offered.items()}


def idle_of(problem: Problem, placements: Sequence[Placement]) -> int:
    """The idle slots of all companies and buyers together."""
    return len(idle_slots(problem, placements))


def idle_slots(problem: Problem, placements: Sequence[Placement]) -> tuple[tuple[str, Slot], ...]:
    """Who waits when: a participant and a slot for each idle slot."""
    sessions: dict[str, list[Slot]] = defaultdict(list)
    for one in placements:
        sessions[one.company_id].append(one.slot)
        sessions[one.buyer_id].append(one.slot)
    found = own_slots(problem)
    return tuple(
        (person, slot)
        for person, taken in sorted(sessions.items())
        for slot in idle_within(found.get(person, ()), taken, zone_of(problem.roster.resources[person]))
    )


def idle_within(own: Sequence[Slot], taken: Sequence[Slot], zone: str) -> list[Slot]:
    """Which of somebody's own slots are idle when their sessions are in `taken`."""
    by_day = defaultdict(list)
    for slot in taken:
        by_day[day_of(slot, zone)].append(slot)
    waiting_days = {day for day, sessions in by_day.items() if len(sessions) > 1}
    return [
        slot
        for slot in (own if waiting_days else ())
        if (day := day_of(slot, zone)) in waiting_days and _waits(slot, by_day[day], taken)
    ]


def _waits(slot: Slot, todays: Sequence[Slot], taken: Sequence[Slot]) -> bool:
    has_begun = any(one.end_at <= slot.start_at for one in todays)
    goes_on = has_begun and any(one.start_at >= slot.end_at for one in todays)
    return goes_on and not any(one.overlaps(slot) for one in taken)


def _offered_to(problem: Problem) -> dict[str, frozenset[tuple[Slot, ...]]]:
    """For each participant the fair's slots for the countries they meet; most countries have the same."""
    offered: dict[SlotRule, tuple[Slot, ...]] = {}
    met: dict[str, set[SlotRule]] = defaultdict(set)
    rules: dict[str, SlotRule] = {}
    for match in problem.matches:
        buyer = problem.roster.resources[match.buyer_id]
        if match.priority is Priority.NEVER or not isinstance(buyer, Buyer):
            continue
        if buyer.country not in rules:
            rule = rules[buyer.country] = problem.fair.rule_for(buyer.country)
            offered[rule] = offered.get(rule) or slots_of(problem.fair, buyer.country)
        met[match.company_id].add(rules[buyer.country])
        met[match.buyer_id].add(rules[buyer.country])
    sets = {
        rules: frozenset(offered[rule] for rule in rules)
        for rules in {frozenset(one) for one in met.values()}
    }
    return {person: sets[frozenset(found)] for person, found in met.items()}


def _chain(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    kept: list[Slot] = []
    for slot in sorted(slots, key=lambda one: (one.end_at, one.start_at)):
        if not kept or kept[-1].end_at <= slot.start_at:
            kept.append(slot)
    return tuple(kept)
