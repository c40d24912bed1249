"""Solving: what is placed, what is proved, and what is kept."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python.cp_model import CpSolver

from scheduler.booking.assign import Placement
from scheduler.booking.fair import CountryRule
from scheduler.booking.match import Priority
from scheduler.booking.people import LanguagePair
from scheduler.booking.rules import Busy
from scheduler.grid import solve as grid_solve
from scheduler.grid.budget import Budget
from scheduler.grid.candidates import wanted_matches
from scheduler.grid.check import check
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.model import model_of
from scheduler.grid.plan import Plan, Status
from scheduler.grid.problem import Problem, Weights
from scheduler.grid.solve import solve
from scheduler.grid.stages import Climb, climb
from tests.builders import (
    DALLAS,
    FIRST_DAY,
    JAKARTA,
    KO_ID,
    SEOUL,
    a_buyer,
    a_company,
    a_fair,
    a_match,
    a_placement,
    a_problem,
    a_room,
    a_slot,
    all_pairs,
    an_interpreter,
    hours,
    spans,
)
from tests.unit.grid.exhaustive import best, placements_alone, worth

KO_EN, EN_TH = LanguagePair("ko", "en"), LanguagePair("en", "th")
ONE_WORKER = Limits(seconds=60, work=30, workers=1)


def solved(problem: Problem, limits: Limits = ONE_WORKER, **given: Any) -> Plan:
    """The plan, which the checker has nothing against."""
    plan = solve(problem, limits, **given)
    assert check(problem, plan) == ()
    return plan


def a_grid(companies: int, buyers: int, **given: Any) -> Problem:
    """All pairs of so many companies and buyers."""
    one_side = tuple(a_company(f"c{number}") for number in range(companies))
    other_side = tuple(a_buyer(f"b{number}") for number in range(buyers))
    return a_problem(companies=one_side, buyers=other_side, matches=all_pairs(one_side, other_side), **given)


def test_everything_is_placed_without_waiting_and_that_is_proved() -> None:
    plan = solved(a_problem())

    assert (plan.status, plan.placed, plan.bound, plan.idle, plan.idle_bound) == (Status.OPTIMAL, 4, 4, 0, 0)
    assert plan.left_out == ()
    assert set(plan.versions) == {"numba", "ortools", "python", "sangdam"}


def test_rooms_that_are_full_to_the_last_slot_still_take_everything() -> None:
    plan = solved(a_grid(3, 4), ONE_WORKER)

    assert (plan.placed, plan.wanted) == (12, 12)


def test_a_grid_too_big_for_its_rooms_is_filled_and_the_bound_says_so() -> None:
    problem = a_grid(4, 4)
    plan = solved(problem)

    assert (plan.placed, plan.bound, len(plan.left_out)) == (12, 12, 4)
    assert all(left.reasons for left in plan.left_out)


def test_where_not_all_can_be_placed_those_who_are_do_not_wait() -> None:
    days = tuple(FIRST_DAY + timedelta(days=number) for number in range(3))
    problem = a_grid(8, 7, fair=a_fair(days=days))
    plan = solved(problem)

    assert (plan.status, plan.placed, plan.bound, plan.idle) == (Status.OPTIMAL, 36, 36, 0)


@pytest.mark.parametrize("last", [Priority.WANTED, Priority.IF_TIME_ALLOWS])
def test_a_board_with_as_many_as_can_be_is_not_given_up_for_another(last: Priority) -> None:
    problem = a_grid(8, 7, weights=Weights(waiting=0, early_or_late_hours=0, sharing_out=0))
    matches = tuple(replace(one, priority=last) if one.company_id == "c7" else one for one in problem.matches)
    model = model_of(replace(problem, matches=matches))
    number = {match.id: index for index, match in enumerate(model.matches)}
    pairs = [(f"c{slot}-b{slot}", f"c{slot + 1}-b{(slot + 2) % 7}") for slot in range(6)]
    full = {number[match]: slot for slot, both in enumerate(pairs) for match in both}
    state = Climb(model=model, budget=Budget(Limits(work=5)), tell=lambda _: None, at=full, bound=12)

    climb(state)

    assert (state.at, state.bound) == (full, 12)


def test_the_more_important_goes_first() -> None:
    matches = (a_match(priority=Priority.IF_TIME_ALLOWS), a_match(company="c2", priority=Priority.MUST))
    plan = solved(a_problem(matches=matches, fair=a_fair(opening=spans("09:00-09:30"))))

    assert [one.match_id for one in plan.placements] == ["c2-b1"]
    assert [left.match_id for left in plan.left_out] == ["c1-b1"]


def test_one_must_goes_before_two_that_are_only_wanted() -> None:
    fair = a_fair(opening=spans("09:00-09:30"))
    matches = (a_match(priority=Priority.MUST), a_match(buyer="b2"), a_match(company="c2"))
    plan = solved(a_problem(matches=matches, fair=fair))

    assert [one.match_id for one in plan.placements] == ["c1-b1"]
    assert plan.status is Status.OPTIMAL


def test_a_pair_marked_never_is_neither_placed_nor_wanted() -> None:
    matches = (a_match(), a_match(company="c2", priority=Priority.NEVER))
    plan = solved(a_problem(matches=matches))

    assert (plan.wanted, [one.match_id for one in plan.placements]) == (1, ["c1-b1"])


def test_pins_stay_with_their_interpreter_and_room() -> None:
    pin = a_placement(slot=a_slot("11:00"), interpreter_ids=("i2",), room_id="r2")
    plan = solved(a_problem(pins=(pin,)))

    assert plan.placed == 4
    assert pin in plan.placements


@pytest.mark.parametrize(
    "pins",
    [
        (a_placement(slot=a_slot("08:00")),),
        (a_placement(), a_placement(a_match(buyer="b2"), interpreter_ids=("i2",), room_id="r2")),
        (a_placement(room_id="nowhere"),),
        (a_placement(a_match("nobody")),),
    ],
)
def test_pins_that_contradict_the_rules_are_told_as_the_reason(pins: tuple[Placement, ...]) -> None:
    plan = solve(a_problem(pins=pins), ONE_WORKER)

    assert (plan.status, plan.placements, plan.wanted) == (Status.INFEASIBLE, (), 4)
    assert [bool(left.reasons) for left in plan.left_out] == [True] * 4


def test_a_pair_pinned_and_never_is_impossible() -> None:
    matches = (a_match(priority=Priority.NEVER), a_match(buyer="b2"))
    plan = solve(a_problem(matches=matches, pins=(a_placement(),)), ONE_WORKER)

    assert plan.status is Status.INFEASIBLE


def test_what_is_booked_elsewhere_is_left_free() -> None:
    busy = (Busy(resource_id="c1", slot=a_slot("09:00", minutes=120)),)
    plan = solved(a_problem(busy=busy))

    assert plan.placed == 4
    assert min(one.slot for one in plan.placements if one.company_id == "c1") == a_slot("11:00")


def test_nothing_wanted_is_done_at_once() -> None:
    plan = solved(a_problem(matches=()))

    assert (plan.status, plan.placed, plan.wanted) == (Status.OPTIMAL, 0, 0)


def test_a_fair_without_people_to_interpret_or_rooms_places_what_needs_none() -> None:
    matches = (a_match(), a_match(company="c2", legs=(), needs_room=False))
    plan = solved(a_problem(matches=matches, interpreters=(), rooms=()))

    assert [one.match_id for one in plan.placements] == ["c2-b1"]
    assert plan.status is Status.OPTIMAL


def test_a_relay_takes_two_interpreters_at_once() -> None:
    team = (an_interpreter("i1", pairs=(KO_EN, EN_TH)), an_interpreter("i2", pairs=(KO_EN,)))
    matches = (a_match(legs=(KO_EN, EN_TH)), a_match(company="c2", buyer="b2", legs=(KO_EN,)))
    plan = solved(a_problem(matches=matches, interpreters=team))

    assert plan.placed == 2
    assert {one.interpreter_ids for one in plan.placements if one.match_id == "c1-b1"} == {("i2", "i1")}


def test_two_languages_in_one_head_are_not_counted_twice() -> None:
    team = (an_interpreter("i1", pairs=(KO_EN, KO_ID)),)
    matches = (a_match(), a_match(company="c2", buyer="b2", legs=(KO_EN,)))
    plan = solved(a_problem(matches=matches, interpreters=team, fair=a_fair(opening=spans("09:00-09:30"))))

    assert (plan.placed, plan.status) == (1, Status.OPTIMAL)


def test_rest_and_daily_limits_of_unlike_interpreters_are_kept() -> None:
    team = (an_interpreter("i1", rest_minutes=30), an_interpreter("i2", daily_limit=1))
    plan = solved(a_problem(interpreters=team))

    assert (plan.placed, plan.status) == (4, Status.OPTIMAL)


def test_change_over_that_reaches_into_the_next_slot_halves_the_room() -> None:
    plan = solved(a_grid(2, 3, rooms=(a_room(change_over_minutes=10),)))

    assert (plan.placed, plan.bound, plan.status) == (3, 3, Status.OPTIMAL)


def test_rooms_with_unlike_change_over_are_used_for_what_they_can() -> None:
    rooms = (a_room("r1", change_over_minutes=10), a_room("r2"))
    plan = solved(a_grid(3, 3, rooms=rooms))

    assert (plan.placed, plan.bound) == (9, 9)


def test_slots_that_differ_by_country_do_not_collide() -> None:
    rule = CountryRule(country="US", slot_minutes=45)
    buyers = (a_buyer("b1"), a_buyer("b2", zone=DALLAS, country="US", hours=hours(DALLAS)))
    companies = (a_company("c1"), a_company("c2"))
    problem = a_problem(
        fair=a_fair(country_rules=(rule,)),
        companies=companies,
        buyers=buyers,
        matches=all_pairs(companies, buyers),
        rooms=(a_room(),),
    )

    assert solved(problem).placed == 4


def test_the_hours_of_a_buyer_far_away_decide() -> None:
    buyer = a_buyer("b1", zone=DALLAS, country="US", hours=hours(DALLAS, "20:00-21:00"))
    plan = solved(a_problem(buyers=(buyer,), matches=(a_match(), a_match(company="c2"))))

    assert [one.slot for one in plan.placements] == [a_slot("10:00"), a_slot("10:30")]


def test_comfortable_hours_are_preferred_where_nobody_has_to_wait_for_them() -> None:
    fair = a_fair(opening=spans("07:00-11:00"))
    plan = solved(a_problem(fair=fair, matches=(a_match(),), buyers=(a_buyer(zone=SEOUL, country="KR"),)))

    assert plan.placements[0].slot >= a_slot("09:00")


def test_what_must_be_left_out_is_shared() -> None:
    fair = a_fair(opening=spans("09:00-10:30"))
    plan = solved(a_grid(2, 3, fair=fair, rooms=(a_room(),), interpreters=(an_interpreter(),)))

    assert sorted(left.match_id.split("-")[0] for left in plan.left_out) == ["c0", "c1"] or plan.placed == 3


def test_a_wish_of_weight_nought_is_left_aside() -> None:
    plan = solved(a_problem(weights=Weights(waiting=0, early_or_late_hours=0, sharing_out=0)))

    assert plan.placed == 4


def test_a_buyer_keeps_the_interpreter_and_a_company_its_room() -> None:
    problem = a_problem(
        matches=(a_match(), a_match(buyer="b2"), a_match(company="c2"), a_match(company="c2", buyer="b2"))
    )
    placements = solved(problem).placements

    for buyer in ("b1", "b2"):
        assert len({one.interpreter_ids for one in placements if one.buyer_id == buyer}) == 1


def test_the_room_a_company_prefers_is_given_to_it() -> None:
    companies = (a_company("c1"), a_company("c2", preferred_room_id="r1"))
    placements = solved(a_problem(companies=companies)).placements

    assert {one.room_id for one in placements if one.company_id == "c2"} == {"r1"}


def test_a_new_plan_keeps_what_has_been_published() -> None:
    problem = a_problem(fair=a_fair(days=(FIRST_DAY, date(2026, 6, 25))))
    told = tuple(
        replace(one, slot=a_slot(clock, day=1), room_id="r2", interpreter_ids=("i2",))
        for one, clock in zip(solved(problem).placements, ("09:00", "10:00", "11:00", "11:30"), strict=True)
    )
    again = solved(replace(problem, published=told))

    assert {one.match_id: one for one in again.placements} == {one.match_id: one for one in told}


def test_what_was_published_moves_only_where_it_must() -> None:
    published = solved(a_problem()).placements
    ill = tuple(Busy(resource_id=name, slot=a_slot("09:00")) for name in ("i1", "i2"))
    again = solved(a_problem(published=published, busy=ill))

    moved = [
        one
        for one in published
        if one.slot != next(x.slot for x in again.placements if x.match_id == one.match_id)
    ]
    assert [one.slot for one in moved] == [one.slot for one in published if one.slot == a_slot("09:00")]


def test_published_sessions_that_nobody_wants_any_more_are_dropped() -> None:
    published = (a_placement(a_match(company="c2", buyer="b2")),)
    plan = solved(a_problem(matches=(a_match(),), published=published))

    assert [one.match_id for one in plan.placements] == ["c1-b1"]


@pytest.mark.parametrize("rooms", [2, 1])
@pytest.mark.parametrize("exact_matches", [400, 3])
def test_the_same_seed_and_work_give_the_same_plan(
    exact_matches: int, rooms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid_solve, "EXACT_MATCHES", exact_matches)
    problem = a_grid(5, 5, rooms=tuple(a_room(f"r{number}") for number in range(rooms)))
    limits = Limits(seconds=600, work=0.1, seed=7, workers=2)
    first, second = (replace(solved(problem, limits), seconds=0.0) for _ in range(2))

    assert first == second


def test_a_search_that_is_stopped_gives_the_plan_it_has() -> None:
    plan = solved(a_grid(5, 5), should_stop=lambda: True)

    assert plan.status is Status.STOPPED
    assert plan.placed > 0


def test_stopping_in_the_middle_keeps_what_was_found() -> None:
    asked = count()
    plan = solved(a_grid(6, 6), Limits(seconds=60, workers=1), should_stop=lambda: next(asked) > 20)

    assert plan.placed > 0


@pytest.mark.parametrize("asked_before", [0, 1, 4, 12])
@pytest.mark.parametrize("rooms", [2, 1])
def test_once_somebody_asks_to_stop_no_solver_is_started_any_more(
    rooms: int, asked_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, told, started_after = count(), [False], []
    solve_model = CpSolver.solve

    def should_stop() -> bool:
        told[0] = next(asked) >= asked_before
        return told[0]

    def solve_watched(solver: CpSolver, *given: Any) -> Any:
        started_after.append(told[0])
        return solve_model(solver, *given)

    monkeypatch.setattr(CpSolver, "solve", solve_watched)
    problem = a_grid(5, 5, rooms=tuple(a_room(f"r{number}") for number in range(rooms)))
    plan = solved(problem, Limits(seconds=600, workers=1), should_stop=should_stop)

    assert True not in started_after
    assert plan.placed > 0
    assert all(one.reasons for one in plan.left_out)
    # How much was proposed before the word came hangs on how often a solver that is quick was asked.
    assert asked_before >= 4 or not any(one.changes for one in plan.left_out)


def test_a_board_without_time_to_plan_its_names_keeps_as_many_as_find_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none_may_start(*_: Any) -> Any:
        raise AssertionError("nobody waits for a solver")

    monkeypatch.setattr(CpSolver, "solve", none_may_start)
    plan = solved(a_problem_that_counting_gets_wrong(), Limits(seconds=600), should_stop=lambda: True)

    assert (plan.placed, plan.status) == (2, Status.STOPPED)


def test_progress_tells_how_far_it_is() -> None:
    told: list[Progress] = []
    plan = solved(a_grid(4, 4), progress=told.append)

    assert told[0].stage == "placing"
    assert told[-1].placed == plan.placed
    assert {one.wanted for one in told} == {16}


def test_a_problem_too_large_for_the_exact_solver_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_solve, "EXACT_MATCHES", 3)
    plan = solved(a_grid(4, 3), Limits(seconds=1, workers=1))

    assert (plan.placed, plan.solver) == (12, "search")


def test_a_large_problem_with_published_sessions_is_filled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_solve, "EXACT_MATCHES", 3)
    problem = a_grid(2, 2)
    plan = solved(replace(problem, published=solved(problem).placements), Limits(seconds=5, workers=1))

    assert plan.placed == 4


def a_problem_that_counting_gets_wrong(*more: str) -> Problem:
    """Two like rooms whose change-over reaches into the next slot, pinned so that neither is free at 09:30."""
    rooms = (a_room("r1", change_over_minutes=10), a_room("r2", change_over_minutes=10))
    team = tuple(an_interpreter(f"i{number}") for number in (1, 2, 3))
    companies = (a_company("c1"), a_company("c2"), a_company("c3", hours=hours(SEOUL, "09:30-10:00", *more)))
    pins = (
        a_placement(slot=a_slot("09:00"), room_id="r1"),
        a_placement(
            a_match(company="c2", buyer="b2"), a_slot("10:00"), room_id="r2", interpreter_ids=("i2",)
        ),
    )
    matches = (a_match(), a_match(company="c2", buyer="b2"), a_match(company="c3", buyer="b3"))
    buyers = tuple(a_buyer(f"b{number}") for number in (1, 2, 3))
    return a_problem(
        rooms=rooms, interpreters=team, companies=companies, buyers=buyers, pins=pins, matches=matches
    )


def test_where_counting_does_not_suffice_names_go_into_the_model() -> None:
    plan = solved(a_problem_that_counting_gets_wrong())

    assert (plan.status, plan.placed, plan.bound) == (Status.OPTIMAL, 2, 2)


def test_a_board_that_cannot_be_named_is_named_as_far_as_possible() -> None:
    plan = solved(a_problem_that_counting_gets_wrong(), should_stop=lambda: True)

    assert plan.placed == 2


def test_what_naming_has_left_out_is_placed_where_it_still_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_solve, "EXACT_MATCHES", 2)
    plan = solved(a_problem_that_counting_gets_wrong("11:00-11:30"), should_stop=lambda: True)

    assert [one.slot for one in plan.placements] == [a_slot("09:00"), a_slot("10:00"), a_slot("11:00")]


def test_what_fits_nowhere_after_naming_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_solve, "EXACT_MATCHES", 2)
    plan = solved(a_problem_that_counting_gets_wrong(), should_stop=lambda: True)

    assert [left.match_id for left in plan.left_out] == ["c3-b3"]


@settings(max_examples=16, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_on_tiny_problems_the_result_is_the_best_there_is_and_no_bound_is_crossed(seed: int) -> None:
    problem = a_tiny_problem(random.Random(seed))
    plan, hasty = solved(problem), solved(problem, Limits(seconds=60, work=1e-4, workers=1))
    most = best(problem)

    assert plan.status is Status.OPTIMAL
    assert worth(problem, plan.placements) == most
    assert hasty.bound >= sum(most.placed)
    if hasty.placed == sum(most.placed):
        assert hasty.idle_bound <= -most.not_idle


def a_tiny_problem(dice: random.Random) -> Problem:
    """Two by two in three zones, a few slots, and hard rules of every kind at random; at times something is pinned."""
    companies = tuple(
        a_company(
            f"c{n}",
            hours=dice.choice([hours(), hours(SEOUL, "09:30-12:00")]),
            daily_limit=dice.choice([None, 1]),
        )
        for n in range(2)
    )
    buyers = tuple(
        a_buyer(f"b{n}", hours=dice.choice([hours(JAKARTA), hours(JAKARTA, "07:00-08:00")])) for n in range(2)
    )
    if dice.random() < 0.3:
        american = a_buyer("b1", zone=DALLAS, country="US", hours=hours(DALLAS, "18:00-21:00"))
        buyers = (buyers[0], american)
    team = tuple(
        an_interpreter(
            f"i{n}",
            pairs=tuple(dice.sample([KO_ID, KO_EN], dice.randint(1, 2))),
            rest_minutes=dice.choice([0, 10]),
            daily_limit=dice.choice([None, 1, 2]),
        )
        for n in range(2)
    )
    rooms = tuple(a_room(f"r{n}", change_over_minutes=dice.choice([0, 5])) for n in range(dice.randint(1, 2)))
    matches = tuple(
        a_match(
            company=company.id,
            buyer=buyer.id,
            legs=dice.choice([(), (KO_ID,), (KO_EN,), (KO_EN, KO_ID)]),
            priority=dice.choice(list(Priority)),
            needs_room=dice.random() < 0.8,
        )
        for company in companies
        for buyer in buyers
    )
    busy = (Busy(resource_id=dice.choice(["c0", "b0", "i0", "r0"]), slot=a_slot("09:30", minutes=10)),)
    rules = (CountryRule(country="US", slot_minutes=30),)
    problem = a_problem(
        fair=a_fair(opening=spans("09:00-11:00"), slot_minutes=40, country_rules=dice.choice([(), rules])),
        companies=companies,
        buyers=buyers,
        interpreters=team,
        rooms=rooms,
        matches=matches,
        busy=busy,
    )
    return replace(problem, pins=_a_pin(problem, dice) if dice.random() < 0.4 else ())


def _a_pin(problem: Problem, dice: random.Random) -> tuple[Placement, ...]:
    """Somewhere one session may stand alone; nothing where none may."""
    possible = [one for match in wanted_matches(problem) for one in placements_alone(problem, match)]
    return (dice.choice(possible),) if possible else ()


def test_matches_that_ask_for_a_place_come_in_the_order_of_their_importance() -> None:
    matches = (a_match(rank=2), a_match(buyer="b2", rank=1), a_match(company="c2", priority=Priority.MUST))

    assert [one.id for one in wanted_matches(a_problem(matches=matches))] == ["c2-b1", "c1-b2", "c1-b1"]
