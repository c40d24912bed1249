"""A feed tells nobody of a change before the coordinator has sent it."""

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.booking.fair import FairState
from scheduler.booking.meeting import Meeting
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all
from scheduler.services.feeds import open_feed, session_calendar
from scheduler.services.links import feed_address
from scheduler.services.move import Target, move
from scheduler.services.notices import send_changes
from tests.builders import a_fair, a_slot
from tests.services.stage import COORDINATOR, NOW, Stage, a_post, a_stage


@pytest.fixture
def published(tmp_path: Path) -> Stage:
    return a_stage(tmp_path, fair=a_fair(state=FairState.PUBLISHED))


def an_invited_session(stage: Stage) -> Meeting:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    send(stage)
    return meeting


def send(stage: Stage) -> None:
    send_changes(stage.db, stage.fair.key, now=NOW, actor=COORDINATOR)
    deliver_all(stage.db, stage.settings, a_post(), now=NOW, owner="test")


def change(stage: Stage, meeting: Meeting, clock: str, **given: object) -> Meeting:
    target = replace(Target(slot=a_slot(clock)), **given)  # type: ignore[arg-type]
    return move(
        stage.db,
        stage.settings,
        meeting.id,
        target,
        seen_revision=meeting.revision,
        now=NOW,
        actor=COORDINATOR,
    )


def shown(stage: Stage, owner: str | None, fair_id: str | None = None) -> list[tuple[str, int, bool]]:
    """Start in Seoul, SEQUENCE and whether cancelled, of each session in the feed."""
    with stage.db.write() as work:
        address = feed_address(work, stage.settings, resource_id=owner, fair_id=fair_id, now=NOW)
    token = address.rpartition("/")[2].removesuffix(".ics")
    entries = open_feed(stage.db, stage.settings, token, now=NOW).entries
    return [(f"{one.slot.start_at.hour + 9:02}:00", one.sequence, one.is_cancelled) for one in entries]


def tag(stage: Stage, owner: str) -> str:
    with stage.db.write() as work:
        address = feed_address(work, stage.settings, resource_id=owner, fair_id=None, now=NOW)
    return open_feed(stage.db, stage.settings, address.rpartition("/")[2].removesuffix(".ics"), now=NOW).etag


def test_a_move_is_shown_when_it_is_sent_and_to_those_who_keep_the_grid_at_once(published: Stage) -> None:
    meeting = an_invited_session(published)
    change(published, meeting, "10:00")
    assert [shown(published, one) for one in ("c1", "b1", "i1")] == [[("09:00", 0, False)]] * 3
    assert (
        shown(published, None, published.fair.id)
        == shown(published, meeting.room_id)
        == [("10:00", 1, False)]
    )
    assert b"DTSTART:20260624T000000Z" in session_calendar(
        published.db, published.settings, meeting.id, "b1", now=NOW
    )
    before = tag(published, "b1")
    send(published)
    assert (shown(published, "b1"), tag(published, "b1") != before) == ([("10:00", 1, False)], True)


def test_a_session_nobody_was_told_of_is_in_nobodys_feed_yet(published: Stage) -> None:
    meeting = book(published.db, published.settings, published.wish(), now=NOW, actor=COORDINATOR)
    assert (shown(published, "b1"), shown(published, meeting.room_id)) == ([], [("09:00", 0, False)])
    send(published)
    assert shown(published, "b1") == [("09:00", 0, False)]


def test_a_cancellation_is_shown_when_it_is_sent(published: Stage) -> None:
    meeting = an_invited_session(published)
    cancel(published.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert shown(published, "b1") == [("09:00", 0, False)]
    send(published)
    assert shown(published, "b1") == [("09:00", 1, True)]


def test_an_interpreter_who_is_swapped_sees_the_session_until_that_is_sent(published: Stage) -> None:
    meeting = an_invited_session(published)
    assert meeting.interpreter_ids == ("i1",)
    change(published, meeting, "09:00", interpreter_ids=("i2",))
    assert (shown(published, "i1"), shown(published, "i2")) == ([("09:00", 0, False)], [])
    send(published)
    assert (shown(published, "i1"), shown(published, "i2")) == ([], [("09:00", 1, False)])
