"""The mailbox of answers, on a real IMAP server."""

import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.mail.inbox import Arrival, ImapInbox, ImapSettings, InboxUnavailable
from scheduler.mail.incoming import LARGEST_MAIL
from scheduler.mail.smtp import Security
from scheduler.services.book import book
from scheduler.services.receive_reply import Arrived, Reason, receive
from scheduler.storage import answers
from tests.conftest import missing
from tests.dovecot import PASSWORD, USER, find_dovecot, put, running_dovecot, unseen
from tests.replies import STAMP, a_reply, a_reply_calendar, a_reply_mail
from tests.services.stage import COMPANY, NOW, Stage
from tests.services.test_receive_reply import invited


@pytest.fixture
def port() -> Iterator[int]:
    program = find_dovecot()
    if program is None:
        missing("no Dovecot here: install it (Debian: dovecot-imapd)")
    assert program is not None
    with (
        tempfile.TemporaryDirectory(prefix="imap-") as folder,
        running_dovecot(program, Path(folder)) as port,
    ):
        yield port


def an_inbox(port: int, **given: object) -> ImapInbox:
    settings = {"user": USER, "password": PASSWORD, "timeout_seconds": 10.0, **given}
    return ImapInbox(ImapSettings(host="127.0.0.1", port=port, security=Security.NONE, **settings))  # type: ignore[arg-type]


def look(stage: Stage, port: int) -> int:
    return an_inbox(port).look(lambda mail: _keep(stage, mail))


def _keep(stage: Stage, mail: Arrival) -> None:
    receive(stage.db, mail.raw, now=NOW, size=mail.size)


def test_answers_in_the_mailbox_reach_the_session_once(stage: Stage, port: int) -> None:
    meeting = invited(stage)
    put(port, a_reply(meeting.uid), a_reply(meeting.uid, attendee="c1@mail.example", partstat="DECLINED"))
    assert (look(stage, port), unseen(port), look(stage, port)) == (2, 0, 0)
    with stage.db.read() as work:
        known = {one.recipient_id: one.partstat for one in answers.answers_of(work, [meeting.id])}
    assert known == {"b1": "accepted", "c1": "declined"}


def test_a_mail_of_20_mb_is_not_fetched_and_holds_nobody_up(stage: Stage, port: int) -> None:
    meeting = invited(stage)
    put(port, a_reply_mail(text="x" * 60 + "\r\n") + b"x" * 70 * 300_000, a_reply(meeting.uid))
    assert (look(stage, port), unseen(port)) == (2, 0)
    with stage.db.read() as work:
        found = answers.list_incoming(work, tuple(Arrived), limit=10)
    kept = sorted((one.state, one.reason, one.size > LARGEST_MAIL) for one in found)
    assert kept == [("applied", str(Reason.NONE), False), ("unreadable", str(Reason.UNREADABLE), True)]


def test_what_could_not_be_kept_stays_unseen(port: int) -> None:
    put(port, a_reply_mail(text="1"), a_reply_mail(text="2"))
    seen: list[Arrival] = []

    def fails_at_the_second(mail: Arrival) -> None:
        seen.append(mail)
        if len(seen) == 2:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        an_inbox(port).look(fails_at_the_second)
    assert unseen(port) == 1


def test_a_wrong_password_or_nobody_there_is_said_so(port: int) -> None:
    with pytest.raises(InboxUnavailable):
        an_inbox(port, password="mistyped").look(lambda _mail: None)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(InboxUnavailable):
            an_inbox(unused.getsockname()[1]).look(lambda _mail: None)


def bad_mails(uid: str, other_uid: str) -> dict[str, bytes]:
    """By what is wrong with each. `other_uid` is of a session that its sender is not in."""
    differing = [a_reply_calendar(uid, stamp=STAMP + timedelta(minutes=number)) for number in range(10)]
    injecting = "=?utf-8?q?x=0D=0ABcc:_victim=40mail.example?="
    return {
        "a malformed calendar": a_reply_mail(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID;;=:\r\n"),
        "a UID of nobody's": a_reply("somebody-elses@calendar.example"),
        "the UID of a session of other people": a_reply(other_uid, attendee="b1@mail.example"),
        **{
            f"METHOD:{method}": a_reply_mail(a_reply_calendar(uid, method=method))
            for method in ("REQUEST", "CANCEL", "PUBLISH", "ADD", "REFRESH", "DECLINECOUNTER", "X-NONE")
        },
        "a mail of ten calendars": a_reply_mail(*differing),
        "a forged sender": a_reply(uid, headers=(("Authentication-Results", "mx.example; dmarc=fail"),)),
        "a sender who speaks for somebody else": a_reply(uid, sender="stranger@mail.example"),
        "two senders": a_reply(uid).replace(b"From: ", b"From: stranger@mail.example,", 1),
        "no sender": a_reply(uid).replace(b"From: ", b"X-From: ", 1),
        "a line break smuggled into the subject": a_reply_mail(
            a_reply_calendar(uid, sequence=9), headers=()
        ).replace(b"Subject: ", b"Subject: " + injecting.encode() + b" ", 1),
        "octets that are no mail": bytes(range(1, 256)) * 8,
        "20 MB": b"From: b1@mail.example\r\n\r\n" + b"x" * 70 * 300_000,
    }


def test_whatever_comes_each_bad_mail_is_a_row_to_look_at_and_the_answer_behind_them_counts(
    stage: Stage, port: int
) -> None:
    meeting, other = (
        invited(stage),
        book(stage.db, stage.settings, stage.wish("c2-b2"), now=NOW, actor=COMPANY),
    )
    bad = bad_mails(meeting.uid, other.uid)
    put(port, *bad.values(), a_reply(meeting.uid))
    assert (look(stage, port), unseen(port)) == (len(bad) + 1, 0)
    with stage.db.read() as work:
        rows = answers.list_incoming(work, tuple(Arrived), limit=100)
        known = [(one.recipient_id, one.partstat) for one in answers.answers_of(work, [meeting.id, other.id])]
    states = Counter(row.state for row in rows)
    assert (states["applied"], states["review"] + states["unreadable"]) == (1, len(bad))
    assert known == [("b1", "accepted")]
    assert not [row for row in rows if "\n" in row.subject + row.sender or "\r" in row.subject + row.sender]
