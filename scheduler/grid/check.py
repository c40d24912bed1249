"""The checker: what is wrong with a plan, whoever made it. It knows nothing of the solvers.

The rules of booking judge the placements; on top of them a plan must be about this problem, keep the pins,
and tell the truth about itself.
"""

from collections.abc import Callable, Iterator

from scheduler.booking.assign import Placement
from scheduler.booking.people import Buyer, Company, Interpreter, Room, named
from scheduler.booking.rules import Conflict, conflicts_of
from scheduler.grid.candidates import wanted_matches
from scheduler.grid.plan import Plan, Status
from scheduler.grid.problem import Problem
from scheduler.grid.waiting import idle_of
from scheduler.wording import Phrase, msgid


def check(problem: Problem, plan: Plan) -> tuple[Conflict, ...]:
    """Every conflict of the plan; empty when it may be published.

    A placement that names something unknown is judged by no other rule.
    """
    known = tuple(one for one in plan.placements if not any(known_names(problem, one)))
    strange = tuple(conflict for one in plan.placements for conflict in known_names(problem, one))
    judged = conflicts_of(known, problem.roster, problem.busy)
    whole = tuple(conflict for rule in PLAN_RULES for conflict in rule(problem, plan))
    numbers = true_idle(problem, plan, known)
    return (*strange, *judged, *whole, *numbers)


def known_names(problem: Problem, placement: Placement) -> Iterator[Conflict]:
    """A placement is about a match of this problem, and names companies, buyers, interpreters, rooms of it."""
    if placement.match_id not in problem.roster.matches:
        yield _conflict("known_names", Phrase("There is no match %(key)s", key=placement.match_id), placement)
    named = [(placement.company_id, Company), (placement.buyer_id, Buyer)]
    named += [(one, Interpreter) for one in placement.interpreter_ids]
    named += [(placement.room_id, Room)] if placement.room_id is not None else []
    for key, kind in named:
        if not isinstance(problem.roster.resources.get(key), kind):
            yield _conflict("known_names", Phrase(_UNKNOWN[kind], key=key), placement)


def pins_kept(problem: Problem, plan: Plan) -> Iterator[Conflict]:
    """What a coordinator has pinned stays where it is, with its interpreter and its room."""
    placed = {one.match_id: one for one in plan.placements}
    for pin in problem.pins:
        if placed.get(pin.match_id) != pin:
            company, buyer = problem.roster.resources[pin.company_id], problem.roster.resources[pin.buyer_id]
            phrase = Phrase(
                "The pinned session of %(company)s and %(buyer)s has been moved",
                company=named(company),
                buyer=buyer.name,
            )
            yield _conflict("pins_kept", phrase, pin)


def all_accounted_for(problem: Problem, plan: Plan) -> Iterator[Conflict]:
    """Every wanted match is either placed or listed as left out, and not both."""
    wanted = {match.id for match in wanted_matches(problem)}
    placed = {one.match_id for one in plan.placements}
    left_out = [one.match_id for one in plan.left_out]
    for match_id in sorted(wanted - placed - set(left_out)):
        yield _about(
            match_id, Phrase("The match %(key)s is neither placed nor listed as left out", key=match_id)
        )
    for match_id in sorted(placed & set(left_out)):
        yield _about(match_id, Phrase("The match %(key)s is placed and listed as left out", key=match_id))
    for match_id in sorted(set(left_out) - wanted):
        yield _about(
            match_id, Phrase("The match %(key)s is listed as left out but nobody wants it", key=match_id)
        )


def true_counts(problem: Problem, plan: Plan) -> Iterator[Conflict]:
    """The plan says how many sessions are wanted, and claims no proof that its own numbers contradict."""
    wanted = {match.id for match in wanted_matches(problem)}
    placed = len(wanted & {one.match_id for one in plan.placements})
    if plan.wanted != len(wanted):
        phrase = Phrase(
            "The plan says %(said)s are wanted; it is %(true)s", said=plan.wanted, true=len(wanted)
        )
        yield _number("true_counts", phrase)
    if not placed <= plan.bound <= len(wanted):
        phrase = Phrase(
            "The plan says at most %(said)s can be placed; %(placed)s are", said=plan.bound, placed=placed
        )
        yield _number("true_counts", phrase)
    if plan.status is Status.OPTIMAL and (placed, plan.idle) != (plan.bound, plan.idle_bound):
        phrase = Phrase("The plan claims to be the best, but does not reach its own bounds")
        yield _number("true_counts", phrase)


def true_idle(problem: Problem, plan: Plan, placements: tuple[Placement, ...]) -> Iterator[Conflict]:
    """The idle slots that the plan claims are those one counts."""
    idle = idle_of(problem, placements)
    if plan.idle != idle:
        yield _number(
            "true_idle",
            Phrase("The plan says %(said)s idle slots; it is %(true)s", said=plan.idle, true=idle),
        )
    if plan.idle_bound > plan.idle:
        phrase = Phrase(
            "The plan says fewer than %(bound)s idle slots are impossible, and has %(said)s",
            bound=plan.idle_bound,
            said=plan.idle,
        )
        yield _number("true_idle", phrase)


_UNKNOWN: dict[type, str] = {
    Company: msgid("There is no company %(key)s"),
    Buyer: msgid("There is no buyer %(key)s"),
    Interpreter: msgid("There is no interpreter %(key)s"),
    Room: msgid("There is no room %(key)s"),
}
PlanRule = Callable[[Problem, Plan], Iterator[Conflict]]
PLAN_RULES: tuple[PlanRule, ...] = (pins_kept, all_accounted_for, true_counts)


def _conflict(rule: str, phrase: Phrase, placement: Placement) -> Conflict:
    return Conflict(rule=rule, phrase=phrase, match_ids=(placement.match_id,), slot=placement.slot)


def _about(match_id: str, phrase: Phrase) -> Conflict:
    return Conflict(rule="all_accounted_for", phrase=phrase, match_ids=(match_id,))


def _number(rule: str, phrase: Phrase) -> Conflict:
    return Conflict(rule=rule, phrase=phrase)
