"""Booking one session: all four or none."""

from pathlib import Path

import pytest

from scheduler.booking.errors import NobodyFree, NotFound, RulesBroken, SlotTaken
from scheduler.booking.match import Priority
from scheduler.booking.slot import Slot
from scheduler.services.actor import SYSTEM
from scheduler.services.book import RoomWish, book, book_room, walk_in
from scheduler.services.choose import Wish
from scheduler.storage import claims, meetings
from tests.builders import a_fair, a_match, a_room, a_slot, at, hours
from tests.services.stage import COORDINATOR, NOW, Stage, a_stage, the_people


def test_booking_claims_company_buyer_interpreter_and_room(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    assert meeting.resource_ids == ("b1", "c1", "i1", "r1")
    ticks = frozenset(a_slot().ticks())
    with stage.db.read() as work:
        taken = claims.claims_between(work, meeting.resource_ids, min(ticks) - 9, max(ticks) + 9)
    assert taken == dict.fromkeys(meeting.resource_ids, ticks)


def test_booking_tells_everybody_in_the_same_transaction(stage: Stage) -> None:
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    assert stage.notices() == [
        ("request", "b1", 0, "due"),
        ("request", "c1", 0, "due"),
        ("request", "i1", 0, "due"),
    ]


def test_booking_stands_in_the_audit_trail(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    assert stage.trail("meeting", meeting.id) == [("coordinator:acc_1", "book")]


def test_a_taken_company_is_named_with_the_nearest_free_moments(stage: Stage) -> None:
    book(stage.db, stage.settings, stage.wish("c1-b1"), now=NOW, actor=COORDINATOR)
    with pytest.raises(SlotTaken) as refused:
        book(stage.db, stage.settings, stage.wish("c1-b2"), now=NOW, actor=COORDINATOR)
    assert [one.resource_id for one in refused.value.taken] == ["c1"]
    assert refused.value.nearest == (a_slot("09:30"), a_slot("10:00"), a_slot("10:30"))


def test_a_refused_booking_leaves_nothing(stage: Stage) -> None:
    book(stage.db, stage.settings, stage.wish("c1-b1"), now=NOW, actor=COORDINATOR)
    before = stage.meetings(), stage.rows()
    with pytest.raises(SlotTaken):
        book(stage.db, stage.settings, stage.wish("c1-b2"), now=NOW, actor=COORDINATOR)
    assert (stage.meetings(), stage.rows()) == before


def test_the_last_interpreter_is_missed_in_words(stage: Stage) -> None:
    wish = stage.wish("c1-b1", interpreter_ids=("i1",))
    book(stage.db, stage.settings, wish, now=NOW, actor=COORDINATOR)
    with pytest.raises(SlotTaken) as refused:
        again = stage.wish("c2-b2", interpreter_ids=("i1",))
        book(stage.db, stage.settings, again, now=NOW, actor=COORDINATOR)
    assert refused.value.phrase.text("en") == "Already taken at that time: 통역사 i1"


def test_back_to_back_touches_and_does_not_overlap(stage: Stage) -> None:
    for clock in ("09:00", "09:30"):
        wish = stage.wish("c1-b1" if clock == "09:00" else "c1-b2", clock, room_id="r1")
        book(stage.db, stage.settings, wish, now=NOW, actor=COORDINATOR)
    assert [row[0] for row in stage.meetings()] == ["c1-b1", "c1-b2"]


def test_all_broken_rules_come_at_once(tmp_path: Path) -> None:
    stage = a_stage(tmp_path, matched=(a_match(company="c1", buyer="b1", priority=Priority.NEVER),))
    with pytest.raises(RulesBroken) as refused:
        wish = stage.wish("c1-b1", "08:00", interpreter_ids=("i1",), room_id="r1")
        book(stage.db, stage.settings, wish, now=NOW, actor=COORDINATOR)
    assert [one.rule for one in refused.value.conflicts] == ["never_pair", "slot_of_the_fair"]


def test_a_session_that_has_begun_cannot_be_booked(stage: Stage) -> None:
    with pytest.raises(RulesBroken) as refused:
        book(stage.db, stage.settings, stage.wish(), now=at("09:01"), actor=COORDINATOR)
    assert [one.rule for one in refused.value.conflicts] == ["in_the_past"]


def test_a_match_of_another_fair_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        book(stage.db, stage.settings, stage.wish("nobody"), now=NOW, actor=COORDINATOR)


def test_a_room_that_does_not_exist_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        book(stage.db, stage.settings, stage.wish(room_id="r9"), now=NOW, actor=COORDINATOR)


def test_a_walk_in_gets_the_next_moment_when_all_are_free(tmp_path: Path) -> None:
    match = a_match("walk", company="c2", buyer="b1", is_walk_in=True)
    stage = a_stage(tmp_path, matched=(a_match(company="c1", buyer="b1"), match))
    book(stage.db, stage.settings, stage.wish("c1-b1", "09:00"), now=NOW, actor=COORDINATOR)
    now = at("09:10")
    wish = Wish(fair_key="sample", match_id="walk", slot=Slot.lasting(at("09:10"), 30))
    meeting = walk_in(stage.db, stage.settings, wish, now=now, actor=COORDINATOR)
    assert meeting.slot == a_slot("09:30")


def test_a_walk_in_after_closing_time_finds_nobody(tmp_path: Path) -> None:
    stage = a_stage(tmp_path, matched=(a_match("walk", company="c2", buyer="b1", is_walk_in=True),))
    wish = Wish(fair_key="sample", match_id="walk", slot=Slot.lasting(at("11:45"), 30))
    with pytest.raises(NobodyFree):
        walk_in(stage.db, stage.settings, wish, now=at("11:45"), actor=COORDINATOR)


def test_a_room_is_booked_outside_any_fair_with_or_without_people(stage: Stage) -> None:
    lent = book_room(
        stage.db,
        stage.settings,
        RoomWish(room_id="r1", slot=a_slot("14:00"), title="사내 회의"),
        now=NOW,
        actor=SYSTEM,
    )
    with_people = RoomWish(
        room_id="r2", slot=a_slot("14:00"), company_id="c1", buyer_id="b1", interpreter_ids=("i1",)
    )
    second = book_room(stage.db, stage.settings, with_people, now=NOW, actor=SYSTEM)
    assert (lent.fair_id, lent.resource_ids) == (None, ("r1",))
    assert second.resource_ids == ("b1", "c1", "i1", "r2")
    with pytest.raises(SlotTaken) as refused:
        wish = RoomWish(room_id="r1", slot=a_slot("14:25"))
        book_room(stage.db, stage.settings, wish, now=NOW, actor=SYSTEM)
    assert [one.name for one in refused.value.taken] == ["상담실 r1"]


def test_a_closed_room_is_not_lent(tmp_path: Path) -> None:
    closed = a_room("r1", hours=hours("Asia/Seoul", "09:00-12:00"))
    others = tuple(one for one in the_people() if one.id != "r1")
    stage = a_stage(tmp_path, people_of_fair=(*others, closed))
    with pytest.raises(RulesBroken) as refused:
        wish = RoomWish(room_id="r1", slot=a_slot("12:00"))
        book_room(stage.db, stage.settings, wish, now=NOW, actor=SYSTEM)
    assert [one.rule for one in refused.value.conflicts] == ["room_hours"]


def test_a_booking_elsewhere_blocks_the_fair(stage: Stage) -> None:
    wish = RoomWish(room_id="r1", slot=a_slot("09:00"))
    book_room(stage.db, stage.settings, wish, now=NOW, actor=SYSTEM)
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    assert meeting.room_id == "r2"


def test_the_change_over_is_part_of_what_is_claimed(tmp_path: Path) -> None:
    rooms = (a_room("r1", change_over_minutes=10),)
    others = tuple(one for one in the_people() if one.id not in ("r1", "r2"))
    stage = a_stage(tmp_path, people_of_fair=(*others, *rooms), fair=a_fair(break_minutes=0))
    book(stage.db, stage.settings, stage.wish("c1-b1", "09:00"), now=NOW, actor=COORDINATOR)
    with pytest.raises(SlotTaken) as refused:
        book(stage.db, stage.settings, stage.wish("c2-b2", "09:30"), now=NOW, actor=COORDINATOR)
    assert refused.value.nearest[0] == a_slot("10:00")


def test_one_match_has_one_live_session(stage: Stage) -> None:
    first = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    with pytest.raises(RulesBroken) as refused:
        book(stage.db, stage.settings, stage.wish(clock="10:00"), now=NOW, actor=COORDINATOR)
    assert [one.rule for one in refused.value.conflicts] == ["match_once"]
    with stage.db.read() as work:
        assert meetings.live_meeting_of_match(work, "c1-b1") == first
