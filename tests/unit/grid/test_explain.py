"""What cannot be placed is told why, and what cannot suffice is told before solving."""

from dataclasses import replace
from typing import Any

from scheduler.booking.match import Priority
from scheduler.booking.people import LanguagePair
from scheduler.booking.rules import Busy
from scheduler.booking.slot import Slot
from scheduler.grid.explain import change_for, reasons_for
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
        "Namdong c1 and PT Sample b1 are marked never to meet"
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
        "The day of Namdong c1 begins at Wed 24 Jun 13:00 KST; the last session before ends at Wed 24 Jun 12:00 KST"
    ]


def test_hours_too_short_for_a_session_are_said_to_be_so() -> None:
    company = a_company(hours=hours(SEOUL, "09:05-09:35"))

    assert reasons(one_match(companies=(company,))) == [
        "The hours of Namdong c1 hold no whole session of the fair"
    ]


def test_no_hours_at_all_and_other_bookings_are_told_apart() -> None:
    away = a_company(hours=hours().with_dated(a_fair().days[0], ()).without(None, spans("00:00-24:00")[0]))
    busy = (Busy(resource_id="c1", slot=Slot(at("08:00"), at("13:00"))),)

    assert reasons(one_match(companies=(away,))) == ["Namdong c1 has no hours on the days of the fair"]
    assert reasons(one_match(busy=busy)) == ["Namdong c1 is booked elsewhere in every slot"]


def test_a_fair_without_slots_says_that() -> None:
    assert reasons(one_match(fair=a_fair(opening=spans("09:00-09:10")))) == [
        "The fair has no slot for buyers from the country of PT Sample b1"
    ]


def test_two_sides_that_are_never_free_together_are_named() -> None:
    given = {
        "companies": (a_company(hours=hours(SEOUL, "09:00-10:00")),),
        "buyers": (a_buyer(zone=SEOUL, hours=hours(SEOUL, "10:00-12:00")),),
    }

    assert reasons(one_match(**given)) == [
        "Namdong c1 is available every day 09:00–10:00 (Seoul time) (4 of 6 slots lie outside)",
        "PT Sample b1 is available every day 10:00–12:00 (Seoul time) (2 of 6 slots lie outside)",
    ]


def test_a_language_without_an_interpreter_is_named() -> None:
    assert reasons(one_match(interpreters=())) == ["The fair has no interpreters for Korean–Indonesian"]


def test_a_closed_room_is_the_reason() -> None:
    assert reasons(one_match(rooms=(a_room(hours=hours(SEOUL, "13:00-18:00")),))) == [
        "rooms are closed in every slot"
    ]
    assert reasons(one_match(rooms=())) == ["The fair has no room"]


def test_interpreter_and_room_that_miss_each_other_are_the_reason() -> None:
    given = {
        "interpreters": (an_interpreter(hours=hours(SEOUL, "09:00-10:00")),),
        "rooms": (a_room(hours=hours(SEOUL, "10:00-12:00")),),
    }

    assert reasons(one_match(**given)) == [
        "no interpreter for Korean–Indonesian works then (in 4 of 6 slots)",
        "rooms are closed (in 2 of 6 slots)",
    ]


def test_of_all_that_is_in_the_way_the_smallest_set_is_named() -> None:
    fair = a_fair(opening=spans("09:00-10:00"))
    problem = a_problem(fair=fair, rooms=(a_room(),), interpreters=(an_interpreter(), an_interpreter("i2")))
    others = [
        a_placement(a_match(buyer="b2"), a_slot("09:00")),
        a_placement(a_match(company="c2", buyer="b2"), a_slot("09:30")),
    ]

    # The company is busy at 09:00 too, but the room alone is enough.
    assert reasons(problem, *others) == ["rooms are taken in every slot"]


def test_what_competes_is_counted_slot_by_slot() -> None:
    team = (an_interpreter(pairs=(LanguagePair("ko", "id"),)),)
    problem = a_problem(fair=a_fair(opening=spans("09:00-10:00")), interpreters=team)
    others = [
        a_placement(a_match(buyer="b2"), a_slot("09:00")),
        a_placement(a_match("x", "c3", "b1"), a_slot("09:30")),
    ]
    problem = replace(
        problem,
        companies=(*problem.companies, a_company("c3")),
        matches=(*problem.matches, a_match("x", "c3", "b1", legs=())),
    )
    others[1] = replace(others[1], interpreter_ids=(), room_id="r2")

    assert reasons(problem, *others) == [
        "Namdong c1 is in another session (in 1 of 2 slots)",
        "PT Sample b1 is in another session (in 1 of 2 slots)",
    ]
    assert reasons(problem, *others, language="ko") == [
        "남동산업 c1: 다른 상담 중 (2타임 중 1타임)",
        "PT Sample b1: 다른 상담 중 (2타임 중 1타임)",
    ]


def test_a_limit_for_the_day_is_a_fact_of_its_own() -> None:
    companies = (a_company("c1", daily_limit=1), a_company("c2"))
    problem = a_problem(companies=companies)

    assert reasons(problem, a_placement(a_match(buyer="b2"), a_slot("09:00"))) == [
        "Namdong c1 has reached its limit of 1 sessions a day in every slot"
    ]


