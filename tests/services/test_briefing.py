"""What coordinators are told unasked: that somebody declines, and what the next day brings."""

from datetime import date, datetime, timedelta

import pytest

from scheduler.booking.errors import BadInput
from scheduler.booking.meeting import Meeting
from scheduler.services.accounts import add_account, disable_account
from scheduler.services.actor import SYSTEM
from scheduler.services.book import book
from scheduler.services.briefing import Briefing, Eve, add_summaries, eve_of, get_briefing, set_briefing
from scheduler.services.cancel import cancel
from scheduler.services.deliver import Delivered, deliver_all
from scheduler.services.receive_reply import receive
from scheduler.storage import meetings, outbox
from tests.builders import a_meeting, a_slot, at
from tests.replies import STAMP, a_reply
from tests.services.stage import COMPANY, COORDINATOR, NOW, Outgoing, Stage, a_post

MINUTE = timedelta(minutes=1)
EVENING = at("18:00", day=-1)


@pytest.fixture
def kim(stage: Stage) -> str:
    return a_coordinator(stage, "kim@city.example", "ko")


def a_coordinator(stage: Stage, email: str, language: str) -> str:
    account = add_account(
        stage.db,
        email=email,
        role="coordinator",
        name=email.partition("@")[0],
        password="several plain words",
        language=language,
        now=NOW,
        actor=SYSTEM,
    )
    return account.id


def booked(stage: Stage, match: str = "c1-b1", clock: str = "09:00") -> Meeting:
    meeting = book(stage.db, stage.settings, stage.wish(match, clock), now=NOW, actor=COMPANY)
    deliver(stage, NOW)
    return meeting


def deliver(stage: Stage, now: datetime) -> Outgoing:
    post = a_post()
    deliver_all(stage.db, stage.settings, post, now=now, owner="test")
    return post


def declines(stage: Stage, meeting: Meeting, person: str = "b1", *, now: datetime = NOW, **more: str) -> None:
    reply = a_reply(meeting.uid, attendee=f"{person}@mail.example", partstat="DECLINED", **more)
    receive(stage.db, reply, now=now)


def text(post: Outgoing, number: int = 0) -> str:
    return post.kept[number].get_body(("plain",)).get_content()  # type: ignore[union-attr, no-any-return]


def test_declines_of_a_few_minutes_come_in_one_mail(stage: Stage, kim: str) -> None:
    meeting = booked(stage)
    declines(stage, meeting, "b1", more="COMMENT:출장")
    declines(stage, meeting, "i1", now=NOW + 2 * MINUTE)
    assert deliver(stage, NOW + 4 * MINUTE).kept == []
    post = deliver(stage, NOW + 5 * MINUTE)
    assert post.subjects == [("kim <kim@city.example>", "2명이 참석할 수 없습니다: PT Sample b1")]
    assert (
        "6.24(수) 09:00–09:30 KST · 07:00–07:30 WIB: 남동산업 c1 – PT Sample b1 · PT Sample b1: 불참 (출장) "
        f"https://fair.example/meetings/{meeting.id}"
    ) in text(post)
    assert deliver(stage, NOW + 60 * MINUTE).kept == []


def test_the_same_decline_once_more_is_no_news(stage: Stage, kim: str) -> None:
    meeting = booked(stage)
    declines(stage, meeting)
    deliver(stage, NOW + 5 * MINUTE)
    declines(stage, meeting, stamp=STAMP + MINUTE)
    assert deliver(stage, NOW + 60 * MINUTE).kept == []


def test_who_says_yes_again_before_the_mail_goes_out_is_left_out(stage: Stage, kim: str) -> None:
    meeting = booked(stage)
    declines(stage, meeting)
    receive(stage.db, a_reply(meeting.uid, partstat="ACCEPTED", stamp=STAMP + MINUTE), now=NOW + MINUTE)
    assert deliver(stage, NOW + 5 * MINUTE).kept == []
    assert [row.error for row in stage.rows("suppressed")] == [
        "they have answered otherwise since, or the session has changed"
    ]


def test_every_coordinator_reads_it_in_their_own_language_who_has_not_switched_it_off(
    stage: Stage, kim: str
) -> None:
    a_coordinator(stage, "ann@city.example", "en")
    off = a_coordinator(stage, "off@city.example", "en")
    gone = a_coordinator(stage, "gone@city.example", "en")
    set_briefing(stage.db, off, eve="off", at="18:00", alerts=False, now=NOW, actor=COORDINATOR)
    declines(stage, booked(stage))
    disable_account(stage.db, gone, now=NOW, actor=COORDINATOR)
    assert sorted(deliver(stage, NOW + 5 * MINUTE).subjects) == [
        ("ann <ann@city.example>", "1 person cannot come: PT Sample b1"),
        ("kim <kim@city.example>", "1명이 참석할 수 없습니다: PT Sample b1"),
    ]


