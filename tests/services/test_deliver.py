"""What goes out, decided at the moment of sending; what stays silent, and why."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from scheduler.booking.fair import FairState
from scheduler.booking.meeting import Meeting
from scheduler.mail.mailbox import FolderPost
from scheduler.mail.message import FinalFailure, PassingFailure
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import Delivered, deliver_all, deliver_due
from scheduler.services.move import Target, move
from scheduler.services.notices import send_changes
from scheduler.services.reading import choose_reading
from scheduler.storage import meetings
from scheduler.timezones.wall import zone_rules_version
from tests.builders import a_company, a_fair, a_slot, at
from tests.services.stage import COMPANY, COORDINATOR, NOW, Outgoing, Stage, a_post, a_stage, the_people

SOON = timedelta(seconds=1)


def deliver(stage: Stage, post: Outgoing, now: datetime) -> Delivered:
    return deliver_all(stage.db, stage.settings, post, now=now, owner="test")


def booked(stage: Stage, **given: object) -> Meeting:
    return book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)


def moved(stage: Stage, meeting: Meeting, clock: str, *, seen: int = 0) -> Meeting:
    target = Target(slot=a_slot(clock))
    return move(stage.db, stage.settings, meeting.id, target, seen_revision=seen, now=NOW, actor=COMPANY)


def methods(post: Outgoing) -> list[tuple[str, str, str]]:
    """Recipient, METHOD and SEQUENCE of each mail with a calendar part, sorted."""
    found = []
    for message in post.kept:
        part = next((one for one in message.walk() if one.get_content_type() == "text/calendar"), None)
        if part is not None:
            text = part.get_content()
            lines = dict(line.split(":", 1) for line in text.replace("\r\n ", "").splitlines() if ":" in line)
            found.append((str(message["To"]).split("<")[-1].strip(">"), lines["METHOD"], lines["SEQUENCE"]))
    return sorted(found)


def test_a_buyer_on_a_journey_is_written_to_in_the_chosen_language_and_zone(stage: Stage) -> None:
    choose_reading(stage.db, "b1", language="vi", zone="Asia/Dubai", now=NOW, actor=COORDINATOR)
    booked(stage)
    post = a_post()

    deliver(stage, post, NOW)

    text = next(str(one.get_body(("plain",)).get_content()) for one in post.kept if "b1@" in str(one["To"]))
    others = [str(one.get_body(("plain",)).get_content()) for one in post.kept if "b1@" not in str(one["To"])]
    assert "04:00" in text
    assert "Kính gửi PT Sample b1" in text
    assert "session" not in text
    assert not any("Asia/Dubai" in one or "04:00" in one for one in others)


def test_everybody_gets_one_invite(stage: Stage) -> None:
    booked(stage)
    post = a_post()
    assert deliver(stage, post, NOW) == Delivered(sent=3)
    assert methods(post) == [
        ("b1@mail.example", "REQUEST", "0"),
        ("c1@mail.example", "REQUEST", "0"),
        ("i1@mail.example", "REQUEST", "0"),
    ]


def test_what_was_sent_is_not_sent_again(stage: Stage) -> None:
    booked(stage)
    deliver(stage, a_post(), NOW)
    post = a_post()
    assert (deliver(stage, post, NOW), post.kept) == (Delivered(), [])


def test_the_buyers_mail_leads_to_their_own_page(stage: Stage) -> None:
    booked(stage)
    post = a_post()
    deliver(stage, post, NOW)
    texts = {
        str(one["To"]).split("<")[-1].strip(">"): one.get_body(("plain",)).get_content() for one in post.kept
    }
    assert "https://fair.example/b/" in texts["b1@mail.example"]
    assert "https://fair.example/b/" not in texts["c1@mail.example"]


def test_a_move_sends_one_update_with_the_next_sequence(stage: Stage) -> None:
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    moved(stage, meeting, "10:00")
    post = a_post()
    deliver(stage, post, NOW)
    assert methods(post) == [
        ("b1@mail.example", "REQUEST", "1"),
        ("c1@mail.example", "REQUEST", "1"),
        ("i1@mail.example", "REQUEST", "1"),
    ]


def test_an_invite_overtaken_by_a_move_is_superseded(stage: Stage) -> None:
    meeting = booked(stage)
    moved(stage, meeting, "10:00")
    post = a_post()
    deliver(stage, post, NOW)
    assert [row[2] for row in methods(post)] == ["1", "1", "1"]
    assert {row.state for row in stage.rows() if row.revision == 0 and row.kind == "request"} == {
        "superseded"
    }


def test_a_session_moved_away_and_back_tells_nobody_anything(tmp_path: Path) -> None:
    stage = a_stage(tmp_path, fair=a_fair(state=FairState.PUBLISHED))
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    for seen, clock in enumerate(("10:00", "09:00")):
        target = Target(slot=a_slot(clock))
        move(stage.db, stage.settings, meeting.id, target, seen_revision=seen, now=NOW, actor=COORDINATOR)
    send_changes(stage.db, "sample", now=NOW, actor=COORDINATOR)
    post = a_post()
    assert (deliver(stage, post, NOW), post.kept) == (Delivered(silent=3), [])


def test_a_cancellation_reaches_those_who_were_invited(stage: Stage) -> None:
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    post = a_post()
    deliver(stage, post, NOW)
    assert methods(post) == [
        ("b1@mail.example", "CANCEL", "1"),
        ("c1@mail.example", "CANCEL", "1"),
        ("i1@mail.example", "CANCEL", "1"),
    ]


def test_who_was_never_invited_hears_of_no_cancellation(stage: Stage) -> None:
    meeting = booked(stage)
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    post = a_post()
    assert deliver(stage, post, NOW) == Delivered(silent=6)


def test_somebody_without_an_address_is_noted_and_the_others_get_theirs(tmp_path: Path) -> None:
    without = a_company("c1")
    others = tuple(one for one in the_people() if one.id != "c1")
    stage = a_stage(tmp_path, people_of_fair=(without, *others))
    booked(stage)
    post = a_post()
    assert deliver(stage, post, NOW) == Delivered(sent=2, silent=1)
    assert [row.error for row in stage.rows("suppressed")] == ["no e-mail address is known"]


def test_reminders_go_out_once_a_day_and_an_hour_before(stage: Stage) -> None:
    booked(stage)
    deliver(stage, a_post(), NOW)
    day, hour = a_post(), a_post()
    assert deliver(stage, a_post(), at("08:59", day=-1)) == Delivered()
    assert deliver(stage, day, at("09:00", day=-1)) == Delivered(sent=3)
    assert deliver(stage, hour, at("08:00")) == Delivered(sent=3)
    assert deliver(stage, a_post(), at("08:30")) == Delivered()
    assert methods(day) == methods(hour) == []


def test_a_session_booked_an_hour_ahead_gets_no_reminder_of_the_day_before(stage: Stage) -> None:
    now = at("08:00") - SOON
    book(stage.db, stage.settings, stage.wish(), now=now, actor=COMPANY)
    assert {row.kind for row in stage.rows() if row.kind.startswith("reminder")} == {"reminder_60"}


def test_the_reminder_of_a_moved_session_is_void(stage: Stage) -> None:
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    moved(stage, meeting, "11:00")
    deliver(stage, a_post(), NOW)
    assert deliver(stage, a_post(), at("09:00", day=-1)) == Delivered(silent=3)
    assert deliver(stage, a_post(), at("11:00", day=-1)) == Delivered(sent=3)


def test_the_reminder_of_a_cancelled_session_is_void(stage: Stage) -> None:
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    deliver(stage, a_post(), NOW)
    assert deliver(stage, a_post(), at("08:00")) == Delivered(silent=6)


def test_after_three_days_off_only_reminders_that_still_help_are_sent(stage: Stage) -> None:
    booked(stage)
    deliver(stage, a_post(), NOW)
    assert deliver(stage, a_post(), at("08:10")) == Delivered(sent=3, silent=3)


def test_no_reminder_is_sent_after_the_start(stage: Stage) -> None:
    booked(stage)
    deliver(stage, a_post(), NOW)
    post = a_post()
    assert (deliver(stage, post, at("09:00")), post.kept) == (Delivered(silent=6), [])


def test_a_passing_failure_is_tried_again_later(stage: Stage) -> None:
    booked(stage)
    post = a_post(PassingFailure(recipient="b1@mail.example", reason="greylisted", code=451))
    assert deliver_due(stage.db, stage.settings, post, now=NOW, owner="test") == Delivered(sent=2, retried=1)
    assert deliver(stage, post, NOW + SOON) == Delivered()
    assert deliver(stage, post, NOW + timedelta(minutes=1)) == Delivered(sent=1)
    assert len(post.kept) == 3


def test_a_final_failure_is_kept_for_the_coordinator_and_never_repeated(stage: Stage) -> None:
    booked(stage)
    post = a_post(FinalFailure(recipient="b1@mail.example", reason="no such user", code=550))
    assert deliver(stage, post, NOW) == Delivered(sent=2, failed=1)
    assert len(stage.rows("failed")) == 1
    assert deliver(stage, post, NOW + timedelta(days=1)) == Delivered()


def test_a_poison_row_fails_with_its_reason_and_the_queue_goes_on(tmp_path: Path) -> None:
    poison = next(one for one in the_people() if one.id == "c1")
    poison = replace(poison, contact=replace(poison.contact, person="Kim\r\nBcc: everybody@mail.example"))
    stage = a_stage(tmp_path, people_of_fair=(poison, *(one for one in the_people() if one.id != "c1")))
    booked(stage)
    assert deliver(stage, a_post(), NOW) == Delivered(sent=2, failed=1)


def test_a_worker_that_died_is_followed_by_another_with_the_same_message_id(
    stage: Stage, tmp_path: Path
) -> None:
    booked(stage)
    folder = FolderPost(tmp_path / "mailbox")

    class Killed(Exception):
        pass

    class DiesAfterData:
        def send(self, message: object) -> None:
            folder.send(message)  # type: ignore[arg-type]
            raise Killed

    with pytest.raises(Killed):
        deliver_due(stage.db, stage.settings, DiesAfterData(), now=NOW, owner="one")
    assert deliver_due(stage.db, stage.settings, folder, now=NOW + SOON, owner="two") == Delivered()
    done = deliver_due(stage.db, stage.settings, folder, now=NOW + timedelta(minutes=6), owner="two")
    assert (done, folder.list_messages(limit=10).total) == (Delivered(sent=3), 3)


def test_what_local_times_were_promised_is_kept_with_the_edition_of_the_rules(stage: Stage) -> None:
    meeting = booked(stage)
    deliver(stage, a_post(), NOW)
    with stage.db.read() as work:
        promise = meetings.promises_of(work, [meeting.id])[meeting.id]
    assert (promise.zone_rules, promise.local_times) == (
        zone_rules_version(),
        {"Asia/Jakarta": "2026-06-24 07:00", "Asia/Seoul": "2026-06-24 09:00"},
    )


def test_who_reads_no_korean_gets_mail_from_the_fair_by_its_own_name(tmp_path: Path) -> None:
    fair = a_fair(organiser="남동구청", name_en="Namdong export fair")
    stage = a_stage(tmp_path, fair=fair)
    booked(stage)
    post = a_post()
    deliver(stage, post, NOW)
    senders = {
        str(one["To"]).split("<")[-1][:2]: str(make_header(decode_header(one["From"]))) for one in post.kept
    }
    assert senders == {
        "b1": "Namdong export fair <fair@sangdam.example>",
        "c1": "남동구청 <fair@sangdam.example>",
        "i1": "남동구청 <fair@sangdam.example>",
    }
    buyers = next(one for one in post.kept if "b1@" in str(one["To"]))
    assert "남동구청" not in str(buyers.get_body(("plain",)).get_content())  # type: ignore[union-attr]
