"""The fewest moves where interpreters and rooms are only counted: no plan that names them moves fewer.

The model that names them has a variable for each session, slot and kept name, and grew too large as soon as sessions
of all days may move. This one has the sums of `constraints`; its board gets its names afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from scheduler.grid.budget import Budget
from scheduler.grid.exact import ExactModel
from scheduler.grid.model import Model
from scheduler.grid.repair_solver import a_solver
from scheduler.grid.shifts import kinds_to_name
from scheduler.grid.standing import Standing


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A board with every match on it that has a slot, and how many published sessions move; None when none was found.

    Within the same options no plan with as many on it moves fewer than `bound`; there is none when `is_impossible`.
    """

    at: Mapping[int, int] | None
    moves: int = 0
    bound: int = 0
    is_impossible: bool = False


def fewest_moves(
    standing: Standing,
    model: Model,
    budget: Budget,
    *,
    options: Sequence[Sequence[int]],
    home: Mapping[int, int],
    at_least: int,
    work: float,
) -> Counted:
    """As few moves away from `home` as can be, given that fewer than `at_least` are known to be too few."""
    model = replace(model, options=tuple(tuple(mine) for mine in options))
    exact = ExactModel(model, named=kinds_to_name(model))
    for match, mine in enumerate(options):
        if mine:
            exact.cp.add_exactly_one(exact.places(match))
    told = [match for match in standing.told if options[match]]
    homes = [(match, home.get(match, -1)) for match in told]
    stays = [exact.x[home] for home in homes if home in exact.x]
    moves = len(told) - sum(stays)
    exact.cp.add(moves >= at_least)
    exact.cp.minimize(moves)
    # Trying first that somebody stays, and raising the bound from below: so it neither wanders about nor proves late.
    exact.cp.add_decision_strategy(stays, cp_model.CHOOSE_FIRST, cp_model.SELECT_MAX_VALUE)
    solver = a_solver(budget, work)
    solver.parameters.search_branching = cp_model.FIXED_SEARCH
    solver.parameters.optimize_with_core = True
    solver.parameters.linearization_level = 0
    status = solver.solve(exact.cp)
    if status == cp_model.INFEASIBLE:
        return Counted(at=None, is_impossible=True)
    bound = max(at_least, round(solver.best_objective_bound))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Counted(at=None, bound=bound)
    at = {match: index for (match, index), taken in exact.x.items() if solver.boolean_value(taken)}
    return Counted(at=at, moves=round(solver.objective_value), bound=bound)
