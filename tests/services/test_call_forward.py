"""The day itself: who did not come, whom the freed time suits, and calling them forward."""

from datetime import datetime
from pathlib import Path

import pytest

from scheduler.booking.errors import BadInput, StaleRevision
from scheduler.booking.fair import FairState
from scheduler.booking.meeting import Meeting
from scheduler.services.book import book
from scheduler.services.build_grid import check_fair
from scheduler.services.call_forward import NoLongerFree, NothingFreed, call_forward, forward_page
from scheduler.services.cancel import complete, mark_no_show
from scheduler.services.deliver import deliver_all
from scheduler.services.idempotency import new_key, ticket_for
from scheduler.services.move import Target, move
from scheduler.services.notices import send_changes
from scheduler.services.run_sheets import By, Version, run_sheets
from scheduler.services.today import today_of
from scheduler.storage import fairs, meetings, people
from scheduler.storage.db import Database
from scheduler.storage.soundness import faults_of
from tests.builders import JAKARTA, a_buyer, a_company, a_fair, a_match, a_room, a_slot, an_interpreter, at
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_post, a_stage, mailed

SOON = at("09:07")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return a_day(tmp_path)


def a_day(folder: Path, db: Database | None = None) -> Stage:
    """c1-b1 at 09:00 and c2-b2 at 10:30; c3 waits for b1 and for b3, and has no session."""
    people = (
        *(mailed(a_company(f"c{number}")) for number in (1, 2, 3)),
        *(mailed(a_buyer(f"b{number}", zone=JAKARTA), "en") for number in (1, 2, 3)),
        *(mailed(an_interpreter(f"i{number}", rest_minutes=5)) for number in (1, 2)),
        *(a_room(f"r{number}", change_over_minutes=5) for number in (1, 2)),
    )
    pairs = (("c1", "b1"), ("c2", "b2"), ("c3", "b1"), ("c3", "b3"))
    matched = tuple(a_match(company=company, buyer=buyer) for company, buyer in pairs)
    fair = a_fair(slot_minutes=40, break_minutes=10)
    stage = a_stage(folder, people_of_fair=people, matched=matched, fair=fair, db=db)
    for match, clock in (("c1-b1", "09:00"), ("c2-b2", "10:40")):
        wish = stage.wish(match, clock)
        slot = a_slot(clock, minutes=40)
        book(
            stage.db,
            stage.settings,
            type(wish)(fair_key="sample", match_id=match, slot=slot),
            now=NOW,
            actor=COORDINATOR,
        )
    with stage.db.write() as work:
        fairs.set_fair_state(work, stage.fair.id, FairState.PUBLISHED, NOW)
    deliver_all(stage.db, stage.settings, a_post(), now=NOW, owner="test")
    return stage


def by_match(stage: Stage) -> dict[str, Meeting]:
    with stage.db.read() as work:
        return {one.match_id or "": one for one in meetings.meetings_of_fair(work, stage.fair.id)}


def gone(stage: Stage, absent: str = "buyer", now: datetime = SOON) -> Meeting:
    meeting = by_match(stage)["c1-b1"]
    return mark_no_show(
        stage.db, meeting.id, seen_revision=meeting.revision, absent=absent, now=now, actor=COORDINATOR
    )


def faults(stage: Stage) -> list[str]:
    with stage.db.read() as work:
        return [one.text("en") for one in faults_of(work)]


def test_those_whom_the_freed_time_suits_are_listed_the_waiting_before_the_later(stage: Stage) -> None:
    page = forward_page(stage.db, gone(stage).id, now=SOON)

    assert page.absent == "buyer"
    assert [(one.match.id, one.slot, one.later is None) for one in page.candidates] == [
        ("c3-b3", a_slot("09:10", minutes=40), True),
        ("c2-b2", a_slot("09:10", minutes=40), False),
    ]


@pytest.mark.parametrize(
    ("absent", "found"),
    [
        ("company", ["c3-b1", "c3-b3", "c2-b2"]),
        ("both", ["c3-b3", "c2-b2"]),
        ("interpreter", ["c3-b1", "c3-b3", "c2-b2"]),
    ],
)
def test_who_is_away_is_called_to_nothing(stage: Stage, absent: str, found: list[str]) -> None:
    candidates = forward_page(stage.db, gone(stage, absent).id, now=SOON).candidates

    assert [one.match.id for one in candidates] == found
    assert ("i1" in {key for one in candidates for key in one.placement.interpreter_ids}) == (
        absent != "interpreter"
    )


def test_who_has_left_the_fair_is_not_listed_and_cannot_be_called(stage: Stage) -> None:
    freed = gone(stage)
    with stage.db.write() as work:
        people.set_active(work, "b3", is_active=False)
    candidates = forward_page(stage.db, freed.id, now=SOON).candidates

    assert [one.match.id for one in candidates] == ["c2-b2"]
    with pytest.raises(NoLongerFree):
        call_forward(
            stage.db,
            stage.settings,
            freed.id,
            "c3-b3",
            seen_revision=freed.revision,
            now=SOON,
            actor=COORDINATOR,
        )


def test_a_later_session_is_moved_there_and_everybody_is_told_at_once(stage: Stage) -> None:
    freed, before = gone(stage), by_match(stage)["c2-b2"]
    done = call_forward(
        stage.db, stage.settings, freed.id, "c2-b2", seen_revision=freed.revision, now=SOON, actor=COORDINATOR
    )
    fresh = by_match(stage)
    told = [(row.kind, row.recipient_id) for row in stage.rows("due") if not row.kind.startswith("reminder")]

    assert (done.id, done.slot, done.interpreter_ids, done.room_id) == (
        before.id,
        a_slot("09:10", minutes=40),
        ("i1",),
        "r1",
    )
    assert fresh["c1-b1"].slot == a_slot("09:00", minutes=5)
    assert told == [("cancel", "i2"), ("request", "i1"), ("update", "b2"), ("update", "c2")]
    assert faults(stage) == []
    assert check_fair(stage.db, "sample") == ()
    assert stage.trail("meeting", done.id)[-1] == ("coordinator:acc_1", "call_forward")
    assert stage.trail("meeting", freed.id)[-1] == ("coordinator:acc_1", "cut_short")


