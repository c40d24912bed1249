"""A new edition of the zones' rules: found, listed, and told only at the coordinator's word."""

from datetime import datetime, timedelta

from scheduler.booking.meeting import Meeting
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import Delivered, deliver_all
from scheduler.services.zone_rules import Shift, forget_unshifted, shifted_sessions, tell_shifted
from scheduler.storage import meetings
from scheduler.storage.meetings import Promise
from scheduler.timezones.wall import zone_rules_version
from tests.builders import JAKARTA, SEOUL, at
from tests.services.stage import COMPANY, COORDINATOR, NOW, Outgoing, Stage, a_post

LATER = NOW + timedelta(minutes=1)


def told_by_old_rules(stage: Stage, jakarta: str = "2026-06-24 08:00") -> Meeting:
    """Invited when Jakarta was thought to be an hour further ahead, unless another hour was told."""
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    deliver(stage, a_post(), NOW)
    told = Promise(zone_rules="2025b", local_times={SEOUL: "2026-06-24 09:00", JAKARTA: jakarta})
    with stage.db.write() as work:
        meetings.save_promises(work, {meeting.id: told})
    return meeting


def deliver(stage: Stage, post: Outgoing, now: datetime = LATER) -> Delivered:
    return deliver_all(stage.db, stage.settings, post, now=now, owner="test")


def editions(stage: Stage, meeting: Meeting) -> str:
    with stage.db.read() as work:
        return meetings.promises_of(work, [meeting.id])[meeting.id].zone_rules


def test_a_session_whose_local_time_differs_is_listed_with_both_times_and_whom_it_concerns(
    stage: Stage,
) -> None:
    meeting = told_by_old_rules(stage)
    [found] = shifted_sessions(stage.db, now=NOW)
    shift = Shift(zone=JAKARTA, told=datetime(2026, 6, 24, 8), now=datetime(2026, 6, 24, 7))  # noqa: DTZ001
    assert (found.meeting.id, found.told_by, found.shifts) == (meeting.id, "2025b", (shift,))
    assert [one.id for one in found.people] == ["b1"]


def test_nothing_goes_out_and_nothing_moves_before_the_coordinator_s_word(stage: Stage) -> None:
    meeting = told_by_old_rules(stage)
    shifted_sessions(stage.db, now=NOW)
    forget_unshifted(stage.db, now=NOW)
    assert deliver(stage, a_post()) == Delivered()
    assert (stage.meetings()[0][2], editions(stage, meeting)) == (0, "2025b")


def test_at_the_word_an_update_tells_each_person_the_old_and_the_new_time(stage: Stage) -> None:
    meeting = told_by_old_rules(stage)
    assert tell_shifted(stage.db, [meeting.id], now=LATER, actor=COORDINATOR) == 3
    post = a_post()
    assert deliver(stage, post) == Delivered(sent=3)
    texts = {
        str(one["To"]).split("<")[-1].strip(">"): one.get_body(("plain",)).get_content() for one in post.kept
    }  # type: ignore[union-attr]
    assert (
        "the session began at Wed 24 Jun 2026 08:00 there, and begins at Wed 24 Jun 2026 07:00 now"
        in " ".join(texts["b1@mail.example"].split())
    )
    assert (
        "08:00에 시작한다고 알려 드렸으나 이제 2026.6.24(수) 07:00에 시작합니다" in texts["c1@mail.example"]
    )
    calendars = [
        part.get_content()
        for one in post.kept
        for part in one.walk()
        if part.get_content_type() == "text/calendar"
    ]
    assert all("SEQUENCE:1" in one and "DTSTART:20260624T000000Z" in one for one in calendars)


def test_once_told_it_is_no_longer_listed_and_its_instant_is_the_same(stage: Stage) -> None:
    meeting = told_by_old_rules(stage)
    tell_shifted(stage.db, [meeting.id], now=LATER, actor=COORDINATOR)
    deliver(stage, a_post())
    assert (shifted_sessions(stage.db, now=LATER), editions(stage, meeting)) == ((), zone_rules_version())
    assert ("coordinator:acc_1", "zone_rules") in stage.trail("meeting", meeting.id)


def test_the_same_local_time_by_another_edition_needs_nobody_s_word(stage: Stage) -> None:
    meeting = told_by_old_rules(stage, jakarta="2026-06-24 07:00")
    assert shifted_sessions(stage.db, now=NOW) == ()
    assert (forget_unshifted(stage.db, now=NOW), editions(stage, meeting)) == (1, zone_rules_version())
    assert forget_unshifted(stage.db, now=NOW) == 0


def test_what_is_over_or_cancelled_is_not_listed(stage: Stage) -> None:
    meeting = told_by_old_rules(stage)
    assert shifted_sessions(stage.db, now=at("09:01")) == ()
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert shifted_sessions(stage.db, now=NOW) == ()
    assert tell_shifted(stage.db, [meeting.id], now=NOW, actor=COORDINATOR) == 0


def test_a_reminder_does_not_make_a_shift_pass_unnoticed(stage: Stage) -> None:
    meeting = told_by_old_rules(stage)
    deliver(stage, a_post(), at("09:00", day=-1))
    assert [one.meeting.id for one in shifted_sessions(stage.db, now=at("10:00", day=-1))] == [meeting.id]
