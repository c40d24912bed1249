"""The problem as numbers: matches, slots, what loads what. The exact solver and the search work on this."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from scheduler.booking.fair import day_of
from scheduler.booking.match import Match
from scheduler.booking.people import Resource, zone_of
from scheduler.booking.slot import Slot
from scheduler.grid.candidates import Candidates, candidates_of, wanted_matches
from scheduler.grid.constraints import Demand, Load, Packing, packings_of, shared_packings_of
from scheduler.grid.problem import Problem
from scheduler.grid.waiting import own_slots
from scheduler.timezones.wall import to_wall

COMFORT_FROM, COMFORT_TO = time(9), time(18)
_HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Wait:
    """One participant's own slot: idle with a session in `before` and one in `after`, but none in `over`."""

    owner: int
    before: frozenset[int]
    after: frozenset[int]
    over: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Model:
    """`options[m]` are slot numbers; `owners[m]` are the numbers of the company, the buyer and the demand.

    What only the exact solver asks for is made when it asks: of thousands of matches it would fill the memory.
    """

    problem: Problem
    candidates: Candidates
    slots: tuple[Slot, ...]
    matches: tuple[Match, ...]
    options: tuple[tuple[int, ...], ...]
    owners: tuple[tuple[int, int, int], ...]
    people: Mapping[int, Resource]
    demands: Mapping[int, Demand]
    load: Load
    pinned: Mapping[int, int]

    @cached_property
    def shared(self) -> tuple[Packing, ...]:
        """The sums about rooms and interpreters."""
        return shared_packings_of(self.load)

    @cached_property
    def packings(self) -> tuple[Packing, ...]:
        """All the sums."""
        return packings_of(self.load)

    @cached_property
    def own_slots(self) -> Mapping[str, tuple[Slot, ...]]:
        return own_slots(self.problem)

    @cached_property
    def waits(self) -> tuple[Wait, ...]:
        """In order of owner and time."""
        return _waits(self.own_slots, self.slots, self.people, self.load.used)

    @cached_property
    def sessions_of(self) -> dict[tuple[frozenset[int], str, int, int | None], int]:
        """What `bounds.most_sessions` has counted already, by slots, zone, buffer and limit of a day."""
        return {}

    @cached_property
    def discomfort(self) -> Mapping[tuple[int, int], int]:
        """For owner and slot the half-hours outside 09:00-18:00 local, where there are any."""
        return _discomfort(self.slots, self.people, self.load.used)


def model_of(problem: Problem) -> Model:
    """Read a problem whose pins keep the rules."""
    candidates = candidates_of(problem)
    matches = wanted_matches(problem)
    people, demands, owners = _owners(problem, matches)
    options = tuple(candidates.options[match.id] for match in matches)
    load = Load(
        problem=problem,
        slots=candidates.slots,
        open_slots=candidates.open_slots,
        people=people,
        demands=demands,
        used=_used(options, owners, [*people, *demands]),
        matches=_counted(owners),
    )
    pinned_ids = {pin.match_id for pin in problem.pins}
    return Model(
        problem=problem,
        candidates=candidates,
        slots=candidates.slots,
        matches=matches,
        options=options,
        owners=owners,
        people=people,
        demands=demands,
        load=load,
        pinned={m: options[m][0] for m, match in enumerate(matches) if match.id in pinned_ids},
    )


def _owners(
    problem: Problem, matches: Sequence[Match]
) -> tuple[dict[int, Resource], dict[int, Demand], tuple[tuple[int, int, int], ...]]:
    wanted = dict.fromkeys(person for match in matches for person in (match.company_id, match.buyer_id))
    number: dict[object, int] = {person: index for index, person in enumerate(wanted)}
    people = {index: problem.roster.resources[person] for index, person in enumerate(wanted)}
    demand_of = [Demand(tuple(sorted(match.legs)), match.needs_room) for match in matches]
    for demand in dict.fromkeys(demand_of):
        number[demand] = len(number)
    owners = tuple(
        (number[match.company_id], number[match.buyer_id], number[demand])
        for match, demand in zip(matches, demand_of, strict=True)
    )
    return people, {number[demand]: demand for demand in demand_of}, owners


def _used(
    options: Sequence[Sequence[int]], owners: Sequence[Sequence[int]], every: Sequence[int]
) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {owner: set() for owner in every}
    for mine, loaded in zip(options, owners, strict=True):
        for owner in loaded:
            found[owner].update(mine)
    return {owner: frozenset(slots) for owner, slots in found.items()}


def _counted(owners: Sequence[Sequence[int]]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for loaded in owners:
        for owner in loaded:
            counts[owner] += 1
    return counts


def _waits(
    chains: Mapping[str, tuple[Slot, ...]],
    slots: Sequence[Slot],
    people: Mapping[int, Resource],
    used: Mapping[int, frozenset[int]],
) -> tuple[Wait, ...]:
    found = []
    for owner, person in people.items():
        days = _days(used[owner], slots, zone_of(person))
        for own in chains.get(person.id, ()):
            todays = days.get(day_of(own, zone_of(person)), ())
            before = frozenset(index for index in todays if slots[index].end_at <= own.start_at)
            after = frozenset(index for index in todays if slots[index].start_at >= own.end_at)
            if before and after:
                over = frozenset(index for index in used[owner] if slots[index].overlaps(own))
                found.append(Wait(owner, before, after, over))
    return tuple(found)


def _days(indices: frozenset[int], slots: Sequence[Slot], zone: str) -> dict[date, list[int]]:
    days: dict[date, list[int]] = defaultdict(list)
    for index in sorted(indices):
        days[day_of(slots[index], zone)].append(index)
    return days


def _discomfort(
    slots: Sequence[Slot], people: Mapping[int, Resource], used: Mapping[int, frozenset[int]]
) -> dict[tuple[int, int], int]:
    in_zone: dict[str, list[int]] = {}
    found: dict[tuple[int, int], int] = {}
    for owner, person in people.items():
        zone = zone_of(person)
        if zone not in in_zone:
            in_zone[zone] = [half_hours_outside(slot, zone) for slot in slots]
        costs = in_zone[zone]
        found.update(((owner, index), costs[index]) for index in used[owner] if costs[index])
    return found


def half_hours_outside(slot: Slot, zone: str) -> int:
    """How far a slot lies outside the comfortable hours of a day, in half-hours begun."""
    start, end = to_wall(slot.start_at, zone), to_wall(slot.end_at, zone)
    opens, closes = datetime.combine(start.date(), COMFORT_FROM), datetime.combine(start.date(), COMFORT_TO)
    early, late = max(opens - start, timedelta()), max(end - closes, timedelta())
    return -(-max(early, late) // _HALF_HOUR)
