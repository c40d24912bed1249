import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.booking.slot import Slot
from scheduler.invites.calendar import invite
from scheduler.invites.facts import Notice, Role
from scheduler.invites.lint import lint
from scheduler.invites.read import glance
from tests.builders import DALLAS, utc
from tests.invitations import a_buyer_reading, a_reader, invite_facts

# Without "@": a name that looks like an address is a person's own choice, and would be found as one.
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="@"), max_size=200)


def lines_of(calendar: bytes) -> list[str]:
    return calendar.decode().replace("\r\n ", "").split("\r\n")


def test_a_request_as_the_buyers_client_gets_it() -> None:
    facts = invite_facts(reader=a_buyer_reading())
    assert lines_of(invite(facts, Notice.REQUEST)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sangdam//Scheduler for export consultations//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:m1@sangdam.example",
        "SEQUENCE:0",
        "DTSTAMP:20260601T033000Z",
        "DTSTART:20260624T000000Z",
        "DTEND:20260624T003000Z",
        "SUMMARY:(주)한빛 × PT Maju Jaya",
        "DESCRIPTION:Session: (주)한빛 × PT Maju Jaya\\n"
        "Fair: 남동구 인도네시아 화상상담회\\n"
        "Date and time: Wed 24 Jun 09:00–09:30 KST · 07:00–07:30 WIB\\n"
        "Seoul KST (UTC+9): Wed 24 Jun 2026 09:00–09:30\\n"
        "Jakarta WIB (UTC+7): Wed 24 Jun 2026 07:00–07:30\\n"
        "Interpreter: 이통역 (Indonesian–Korean)\\n"
        "Room: 1번 상담실\\n"
        "Video link: https://video.sangdam.example/abc",
        "LOCATION:https://video.sangdam.example/abc",
        "URL:https://video.sangdam.example/abc",
        "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://video.sangdam.example/abc",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "ORGANIZER;CN=남동구 수출상담회:mailto:fair@namdong.example",
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;"
        "CN=Sari Dewi:mailto:sari@maju.example",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_cancellation_says_so_twice_and_asks_for_no_answer() -> None:
    asked = lines_of(invite(invite_facts(sequence=1), Notice.REQUEST))
    dropped = lines_of(invite(invite_facts(sequence=2), Notice.CANCEL))
    changed = [(old, new) for old, new in zip(asked, dropped, strict=True) if old != new]
    assert changed == [
        ("METHOD:REQUEST", "METHOD:CANCEL"),
        ("SEQUENCE:1", "SEQUENCE:2"),
        ("STATUS:CONFIRMED", "STATUS:CANCELLED"),
        (
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;"
            "CN=김대표:mailto:kim@hanbit.example",
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;CN=김대표:mailto:kim@hanbit.example",
        ),
    ]


def test_an_update_is_a_request_with_the_same_uid() -> None:
    moved = Slot.lasting(utc(2026, 6, 24, 5), 30)
    seen = glance(invite(invite_facts(sequence=1, slot=moved), Notice.UPDATE))
    [entry] = seen.entries
    assert (seen.method, entry.uid, entry.sequence, entry.start_at) == (
        "REQUEST",
        "m1@sangdam.example",
        1,
        moved.start_at,
    )


def test_the_same_facts_give_the_same_bytes() -> None:
    assert invite(invite_facts(), Notice.REQUEST) == invite(invite_facts(), Notice.REQUEST)


@pytest.mark.parametrize("notice", [Notice.REMINDER_DAY, Notice.REMINDER_HOUR])
def test_a_reminder_carries_no_calendar(notice: Notice) -> None:
    with pytest.raises(ValueError, match="carries no calendar object"):
        invite(invite_facts(), notice)


def test_the_korean_side_finds_the_room_before_the_link() -> None:
    places = {
        role: glance(invite(invite_facts(reader=a_reader(role=role)), Notice.REQUEST)).entries[0].location
        for role in (Role.COMPANY, Role.INTERPRETER, Role.BUYER)
    }
    assert places == {
        Role.COMPANY: "1번 상담실 · https://video.sangdam.example/abc",
        Role.INTERPRETER: "1번 상담실 · https://video.sangdam.example/abc",
        Role.BUYER: "https://video.sangdam.example/abc",
    }


def test_nobody_reads_the_address_of_another_or_the_own_page() -> None:
    calendar = invite(invite_facts(reader=a_buyer_reading()), Notice.REQUEST)
    assert set(re.findall(rb"[\w.]+@[\w.]+", calendar.replace(b"\r\n ", b""))) == {
        b"m1@sangdam.example",
        b"fair@namdong.example",
        b"sari@maju.example",
    }
    assert b"secret" not in calendar.replace(b"\r\n ", b"")


def test_a_room_booked_for_itself_has_neither_link_nor_interpreter() -> None:
    facts = invite_facts(
        title="장비 점검", company_name="", buyer_name="", fair_name="", link="", page="",
        interpreter_names=(), languages=(), organiser_name="", reader=a_reader(name=""),
    )  # fmt: skip
    [entry] = glance(invite(facts, Notice.REQUEST)).entries
    assert (entry.summary, entry.location, entry.link) == ("장비 점검", "1번 상담실", "")
    assert lint(invite(facts, Notice.REQUEST)) == ()


def test_both_sides_of_a_repeated_hour_are_told_apart_in_words() -> None:
    """In Chicago the clocks show 01:30 at 06:30 UTC and again at 07:30 UTC."""
    reader = a_buyer_reading(zone=DALLAS)
    texts = [
        glance(
            invite(
                invite_facts(
                    slot=Slot.lasting(utc(2026, 11, 1, hour, 30), 20), reader=reader, away_zone=DALLAS
                ),
                Notice.REQUEST,
            )
        )
        .entries[0]
        .description.split("\n")[2]
        for hour in (6, 7)
    ]
    assert texts == [
        "Date and time: Sun 1 Nov 15:30–15:50 KST · 01:30–01:50 CDT",
        "Date and time: Sun 1 Nov 16:30–16:50 KST · 01:30–01:50 CST",
    ]


@settings(deadline=None)
@given(company=NAMES, buyer=NAMES, person=NAMES, room=NAMES)
def test_no_name_breaks_a_calendar(company: str, buyer: str, person: str, room: str) -> None:
    facts = invite_facts(
        company_name=f"{company}.", buyer_name=buyer, room_name=room, organiser_name=person,
        reader=a_reader(name=person),
    )  # fmt: skip
    for notice in (Notice.REQUEST, Notice.CANCEL):
        assert lint(invite(facts, notice)) == ()
