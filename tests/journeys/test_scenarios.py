"""Each real programme from its workbook to a published grid and invites in the mailbox, as `sangdam demo` does it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from scheduler.grid.problem import Problem
from scheduler.scenarios import SCENARIOS, bookings_of, problem_of_scenario, scenario
from tests.command_line import NOW, CommandLine

TODAY = NOW.date()
WITH_A_GRID = [key for key, one in SCENARIOS.items() if not one.is_for_benchmarks and not one.books_rooms]
EVERY_TIME = {"namdong-indonesia", "changwon-dallas"}
"""The others are as real, and wait for the long run."""
# Most of search: a grid that is proved ends it sooner, and a busy machine may need more than an idle one.
SECONDS = "15"
ROLES = ["coordinator", "company", "interpreter", "cohost"]


def mails_due(problem: Problem) -> int:
    """One for each company, buyer and interpreter of each session."""
    return sum(2 + len(match.legs) for match in problem.matches)


def mails_in(instance: Path) -> int:
    return sum(1 for _ in (instance / "mailbox").glob("*.eml"))


def same(facts: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: facts[name] for name in names}


@pytest.mark.parametrize(
    "key", [one if one in EVERY_TIME else pytest.param(one, marks=pytest.mark.long) for one in WITH_A_GRID]
)
def test_a_programme_is_placed_in_full_published_and_told_to_everybody(tmp_path: Path, key: str) -> None:
    sangdam, problem = CommandLine(instance=tmp_path), problem_of_scenario(key, today=TODAY)

    shown = sangdam("demo", key, "--no-serve", "--json", "--seconds", SECONDS)
    checked = sangdam("check", problem.fair.key, "--json")

    sessions = len(problem.matches)
    assert same(shown.json, "scenario", "fair", "wanted", "placed", "bound", "violations", "mails") == {
        "scenario": key,
        "fair": problem.fair.key,
        "wanted": sessions,
        "placed": sessions,
        "bound": sessions,
        "violations": 0,
        "mails": mails_due(problem),
    }
    assert (shown.code, checked.code, checked.json["violations"]) == (0, 0, 0)
    assert mails_in(tmp_path) == mails_due(problem)
    assert [one["role"] for one in shown.json["logins"]] == ROLES


def test_rooms_are_booked_outside_any_fair(tmp_path: Path) -> None:
    sangdam, bookings = CommandLine(instance=tmp_path), bookings_of(scenario("namdong-room", today=TODAY))
    people = sum(1 + (one.buyer_id is not None) + len(one.interpreter_ids) for one in bookings)

    first = sangdam("demo", "namdong-room", "--no-serve", "--json")
    second = sangdam("demo", "namdong-room", "--no-serve", "--json")

    for shown in (first, second):
        assert shown.code == 0
        assert same(shown.json, "wanted", "placed", "mails") == {
            "wanted": len(bookings),
            "placed": len(bookings),
            "mails": people,
        }
    assert mails_in(tmp_path) == people


@pytest.mark.long
def test_another_month_of_a_programme_goes_into_the_same_database(tmp_path: Path) -> None:
    sangdam = CommandLine(instance=tmp_path)
    words = ("demo", "yongin-monthly", "--no-serve", "--json", "--seconds", "1")

    march = sangdam(*words, "--start", "2027-03-17")
    april = sangdam(*words, "--month", "4", "--start", "2027-04-21")

    assert [one.code for one in (march, april)] == [0, 0]
    assert [one.json["fair"] for one in (march, april)] == ["yongin-monthly-03", "yongin-monthly-04"]
