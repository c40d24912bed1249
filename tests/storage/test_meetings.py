from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from scheduler.booking.errors import NotFound, StaleRevision
from scheduler.booking.meeting import State
from scheduler.booking.people import LanguagePair
from scheduler.booking.slot import Slot
from scheduler.storage import meetings
from scheduler.storage.db import Database
from scheduler.storage.errors import AlreadyThere
from scheduler.storage.meetings import Promise
from tests.builders import a_meeting, a_slot, at
from tests.storage.stage import NOW

RELAY = a_meeting(
    "m2",
    slot=a_slot("10:00"),
    match_id="c2-b2",
    company_id="c2",
    buyer_id="b2",
    room_id=None,
    interpreter_ids=("i2", "i1"),
    legs=(LanguagePair("ko", "en"), LanguagePair("en", "id")),
    link="https://video.example/x",
    title="중계 통역",
    is_pinned=True,
    note="메모",
)
BARE = a_meeting(
    "m3",
    slot=a_slot("11:00"),
    fair_id=None,
    match_id=None,
    company_id=None,
    buyer_id=None,
    interpreter_ids=(),
    legs=(),
    state=State.HELD,
    lapses_at=at("08:15"),
)


def test_a_meeting_comes_back_as_it_was(staged: Database) -> None:
    with staged.write() as work:
        meetings.add_meetings(work, (a_meeting(), RELAY, BARE), NOW)
    with staged.read() as work:
        assert meetings.get_meeting(work, "m2") == RELAY
        assert meetings.meetings_between(work, at("00:00"), at("23:00")) == (a_meeting(), RELAY, BARE)
        assert meetings.find_meeting_by_uid(work, BARE.uid) == BARE
        assert meetings.find_meeting_by_uid(work, "no such uid") is None
        with pytest.raises(NotFound):
            meetings.get_meeting(work, "m4")


def test_meetings_are_found_by_fair_state_and_time(staged: Database) -> None:
    with staged.write() as work:
        meetings.add_meetings(work, (RELAY, a_meeting(), BARE), NOW)
    with staged.read() as work:
        assert meetings.meetings_of_fair(work, "fair-1") == (a_meeting(), RELAY)
        assert meetings.meetings_of_fair(work, "fair-1", states=[State.HELD]) == ()
        assert meetings.meetings_of_fair(work, "fair-1", states=[]) == ()
        assert meetings.meetings_of_fair(work, "fair-1", None, at("09:30"), at("10:00")) == ()
        assert meetings.meetings_of_fair(work, "fair-1", None, at("09:29")) == (a_meeting(), RELAY)
        assert meetings.meetings_of_fair(work, "fair-1", None, None, at("10:01")) == (a_meeting(), RELAY)
        assert meetings.meetings_of_fair(work, "fair-2") == ()


@pytest.mark.parametrize(
    ("resource_id", "found"),
    [("c1", ["m1"]), ("b2", ["m2"]), ("i1", ["m1", "m2"]), ("r1", ["m1", "m3"]), ("r2", [])],
)
def test_meetings_are_found_by_each_of_their_resources(
    staged: Database, resource_id: str, found: list[str]
) -> None:
    with staged.write() as work:
        meetings.add_meetings(work, (a_meeting(), RELAY, BARE), NOW)
        assert [one.id for one in meetings.meetings_of_resource(work, resource_id)] == found
        later = meetings.meetings_of_resource(work, resource_id, at("09:30"))
        assert [one.id for one in later] == [one for one in found if one != "m1"]


def test_the_next_revision_replaces_the_one_before(staged: Database) -> None:
    moved = replace(RELAY, slot=a_slot("11:00"), interpreter_ids=("i1", "i2"), revision=1)
    with staged.write() as work:
        meetings.add_meeting(work, RELAY, NOW)
        meetings.save_meeting(work, moved, NOW)
    with staged.read() as work:
        assert meetings.get_meeting(work, "m2") == moved


def test_a_change_of_what_somebody_else_changed_first_is_refused(staged: Database) -> None:
    with staged.write() as work:
        meetings.add_meeting(work, a_meeting(), NOW)
        meetings.save_meeting(work, a_meeting(revision=1, note="mine"), NOW)
    with pytest.raises(StaleRevision) as refused, staged.write() as work:
        meetings.save_meeting(work, a_meeting(revision=1, note="theirs"), NOW)
    assert (refused.value.seen, refused.value.current) == (0, 1)
    with pytest.raises(NotFound), staged.write() as work:
        meetings.save_meeting(work, a_meeting("m9", revision=1), NOW)
    with staged.read() as work:
        assert meetings.get_meeting(work, "m1").note == "mine"


def test_a_match_has_one_live_meeting(staged: Database) -> None:
    with staged.write() as work:
        meetings.add_meeting(work, a_meeting(), NOW)
        assert meetings.live_meeting_of_match(work, "c1-b1") == a_meeting()
    with pytest.raises(AlreadyThere) as refused, staged.write() as work:
        meetings.add_meeting(work, a_meeting("m2", slot=a_slot("11:00")), NOW)
    assert (refused.value.table, refused.value.columns) == ("meeting", ("match_id",))


def test_a_match_whose_meeting_was_cancelled_may_have_another(staged: Database) -> None:
    with staged.write() as work:
        meetings.add_meeting(work, a_meeting(state=State.CANCELLED), NOW)
        assert meetings.live_meeting_of_match(work, "c1-b1") is None
        meetings.add_meeting(work, a_meeting("m2"), NOW)
        assert meetings.live_meeting_of_match(work, "c1-b1") == a_meeting("m2")


@pytest.mark.parametrize(
    "values", [{"end_at": a_slot().start_at}, {"state": "perhaps"}, {"room_id": "no-such-room"}]
)
def test_the_database_refuses_a_meeting_that_cannot_be(staged: Database, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), staged.write() as work:
        meetings.add_meeting(work, a_meeting(), NOW)
        work.execute(meetings.MEETING.update().values(values))


def test_what_was_promised_is_kept_with_the_rules_it_was_promised_by(staged: Database) -> None:
    told = Promise(zone_rules="2026f", local_times={"Asia/Seoul": "2026-06-24 09:00"})
    newer = Promise(zone_rules="2027a", local_times={"Asia/Seoul": "2026-06-24 10:00"})
    with staged.write() as work:
        meetings.add_meeting(work, a_meeting(), NOW, promise=told)
        meetings.add_meeting(work, RELAY, NOW)
        assert meetings.promises_of(work, ["m1", "m2"]) == {"m1": told}
        meetings.save_promises(work, {"m2": newer})
        assert meetings.promises_of(work, ["m1", "m2"]) == {"m1": told, "m2": newer}
        assert meetings.promised_by_other_rules(work, "2027a", NOW) == (a_meeting(),)
        assert meetings.promised_by_other_rules(work, "2027a", a_slot().start_at) == ()


def test_a_list_of_meetings_takes_two_statements_however_long_it_is(staged: Database) -> None:
    start_at = at("09:00")
    many = [
        a_meeting(f"m{number}", slot=Slot.lasting(start_at + timedelta(hours=number), 30), match_id=None)
        for number in range(300)
    ]
    with staged.write() as work:
        meetings.add_meetings(work, many, NOW)
    statements: list[str] = []
    event.listen(staged.reader, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with staged.read() as work:
        assert meetings.meetings_of_fair(work, "fair-1") == tuple(many)
    assert len(statements) == 2
