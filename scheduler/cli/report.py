"""What a program is told of a grid, and what a person reads of it."""

from collections.abc import Iterator

from scheduler.booking.rules import Conflict
from scheduler.cli.call import Call
from scheduler.grid.capacity import Outlook, Supply
from scheduler.grid.plan import Plan, Status
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
        "gap": {"placed": plan.bound - plan.placed, "idle": plan.idle - plan.idle_bound},
        "status": str(plan.status),
        "seconds": round(plan.seconds, 3),
        "seed": plan.seed,
        "solver": plan.solver,
        "versions": dict(plan.versions),
        "weights": dict(plan.weights),
    }


def left_out_of(plan: Plan, problem: Problem, language: str) -> list[dict[str, object]]:
    """What has no place: who, the facts that rule it out, and the changes that would let it in, for a program."""
    found: list[dict[str, object]] = []
    for one in plan.left_out:
        match = problem.roster.matches[one.match_id]
        found.append(
            {
                "match": one.match_id,
                "company": problem.roster.resources[match.company_id].name,
                "buyer": problem.roster.resources[match.buyer_id].name,
                "reasons": [reason.text(language) for reason in one.reasons],
                "changes": [change.text(language) for change in one.changes],
            }
        )
    return found


def outlook_facts(outlook: Outlook, language: str) -> dict[str, object]:
    """What is known without solving, for a program: the most that can be placed, what rooms and interpreters allow
    (also where there is plenty), and what cannot suffice.
    """
    return {
        "wanted": outlook.wanted,
        "most": outlook.most,
        "is_enough": outlook.is_enough,
        "supplies": [_supply_facts(one, language) for one in outlook.supplies],
        "shortages": [
            {**_supply_facts(one, language), "text": one.phrase.text(language)} for one in outlook.shortages
        ],
        "contradictions": [one.phrase.text(language) for one in outlook.contradictions],
    }


def _supply_facts(supply: Supply, language: str) -> dict[str, object]:
    return {"what": supply.what.text(language), "wanted": supply.wanted, "possible": supply.possible}


def outlook_lines(outlook: Outlook) -> Iterator[Phrase]:
    """The same for a person; nothing when everything may suffice."""
    for conflict in outlook.contradictions:
        yield Phrase("A pin breaks a rule: %(why)s", why=conflict.phrase)
    for one in outlook.shortages:
        yield one.phrase
    if not outlook.is_enough and not outlook.contradictions:
        yield Phrase(
            "No plan can place more than %(most)s of %(wanted)s sessions.",
            most=outlook.most,
            wanted=outlook.wanted,
        )


def lines_of(plan: Plan, problem: Problem) -> Iterator[Phrase]:
    """How good the plan is, and why what is left out is left out; where the pins forbid any, that alone."""
    if plan.status is Status.INFEASIBLE:
        reasons = tuple(dict.fromkeys(reason for one in plan.left_out for reason in one.reasons))
        yield Phrase("There is no plan that keeps the pins: %(reasons)s", reasons=reasons)
        return
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
        if one.changes:
            yield Phrase("  What would let it in: %(changes)s", changes=one.changes)


def show_conflicts(call: Call, conflicts: tuple[Conflict, ...], outlook: Outlook | None = None) -> None:
    """Each with the name of its rule; a program gets all of them in one object, with what the capacity allows."""
    if call.options.json:
        shown = [
            {"rule": one.rule, "text": call.screen.text(one.phrase), "matches": one.match_ids}
            for one in conflicts
        ]
        facts: dict[str, object] = {"violations": len(conflicts), "conflicts": shown}
        if outlook is not None:
            facts["outlook"] = outlook_facts(outlook, call.screen.language)
        call.screen.emit(facts)
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
