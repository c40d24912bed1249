"""A workbook goes in whole or not at all; again, it updates and never doubles."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.booking.errors import BadInput
from scheduler.booking.match import Priority
from scheduler.booking.people import Interpreter
from scheduler.grid.limits import Limits
from scheduler.services.absence import Absence
from scheduler.services.book import book
from scheduler.services.build_grid import build_grid, check_fair
from scheduler.services.choose import Wish
from scheduler.services.export import export_fair
from scheduler.services.import_fair import OpenQuestions, import_fair, preview_import
from scheduler.services.publish import publish
from scheduler.services.replan import apply_replan, preview_replan
from scheduler.sheets.draft import FairDraft, buyer_key, company_key, interpreter_key, match_key, room_key
from scheduler.sheets.write import write_workbook
from scheduler.storage import absences, fairs, matches, people
from scheduler.storage.db import Database
from tests.builders import (
    FIRST_DAY,
    a_buyer,
    a_company,
    a_fair,
    a_match,
    a_room,
    a_slot,
    an_interpreter,
    spans,
)
from tests.services.stage import COORDINATOR, NOW, an_empty_database, some_settings


def a_draft(*, companies: tuple[str, ...] = ("가람식품", "나래화학"), **given: object) -> FairDraft:
    """Two companies and one buyer, as a workbook holds them: ids are row keys."""
    buyer = a_buyer(buyer_key("PT Sample"), name="PT Sample", city="Jakarta", is_verified=True)
    people_ = tuple(a_company(company_key(name), name=name, name_en="") for name in companies)
    return FairDraft(
        fair=a_fair(id="sample", organiser="통상지원팀"),
        companies=people_,
        buyers=(buyer,),
        interpreters=(an_interpreter(interpreter_key("통역가"), name="통역가"),),
        rooms=(a_room(room_key("1호실"), name="1호실"),),
        matches=tuple(
            a_match(match_key(one.id, buyer.id), company=one.id, buyer=buyer.id) for one in people_
        ),
    )


def imported(db: Database, draft: FairDraft) -> Counter[tuple[str, str]]:
    """What importing the draft's workbook did: subject and effect, counted."""
    done = import_fair(
        db, write_workbook(draft, "ko"), "sample.xlsx", answers={}, key="sample", now=NOW, actor=COORDINATOR
    )
    return Counter((one.subject, str(one.effect)) for one in done.changes)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return an_empty_database(tmp_path)


def test_a_workbook_becomes_a_fair(db: Database) -> None:
    assert imported(db, a_draft()) == {
        ("fair", "created"): 1,
        ("company", "created"): 2,
        ("buyer", "created"): 1,
        ("interpreter", "created"): 1,
        ("room", "created"): 1,
        ("match", "created"): 2,
    }


def test_importing_again_changes_nothing_and_doubles_nothing(db: Database) -> None:
    imported(db, a_draft())
    assert {effect for _, effect in imported(db, a_draft())} == {"unchanged"}


def test_a_changed_row_updates_and_a_missing_row_goes(db: Database) -> None:
    imported(db, a_draft())
    changed = a_draft(companies=("가람식품",))
    changed = replace(changed, companies=(replace(changed.companies[0], products="김 스낵"),))
    assert imported(db, changed) == {
        ("fair", "unchanged"): 1,
        ("company", "updated"): 1,
        ("buyer", "unchanged"): 1,
        ("interpreter", "unchanged"): 1,
        ("room", "unchanged"): 1,
        ("match", "unchanged"): 1,
        ("match", "removed"): 1,
        ("company", "removed"): 1,
    }


def test_whoever_has_a_session_stays_though_the_row_is_gone(db: Database, tmp_path: Path) -> None:
    imported(db, a_draft())
    with db.read() as work:
        fair = fairs.get_fair(work, "sample")
        match = next(
            one for one in matches.matches_of(work, fair.id) if _name(work, one.company_id) == "나래화학"
        )
    wish = Wish(fair_key="sample", match_id=match.id, slot=a_slot())
    book(db, some_settings(tmp_path), wish, now=NOW, actor=COORDINATOR)
    done = imported(db, a_draft(companies=("가람식품",)))
    assert (done["match", "kept"], done["company", "kept"]) == (1, 1)
    with db.read() as work:
        assert len(people.companies_of(work, fair.id)) == 2


