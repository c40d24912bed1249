"""Re-planning a published fair: previewed, applied in one transaction, told to those concerned and to nobody else."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from scheduler.booking.errors import BadInput
from scheduler.grid.child import SolverDied
from scheduler.services.absence import Absence
from scheduler.services.build_grid import check_fair
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all
from scheduler.services.hold import hold
from scheduler.services.replan import (
    ReplanOutdated,
    ReplanPreview,
    apply_replan,
    get_replan,
    preview_replan,
)
from scheduler.services.replan_facts import HeldInTheWay, NotPublished
from scheduler.storage import meetings, people
from tests.builders import FIRST_DAY, a_match, a_placement, a_slot, at, spans
from tests.services.stage import COORDINATOR, NOW, Stage, a_post
from tests.services.test_publish import published

MORNING = spans("09:00-09:30")[0]
STANDING = (
    a_placement(a_match(company="c1", buyer="b1"), a_slot("09:00"), interpreter_ids=("i1",), room_id="r1"),
    a_placement(a_match(company="c1", buyer="b2"), a_slot("09:30"), interpreter_ids=("i1",), room_id="r1"),
    a_placement(a_match(company="c2", buyer="b2"), a_slot("09:00"), interpreter_ids=("i2",), room_id="r2"),
)
AS_PUBLISHED = [
    ("c1-b1", "confirmed", 0, ("i1",), "r1"),
    ("c1-b2", "confirmed", 0, ("i1",), "r1"),
    ("c2-b2", "confirmed", 0, ("i2",), "r2"),
]


@pytest.fixture
def told(stage: Stage) -> Stage:
    """Three sessions, published and delivered."""
    published(stage, STANDING)
    deliver_all(stage.db, stage.settings, a_post(), now=NOW, owner="test")
    return stage


def previewed(stage: Stage, resource_id: str, **given: object) -> ReplanPreview:
    absence = Absence(resource_id=resource_id, **given)  # type: ignore[arg-type]
    return preview_replan(stage.db, stage.settings, "sample", absence, now=NOW, actor=COORDINATOR)


def applied(stage: Stage, preview: ReplanPreview, now=NOW):
    return apply_replan(stage.db, stage.settings, "sample", preview.draft_id, now=now, actor=COORDINATOR)


def due(stage: Stage) -> list[tuple[str, str, int]]:
    """What waits to be sent: kind, recipient and sequence."""
    return [(kind, recipient, number) for kind, recipient, number, state in stage.notices() if state == "due"]


def test_another_interpreter_steps_in_and_nobody_s_time_moves(told: Stage) -> None:
    preview = previewed(told, "i1", on=FIRST_DAY, span=spans("09:30-12:00")[0])

    assert [(one.before.slot, one.after.interpreters[0].id) for one in preview.moves] == [
        (a_slot("09:30"), "i2")
    ]
    assert (preview.other_times, preview.dropped, preview.repair.is_proved) == ((), (), True)
    assert {(one.resource_id, one.requests, one.updates, one.cancels) for one in preview.told} == {
        ("c1", 0, 1, 0),
        ("b2", 0, 1, 0),
        ("i1", 0, 0, 1),
        ("i2", 1, 0, 0),
    }


def test_a_preview_changes_nothing_until_it_is_applied(told: Stage) -> None:
    before, hours = told.notices(), _hours(told, "i1")
    preview = previewed(told, "i1")

    assert (sorted(told.meetings()), told.notices(), _hours(told, "i1")) == (AS_PUBLISHED, before, hours)
    assert told.trail("resource", "i1") == []
    assert check_fair(told.db, "sample") == ()
    assert get_replan(told.db, told.settings, "sample", preview.draft_id, now=NOW) == preview


def test_those_concerned_and_nobody_else_hear_once_with_the_next_sequence(told: Stage) -> None:
    preview = previewed(told, "i1", on=FIRST_DAY, span=spans("09:30-12:00")[0])
    done = applied(told, preview)

    assert (done.moved, done.added, done.cancelled, done.unchanged, done.notices) == (1, 0, 0, 2, 4)
    assert due(told) == [("cancel", "i1", 1), ("request", "i2", 1), ("update", "b2", 1), ("update", "c1", 1)]
    assert sorted(told.meetings()) == [
        AS_PUBLISHED[0],
        ("c1-b2", "confirmed", 1, ("i2",), "r1"),
        AS_PUBLISHED[2],
    ]
    assert check_fair(told.db, "sample") == ()
    assert told.trail("resource", "i1") == [("coordinator:acc_1", "absent")]
    post = a_post()
    assert deliver_all(told.db, told.settings, post, now=NOW, owner="test").sent == 4


def test_who_must_move_moves_to_the_nearest_time_and_one_session_suffices(told: Stage) -> None:
    preview = previewed(told, "c1", on=FIRST_DAY, span=MORNING)
    applied(told, preview)

    assert [(one.before.slot, one.after.slot) for one in preview.moves] == [
        (a_slot("09:00"), a_slot("10:00"))
    ]
    assert preview.repair.other_times.value == preview.repair.other_times.bound == 1
    assert due(told) == [("update", "b1", 1), ("update", "c1", 1), ("update", "i1", 1)]
    assert check_fair(told.db, "sample") == ()


def test_a_room_that_fails_is_left_for_another(told: Stage) -> None:
    preview = previewed(told, "r2")
    applied(told, preview)

    assert preview.repair.left_out.value == 0
    assert {room for *_, room in told.meetings()} == {"r1"}
    assert check_fair(told.db, "sample") == ()


def test_a_session_that_cannot_be_kept_is_named_with_its_reasons_and_cancelled(told: Stage) -> None:
    preview = previewed(told, "b1")

    assert [one.entry.company.id for one in preview.dropped if one.entry.company] == ["c1"]
    assert [phrase.text("en") for phrase in preview.dropped[0].reasons] == ["PT Sample b1 is away"]
    applied(told, preview)
    assert due(told) == [("cancel", "b1", 1), ("cancel", "c1", 1), ("cancel", "i1", 1)]
    assert check_fair(told.db, "sample") == ()


def test_a_cancelled_session_does_not_come_back(told: Stage) -> None:
    with told.db.read() as work:
        meeting = next(one for one in meetings.meetings_of_fair(work, "fair-1") if one.match_id == "c2-b2")
    cancel(told.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    applied(told, previewed(told, "i1"))

    assert {match: state for match, state, *_ in told.meetings()} == {
        "c1-b1": "confirmed",
        "c1-b2": "confirmed",
        "c2-b2": "cancelled",
    }


def test_an_absence_of_somebody_with_nothing_to_do_is_kept_and_tells_nobody(told: Stage) -> None:
    preview = previewed(told, "i2", on=FIRST_DAY, span=spans("10:00-12:00")[0])
    done = applied(told, preview)

    assert (preview.moves, preview.told, done.notices, due(told)) == ((), (), 0, [])
    assert not _hours(told, "i2").covers(at("10:00"), at("10:30"))


def test_only_this_fair_s_hours_change(told: Stage) -> None:
    applied(told, previewed(told, "i2", on=FIRST_DAY, span=spans("10:00-12:00")[0]))

    with told.db.read() as work:
        assert people.get_resource(work, "i2").hours.covers(at("10:00"), at("10:30"))


def test_what_has_begun_stays_and_the_absence_begins_after_it(told: Stage) -> None:
    now = at("09:10")
    absence = Absence(resource_id="i1", on=FIRST_DAY)
    preview = preview_replan(told.db, told.settings, "sample", absence, now=now, actor=COORDINATOR)
    applied(told, preview, now)

    assert preview.away == ((FIRST_DAY, spans("09:30-24:00")[0]),)
    assert [one.before.slot for one in preview.moves] == [a_slot("09:30")]
    assert check_fair(told.db, "sample") == ()


def test_a_preview_is_not_applied_once_something_else_has_changed(told: Stage) -> None:
    preview = previewed(told, "i1")
    with told.db.read() as work:
        room = people.get_resource(work, "r2", "fair-1")
    told.change(replace(room, change_over_minutes=15))
    before = told.notices()

    with pytest.raises(ReplanOutdated):
        applied(told, preview)
    assert (sorted(told.meetings()), told.notices()) == (AS_PUBLISHED, before)
    assert told.trail("resource", "i1") == []


def test_a_session_that_has_begun_meanwhile_is_not_moved(told: Stage) -> None:
    preview = previewed(told, "c1", on=FIRST_DAY, span=MORNING)

    with pytest.raises(ReplanOutdated):
        applied(told, preview, at("09:05"))
    assert sorted(told.meetings()) == AS_PUBLISHED


def test_a_hold_is_not_moved_behind_anybody_s_back(told: Stage) -> None:
    hold(
        told.db,
        told.settings,
        told.wish("c2-b1", "10:00", interpreter_ids=("i1",)),
        now=NOW,
        actor=COORDINATOR,
    )

    with pytest.raises(HeldInTheWay):
        previewed(told, "i1")


def test_before_publication_there_is_nothing_to_plan_anew(stage: Stage) -> None:
    with pytest.raises(NotPublished):
        previewed(stage, "i1")


@pytest.mark.parametrize("now", [NOW, at("12:00")], ids=["a day of no fair", "over"])
def test_a_stretch_that_makes_no_sense_is_refused(told: Stage, now) -> None:
    on = FIRST_DAY.replace(year=2027) if now == NOW else FIRST_DAY
    absence = Absence(resource_id="i1", on=on, span=spans("09:00-10:00")[0])
    with pytest.raises(BadInput):
        preview_replan(told.db, told.settings, "sample", absence, now=now, actor=COORDINATOR)


def test_a_killed_solver_leaves_everything_as_it_was(told: Stage, monkeypatch) -> None:
    start = subprocess.Popen.__init__

    def start_and_kill(child, *given, **more) -> None:
        start(child, *given, **more)
        os.kill(child.pid, signal.SIGKILL)

    monkeypatch.setattr(subprocess.Popen, "__init__", start_and_kill)
    before, hours = told.notices(), _hours(told, "i1")

    with pytest.raises(SolverDied):
        previewed(told, "i1")
    assert (sorted(told.meetings()), told.notices(), _hours(told, "i1")) == (AS_PUBLISHED, before, hours)


def test_the_caller_never_loads_the_solver() -> None:
    code = "import sys; import scheduler.services.replan; sys.exit('ortools' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _hours(stage: Stage, resource_id: str):
    with stage.db.read() as work:
        return people.get_resource(work, resource_id, "fair-1").hours
