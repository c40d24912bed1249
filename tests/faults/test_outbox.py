"""The faults that mail survives, one test each: a real mail server, real processes, a real database."""

import resource
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from scheduler.booking.meeting import Meeting
from scheduler.mail.message import PassingFailure
from scheduler.mail.smtp import Security, SmtpPost, SmtpSettings
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import (
    BATCH_SECONDS,
    LEASE,
    MARK_SECONDS,
    Delivered,
    deliver_all,
    deliver_due,
    send_again,
)
from scheduler.services.heartbeat import SILENT_AFTER, beat, pulse
from scheduler.services.move import Target, move
from scheduler.services.notices import Change, RowState, rows_for, tell
from scheduler.storage import meetings, outbox
from scheduler.storage.db import open_database
from scheduler.storage.errors import StorageUnavailable
from tests.builders import DALLAS, a_meeting, a_slot, at
from tests.faults.workers import AFTER_DATA, BEFORE_SENDING, a_worker
from tests.services.stage import COMPANY, NOW, Stage, a_post, a_stage, the_people
from tests.smtp_server import Behaviour, running_smtp_server

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
C1, B1, I1 = "c1@mail.example", "b1@mail.example", "i1@mail.example"


@contextmanager
def a_server(behaviour: Behaviour, **settings: float) -> Iterator[SmtpPost]:
    with running_smtp_server(behaviour) as port:
        post = post_to(port, **settings)
        yield post
        post.close()


def post_to(port: int, **settings: float) -> SmtpPost:
    return SmtpPost(SmtpSettings(host="127.0.0.1", port=port, security=Security.NONE, **settings))  # type: ignore[arg-type]


def booked(stage: Stage, clock: str = "09:00", *, now: datetime = NOW) -> Meeting:
    return book(stage.db, stage.settings, stage.wish(clock=clock), now=now, actor=COMPANY)


def deliver(stage: Stage, post: object, now: datetime) -> Delivered:
    return deliver_all(stage.db, stage.settings, post, now=now, owner="test")  # type: ignore[arg-type]


def deliver_until(stage: Stage, post: object, first: datetime, last: datetime, step: timedelta) -> Delivered:
    """A worker that looks every `step`."""
    done, now = Delivered(), first
    while now <= last:
        done += deliver(stage, post, now)
        now += step
    return done


def message_ids(behaviour: Behaviour) -> list[str]:
    return [str(message_from_bytes(mail.content)["Message-ID"]) for mail in behaviour.delivered]


@contextmanager
def nobody_listens() -> Iterator[int]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


def many_due(stage: Stage, count: int) -> int:
    """Stores meetings and their invites as due, without claims; how many mails that makes."""
    made = [
        a_meeting(
            f"m{number}", uid=f"m{number}@sangdam", match_id=None, link=f"https://video.example/{number}"
        )
        for number in range(count)
    ]
    rows = rows_for([Change(before=None, after=one) for one in made], state=RowState.DUE, now=NOW)
    with stage.db.write() as work:
        meetings.add_meetings(work, made, NOW)
        outbox.add_rows(work, rows)
    return len(rows)


def test_mail_server_down_for_an_hour_nothing_lost_and_all_sent_within_10_minutes(stage: Stage) -> None:
    due = many_due(stage, 5)
    back_at = NOW + HOUR
    with nobody_listens() as port:
        down = post_to(port)
        tried = deliver_until(stage, down, NOW, back_at - SECOND, MINUTE)
    assert (tried.sent, tried.failed, tried.silent) == (0, 0, 0)
    behaviour = Behaviour()
    with a_server(behaviour) as post:
        done = deliver_until(stage, post, back_at, back_at + 10 * MINUTE, MINUTE)
    assert (done.sent, len(set(message_ids(behaviour))), len(behaviour.delivered)) == (due, due, due)


def test_mail_server_down_for_days_the_wait_stays_within_minutes(stage: Stage) -> None:
    booked(stage)
    with stage.db.write() as work:
        work.execute(outbox.OUTBOX.update().values(attempts=2000))
    failing = a_post(*[PassingFailure(recipient=C1, reason="away") for _ in range(3)])
    assert deliver_due(stage.db, stage.settings, failing, now=NOW, owner="test").retried == 3
    assert {row.due_at - NOW <= 5 * MINUTE for row in stage.rows("due") if row.kind == "request"} == {True}


