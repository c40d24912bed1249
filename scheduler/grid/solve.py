"""From a problem to a plan: the one entry. Loads the solvers; other processes use `child`.

A first board comes at once from the compiled search, which then makes it better. What that cannot prove to be the best
the exact solver goes on with, up to EXACT_MATCHES. Interpreters and rooms get their names last. There is a plan
whenever the pins keep the rules.
"""

from collections.abc import Callable
from dataclasses import replace

from scheduler.booking.assign import Placement
from scheduler.booking.occupancy import find_placement
from scheduler.booking.people import Kind
from scheduler.grid.ascent import Ascent, Found
from scheduler.grid.budget import Budget
from scheduler.grid.contradictions import contradictions_in
from scheduler.grid.explain import MOST_CHANGES, left_out, taken_up
from scheduler.grid.impossible import impossible_plan
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.model import Model, model_of
from scheduler.grid.naming import names_for, placements_of
from scheduler.grid.plan import Plan, Status
from scheduler.grid.problem import Problem
from scheduler.grid.shifts import kinds_to_name
from scheduler.grid.stages import Climb, climb, wishes
from scheduler.grid.versions import versions_of
from scheduler.grid.waiting import idle_of

SOLVERS = ("numba", "ortools")
EXACT_MATCHES = 400
ROUNDS_BEFORE_EXACT = 5
MOST_LOOKS, FEW_LOOKS = 20_000_000, 400_000
"""How often it is asked, for what the search has left out, whether somebody is free; the latter once time is up."""
CHANGES_TRIED, FEWEST_CHANGES = 20_000, 3
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
    contradictions = contradictions_in(problem)
    if contradictions:
        return impossible_plan(problem, contradictions, budget, versions=versions_of(*SOLVERS))
    model = model_of(problem)
    is_small = len(model.matches) <= EXACT_MATCHES
    ascent = Ascent(
        model, budget, progress or (lambda _: None), most_rounds=ROUNDS_BEFORE_EXACT if is_small else None
    )
    found = ascent.found()
    if is_small and not _is_done(model, ascent, found) and budget.goes_on():
        found = _exact(model, ascent, found, budget)
    return _plan(problem, model, found, budget)


def _is_done(model: Model, ascent: Ascent, found: Found) -> bool:
    """Whether the exact solver could add nothing to what is wished most."""
    is_full = len(found.at) == len(model.matches)
    is_waiting_first = wishes(model.problem.weights)[:1] == ("waiting",)
    return found.is_proved and is_full and is_waiting_first and ascent.keeps_published


def _exact(model: Model, ascent: Ascent, first: Found, budget: Budget) -> Found:
    """The exact solver from the board so far; with names in its model where counting lets through what has none."""
    best = first
    for named in dict.fromkeys((kinds_to_name(model), frozenset({Kind.INTERPRETER, Kind.ROOM}))):
        state = Climb(
            model=model,
            budget=budget,
            tell=ascent.tell,
            at=best.at,
            bound=best.bound,
            idle_bound=best.idle_bound,
            named=named,
        )
        climb(state)
        names = names_for(model, state.at, budget)
        if names is not None:
            return Found(
                at=state.at,
                names=names,
                idle=state.waiting,
                bound=state.bound,
                idle_bound=state.idle_bound,
            )
        # What no board reaches that is only counted, none with names reaches.
        as_many = len(state.at) == len(best.at)
        best = replace(best, bound=state.bound, idle_bound=state.idle_bound if as_many else best.idle_bound)
        if not budget.goes_on():
            break
    return best


def _plan(problem: Problem, model: Model, found: Found, budget: Budget) -> Plan:
    named = placements_of(model, found.at, found.names)
    placements = _with_latecomers(model, named, budget) if len(named) < found.bound else named
    idle = idle_of(problem, placements)
    idle_bound = found.idle_bound if len(placements) == len(named) else 0
    is_proved = len(placements) == found.bound and idle == idle_bound
    stopped = Status.STOPPED if budget.is_stopped else Status.FEASIBLE
    return Plan(
        placements=placements,
        left_out=left_out(model, placements, most_changes=_most_changes(budget, len(placements))),
        status=Status.OPTIMAL if is_proved else stopped,
        wanted=len(model.matches),
        bound=found.bound,
        idle=idle,
        idle_bound=idle_bound,
        seconds=budget.seconds,
        seed=budget.limits.seed,
        solver="exact" if len(model.matches) <= EXACT_MATCHES else "search",
        versions=versions_of(*SOLVERS),
    )


def _most_changes(budget: Budget, placed: int) -> int:
    """For how many matches a change is looked for: each is tried on the whole plan, and who stops waits for none."""
    return 0 if budget.is_stopped else max(FEWEST_CHANGES, min(MOST_CHANGES, CHANGES_TRIED // max(1, placed)))


def _with_latecomers(
    model: Model, placements: tuple[Placement, ...], budget: Budget
) -> tuple[Placement, ...]:
    """A search that ran out of time may leave out what still fits: as by hand, each in the first place there is."""
    problem, placed = model.problem, {one.match_id for one in placements}
    occupancy = taken_up(problem, placements)
    looks = MOST_LOOKS if budget.goes_on() else FEW_LOOKS
    most = max(1, looks // max(1, len(model.slots) * len(problem.roster.resources)))
    for match in [match for match in model.matches if match.id not in placed][:most]:
        slots = (model.slots[index] for index in model.candidates.options[match.id])
        found = next(
            (one for slot in slots if (one := find_placement(match, slot, problem.roster, occupancy))), None
        )
        if found is not None:
            placements += (found,)
            occupancy = taken_up(problem, placements)
    return tuple(sorted(placements, key=lambda one: (one.slot, one.room_id or "", one.match_id)))
