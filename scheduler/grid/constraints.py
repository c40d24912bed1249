"""The hard rules as sums: each says how many of certain options may be taken together.

An option is a match in a slot. It loads three owners: its company, its buyer, and its demand (which
interpretation and whether a room); matches with the same demand compete alike. A packing limits the load on
some (owner, slot) pairs. Rules about people who can be told apart only by name (interpreters and rooms) are
counted here: what the counts allow is necessary for a plan, and `naming` sees whether it suffices.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from scheduler.booking.fair import day_of
from scheduler.booking.people import Interpreter, LanguagePair, Resource, Room, zone_of
from scheduler.booking.rules import buffer_minutes, limit_per_day
from scheduler.booking.slot import Slot
from scheduler.grid.pools import MOST_LEGS, pools_of
from scheduler.grid.problem import Problem


@dataclass(frozen=True, order=True)
class Demand:
    """What a session takes beside its two sides."""

    legs: tuple[LanguagePair, ...]
    needs_room: bool


@dataclass(frozen=True, slots=True)
class Packing:
    """At most `limit` of load on these members: (owner, slot, weight)."""

    rule: str
    limit: int
    members: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Load:
    """Which owner can be loaded in which slots, and how often over the whole fair at most."""

    problem: Problem
    slots: Sequence[Slot]
    open_slots: Mapping[str, frozenset[int]]
    people: Mapping[int, Resource]
    demands: Mapping[int, Demand]
    used: Mapping[int, frozenset[int]]
    matches: Mapping[int, int]


def packings_of(load: Load) -> tuple[Packing, ...]:
    """All the sums, without those that cannot bind."""
    every = (*once_at_a_time(load), *daily_limit(load))
    return (*(packing for packing in every if _can_bind(packing, load)), *shared_packings_of(load))


def shared_packings_of(load: Load) -> tuple[Packing, ...]:
    """The sums about rooms and interpreters, for whom matches with the same demand compete alike."""
    every = (*rooms_at_a_time(load), *interpreters_at_a_time(load), *interpreters_daily_limit(load))
    return tuple(packing for packing in every if _can_bind(packing, load))


def once_at_a_time(load: Load) -> Iterator[Packing]:
    """A company or a buyer is in one session at a time."""
    together = overlapping(load.slots, 0)
    for owner in load.people:
        for group in _maximal(group & load.used[owner] for group in together):
            yield Packing("once_at_a_time", 1, _members([owner], group))


def daily_limit(load: Load) -> Iterator[Packing]:
    """A company or a buyer has no more sessions on one of their days than their limit."""
    for owner, person in load.people.items():
        limit = limit_per_day(person, load.problem.fair)
        if limit is not None:
            for todays in by_day(load.used[owner], load.slots, zone_of(person)).values():
                yield Packing("daily_limit", limit, _members([owner], todays))


def rooms_at_a_time(load: Load) -> Iterator[Packing]:
    """No more sessions at a time than there are rooms open, change-over included."""
    owners = [owner for owner, demand in load.demands.items() if demand.needs_room]
    for group, supply in _supplies(load, load.problem.rooms):
        yield Packing("rooms_at_a_time", supply, _members(owners, group))


def interpreters_at_a_time(load: Load) -> Iterator[Packing]:
    """No more sessions in some languages at a time than there are interpreters for them, rest included."""
    for legs, able in _teams(load):
        for group, supply in _supplies(load, able):
            yield Packing("interpreters_at_a_time", supply, _weighed(load, legs, group))


def interpreters_daily_limit(load: Load) -> Iterator[Packing]:
    """No more sessions in some languages on a day than their interpreters take together."""
    every = frozenset(range(len(load.slots)))
    for legs, able in _teams(load):
        zones = {zone_of(one) for one in able}
        if len(zones) != 1 or all(one.daily_limit is None for one in able):
            continue
        for todays in by_day(every, load.slots, zones.pop()).values():
            supply = sum(_most_per_day(one, todays & load.open_slots[one.id], load.slots) for one in able)
            yield Packing("interpreters_daily_limit", supply, _weighed(load, legs, todays))


def counts_all_languages(wanted: set[LanguagePair], interpreters: Iterable[Interpreter]) -> bool:
    """Whether every combination of language pairs is counted, so that no shortage of several together is missed."""
    return all(len(pool) <= MOST_LEGS for pool in pools_of(wanted, interpreters))


def overlapping(slots: Sequence[Slot], buffer: int) -> list[frozenset[int]]:
    """The largest groups of slots that all overlap, buffers of so many minutes included."""
    ticks = [slot.with_buffer(after_minutes=buffer).ticks() for slot in slots]
    starts = sorted({one.start for one in ticks})
    return _maximal(
        frozenset(index for index, one in enumerate(ticks) if one.start <= start < one.stop)
        for start in starts
    )


def _supplies(
    load: Load, resources: Sequence[Room] | Sequence[Interpreter]
) -> Iterator[tuple[frozenset[int], int]]:
    """Groups of slots that overlap, with the number of resources open in any of them."""
    open_slots = [load.open_slots[one.id] for one in resources]
    least = min((buffer_minutes(one) for one in resources), default=0)
    for group in overlapping(load.slots, least):
        supply = sum(not group.isdisjoint(mine) for mine in open_slots)
        yield group, supply
        for index in group if len(group) > 1 else ():
            alone = sum(index in mine for mine in open_slots)
            if alone < supply:
                yield frozenset({index}), alone


def _teams(load: Load) -> Iterator[tuple[frozenset[LanguagePair], tuple[Interpreter, ...]]]:
    """Sets of language pairs, each with everybody who works in any of them (Hall's condition wants these)."""
    wanted = {leg for demand in load.demands.values() for leg in demand.legs}
    for pool in pools_of(wanted, load.problem.interpreters):
        sizes = range(1, len(pool) + 1) if len(pool) <= MOST_LEGS else (1, 2, len(pool))
        for legs in (frozenset(some) for size in sizes for some in combinations(pool, size)):
            yield legs, tuple(one for one in load.problem.interpreters if not legs.isdisjoint(one.pairs))


def _weighed(
    load: Load, legs: frozenset[LanguagePair], group: Iterable[int]
) -> tuple[tuple[int, int, int], ...]:
    weights = {owner: sum(leg in legs for leg in demand.legs) for owner, demand in load.demands.items()}
    return tuple(
        (owner, index, weight) for owner, weight in weights.items() if weight for index in sorted(group)
    )


def _members(owners: Iterable[int], group: Iterable[int]) -> tuple[tuple[int, int, int], ...]:
    return tuple((owner, index, 1) for owner in owners for index in sorted(group))


def by_day(indices: Iterable[int], slots: Sequence[Slot], zone: str) -> dict[date, frozenset[int]]:
    days: dict[date, set[int]] = defaultdict(set)
    for index in indices:
        days[day_of(slots[index], zone)].add(index)
    return {day: frozenset(found) for day, found in days.items()}


def one_after_another(slots: Iterable[Slot], buffer: int) -> int:
    """The most of these slots that one resource can take, so many minutes between them."""
    count, free_from = 0, 0
    claimed = (slot.with_buffer(after_minutes=buffer).ticks() for slot in slots)
    for taken in sorted(claimed, key=lambda ticks: ticks.stop):
        if taken.start >= free_from:
            count, free_from = count + 1, taken.stop
    return count


def _most_per_day(one: Interpreter, todays: Iterable[int], slots: Sequence[Slot]) -> int:
    count = one_after_another([slots[index] for index in todays], buffer_minutes(one))
    return count if one.daily_limit is None else min(count, one.daily_limit)


def _maximal(groups: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Groups in order of time, without those contained in a neighbour."""
    kept: list[frozenset[int]] = []
    for group in groups:
        if kept and group >= kept[-1]:
            kept[-1] = group
        elif group and not (kept and group <= kept[-1]):
            kept.append(group)
    return kept


def _can_bind(packing: Packing, load: Load) -> bool:
    """Whether the load could exceed the limit at all."""
    most: dict[int, int] = defaultdict(int)
    for owner, index, weight in packing.members:
        if index in load.used[owner]:
            most[owner] = load.matches[owner] * weight
    return sum(most.values()) > packing.limit
