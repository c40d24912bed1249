"""Reminders by fair and kind of recipient: made for what is to come, void when switched off, never made up for."""

from datetime import timedelta

import pytest

from scheduler.booking.errors import BadInput
from scheduler.booking.meeting import Meeting
from scheduler.services.book import book
from scheduler.services.deliver import Delivered, deliver_all
from scheduler.services.move import Target, move
from scheduler.services.receive_reply import receive
from scheduler.services.remind import reminders_of, retime_reminders, set_reminders
from scheduler.services.reminder_rules import KINDS, is_rule, moment_of
from scheduler.services.zone_rules import tell_shifted
from scheduler.storage import meetings, outbox, people
from scheduler.storage.meetings import Promise
from tests.builders import DALLAS, JAKARTA, a_buyer, a_slot, at, utc
from tests.replies import a_reply
from tests.services.stage import COMPANY, COORDINATOR, NOW, Outgoing, Stage, a_post, mailed

MINUTE = timedelta(minutes=1)


def booked(stage: Stage, match: str = "c1-b1", clock: str = "09:00") -> Meeting:
    return book(stage.db, stage.settings, stage.wish(match, clock), now=NOW, actor=COMPANY)


def deliver(stage: Stage, post: Outgoing, now: object) -> Delivered:
    return deliver_all(stage.db, stage.settings, post, now=now, owner="test")  # type: ignore[arg-type]


def ruled(stage: Stage, now: object = NOW, **rules: tuple[str, ...]) -> int:
    return set_reminders(stage.db, stage.settings, "sample", rules, now=now, actor=COORDINATOR)  # type: ignore[arg-type]


def lives_in(stage: Stage, zone: str) -> None:
    with stage.db.write() as work:
        people.save_resource(work, mailed(a_buyer("b1", zone=zone), "en"), "key:b1")


def due(stage: Stage) -> list[tuple[str, str, object]]:
    found = [row for row in stage.rows("due") if row.kind.startswith("reminder")]
    return [(row.recipient_id, row.kind, row.due_at) for row in sorted(found, key=lambda row: row.due_at)]


def test_each_kind_is_reminded_by_its_own_rules_at_nine_by_its_own_clocks(stage: Stage) -> None:
    ruled(stage, company=("day", "60"), buyer=("day", "10"), interpreter=())
    booked(stage)
    assert due(stage) == [
        ("c1", "reminder_day", at("09:00", day=-1)),
        ("b1", "reminder_day", at("09:00", day=-1, zone=JAKARTA)),
        ("c1", "reminder_60", at("08:00")),
        ("b1", "reminder_10", at("08:50")),
    ]


def test_ten_minutes_before_the_mail_has_the_link(stage: Stage) -> None:
    ruled(stage, company=(), buyer=("10",), interpreter=())
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    post = a_post()
    assert deliver(stage, post, at("08:50")) == Delivered(sent=1)
    assert meeting.link in post.kept[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_rule_switched_on_is_for_moments_to_come_and_makes_up_for_none(stage: Stage) -> None:
    ruled(stage, company=(), buyer=(), interpreter=())
    booked(stage)
    deliver(stage, a_post(), NOW)
    late = at("08:30")
    assert ruled(stage, now=late, company=("day", "60", "10"), buyer=("60",)) == 1
    assert due(stage) == [("c1", "reminder_10", at("08:50"))]
    assert deliver(stage, a_post(), late) == Delivered()


def test_a_rule_switched_off_is_void_and_switched_on_again_reminds_once(stage: Stage) -> None:
    booked(stage)
    deliver(stage, a_post(), NOW)
    ruled(stage, company=(), buyer=(), interpreter=())
    assert deliver(stage, a_post(), at("09:00", day=-1)) == Delivered(silent=3)
    assert {row.error for row in stage.rows("suppressed")} == {"this reminder has been switched off"}
    assert ruled(stage, now=at("10:00", day=-1), company=("60",), buyer=("60",), interpreter=("60",)) == 0
    assert deliver(stage, a_post(), at("08:00")) == Delivered(sent=3)


def test_setting_the_same_again_adds_nothing_also_after_a_change_of_room(stage: Stage) -> None:
    meeting = booked(stage)
    target = Target(slot=meeting.slot, room_id="r2")
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)
    assert ruled(stage, company=("1440", "60")) == 0
    assert len(due(stage)) == 6


def test_after_days_off_only_the_nearest_reminder_is_sent(stage: Stage) -> None:
    ruled(stage, company=("day", "60", "10"), buyer=(), interpreter=())
    booked(stage)
    deliver(stage, a_post(), NOW)
    assert deliver(stage, a_post(), at("08:55")) == Delivered(sent=1, silent=2)


def test_a_fair_without_rules_has_the_installations(stage: Stage) -> None:
    assert {
        kind: reminders_of(stage.db, stage.settings, "sample").of(kind) for kind in KINDS
    } == dict.fromkeys(KINDS, ("1440", "60"))


