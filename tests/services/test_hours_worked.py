"""The hours of a month: counted, signed by the interpreter, countersigned by the coordinator, exported."""

import csv
import io
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from scheduler.booking.errors import BadInput, NotFound
from scheduler.services.actor import Actor, Role
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.hours_worked import (
    Changed,
    MonthSheet,
    as_csv,
    as_workbook,
    countersign,
    month_of,
    month_sheet,
    sheets_of_month,
    sign,
)
from tests.builders import SEOUL, a_company
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, mailed

ME = Actor(role=Role.INTERPRETER, name="통역사", account_id="acc_4", resource_id="i1")
JUNE = date(2026, 6, 1)
AFTER = NOW + timedelta(days=10)


def booked(stage: Stage, *wishes: tuple[str, str]) -> list[str]:
    return [
        book(
            stage.db,
            stage.settings,
            stage.wish(match, clock, interpreter_ids=("i1",)),
            now=NOW,
            actor=COMPANY,
        ).id
        for match, clock in wishes
    ]


def june(stage: Stage, person: str = "i1", **given: object) -> MonthSheet:
    facts = {"zone": SEOUL, "now": AFTER, **given}
    return month_sheet(stage.db, person, JUNE, **facts)  # type: ignore[arg-type]


def signed(stage: Stage, **given: object) -> MonthSheet:
    facts = {"name": "김통역", "seen": june(stage).mark, "zone": SEOUL, "now": AFTER, "actor": ME, **given}
    sign(stage.db, "i1", JUNE, **facts)  # type: ignore[arg-type]
    return june(stage)


def countersigned(stage: Stage, seen: str) -> None:
    facts = {"name": "이담당", "seen": seen, "zone": SEOUL, "now": AFTER, "actor": COORDINATOR}
    countersign(stage.db, "i1", JUNE, **facts)  # type: ignore[arg-type]


def test_sessions_that_are_over_are_counted_and_cancelled_ones_are_not(stage: Stage) -> None:
    booked(stage, ("c1-b1", "09:00"), ("c2-b1", "10:00"))
    [third] = booked(stage, ("c1-b2", "11:00"))
    cancel(stage.db, third, seen_revision=0, now=NOW, actor=COORDINATOR)
    sheet = june(stage)

    assert [(one.on, one.start, one.end, one.company, one.buyer, one.languages) for one in sheet.lines] == [
        ("2026-06-24", "09:00", "09:30", "남동산업 c1", "PT Sample b1", "id-ko"),
        ("2026-06-24", "10:00", "10:30", "남동산업 c2", "PT Sample b1", "id-ko"),
    ]
    assert (sheet.minutes, sheet.is_signed) == (60, False)
    assert june(stage, now=NOW).lines == june(stage, "i2").lines == ()


def test_the_interpreter_signs_and_the_coordinator_countersigns_what_was_signed(stage: Stage) -> None:
    booked(stage, ("c1-b1", "09:00"))
    first = signed(stage)
    assert (first.is_signed, first.is_countersigned) == (True, False)
    countersigned(stage, first.mark)
    both = june(stage)

    assert both.is_countersigned
    assert both.signed is not None
    assert (both.signed.signed_name, both.signed.countersigned_name, both.signed.minutes) == (
        "김통역",
        "이담당",
        30,
    )
    assert stage.trail("resource", "i1") == [
        ("interpreter:acc_4", "sign_hours"),
        ("coordinator:acc_1", "countersign_hours"),
    ]
    with pytest.raises(Changed):
        countersigned(stage, first.mark)


def test_what_changes_after_the_signature_has_to_be_signed_anew(stage: Stage) -> None:
    booked(stage, ("c1-b1", "09:00"))
    first = signed(stage)
    countersigned(stage, first.mark)
    booked(stage, ("c2-b1", "10:00"))
    changed = june(stage)

    assert (changed.is_signed, changed.is_countersigned) == (False, False)
    with pytest.raises(Changed):
        countersigned(stage, changed.mark)
    with pytest.raises(Changed):
        signed(stage, seen=first.mark)
    again = signed(stage)
    assert (again.is_signed, again.is_countersigned) == (True, False)


def test_nobody_signs_without_a_name_or_an_empty_month(stage: Stage) -> None:
    with pytest.raises(BadInput):
        signed(stage)
    booked(stage, ("c1-b1", "09:00"))
    for name in ("  ", "x" * 101):
        with pytest.raises(BadInput) as refused:
            signed(stage, name=name)
        assert [fault.place for fault in refused.value.faults] == ["name"]


def test_the_coordinator_sees_everybody_who_has_worked(stage: Stage) -> None:
    booked(stage, ("c1-b1", "09:00"))
    book(
        stage.db,
        stage.settings,
        stage.wish("c2-b2", "09:00", interpreter_ids=("i2",)),
        now=NOW,
        actor=COMPANY,
    )
    found = sheets_of_month(stage.db, JUNE, zone=SEOUL, now=AFTER)

    assert [(one.person.id, one.minutes) for one in found] == [("i1", 30), ("i2", 30)]
    assert found[0] == june(stage)


def test_the_files_have_every_line_and_no_formula(stage: Stage) -> None:
    stage.change(mailed(a_company("c1", name="=cmd|' /C calc'!A1")))
    booked(stage, ("c1-b1", "09:00"))
    sheet = signed(stage)
    rows = list(csv.reader(io.StringIO(as_csv(sheet, "en").decode("utf-8-sig"))))
    cells = load_workbook(io.BytesIO(as_workbook(sheet, "en"))).active

    assert rows[:3] == [
        ["Day", "Begins", "Ends", "Minutes", "Company", "Buyer", "Languages", "Fair"],
        [
            "Wed 24 Jun",
            "09:00",
            "09:30",
            "30",
            "'=cmd|' /C calc'!A1",
            "PT Sample b1",
            "id-ko",
            "견본 화상상담회",
        ],
        ["Together", "", "", "30", "통역사 i1", "", "", ""],
    ]
    assert [cell.value for cell in cells[2]][4] == "=cmd|' /C calc'!A1"
    assert cells["E2"].data_type == "s"


@pytest.mark.parametrize("written", ["", "2026", "2026-13", "26-06", "2026-6", "x", "9999-01", "2026-06-01"])
def test_what_is_no_month_is_not_there(written: str) -> None:
    with pytest.raises(NotFound):
        month_of(written)
