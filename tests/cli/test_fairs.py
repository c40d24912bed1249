"""The work on a fair on the command line, from a workbook to a published grid and back to a workbook."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scheduler.booking.assign import Placement
from scheduler.booking.fair import slots_of
from scheduler.scenarios import scenario
from scheduler.sheets.columns import SheetKind, title_of
from scheduler.sheets.draft import FairDraft
from scheduler.sheets.read import read
from scheduler.sheets.write import write_list_csv, write_workbook
from scheduler.timezones.hours import Hours
from tests.command_line import NOW, CommandLine

START = date(2026, 12, 1)


def a_draft() -> FairDraft:
    return scenario("changwon-dallas", start=START, today=NOW.date())


def a_file(folder: Path, draft: FairDraft | None = None, *, language: str = "en") -> str:
    path = folder / "fair.xlsx"
    path.write_bytes(write_workbook(draft or a_draft(), language))
    return str(path)


def with_bad_address(draft: FairDraft) -> FairDraft:
    first, *others = draft.companies
    contact = replace(first.contact, email="kim@gaon,example")
    return replace(draft, companies=(replace(first, contact=contact), *others))


def test_a_fair_goes_from_workbook_to_grid_and_back(sangdam: CommandLine, tmp_path: Path) -> None:
    exported = tmp_path / "out.xlsx"

    imported = sangdam("import", a_file(tmp_path), "--fair", "autumn", "--json")
    built = sangdam("build", "autumn", "--seconds", "8", "--json")
    checked = sangdam("check", "autumn")
    published = sangdam("publish", "autumn", "--json")
    sent = sangdam("worker", "--once")
    kept = sangdam("check", "autumn", "--json")
    written = sangdam("export", "autumn", "-o", str(exported))

    codes = [one.code for one in (imported, built, checked, published, sent, kept, written)]
    assert codes == [0] * 7
    assert imported.json["changes"]["created"] > 0
    facts = {"fair": "autumn", "wanted": 28, "placed": 28, "bound": 28, "violations": 0, "mails": 0}
    assert facts.items() <= built.json.items()
    assert {"scenario", "idle", "status", "seconds"} <= built.json.keys()
    assert checked.out == "Every rule is kept.\n"
    counts = {name: published.json[name] for name in ("added", "moved", "cancelled", "unchanged")}
    assert counts == {"added": 28, "moved": 0, "cancelled": 0, "unchanged": 0}
    capacity = built.json["outlook"]
    assert (capacity["wanted"], capacity["most"], capacity["is_enough"]) == (28, 28, True)
    assert (capacity["shortages"], capacity["contradictions"]) == ([], [])
    assert kept.json == {"violations": 0, "conflicts": [], "outlook": capacity}
    mails = list((sangdam.instance / "mailbox").glob("*.eml"))
    assert len(mails) == 28 * 2 + sum(len(match.legs) for match in a_draft().matches)
    again = read(exported.read_bytes(), "out.xlsx").draft
    assert again is not None
    assert again.fair.key == "autumn"
    assert {one.id for one in again.matches} == {one.id for one in a_draft().matches}


def test_importing_again_changes_nothing(sangdam: CommandLine, tmp_path: Path) -> None:
    path = a_file(tmp_path)
    sangdam("import", path, "--fair", "autumn")

    again = sangdam("import", path, "--fair", "autumn", "--json")

    assert again.code == 0
    assert set(again.json["changes"]) == {"unchanged"}


def test_a_question_is_asked_with_its_cell_and_nothing_is_written(
    sangdam: CommandLine, tmp_path: Path
) -> None:
    path = a_file(tmp_path, with_bad_address(a_draft()), language="ko")

    answer = sangdam("import", path, "--fair", "autumn", "--json", LANG="ko_KR")

    [question] = answer.json["questions"]
    assert answer.code == 1
    assert question["key"].startswith("참가기업!")
    assert question["original"] == "kim@gaon,example"
    assert sangdam("check", "autumn").code == 1


def test_an_answer_takes_the_place_of_the_cell(sangdam: CommandLine, tmp_path: Path) -> None:
    path = a_file(tmp_path, with_bad_address(a_draft()), language="ko")
    asked = sangdam("import", path, "--fair", "autumn", "--json").json["questions"]

    answer = sangdam("import", path, "--fair", "autumn", "--answer", f"{asked[0]['key']}=kim@gaon.example")

    assert answer.code == 0
    assert answer.out.startswith("Imported into autumn:\n")


def test_people_read_the_question_and_how_to_answer(sangdam: CommandLine, tmp_path: Path) -> None:
    path = a_file(tmp_path, with_bad_address(a_draft()), language="ko")

    answer = sangdam("import", path, "--fair", "autumn")

    assert answer.code == 1
    assert "kim@gaon,example" in answer.out
    assert "--answer '참가기업!" in answer.out
    assert answer.err.startswith("0 faults, 1 questions. Nothing was imported.")


def test_lists_in_files_of_their_own_make_the_same_fair(sangdam: CommandLine, tmp_path: Path) -> None:
    draft, exported = a_draft(), tmp_path / "out.xlsx"
    kinds = [kind for kind in SheetKind if kind not in (SheetKind.COUNTRIES, SheetKind.PINS)]
    lists = [tmp_path / f"{title_of(kind, 'ko')}.csv" for kind in kinds]
    for path, kind in zip(lists, kinds, strict=True):
        path.write_bytes(write_list_csv(draft, kind, "ko"))

    imported = sangdam("import", *map(str, lists), "--fair", draft.fair.key)
    sangdam("export", draft.fair.key, "-o", str(exported))

    assert (imported.code, imported.err) == (0, "")
    again = read(exported.read_bytes(), "out.xlsx").draft
    assert again is not None
    assert replace(again, matches=()) == replace(draft, matches=())
    assert set(again.matches) == set(draft.matches)


def test_a_file_that_is_no_workbook_is_refused_with_its_fault(sangdam: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "fair.xlsx"
    path.write_bytes(b"no workbook")

    answer = sangdam("import", str(path), "--fair", "autumn", "--json")

    assert answer.code == 1
    assert len(answer.json["faults"]) == 1


def test_an_answer_without_a_cell_is_wrong_use(sangdam: CommandLine, tmp_path: Path) -> None:
    answer = sangdam("import", a_file(tmp_path), "--fair", "autumn", "--answer", "kim@gaon.example")

    assert answer.code == 2
    assert "An answer is written like this: Companies!F11=kim@gaon.example" in answer.err


@pytest.mark.parametrize("words", [("check",), ("build",), ("publish",), ("export",)])
def test_a_fair_that_is_not_there_is_refused(sangdam: CommandLine, words: tuple[str, ...]) -> None:
    answer = sangdam(*words, "nowhere")

    assert (answer.code, answer.out, answer.err) == (1, "", "There is no such entry: nowhere\n")


@pytest.mark.parametrize("command", ["check", "publish"])
def test_without_a_plan_there_is_nothing_to_check_or_publish(
    sangdam: CommandLine, tmp_path: Path, command: str
) -> None:
    sangdam("import", a_file(tmp_path), "--fair", "autumn")

    answer = sangdam(command, "autumn")

    assert (answer.code, answer.err) == (1, "There is no plan yet. Build the grid first.\n")


def test_a_program_reads_what_the_capacity_allows_before_there_is_a_plan(
    sangdam: CommandLine, tmp_path: Path
) -> None:
    draft = a_draft()
    sangdam("import", a_file(tmp_path, replace(draft, rooms=draft.rooms[:1])), "--fair", "autumn")

    answer = sangdam("check", "autumn", "--json")

    assert (answer.code, answer.err) == (1, "")
    assert (answer.json["kind"], answer.json["error"], answer.json["faults"]) == (
        "NoDraft",
        "There is no plan yet. Build the grid first.",
        [],
    )
    capacity = answer.json["outlook"]
    assert (capacity["wanted"], capacity["most"], capacity["is_enough"]) == (28, 6, False)
    assert capacity["supplies"][0] == {"what": "Rooms", "wanted": 28, "possible": 6}
    assert all(one["what"].startswith("Interpreters for ") for one in capacity["supplies"][1:])
    short = capacity["shortages"][0]
    assert short.pop("text").startswith("Rooms: 28 sessions are wanted, at most 6 are possible. ")
    assert (short, capacity["contradictions"]) == (capacity["supplies"][0], [])


def test_people_read_how_good_the_plan_is(sangdam: CommandLine, tmp_path: Path) -> None:
    sangdam("import", a_file(tmp_path), "--fair", "autumn")

    answer = sangdam("build", "autumn", "--seconds", "8")

    assert answer.code == 0
    assert answer.out.startswith("Placed 28 of 28 sessions (no plan could place more than 28), ")
    assert answer.err.startswith("placing sessions: ")


def test_who_is_left_out_is_said_with_the_reasons(sangdam: CommandLine, tmp_path: Path) -> None:
    draft = a_draft()
    path = a_file(tmp_path, replace(draft, rooms=draft.rooms[:1]))
    sangdam("import", path, "--fair", "autumn")

    lines = sangdam("build", "autumn", "--seconds", "8").out.splitlines()

    assert lines[0].startswith("Placed 6 of 28 sessions (no plan could place more than 6), ")
    assert len([line for line in lines if line.startswith("Left out: ")]) == 22
    assert any(line.startswith("  What would let it in: one more room at ") for line in lines)


def test_a_program_reads_the_proof_the_reasons_and_the_changes(sangdam: CommandLine, tmp_path: Path) -> None:
    draft = a_draft()
    sangdam("import", a_file(tmp_path, replace(draft, rooms=draft.rooms[:1])), "--fair", "autumn")

    answer = sangdam("build", "autumn", "--seconds", "8", "--json")

    proof = {name: answer.json[name] for name in ("wanted", "placed", "bound", "seed")}
    assert proof == {"wanted": 28, "placed": 6, "bound": 6, "seed": 1}
    assert answer.json["gap"]["placed"] == 0
    assert {"ortools", "python", "sangdam"} <= answer.json["versions"].keys()
    assert answer.json["weights"]["waiting"] == 100
    assert (answer.json["outlook"]["most"], answer.json["outlook"]["shortages"][0]["possible"]) == (6, 6)
    assert len(answer.json["left_out"]) == 22
    assert {tuple(one["reasons"]) for one in answer.json["left_out"]} == {("rooms are taken in every slot",)}
    assert all(one["changes"][0].startswith("one more room at ") for one in answer.json["left_out"])
    assert "Rooms: 28 sessions are wanted, at most 6 are possible." in answer.err


def test_a_pin_in_a_closed_room_is_told_by_name_and_nothing_is_built(
    sangdam: CommandLine, tmp_path: Path
) -> None:
    draft = a_draft()
    room, match = draft.rooms[0], draft.matches[0]
    closed = replace(room, hours=Hours.never("Asia/Seoul"))
    buyer = next(one for one in draft.buyers if one.id == match.buyer_id)
    pin = Placement(
        match_id=match.id,
        company_id=match.company_id,
        buyer_id=match.buyer_id,
        slot=slots_of(draft.fair, buyer.country)[0],
        interpreter_ids=tuple(
            next(one.id for one in draft.interpreters if leg in one.pairs) for leg in match.legs
        ),
        room_id=room.id,
    )
    path = a_file(tmp_path, replace(draft, rooms=(closed, *draft.rooms[1:]), pins=(pin,)))
    assert sangdam("import", path, "--fair", "autumn").code == 0

    answer = sangdam("build", "autumn", "--seconds", "8")
    told = sangdam("build", "autumn", "--seconds", "8", "--json")

    assert (answer.code, told.code, answer.out) == (1, 1, "")
    assert f"A pin breaks a rule: {room.name_en} is closed at " in answer.err
    assert f"The grid was not built: {room.name_en} is closed at " in answer.err
    assert told.json["error"] == told.json["outlook"]["contradictions"]
