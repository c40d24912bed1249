"""The worker as it runs: real threads, a real clock, a real folder of mail."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.booking.people import Contact
from scheduler.booking.slot import Slot
from scheduler.mail.mailbox import FolderPost
from scheduler.mail.pace import PacedPost
from scheduler.services.book import RoomWish, book, book_room
from scheduler.services.build_grid import begin_build, build_state
from scheduler.services.choose import Wish
from scheduler.services.heartbeat import SILENT_AFTER, beat, pulse
from scheduler.services.hold import hold
from scheduler.services.reminder_choice import choose_channel
from scheduler.storage import outbox
from scheduler.texting.gateway import Gateway
from scheduler.timezones.clock import utc_now
from scheduler.timezones.wall import to_wall
from scheduler.worker import Worker
from tests.builders import SEOUL, a_company, a_fair, a_slot
from tests.messages import a_message
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_post, a_stage
from tests.text_gateway import a_gateway
from tests.unit.mail.test_pace import Watch


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A fair of the coming days, so that the real clock finds its sessions ahead."""
    today = to_wall(utc_now(), SEOUL).date()
    days = tuple(today + timedelta(days=ahead) for ahead in (2, 3))
    return a_stage(tmp_path, fair=a_fair(days=days), hold_minutes=0)


@pytest.fixture
def worker(stage: Stage) -> Iterator[Worker]:
    worker = Worker(stage.settings, stage.db, FolderPost(stage.settings.mailbox))
    worker.start()
    yield worker
    worker.stop()


def within(seconds: float, happened: Callable[[], bool]) -> bool:
    """Whether it happened before the time was up; gives up late, answers early."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.05)
    return False


def first_slot(stage: Stage) -> Slot:
    ahead = (stage.fair.days[0] - a_fair().days[0]).days
    return a_slot("09:00", day=ahead)


def wish(stage: Stage) -> Wish:
    return Wish(fair_key="sample", match_id="c1-b1", slot=first_slot(stage))


def test_what_is_booked_is_in_the_mailbox_within_seconds(stage: Stage, worker: Worker) -> None:
    book(stage.db, stage.settings, wish(stage), now=utc_now(), actor=COORDINATOR)
    mailbox = FolderPost(stage.settings.mailbox)
    assert within(30, lambda: mailbox.list_messages(limit=10).total == 3)


def test_a_grid_asked_for_on_a_page_is_built(stage: Stage, worker: Worker) -> None:
    draft = begin_build(stage.db, "sample", now=utc_now(), actor=COORDINATOR)
    assert within(60, lambda: build_state(stage.db, draft.id).state == "ready")


def test_the_worker_says_that_it_is_alive(stage: Stage, worker: Worker) -> None:
    assert within(10, lambda: pulse(stage.db, now=utc_now()).is_alive)
    assert not pulse(stage.db, now=utc_now() + SILENT_AFTER).is_alive


def test_workers_at_one_mail_server_share_its_limit(stage: Stage) -> None:
    watch = Watch()
    paced = PacedPost(a_post(), per_minute=60, clock=watch, sleep=watch.sleep)
    beat(stage.db, "elsewhere:1", now=utc_now() - SILENT_AFTER / 2)
    beat(stage.db, "dead:1", now=utc_now() - SILENT_AFTER)
    Worker(stage.settings, stage.db, paced).look_after()
    for number in range(3):
        paced.send(a_message(number))
    assert watch.slept == [2.0, 2.0]


def test_without_a_worker_there_is_no_pulse(stage: Stage) -> None:
    found = pulse(stage.db, now=NOW)
    assert (found.last_at, found.is_alive) == (None, False)


def test_lapsed_holds_are_freed_at_the_next_look(stage: Stage) -> None:
    hold(stage.db, stage.settings, wish(stage), now=utc_now(), actor=COMPANY)
    worker = Worker(stage.settings, stage.db, FolderPost(stage.settings.mailbox))
    worker.look_after()
    assert [row[1] for row in stage.meetings()] == ["cancelled"]


def test_one_failing_look_does_not_end_the_heartbeat(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(stage.settings, stage.db, FolderPost(Path("/dev/null/mailbox")))
    worker.start()
    slot = first_slot(stage)
    for minutes in (0, 60):
        lent = RoomWish(
            room_id="r1", slot=Slot.lasting(slot.start_at + timedelta(minutes=minutes), 30), company_id="c1"
        )
        book_room(stage.db, stage.settings, lent, now=utc_now(), actor=COORDINATOR)
    assert within(30, lambda: {row.attempts for row in stage.rows("due") if row.kind == "request"} == {1})
    worker.stop()
    assert pulse(stage.db, now=utc_now()).is_alive


def test_a_reminder_goes_as_a_text_message_beside_the_mails(tmp_path: Path, stage: Stage) -> None:
    contact = Contact(email="c1@mail.example", phone="010-1234-5678", language="ko")
    stage.change(replace(a_company("c1"), contact=contact))
    settings = replace(stage.settings, text_gateway="https://gateway.example/")
    choose_channel(stage.db, settings, "c1", "text", consents=True, now=utc_now(), actor=COMPANY)
    book(stage.db, settings, wish(stage), now=utc_now(), actor=COMPANY)
    with stage.db.write() as work:
        outbox.put_off(work, {row.id: utc_now() for row in stage.rows("due") if row.kind == "reminder_60"})
    with a_gateway() as gateway:
        worker = Worker(settings, stage.db, FolderPost(settings.mailbox), gateway=Gateway(gateway.settings()))
        worker.start()
        try:
            assert within(30, lambda: len(gateway.messages) == 1)
        finally:
            worker.stop()
        assert [one["to"] for one in gateway.messages] == ["+821012345678"]
