"""Who has said that they come, and that an answer speaks of one time only."""

from datetime import timedelta

from scheduler.booking.meeting import Meeting
from scheduler.services.answered import Tally, tallies_of_fair
from scheduler.services.board_whole import whole_board_of
from scheduler.services.book import book
from scheduler.services.deliver import deliver_all
from scheduler.services.move import Target, move
from scheduler.services.receive_reply import receive
from scheduler.services.replies import replies_page
from scheduler.services.timetable import session_page, timetable_of
from tests.builders import a_slot
from tests.replies import a_reply
from tests.services.stage import COMPANY, NOW, Stage, a_post

MINUTE = timedelta(minutes=1)


def answered(stage: Stage, **said: str) -> Meeting:
    """A session whose people have answered; b1="DECLINED"."""
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    deliver_all(stage.db, stage.settings, a_post(), now=NOW, owner="test")
    for person, partstat in said.items():
        reply = a_reply(meeting.uid, attendee=f"{person}@mail.example", partstat=partstat)
        receive(stage.db, reply, now=NOW + MINUTE)
    return meeting


def words(stage: Stage, meeting: Meeting) -> list[tuple[str, str]]:
    return [(one.person.id, one.said) for one in session_page(stage.db, meeting.id).answers]


def test_everybody_invited_stands_with_their_answer_or_none(stage: Stage) -> None:
    meeting = answered(stage, b1="ACCEPTED", i1="DECLINED")
    assert words(stage, meeting) == [("c1", "nothing"), ("b1", "accepted"), ("i1", "declined")]


def test_the_board_and_a_person_s_schedule_carry_the_same_answers(stage: Stage) -> None:
    answered(stage, b1="ACCEPTED", i1="DECLINED")
    said = {"b1": "accepted", "i1": "declined"}
    [table] = whole_board_of(stage.db, "sample").tables
    on_board = [entry.answers for row in table.rows for cell in row.cells for entry in cell]
    [(_, entries)] = timetable_of(stage.db, "c1").days
    assert (on_board, [one.answers for one in entries]) == ([said], [said])


def test_a_person_s_answers_are_counted_over_the_sessions_to_come(stage: Stage) -> None:
    meeting = answered(stage, b1="ACCEPTED", i1="DECLINED")
    book(stage.db, stage.settings, stage.wish("c1-b2", "10:00"), now=NOW, actor=COMPANY)
    assert tallies_of_fair(stage.db, stage.fair.id, now=NOW) == {
        "c1": Tally(nothing=2),
        "b1": Tally(accepted=1),
        "b2": Tally(nothing=1),
        "i1": Tally(declined=1),
        "i2": Tally(nothing=1),
    }
    assert "b1" not in tallies_of_fair(stage.db, stage.fair.id, now=meeting.slot.end_at)


def test_when_the_session_moves_nobody_has_answered_the_new_time(stage: Stage) -> None:
    meeting = answered(stage, b1="DECLINED")
    assert [one.answer.recipient_id for one in replies_page(stage.db, now=NOW, page=0).refusals] == ["b1"]
    target = Target(slot=a_slot("10:00"))
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)
    assert {said for _, said in words(stage, meeting)} == {"nothing"}
    assert replies_page(stage.db, now=NOW, page=0).refusals == ()
    assert tallies_of_fair(stage.db, stage.fair.id, now=NOW)["b1"] == Tally(nothing=1)


def test_a_change_of_room_asks_nobody_again(stage: Stage) -> None:
    meeting = answered(stage, b1="ACCEPTED")
    target = Target(slot=meeting.slot, room_id="r2")
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)
    assert ("b1", "accepted") in words(stage, meeting)
