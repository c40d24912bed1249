"""What is said before solving is never too little, and names what is short with its numbers and what would be right."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.booking.people import LanguagePair
from scheduler.grid.candidates import wanted_matches
from scheduler.grid.capacity import outlook_of
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
    all_pairs,
    an_interpreter,
    hours,
    spans,
)
from tests.unit.grid.exhaustive import best
from tests.unit.grid.random_problems import a_random_problem
from tests.unit.grid.test_facts import some_plan


def told(problem: Problem, language: str = "en") -> list[str]:
    return [one.phrase.text(language) for one in outlook_of(problem).shortages]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_no_plan_places_more_than_the_outlook_says(seed: int) -> None:
    problem = a_random_problem(random.Random(seed))
    outlook = outlook_of(problem)
    assert len(some_plan(problem)) <= outlook.most <= outlook.wanted == len(wanted_matches(problem))


@pytest.mark.parametrize("seed", range(12))
def test_not_even_the_best_of_all_plans_places_more(seed: int) -> None:
    whole = a_random_problem(random.Random(1000 + seed))
    problem = replace(
        whole, matches=whole.matches[:3], rooms=whole.rooms[:1], interpreters=whole.interpreters[:2]
    )
    assert sum(best(problem).placed) <= outlook_of(problem).most


def test_enough_of_everything_is_shown_with_its_numbers_and_nothing_is_short() -> None:
    outlook = outlook_of(a_problem())
    shown = [(one.what.text("en"), one.wanted, one.possible, one.missing) for one in outlook.supplies]
    assert shown == [("Rooms", 4, 12, 0), ("Interpreters for Korean–Indonesian", 4, 12, 0)]
    assert (outlook.most, outlook.wanted, outlook.shortages, outlook.is_enough) == (4, 4, (), True)


def test_what_is_short_comes_with_what_would_be_right() -> None:
    problem = a_problem(
        fair=a_fair(opening=spans("09:00-10:00")),
        rooms=(a_room(),),
        interpreters=(an_interpreter(daily_limit=1),),
        companies=(a_company("c1", daily_limit=1), a_company("c2")),
    )

    assert told(problem) == [
        "Rooms: 4 sessions are wanted, at most 2 are possible. 1 room more, open for the whole fair, would do.",
        "Interpreters for Korean–Indonesian: 4 sessions are wanted, at most 1 are possible. "
        "2 interpreters more, there for the whole fair, would do.",
        "Namdong c1: 2 sessions are wanted, at most 1 are possible. "
        "Longer hours or a higher limit for 1 session more would do, or 1 session fewer.",
    ]
    assert told(problem, "ko") == [
        "상담실: 상담 4건이 필요한데 최대 2건까지 가능합니다. 상담회 내내 여는 상담실이 1실 더 있으면 됩니다.",
        "한국어–인도네시아어 통역사: 상담 4건이 필요한데 최대 1건까지 가능합니다. "
        "상담회 내내 일하는 통역사가 2명 더 있으면 됩니다.",
        "남동산업 c1: 상담 2건이 필요한데 최대 1건까지 가능합니다. "
        "가능 시간이나 하루 한도를 1건만큼 늘리거나, 상담을 1건 줄이면 됩니다.",
    ]
    assert (outlook_of(problem).most, outlook_of(problem).is_enough) == (1, False)


def test_where_there_is_no_room_or_nobody_to_interpret_nothing_else_is_blamed() -> None:
    assert told(a_problem(rooms=())) == [
        "Rooms: 4 sessions are wanted, at most 0 are possible. 1 room more, open for the whole fair, would do."
    ]
    assert told(a_problem(interpreters=())) == [
        "Interpreters for Korean–Indonesian: 4 sessions are wanted, at most 0 are possible. "
        "1 interpreter more, there for the whole fair, would do."
    ]
    assert [text.split(":")[0] for text in told(a_problem(rooms=(), interpreters=()))] == [
        "Rooms",
        "Interpreters for Korean–Indonesian",
    ]


def test_who_has_time_enough_is_not_asked_for_longer_hours() -> None:
    early = hours(SEOUL, "09:00-09:30")
    interpreters = tuple(an_interpreter(f"i{number}", hours=early) for number in range(4))
    rooms = tuple(a_room(f"r{number}") for number in range(4))
    said = told(a_problem(interpreters=interpreters, rooms=rooms))

    assert said[0] == (
        "Namdong c1: 2 sessions are wanted, at most 1 are possible. "
        "Rooms and interpreters for longer would do: the hours of both sides suffice."
    )
    assert len(said) == 4


def test_languages_that_share_an_interpreter_may_be_short_only_together() -> None:
    ko_en, ko_vi = LanguagePair("ko", "en"), LanguagePair("ko", "vi")
    companies = (a_company("c1"), a_company("c2"), a_company("c3"))
    buyers = (a_buyer("b1"), a_buyer("b2"))
    matches = tuple(
        a_match(company=company.id, buyer=buyer.id, legs=(legs,))
        for company in companies
        for buyer, legs in zip(buyers, (ko_en, ko_vi), strict=True)
    )
    problem = a_problem(
        fair=a_fair(opening=spans("09:00-11:00")),
        companies=companies,
        buyers=buyers,
        matches=matches,
        interpreters=(an_interpreter(pairs=(ko_en, ko_vi)),),
    )

    assert told(problem) == [
        "Interpreters for Korean–English, Korean–Vietnamese: 6 sessions are wanted, at most 4 are possible. "
        "1 interpreter more, there for the whole fair, would do."
    ]
    assert outlook_of(problem).most == 4


def test_buyers_who_all_want_the_same_early_hours_are_named() -> None:
    early = hours(DALLAS, "18:00-20:00")
    companies = (a_company("c1"), a_company("c2"), a_company("c3"))
    buyers = (a_buyer("b1", zone=DALLAS, hours=early), a_buyer("b2", zone=DALLAS, hours=early), a_buyer("b3"))
    problem = a_problem(
        companies=companies,
        buyers=buyers,
        rooms=(a_room(),),
        matches=(
            *all_pairs(companies[:2], buyers[:2], legs=()),
            a_match(company="c3", buyer="b3", legs=()),
        ),
    )

    assert told(problem) == [
        "Rooms when PT Sample b1, PT Sample b2 can meet: 4 sessions are wanted, at most 2 are possible. "
        "1 room more, open for the whole fair, would do."
    ]
    assert outlook_of(problem).most == 3


def test_pins_that_break_rules_are_told_before_anything_is_solved() -> None:
    closed = a_room("r1", hours=hours(SEOUL, "13:00-18:00"))
    problem = a_problem(rooms=(closed, a_room("r2")), pins=(a_placement(a_match(), a_slot("09:00")),))
    outlook = outlook_of(problem)
    assert [one.rule for one in outlook.contradictions] == ["room_hours"]
    assert not outlook.is_enough
