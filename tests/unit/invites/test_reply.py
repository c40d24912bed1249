"""Answers of calendar apps, as differently as they write them."""

import pytest

from scheduler.booking.slot import Slot
from scheduler.invites.reply import LONGEST_COMMENT, Reply, UnreadableReply, read_reply
from tests.builders import utc
from tests.replies import STAMP, a_reply_calendar

ACCEPTED = Reply(
    uid="m1@sangdam", attendee="b1@mail.example", partstat="accepted", sequence=0, stamped_at=STAMP
)
ELEVEN = Slot.lasting(utc(2026, 6, 24, 2), 30)


def test_an_answer_without_organizer_is_read() -> None:
    assert read_reply(a_reply_calendar()) == ACCEPTED


@pytest.mark.parametrize("written", ["B1@Mail.Example", "b1@mail.example"])
def test_an_address_is_read_in_any_case(written: str) -> None:
    assert read_reply(a_reply_calendar(attendee=written)) == ACCEPTED


@pytest.mark.parametrize(
    ("partstat", "read"), [("ACCEPTED", "accepted"), ("declined", "declined"), ("TENTATIVE", "tentative")]
)
def test_each_answer_is_told_apart(partstat: str, read: str) -> None:
    assert read_reply(a_reply_calendar(partstat=partstat)).partstat == read


def test_a_comment_that_is_one_line_break_is_none() -> None:
    assert read_reply(a_reply_calendar(more="COMMENT:\\n")) == ACCEPTED
    assert read_reply(a_reply_calendar(more="COMMENT:출장 중\\n입니다")).comment == "출장 중 입니다"


def test_without_a_stamp_the_stamp_is_unknown() -> None:
    calendar = a_reply_calendar().replace(f"DTSTAMP:{STAMP:%Y%m%dT%H%M%SZ}\r\n".encode(), b"")
    assert read_reply(calendar).stamped_at is None


COUNTERS = {
    "in UTC": ("DTSTART:20260624T020000Z", "DTEND:20260624T023000Z"),
    "by a Windows zone": (
        "DTSTART;TZID=Korea Standard Time:20260624T110000",
        "DTEND;TZID=Korea Standard Time:20260624T113000",
    ),
    "by a zone's own name": (
        "DTSTART;TZID=Asia/Jakarta:20260624T090000",
        "DTEND;TZID=Asia/Jakarta:20260624T093000",
    ),
    "with a duration": ("DTSTART:20260624T020000Z", "DURATION:PT30M"),
}


@pytest.mark.parametrize("how", COUNTERS)
def test_a_proposal_of_another_time_is_read(how: str) -> None:
    start, end = COUNTERS[how]
    reply = read_reply(a_reply_calendar(method="COUNTER", partstat="TENTATIVE", start=start, end=end))
    assert (reply.is_counter, reply.proposal, reply.partstat) == (True, ELEVEN, "tentative")


UNREADABLE_PROPOSALS = {
    "a whole day": ("DTSTART;VALUE=DATE:20260624", "DTEND;VALUE=DATE:20260625"),
    "a time without a zone": ("DTSTART:20260624T110000", "DTEND:20260624T113000"),
    "words": ("DTSTART:soon", "DTEND:later"),
    "a zone without quotation marks": (
        "DTSTART;TZID=(UTC+09:00) Seoul:20260624T110000",
        "DTEND;TZID=(UTC+09:00) Seoul:20260624T113000",
    ),
    "a length of words": ("DTSTART:20260624T020000Z", "DURATION:long"),
    "a length beyond all calendars": ("DTSTART:20260624T020000Z", "DURATION:P999999999D"),
    "a stretch": ("DTSTART;VALUE=PERIOD:20260624T020000Z/PT1H", ""),
    "an end before the start": ("DTSTART:20260624T020000Z", "DTEND:20260624T010000Z"),
    "a time that the clocks skip": (
        "DTSTART;TZID=Central Standard Time:20270314T023000",
        "DTEND;TZID=Central Standard Time:20270314T033000",
    ),
}


@pytest.mark.parametrize("how", UNREADABLE_PROPOSALS)
def test_a_proposal_whose_time_is_unclear_is_left_to_a_person(how: str) -> None:
    start, end = UNREADABLE_PROPOSALS[how]
    reply = read_reply(a_reply_calendar(method="COUNTER", partstat="TENTATIVE", start=start, end=end))
    assert (reply.is_counter, reply.proposal) == (True, None)


def test_a_zone_that_the_calendar_brings_along_is_used_where_its_name_says_nothing() -> None:
    rules = (
        b"BEGIN:VTIMEZONE\r\nTZID:(UTC+09:00) Seoul\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
        b"TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
    )
    calendar = a_reply_calendar(
        method="COUNTER",
        start='DTSTART;TZID="(UTC+09:00) Seoul":20260624T110000',
        end='DTEND;TZID="(UTC+09:00) Seoul":20260624T113000',
    ).replace(b"BEGIN:VEVENT", rules)
    assert read_reply(calendar).proposal == ELEVEN


def test_among_several_attendees_the_sender_is_meant() -> None:
    calendar = a_reply_calendar(more="ATTENDEE;PARTSTAT=DECLINED:mailto:c1@mail.example")
    assert read_reply(calendar, sender="C1@mail.example").partstat == "declined"
    with pytest.raises(UnreadableReply):
        read_reply(calendar, sender="somebody@mail.example")


