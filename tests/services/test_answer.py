"""Answers given on a page, and the free times proposed with them."""

from datetime import timedelta

import pytest

from scheduler.booking.errors import BadInput, NotFound
from scheduler.booking.meeting import Meeting
from scheduler.services.actor import Actor, Role
from scheduler.services.answer import NothingToAnswer, OtherTime, accept_all, answer
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all
from scheduler.services.move import Target, move
from scheduler.services.receive_reply import Arrived, Reason, receive
from scheduler.storage import answers
from tests.builders import a_slot
from tests.replies import STAMP, a_reply
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_post

BUYER = Actor(role=Role.BUYER, name="buyer", resource_id="b1")
MINUTE = timedelta(minutes=1)


def invited(stage: Stage) -> Meeting:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    deliver_all(stage.db, stage.settings, a_post(), now=NOW, owner="test")
    return meeting


def say(stage: Stage, meeting: Meeting, said: str = "accepted", **given: object) -> None:
    facts = {"seen_start_at": meeting.slot.start_at, "now": NOW + MINUTE, "actor": BUYER, **given}
    answer(stage.db, meeting.id, str(facts.pop("who", "b1")), said, **facts)  # type: ignore[arg-type]


def known(stage: Stage, meeting: Meeting) -> list[tuple[str, str, int, str]]:
    with stage.db.read() as work:
        found = answers.answers_standing(work, [meeting.id])
    return [(one.recipient_id, one.partstat, one.sequence, one.comment) for one in found]


def test_a_buyer_says_yes_and_then_no_and_the_later_word_holds(stage: Stage) -> None:
    meeting = invited(stage)
    say(stage, meeting)
    say(stage, meeting, "declined", comment="  a  funeral ", now=NOW + 2 * MINUTE)

    assert known(stage, meeting) == [("b1", "declined", 0, "a funeral")]
    assert stage.trail("meeting", meeting.id)[-2:] == [("buyer:b1", "answer")] * 2


def test_the_same_word_again_changes_nothing(stage: Stage) -> None:
    meeting = invited(stage)
    for minute in range(1, 5):
        say(stage, meeting, now=NOW + minute * MINUTE)

    assert known(stage, meeting) == [("b1", "accepted", 0, "")]
    assert stage.trail("meeting", meeting.id).count(("buyer:b1", "answer")) == 1


def test_a_word_on_the_page_and_one_by_mail_are_ordered_by_when_they_were_said(stage: Stage) -> None:
    meeting = invited(stage)
    say(stage, meeting, now=NOW + MINUTE)
    earlier = receive(stage.db, a_reply(meeting.uid, partstat="DECLINED", stamp=STAMP), now=NOW + 5 * MINUTE)
    later = receive(
        stage.db, a_reply(meeting.uid, partstat="DECLINED", stamp=NOW + 2 * MINUTE), now=NOW + 5 * MINUTE
    )

    assert (earlier.state, earlier.reason) == (Arrived.STALE, Reason.OLDER)
    assert later.state is Arrived.APPLIED
    assert known(stage, meeting) == [("b1", "declined", 0, "")]


def test_a_mail_to_the_last_invite_counts_also_after_the_room_was_changed_unseen(stage: Stage) -> None:
    meeting = invited(stage)
    target = Target(slot=meeting.slot, room_id="r2")
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COORDINATOR)
    say(stage, meeting, now=NOW + MINUTE)
    raw = a_reply(meeting.uid, partstat="DECLINED", stamp=NOW + 2 * MINUTE)

    assert receive(stage.db, raw, now=NOW + 2 * MINUTE).state is Arrived.APPLIED


def test_an_answer_to_a_time_that_is_no_longer_is_refused(stage: Stage) -> None:
    meeting = invited(stage)
    target = Target(slot=a_slot("10:00"))
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)

    with pytest.raises(OtherTime):
        say(stage, meeting)
    assert known(stage, meeting) == []


@pytest.mark.parametrize("when", ["cancelled", "begun"])
def test_there_is_nothing_to_answer_when_it_is_cancelled_or_has_begun(stage: Stage, when: str) -> None:
    meeting = invited(stage)
    if when == "cancelled":
        cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)

    with pytest.raises(NothingToAnswer):
        say(stage, meeting, now=NOW if when == "cancelled" else meeting.slot.start_at)


@pytest.mark.parametrize(("who", "fair"), [("b2", None), ("c2", None), ("r1", None), ("b1", "fair-2")])
def test_nobody_answers_for_a_session_that_is_not_theirs(stage: Stage, who: str, fair: str | None) -> None:
    meeting = invited(stage)

    with pytest.raises(NotFound):
        say(stage, meeting, who=who, fair_id=fair)


def test_all_that_is_wrong_is_said_at_once(stage: Stage) -> None:
    meeting = invited(stage)

    with pytest.raises(BadInput) as refused:
        say(stage, meeting, "perhaps", comment="x" * 501)
    assert [fault.place for fault in refused.value.faults] == ["answer", "comment"]


def test_several_are_accepted_in_one_go_or_none(stage: Stage) -> None:
    first = invited(stage)
    second = book(stage.db, stage.settings, stage.wish("c2-b1", "10:00"), now=NOW, actor=COMPANY)
    wrong = {first.id: first.slot.start_at, second.id: first.slot.start_at}
    right = {first.id: first.slot.start_at, second.id: second.slot.start_at}

    with pytest.raises(OtherTime):
        accept_all(stage.db, "b1", wrong, now=NOW, actor=BUYER)
    assert known(stage, first) == []
    assert accept_all(stage.db, "b1", right, now=NOW, actor=BUYER) == 2
    assert [known(stage, one) for one in (first, second)] == [[("b1", "accepted", 0, "")]] * 2