def test_booking_is_no_slower_while_the_mail_server_is_down(stage: Stage) -> None:
    """The server takes connections and never says a word; the booking does not wait for it."""
    many_due(stage, 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        post = post_to(silent.getsockname()[1], timeout_seconds=3.0)
        sending = threading.Thread(target=deliver, args=(stage, post, NOW))
        sending.start()
        while not stage.rows("leased"):
            time.sleep(0.01)
        booked(stage, "10:00")
        is_still_waiting = sending.is_alive()
        sending.join()
    assert is_still_waiting
    assert len(stage.meetings()) == 2


def test_down_past_the_meetings_start_the_reminder_is_suppressed_and_the_coordinator_sees_it(
    stage: Stage,
) -> None:
    booked(stage)
    behaviour = Behaviour()
    with a_server(behaviour) as post:
        deliver(stage, post, NOW)
        with nobody_listens() as port:
            deliver_until(stage, post_to(port), at("08:00"), at("08:59"), 5 * MINUTE)
        done = deliver_until(stage, post, at("09:00"), at("09:20"), MINUTE)
    assert (done.sent, len(behaviour.delivered)) == (0, 3)
    told = {row.error for row in stage.rows("suppressed") if row.kind == "reminder_60"}
    assert told == {"the session has begun"}


@pytest.mark.parametrize("command", ["rcpt", "data"])
def test_mail_server_slow_other_mail_is_not_held_up(stage: Stage, command: str) -> None:
    booked(stage)
    behaviour = Behaviour(**{command: {B1: ""}})
    with a_server(behaviour, timeout_seconds=0.7) as post:
        done = deliver(stage, post, NOW)
    assert done == Delivered(sent=2, retried=1)
    assert sorted(behaviour.recipients()) == [C1, I1]


def test_mail_server_slow_at_every_command_a_mail_is_given_up_as_a_whole(stage: Stage) -> None:
    booked(stage)
    behaviour = Behaviour(rcpt={B1: ""})
    began = time.monotonic()
    with a_server(behaviour, timeout_seconds=300.0, mail_seconds=0.7) as post:
        done = deliver(stage, post, NOW)
    assert (done, time.monotonic() - began < 250) == (Delivered(sent=2, retried=1), True)


def test_mail_server_slow_the_lease_outlives_the_batch(stage: Stage) -> None:
    """A batch that dawdles gives the rest back before its lease runs out, and somebody else sends it."""
    many_due(stage, 3)
    behaviour = Behaviour(data={C1: "", B1: "", I1: ""})
    with a_server(behaviour, timeout_seconds=0.5) as post:
        first = deliver_due(stage.db, stage.settings, post, now=NOW, owner="slow", batch_seconds=0.3)
        assert (first, timedelta(seconds=BATCH_SECONDS + MARK_SECONDS + 150) < LEASE) == (
            Delivered(retried=1, given_back=8),
            True,
        )
        behaviour.data.clear()
        deliver(stage, post, NOW)
    assert len(behaviour.delivered) == 8


def test_mail_server_away_the_rest_of_the_batch_does_not_wait_for_one_time_out_each(stage: Stage) -> None:
    many_due(stage, 6)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        post = post_to(silent.getsockname()[1], timeout_seconds=0.5)
        done = deliver(stage, post, NOW)
    assert (done, {row.attempts for row in stage.rows("due")}) == (
        Delivered(retried=1, given_back=17, server_away=True),
        {0, 1},
    )


def test_4xx_backs_off_with_jitter_and_makes_no_storm(stage: Stage) -> None:
    due = many_due(stage, 10)
    behaviour = Behaviour(mail={"fair@sangdam.example": "451 try later"})
    with a_server(behaviour) as post:
        first = deliver(stage, post, NOW)
        waits = {row.due_at - NOW for row in stage.rows("due")}
        later = deliver_until(stage, post, NOW, NOW + HOUR, MINUTE)
    assert first == Delivered(retried=due)
    assert (len(waits) > due // 2, min(waits) >= 20 * SECOND, max(waits) <= 40 * SECOND + SECOND) == (
        True,
    ) * 3
    # At most a try each 2.5 minutes once the waits have grown.
    assert due * 10 < later.retried < due * 30


def test_5xx_is_final_and_shown_and_can_be_sent_again_by_hand(stage: Stage) -> None:
    booked(stage)
    behaviour = Behaviour(rcpt={B1: "550 no such user"})
    with a_server(behaviour) as post:
        deliver_until(stage, post, NOW, NOW + HOUR, MINUTE)
        [failed] = stage.rows("failed")
        assert (failed.recipient_id, failed.error, failed.attempts) == ("b1", f"{B1}: 550 no such user", 1)
        behaviour.rcpt.clear()
        assert send_again(stage.db, failed.id, now=NOW + 2 * HOUR)
        assert deliver(stage, post, NOW + 2 * HOUR) == Delivered(sent=1)
        assert not send_again(stage.db, failed.id, now=NOW + 2 * HOUR)
    assert Counter(behaviour.recipients()) == {C1: 1, I1: 1, B1: 1}


@pytest.mark.parametrize("answer", ["450 greylisted", "550 no such user"])
def test_one_of_three_recipients_refused_the_other_two_get_theirs_once(stage: Stage, answer: str) -> None:
    booked(stage)
    behaviour = Behaviour(rcpt={I1: answer})
    with a_server(behaviour) as post:
        deliver_until(stage, post, NOW, NOW + HOUR, MINUTE)
    assert Counter(behaviour.recipients()) == {C1: 1, B1: 1}


def test_killed_before_sending_one_mail(stage: Stage) -> None:
    booked(stage)
    behaviour = Behaviour()
    with running_smtp_server(behaviour) as port:
        dead = a_worker(stage.settings.instance, port, NOW, dies=BEFORE_SENDING, at_mail=2)
        assert dead.wait(60) == -9
        assert len(behaviour.delivered) == 1
        living = a_worker(stage.settings.instance, port, NOW + LEASE)
        assert living.wait(60) == 0
    assert Counter(Counter(message_ids(behaviour)).values()) == {1: 3}


def test_killed_after_data_before_the_commit_one_repeat_with_the_same_message_id(stage: Stage) -> None:
    booked(stage)
    behaviour = Behaviour()
    with running_smtp_server(behaviour) as port:
        dead = a_worker(stage.settings.instance, port, NOW, dies=AFTER_DATA, at_mail=2)
        assert dead.wait(60) == -9
        assert len(behaviour.delivered) == 2
        early = a_worker(stage.settings.instance, port, NOW + LEASE - SECOND)
        assert early.wait(60) == 0
        assert len(behaviour.delivered) == 2
        living = a_worker(stage.settings.instance, port, NOW + LEASE)
        assert living.wait(60) == 0
    repeats = Counter(message_ids(behaviour))
    assert sorted(repeats.values()) == [1, 1, 2]
    [twice] = [mail for mail, count in repeats.items() if count == 2]
    calendars = {
        bytes(message_from_bytes(mail.content).get_payload()[0].get_payload()[2].get_payload(decode=True))  # type: ignore[union-attr, index]
        for mail in behaviour.delivered
        if str(message_from_bytes(mail.content)["Message-ID"]) == twice
    }
    assert len(calendars) == 1


def test_four_workers_on_one_database_and_one_killed_one_mail_per_key(stage: Stage) -> None:
    """The benchmark of mails does the same with 10,000 rows."""
    due = many_due(stage, 80)
    behaviour = Behaviour()
    with running_smtp_server(behaviour) as port:
        folder = stage.settings.instance
        victim = a_worker(folder, port, NOW, dies=AFTER_DATA, at_mail=3)
        crew = [a_worker(folder, port, NOW) for _ in range(3)]
        assert [one.wait(240) for one in (*crew, victim)] == [0, 0, 0, -9]
        assert a_worker(folder, port, NOW + LEASE).wait(60) == 0
    counted = Counter(message_ids(behaviour))
    assert (len(counted), Counter(counted.values())) == (due, {1: due - 1, 2: 1})
    assert len(stage.rows("sent")) == due


def test_database_locked_the_sent_mark_is_retried_and_nothing_is_sent_twice(stage: Stage) -> None:
    booked(stage)
    impatient = replace(stage, db=open_database(stage.settings.database_url, patience_seconds=0.1))
    behaviour = Behaviour()
    lock = sqlite3.connect(
        stage.settings.database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
    )

    class LocksAfterData:
        def send(self, message: object) -> None:
            post.send(message)  # type: ignore[arg-type]
            if len(behaviour.delivered) == 1:
                lock.execute("BEGIN IMMEDIATE")
                threading.Timer(1.5, lambda: lock.execute("ROLLBACK")).start()

    with a_server(behaviour) as post:
        done = deliver(impatient, LocksAfterData(), NOW)
        deliver(impatient, post, NOW + LEASE)
    lock.close()
    assert (done, len(behaviour.delivered)) == (Delivered(sent=3), 3)


def test_database_locked_a_booking_is_refused_whole_and_works_again_by_itself(stage: Stage) -> None:
    impatient = replace(stage, db=open_database(stage.settings.database_url, patience_seconds=0.1))
    lock = sqlite3.connect(stage.settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        booked(impatient)
    with pytest.raises(StorageUnavailable):
        deliver(impatient, a_post(), NOW)
    lock.execute("ROLLBACK")
    lock.close()
    assert (stage.meetings(), stage.rows()) == ([], ())
    booked(impatient)
    assert deliver(impatient, a_post(), NOW) == Delivered(sent=3)


@contextmanager
def a_full_disk(size: int) -> Iterator[None]:
    """No file of this process can grow beyond `size`: SQLite meets what it meets on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_disk_full_a_booking_is_refused_whole_and_works_again_by_itself(stage: Stage) -> None:
    with stage.db.write() as work:
        outbox.counts(work)
    with a_full_disk(4096), pytest.raises(StorageUnavailable):
        booked(stage)
    assert (stage.meetings(), stage.rows()) == ([], ())
    booked(stage)
    assert deliver(stage, a_post(), NOW) == Delivered(sent=3)


def test_a_poison_row_fails_with_its_reason_and_the_queue_goes_on(tmp_path: Path) -> None:
    people = [
        replace(one, contact=replace(one.contact, person="Kim\r\nBcc: all@mail.example"))
        if one.id == "c1"
        else one
        for one in the_people()
    ]
    stage = a_stage(tmp_path, people_of_fair=tuple(people))
    booked(stage)
    behaviour = Behaviour()
    with a_server(behaviour) as post:
        assert deliver(stage, post, NOW) == Delivered(sent=2, failed=1)
    assert sorted(behaviour.recipients()) == [B1, I1]
    [failed] = stage.rows("failed")
    assert failed.error.startswith("This cannot stand in the To line of a mail: 'Kim\\r\\nBcc")


def test_a_poison_row_that_nothing_can_be_read_from_fails_and_the_queue_goes_on(stage: Stage) -> None:
    booked(stage)
    with stage.db.write() as work:
        [row] = [one for one in outbox.list_rows(work) if one.recipient_id == "c1" and one.kind == "request"]
        work.execute(
            outbox.OUTBOX.update().where(outbox.OUTBOX.c.id == row.id).values(facts={"start_at": "soon"})
        )
    assert deliver(stage, a_post(), NOW) == Delivered(sent=2, failed=1)
    [failed] = stage.rows("failed")
    assert failed.error.startswith("KeyError: ") or failed.error.startswith("ValueError: ")


def test_clock_jumps_two_hours_forward_and_back_no_mail_twice_and_no_burst(stage: Stage) -> None:
    for clock, match in (("09:00", "c1-b1"), ("09:30", "c2-b2")):
        book(stage.db, stage.settings, stage.wish(match, clock), now=NOW, actor=COMPANY)
    behaviour = Behaviour()
    with a_server(behaviour) as post:
        deliver(stage, post, NOW)
        noon = at("12:00", day=-1)
        for moment in (noon, noon + 2 * HOUR, noon, noon - 2 * HOUR, noon):
            deliver(stage, post, moment)
        # Two hours ahead of the truth, both sessions seem to have begun: no reminder is worth sending then.
        ahead = deliver(stage, post, at("10:00"))
        deliver(stage, post, at("08:00"))
        deliver(stage, post, at("08:30"))
    assert ahead.sent == 0
    assert set(Counter(message_ids(behaviour)).values()) == {1}
    kinds = Counter(row.kind for row in stage.rows("sent"))
    assert kinds == {"request": 6, "reminder_1440": 6}


CHANGES_OF_CLOCKS = [
    (DALLAS, date(2026, 3, 8), datetime(2026, 3, 8, 14, tzinfo=UTC)),
    (DALLAS, date(2026, 11, 1), datetime(2026, 11, 1, 15, tzinfo=UTC)),
    ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 25, 9, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "day", "start_at"), CHANGES_OF_CLOCKS)
def test_a_day_when_clocks_change_each_reminder_is_sent_once_at_the_right_instant(
    stage: Stage, zone: str, day: date, start_at: datetime
) -> None:
    meeting = a_meeting(slot=replace(a_slot(), start_at=start_at, end_at=start_at + HOUR / 2))
    known = [one for one in the_people() if one.id == "b2"]
    stage.change(replace(known[0], hours=replace(known[0].hours, zone=zone)))
    meeting = replace(meeting, buyer_id="b2", match_id=None)
    before = start_at - timedelta(days=3)
    with stage.db.write() as work:
        meetings.add_meeting(work, meeting, before)
        news = [Change(before=None, after=meeting)]
        tell(work, news, state=RowState.DUE, reminders=(1440, 60), now=before)
    deliver(stage, a_post(), before)
    sent: list[datetime] = []
    now = start_at - timedelta(days=2)
    while now < start_at + HOUR:
        sent += [now] * deliver(stage, a_post(), now).sent
        now += 5 * MINUTE
    assert Counter(sent) == {start_at - timedelta(hours=24): 3, start_at - HOUR: 3}


def test_moved_while_queued_the_old_reminder_is_void(stage: Stage) -> None:
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    target = Target(slot=a_slot("11:00"))
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)
    deliver(stage, a_post(), NOW)
    assert deliver(stage, a_post(), at("09:00", day=-1)) == Delivered(silent=3)
    assert deliver(stage, a_post(), at("11:00", day=-1)) == Delivered(sent=3)


def test_cancelled_while_a_slow_batch_is_on_its_way_the_rest_of_it_is_void(stage: Stage) -> None:
    """Decided at the moment of sending, not when the batch was taken up."""
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    kept: list[object] = []

    class CancelsAndDawdles:
        def send(self, message: object) -> None:
            kept.append(message)
            if len(kept) == 1:
                cancel(stage.db, meeting.id, seen_revision=0, now=at("08:00"), actor=COMPANY)
                time.sleep(2.2)

    done = deliver_due(stage.db, stage.settings, CancelsAndDawdles(), now=at("08:00"), owner="one")
    assert (done.sent, len(kept)) == (1, 1)


def test_worker_off_for_three_days_only_reminders_that_still_help(stage: Stage) -> None:
    booked(stage)
    deliver(stage, a_post(), NOW)
    behaviour = Behaviour()
    with a_server(behaviour) as post:
        done = deliver(stage, post, at("08:10"))
    assert (done, len(behaviour.delivered)) == (Delivered(sent=3, silent=3), 3)


def test_booked_one_hour_ahead_the_reminder_of_the_day_before_is_not_sent_at_once(stage: Stage) -> None:
    now = at("08:00") - SECOND
    booked(stage, now=now)
    deliver(stage, a_post(), now)
    assert {row.kind for row in stage.rows() if row.kind.startswith("reminder")} == {"reminder_60"}


def test_worker_dead_the_pulse_is_gone_within_three_minutes(stage: Stage) -> None:
    beat(stage.db, "worker", now=NOW)
    assert pulse(stage.db, now=NOW + SILENT_AFTER - SECOND).is_alive
    assert (SILENT_AFTER <= 3 * MINUTE, pulse(stage.db, now=NOW + SILENT_AFTER).is_alive) == (True, False)
