"""Answers by mail: taken over in order, repeated without harm, and doubtful ones left to a person."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from scheduler.booking.errors import NotFound
from scheduler.booking.meeting import Meeting
from scheduler.mail.incoming import LARGEST_MAIL
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all
from scheduler.services.move import Target, move
from scheduler.services.receive_reply import Arrived, Reason, accept_for, receive, settle
from scheduler.storage import answers
from scheduler.storage.answers import Answer
from tests.builders import a_slot
from tests.replies import STAMP, a_reply, a_reply_calendar, a_reply_mail
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_post

MINUTE = timedelta(minutes=1)


def invited(stage: Stage) -> Meeting:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    deliver_all(stage.db, stage.settings, a_post(), now=NOW, owner="test")
    return meeting


def moved(stage: Stage, meeting: Meeting, clock: str = "10:00") -> Meeting:
    target = Target(slot=a_slot(clock))
    after = move(
        stage.db, stage.settings, meeting.id, target, seen_revision=meeting.revision, now=NOW, actor=COMPANY
    )
    deliver_all(stage.db, stage.settings, a_post(), now=NOW, owner="test")
    return after


def taken(stage: Stage, raw: bytes) -> tuple[Arrived, Reason]:
    done = receive(stage.db, raw, now=NOW + MINUTE)
    return done.state, done.reason


def known(stage: Stage, meeting: Meeting) -> list[tuple[str, str, int]]:
    with stage.db.read() as work:
        return [
            (one.recipient_id, one.partstat, one.sequence) for one in answers.answers_of(work, [meeting.id])
        ]


def waiting(stage: Stage) -> list[tuple[str, str]]:
    with stage.db.read() as work:
        found = answers.list_incoming(work, ("review", "stale", "unreadable"), limit=2000)
    return sorted((one.state, one.reason) for one in found)


def test_an_answer_is_taken_over(stage: Stage) -> None:
    meeting = invited(stage)
    assert taken(stage, a_reply(meeting.uid, more="COMMENT:곧 뵙겠습니다")) == (Arrived.APPLIED, Reason.NONE)
    with stage.db.read() as work:
        assert answers.answers_of(work, [meeting.id]) == (
            Answer(
                meeting_id=meeting.id,
                recipient_id="b1",
                partstat="accepted",
                sequence=0,
                stamped_at=STAMP,
                received_at=NOW + MINUTE,
                comment="곧 뵙겠습니다",
                start_at=meeting.slot.start_at,
                end_at=meeting.slot.end_at,
            ),
        )
    assert stage.trail("meeting", meeting.id)[-1] == ("system:system", "answer")


def test_each_person_answers_for_themselves(stage: Stage) -> None:
    meeting = invited(stage)
    taken(stage, a_reply(meeting.uid))
    taken(stage, a_reply(meeting.uid, attendee="C1@mail.example", partstat="DECLINED"))
    assert known(stage, meeting) == [("b1", "accepted", 0), ("c1", "declined", 0)]


def test_the_same_mail_once_more_changes_nothing(stage: Stage) -> None:
    meeting = invited(stage)
    raw = a_reply(meeting.uid)
    receive(stage.db, raw, now=NOW)
    again = receive(stage.db, raw, now=NOW + MINUTE)
    assert (again.state, again.is_new) == (Arrived.APPLIED, False)
    assert waiting(stage) == []


def test_the_same_answer_in_another_mail_is_a_repeat(stage: Stage) -> None:
    meeting = invited(stage)
    taken(stage, a_reply(meeting.uid))
    assert taken(stage, a_reply(meeting.uid, headers=(("X-Copy", "2"),))) == (Arrived.STALE, Reason.REPEATED)
    assert known(stage, meeting) == [("b1", "accepted", 0)]


def test_the_later_answer_holds_in_whatever_order_they_come(stage: Stage) -> None:
    meeting = invited(stage)
    later = a_reply(meeting.uid, partstat="DECLINED", stamp=STAMP - MINUTE * 60)
    earlier = a_reply(meeting.uid, stamp=STAMP - MINUTE * 90)
    assert taken(stage, later) == (Arrived.APPLIED, Reason.NONE)
    assert taken(stage, earlier) == (Arrived.STALE, Reason.OLDER)
    assert known(stage, meeting) == [("b1", "declined", 0)]


def test_a_stamp_of_the_future_does_not_silence_what_comes_after(stage: Stage) -> None:
    meeting = invited(stage)
    receive(stage.db, a_reply(meeting.uid, stamp=STAMP + timedelta(days=900)), now=NOW)
    raw = a_reply(meeting.uid, partstat="DECLINED", stamp=NOW + MINUTE)
    assert receive(stage.db, raw, now=NOW + MINUTE).state is Arrived.APPLIED


def test_an_answer_to_the_time_before_a_move_is_shown_as_such(stage: Stage) -> None:
    meeting = invited(stage)
    moved(stage, meeting)
    assert taken(stage, a_reply(meeting.uid)) == (Arrived.STALE, Reason.TIME_CHANGED)
    assert taken(stage, a_reply(meeting.uid, sequence=1)) == (Arrived.APPLIED, Reason.NONE)


def test_an_answer_still_counts_when_only_the_room_changed(stage: Stage) -> None:
    meeting = invited(stage)
    target = Target(slot=meeting.slot, room_id="r2")
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)
    deliver_all(stage.db, stage.settings, a_post(), now=NOW, owner="test")
    assert taken(stage, a_reply(meeting.uid)) == (Arrived.APPLIED, Reason.NONE)


def test_an_answer_to_a_cancelled_session_is_shown_as_such(stage: Stage) -> None:
    meeting = invited(stage)
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert taken(stage, a_reply(meeting.uid)) == (Arrived.STALE, Reason.CANCELLED)


DOUBTFUL = [
    ({"sender": "stranger@mail.example"}, Reason.OTHER_SENDER),
    ({"attendee": "stranger@mail.example"}, Reason.NOT_INVITED),
    ({"attendee": "c2@mail.example"}, Reason.NOT_INVITED),
    ({"headers": (("Authentication-Results", "mx; dmarc=fail"),)}, Reason.FORGED),
    ({"sequence": 7}, Reason.NEVER_SENT),
]


@pytest.mark.parametrize(("given", "reason"), DOUBTFUL)
def test_strangers_and_forgers_change_nothing_and_wait_for_a_person(
    stage: Stage, given: dict[str, object], reason: Reason
) -> None:
    meeting = invited(stage)
    assert taken(stage, a_reply(meeting.uid, **given)) == (Arrived.REVIEW, reason)
    assert (known(stage, meeting), waiting(stage)) == ([], [("review", str(reason))])


def test_an_answer_for_no_session_of_ours_waits_for_a_person(stage: Stage) -> None:
    invited(stage)
    assert taken(stage, a_reply("somebody-elses@calendar.example")) == (
        Arrived.REVIEW,
        Reason.UNKNOWN_SESSION,
    )


def test_a_proposal_is_kept_beside_the_answer_and_moves_nothing(stage: Stage) -> None:
    meeting = invited(stage)
    counter = a_reply(
        meeting.uid,
        method="COUNTER",
        partstat="TENTATIVE",
        start="DTSTART:20260624T020000Z",
        end="DTEND:20260624T023000Z",
    )
    done = receive(stage.db, counter, now=NOW + MINUTE)
    assert (done.state, done.reason) == (Arrived.REVIEW, Reason.PROPOSAL)
    with stage.db.read() as work:
        kept = answers.get_incoming(work, done.id)
    assert (kept.proposed_start_at, kept.proposed_end_at) == (
        a_slot("11:00").start_at,
        a_slot("11:00").end_at,
    )
    assert known(stage, meeting) == [("b1", "tentative", 0)]
    assert [row[2] for row in stage.meetings()] == [0]


def test_who_is_undecided_or_sends_somebody_else_waits_for_a_person(stage: Stage) -> None:
    meeting = invited(stage)
    passed_on = 'DELEGATED;DELEGATED-TO="mailto:budi@mail.example"'
    assert taken(stage, a_reply(meeting.uid, partstat="NEEDS-ACTION")) == (Arrived.REVIEW, Reason.UNDECIDED)
    assert taken(stage, a_reply(meeting.uid, partstat=passed_on)) == (Arrived.REVIEW, Reason.PASSED_ON)
    with stage.db.read() as work:
        [mail] = [one for one in answers.list_incoming(work, ("review",), limit=9) if one.detail]
    assert (mail.detail, mail.partstat, mail.meeting_id) == ("budi@mail.example", "", meeting.id)
    with pytest.raises(NotFound):
        accept_for(stage.db, mail.id, "b1", now=NOW, actor=COORDINATOR)
    assert known(stage, meeting) == []


@pytest.mark.parametrize("year", ["0001", "9999", "1950", "2150"])
def test_a_proposal_from_another_age_has_no_time_that_could_be_shown(stage: Stage, year: str) -> None:
    meeting = invited(stage)
    times = {"start": f"DTSTART:{year}1231T230000Z", "end": f"DTEND:{year}1231T233000Z"}
    done = receive(stage.db, a_reply(meeting.uid, method="COUNTER", **times), now=NOW + MINUTE)
    with stage.db.read() as work:
        kept = answers.get_incoming(work, done.id)
    assert (done.reason, kept.proposed_start_at, kept.proposed_end_at) == (Reason.PROPOSAL, None, None)


def test_a_letter_in_answer_to_an_invite_is_shown_with_its_session(stage: Stage) -> None:
    meeting, post = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY), a_post()
    deliver_all(stage.db, stage.settings, post, now=NOW, owner="test")
    sent_as = str(post.kept[0]["Message-ID"])
    letter = a_reply_mail(text="언제인가요?", headers=(("In-Reply-To", sent_as),))
    strange = a_reply_mail(text="언제인가요?", headers=(("In-Reply-To", "<1@elsewhere.example>"),))
    done = [receive(stage.db, one, now=NOW) for one in (letter, strange)]
    with stage.db.read() as work:
        about = [answers.get_incoming(work, one.id).meeting_id for one in done]
    assert ([one.reason for one in done], about) == ([Reason.NO_CALENDAR] * 2, [meeting.id, None])


UNREADABLE = {
    "nothing": b"",
    "no calendar that can be read": a_reply_mail(b"BEGIN:VCALENDAR\r\nnonsense\r\n"),
    "an invitation of somebody": a_reply_mail(a_reply_calendar(method="REQUEST")),
    "20 MB": b"From: b1@mail.example\r\n\r\n" + b"x" * (20 * 1024 * 1024),
    "a header that breaks the parser": b"From: =?utf-8?q?=00?= <\x00@>\r\nSubject: \xff\r\n\r\n",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_mail_that_cannot_be_read_is_kept_and_shown(stage: Stage, what: str) -> None:
    raw = UNREADABLE[what]
    done = receive(stage.db, raw, now=NOW)
    assert done.state is Arrived.UNREADABLE
    with stage.db.read() as work:
        kept = answers.get_incoming(work, done.id)
    assert (kept.size, kept.raw, bool(kept.detail)) == (len(raw), raw[: 64 * 1024], True)


def test_a_mail_that_fails_whatever_is_done_is_kept_and_holds_nobody_up(stage: Stage) -> None:
    meeting = invited(stage)
    with stage.db.write() as work:
        refusing = (
            "BEFORE INSERT ON answer WHEN NEW.recipient_id = 'b1' BEGIN SELECT RAISE(ABORT, 'odd'); END"
        )
        work.execute(text(f"CREATE TRIGGER odd {refusing}"))
    assert taken(stage, a_reply(meeting.uid)) == (Arrived.UNREADABLE, Reason.UNREADABLE)
    assert taken(stage, a_reply(meeting.uid, attendee="c1@mail.example")) == (Arrived.APPLIED, Reason.NONE)
    assert (waiting(stage), known(stage, meeting)) == (
        [("unreadable", "unreadable")],
        [("c1", "accepted", 0)],
    )


def test_the_head_of_a_mail_that_was_too_large_to_fetch_is_kept(stage: Stage) -> None:
    done = receive(stage.db, b"From: b1@mail.example\r\n\r\n", now=NOW, size=LARGEST_MAIL + 1)
    assert (done.state, waiting(stage)) == (Arrived.UNREADABLE, [("unreadable", "unreadable")])


def test_ten_calendars_that_say_the_same_are_one_answer_and_ten_that_differ_are_none(stage: Stage) -> None:
    meeting = invited(stage)
    differing = [a_reply_calendar(meeting.uid, stamp=STAMP + MINUTE * number) for number in range(10)]
    assert taken(stage, a_reply_mail(*differing)) == (Arrived.REVIEW, Reason.SEVERAL)
    assert taken(stage, a_reply_mail(*[differing[0]] * 10)) == (Arrived.APPLIED, Reason.NONE)


def test_a_letter_waits_for_a_person_and_an_absence_note_for_nobody(stage: Stage) -> None:
    assert taken(stage, a_reply_mail(text="언제인가요?")) == (Arrived.REVIEW, Reason.NO_CALENDAR)
    note = a_reply_mail(headers=(("Auto-Submitted", "auto-replied"),))
    assert taken(stage, note) == (Arrived.SETTLED, Reason.AUTOMATIC)
    assert waiting(stage) == [("review", "no_calendar")]


def test_a_thousand_answers_at_once_leave_the_last_word(stage: Stage) -> None:
    meeting = invited(stage)
    stamps = [NOW - MINUTE * number for number in range(1000)]
    random.Random(4).shuffle(stamps)
    head = b"From: b1@mail.example\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n"
    for stamp in stamps:
        partstat = "DECLINED" if stamp == NOW else "ACCEPTED"
        receive(stage.db, head + a_reply_calendar(meeting.uid, stamp=stamp, partstat=partstat), now=NOW)
    assert known(stage, meeting) == [("b1", "declined", 0)]


def test_a_person_says_for_whom_a_doubtful_answer_speaks(stage: Stage) -> None:
    meeting = invited(stage)
    raw = a_reply(meeting.uid, attendee="sari.private@mail.example", partstat="DECLINED")
    done = receive(stage.db, raw, now=NOW)
    with pytest.raises(NotFound):
        accept_for(stage.db, done.id, "b2", now=NOW, actor=COORDINATOR)
    accept_for(stage.db, done.id, "b1", now=NOW, actor=COORDINATOR)
    assert (known(stage, meeting), waiting(stage)) == ([("b1", "declined", 0)], [])
    with pytest.raises(NotFound):
        accept_for(stage.db, done.id, "b1", now=NOW, actor=COORDINATOR)


def test_what_a_person_has_seen_to_leaves_the_list(stage: Stage) -> None:
    done = receive(stage.db, b"", now=NOW)
    settle(stage.db, done.id, now=NOW, actor=COORDINATOR)
    assert (waiting(stage), stage.trail("incoming", done.id)) == ([], [("coordinator:acc_1", "settle_reply")])
    with pytest.raises(NotFound):
        settle(stage.db, done.id, now=NOW, actor=COORDINATOR)
