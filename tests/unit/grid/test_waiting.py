"""Waiting, counted."""

from typing import Any

from scheduler.booking.assign import Placement
from scheduler.booking.fair import CountryRule
from scheduler.booking.match import Priority
from scheduler.booking.rules import Busy
from scheduler.grid.waiting import idle_of, idle_slots, own_slots
from tests.builders import (
    DALLAS,
    SEOUL,
    a_buyer,
    a_company,
    a_fair,
    a_match,
    a_placement,
    a_problem,
    a_slot,
    hours,
    spans,
)


def sessions(*clocks: str) -> list[Placement]:
    """Sessions of one company with as many buyers."""
    return [a_placement(a_match(buyer=f"b{n}"), a_slot(clock)) for n, clock in enumerate(clocks)]


def waiting(*clocks: str, **given: Any) -> int:
    buyers = tuple(a_buyer(f"b{n}") for n in range(len(clocks)))
    matches = tuple(a_match(buyer=one.id) for one in buyers)
    companies = given.pop("companies", (a_company(),))
    problem = a_problem(companies=companies, buyers=buyers, matches=matches, **given)
    return idle_of(problem, sessions(*clocks))


def test_one_session_waits_for_nothing() -> None:
    assert waiting("10:00") == 0


def test_sessions_one_after_the_other_leave_no_wait() -> None:
    assert waiting("09:00", "09:30", "10:00") == 0


def test_each_free_slot_between_the_first_and_the_last_is_a_wait() -> None:
    assert waiting("09:00", "11:30") == 4
    assert waiting("09:00", "10:30", "11:30") == 3


def test_sessions_on_different_days_leave_no_wait() -> None:
    fair = a_fair(days=(a_fair().days[0], a_slot(day=1).start_at.date()))
    placements = [a_placement(), a_placement(a_match(buyer="b2"), a_slot("11:30", day=1))]

    assert idle_of(a_problem(fair=fair), placements) == 0


def test_what_lies_outside_one_s_hours_is_no_wait() -> None:
    lunch = a_company(hours=hours(SEOUL, "09:00-10:00", "11:00-12:00"))

    assert waiting("09:00", "11:30", companies=(lunch,)) == 2


def test_what_is_booked_elsewhere_is_no_wait() -> None:
    busy = (Busy(resource_id="c1", slot=a_slot("10:00", minutes=20)),)

    assert waiting("09:00", "11:30", busy=busy) == 3


def test_who_waits_when_is_named_for_both_sides() -> None:
    problem = a_problem(matches=(a_match(), a_match(buyer="b2"), a_match(company="c2")))
    placements = [
        a_placement(slot=a_slot("09:00")),
        a_placement(a_match(buyer="b2"), a_slot("10:00")),
        a_placement(a_match(company="c2"), a_slot("10:30")),
    ]

    assert idle_slots(problem, placements) == (
        ("b1", a_slot("09:30")),
        ("b1", a_slot("10:00")),
        ("c1", a_slot("09:30")),
    )


def test_where_slots_of_two_countries_overlap_no_minute_counts_twice() -> None:
    rule = CountryRule(country="US", slot_minutes=45)
    fair = a_fair(opening=spans("09:00-10:30"), country_rules=(rule,))
    buyers = (a_buyer("b1"), a_buyer("b2", zone=DALLAS, country="US", hours=hours(DALLAS)))
    problem = a_problem(
        fair=fair, companies=(a_company(),), buyers=buyers, matches=(a_match(), a_match(buyer="b2"))
    )

    assert own_slots(problem)["c1"] == (a_slot("09:00"), a_slot("09:30"), a_slot("10:00"))
    assert own_slots(problem)["b2"] == (a_slot("09:00", minutes=45), a_slot("09:45", minutes=45))


def test_a_session_that_overlaps_an_own_slot_is_no_wait_in_it() -> None:
    rule = CountryRule(country="US", slot_minutes=45)
    fair = a_fair(country_rules=(rule,))
    buyers = (a_buyer("b1"), a_buyer("b2"), a_buyer("b3", zone=DALLAS, country="US", hours=hours(DALLAS)))
    problem = a_problem(
        fair=fair,
        companies=(a_company(),),
        buyers=buyers,
        matches=tuple(a_match(buyer=one.id) for one in buyers),
    )
    placements = [
        a_placement(slot=a_slot("09:00")),
        a_placement(a_match(buyer="b3"), a_slot("09:45", minutes=45)),
        a_placement(a_match(buyer="b2"), a_slot("11:00")),
    ]

    assert [slot for _, slot in idle_slots(problem, placements)] == [a_slot("10:30")]


def test_pairs_that_never_meet_give_nobody_slots() -> None:
    problem = a_problem(matches=(a_match(priority=Priority.NEVER),))

    assert own_slots(problem) == {}
