"""The plan without any placement, for a problem whose pins contradict the rules."""

from collections.abc import Iterable, Mapping

from scheduler.booking.rules import Conflict
from scheduler.grid.budget import Budget
from scheduler.grid.candidates import wanted_matches
from scheduler.grid.plan import LeftOut, Plan, Status
from scheduler.grid.problem import Problem


def impossible_plan(
    problem: Problem, conflicts: Iterable[Conflict], budget: Budget, *, versions: Mapping[str, str]
) -> Plan:
    """No plan keeps what is fixed: all contradictions, as the reason for every match."""
    reasons = tuple(dict.fromkeys(conflict.phrase for conflict in conflicts))
    wanted = wanted_matches(problem)
    return Plan(
        placements=(),
        left_out=tuple(LeftOut(match_id=match.id, reasons=reasons) for match in wanted),
        status=Status.INFEASIBLE,
        wanted=len(wanted),
        seconds=budget.seconds,
        seed=budget.limits.seed,
        versions=dict(versions),
    )
