"""Every plan of a tiny problem, tried one by one: what the solver has to equal. Independent of the solver's model."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from scheduler.booking.assign import Placement
from scheduler.booking.match import Match
from scheduler.booking.occupancy import candidate_slots
from scheduler.booking.rules import conflicts_of, conflicts_with
from scheduler.grid.candidates import wanted_matches
from scheduler.grid.problem import Problem
from scheduler.grid.waiting import idle_of


@dataclass(frozen=True, order=True)
class Worth:
    """Sessions placed by priority, the more important first; then the waiting, as a negative number."""

    placed: tuple[int, ...]
    not_idle: int


def best(problem: Problem) -> Worth:
    """The best that any plan reaches."""
    return max(_worths(problem, list(wanted_matches(problem)), list(problem.pins)))


def worth(problem: Problem, placements: list[Placement] | tuple[Placement, ...]) -> Worth:
    priorities = [problem.roster.matches[one.match_id].priority for one in placements]
    placed = tuple(sum(one == tier for one in priorities) for tier in (1, 2, 3))
    return Worth(placed, -idle_of(problem, placements))


def _worths(problem: Problem, left: list[Match], placed: list[Placement]) -> Iterator[Worth]:
    if not left:
        yield worth(problem, placed)
        return
    first, rest = left[0], left[1:]
    if any(one.match_id == first.id for one in placed):
        yield from _worths(problem, rest, placed)
        return
    yield from _worths(problem, rest, placed)
    for placement in placements_alone(problem, first):
        if not conflicts_with(placement, placed, problem.roster, problem.busy):
            yield from _worths(problem, rest, [*placed, placement])


def placements_alone(problem: Problem, match: Match) -> Iterator[Placement]:
    """Every way to place one match when nothing else is on the board."""
    rooms = [room.id for room in problem.rooms] if match.needs_room else [None]
    for slot in candidate_slots(match, problem.roster):
        for team in permutations([one.id for one in problem.interpreters], len(match.legs)):
            for room in rooms:
                placement = Placement(
                    match_id=match.id,
                    company_id=match.company_id,
                    buyer_id=match.buyer_id,
                    slot=slot,
                    interpreter_ids=team,
                    room_id=room,
                )
                if not conflicts_of([placement], problem.roster, problem.busy):
                    yield placement
