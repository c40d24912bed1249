"""What makes a problem impossible before anything is searched: pins that break rules by themselves or together."""

from collections import defaultdict

from scheduler.booking.errors import Fault
from scheduler.booking.rules import Conflict, conflicts_of
from scheduler.grid.check import known_names
from scheduler.grid.problem import Problem


def contradictions_in(problem: Problem) -> tuple[Conflict, ...]:
    """The pins that name somebody unknown, or break rules by themselves or together."""
    strange = tuple(conflict for pin in problem.pins for conflict in known_names(problem, pin))
    return strange or conflicts_of(problem.pins, problem.roster, problem.busy)


def contradictory_places(problem: Problem) -> tuple[Fault, ...]:
    """The same as faults of the file that the problem was read from, each at the pins it is about."""
    places = defaultdict(list)
    for number, pin in enumerate(problem.pins):
        places[pin.match_id].append(f"$.pins[{number}]")
    return tuple(
        Fault(
            place=", ".join(place for match_id in one.match_ids for place in places[match_id]),
            wrong=one.phrase,
        )
        for one in contradictions_in(problem)
    )
