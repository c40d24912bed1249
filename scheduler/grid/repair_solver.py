"""CP-SAT as a repair asks it: alone, repeatable, and without looking around beforehand."""

from ortools.sat.python import cp_model

from scheduler.grid.budget import Budget

_LEAST_SECONDS = 0.5


def a_solver(budget: Budget, work: float) -> cp_model.CpSolver:
    """A solver that spends no more than so much work, in its own units."""
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.max_deterministic_time = work
    parameters.max_time_in_seconds = max(_LEAST_SECONDS, budget.seconds_left)
    parameters.random_seed = budget.limits.seed
    # Several would not be faster on models of this size, and not give the same plan again.
    parameters.num_workers = 1
    # What it would find out beforehand takes longer than the search, which begins beside the answer.
    parameters.cp_model_presolve = False
    return solver
