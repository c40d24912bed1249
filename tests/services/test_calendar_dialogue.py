"""What really goes out over the life of a session, judged by the rules that calendar apps obey."""

from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from scheduler.booking.fair import FairState
from scheduler.booking.meeting import Meeting
from scheduler.invites.lint import lint
from scheduler.invites.read import Entry, glance
from scheduler.mail.message import octets_of
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all
from scheduler.services.feeds import open_feed
from scheduler.services.links import feed_address
from scheduler.services.move import Target, move
from scheduler.services.notices import send_changes
from scheduler.storage import fairs
from tests.builders import a_fair, a_room, a_slot, at
from tests.services.stage import COORDINATOR, NOW, Stage, a_post, a_stage

ORGANISER, MOVED = "fair@namdong.example", "trade@namdong.example"


@dataclass(frozen=True)
class Sent:
    """One mail as it went over the line."""

    mail: EmailMessage
    octets: bytes

    @property
    def to(self) -> str:
        return str(self.mail["To"].addresses[0].addr_spec)

    @property
    def calendar(self) -> EmailMessage:
        return next(part for part in self.mail.walk() if part.get_content_type() == "text/calendar")

    @property
    def content(self) -> bytes:
        content = self.calendar.get_payload(decode=True)
        assert isinstance(content, bytes)
        return content

    @property
    def entry(self) -> Entry:
        [entry] = glance(self.content).entries
        return entry

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def reply_to(self) -> str:
        return str(self.mail["Reply-To"] or "")

    @property
    def told(self) -> tuple[str, str, int]:
        return self.to, glance(self.content).method, self.entry.sequence


def a_published_stage(folder: Path) -> Stage:
    fair = a_fair(state=FairState.PUBLISHED, organiser="남동구청", organiser_email=ORGANISER)
    return a_stage(folder, fair=fair)


def sent(stage: Stage, *, minutes: int = 0) -> list[Sent]:
    """The coordinator sends what has collected; every mail of it."""
    post, now = a_post(), NOW + timedelta(minutes=minutes)
    send_changes(stage.db, stage.fair.key, now=now, actor=COORDINATOR)
    deliver_all(stage.db, stage.settings, post, now=now, owner="test")
    mails = [octets_of(one) for one in post.kept]
    return sorted((Sent(_parsed(octets), octets) for octets in mails), key=lambda one: one.told)


