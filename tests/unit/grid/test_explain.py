"""What cannot be placed is told why, and what cannot suffice is told before solving."""

from typing import Any

from scheduler.booking.match import Priority
from scheduler.booking.people import LanguagePair
from scheduler.booking.rules import Busy
from scheduler.booking.slot import Slot
from scheduler.grid.bounds import capacity_faults
from scheduler.grid.explain import reasons_for
from scheduler.grid.plan import Plan
from scheduler.grid.problem import Problem
from tests.builders import (
    DALLAS,
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
    at,
    hours,
    spans,
)

NOTHING = Plan(placements=())


def reasons(problem: Problem, *placements: Any, match_id: str = "c1-b1", language: str = "en") -> list[str]:
    found = reasons_for(problem, Plan(placements=placements), match_id)
    return [one.text(language) for one in found]


def one_match(**given: Any) -> Problem:
    return a_problem(**{"matches": (a_match(),), **given})


def test_a_pair_marked_never_is_said_to_be_so() -> None:
    assert reasons(one_match(matches=(a_match(priority=Priority.NEVER),))) == [
        "남동산업 c1 and PT Sample b1 are marked never to meet"
    ]


def test_a_buyer_s_day_that_ends_before_the_rooms_open_is_said_in_both_zones() -> None:
    buyer = a_buyer(zone=DALLAS, hours=hours(DALLAS, "09:00-17:00"))

    assert reasons(one_match(buyers=(buyer,))) == [
        "The day of PT Sample b1 ends at Wed 24 Jun 07:00 KST · the day before 17:00 CDT; "
        "the next session begins at Wed 24 Jun 09:00 KST · the day before 19:00 CDT"
    ]
    assert reasons(one_match(buyers=(buyer,)), language="ko") == [
        "PT Sample b1: 가능 시간이 6.24(수) 07:00 KST · 전날 17:00 CDT에 끝나고, "
        "그다음 상담 타임은 6.24(수) 09:00 KST · 전날 19:00 CDT에 시작합니다"
    ]


def test_a_day_that_begins_after_the_last_session_is_said_too() -> None:
    company = a_company(hours=hours(SEOUL, "13:00-18:00"))

    assert reasons(one_match(companies=(company,))) == [
        "The day of 남동산업 c1 begins at Wed 24 Jun 13:00 KST; the last session before ends at Wed 24 Jun 12:00 KST"
    ]


def test_hours_too_short_for_a_session_are_said_to_be_so() -> None:
    company = a_company(hours=hours(SEOUL, "09:05-09:35"))

    assert reasons(one_match(companies=(company,))) == [
        "The hours of 남동산업 c1 hold no whole session of the fair"
    ]


def test_no_hours_at_all_and_other_bookings_are_told_apart() -> None:
    away = a_company(hours=hours().with_dated(a_fair().days[0], ()).without(None, spans("00:00-24:00")[0]))
    busy = (Busy(resource_id="c1", slot=Slot(at("08:00"), at("13:00"))),)

    assert reasons(one_match(companies=(away,))) == ["남동산업 c1 has no hours on the days of the fair"]
    assert reasons(one_match(busy=busy)) == ["남동산업 c1 is booked elsewhere in every slot of the fair"]


def test_a_fair_without_slots_says_that() -> None:
    assert reasons(one_match(fair=a_fair(opening=spans("09:00-09:10")))) == [
        "The fair has no slot for buyers from the country of PT Sample b1"
    ]


def test_two_sides_that_are_never_free_together_are_named() -> None:
    given = {
        "companies": (a_company(hours=hours(SEOUL, "09:00-10:00")),),
        "buyers": (a_buyer(zone=SEOUL, hours=hours(SEOUL, "10:00-12:00")),),
    }

    assert reasons(one_match(**given)) == ["남동산업 c1 and PT Sample b1 are never free in the same slot"]


def test_a_language_without_an_interpreter_is_named() -> None:
    assert reasons(one_match(interpreters=())) == ["No interpreter for id-ko works when both sides are free"]


def test_a_closed_room_is_the_reason() -> None:
    assert reasons(one_match(rooms=(a_room(hours=hours(SEOUL, "13:00-18:00")),))) == [
        "No room is open when both sides are free"
    ]


def test_interpreter_and_room_that_miss_each_other_are_the_reason() -> None:
    given = {
        "interpreters": (an_interpreter(hours=hours(SEOUL, "09:00-10:00")),),
        "rooms": (a_room(hours=hours(SEOUL, "10:00-12:00")),),
    }

    assert reasons(one_match(**given)) == ["Interpreters and rooms are never free in the same slot"]


def test_competition_is_counted_slot_by_slot_the_strongest_first() -> None:
    fair = a_fair(opening=spans("09:00-10:00"))
    problem = a_problem(fair=fair, rooms=(a_room(),), interpreters=(an_interpreter(), an_interpreter("i2")))
    others = [
        a_placement(a_match(buyer="b2"), a_slot("09:00")),
        a_placement(a_match(company="c2", buyer="b2"), a_slot("09:30")),
    ]

    assert reasons(problem, *others) == [
        "The rooms are open for 2 sessions; 4 need one",
        "all rooms are taken (2 of 2 possible slots)",
        "남동산업 c1 is in another session (1 of 2 possible slots)",
    ]


def test_a_limit_and_missing_interpreters_are_reasons() -> None:
    team = (an_interpreter(pairs=(LanguagePair("ko", "id"),)),)
    companies = (a_company("c1", daily_limit=1), a_company("c2"))
    problem = a_problem(fair=a_fair(opening=spans("09:00-10:00")), companies=companies, interpreters=team)
    others = [
        a_placement(a_match(buyer="b2"), a_slot("09:00")),
        a_placement(a_match(company="c2"), a_slot("09:30"), room_id="r2"),
    ]

    assert reasons(problem, *others) == [
        "남동산업 c1 has 2 matches; at most 1 sessions fit into its hours and limits",
        "The interpreters for id-ko can work in 2 sessions; 4 need them",
        "no interpreter for id-ko is free (2 of 2 possible slots)",
        "남동산업 c1 is in another session (1 of 2 possible slots)",
        "남동산업 c1 has reached its limit of sessions for the day (1 of 2 possible slots)",
        "PT Sample b1 is in another session (1 of 2 possible slots)",
    ]


def test_a_place_that_is_still_free_is_offered() -> None:
    assert reasons(one_match()) == [
        "It fits at Wed 24 Jun 09:00–09:30 KST · 07:00–07:30 WIB and can be placed there by hand"
    ]


def test_enough_of_everything_is_no_fault() -> None:
    assert capacity_faults(a_problem()) == ()


def test_what_is_short_is_said_with_its_numbers() -> None:
    fair = a_fair(opening=spans("09:00-10:00"))
    team = (an_interpreter(daily_limit=1),)
    problem = a_problem(
        fair=fair,
        rooms=(a_room(),),
        interpreters=team,
        companies=(a_company("c1", daily_limit=1), a_company("c2")),
    )

    assert [(one.rule, one.wanted, one.possible, one.resource_id) for one in capacity_faults(problem)] == [
        ("too_many_for_a_person", 2, 1, "c1"),
        ("too_few_rooms", 4, 2, None),
        ("too_few_interpreters", 4, 1, None),
    ]
    assert capacity_faults(problem)[1].match_ids == ("c1-b1", "c1-b2", "c2-b1", "c2-b2")
