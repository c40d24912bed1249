"""The sample programmes on the command line, and grids without a database."""

import json
from datetime import date
from pathlib import Path

import pytest

from scheduler.cli.grid_files import read_plan, read_problem, written_plan
from scheduler.grid.json_text import MOST_BYTES
from scheduler.scenarios import SCENARIOS, scenario
from scheduler.sheets.read import read
from scheduler.timezones.hours import Hours
from tests.command_line import NOW, CommandLine


def test_the_list_of_programmes_names_all_with_their_figures(sangdam: CommandLine) -> None:
    listed = {one["key"]: one for one in sangdam("scenarios", "--json").json}

    assert list(listed) == list(SCENARIOS)
    assert listed["namdong-indonesia"] == {
        "key": "namdong-indonesia",
        "name": "남동구 인도네시아 화상 수출상담회(견본)",
        "name_en": "Namdong-gu Indonesia video export consultation (sample)",
        "companies": 17,
        "buyers": 12,
        "sessions": 204,
        "days": 6,
        "rooms": 4,
        "is_for_benchmarks": False,
    }


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_list_says_what_was_assumed(sangdam: CommandLine, language: str) -> None:
    lines = sangdam("scenarios", "--language", language).out.splitlines()

    assert len(lines) == 2 * len(SCENARIOS)
    assert all(("가정" in line) or ("assumed" in line) for line in lines[1::2])


@pytest.mark.parametrize("key", [key for key, one in SCENARIOS.items() if not one.is_for_benchmarks])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_workbook_says_just_what_the_programme_is(
    sangdam: CommandLine, tmp_path: Path, key: str, language: str
) -> None:
    path = tmp_path / "sample.xlsx"

    answer = sangdam("scenario", key, "-o", str(path), "--language", language)
    reading = read(path.read_bytes(), "sample.xlsx")

    assert answer.code == 0
    assert reading.is_clear
    assert reading.draft == scenario(key, today=NOW.date())


def test_a_programme_can_be_given_another_start_and_month(sangdam: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "sample.xlsx"

    sangdam("scenario", "yongin-monthly", "-o", str(path), "--start", "2020-10-21", "--month", "10")
    draft = read(path.read_bytes(), "sample.xlsx").draft

    assert draft is not None
    assert (draft.fair.key, draft.fair.days) == (
        "yongin-monthly-10",
        (date(2020, 10, 21), date(2020, 10, 22)),
    )


def test_an_unknown_programme_is_wrong_use_and_writes_nothing(sangdam: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "sample.xlsx"

    answer = sangdam("scenario", "atlantis", "-o", str(path))

    assert answer.code == 2
    assert answer.err.startswith("There is no sample programme called atlantis.")
    assert not path.exists()


def test_a_problem_is_solved_and_the_plan_passes_the_check(sangdam: CommandLine, tmp_path: Path) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"

    written = sangdam("scenario", "changwon-dallas", "--problem", "-o", str(problem))
    solved = sangdam("grid", "solve", str(problem), "-o", str(plan), "--seconds", "20", "--json")
    checked = sangdam("grid", "check", str(problem), str(plan), "--json")

    assert (written.code, solved.code, checked.code) == (0, 0, 0)
    assert (solved.json["wanted"], solved.json["placed"], solved.json["violations"]) == (28, 28, 0)
    assert checked.json == {"violations": 0, "conflicts": []}
    assert solved.err.startswith("placing sessions: ")


def test_a_plan_that_breaks_a_rule_fails_the_check_with_the_rule(
    sangdam: CommandLine, tmp_path: Path
) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    sangdam("scenario", "changwon-dallas", "--problem", "-o", str(problem))
    sangdam("grid", "solve", str(problem), "-o", str(plan), "--seconds", "20")
    written = json.loads(plan.read_text(encoding="utf-8"))
    written["placements"][1]["room_id"] = None
    plan.write_text(json.dumps(written), encoding="utf-8")

    answer = sangdam("grid", "check", str(problem), str(plan))

    assert answer.code == 1
    assert answer.out.startswith("room_or_own_office: ")


def test_a_plan_goes_to_standard_output_unless_a_file_is_named(sangdam: CommandLine, tmp_path: Path) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    sangdam("scenario", "changwon-dallas", "--problem", "-o", str(problem))

    plan.write_text(sangdam("grid", "solve", str(problem), "--seconds", "20").out, encoding="utf-8")

    assert len(read_problem(problem).matches) == read_plan(plan).placed
    assert written_plan(read_plan(plan)) == plan.read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize(
    ("written", "said"),
    [("{", "this is not JSON"), ('{"format": "other"}', "sangdam-grid/1")],
)
def test_a_file_that_is_no_problem_is_refused_with_its_faults(
    sangdam: CommandLine, tmp_path: Path, written: str, said: str
) -> None:
    path = tmp_path / "problem.json"
    path.write_text(written, encoding="utf-8")

    answer = sangdam("grid", "solve", str(path))

    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err


def test_a_file_that_is_far_too_large_is_refused_without_being_read_whole(
    sangdam: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "problem.json"
    with path.open("wb") as file:
        file.truncate(10 * MOST_BYTES)

    answer = sangdam("grid", "solve", str(path))

    assert (answer.code, answer.out) == (1, "")
    assert "the file is too large: at most 64 MB are taken" in answer.err


def test_a_file_that_is_not_there_is_wrong_use(sangdam: CommandLine, tmp_path: Path) -> None:
    answer = sangdam("grid", "solve", str(tmp_path / "nowhere.json"))

    assert answer.code == 2
    assert "nowhere.json" in answer.err


_SIDES = (("companies", "company_id"), ("buyers", "buyer_id"))


def test_pins_of_a_problem_file_that_cannot_hold_are_told_by_name_and_place(
    sangdam: CommandLine, tmp_path: Path
) -> None:
    problem = tmp_path / "problem.json"
    sangdam("scenario", "changwon-dallas", "--problem", "-o", str(problem))
    written = json.loads(problem.read_text(encoding="utf-8"))
    match, room = written["matches"][0], written["rooms"][0]
    room["hours"] = Hours.never("Asia/Seoul").to_json()
    pin = {name: match[name] for name in ("company_id", "buyer_id")}
    first = {"start_at": "2026-06-24T00:00:00Z", "end_at": "2026-06-24T00:30:00Z"}
    teams = {leg: one["id"] for one in written["interpreters"] for leg in one["pairs"]}
    names = [teams[leg] for leg in match["legs"]]
    written["pins"] = [
        {**pin, **first, "match_id": match["id"], "interpreter_ids": names, "room_id": room["id"]}
    ]
    match["priority"] = "never"
    problem.write_text(json.dumps(written), encoding="utf-8")

    answer = sangdam("grid", "solve", str(problem), "--json")

    sides = [next(one for one in written[kind] if one["id"] == match[key]) for kind, key in _SIDES]
    names = [one.get("name_en", one["name"]) for one in sides]
    assert (answer.code, answer.json["kind"]) == (1, "BadInput")
    assert answer.json["faults"] == [
        f"$.pins[0]: {names[0]} and {names[1]} are marked never to meet",
        "$.pins[0]: Wed 24 Jun 09:00–09:30 KST · the day before 19:00–19:30 CDT is no slot of this fair",
        f"$.pins[0]: {room['name_en']} is closed at Wed 24 Jun 09:00–09:30 KST",
    ]
