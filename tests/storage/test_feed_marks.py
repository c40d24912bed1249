"""What tells, in one row, whether a feed has changed: on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from scheduler.booking.meeting import State
from scheduler.storage import meetings, outbox
from scheduler.storage.db import Database
from scheduler.storage.fairs import save_fair
from scheduler.storage.feed_marks import FeedMark, mark_of
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.people import save_resource, set_active
from tests.builders import DALLAS, a_buyer, a_company, a_fair, a_meeting, a_slot, an_interpreter
from tests.storage.stage import NOW, book, set_the_stage

LATER = NOW + timedelta(minutes=5)
MEETING = a_meeting(
    "m1", match_id=None, company_id="c1", buyer_id="b1", interpreter_ids=("i1",), room_id="r1"
)
UNSENT = OutboxRow(
    id="o1",
    meeting_id="m1",
    fair_id="fair-1",
    revision=1,
    kind="update",
    recipient_id="b1",
    state="collected",
    due_at=NOW,
    created_at=NOW,
)


def marks(database: Database) -> dict[str, FeedMark | None]:
    asked = {"b1": ("b1", None), "r1": ("r1", None), "i1": ("i1", "fair-1"), "fair": (None, "fair-1")}
    with database.read() as work:
        return {
            name: mark_of(work, resource_id=one, fair_id=fair, first=NOW, states=tuple(State))
            for name, (one, fair) in asked.items()
        }


CHANGES: dict[str, tuple[Callable[[Session], object], set[str]]] = {
    "nothing": (lambda work: None, set()),
    "the session is moved": (
        lambda work: meetings.save_meeting(work, replace(MEETING, slot=a_slot("10:00"), revision=1), LATER),
        {"b1", "r1", "i1", "fair"},
    ),
    "another session": (
        lambda work: book(work, a_meeting("m2", match_id=None, buyer_id="b1", slot=a_slot("11:00"))),
        {"b1", "r1", "i1", "fair"},
    ),
    "the other side's name": (
        lambda work: save_resource(work, replace(a_company("c1"), name="새 이름"), "c1", "fair-1"),
        {"b1", "r1", "i1", "fair"},
    ),
    "the buyer's zone": (
        lambda work: save_resource(work, a_buyer("b1", zone=DALLAS), "b1"),
        {"b1", "r1", "i1", "fair"},
    ),
    "the name of somebody who is not in it": (
        lambda work: save_resource(work, replace(an_interpreter("i2"), name="박통역"), "i2", "fair-1"),
        set(),
    ),
    "the name of the fair": (
        lambda work: save_fair(work, a_fair(name="다른 상담회"), NOW),
        {"b1", "r1", "i1", "fair"},
    ),
    "a change that waits to be sent to the buyer": (lambda work: outbox.add_rows(work, [UNSENT]), {"b1"}),
    "the buyer is switched off": (
        lambda work: set_active(work, "b1", is_active=False),
        {"b1"},
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_mark_changes_with_what_the_feed_shows_and_with_nothing_else(database: Database, what: str) -> None:
    deed, wanted = CHANGES[what]
    with database.write() as work:
        set_the_stage(work)
        book(work, MEETING)
    before = marks(database)
    with database.write() as work:
        deed(work)
    after = marks(database)
    assert {name for name in before if before[name] != after[name]} == wanted
