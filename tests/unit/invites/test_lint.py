"""Lint finds nothing in what we make, and each fault in what was broken on purpose."""

import pytest

from scheduler.invites.calendar import invite
from scheduler.invites.facts import Notice
from scheduler.invites.feed import feed
from scheduler.invites.lint import lint
from tests.invitations import FEED_SETTINGS, a_feed_entry, invite_facts

REQUEST = invite(invite_facts(), Notice.REQUEST)
CANCEL = invite(invite_facts(), Notice.CANCEL)
FEED = feed("상담", [a_feed_entry(1), a_feed_entry(2, is_cancelled=True)], **FEED_SETTINGS)
GUEST = b"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:guest@x.example\r\n"


@pytest.mark.parametrize("calendar", [REQUEST, CANCEL, FEED], ids=["request", "cancellation", "feed"])
def test_our_own_calendars_are_clean(calendar: bytes) -> None:
    assert lint(calendar) == ()


LINE = REQUEST[: REQUEST.index(b"TRANSP:")].count(b"\r\n") + 1
BROKEN = {
    "bare line feeds": (
        REQUEST.replace(b"\r\n", b"\n"),
        ("crlf: the last line is not ended", "crlf: a line ends in a bare CR or LF"),
    ),
    "a line of 76 octets": (
        REQUEST.replace(b"TRANSP:OPAQUE", b"X-LONG:" + b"a" * 69),
        (f"fold: line {LINE} has 76 octets",),
    ),
    "a control character": (
        REQUEST.replace(b"TRANSP:", b"X-BELL:\x07"),
        (f"control: line {LINE} has a control character",),
    ),
    "a line cut inside a character": (
        REQUEST.replace("SUMMARY:(주)".encode(), b"SUMMARY:(\xec\r\n \xa3\xbc)"),
        ("utf-8: line 12 is cut inside a character", "utf-8: line 13 is cut inside a character"),
    ),
    "another version": (REQUEST.replace(b"VERSION:2.0", b"VERSION:1.0"), ("head: VERSION is not 2.0",)),
    "no product": (REQUEST.replace(b"PRODID:", b"X-PRODID:"), ("head: there is no PRODID",)),
    "a method that is not ours": (
        FEED.replace(b"CALSCALE:GREGORIAN", b"METHOD:COUNTER"),
        ("method: COUNTER is not one we send",),
    ),
    "wall time": (REQUEST.replace(b"T000000Z", b"T000000"), ("utc: DTSTART is not one instant in UTC",)),
    "a whole day": (
        REQUEST.replace(b"DTSTART:20260624T000000Z", b"DTSTART;VALUE=DATE:20260624"),
        ("utc: DTSTART is not one instant in UTC",),
    ),
    "a zone of its own": (
        REQUEST.replace(
            b"BEGIN:VEVENT",
            b"BEGIN:VTIMEZONE\r\nTZID:Asia/Seoul\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
            b"TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT",
        ),
        ("utc: there is a VTIMEZONE",),
    ),
    "an end before the start": (
        REQUEST.replace(b"DTEND:20260624", b"DTEND:20260623"),
        ("order: it ends before it starts",),
    ),
    "no sequence": (REQUEST.replace(b"SEQUENCE:0\r\n", b""), ("whole: there is not exactly one SEQUENCE",)),
    "two summaries": (
        REQUEST.replace(b"TRANSP:OPAQUE", b"SUMMARY:again"),
        ("whole: there is not exactly one SUMMARY",),
    ),
    "an alarm": (
        REQUEST.replace(
            b"END:VEVENT",
            b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\nEND:VEVENT",
        ),
        ("alarm: reminders are sent by the server",),
    ),
    "a script for a link": (
        REQUEST.replace(b"URL:https://video.sangdam.example/abc", b"URL:javascript:alert(1)"),
        ("link: javascript:alert(1) is no web address",),
    ),
    "two sessions in one message": (
        REQUEST.replace(
            b"END:VCALENDAR",
            REQUEST[REQUEST.index(b"BEGIN:VEVENT") :].replace(b"UID:m1", b"UID:m2").removesuffix(b"\r\n"),
        ),
        ("one event: a message has exactly one VEVENT",),
    ),
    "two guests": (
        REQUEST.replace(b"END:VEVENT", GUEST + b"END:VEVENT"),
        ("attendee: there are 2, not one",),
    ),
    "nobody invited": (
        REQUEST.replace(b"ATTENDEE", b"X-ATTENDEE"),
        ("attendee: there are 0, not one", "foreign address: kim@hanbit.example"),
    ),
    "the organiser invited": (
        REQUEST.replace(b"kim@hanbit.example", b"fair@namdong.example"),
        ("attendee: the organizer cannot be invited",),
    ),
    "no organiser": (
        REQUEST.replace(b"ORGANIZER", b"X-ORG"),
        ("organizer: there is not exactly one", "foreign address: fair@namdong.example"),
    ),
    "no answer wanted": (
        REQUEST.replace(b"PARTSTAT=NEEDS-ACTION", b"PARTSTAT=ACCEPTED"),
        ("answer: the attendee is not asked for one",),
    ),
    "a request that says cancelled": (
        REQUEST.replace(b"STATUS:CONFIRMED", b"STATUS:CANCELLED"),
        ("status: CANCELLED belongs to METHOD:CANCEL and to nothing else that is sent",),
    ),
    "a cancellation that says confirmed": (
        CANCEL.replace(b"STATUS:CANCELLED", b"STATUS:CONFIRMED"),
        ("status: CANCELLED belongs to METHOD:CANCEL and to nothing else that is sent",),
    ),
    "an address in the words": (
        REQUEST.replace(b"TRANSP:OPAQUE", b"COMMENT:ask guest@x.example."),
        ("foreign address: guest@x.example",),
    ),
    "people in a feed": (
        FEED.replace(b"TRANSP:OPAQUE\r\n", GUEST),
        ("feed: m1@sangdam.example names people",),
    ),
    "a session twice in a feed": (
        FEED.replace(b"UID:m2@", b"UID:m1@"),
        ("uid: m1@sangdam.example stands in it twice",),
    ),
    "a feed without a name": (
        FEED.replace(b"X-WR-CALNAME", b"X-NAME"),
        ("feed: there is no X-WR-CALNAME",),
    ),
    "an interval without its type": (
        FEED.replace(b"REFRESH-INTERVAL;VALUE=DURATION", b"REFRESH-INTERVAL"),
        ("feed: REFRESH-INTERVAL lacks VALUE=DURATION",),
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_lint_names_what_is_broken(what: str) -> None:
    calendar, faults = BROKEN[what]
    assert calendar not in {REQUEST, CANCEL, FEED}
    assert set(faults) <= set(lint(calendar))


@pytest.mark.parametrize("garbage", [b"", b"\r\n", b"BEGIN:VCALENDAR\r\n", b"\xff\xfe\r\n", b"%PDF-1.7\r\n"])
def test_lint_of_what_is_no_calendar_is_a_fault_and_no_crash(garbage: bytes) -> None:
    assert [fault.partition(":")[0] for fault in lint(garbage)].count("readable") == 1


def test_lint_can_be_told_who_may_be_named() -> None:
    assert lint(REQUEST, may_name=("fair@namdong.example",)) == ("foreign address: kim@hanbit.example",)
