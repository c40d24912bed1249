"""The sample programmes say what was published about the real ones, and their grids are tight."""

import re
from collections import Counter
from datetime import date
from functools import cache

import pytest

from scheduler.booking.fair import slots_of
from scheduler.booking.match import Match
from scheduler.grid.problem import Problem
from scheduler.scenarios import (
    SCENARIOS,
    UnknownScenario,
    bookings_of,
    problem_of_scenario,
    scenario,
)

TODAY = date(2026, 11, 21)
# companies, buyers, countries, sessions, days, rooms: what was published, or assumed where nothing was.
FIGURES = {
    "namdong-indonesia": (17, 12, 1, 204, 6, 4),
    "namdong-dubai": (6, 37, 1, 122, 3, 3),
    "namdong-room": (12, 4, 2, 0, 5, 2),
    "yongin-monthly": (10, 10, 3, 40, 2, 3),
    "changwon-dallas": (7, 9, 1, 28, 2, 5),
    "icheon-usa": (15, 20, 1, 63, 6, 2),
    "icheon-seasia": (13, 8, 2, 52, 2, 4),
    "kotra-room-day": (46, 23, 9, 69, 1, 5),
    "kotra-2020-04-08": (70, 35, 6, 85, 1, 15),
    "boomup-2019": (868, 223, 56, 2016, 2, 69),
    "boomup-2023": (1500, 400, 70, 4200, 2, 143),
    "synthetic-10000": (3000, 1000, 84, 10_000, 4, 400),
}
TIGHT = sorted(set(FIGURES) - {"namdong-room", "synthetic-10000"})


@cache
def sample(key: str) -> Problem:
    return problem_of_scenario(key)


def share_of_rooms(problem: Problem) -> float:
    slots = slots_of(problem.fair, "")
    open_ = sum(room.hours.covers(slot.start_at, slot.end_at) for room in problem.rooms for slot in slots)
    return sum(match.needs_room for match in problem.matches) / open_


@pytest.mark.parametrize("key", FIGURES)
def test_a_sample_has_the_figures_of_its_programme(key: str) -> None:
    problem = sample(key)

    assert (
        len(problem.companies),
        len(problem.buyers),
        len({buyer.country for buyer in problem.buyers}),
        len(problem.matches),
        len(problem.fair.days),
        len(problem.rooms),
    ) == FIGURES[key]


@pytest.mark.parametrize("key", TIGHT)
def test_nine_tenths_of_the_room_slots_are_wanted(key: str) -> None:
    assert 0.9 <= share_of_rooms(sample(key)) <= 1


@pytest.mark.parametrize("key", FIGURES)
def test_every_name_and_address_in_a_sample_is_its_own(key: str) -> None:
    problem = sample(key)
    people = (*problem.companies, *problem.buyers, *problem.interpreters)

    assert Counter(one.id for one in (*people, *problem.rooms)).most_common(1)[0][1] == 1
    assert Counter(one.contact.email for one in people).most_common(1)[0][1] == 1
    assert all(re.fullmatch(r"[a-z0-9]+@[a-z0-9-]+\.example", one.contact.email) for one in people)


@pytest.mark.parametrize("key", FIGURES)
def test_names_are_marked_as_samples(key: str) -> None:
    problem = sample(key)

    assert all("(견본)" in one.name for one in (*problem.companies, *problem.interpreters))
    assert all("Sample" in buyer.name for buyer in problem.buyers)


def test_several_samples_can_stand_in_one_database() -> None:
    keys = [key for key in FIGURES if not SCENARIOS[key].is_for_benchmarks and key != "yongin-monthly"]
    drafts = [scenario(key, today=TODAY) for key in keys]
    drafts += [scenario("yongin-monthly", today=TODAY, month=month) for month in range(3, 13)]
    names = Counter(
        one.id
        for draft in drafts
        for one in (*draft.companies, *draft.buyers, *draft.interpreters, *draft.rooms)
    )

    # The rounds of one programme are held in the same rooms.
    assert [key for key, count in names.items() if count > 1] == [
        "room:용인1호실",
        "room:용인2호실",
        "room:용인3호실",
    ]


@pytest.mark.parametrize("key", FIGURES)
def test_no_pair_meets_twice_and_the_load_is_shared_evenly(key: str) -> None:
    matches = sample(key).matches

    for side in ("company_id", "buyer_id"):
        loads = Counter(getattr(match, side) for match in matches).values()
        assert max(loads, default=0) - min(loads, default=0) <= 1
    assert len({(match.company_id, match.buyer_id) for match in matches}) == len(matches)


