"""Programs elsewhere are told what happens: signed, at least once under the same id, and never inside our network."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.booking.errors import BadInput, NotFound, SlotTaken
from scheduler.outgoing import Patience
from scheduler.services import webhook_calls
from scheduler.services.accounts import add_account_in, disable_account
from scheduler.services.actor import SYSTEM, Actor, Role
from scheduler.services.alerts import note_answer
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all, send_texts_by_mail
from scheduler.services.hold import hold
from scheduler.services.move import Target, move
from scheduler.services.publish import publish
from scheduler.services.webhook_calls import FAILURES_THAT_END, MOST_ATTEMPTS, Called, call_due
from scheduler.services.webhook_events import Event
from scheduler.services.webhooks import (
    BY_HAND,
    MOST,
    all_webhooks,
    deliver_again,
    deliveries_of,
    end_webhook,
    make_webhook,
    secret_of,
)
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.webhooks import Webhook
from tests.builders import a_slot
from tests.services.stage import COORDINATOR, NOW, Stage, a_post, a_stage, some_settings
from tests.web.visitors import keep_plan, the_plan
from tests.webhook_receiver import Receiver, a_dripping_receiver, a_receiver, is_signed

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = tuple(Event)


def a_maker(stage: Stage, email: str = "maker@city.example") -> Actor:
    with stage.db.write() as work:
        account = add_account_in(
            work, email=email, role="coordinator", name="담당", password=None, now=NOW, actor=SYSTEM
        )
    return Actor(role=Role.COORDINATOR, name=account.name, account_id=account.id)


def told_at(stage: Stage, address: str, *events: str) -> Webhook:
    """A webhook of a coordinator; where private networks are allowed, as for everything on loopback."""
    settings = replace(stage.settings, webhook_private=True)
    chosen = events or EVERYTHING
    return make_webhook(stage.db, settings, address=address, events=chosen, now=NOW, actor=a_maker(stage))[0]


def call(stage: Stage, after: timedelta = timedelta(), *, owner: str = "w", private: bool = True) -> Called:
    settings = replace(stage.settings, webhook_private=private)
    return call_due(stage.db, settings, now=NOW + after, owner=owner)


def rows(stage: Stage, webhook: Webhook) -> list[OutboxRow]:
    return list(deliveries_of(stage.db, webhook.id).rows)


def book_one(stage: Stage, match: str = "c1-b1", clock: str = "09:00"):
    return book(stage.db, stage.settings, stage.wish(match, clock), now=NOW, actor=COORDINATOR)


def test_each_kind_of_event_is_told_once_signed_and_names_nobody(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver:
        webhook = told_at(stage, receiver.address)
        meeting = book_one(stage)
        moved = move(
            stage.db,
            stage.settings,
            meeting.id,
            Target(slot=a_slot("10:00")),
            seen_revision=0,
            now=NOW,
            actor=COORDINATOR,
        )
        with stage.db.write() as work:
            note_answer(work, moved, "b1", None, "accepted", now=NOW)
        cancel(stage.db, meeting.id, seen_revision=1, now=NOW, actor=COORDINATOR)
        called, again = call(stage), call(stage)

    assert sorted(receiver.events) == sorted(EVERYTHING[:4])
    assert (called.taken, again) == (4, Called())
    secret = secret_of(stage.settings, webhook.id)
    assert all(is_signed(secret, headers, body) for headers, body in receiver.requests)
    assert not any(is_signed(secret, headers, body + b" ") for headers, body in receiver.requests)
    assert [headers["webhook-id"] for headers, _ in receiver.requests] == [one["id"] for one in receiver.told]
    by_event = {one["event"]: one for one in receiver.told}
    assert by_event[Event.MOVED]["previous"]["start_at"] == meeting.slot.start_at.isoformat()
    assert by_event[Event.MOVED]["session"]["start_at"] == moved.slot.start_at.isoformat()
    assert by_event[Event.ANSWERED]["answer"] == {"person_id": "b1", "said": "accepted"}
    assert {one["fair"] for one in receiver.told} == {"sample"}
    everything = b"".join(body for _, body in receiver.requests).decode()
    assert "남동산업" not in everything
    assert "mail.example" not in everything
    assert moved.link not in everything


def test_a_publication_is_told_with_its_sessions_and_its_counts(tmp_path):
    stage = a_stage(tmp_path)
    keep_plan(stage, the_plan())
    with a_receiver() as receiver:
        told_at(stage, receiver.address)
        publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)
        call(stage)

    assert sorted(receiver.events) == ["plan.published", "session.booked", "session.booked"]
    counts = next(one for one in receiver.told if one["event"] == "plan.published")["publication"]
    assert counts == {"added": 2, "moved": 0, "cancelled": 0, "unchanged": 0}


def test_who_asked_for_one_kind_hears_of_no_other_and_a_hold_is_nobodys_business(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver:
        told_at(stage, receiver.address, Event.CANCELLED)
        hold(stage.db, stage.settings, stage.wish("c2-b1", "11:00"), now=NOW, actor=COORDINATOR)
        meeting = book_one(stage)
        cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
        call(stage)

    assert receiver.events == ["session.cancelled"]


def test_what_is_refused_tells_nobody(tmp_path):
    stage = a_stage(tmp_path)
    book_one(stage)
    webhook = told_at(stage, "http://127.0.0.1:9/")
    with pytest.raises(SlotTaken):
        book_one(stage, "c1-b2")

    assert rows(stage, webhook) == []


def test_what_is_not_taken_is_tried_again_later_under_the_same_id(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver:
        webhook = told_at(stage, receiver.address)
        receiver.status = 503
        book_one(stage)
        failed, at_once = call(stage), call(stage)
        receiver.status = 200
        later = call(stage, timedelta(minutes=1))
    (row,) = rows(stage, webhook)

    assert (failed, at_once, later) == (Called(failed=1), Called(), Called(taken=1))
    assert (row.state, row.attempts, len(set(receiver.ids)), len(receiver.ids)) == ("sent", 2, 1, 2)
    assert all_webhooks(stage.db)[0].failures == 0


def test_a_redirect_is_not_followed(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as elsewhere, a_receiver() as receiver:
        receiver.status, receiver.headers = 302, {"Location": elsewhere.address}
        webhook = told_at(stage, receiver.address)
        book_one(stage)
        call(stage)

    assert (rows(stage, webhook)[0].error, elsewhere.requests) == ("HTTP 302", [])


@pytest.mark.parametrize(
    "found",
    [
        *(
            "127.0.0.1",
            "10.0.0.7",
            "169.254.169.254",
            "::1",
            "::ffff:192.168.0.1",
            "fe80::1%eth0",
            "::10.0.0.7",
        ),
        # What a gateway between the two kinds of addresses would take into our own network.
        *("64:ff9b::a00:7", "64:ff9b:1::a00:7", "2002:a00:7::1"),
    ],
)
def test_a_name_that_leads_inside_by_the_time_of_sending_is_not_connected_to(tmp_path, found):
    stage = a_stage(tmp_path)
    webhook, _ = make_webhook(
        stage.db,
        stage.settings,
        address="https://crm.example.kr/in",
        events=EVERYTHING,
        now=NOW,
        actor=a_maker(stage),
    )
    book_one(stage)
    asked: list[str] = []

    def look_up(host: str, port: int) -> tuple[str, ...]:
        asked.append(f"{host}:{port}")
        return ("93.184.215.14", found)

    call_due(stage.db, stage.settings, now=NOW, owner="w", look_up=look_up)

    assert asked == ["crm.example.kr:443"]
    assert rows(stage, webhook)[0].error == "the address leads into a private network"


def test_an_answer_that_drips_is_hung_up_on_and_tried_again_later(tmp_path, monkeypatch):
    monkeypatch.setattr(webhook_calls, "PATIENCE", Patience(connect=0.5, read=0.5))
    stage = a_stage(tmp_path)
    with a_dripping_receiver() as address:
        webhook = told_at(stage, address)
        book_one(stage)
        began = time.monotonic()
        called = call(stage)
        taken = time.monotonic() - began

    assert (called.failed, rows(stage, webhook)[0].error) == (1, "no answer in time")
    # Each letter came in time; all of them would have taken a minute.
    assert taken < 20


@pytest.mark.parametrize(
    "address",
    [
        *("", "crm.example.kr", "http://crm.example.kr/", "ftp://crm.example.kr/", "file:///etc/passwd"),
        *(
            "gopher://crm.example.kr/",
            "https://",
            "https://user@crm.example.kr/",
            "https://crm.example.kr/#x",
        ),
        *("https://crm.example.kr:99999/", "https://a b/", "https://" + "x" * 2000, "https://[::1"),
        *("https://127.0.0.1/", "https://localhost/", "https://2130706433/", "https://0x7f.1/"),
        *("https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/"),
        *("https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "https://0/"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_at_once(tmp_path, address):
    stage = a_stage(tmp_path)
    with pytest.raises(BadInput) as refusal:
        make_webhook(
            stage.db, stage.settings, address=address, events=["nothing"], now=NOW, actor=a_maker(stage)
        )

    assert [one.place for one in refusal.value.faults] == ["address", "events"]
    assert all_webhooks(stage.db) == ()


def test_one_address_that_nobody_answers_at_holds_up_no_other(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver, a_receiver() as broken:
        broken.status = 500
        first = told_at(stage, broken.address)
        settings = replace(stage.settings, webhook_private=True)
        make_webhook(
            stage.db,
            settings,
            address=receiver.address,
            events=EVERYTHING,
            now=NOW,
            actor=maker_of(first),
        )
        for match, clock in (("c1-b1", "09:00"), ("c2-b1", "09:30")):
            book_one(stage, match, clock)
        done = call(stage)

    assert done == Called(taken=2, failed=1, given_back=1)
    assert (len(broken.requests), len(receiver.requests)) == (1, 2)


def maker_of(webhook: Webhook) -> Actor:
    return Actor(role=Role.COORDINATOR, name="담당", account_id=webhook.account_id)


def test_a_delivery_that_never_succeeds_fails_with_its_reason_and_is_sent_again_by_hand(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver:
        receiver.status = 500
        webhook = told_at(stage, receiver.address)
        book_one(stage)
        for hour in range(MOST_ATTEMPTS):
            call(stage, timedelta(hours=hour) / 24)
            call(stage, timedelta(hours=4 * hour))
        (failed,) = rows(stage, webhook)
        with pytest.raises(NotFound):
            deliver_again(stage.db, "hook_none", failed.id, now=NOW, actor=COORDINATOR)
        deliver_again(stage.db, webhook.id, failed.id, now=NOW, actor=COORDINATOR)
        receiver.status = 200
        call(stage)
    (sent,) = rows(stage, webhook)

    assert (failed.state, failed.error, failed.attempts) == ("failed", "HTTP 500", MOST_ATTEMPTS)
    assert (sent.state, sent.id, len(set(receiver.ids))) == ("sent", failed.id, 1)


def test_an_address_that_has_failed_for_long_ends_and_its_coordinator_hears_of_it(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver:
        receiver.status = 500
        webhook = told_at(stage, receiver.address)
        book_one(stage)
        book_one(stage, "c2-b1", "09:30")
        for round_ in range(2 * FAILURES_THAT_END):
            call(stage, timedelta(hours=4 * round_))
        post = a_post()
        deliver_all(stage.db, stage.settings, post, now=NOW + timedelta(days=9), owner="mail")
    (ended,) = all_webhooks(stage.db)
    mails = [one for one in post.kept if "maker@city.example" in one["To"]]

    assert (ended.ended_because, ended.failures) == ("HTTP 500", FAILURES_THAT_END)
    assert len(receiver.requests) == FAILURES_THAT_END
    assert len(mails) == 1
    assert f"/webhooks/{webhook.id}" in mails[0].get_body(("plain",)).get_content()


def test_a_receiver_that_says_it_is_gone_is_told_nothing_more(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver:
        receiver.status = 410
        told_at(stage, receiver.address)
        book_one(stage)
        call(stage)
        book_one(stage, "c2-b1", "09:30")
        call(stage, timedelta(days=1))

    assert all_webhooks(stage.db)[0].ended_because == "HTTP 410"
    assert len(receiver.requests) == 1


def test_whoever_ends_it_ends_what_waits_too(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver:
        webhook = told_at(stage, receiver.address)
        book_one(stage)
        end_webhook(stage.db, webhook.id, now=NOW, actor=COORDINATOR)
        end_webhook(stage.db, webhook.id, now=NOW, actor=COORDINATOR)
        call(stage)

    assert receiver.requests == []
    assert (rows(stage, webhook)[0].state, all_webhooks(stage.db)[0].ended_because) == ("suppressed", BY_HAND)
    assert [action for _, action in stage.trail("webhook", webhook.id)] == ["make_webhook", "end_webhook"]


def test_nothing_goes_to_the_address_of_a_coordinator_who_is_none_any_more(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver:
        webhook = told_at(stage, receiver.address)
        book_one(stage)
        a_maker(stage, "another@city.example")
        disable_account(stage.db, webhook.account_id, now=NOW, actor=SYSTEM)
        book_one(stage, "c2-b1", "09:30")
        call(stage)

    assert receiver.requests == []
    assert [row.state for row in rows(stage, webhook)] == ["suppressed"]


def test_the_secret_is_kept_nowhere_and_is_another_for_each_webhook_and_installation(tmp_path):
    stage = a_stage(tmp_path)
    webhook = told_at(stage, "http://127.0.0.1:9/")
    secret = secret_of(stage.settings, webhook.id)
    other = secret_of(
        replace(stage.settings, secret_key="another secret of thirty-two characters"), webhook.id
    )

    assert len({secret, other, secret_of(stage.settings, "hook_2")}) == 3
    stored = (tmp_path / "scheduler.sqlite").read_bytes() + (tmp_path / "scheduler.sqlite-wal").read_bytes()
    assert webhook.id.encode() in stored
    assert secret.removeprefix("whsec_").encode() not in stored


def test_there_are_no_more_than_so_many_and_a_switched_off_gateway_sends_none_of_it_by_mail(tmp_path):
    stage = a_stage(tmp_path)
    webhook = told_at(stage, "http://127.0.0.1:9/")
    settings = replace(stage.settings, webhook_private=True)
    maker = maker_of(webhook)
    for number in range(MOST - 1):
        make_webhook(
            stage.db,
            settings,
            address=f"http://127.0.0.1:9/{number}",
            events=EVERYTHING,
            now=NOW,
            actor=maker,
        )
    with pytest.raises(BadInput):
        make_webhook(
            stage.db, settings, address="http://127.0.0.1:9/x", events=EVERYTHING, now=NOW, actor=maker
        )
    book_one(stage)

    assert send_texts_by_mail(stage.db) == 0
    assert [row.channel for row in rows(stage, webhook)] == ["webhook"]


def test_a_worker_killed_after_it_was_taken_repeats_it_with_the_same_id(tmp_path):
    stage = a_stage(tmp_path)
    with a_receiver() as receiver:
        webhook = told_at(stage, receiver.address)
        meeting = book_one(stage)
        worker = a_mortal_worker(tmp_path, receiver)
        (leased,) = rows(stage, webhook)
        too_early = call(stage, owner="another")
        repeated = call(stage, timedelta(minutes=6), owner="another")

    assert (worker, leased.state, too_early, repeated) == (
        -signal.SIGKILL,
        "leased",
        Called(),
        Called(taken=1),
    )
    assert receiver.ids == [leased.id, leased.id]
    assert [one["session"]["id"] for one in receiver.told] == [meeting.id, meeting.id]
    assert receiver.requests[0][1] == receiver.requests[1][1]


def a_mortal_worker(folder: Path, receiver: Receiver) -> int:
    """A process that is killed between the other side's having taken it and the mark. Its exit code."""
    program = (
        "import sys; from datetime import datetime; from dataclasses import replace; from pathlib import Path;"
        "from scheduler.services.webhook_calls import call_due; from scheduler.storage.db import open_database;"
        "from tests.services.stage import some_settings;"
        "s = replace(some_settings(Path(sys.argv[1])), webhook_private=True);"
        "call_due(open_database(s.database_url), s, now=datetime.fromisoformat(sys.argv[2]), owner='mortal')"
    )
    command = [sys.executable, "-c", program, str(folder), NOW.isoformat()]
    running = subprocess.Popen(command, cwd=ROOT)
    receiver.then = lambda: os.kill(running.pid, signal.SIGKILL)
    code = running.wait(60)
    receiver.then = None
    return code


def test_the_settings_of_these_tests_allow_what_an_installation_does_not(tmp_path):
    assert some_settings(tmp_path).webhook_private is False
