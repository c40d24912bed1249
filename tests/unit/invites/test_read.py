import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.invites.calendar import invite
from scheduler.invites.facts import Notice
from scheduler.invites.feed import feed
from scheduler.invites.read import Entry, Glance, UnreadableCalendar, glance
from tests.builders import utc
from tests.invitations import FEED_SETTINGS, a_feed_entry, invite_facts

REQUEST = invite(invite_facts(), Notice.REQUEST)


def test_an_invite_at_a_glance() -> None:
    assert glance(REQUEST) == Glance(
        method="REQUEST",
        entries=(
            Entry(
                uid="m1@sangdam.example",
                sequence=0,
                start_at=utc(2026, 6, 24),
                end_at=utc(2026, 6, 24, 0, 30),
                status="CONFIRMED",
                summary="(주)한빛 × PT Maju Jaya",
                description=glance(REQUEST).entries[0].description,
                location="1번 상담실 · https://video.sangdam.example/abc",
                link="https://video.sangdam.example/abc",
                organiser="fair@namdong.example",
                attendees=("kim@hanbit.example",),
            ),
        ),
    )


def test_a_feed_at_a_glance() -> None:
    seen = glance(feed("상담", [a_feed_entry(1), a_feed_entry(2, is_cancelled=True)], **FEED_SETTINGS))
    assert (seen.method, [(one.uid, one.status, one.attendees) for one in seen.entries]) == (
        "",
        [("m1@sangdam.example", "CONFIRMED", ()), ("m2@sangdam.example", "CANCELLED", ())],
    )


def test_an_address_is_read_in_any_case() -> None:
    shouted = REQUEST.replace(b"mailto:kim@hanbit.example", b"MAILTO:Kim@Hanbit.Example")
    assert glance(shouted).entries[0].attendees == ("kim@hanbit.example",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"DTSTART:20260624T000000Z", b"DTSTART;VALUE=DATE:20260624"),
        (b"DTSTART:20260624T000000Z", b"DTSTART:20260624T000000"),
        (b"DTSTART:20260624T000000Z", b"DTSTART:nonsense"),
        (b"DTSTART:20260624T000000Z", b"X-START:1"),
        (b"DTSTART:20260624T000000Z", b"DTSTART:20260624T000000Z\r\nDTSTART:20260625T000000Z"),
    ],
)
def test_a_start_that_is_no_instant_is_none(old: bytes, new: bytes) -> None:
    assert glance(REQUEST.replace(old, new)).entries[0].start_at is None


def test_a_sequence_that_is_no_number_counts_as_none() -> None:
    assert glance(REQUEST.replace(b"SEQUENCE:0", b"SEQUENCE:many")).entries[0].sequence == 0


@pytest.mark.parametrize(
    "garbage", [b"", b"hello", b"BEGIN:VCALENDAR", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", REQUEST * 2]
)
def test_what_is_not_one_calendar_is_refused(garbage: bytes) -> None:
    with pytest.raises(UnreadableCalendar):
        glance(garbage)


@settings(deadline=None)
@given(st.integers(0, len(REQUEST) - 1), st.binary(max_size=8))
def test_damage_is_read_or_refused_and_nothing_else(at: int, damage: bytes) -> None:
    try:
        seen = glance(REQUEST[:at] + damage + REQUEST[at + len(damage) :])
    except UnreadableCalendar:
        return
    assert isinstance(seen, Glance)