def test_what_is_no_rule_is_refused_with_every_fault_and_changes_nothing(stage: Stage) -> None:
    with pytest.raises(BadInput) as refused:
        ruled(stage, company=("soon", "60"), room=("10",), buyer=("0",))
    assert [one.place for one in refused.value.faults] == ["company", "room", "buyer"]
    assert reminders_of(stage.db, stage.settings, "sample").own == {}


@pytest.mark.parametrize("written", ["", "-5", "1.5", "day ", "٦٠", "99999", "day,60"])
def test_only_minutes_of_two_weeks_and_the_day_before_are_rules(written: str) -> None:
    assert not is_rule(written)


def test_nine_o_clock_of_the_day_before_holds_over_a_change_of_clocks() -> None:
    slot = a_slot()
    over = slot.__class__(utc(2026, 11, 1, 15), utc(2026, 11, 1, 16))
    assert moment_of("day", over, DALLAS) == utc(2026, 10, 31, 14)


def test_by_new_rules_of_a_zone_reminders_neither_vanish_nor_repeat_and_keep_their_hour(stage: Stage) -> None:
    """Rows as an older edition made them: nine o'clock of the day before was an hour later by it."""
    ruled(stage, company=("60",), buyer=("day", "60"), interpreter=())
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    nine = at("09:00", day=-1, zone=JAKARTA)
    [row] = [one for one in stage.rows("due") if one.kind == "reminder_day"]
    with stage.db.write() as work:
        outbox.put_off(work, {row.id: nine + timedelta(hours=1)})
        told = Promise(zone_rules="2025b", local_times={JAKARTA: "2026-06-24 08:00"})
        meetings.save_promises(work, {meeting.id: told})
    assert [retime_reminders(stage.db, now=NOW), retime_reminders(stage.db, now=NOW)] == [1, 0]
    assert tell_shifted(stage.db, [meeting.id], now=NOW, actor=COORDINATOR) == 3
    deliver(stage, a_post(), NOW)
    assert due(stage) == [
        ("b1", "reminder_day", nine),
        ("b1", "reminder_60", at("08:00")),
        ("c1", "reminder_60", at("08:00")),
    ]
    sent = [
        deliver(stage, a_post(), moment).sent for moment in (nine, nine + timedelta(hours=1), at("08:00"))
    ]
    assert sent == [1, 0, 2]


def test_who_has_moved_to_another_zone_is_reminded_at_nine_there(stage: Stage) -> None:
    ruled(stage, company=(), buyer=("day",), interpreter=())
    booked(stage)
    lives_in(stage, "Asia/Dubai")
    assert retime_reminders(stage.db, now=NOW) == 1
    assert due(stage) == [("b1", "reminder_day", at("09:00", day=-1, zone="Asia/Dubai"))]


def test_what_is_due_already_is_not_put_off(stage: Stage) -> None:
    ruled(stage, company=(), buyer=("day",), interpreter=())
    booked(stage)
    lives_in(stage, DALLAS)
    nine = at("09:00", day=-1, zone=JAKARTA)
    assert retime_reminders(stage.db, now=nine) == 0


ASKED_AT = at("09:00", day=-3)


def test_three_days_before_only_those_are_asked_who_have_not_answered(stage: Stage) -> None:
    ruled(stage, company=("answer",), buyer=("answer",), interpreter=("answer",))
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    receive(stage.db, a_reply(meeting.uid), now=NOW)
    receive(stage.db, a_reply(meeting.uid, attendee="i1@mail.example", partstat="DECLINED"), now=NOW)
    post = a_post()
    assert deliver(stage, post, ASKED_AT - MINUTE) == Delivered()
    assert deliver(stage, post, at("09:00", day=-3, zone=JAKARTA)) == Delivered(sent=1, silent=2)
    assert post.subjects == [
        (
            "남동산업 c1 <c1@mail.example>",
            "[참석 확인] 남동산업 c1 × PT Sample b1, 6.24(수) 09:00 KST · 07:00 WIB",
        )
    ]
    text = post.kept[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "아직 알려 주지 않으셨습니다" in text and f"/my/{meeting.id}" in text
    assert {row.error for row in stage.rows("suppressed")} == {"this person has answered"}


def test_an_answer_to_the_time_before_a_move_is_asked_for_anew(stage: Stage) -> None:
    ruled(stage, company=(), buyer=("answer",), interpreter=())
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    receive(stage.db, a_reply(meeting.uid), now=NOW)
    target = Target(slot=a_slot("10:00"))
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)
    deliver(stage, a_post(), NOW)
    post = a_post()
    assert deliver(stage, post, at("09:00", day=-3, zone=JAKARTA)) == Delivered(sent=1, silent=1)
    assert str(post.kept[0]["Subject"]).startswith("Please answer: ")


def test_who_is_booked_later_than_three_days_before_is_not_asked(stage: Stage) -> None:
    ruled(stage, company=("answer",), buyer=("answer",), interpreter=("answer",))
    book(stage.db, stage.settings, stage.wish(), now=at("09:30", day=-3, zone=JAKARTA), actor=COMPANY)
    assert due(stage) == []