def _parsed(octets: bytes) -> EmailMessage:
    mail = message_from_bytes(octets, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def change(stage: Stage, meeting: Meeting, target: Target) -> Meeting:
    seen, now = meeting.revision, NOW + timedelta(minutes=meeting.revision + 1)
    return move(stage.db, stage.settings, meeting.id, target, seen_revision=seen, now=now, actor=COORDINATOR)


def faults(one: Sent, uid: str) -> list[str]:
    """Which of the rules a mail breaks: its parts, its method, its people, its lines."""
    kinds = [part.get_content_type() for part in one.mail.walk()]
    entry = one.entry
    rules = {
        "parts": kinds
        == [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
            "application/ics",
        ],
        "method": one.calendar["Content-Type"].params["method"] == glance(one.content).method,
        "no bare line ends": one.octets.count(b"\n") == one.octets.count(b"\r\n") == one.octets.count(b"\r"),
        "organiser": (str(one.mail["From"].addresses[0].addr_spec), entry.organiser)
        == (ORGANISER, ORGANISER),
        "reader alone": entry.attendees == (one.to,),
        "uid": entry.uid == uid,
        "instants": b"DTSTART:2026" in one.content and b"TZID" not in one.content,
        "both sides": "KST" in entry.description and "WIB" in entry.description,
        "no alarm": b"VALARM" not in one.content and b"X-ALT-DESC" not in one.content,
        "link": entry.link in entry.location and entry.link in entry.description,
    }
    broken = [name for name, holds in rules.items() if not holds]
    return [*broken, *lint(one.content, may_name=(ORGANISER, one.to))]


def test_several_changes_and_a_swapped_interpreter_are_one_notice_for_each_person(tmp_path: Path) -> None:
    stage = a_published_stage(tmp_path)
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    invited = sent(stage)
    other = "r2" if meeting.room_id == "r1" else "r1"
    moved = change(stage, meeting, Target(slot=a_slot("10:00")))
    moved = change(stage, moved, Target(slot=a_slot("11:00"), room_id=other))
    moved = change(stage, moved, Target(slot=a_slot("11:00"), interpreter_ids=("i2",)))
    changed = sent(stage, minutes=10)
    cancel(stage.db, meeting.id, seen_revision=3, now=NOW + timedelta(minutes=11), actor=COORDINATOR)
    cancelled = sent(stage, minutes=12)

    assert [[one.told for one in mails] for mails in (invited, changed, cancelled)] == [
        [(f"{who}@mail.example", "REQUEST", 0) for who in ("b1", "c1", "i1")],
        [
            ("b1@mail.example", "REQUEST", 3),
            ("c1@mail.example", "REQUEST", 3),
            ("i1@mail.example", "CANCEL", 3),
            ("i2@mail.example", "REQUEST", 3),
        ],
        [(f"{who}@mail.example", "CANCEL", 4) for who in ("b1", "c1", "i2")],
    ]
    released = [str(one.mail["Subject"]).split("]")[0] for one in changed if one.told[1] == "CANCEL"]
    assert (released, ["상담은 다른 참석자와" in one.text for one in cancelled]) == (
        ["[배정 해제"],
        [False] * 3,
    )
    every = (*invited, *changed, *cancelled)
    assert {one.told: faults(one, meeting.uid) for one in every} == {one.told: [] for one in every}
    assert len({one.mail["Message-ID"] for one in every}) == len(every)
    told_of = {one.entry.start_at for one in changed if one.told[1] == "REQUEST"}
    assert told_of == {moved.slot.start_at}


def test_mail_and_feed_speak_of_the_same_session(tmp_path: Path) -> None:
    stage = a_published_stage(tmp_path)
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    mailed = next(one.entry for one in sent(stage) if one.to == "b1@mail.example")
    with stage.db.write() as work:
        address = feed_address(work, stage.settings, resource_id="b1", fair_id=None, now=NOW)
    feed = open_feed(stage.db, stage.settings, address.rpartition("/")[2].removesuffix(".ics"), now=NOW)
    [shown] = glance(feed.content()).entries
    # Nobody's address stands in a feed; all else is the same.
    assert shown == replace(mailed, organiser="", attendees=())
    assert lint(feed.content(), may_name=()) == ()


def test_a_change_of_room_alone_names_the_room_before(tmp_path: Path) -> None:
    stage = a_published_stage(tmp_path)
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    sent(stage)
    names = {"r1": "1호실", "r2": "2호실"}
    for room, name in names.items():
        stage.change(a_room(room, name=name))
    other = "r2" if meeting.room_id == "r1" else "r1"
    change(stage, meeting, Target(slot=meeting.slot, room_id=other))
    [company] = [one for one in sent(stage, minutes=10) if one.to == "c1@mail.example"]
    was, now = names[meeting.room_id or ""], names[other]
    assert f"상담실: (변경 전) {was} → (변경 후) {now}" in company.text.splitlines()


def test_a_session_keeps_its_organiser_when_the_fair_s_mailbox_moves(tmp_path: Path) -> None:
    """Calendars know an invite by UID and organiser; whoever answers by hand reaches the mailbox of today."""
    stage = a_published_stage(tmp_path)
    old = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    invited = sent(stage)
    with stage.db.write() as work:
        fairs.save_fair(work, replace(stage.fair, organiser_email=MOVED), NOW)
    new = book(stage.db, stage.settings, stage.wish("c2-b2"), now=NOW, actor=COORDINATOR)
    change(stage, old, Target(slot=a_slot("10:00")))
    changed = sent(stage, minutes=10)
    cancel(stage.db, old.id, seen_revision=1, now=NOW + timedelta(minutes=11), actor=COORDINATOR)
    cancelled = sent(stage, minutes=12)

    def named(mails: list[Sent], uid: str) -> set[tuple[str, str, str, bool]]:
        return {
            (
                one.entry.organiser,
                str(one.mail["From"]).split("<")[-1].strip(">"),
                one.reply_to,
                MOVED in one.text,
            )
            for one in mails
            if one.entry.uid == uid
        }

    assert named(invited, old.uid) == {(ORGANISER, ORGANISER, "", False)}
    assert named(changed, old.uid) == {(ORGANISER, ORGANISER, MOVED, True)}
    assert named(cancelled, old.uid) == {(ORGANISER, ORGANISER, MOVED, False)}
    assert named(changed, new.uid) == {(MOVED, MOVED, "", True)}


def test_a_reminder_comes_from_the_mailbox_of_today(tmp_path: Path) -> None:
    stage = a_published_stage(tmp_path)
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    sent(stage)
    with stage.db.write() as work:
        fairs.save_fair(work, replace(stage.fair, organiser_email=MOVED), NOW)
    post = a_post()
    deliver_all(stage.db, stage.settings, post, now=at("09:00", day=-1), owner="test")
    sent_from = [_parsed(octets_of(one))["From"].addresses[0].addr_spec for one in post.kept]
    assert sent_from == [MOVED] * 3
