"""From a published grid that no longer holds to the plan that changes least. Loads the solver; see `replan_child`.

First as many sessions are kept as can be; then as few as possible get another time, then another interpreter or room;
then as few people as possible hear of it.
"""

from collections import defaultdict
from datetime import datetime

from scheduler.booking.assign import Placement
from scheduler.booking.people import LanguagePair
from scheduler.grid.budget import Budget
from scheduler.grid.contradictions import contradictions_in
from scheduler.grid.explain import left_out
from scheduler.grid.impossible import impossible_plan
from scheduler.grid.limits import Limits
from scheduler.grid.model import model_of
from scheduler.grid.plan import Plan
from scheduler.grid.problem import Problem
from scheduler.grid.repair import BRIEF, GOALS, Repair, goals_of
from scheduler.grid.repair_climb import Climb
from scheduler.grid.repair_model import Place, Places
from scheduler.grid.repair_search import Found, Search
from scheduler.grid.standing import Standing, standing_of
from scheduler.grid.versions import versions_of
from scheduler.grid.waiting import idle_of

SOLVERS = ("ortools",)


def replan(problem: Problem, limits: Limits | None = None, *, not_before: datetime) -> Repair:
    """The plan that changes `problem.published` least, with what is proved of it.

    Sessions move only to slots that begin at `not_before` or later; whatever has begun must be among the pins. Every
    match of the problem is wanted, those of published sessions and new ones.
    """
    budget = Budget(limits or BRIEF)
    contradictions = contradictions_in(problem)
    standing = standing_of(problem, not_before) if not contradictions else None
    found = Search(standing, budget).run() if standing is not None else None
    if standing is None or found is None:
        plan = impossible_plan(problem, contradictions, budget, versions=versions_of(*SOLVERS))
        return goals_of(problem, plan, (0,) * len(GOALS))
    return _repair(standing, found, budget)


def _repair(standing: Standing, found: Found, budget: Budget) -> Repair:
    problem = standing.problem
    placements = placements_of(standing, found.climb)
    missing = left_out(model_of(problem), placements)
    plan = Plan(
        placements=placements,
        left_out=missing,
        wanted=len(standing.matches),
        bound=len(standing.matches) - found.bounds[0],
        idle=idle_of(problem, placements),
        seconds=budget.seconds,
        seed=budget.limits.seed,
        solver="repair",
        versions=versions_of(*SOLVERS),
    )
    return goals_of(problem, plan, found.bounds)


def placements_of(standing: Standing, climb: Climb) -> tuple[Placement, ...]:
    """The answer of a model with a name for everything, in order of time."""
    at, model = climb.at, climb.model
    free: dict[tuple[LanguagePair | None, int], list[str]] = defaultdict(list)
    for (leg, index, name), taken in model.shifts.items():
        if climb.has(taken):
            free[leg, index].append(name)
    found = []
    for match, index in sorted(at.items()):
        one = standing.matches[match]
        names = _kept(climb, model.kept_interpreters, (match, index), standing.interpreters[match])
        rooms = _kept(climb, model.kept_rooms, (match, index), standing.rooms[match])
        if one.needs_room and not rooms:
            rooms = (free[None, index].pop(),)
        found.append(
            Placement(
                match_id=one.id,
                company_id=one.company_id,
                buyer_id=one.buyer_id,
                slot=standing.slots[index],
                interpreter_ids=names or tuple(free[leg, index].pop() for leg in one.legs),
                room_id=next(iter(rooms), None),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.slot, one.room_id or "", one.match_id)))


def _kept(climb: Climb, kept: Places, place: Place, names: tuple[str, ...]) -> tuple[str, ...]:
    return names if place in kept and climb.has(kept[place]) else ()
