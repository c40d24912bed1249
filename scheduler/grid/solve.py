"""From a problem to a plan: the one entry. Loads the solver; other processes use `child`.

A first board comes at once from `search`; up to EXACT_MATCHES the exact solver goes on from there, above it the search
does. Then interpreters and rooms get their names. There is a plan whenever the pins keep the rules.
"""

import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version

from scheduler import __version__
from scheduler.booking.assign import Placement
from scheduler.booking.occupancy import find_placement
from scheduler.booking.people import Kind
from scheduler.booking.rules import Conflict, conflicts_of
from scheduler.grid.bounds import most_placed
from scheduler.grid.budget import Budget
from scheduler.grid.candidates import wanted_matches
from scheduler.grid.check import known_names
from scheduler.grid.explain import left_out, taken_up
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.model import Model, model_of
from scheduler.grid.naming import Names, names_for, placements_of
from scheduler.grid.plan import LeftOut, Plan, Status
from scheduler.grid.problem import Problem
from scheduler.grid.search import fill, improve
from scheduler.grid.shifts import kinds_to_name, largest_nameable
from scheduler.grid.stages import climb
from scheduler.grid.waiting import idle_of

EXACT_MATCHES = 400
MOST_LATECOMERS = 400
ROUNDS_PER_SECOND = 8_000
Tell = Callable[[Progress], None]


def solve(
    problem: Problem,
    limits: Limits | None = None,
    *,
    progress: Tell | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """The best plan found within the limits, with its proof.

    `progress` is called now and then, from several threads; once `should_stop` says so the plan so far is returned.
    """
    budget = Budget(limits or Limits(), should_stop)
    contradictions = _pin_conflicts(problem)
    if contradictions:
        return _impossible(problem, contradictions, budget)
    model = model_of(problem)
    tell = progress or (lambda _: None)
    found = (
        _search(model, budget, tell) if len(model.matches) > EXACT_MATCHES else _exact(model, budget, tell)
    )
    return _plan(problem, model, found, budget)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A board with its names, and what is proved: for as many placed, no fewer idle slots than `idle_bound`."""

    at: Mapping[int, int]
    names: Names
    bound: int
    idle_bound: int = 0


def _exact(model: Model, budget: Budget, tell: Tell) -> Found:
    """The exact solver from a first board; with names in its model where counting lets through what has none."""
    first = _nameable(model, fill(model, budget.goes_on).at, most_placed(model))
    named = kinds_to_name(model)
    if not named:
        state = climb(model, first.at, budget, tell)
        names = names_for(model, state.at)
        if names is not None:
            return Found(at=state.at, names=names, bound=state.bound, idle_bound=state.idle_bound)
        named = frozenset({Kind.INTERPRETER, Kind.ROOM})
    state = climb(model, first.at, budget, tell, named=named)
    names = names_for(model, state.at)
    if names is None:
        return first
    return Found(at=state.at, names=names, bound=state.bound, idle_bound=state.idle_bound)


def _search(model: Model, budget: Budget, tell: Tell) -> Found:
    """For problems too large for the exact solver: the first board, then exchanges."""
    bound = most_placed(model)
    board = fill(model, budget.goes_on)

    def report(waiting: int) -> None:
        tell(
            Progress(
                stage="waiting",
                seconds=budget.seconds,
                wanted=len(model.matches),
                placed=len(board.at),
                bound=bound,
                idle=waiting,
                idle_bound=0,
            )
        )

    report(board.waiting())
    if model.problem.weights.waiting and not model.problem.published:
        board = improve(
            board,
            seed=budget.limits.seed,
            rounds=int(ROUNDS_PER_SECOND * budget.limits.seconds),
            goes_on=budget.goes_on,
            improved=report,
        )
    return _nameable(model, board.at, bound)


def _nameable(model: Model, at: Mapping[int, int], bound: int) -> Found:
    """As much of the board as can be named; the pins always can."""
    for board in _ever_less(model, at):
        names = names_for(model, board)
        if names is not None:
            return Found(at=board, names=names, bound=bound)
    return Found(at={}, names=Names(interpreters={}, rooms={}), bound=bound)


def _ever_less(model: Model, at: Mapping[int, int]) -> Iterator[Mapping[int, int]]:
    yield at
    yield largest_nameable(model, at)
    yield model.pinned


def _plan(problem: Problem, model: Model, found: Found, budget: Budget) -> Plan:
    named = placements_of(model, found.at, found.names)
    placements = _with_latecomers(model, named) if len(named) < found.bound else named
    idle = idle_of(problem, placements)
    idle_bound = found.idle_bound if placements == named else 0
    is_proved = len(placements) == found.bound and idle == idle_bound
    stopped = Status.STOPPED if budget.is_stopped else Status.FEASIBLE
    return Plan(
        placements=placements,
        left_out=left_out(model, placements),
        status=Status.OPTIMAL if is_proved else stopped,
        wanted=len(model.matches),
        bound=found.bound,
        idle=idle,
        idle_bound=idle_bound,
        seconds=budget.seconds,
        seed=budget.limits.seed,
        solver="exact" if len(model.matches) <= EXACT_MATCHES else "search",
        versions=_versions(),
    )


def _with_latecomers(model: Model, placements: tuple[Placement, ...]) -> tuple[Placement, ...]:
    """A search that ran out of time may leave out what still fits: as by hand, each in the first place there is."""
    problem, placed = model.problem, {one.match_id for one in placements}
    for match in model.matches[:MOST_LATECOMERS]:
        if match.id in placed:
            continue
        occupancy = taken_up(problem, placements)
        slots = (model.slots[index] for index in model.candidates.options[match.id])
        found = next(
            (one for slot in slots if (one := find_placement(match, slot, problem.roster, occupancy))), None
        )
        placements += (found,) if found is not None else ()
    return tuple(sorted(placements, key=lambda one: (one.slot, one.room_id or "", one.match_id)))


def _pin_conflicts(problem: Problem) -> tuple[Conflict, ...]:
    strange = tuple(conflict for pin in problem.pins for conflict in known_names(problem, pin))
    return strange or conflicts_of(problem.pins, problem.roster, problem.busy)


def _impossible(problem: Problem, conflicts: tuple[Conflict, ...], budget: Budget) -> Plan:
    """No plan keeps these pins: all contradictions, as the reason for every match."""
    reasons = tuple(dict.fromkeys(conflict.phrase for conflict in conflicts))
    wanted = wanted_matches(problem)
    return Plan(
        placements=(),
        left_out=tuple(LeftOut(match_id=match.id, reasons=reasons) for match in wanted),
        status=Status.INFEASIBLE,
        wanted=len(wanted),
        seconds=budget.seconds,
        seed=budget.limits.seed,
        versions=_versions(),
    )


def _versions() -> dict[str, str]:
    return {
        "ortools": version("ortools"),
        "python": platform.python_version(),
        "sangdam": __version__,
    }