def _name(work: object, resource_id: str) -> str:
    return people.get_resource(work, resource_id).name  # type: ignore[arg-type]


def test_two_fairs_share_the_same_people(db: Database) -> None:
    imported(db, a_draft())
    other = a_draft()
    other = replace(other, fair=replace(other.fair, id="second", key="second"))
    import_fair(
        db, write_workbook(other, "ko"), "second.xlsx", answers={}, key="second", now=NOW, actor=COORDINATOR
    )
    with db.read() as work:
        one, two = (fairs.get_fair(work, key).id for key in ("sample", "second"))
        assert [room.id for room in people.rooms_of(work, one)] == [
            room.id for room in people.rooms_of(work, two)
        ]


def test_the_preview_says_what_would_change_and_changes_nothing(db: Database) -> None:
    data = write_workbook(a_draft(), "ko")
    preview = preview_import(db, data, "sample.xlsx", answers={}, key="sample")
    assert (preview.is_ready, Counter(str(one.effect) for one in preview.changes)) == (True, {"created": 8})
    with db.read() as work:
        assert fairs.find_fair(work, "sample") is None


def test_faults_come_all_at_once_and_nothing_is_written(db: Database) -> None:
    with pytest.raises(BadInput) as refused:
        import_fair(db, b"<html>", "grid.xlsx", answers={}, key="x", now=NOW, actor=COORDINATOR)
    assert refused.value.faults
    with db.read() as work:
        assert fairs.list_fairs(work) == ()


def test_open_questions_stop_the_import_until_they_are_answered(db: Database) -> None:
    draft = a_draft()
    contact = replace(draft.companies[0].contact, email="trade@company,example")
    draft = replace(draft, companies=(replace(draft.companies[0], contact=contact), draft.companies[1]))
    data = write_workbook(draft, "ko")
    with pytest.raises(OpenQuestions) as refused:
        import_fair(db, data, "sample.xlsx", answers={}, key="sample", now=NOW, actor=COORDINATOR)
    [question] = refused.value.questions
    answers = {question.key: "trade@company.example"}
    import_fair(db, data, "sample.xlsx", answers=answers, key="sample", now=NOW, actor=COORDINATOR)
    with db.read() as work:
        found = people.companies_of(work, fairs.get_fair(work, "sample").id)
    assert found[0].contact.email == "trade@company.example"


def test_an_exported_fair_imports_to_the_same_state(db: Database) -> None:
    draft = a_draft()
    never = replace(draft.matches[1], priority=Priority.NEVER)
    imported(db, replace(draft, matches=(draft.matches[0], never)))
    data = export_fair(db, "sample", language="en")
    preview = preview_import(db, data, "again.xlsx", answers={}, key="sample")
    assert (preview.reading.questions, {str(one.effect) for one in preview.changes}) == ((), {"unchanged"})


def test_who_was_reported_away_stays_away_when_the_workbook_comes_again(db: Database, tmp_path: Path) -> None:
    imported(db, a_draft())
    settings = some_settings(tmp_path)
    interpreter_id = _interpreter(db).id
    build_grid(db, "sample", limits=Limits(seconds=20, workers=1), now=NOW, actor=COORDINATOR)
    publish(db, settings, "sample", now=NOW, actor=COORDINATOR)
    absence = Absence(resource_id=interpreter_id, on=FIRST_DAY, span=spans("09:00-10:00")[0])
    preview = preview_replan(db, settings, "sample", absence, now=NOW, actor=COORDINATOR)
    apply_replan(db, settings, "sample", preview.draft_id, now=NOW, actor=COORDINATOR)
    ill = _interpreter(db).hours

    assert ill.away[-1] == (FIRST_DAY, spans("09:00-10:00")[0])
    assert {effect for _, effect in imported(db, a_draft())} == {"unchanged"}
    assert _interpreter(db).hours == ill
    assert check_fair(db, "sample") == ()

    # Whoever can come after all, and whose hours say so again, is not sent away by the next workbook.
    with db.write() as work:
        absences.set_hours(work, fairs.get_fair(work, "sample").id, interpreter_id, replace(ill, away=()))
    imported(db, a_draft())
    assert _interpreter(db).hours.away == ()


def _interpreter(db: Database) -> Interpreter:
    with db.read() as work:
        return people.people_of(work, fairs.get_fair(work, "sample").id).interpreters[0]