ADDRESSES = {
    "by Apple": ("MAILTO:b1@mail.example", "/1234567/principal/", "CN=Sari", "CN=Sari;EMAIL=b1@mail.example"),
    "with a space": ("MAILTO:", "mailto: ", "", ""),
    "as part of an address": ("b1@mail.example", "b1%40mail.example", "", ""),
}


@pytest.mark.parametrize("how", ADDRESSES)
def test_an_attendee_is_known_however_the_address_is_written(how: str) -> None:
    old, new, plain, named = ADDRESSES[how]
    written = a_reply_calendar().decode().replace(old, new).replace(plain, named)
    assert read_reply(written.encode()) == ACCEPTED


def test_who_says_yes_and_no_at_once_has_said_nothing() -> None:
    twice = a_reply_calendar(more="ATTENDEE;PARTSTAT=DECLINED:mailto:b1@mail.example")
    with pytest.raises(UnreadableReply):
        read_reply(twice, sender="b1@mail.example")
    same = a_reply_calendar(more="ATTENDEE;PARTSTAT=accepted:mailto:B1@mail.example")
    assert read_reply(same, sender="b1@mail.example") == ACCEPTED


def test_neither_yes_nor_no_is_read_with_whom_they_send_instead() -> None:
    undecided = read_reply(a_reply_calendar(partstat="NEEDS-ACTION"))
    passed_on = a_reply_calendar(
        partstat='DELEGATED;DELEGATED-TO="mailto:Budi@mail.example"',
        more='ATTENDEE;DELEGATED-FROM="mailto:b1@mail.example":mailto:budi@mail.example',
    )
    delegated = read_reply(passed_on, sender="b1@mail.example")
    assert (undecided.partstat, undecided.passed_to) == ("", "")
    assert (delegated.attendee, delegated.partstat, delegated.passed_to) == (
        "b1@mail.example",
        "",
        "budi@mail.example",
    )


BOMBS = {
    "a rule without end": "RRULE:FREQ=SECONDLY;COUNT=999999999",
    "ten thousand dates": "RDATE:" + ",".join(["20260624T000000Z"] * 10_000),
    "a comment folded after each letter": "COMMENT:" + "\r\n ".join("x" * 50_000),
    "five thousand attendees": "\r\n".join(f"ATTENDEE:mailto:a{one}@x.example" for one in range(5000)),
    "a line that is none": "JUNK",
}


@pytest.mark.parametrize("what", BOMBS)
def test_whatever_stands_beside_the_answer_it_is_read(what: str) -> None:
    reply = read_reply(a_reply_calendar(more=BOMBS[what]), sender="b1@mail.example")
    assert (reply.uid, reply.attendee, reply.partstat) == ("m1@sangdam", "b1@mail.example", "accepted")
    assert len(reply.comment) <= LONGEST_COMMENT


def test_no_control_character_comes_in() -> None:
    calendar = a_reply_calendar(more="COMMENT:a\x00b\x1fc")
    assert read_reply(calendar).comment == "abc"
    hidden = a_reply_calendar(
        attendee="b1%00@mail.example", partstat='DELEGATED;DELEGATED-TO="mailto:x%00@x.example"'
    )
    assert "\x00" not in read_reply(hidden).attendee + read_reply(hidden).passed_to


def test_an_answer_to_one_day_of_a_series_names_the_uid_twice_and_is_read_once() -> None:
    calendar = a_reply_calendar()
    event = calendar[calendar.index(b"BEGIN:VEVENT") : calendar.index(b"END:VCALENDAR")]
    assert read_reply(calendar.replace(b"END:VCALENDAR", event + b"END:VCALENDAR")) == ACCEPTED


WITHOUT = {
    "no calendar": b"hello",
    "nothing": b"",
    "cut off": a_reply_calendar()[:120],
    "an invitation": a_reply_calendar(method="REQUEST"),
    "no UID": a_reply_calendar().replace(b"UID:m1@sangdam\r\n", b""),
    "no attendee": a_reply_calendar().replace(b"ATTENDEE", b"X-ATTENDEE"),
    "an answer of no meaning": a_reply_calendar(partstat="X-MAYBE"),
    "no answer": a_reply_calendar().replace(b"PARTSTAT=ACCEPTED;", b""),
    "a SEQUENCE of words": a_reply_calendar().replace(b"SEQUENCE:0", b"SEQUENCE:first"),
    "a SEQUENCE beyond reason": a_reply_calendar(sequence=2**70),
    "a negative SEQUENCE": a_reply_calendar(sequence=-1),
    "two sessions": a_reply_calendar().replace(
        b"END:VEVENT", b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:m2@sangdam\r\nEND:VEVENT"
    ),
    "octets that are no text": b"BEGIN:VCALENDAR\r\n\xff\xfe\x00END:VCALENDAR\r\n",
}


@pytest.mark.parametrize("what", WITHOUT)
def test_what_is_no_answer_is_refused_with_its_reason(what: str) -> None:
    with pytest.raises(UnreadableReply) as refused:
        read_reply(WITHOUT[what])
    assert refused.value.reason
