"""The baseline: a plain planner, as one fills a table by hand. Match after match, each into the first slot where both
sides, an interpreter for every leg and a room are free.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from scheduler.booking.assign import Placement
from scheduler.booking.fair import day_of
from scheduler.booking.match import Match
from scheduler.booking.people import Resource, Room, zone_of
from scheduler.booking.rules import claimed, limit_per_day
from scheduler.booking.slot import Slot
from scheduler.grid.candidates import Candidates, candidates_of, wanted_matches
from scheduler.grid.problem import Problem


class Table:
    """What has been filled in so far."""

    def __init__(self, problem: Problem, candidates: Candidates) -> None:
        self.problem, self.candidates = problem, candidates
        self._ticks: dict[str, set[int]] = defaultdict(set)
        self._sessions: dict[tuple[str, date], int] = defaultdict(int)
        self._rows: dict[tuple[object, int], deque[Resource]] = {}

    def is_free(self, one: Resource, index: int) -> bool:
        """Inside the hours, not taken, below the limit of the day."""
        slot = self.candidates.slots[index]
        if index not in self.candidates.open_slots[one.id]:
            return False
        if not self._ticks[one.id].isdisjoint(claimed(one, slot).ticks()):
            return False
        limit = limit_per_day(one, self.problem.fair)
        return limit is None or self._sessions[one.id, day_of(slot, zone_of(one))] < limit

    def take(self, one: Resource, slot: Slot) -> None:
        self._ticks[one.id].update(claimed(one, slot).ticks())
        self._sessions[one.id, day_of(slot, zone_of(one))] += 1

    def still_free(self, kind: object, index: int, among: Iterable[Resource]) -> deque[Resource]:
        """Those of a kind, without the first ones that are taken: what is taken once is never given back."""
        row = self._rows.setdefault((kind, index), deque(among))
        while row and not self.is_free(row[0], index):
            row.popleft()
        return row

    def room(self, index: int) -> Resource | None:
        """The first free one."""
        return next(iter(self.still_free(Room, index, self.problem.rooms)), None)

    def interpreters(self, match: Match, index: int) -> list[Resource] | None:
        """The first free one for each leg."""
        found: list[Resource] = []
        for leg in match.legs:
            row = self.still_free(leg, index, (one for one in self.problem.interpreters if leg in one.pairs))
            free = next((one for one in row if one not in found and self.is_free(one, index)), None)
            if free is None:
                return None
            found.append(free)
        return found


def placements_of(problem: Problem) -> tuple[Placement, ...]:
    """The pins, then whatever finds a place."""
    candidates = candidates_of(problem)
    table, pinned = Table(problem, candidates), {pin.match_id for pin in problem.pins}
    for pin in problem.pins:
        for name in pin.resource_ids:
            table.take(problem.roster.resources[name], pin.slot)
    rest = [match for match in wanted_matches(problem) if match.id not in pinned]
    return (*problem.pins, *_placed(table, rest))


def _placed(table: Table, matches: Sequence[Match]) -> Iterator[Placement]:
    for match in matches:
        first = next(_places(table, match), None)
        if first is not None:
            for name in first.resource_ids:
                table.take(table.problem.roster.resources[name], first.slot)
            yield first


def _places(table: Table, match: Match) -> Iterator[Placement]:
    resources = table.problem.roster.resources
    for index in table.candidates.options[match.id]:
        if not all(table.is_free(resources[side], index) for side in (match.company_id, match.buyer_id)):
            continue
        interpreters = table.interpreters(match, index)
        room = table.room(index) if match.needs_room else None
        if interpreters is None or (match.needs_room and room is None):
            continue
        yield Placement(
            match_id=match.id,
            company_id=match.company_id,
            buyer_id=match.buyer_id,
            slot=table.candidates.slots[index],
            interpreter_ids=tuple(one.id for one in interpreters),
            room_id=room.id if room is not None else None,
        )