def test_the_evening_before_the_summary_counts_sessions_and_who_has_not_answered(
    stage: Stage, kim: str
) -> None:
    first = booked(stage)
    booked(stage, "c2-b1", "10:00")
    for person in ("c1", "b1", "i1"):
        receive(stage.db, a_reply(first.uid, attendee=f"{person}@mail.example"), now=NOW)
    assert add_summaries(stage.db, stage.settings, now=EVENING - MINUTE) == 0
    assert add_summaries(stage.db, stage.settings, now=EVENING) == 1
    post = deliver(stage, EVENING)
    mails = [subject for to, subject in post.subjects if "kim@" in to]
    assert mails == ["내일: 상담 2건, 미회신 1건 – 견본 화상상담회"]
    told = text(post, [to for to, _ in post.subjects].index("kim <kim@city.example>"))
    assert "상담 일정: 2 · 6.24(수) 09:00–10:30 KST" in told
    assert "남동산업 c2 – PT Sample b1 · 남동산업 c2, PT Sample b1, " in told
    assert "https://fair.example/fairs/sample/board/?day=2026-06-24" in told


def test_of_what_a_monday_brings_they_are_told_on_friday(stage: Stage, kim: str) -> None:
    with stage.db.write() as work:
        on_monday = a_meeting(slot=a_slot("09:00", day=-2), match_id=None)
        meetings.add_meeting(work, on_monday, NOW)
    friday = at("18:00", day=-5)
    assert add_summaries(stage.db, stage.settings, now=friday - MINUTE) == 0
    assert add_summaries(stage.db, stage.settings, now=friday) == 1
    mails = [subject for to, subject in deliver(stage, friday).subjects if "kim@" in to]
    assert mails == ["2026.6.22(월): 상담 1건, 미회신 1건 – 견본 화상상담회"]
    assert add_summaries(stage.db, stage.settings, now=at("18:00", day=-3)) == 0


@pytest.mark.parametrize(
    ("day", "eve"),
    [
        (date(2026, 6, 24), date(2026, 6, 23)),
        (date(2026, 6, 27), date(2026, 6, 26)),
        (date(2026, 6, 29), date(2026, 6, 26)),
        # After the days of Chuseok.
        (date(2026, 9, 28), date(2026, 9, 23)),
    ],
)
def test_the_eve_of_a_day_is_the_working_day_before(day: date, eve: date) -> None:
    assert eve_of(day) == eve


def test_a_summary_is_written_once_whoever_asks_and_however_often(stage: Stage, kim: str) -> None:
    booked(stage)
    assert [add_summaries(stage.db, stage.settings, now=EVENING + MINUTE * n) for n in range(3)] == [1, 0, 0]
    with stage.db.write() as work:
        [row] = [one for one in outbox.list_rows(work) if one.kind == "summary"]
        assert outbox.add_once(work, row) is False
    assert sum("kim@" in to for to, _ in deliver(stage, EVENING).subjects) == 1
    set_briefing(stage.db, kim, eve="morning", at="08:00", alerts=True, now=EVENING, actor=COORDINATOR)
    assert add_summaries(stage.db, stage.settings, now=at("08:30")) == 0


def test_there_is_no_summary_for_a_day_without_sessions(stage: Stage, kim: str) -> None:
    meeting = booked(stage)
    assert add_summaries(stage.db, stage.settings, now=EVENING - timedelta(days=1)) == 0
    assert add_summaries(stage.db, stage.settings, now=EVENING) == 1
    cancel(stage.db, meeting.id, seen_revision=0, now=EVENING, actor=COMPANY)
    assert not [to for to, _ in deliver(stage, EVENING).subjects if "kim@" in to]
    assert add_summaries(stage.db, stage.settings, now=EVENING + timedelta(days=1)) == 0


def test_a_worker_back_after_days_sends_the_summary_only_while_it_still_helps(stage: Stage, kim: str) -> None:
    booked(stage)
    assert add_summaries(stage.db, stage.settings, now=at("09:00")) == 0
    assert add_summaries(stage.db, stage.settings, now=at("08:59")) == 1
    assert "오늘: 상담 1건" in str(deliver(stage, at("08:59")).subjects)


def test_a_summary_that_waited_for_the_mail_server_is_not_sent_when_the_day_has_begun(
    stage: Stage, kim: str
) -> None:
    booked(stage)
    add_summaries(stage.db, stage.settings, now=EVENING)
    assert not [to for to, _ in deliver(stage, at("09:00")).subjects if "kim@" in to]
    assert "the day has begun" in {row.error for row in stage.rows("suppressed")}


def test_switching_it_on_late_makes_up_for_nothing(stage: Stage, kim: str) -> None:
    booked(stage)
    late = EVENING + 60 * MINUTE
    set_briefing(stage.db, kim, eve="evening", at="18:00", alerts=True, now=late, actor=COORDINATOR)
    assert add_summaries(stage.db, stage.settings, now=late) == 0
    set_briefing(stage.db, kim, eve="morning", at="08:00", alerts=True, now=late, actor=COORDINATOR)
    assert add_summaries(stage.db, stage.settings, now=at("08:00")) == 1


def test_a_setting_that_makes_no_sense_is_refused_with_every_fault(stage: Stage, kim: str) -> None:
    with pytest.raises(BadInput) as refused:
        set_briefing(stage.db, kim, eve="always", at="6pm", alerts=True, now=NOW, actor=COORDINATOR)
    assert [one.place for one in refused.value.faults] == ["eve", "at"]
    assert get_briefing(stage.db, kim) == Briefing(eve=Eve.EVENING, at="18:00", alerts=True)


def test_nobody_without_an_account_is_told(stage: Stage) -> None:
    declines(stage, booked(stage))
    assert add_summaries(stage.db, stage.settings, now=EVENING) == 0
    assert deliver_all(stage.db, stage.settings, a_post(), now=NOW + 5 * MINUTE, owner="test") == Delivered()
