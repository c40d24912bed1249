"""Re-planning: as little as possible changes, and what is said to be proved is true."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any

import pytest

from scheduler.booking.assign import Placement
from scheduler.booking.match import Match, Priority
from scheduler.booking.occupancy import candidate_slots
from scheduler.booking.people import Interpreter
from scheduler.booking.rules import conflicts_of, conflicts_with
from scheduler.grid.budget import Budget
from scheduler.grid.candidates import wanted_matches
from scheduler.grid.check import check
from scheduler.grid.counted_moves import fewest_moves
from scheduler.grid.limits import Limits
from scheduler.grid.model import model_of
from scheduler.grid.plan import Status
from scheduler.grid.problem import Problem
from scheduler.grid.repair import GOALS, Repair, repair_from_json, repair_to_json
from scheduler.grid.replan import replan
from scheduler.grid.replan_child import a_replan_child
from scheduler.grid.solve import solve
from scheduler.grid.standing import standing_of
from scheduler.scenarios import problem_of_scenario
from scheduler.timezones.span import DAY_MINUTES, WallSpan
from tests.builders import (
    FIRST_DAY,
    a_fair,
    a_match,
    a_placement,
    a_problem,
    a_room,
    a_slot,
    an_interpreter,
    at,
    spans,
)

NEXT_DAY = FIRST_DAY + timedelta(days=1)
BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
ONE_AFTER_ANOTHER = (
    a_placement(a_match(company="c1", buyer="b1"), a_slot("09:00"), interpreter_ids=("i1",), room_id="r1"),
    a_placement(a_match(company="c2", buyer="b2"), a_slot("09:00"), interpreter_ids=("i2",), room_id="r2"),
    a_placement(a_match(company="c1", buyer="b2"), a_slot("09:30"), interpreter_ids=("i1",), room_id="r1"),
)


def standing(placements: tuple[Placement, ...] = ONE_AFTER_ANOTHER, **given: Any) -> Problem:
    """A problem in which these sessions are all that is wanted, and published."""
    matches = tuple(a_match(company=one.company_id, buyer=one.buyer_id) for one in placements)
    return a_problem(**{"matches": matches, "published": placements, **given})


def without(problem: Problem, resource_id: str, *cut: str) -> Problem:
    """The problem with somebody away on the first day: for a span of it, or all of it."""
    span = spans(*cut)[0] if cut else WallSpan(0, DAY_MINUTES)
    kinds = {
        kind: tuple(
            replace(one, hours=one.hours.without(FIRST_DAY, span)) if one.id == resource_id else one
            for one in getattr(problem, kind)
        )
        for kind in ("companies", "buyers", "interpreters", "rooms")
    }
    return replace(problem, **kinds)


def _away_on(one: Interpreter, day: date) -> Interpreter:
    return replace(one, hours=one.hours.without(day, WallSpan(0, DAY_MINUTES)))


def repaired(problem: Problem, not_before: datetime = BEFORE) -> Repair:
    """The repair, which the checker has nothing against."""
    repair = replan(problem, not_before=not_before)
    assert check(problem, repair.plan) == ()
    return repair


def values(repair: Repair) -> tuple[int, ...]:
    return tuple(getattr(repair, name).value for name in GOALS)


def test_what_still_holds_stays_as_it_is() -> None:
    repair = repaired(standing())

    assert (set(repair.plan.placements), values(repair)) == (set(ONE_AFTER_ANOTHER), (0, 0, 0, 0))
    assert repair.is_proved


def test_another_interpreter_steps_in_before_anybody_s_time_moves() -> None:
    repair = repaired(without(standing(), "i1", "09:30-12:00"))

    assert values(repair) == (0, 0, 1, 4)
    assert repair.is_proved


def test_an_interpreter_away_on_every_day_is_replaced_on_each_of_them() -> None:
    fair = a_fair(days=(FIRST_DAY, NEXT_DAY))
    tomorrow = a_placement(
        a_match(company="c2", buyer="b1"), a_slot("09:00", day=1), interpreter_ids=("i1",), room_id="r2"
    )
    problem = standing((*ONE_AFTER_ANOTHER, tomorrow), fair=fair)
    ill = without(without(problem, "i2", "09:00-12:00"), "i1", "09:30-10:00")
    first, *others = ill.interpreters
    gone = (_away_on(first, NEXT_DAY), *others, an_interpreter("i3"))
    repair = repaired(replace(ill, interpreters=gone))

    assert values(repair)[:3] == (0, 0, 3)
    assert repair.other_names.is_proved


def test_a_company_that_loses_a_slot_moves_alone() -> None:
    repair = repaired(without(standing(), "c1", "09:00-09:30"))

    assert values(repair) == (0, 1, 0, 3)
    assert repair.is_fewest_proved


def test_somebody_makes_room_where_only_that_helps() -> None:
    fair = a_fair(opening=spans("09:00-10:00"))
    placements = (ONE_AFTER_ANOTHER[0], ONE_AFTER_ANOTHER[2])
    repair = repaired(without(standing(placements, fair=fair), "b1", "07:00-07:30"))

    assert values(repair)[:2] == (0, 2)
    assert repair.is_fewest_proved


def test_who_finds_no_place_is_left_out_with_reasons_and_the_others_stay() -> None:
    repair = repaired(without(standing(), "b1"))

    assert [(one.match_id, bool(one.reasons)) for one in repair.plan.left_out] == [("c1-b1", True)]
    assert values(repair) == (1, 0, 0, 3)
    assert repair.is_proved


def test_the_more_important_session_is_kept_where_one_must_go() -> None:
    fair = a_fair(opening=spans("09:00-09:30"))
    matches = (
        a_match(company="c1", buyer="b1", priority=Priority.IF_TIME_ALLOWS),
        a_match(company="c2", buyer="b2", priority=Priority.MUST),
    )
    repair = repaired(without(standing(ONE_AFTER_ANOTHER[:2], fair=fair, matches=matches), "i2"))

    assert [one.match_id for one in repair.plan.placements] == ["c2-b2"]


def test_pinned_sessions_stay_and_nothing_moves_into_the_past() -> None:
    problem = without(standing(pins=ONE_AFTER_ANOTHER[:2]), "c1", "09:30-10:30")
    repair = repaired(problem, at("11:00"))

    moved = {one.match_id: one.slot for one in repair.plan.placements}
    assert moved == {"c1-b1": a_slot("09:00"), "c2-b2": a_slot("09:00"), "c1-b2": a_slot("11:00")}


def test_pins_that_contradict_the_rules_are_said_to_and_nothing_is_planned() -> None:
    repair = replan(without(standing(pins=ONE_AFTER_ANOTHER[:1]), "i1"), not_before=BEFORE)

    assert (repair.plan.status, repair.plan.placements) == (Status.INFEASIBLE, ())
    assert all(left.reasons for left in repair.plan.left_out)


def test_a_match_that_comes_late_finds_a_place_beside_the_others() -> None:
    problem = standing()
    late = a_match(company="c2", buyer="b1")
    repair = repaired(replace(problem, matches=(*problem.matches, late)))

    assert (values(repair), repair.plan.placed) == ((0, 0, 0, 3), 4)


@pytest.mark.parametrize("seed", range(12))
def test_the_fewest_moves_equal_an_exhaustive_search(seed: int) -> None:
    problem = _damaged(random.Random(seed))
    repair = repaired(problem)
    fewest = min(_counted(problem, plan) for plan in _plans(problem, list(wanted_matches(problem)), []))

    assert values(repair)[:2] == fewest[:2]
    assert values(repair) >= fewest
    assert not repair.is_proved or values(repair) == fewest
    assert _bounds(repair) <= fewest


def test_an_interpreter_ill_for_a_day_moves_few_of_204_sessions_and_that_is_proved() -> None:
    problem, day = _of_204()
    ill = problem.interpreters[0]
    repair = repaired(replace(problem, interpreters=(_away_on(ill, day), *problem.interpreters[1:])))

    hit = sum(ill.id in one.interpreter_ids and one.slot.start_at.date() == day for one in problem.published)
    assert repair.left_out.value == 0
    assert repair.other_times.value <= hit
    assert repair.is_fewest_proved


@pytest.mark.parametrize(
    ("kind", "number", "span"), [("rooms", 1, "00:00-24:00"), ("buyers", 3, "10:00-24:00")]
)
def test_where_others_must_make_room_the_fewest_moves_are_proved_too(
    kind: str, number: int, span: str
) -> None:
    problem, day = _of_204()
    some = list(getattr(problem, kind))
    some[number] = replace(some[number], hours=some[number].hours.without(day, WallSpan.parse(span)))
    repair = repaired(replace(problem, **{kind: tuple(some)}))

    assert repair.left_out.value == 0
    assert repair.is_fewest_proved


@pytest.mark.parametrize("seed", range(12))
def test_counting_never_asks_for_more_moves_than_are_needed(seed: int) -> None:
    problem = _damaged(random.Random(seed))
    plans = [
        plan
        for plan in _plans(problem, list(wanted_matches(problem)), [])
        if len(plan) == sum(bool(options) for options in model_of(problem).options)
    ]
    stands = standing_of(problem, BEFORE)
    counted = fewest_moves(
        stands,
        model_of(problem),
        Budget(Limits(seconds=60)),
        options=stands.options,
        home=stands.home,
        at_least=0,
        work=1.0,
    )

    assert counted.is_impossible <= (plans == [])
    assert not plans or counted.bound <= min(_counted(problem, plan)[1] for plan in plans)
    assert counted.at is None or counted.moves == counted.bound


def test_the_same_seed_and_work_give_the_same_repair() -> None:
    problem = without(standing(), "b1", "07:00-08:00")

    assert repaired(problem).plan.placements == repaired(problem).plan.placements


def test_the_child_answers_as_the_solver_here() -> None:
    problem = without(standing(), "i1", "09:30-12:00")
    with a_replan_child() as child:
        repair = child.replan(problem, not_before=BEFORE)

    here = repaired(problem)
    assert (values(repair), repair.plan.placements) == (values(here), here.plan.placements)
    assert repair_from_json(json.loads(json.dumps(repair_to_json(repair)))) == repair


def test_who_asks_for_a_repair_does_not_load_the_solver() -> None:
    code = "import sys; from scheduler.grid import replan_child; sys.exit('ortools' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@lru_cache(maxsize=1)
def _of_204() -> tuple[Problem, Any]:
    problem = problem_of_scenario("namdong-indonesia")
    plan = solve(problem, Limits(seconds=4))
    placed = {one.match_id for one in plan.placements}
    matches = tuple(match for match in problem.matches if match.id in placed)
    return replace(problem, matches=matches, published=plan.placements), problem.fair.days[1]


def _damaged(chance: random.Random) -> Problem:
    """Up to three sessions in three slots, as some plan has them, and somebody away for a while."""
    people = (an_interpreter("i1", rest_minutes=chance.choice((0, 30))), an_interpreter("i2", daily_limit=2))
    problem = a_problem(
        fair=a_fair(opening=spans("09:00-10:30")), interpreters=people, rooms=(a_room("r1"), a_room("r2"))
    )
    matches = tuple(chance.sample(problem.matches, 3))
    problem = replace(problem, matches=matches)
    placements = tuple(next(_plans(problem, list(matches), [], chance)))
    somebody = chance.choice(("i1", "i2", "r1", "c1", "b1", "b2"))
    cut = chance.choice(("09:00-09:30", "09:30-10:30", "09:00-10:00", "09:00-12:00"))
    return without(replace(problem, published=placements), somebody, cut)


def _plans(
    problem: Problem, left: list[Match], placed: list[Placement], chance: random.Random | None = None
) -> Iterator[list[Placement]]:
    """Every plan that keeps the rules; with `chance` whole ones first, in any order."""
    if not left:
        yield placed
        return
    options = [
        one for one in _placements(problem, left[0]) if not conflicts_with(one, placed, problem.roster)
    ]
    if chance is not None:
        chance.shuffle(options)
    for one in options:
        yield from _plans(problem, left[1:], [*placed, one], chance)
    yield from _plans(problem, left[1:], placed, chance)


def _placements(problem: Problem, match: Match) -> list[Placement]:
    slots = candidate_slots(match, problem.roster)
    every = (
        a_placement(match, slot, interpreter_ids=(who.id,), room_id=where.id)
        for slot, who, where in product(slots, problem.interpreters, problem.rooms)
    )
    return [one for one in every if not conflicts_of([one], problem.roster)]


def _counted(problem: Problem, plan: list[Placement]) -> tuple[int, ...]:
    """The goals, counted anew."""
    after, told, times, names = {one.match_id: one for one in plan}, set(), 0, 0
    for old in problem.published:
        new = after.get(old.match_id)
        if new == old:
            continue
        told |= {old.company_id, old.buyer_id, *old.interpreter_ids}
        if new is not None:
            told |= set(new.interpreter_ids)
            times += new.slot != old.slot
            names += (new.interpreter_ids != old.interpreter_ids) + (new.room_id != old.room_id)
    return len(problem.matches) - len(plan), times, names, len(told)


def _bounds(repair: Repair) -> tuple[int, ...]:
    return tuple(getattr(repair, name).bound for name in GOALS)
