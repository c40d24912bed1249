"""Holds, moves and cancellations."""

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.booking.errors import IllegalMove, NotFound, SlotTaken, StaleRevision
from scheduler.booking.fair import FairState
from scheduler.services.actor import SYSTEM
from scheduler.services.book import RoomWish, book, book_room
from scheduler.services.cancel import cancel, complete, mark_no_show
from scheduler.services.hold import confirm, hold, release, release_lapsed_holds
from scheduler.services.move import Target, move
from scheduler.services.notices import send_changes
from scheduler.services.options import options_for
from tests.builders import a_fair, a_slot, at
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_stage

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def published(tmp_path: Path) -> Stage:
    return a_stage(tmp_path, fair=a_fair(state=FairState.PUBLISHED))


def test_a_hold_claims_and_tells_nobody(stage: Stage) -> None:
    held = hold(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    assert (held.state, held.lapses_at, stage.rows()) == ("held", LATER, ())
    with pytest.raises(SlotTaken):
        hold(stage.db, stage.settings, stage.wish("c1-b2"), now=NOW, actor=COMPANY)


def test_a_confirmed_hold_invites_everybody(stage: Stage) -> None:
    held = hold(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    meeting = confirm(stage.db, stage.settings, held.id, now=NOW, actor=COMPANY)
    assert (meeting.state, meeting.lapses_at, meeting.revision) == ("confirmed", None, 1)
    assert [row[:2] for row in stage.notices()] == [("request", "b1"), ("request", "c1"), ("request", "i1")]


def test_a_lapsed_hold_frees_the_interpreter(stage: Stage) -> None:
    hold(stage.db, stage.settings, stage.wish("c1-b1", interpreter_ids=("i1",)), now=NOW, actor=COMPANY)
    wish = stage.wish("c2-b2", interpreter_ids=("i1",))
    meeting = book(stage.db, stage.settings, wish, now=LATER, actor=COORDINATOR)
    assert meeting.interpreter_ids == ("i1",)


def test_a_lapsed_hold_cannot_be_confirmed(stage: Stage) -> None:
    held = hold(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    with pytest.raises(IllegalMove):
        confirm(stage.db, stage.settings, held.id, now=LATER, actor=COMPANY)


def test_the_worker_lets_holds_lapse_and_says_so(stage: Stage) -> None:
    held = hold(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    assert release_lapsed_holds(stage.db, now=LATER - timedelta(seconds=1), actor=SYSTEM) == 0
    assert release_lapsed_holds(stage.db, now=LATER, actor=SYSTEM) == 1
    assert stage.trail("meeting", held.id)[-1] == ("system:system", "lapse")


def test_a_released_hold_is_free_at_once(stage: Stage) -> None:
    held = hold(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    release(stage.db, held.id, now=NOW, actor=COMPANY)
    book(stage.db, stage.settings, stage.wish("c1-b2"), now=NOW, actor=COORDINATOR)
    assert sorted(row[:2] for row in stage.meetings()) == [("c1-b1", "cancelled"), ("c1-b2", "confirmed")]


def test_what_is_confirmed_cannot_be_released_as_a_hold(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    with pytest.raises(IllegalMove):
        release(stage.db, meeting.id, now=NOW, actor=COMPANY)


def test_a_moved_session_keeps_its_uid_and_raises_its_revision(stage: Stage) -> None:
    before = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    target = Target(slot=a_slot("10:00"))
    after = move(stage.db, stage.settings, before.id, target, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert (after.uid, after.revision, after.slot) == (before.uid, 1, a_slot("10:00"))
    assert (after.interpreter_ids, after.room_id, after.link) == (("i1",), "r1", before.link)
    book(stage.db, stage.settings, stage.wish("c1-b2", "09:00"), now=NOW, actor=COORDINATOR)


def test_a_stale_move_is_refused(stage: Stage) -> None:
    before = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    target = Target(slot=a_slot("10:00"))
    move(stage.db, stage.settings, before.id, target, seen_revision=0, now=NOW, actor=COORDINATOR)
    with pytest.raises(StaleRevision):
        move(stage.db, stage.settings, before.id, target, seen_revision=0, now=NOW, actor=COORDINATOR)


def test_a_move_to_a_taken_slot_names_the_nearest_and_changes_nothing(stage: Stage) -> None:
    first = book(stage.db, stage.settings, stage.wish("c1-b1", "09:00"), now=NOW, actor=COORDINATOR)
    book(stage.db, stage.settings, stage.wish("c1-b2", "10:00"), now=NOW, actor=COORDINATOR)
    with pytest.raises(SlotTaken) as refused:
        target = Target(slot=a_slot("10:00"))
        move(stage.db, stage.settings, first.id, target, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert refused.value.nearest == (a_slot("09:30"), a_slot("10:30"), a_slot("09:00"))
    assert [row[2] for row in stage.meetings()] == [0, 0]


def test_a_coordinators_edits_of_a_published_fair_collect_until_they_are_sent(published: Stage) -> None:
    stage = published
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    for revision, clock in enumerate(("10:00", "10:30")):
        target = Target(slot=a_slot(clock))
        move(stage.db, stage.settings, meeting.id, target, seen_revision=revision, now=NOW, actor=COORDINATOR)
    assert {row[3] for row in stage.notices() if row[0] == "update"} == {"collected"}
    assert send_changes(stage.db, "sample", now=LATER, actor=COORDINATOR) == 3
    assert [row for row in stage.notices() if row[0] == "update" and row[3] == "due"] == [
        ("update", "b1", 2, "due"),
        ("update", "c1", 2, "due"),
        ("update", "i1", 2, "due"),
    ]


def test_a_companys_own_move_goes_out_at_once(published: Stage) -> None:
    stage = published
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    target = Target(slot=a_slot("10:00"))
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)
    assert {row[3] for row in stage.notices()} == {"due"}


def test_a_swapped_interpreter_is_cancelled_and_the_new_one_invited(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(interpreter_ids=("i1",)), now=NOW, actor=COORDINATOR)
    target = Target(slot=a_slot(), interpreter_ids=("i2",))
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert [row[:2] for row in stage.notices() if row[2] == 1] == [
        ("cancel", "i1"),
        ("request", "i2"),
        ("update", "b1"),
        ("update", "c1"),
    ]


def test_the_options_of_a_session_say_what_is_in_the_way(stage: Stage) -> None:
    first = book(stage.db, stage.settings, stage.wish("c1-b1", "09:00"), now=NOW, actor=COORDINATOR)
    book(stage.db, stage.settings, stage.wish("c1-b2", "10:00"), now=NOW, actor=COORDINATOR)
    options = {
        option.slot: [one.rule for one in option.conflicts]
        for option in options_for(stage.db, first.id, now=NOW)
    }
    assert options == {
        a_slot("09:00"): [],
        a_slot("09:30"): [],
        a_slot("10:00"): ["company_once_at_a_time"],
        a_slot("10:30"): [],
        a_slot("11:00"): [],
        a_slot("11:30"): [],
    }


def test_a_cancelled_session_frees_everything_and_tells_everybody(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert [row[:3] for row in stage.notices() if row[0] == "cancel"] == [
        ("cancel", "b1", 1),
        ("cancel", "c1", 1),
        ("cancel", "i1", 1),
    ]
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)


def test_a_cancelled_session_cannot_be_moved_or_cancelled_again(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    with pytest.raises(IllegalMove):
        cancel(stage.db, meeting.id, seen_revision=1, now=NOW, actor=COORDINATOR)
    with pytest.raises(IllegalMove):
        target = Target(slot=a_slot("10:00"))
        move(stage.db, stage.settings, meeting.id, target, seen_revision=1, now=NOW, actor=COORDINATOR)
    with pytest.raises(StaleRevision):
        cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)


def test_what_took_place_is_noted_without_a_mail(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    before = stage.notices()
    complete(stage.db, meeting.id, seen_revision=0, now=at("09:30"), actor=COORDINATOR)
    mark_no_show(stage.db, meeting.id, seen_revision=1, now=at("09:40"), actor=COORDINATOR)
    assert (stage.notices(), stage.meetings()[0][1]) == (before, "no_show")


def test_a_lent_room_has_no_options_in_a_fair(stage: Stage) -> None:
    lent = book_room(
        stage.db, stage.settings, RoomWish(room_id="r1", slot=a_slot("14:00")), now=NOW, actor=SYSTEM
    )
    with pytest.raises(NotFound):
        options_for(stage.db, lent.id, now=NOW)
    with pytest.raises(NotFound):
        target = Target(slot=a_slot("15:00"))
        move(stage.db, stage.settings, lent.id, target, seen_revision=0, now=NOW, actor=COORDINATOR)