def test_a_pair_that_waits_is_booked_there_once(stage: Stage) -> None:
    freed, ticket = gone(stage), ticket_for(COORDINATOR, new_key(), "x")
    made = [
        call_forward(
            stage.db,
            stage.settings,
            freed.id,
            "c3-b3",
            seen_revision=freed.revision,
            now=SOON,
            actor=COORDINATOR,
            ticket=ticket,
        )
        for _ in range(2)
    ]

    assert made[0].id == made[1].id == by_match(stage)["c3-b3"].id
    assert [(row.kind, row.recipient_id) for row in stage.rows("due") if row.kind == "request"] == [
        ("request", "b3"),
        ("request", "c3"),
        ("request", "i1"),
    ]
    assert faults(stage) == []


def test_what_has_changed_since_the_page_was_opened_is_refused(stage: Stage) -> None:
    freed = gone(stage)
    asked = {"now": SOON, "actor": COORDINATOR}
    with pytest.raises(StaleRevision):
        call_forward(stage.db, stage.settings, freed.id, "c2-b2", seen_revision=0, **asked)  # type: ignore[arg-type]
    for match in ("c3-b1", "c9-b9"):
        with pytest.raises(NoLongerFree):
            call_forward(
                stage.db,
                stage.settings,
                freed.id,
                match,
                seen_revision=freed.revision,
                **asked,  # type: ignore[arg-type]
            )
    late = at("09:26")
    assert forward_page(stage.db, freed.id, now=late).candidates == ()
    with pytest.raises(NothingFreed):
        forward_page(stage.db, by_match(stage)["c2-b2"].id, now=SOON)
    assert by_match(stage)["c1-b1"].slot == a_slot("09:00", minutes=40)


def test_the_page_of_the_day_says_what_is_on_what_is_next_and_who_did_not_come(stage: Stage) -> None:
    view = today_of(stage.db, "sample", now=SOON)
    freed = gone(stage)
    after = today_of(stage.db, "sample", now=SOON)
    rooms = {one.room.id: one for one in view.rooms if one.room is not None}

    assert [one.meeting.match_id for one in rooms["r1"].on] == ["c1-b1"]
    assert [one.meeting.match_id for one in rooms["r1"].later] == ["c2-b2"]
    assert (rooms["r2"].on, rooms["r2"].later) == ((), ())
    assert [one.meeting.match_id for one in view.open_lines] == ["c1-b1"]
    assert [(one.meeting.id, one.absent, one.is_callable) for one in after.absent_lines] == [
        (freed.id, "buyer", True)
    ]
    assert after.open_lines == ()
    assert (today_of(stage.db, "sample", now=at("09:00", day=1)).count, after.count, after.done) == (0, 2, 0)


def test_marked_by_mistake_it_can_still_have_taken_place(stage: Stage) -> None:
    freed = gone(stage)
    complete(stage.db, freed.id, seen_revision=freed.revision, now=SOON, actor=COORDINATOR)
    view = today_of(stage.db, "sample", now=SOON)

    assert (view.done, view.absent_lines) == (1, ())
    with pytest.raises(BadInput):
        gone(stage, "nobody")


def test_a_run_sheet_says_which_version_it_shows_and_which_it_replaces(stage: Stage) -> None:
    def version(now: datetime = SOON) -> Version | None:
        return run_sheets(stage.db, "sample", by=By.ROOM, on=None, now=now).version

    first, later, sent = at("09:00", day=-3), at("10:00", day=-2), at("11:00", day=-1)
    assert version() is None
    send_changes(stage.db, "sample", now=first, actor=COORDINATOR)
    assert version() is None
    for now, clock, actor in ((later, "09:50", COMPANY), (later, "10:40", COORDINATOR)):
        meeting = by_match(stage)["c2-b2"]
        target = Target(slot=a_slot(clock, minutes=40))
        move(
            stage.db, stage.settings, meeting.id, target, seen_revision=meeting.revision, now=now, actor=actor
        )
    assert version() == Version(number=1, at=later, replaced_at=None)
    assert run_sheets(stage.db, "sample", by=By.DAY, on=None, now=SOON).unsent > 0
    send_changes(stage.db, "sample", now=sent, actor=COORDINATOR)
    assert version() == Version(number=2, at=sent, replaced_at=later)
    freed = gone(stage)
    call_forward(
        stage.db, stage.settings, freed.id, "c2-b2", seen_revision=freed.revision, now=SOON, actor=COORDINATOR
    )
    assert version() == Version(number=3, at=SOON, replaced_at=sent)


def test_sheets_are_made_for_each_room_and_interpreter_with_anything_on_that_day(stage: Stage) -> None:
    views = {by: run_sheets(stage.db, "sample", by=by, on=None, now=NOW) for by in By}
    shown = {
        by: [
            (one.of.id if one.of else "", [each.meeting.match_id for each in one.entries if each.meeting])
            for one in view.sheets
        ]
        for by, view in views.items()
    }

    assert shown[By.DAY] == [("", ["c1-b1", "c2-b2"])]
    assert shown[By.ROOM] == [("r1", ["c1-b1", "c2-b2"])]
    assert sorted(match for _, found in shown[By.INTERPRETER] for match in found) == ["c1-b1", "c2-b2"]
