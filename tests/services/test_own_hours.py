"""An interpreter's own hours: painted, excepted, and what the grid takes from them."""

from datetime import date, timedelta

import pytest

from scheduler.booking.errors import BadInput, NotFound
from scheduler.booking.fair import FairState
from scheduler.services.actor import Actor, Role
from scheduler.services.book import book
from scheduler.services.build_grid import problem_of
from scheduler.services.own_hours import Wanted, add_exception, drop_exception, own_hours, paint_hours
from scheduler.storage import fairs, people
from tests.builders import FIRST_DAY, a_fair
from tests.services.stage import COMPANY, NOW, Stage

ME = Actor(role=Role.INTERPRETER, name="통역사", account_id="acc_4", resource_id="i1")
WEDNESDAY_MORNING = [f"2-{half}" for half in range(18, 24)]


def hours_at(stage: Stage, fair_id: str | None) -> list[str]:
    with stage.db.read() as work:
        hours = people.get_resource(work, "i1", fair_id).hours
    return [" ".join(one.text() for one in spans) for spans in hours.weekly]


def paint(stage: Stage, cells: list[str]) -> None:
    paint_hours(stage.db, "i1", cells, now=NOW, actor=ME)


def other(stage: Stage, on: date, kind: str = "away", first: str = "", last: str = "") -> None:
    wanted = Wanted(on=on.isoformat(), kind=kind, first=first, last=last)
    add_exception(stage.db, "i1", wanted, now=NOW, actor=ME)


def test_what_is_painted_is_what_the_next_grid_is_built_by(stage: Stage) -> None:
    paint(stage, WEDNESDAY_MORNING)
    expected = ["", "", "09:00-12:00", "", "", "", ""]

    assert hours_at(stage, stage.fair.id) == hours_at(stage, None) == expected
    built = {one.id: one.hours for one in problem_of(stage.db, stage.fair.key).interpreters}
    assert [" ".join(one.text() for one in spans) for spans in built["i1"].weekly] == expected
    assert stage.trail("resource", "i1") == [("interpreter:acc_4", "change_hours")]


def test_a_fair_that_is_over_keeps_the_hours_it_was_held_by(stage: Stage) -> None:
    with stage.db.write() as work:
        past = a_fair(id="fair-0", key="past", days=(FIRST_DAY - timedelta(days=30),))
        closed = a_fair(id="fair-2", key="closed", state=FairState.CLOSED)
        for fair in (past, closed):
            fairs.save_fair(work, fair, NOW)
            people.save_resource(work, people.get_resource(work, "i1"), "key:i1", fair.id)
    paint(stage, [])

    assert hours_at(stage, stage.fair.id) == [""] * 7
    assert hours_at(stage, "fair-0") == hours_at(stage, "fair-2") == ["00:00-24:00"] * 7


def test_sessions_outside_the_new_hours_are_named_and_stay(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    paint(stage, [])

    assert meeting.interpreter_ids == ("i1",)
    assert [one.meeting and one.meeting.id for one in own_hours(stage.db, "i1", now=NOW).outside] == [
        meeting.id
    ]


def test_days_that_are_different_are_added_listed_and_taken_away(stage: Stage) -> None:
    friday = date(2026, 6, 26)
    other(stage, FIRST_DAY, "instead", "10:00", "11:30")
    other(stage, friday)
    other(stage, friday + timedelta(days=3), "away", "12:00", "13:00")
    listed = own_hours(stage.db, "i1", now=NOW).exceptions

    assert [
        (one.on.day, one.spans and [each.text() for each in one.spans], [each.text() for each in one.away])
        for one in listed
    ] == [(24, ["10:00-11:30"], []), (26, (), []), (29, None, ["12:00-13:00"])]
    drop_exception(stage.db, "i1", friday, now=NOW, actor=ME)
    assert [one.on.day for one in own_hours(stage.db, "i1", now=NOW).exceptions] == [24, 29]
    with pytest.raises(NotFound):
        drop_exception(stage.db, "i1", friday, now=NOW, actor=ME)


def test_hours_instead_take_the_place_of_an_absence_on_the_same_day(stage: Stage) -> None:
    other(stage, FIRST_DAY, "away", "09:00", "10:00")
    other(stage, FIRST_DAY, "instead", "09:00", "11:00")
    [listed] = own_hours(stage.db, "i1", now=NOW).exceptions

    assert (listed.spans, listed.away) == (listed.spans, ())


BAD = [
    (Wanted(on="", kind="away"), ["on"]),
    (Wanted(on="2026-02-30", kind="perhaps", first="9", last="25:00"), ["on", "kind", "first", "last"]),
    (Wanted(on="2020-01-01", kind="away"), ["on"]),
    (Wanted(on="2099-01-01", kind="away"), ["on"]),
    (Wanted(on="2026-06-24", kind="instead", first="12:00", last="09:00"), ["last"]),
    (Wanted(on="2026-06-24", kind="instead", first="12:00"), ["last"]),
]


@pytest.mark.parametrize(("wanted", "places"), BAD)
def test_a_day_that_cannot_be_read_names_every_field(stage: Stage, wanted: Wanted, places: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        add_exception(stage.db, "i1", wanted, now=NOW, actor=ME)
    assert [fault.place for fault in refused.value.faults] == places


@pytest.mark.parametrize("cell", ["7-0", "0-48", "x", "0-", "0-1-2"])
def test_a_cell_that_is_none_is_refused_and_nothing_is_kept(stage: Stage, cell: str) -> None:
    with pytest.raises(BadInput):
        paint(stage, ["0-18", cell])
    assert hours_at(stage, None) == ["00:00-24:00"] * 7


def test_only_an_interpreter_has_such_hours(stage: Stage) -> None:
    with pytest.raises(NotFound):
        own_hours(stage.db, "c1", now=NOW)
