"""Invite, update and cancellation, opened by readers that are not ours, for people all over the world."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from scheduler.booking.slot import Slot
from tests.builders import DALLAS, JAKARTA, SEOUL, utc
from tests.interop.dialogue import Dialogue, dialogue, faults
from tests.interop.seen import CalendarReader
from tests.invitations import a_buyer_reading, a_reader

JUNE = (Slot.lasting(utc(2026, 6, 24, 0), 30), Slot.lasting(utc(2026, 6, 24, 1, 30), 30))
# 01:30 in Chicago, first by summer time and, an hour later, again by winter time.
AUTUMN = (Slot.lasting(utc(2026, 11, 1, 6, 30), 30), Slot.lasting(utc(2026, 11, 1, 7, 30), 30))
# From 01:30 to 03:30 there, which is one hour; the session moved to begins when 02:00 does not exist.
SPRING = (Slot.lasting(utc(2027, 3, 14, 7, 30), 60), Slot.lasting(utc(2027, 3, 14, 8), 30))
READERS = {
    "Seoul": (a_reader(), JAKARTA, JUNE),
    "Jakarta": (a_buyer_reading(language="id"), JAKARTA, JUNE),
    "Dallas": (a_buyer_reading(zone=DALLAS), DALLAS, JUNE),
    "Dallas when clocks go back": (a_buyer_reading(zone=DALLAS), DALLAS, AUTUMN),
    "Dallas when clocks go forward": (a_buyer_reading(zone=DALLAS), DALLAS, SPRING),
    "Dubai": (a_buyer_reading(zone="Asia/Dubai"), "Asia/Dubai", JUNE),
    "Kathmandu": (a_buyer_reading(zone="Asia/Kathmandu"), "Asia/Kathmandu", JUNE),
    "an interpreter in Seoul while the buyer changes clocks": (a_reader(zone=SEOUL), DALLAS, AUTUMN),
}


def a_dialogue(who: str = "Dallas when clocks go back") -> Dialogue:
    reader, away_zone, (first, second) = READERS[who]
    return dialogue(reader=reader, away_zone=away_zone, first=first, second=second)


@pytest.mark.parametrize("who", READERS)
def test_a_client_lives_through_invite_update_and_cancellation(reader: CalendarReader, who: str) -> None:
    assert faults(a_dialogue(who), reader) == ()


def test_a_name_with_quotation_marks_and_semicolons_arrives(reader: CalendarReader) -> None:
    person = a_buyer_reading(name="Sari; Dewi, 'CEO': 한빛")
    story = dialogue(reader=person, away_zone=JAKARTA, first=JUNE[0], second=JUNE[1])
    [event] = reader.read(story.invite).events
    # node-ical cuts a quoted parameter at the first semicolon; the rest of the event is unharmed.
    assert event.names == (('"Sari',) if reader.name == "node-ical" else ("Sari; Dewi, 'CEO': 한빛",))
    assert faults(story, reader) == ()


def without(story: Dialogue, *changes: tuple[str, bytes, bytes]) -> Dialogue:
    """The story with bytes in some of its calendars put in place of others."""
    for field, old, new in changes:
        content: bytes = getattr(story, field)
        assert old in content
        story = replace(story, **{field: content.replace(old, new)})
    return story


Breakage = Callable[[Dialogue], Dialogue]
BROKEN: dict[str, tuple[Breakage, str]] = {
    "another UID in the update": (
        lambda story: without(story, ("update", b"UID:m1@", b"UID:m2@")),
        "uid: ['m1@sangdam.example', 'm2@sangdam.example']",
    ),
    "the update keeps the SEQUENCE": (
        lambda story: without(story, ("update", b"SEQUENCE:1", b"SEQUENCE:0")),
        "sequence: [0, 0, 2]",
    ),
    "a cancellation that is a request with STATUS:CANCELLED": (
        lambda story: without(story, ("cancellation", b"METHOD:CANCEL", b"METHOD:REQUEST")),
        "cancellation: the event still stands",
    ),
    "Seoul's wall time written as UTC": (
        lambda story: without(
            story,
            ("invite", b":20261101T063000Z", b":20261101T153000Z"),
            ("invite", b":20261101T070000Z", b":20261101T160000Z"),
        ),
        "instant: 1793547000 to 1793548800 instead of 1793514600 to 1793516400",
    ),
    "a time without a zone": (
        lambda story: without(
            story,
            ("update", b":20261101T073000Z", b":20261101T073000"),
            ("update", b":20261101T080000Z", b":20261101T080000"),
        ),
        "instant: ",
    ),
    "another guest in the invite": (
        lambda story: without(
            story, ("invite", b"END:VEVENT", b"ATTENDEE;RSVP=TRUE:mailto:other@x.example\r\nEND:VEVENT")
        ),
        "people: ('fair@namdong.example',) and ('sari@maju.example', 'other@x.example')",
    ),
    "no question to answer": (
        lambda story: without(story, ("invite", b"RSVP=", b"X-RSVP="), ("update", b"RSVP=", b"X-RSVP=")),
        "answer: the reader is not asked for one",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_story_is_noticed(reader: CalendarReader, what: str) -> None:
    breakage, fault = BROKEN[what]
    broken = breakage(a_dialogue())
    assert [found for found in faults(broken, reader) if found.startswith(fault)]