def test_facts_that_hold_in_any_plan_are_named_before_those_of_this_one() -> None:
    """Other sessions alone would be one fact, but the hours of two people rule it out whatever is placed."""
    given = {
        "companies": (a_company(hours=hours(SEOUL, "09:00-10:00")), a_company("c2")),
        "buyers": (a_buyer(zone=SEOUL, hours=hours(SEOUL, "10:00-12:00")), a_buyer("b2")),
        "matches": (a_match(), a_match(buyer="b2")),
    }
    others = [
        a_placement(a_match("m1", "c1", "b2"), a_slot("09:00")),
        a_placement(a_match("m2", "c1", "b2"), a_slot("09:30")),
    ]
    problem = a_problem(**{**given, "matches": (a_match(), *(a_match(f"m{n}", "c1", "b2") for n in (1, 2)))})

    assert reasons(problem, *others) == [
        "Namdong c1 is available every day 09:00–10:00 (Seoul time) (4 of 6 slots lie outside)",
        "PT Sample b1 is available every day 10:00–12:00 (Seoul time) (2 of 6 slots lie outside)",
    ]


def test_a_place_that_is_still_free_is_offered() -> None:
    assert reasons(one_match()) == [
        "It fits at Wed 24 Jun 09:00–09:30 KST · 07:00–07:30 WIB and can be placed there by hand"
    ]


def change(
    problem: Problem, *placements: Any, match_id: str = "c1-b1", language: str = "en"
) -> list[str] | None:
    mend = change_for(problem, Plan(placements=placements), match_id)
    return None if mend is None else [one.phrase.text(language) for one in mend.changes]


def test_a_room_that_is_closed_for_the_day_is_to_be_opened() -> None:
    closed = a_room(hours=hours().with_dated(a_fair().days[0], ()))

    assert change(one_match(rooms=(closed,))) == ["open 상담실 r1 on Wed 24 Jun 2026"]
    assert change(one_match(rooms=(closed,)), language="ko") == ["2026.6.24(수)에 상담실 r1 열기"]


def test_the_one_who_can_most_cheaply_stay_longer_is_asked() -> None:
    early = hours(SEOUL, "08:00-09:00")
    both = one_match(companies=(a_company(hours=early),), buyers=(a_buyer(zone=SEOUL, hours=early),))

    assert change(one_match(rooms=(a_room(hours=early),))) == [
        "open 상담실 r1 until Wed 24 Jun 09:30 KST (30 minutes longer)"
    ]
    assert change(both) == [
        "Namdong c1 stays until Wed 24 Jun 09:30 KST (30 minutes longer)",
        "the day of PT Sample b1 ends at Wed 24 Jun 09:30 KST (30 minutes later)",
    ]


def test_a_buyer_s_day_is_lengthened_in_both_zones() -> None:
    buyer = a_buyer(zone=DALLAS, hours=hours(DALLAS, "20:00-23:00"))
    problem = one_match(buyers=(buyer,), rooms=(a_room(hours=hours(SEOUL, "09:00-10:00")),))

    assert change(problem) == ["open 상담실 r1 until Wed 24 Jun 10:30 KST (30 minutes longer)"]
    assert change(
        replace(problem, rooms=(a_room(),), companies=(a_company(hours=hours(SEOUL, "09:00-10:00")),))
    ) == ["Namdong c1 stays until Wed 24 Jun 10:30 KST (30 minutes longer)"]


def test_a_language_nobody_speaks_takes_one_more_interpreter_and_a_full_house_one_more_room() -> None:
    fair = a_fair(opening=spans("09:00-09:30"))
    taken = a_placement(a_match(company="c2", buyer="b2"), a_slot("09:00"))
    full = a_problem(fair=fair, rooms=(a_room(),))

    assert change(one_match(interpreters=())) == [
        "one more interpreter for Indonesian at Wed 24 Jun 09:00–09:30 KST"
    ]
    assert change(one_match(interpreters=()), language="ko") == [
        "인도네시아어 통역사 1명 추가 (6.24(수) 09:00–09:30 KST)"
    ]
    assert change(full, taken) == ["one more room at Wed 24 Jun 09:00–09:30 KST"]


def test_a_day_too_short_for_everybody_is_lengthened_by_a_slot() -> None:
    fair = a_fair(opening=spans("09:00-09:30"))
    problem = a_problem(fair=fair)

    assert change(problem, a_placement(a_match(buyer="b2"), a_slot("09:00"))) == [
        "open the fair from 08:30 on every day"
    ]
    early = replace(problem, fair=a_fair(opening=spans("00:00-00:30")))
    assert change(early, a_placement(a_match(buyer="b2"), a_slot("00:00"))) == [
        "keep the fair open until 01:00 on every day"
    ]


def test_a_limit_is_raised_by_one() -> None:
    problem = a_problem(companies=(a_company("c1", daily_limit=1), a_company("c2")))

    assert change(problem, a_placement(a_match(buyer="b2"), a_slot("09:00"))) == [
        "Namdong c1 takes 2 sessions a day"
    ]


def test_no_change_is_proposed_for_a_pair_marked_never_nor_for_one_that_fits() -> None:
    assert change(one_match(matches=(a_match(priority=Priority.NEVER),))) is None
    assert change(one_match()) is None


def test_hours_with_an_absence_cut_out_are_left_alone() -> None:
    away = a_company(hours=hours().without(None, spans("00:00-24:00")[0]))

    assert change(one_match(companies=(away,))) is None


def test_rooms_of_which_some_are_closed_and_some_are_taken_are_told_apart() -> None:
    fair = a_fair(opening=spans("09:00-09:30"))
    problem = a_problem(fair=fair, rooms=(a_room("r1"), a_room("r2", hours=hours(SEOUL, "13:00-18:00"))))
    taken = a_placement(a_match(company="c2", buyer="b2"), a_slot("09:00"))

    assert reasons(problem, taken) == [
        "some rooms are closed in every slot",
        "some rooms are taken in every slot",
    ]
    assert reasons(problem, taken, language="ko") == [
        "일부 상담실은 열려 있지 않음 (모든 타임)",
        "일부 상담실은 다른 상담으로 사용 중 (모든 타임)",
    ]
