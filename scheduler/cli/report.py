"""What a program is told of a grid, and what a person reads of it."""

from collections.abc import Iterator

from scheduler.booking.rules import Conflict
from scheduler.cli.call import Call
from scheduler.grid.plan import Plan
from scheduler.grid.problem import Problem
from scheduler.wording import Phrase


def facts_of(plan: Plan) -> dict[str, object]:
    """The numbers of a plan and its proof."""
    return {
        "wanted": plan.wanted,
        "placed": plan.placed,
        "bound": plan.bound,
        "idle": plan.idle,
        "idle_bound": plan.idle_bound,
        "status": str(plan.status),
        "seconds": round(plan.seconds, 3),
    }


def lines_of(plan: Plan, problem: Problem) -> Iterator[Phrase]:
    """How good the plan is, and why what is left out is left out."""
    yield Phrase(
        "Placed %(placed)s of %(wanted)s sessions (no plan could place more than %(bound)s), %(idle)s idle slots "
        "(no fewer than %(least)s), %(status)s, %(seconds)s s.",
        placed=plan.placed,
        wanted=plan.wanted,
        bound=plan.bound,
        idle=plan.idle,
        least=plan.idle_bound,
        status=_STATUS[str(plan.status)],
        seconds=f"{plan.seconds:.1f}",
    )
    for one in plan.left_out:
        match = problem.roster.matches[one.match_id]
        yield Phrase(
            "Left out: %(company)s and %(buyer)s: %(reasons)s",
            company=problem.roster.resources[match.company_id].name,
            buyer=problem.roster.resources[match.buyer_id].name,
            reasons=one.reasons,
        )


def show_conflicts(call: Call, conflicts: tuple[Conflict, ...]) -> None:
    """Each with the name of its rule; a program gets all of them in one object."""
    if call.options.json:
        shown = [
            {"rule": one.rule, "text": call.screen.text(one.phrase), "matches": one.match_ids}
            for one in conflicts
        ]
        call.screen.emit({"violations": len(conflicts), "conflicts": shown})
        return
    if not conflicts:
        call.screen.show(Phrase("Every rule is kept."))
    for one in conflicts:
        call.screen.show(f"{one.rule}: {call.screen.text(one.phrase)}")


_STATUS = {
    "optimal": Phrase("the best there is"),
    "feasible": Phrase("keeps every rule"),
    "infeasible": Phrase("impossible: the pins contradict the rules"),
    "stopped": Phrase("stopped early, keeps every rule"),
}