@pytest.mark.parametrize("key", [key for key in FIGURES if not SCENARIOS[key].is_for_benchmarks])
def test_the_same_start_gives_the_same_sample(key: str) -> None:
    start = date(2020, 6, 24)

    assert scenario(key, start=start, today=TODAY) == scenario(key, start=start, today=date(2027, 1, 1))


def test_by_default_a_programme_begins_on_its_own_weekday_in_the_week_after_next() -> None:
    starts = {
        today: scenario("namdong-indonesia", today=date(2026, 11, today)).fair.days[0]
        for today in (17, 18, 19, 24)
    }

    assert starts == {
        17: date(2026, 11, 25),
        18: date(2026, 11, 25),
        19: date(2026, 12, 2),
        24: date(2026, 12, 2),
    }


def test_the_real_start_gives_the_real_days_without_the_weekend() -> None:
    days = scenario("namdong-indonesia", start=date(2020, 6, 24), today=TODAY).fair.days

    assert days == (*tuple(date(2020, 6, day) for day in (24, 25, 26, 29, 30)), date(2020, 7, 1))


def test_icheon_leaves_out_the_korean_monday_which_is_sunday_in_america() -> None:
    days = scenario("icheon-usa", start=date(2020, 9, 15), today=TODAY).fair.days

    assert days == tuple(date(2020, 9, day) for day in (15, 16, 17, 18, 22, 23))


def test_a_start_on_another_weekday_keeps_to_working_days() -> None:
    days = scenario("icheon-seasia", start=date(2026, 11, 27), today=TODAY).fair.days

    assert days == (date(2026, 11, 27), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("key", "zones"),
    [
        ("namdong-indonesia", {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}),
        ("changwon-dallas", {"America/Chicago", "America/Denver", "America/New_York"}),
        (
            "icheon-usa",
            {
                "America/New_York",
                "America/Chicago",
                "America/Denver",
                "America/Phoenix",
                "America/Los_Angeles",
                "America/Anchorage",
                "Pacific/Honolulu",
            },
        ),
    ],
)
def test_buyers_live_in_several_zones_of_their_country(key: str, zones: set[str]) -> None:
    assert {buyer.hours.zone for buyer in sample(key).buyers} == zones


def test_a_session_needs_an_interpreter_unless_both_sides_speak_one_language() -> None:
    problem = sample("icheon-seasia")
    resources = problem.roster.resources

    def needs_one(match: Match) -> bool:
        return not set(resources[match.company_id].languages) & set(resources[match.buyer_id].languages)

    assert [bool(match.legs) for match in problem.matches] == [needs_one(match) for match in problem.matches]
    assert {True, False} == {bool(match.legs) for match in problem.matches}


def test_companies_in_their_own_office_take_no_room() -> None:
    problem = sample("kotra-2020-04-08")
    at_home = {one.id for one in problem.companies if one.attendance == "own_office"}

    assert len(at_home) == 20
    assert {match.company_id for match in problem.matches if not match.needs_room} == at_home


def test_each_monthly_round_is_a_fair_of_its_own_in_one_programme() -> None:
    rounds = [scenario("yongin-monthly", today=TODAY, month=month) for month in (3, 12)]

    assert [one.fair.key for one in rounds] == ["yongin-monthly-03", "yongin-monthly-12"]
    assert rounds[0].programme == rounds[1].programme
    assert rounds[0].companies != rounds[1].companies


def test_student_interpreters_miss_their_classes() -> None:
    interpreters = scenario("yongin-monthly", today=TODAY).interpreters

    assert all(len(one.hours.away) == 2 for one in interpreters)


def test_a_month_without_a_round_is_refused() -> None:
    with pytest.raises(ValueError, match="March"):
        scenario("yongin-monthly", today=TODAY, month=1)


def test_an_unknown_programme_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownScenario) as refusal:
        scenario("atlantis", today=TODAY)

    assert "atlantis" in refusal.value.phrase.text("ko")
    assert "namdong-indonesia" in refusal.value.phrase.text("en")


def test_the_rooms_of_namdong_are_booked_four_times_a_day_without_overlap() -> None:
    draft = scenario("namdong-room", today=TODAY)
    bookings = bookings_of(draft)
    claims = [
        (resource, one.slot)
        for one in bookings
        for resource in (one.room_id, one.company_id, one.buyer_id, *one.interpreter_ids)
        if resource is not None
    ]

    assert len(bookings) == 40
    assert len(set(claims)) == len(claims)
    assert {(one.buyer_id is None, len(one.interpreter_ids)) for one in bookings} == {(True, 0), (False, 1)}
