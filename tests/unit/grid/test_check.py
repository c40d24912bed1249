"""The checker: nothing to say about a good plan, and exactly the broken rule about each plan broken on purpose."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scheduler.booking.match import Priority
from scheduler.booking.people import Attendance
from scheduler.booking.rules import Busy
from scheduler.grid.check import check
from scheduler.grid.plan import LeftOut, Plan, Status
from scheduler.grid.problem import Problem
from tests.builders import (
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
    an_interpreter,
    hours,
)

C1B1 = a_placement(a_match(), a_slot("09:00"))
C2B2 = a_placement(a_match(company="c2", buyer="b2"), a_slot("09:00"), interpreter_ids=("i2",), room_id="r2")
C1B2 = a_placement(a_match(buyer="b2"), a_slot("09:30"))
C2B1 = a_placement(a_match(company="c2"), a_slot("09:30"), interpreter_ids=("i2",), room_id="r2")


def a_plan(**given: Any) -> Plan:
    """All four sessions of `a_problem`, without waiting."""
    usual: dict[str, Any] = {
        "placements": (C1B1, C2B2, C1B2, C2B1),
        "status": Status.OPTIMAL,
        "wanted": 4,
        "bound": 4,
    }
    return Plan(**{**usual, **given})


def with_first(**changed: Any) -> Plan:
    """The same, the first session changed."""
    return a_plan(placements=(replace(C1B1, **changed), C2B2, C1B2, C2B1))


def without_first(**given: Any) -> Plan:
    usual = {"placements": (C2B2, C1B2, C2B1), "status": Status.FEASIBLE}
    return a_plan(**{**usual, "left_out": (LeftOut(match_id="c1-b1", reasons=()),), **given})


def matches(**first: Any) -> dict[str, Any]:
    """The matches of `a_problem`, the first one changed."""
    return {"matches": (a_match(**first), *a_problem().matches[1:])}


def companies(**first: Any) -> dict[str, Any]:
    return {"companies": (a_company("c1", **first), a_company("c2"))}


def buyers(**first: Any) -> dict[str, Any]:
    return {"buyers": (a_buyer("b1", **first), a_buyer("b2"))}


def interpreters(**first: Any) -> dict[str, Any]:
    return {"interpreters": (an_interpreter("i1", **first), an_interpreter("i2"))}


def rooms(**first: Any) -> dict[str, Any]:
    return {"rooms": (a_room("r1", **first), a_room("r2"))}


BROKEN: dict[str, tuple[dict[str, Any], Callable[[], Plan]]] = {
    "known_names": ({}, lambda: with_first(room_id="r9")),
    "right_people": (matches(company="c2", id="c1-b1"), a_plan),
    "never_pair": (
        {"matches": (*a_problem().matches, a_match("never", priority=Priority.NEVER))},
        lambda: a_plan(wanted=3, bound=3, status=Status.FEASIBLE),
    ),
    "slot_of_the_fair": (
        {},
        lambda: replace(with_first(slot=a_slot("08:30")), idle=2, status=Status.FEASIBLE),
    ),
    "company_hours": (companies(hours=hours(SEOUL, "09:15-12:00")), a_plan),
    "buyer_hours": (buyers(hours=hours(JAKARTA, "07:15-12:00")), a_plan),
    "interpreter_hours": (interpreters(hours=hours(SEOUL, "09:15-12:00")), a_plan),
    "room_hours": (rooms(hours=hours(SEOUL, "09:15-12:00")), a_plan),
    "languages": ({}, lambda: with_first(interpreter_ids=())),
    "room_or_own_office": (matches(needs_room=False), a_plan),
    "match_once": (
        {},
        lambda: a_plan(
            placements=(C1B1, C2B2, C1B2, C2B1, replace(C1B1, slot=a_slot("10:00"))),
            status=Status.FEASIBLE,
        ),
    ),
    "company_once_at_a_time": (
        {
            "interpreters": tuple(an_interpreter(f"i{n}") for n in (1, 2, 3)),
            "rooms": tuple(a_room(f"r{n}") for n in (1, 2, 3)),
        },
        lambda: a_plan(
            placements=(
                C1B1,
                C2B1,
                replace(C1B2, slot=a_slot("09:00"), interpreter_ids=("i3",), room_id="r3"),
            ),
            left_out=(LeftOut(match_id="c2-b2", reasons=()),),
            status=Status.FEASIBLE,
        ),
    ),
    "buyer_once_at_a_time": (
        {
            "interpreters": tuple(an_interpreter(f"i{n}") for n in (1, 2, 3)),
            "rooms": tuple(a_room(f"r{n}") for n in (1, 2, 3)),
        },
        lambda: a_plan(
            placements=(
                C1B1,
                C1B2,
                replace(C2B1, slot=a_slot("09:00"), interpreter_ids=("i3",), room_id="r3"),
            ),
            left_out=(LeftOut(match_id="c2-b2", reasons=()),),
            status=Status.FEASIBLE,
        ),
    ),
    "interpreter_once_at_a_time": ({}, lambda: with_first(interpreter_ids=("i2",))),
    "room_once_at_a_time": ({}, lambda: with_first(room_id="r2")),
    "interpreter_rest": (interpreters(rest_minutes=5), a_plan),
    "room_change_over": (rooms(change_over_minutes=5), a_plan),
    "company_daily_limit": (companies(daily_limit=1), a_plan),
    "buyer_daily_limit": (buyers(daily_limit=1), a_plan),
    "interpreter_daily_limit": (interpreters(daily_limit=1), a_plan),
    "busy_elsewhere": ({"busy": (Busy(resource_id="r1", slot=a_slot("08:45")),)}, a_plan),
    "pins_kept": ({"pins": (replace(C1B1, room_id="r2"),)}, a_plan),
    "all_accounted_for": ({}, lambda: without_first(left_out=())),
    "true_counts": ({}, lambda: a_plan(wanted=5, bound=4)),
    "true_idle": ({}, lambda: a_plan(idle=1, status=Status.FEASIBLE)),
}


def test_a_good_plan_has_no_conflict() -> None:
    assert check(a_problem(), a_plan()) == ()


def test_a_plan_that_leaves_something_out_and_says_so_has_no_conflict() -> None:
    assert check(a_problem(), without_first()) == ()


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_plan_is_told_exactly_the_rule_it_breaks(rule: str) -> None:
    given, plan = BROKEN[rule]

    assert {conflict.rule for conflict in check(a_problem(**given), plan())} == {rule}


@pytest.mark.parametrize(
    "changed",
    [
        {"match_id": "nobody"},
        {"company_id": "b1"},
        {"buyer_id": "c1"},
        {"interpreter_ids": ("r1",)},
        {"room_id": "i1"},
    ],
)
def test_names_of_nobody_and_of_the_wrong_kind_are_found(changed: dict[str, Any]) -> None:
    assert "known_names" in {conflict.rule for conflict in check(a_problem(), with_first(**changed))}


def test_what_is_placed_and_listed_as_left_out_is_found() -> None:
    plan = a_plan(left_out=(LeftOut(match_id="c1-b1", reasons=()),))

    assert [conflict.rule for conflict in check(a_problem(), plan)] == ["all_accounted_for"]


def test_leaving_out_what_nobody_wants_is_found() -> None:
    plan = a_plan(left_out=(LeftOut(match_id="c9-b9", reasons=()),))

    assert [conflict.rule for conflict in check(a_problem(), plan)] == ["all_accounted_for"]


@pytest.mark.parametrize(
    ("claims", "rule"),
    [
        ({"bound": 3}, "true_counts"),
        ({"bound": 5}, "true_counts"),
        ({"idle_bound": 1, "status": Status.FEASIBLE}, "true_idle"),
    ],
)
def test_a_proof_that_its_own_numbers_contradict_is_found(claims: dict[str, int], rule: str) -> None:
    assert rule in {conflict.rule for conflict in check(a_problem(), a_plan(**claims))}


def test_a_plan_that_does_not_reach_its_bound_is_not_the_best() -> None:
    plan = without_first(status=Status.OPTIMAL)

    assert [conflict.rule for conflict in check(a_problem(), plan)] == ["true_counts"]


def test_every_conflict_can_be_read_in_korean_and_english() -> None:
    for given, plan in BROKEN.values():
        for conflict in check(a_problem(**given), plan()):
            assert conflict.phrase.text("ko") != conflict.phrase.text("en")


def test_a_company_from_its_own_office_is_checked_without_a_room() -> None:
    office = a_company(attendance=Attendance.OWN_OFFICE)
    match = a_match(needs_room=False, legs=(KO_ID,))
    problem: Problem = a_problem(companies=(office,), buyers=(a_buyer(),), matches=(match,), fair=a_fair())

    assert check(problem, Plan(placements=(a_placement(match),), wanted=1, bound=1)) == ()
