"""Reminders as text messages: who gets them, what fits, and what happens when the gateway does not take them."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.booking.errors import BadInput
from scheduler.booking.meeting import Meeting
from scheduler.booking.people import Contact
from scheduler.services.book import book
from scheduler.services.channels import TextChannel
from scheduler.services.deliver import Delivered, deliver_all, deliver_by, send_texts_by_mail
from scheduler.services.move import Target, move
from scheduler.services.remind import set_reminders
from scheduler.services.reminder_choice import choice_page, choose_channel
from scheduler.texting.gateway import Gateway
from scheduler.texting.words import octets
from tests.builders import a_buyer, a_company, a_slot, at
from tests.services.stage import COMPANY, COORDINATOR, NOW, Outgoing, Stage, a_post, a_stage, mailed
from tests.text_gateway import FakeGateway, a_gateway

NUMBER = "010-1234-5678"


@pytest.fixture
def gateway():
    with a_gateway() as running:
        yield running


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = a_stage(tmp_path, text_gateway="https://gateway.example/", text_key="k", text_sender="02")
    has_number(stage, NUMBER)
    return stage


def has_number(stage: Stage, number: str, email: str = "c1@mail.example") -> None:
    contact = Contact(email=email, phone=number, language="ko")
    stage.change(replace(mailed(a_company("c1")), contact=contact))


def chooses(stage: Stage, channel: str = "text", *, consents: bool = True) -> None:
    choose_channel(stage.db, stage.settings, "c1", channel, consents=consents, now=NOW, actor=COMPANY)


def booked(stage: Stage) -> Meeting:
    rules = {"company": ("day", "10"), "buyer": (), "interpreter": ()}
    set_reminders(stage.db, stage.settings, "sample", rules, now=NOW, actor=COORDINATOR)
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    mails(stage, NOW)
    return meeting


def texts(stage: Stage, gateway: FakeGateway, now: datetime) -> Delivered:
    channel = TextChannel(Gateway(gateway.settings()))
    return deliver_by(channel, stage.db, stage.settings, now=now, owner="test")


def mails(stage: Stage, now: datetime) -> Outgoing:
    post = a_post()
    deliver_all(stage.db, stage.settings, post, now=now, owner="test")
    return post


def test_who_has_agreed_is_reminded_by_text_with_zone_and_link_and_not_by_mail(
    stage: Stage, gateway: FakeGateway
) -> None:
    chooses(stage)
    meeting = booked(stage)
    assert texts(stage, gateway, at("09:00", day=-1)) == Delivered(sent=1)
    assert texts(stage, gateway, at("08:50")) == Delivered(sent=1)
    assert mails(stage, at("08:50")).kept == []
    day, soon = gateway.messages
    assert (day["to"], day["type"], day["text"]) == (
        "+821012345678",
        "SMS",
        "[상담 데모시] 화상상담 6.24(수) 09:00 KST PT Sample b1",
    )
    assert soon["text"].startswith("화상상담 6.24(수) 09:00 KST")
    assert soon["text"].endswith(meeting.link)
    assert soon["type"] == ("SMS" if octets(soon["text"]) <= 90 else "LMS")


def test_an_invite_goes_by_mail_whatever_was_chosen(stage: Stage, gateway: FakeGateway) -> None:
    chooses(stage)
    set_reminders(
        stage.db, stage.settings, "sample", {"company": (), "buyer": ()}, now=NOW, actor=COORDINATOR
    )
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    assert texts(stage, gateway, NOW) == Delivered()
    assert len(mails(stage, NOW).kept) == 3


def test_who_has_not_answered_is_asked_by_mail_because_no_text_can_be_answered(
    stage: Stage, gateway: FakeGateway
) -> None:
    chooses(stage)
    rules = {"company": ("answer",), "buyer": (), "interpreter": ()}
    set_reminders(stage.db, stage.settings, "sample", rules, now=NOW, actor=COORDINATOR)
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    mails(stage, NOW)
    asked_at = at("09:00", day=-3)
    assert texts(stage, gateway, asked_at) == Delivered(retried=1)
    [(recipient, subject)] = mails(stage, asked_at).subjects
    assert ("c1@mail.example" in recipient, subject.startswith("[참석 확인]")) == (True, True)


def test_a_choice_made_after_the_booking_holds_for_what_waits_and_can_be_taken_back(
    stage: Stage, gateway: FakeGateway
) -> None:
    booked(stage)
    chooses(stage)
    assert texts(stage, gateway, at("09:00", day=-1)) == Delivered(sent=1)
    chooses(stage, "mail")
    assert texts(stage, gateway, at("08:50")) == Delivered()
    assert len(mails(stage, at("08:50")).kept) == 1


def test_nobody_is_texted_at_a_number_they_have_not_agreed_to(stage: Stage, gateway: FakeGateway) -> None:
    chooses(stage)
    booked(stage)
    has_number(stage, "010-9999-0000")
    assert choice_page(stage.db, stage.settings, "c1").channel == "mail"
    assert texts(stage, gateway, at("09:00", day=-1)) == Delivered(retried=1)
    assert gateway.requests == []
    assert len(mails(stage, at("09:00", day=-1)).kept) == 1


@pytest.mark.parametrize(
    ("number", "consents", "places"),
    [("", True, ["channel"]), ("010-12", False, ["channel", "consent"]), (NUMBER, False, ["consent"])],
)
def test_without_number_or_consent_the_choice_is_refused(
    stage: Stage, number: str, consents: bool, places: list[str]
) -> None:
    has_number(stage, number)
    with pytest.raises(BadInput) as refused:
        chooses(stage, consents=consents)
    assert [one.place for one in refused.value.faults] == places
    assert choice_page(stage.db, stage.settings, "c1").channel == "mail"


def test_without_a_gateway_nobody_can_choose_texts(tmp_path: Path) -> None:
    bare = a_stage(tmp_path)
    has_number(bare, NUMBER)
    with pytest.raises(BadInput):
        chooses(bare)


def test_a_text_that_is_refused_goes_by_mail_at_once(stage: Stage, gateway: FakeGateway) -> None:
    gateway.answers_with = (422, {}, b'{"error": {"code": "unknown_number"}}')
    chooses(stage)
    booked(stage)
    assert texts(stage, gateway, at("08:50")) == Delivered(retried=1, silent=1)
    assert [str(one["To"]) for one in mails(stage, at("08:50")).kept] == ["남동산업 c1 <c1@mail.example>"]


def test_a_gateway_that_is_away_is_tried_three_times_and_then_mail_takes_over(
    stage: Stage, gateway: FakeGateway
) -> None:
    chooses(stage)
    booked(stage)
    gateway.answers_with = (401, {}, b"")
    now, rounds = at("08:50"), []
    for _ in range(3):
        rounds.append(texts(stage, gateway, now))
        now += timedelta(minutes=2)
    assert [one.server_away for one in rounds] == [True, True, True]
    assert [row.channel for row in stage.rows("due")] == ["mail"]
    assert len(mails(stage, now).kept) == 1


def test_the_key_of_a_repeat_is_the_same_so_that_one_message_arrives(
    stage: Stage, gateway: FakeGateway
) -> None:
    chooses(stage)
    booked(stage)
    gateway.answers_with = (503, {}, b"")
    texts(stage, gateway, at("09:00", day=-1))
    gateway.answers_with = None
    texts(stage, gateway, at("09:05", day=-1))
    keys = {one["headers"]["idempotency-key"] for one in gateway.requests}
    assert (len(gateway.requests), len(keys), len(gateway.messages)) == (2, 1, 1)


def test_a_moved_session_texts_nobody_at_its_old_time(stage: Stage, gateway: FakeGateway) -> None:
    chooses(stage)
    meeting = booked(stage)
    target = Target(slot=a_slot("11:00"))
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)
    assert texts(stage, gateway, at("08:50")) == Delivered(sent=1, silent=2)
    assert "11:00 KST" in gateway.messages[0]["text"]


def test_when_the_gateway_is_given_up_what_waits_goes_by_mail(stage: Stage) -> None:
    chooses(stage)
    booked(stage)
    assert [send_texts_by_mail(stage.db), send_texts_by_mail(stage.db)] == [2, 0]
    assert len(mails(stage, at("09:00", day=-1)).kept) == 1


def test_whoever_has_a_telephone_and_no_mail_address_is_reminded_all_the_same(
    stage: Stage, gateway: FakeGateway
) -> None:
    has_number(stage, NUMBER, email="")
    chooses(stage)
    booked(stage)
    assert texts(stage, gateway, at("09:00", day=-1)) == Delivered(sent=1)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", "Sesi video "),
        ("ar", "Video session Wed 24 Jun 07:00 WIB Namdong c1 https://"),
        ("en", "Video session Wed 24 Jun 07:00 WIB Namdong c1 https://"),
    ],
)
def test_a_buyer_reads_their_own_clocks_in_letters_that_arrive(
    stage: Stage, gateway: FakeGateway, language: str, words: str
) -> None:
    contact = Contact(email="b1@mail.example", phone="+62 812-3456-7890", language=language)
    stage.change(replace(mailed(a_buyer("b1")), contact=contact))
    choose_channel(stage.db, stage.settings, "b1", "text", consents=True, now=NOW, actor=COMPANY)
    rules = {"company": (), "buyer": ("10",), "interpreter": ()}
    set_reminders(stage.db, stage.settings, "sample", rules, now=NOW, actor=COORDINATOR)
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    mails(stage, NOW)
    assert texts(stage, gateway, at("08:50")) == Delivered(sent=1)
    [message] = gateway.messages
    assert words in message["text"]
    assert "WIB" in message["text"]
    assert "?" not in message["text"]
