"""Feeds, opened by readers that are not ours."""

from scheduler.invites.calendar import invite
from scheduler.invites.facts import Notice
from scheduler.invites.feed import feed
from tests.builders import DALLAS, utc
from tests.interop.seen import CalendarReader, Client
from tests.invitations import FEED_SETTINGS, a_feed_entry, invite_facts


def test_a_feed_shows_each_session_at_its_instant_and_nobody_by_address(reader: CalendarReader) -> None:
    entries = [a_feed_entry(1), a_feed_entry(2), a_feed_entry(3, away_zone=DALLAS)]
    seen = reader.read(feed("남동구 상담", entries, **FEED_SETTINGS))
    shown = [
        (event.uid, event.starts, event.ends, event.is_floating, event.organisers, event.attendees)
        for event in seen.events
    ]
    first = int(utc(2026, 6, 24).timestamp())
    assert (seen.title, seen.method, seen.complaints) == ("남동구 상담", "", ())
    assert shown == [
        (f"m{number}@sangdam.example", starts, starts + 1800, False, (), ())
        for number, starts in ((1, first), (2, first + 1800), (3, first + 3600))
    ]


def test_texts_arrive_as_they_were_written(reader: CalendarReader) -> None:
    entry = a_feed_entry(company_name="한빛; \\ 산업, Inc.\nEND:VEVENT", buyer_name="", room_name="1, 2번")
    seen = reader.read(feed("상담", [entry], **FEED_SETTINGS))
    assert [(one.summary, one.description, one.location, one.link) for one in seen.events] == [
        (entry.summary, entry.description, entry.location, entry.link)
    ]


def test_a_cancelled_session_leaves_the_subscribers_calendar(reader: CalendarReader) -> None:
    client = Client(reader=reader)
    client.subscribe(feed("상담", [a_feed_entry(1), a_feed_entry(2)], **FEED_SETTINGS))
    before = set(client.events)
    entries = [a_feed_entry(1, is_cancelled=True), a_feed_entry(2)]
    client.subscribe(feed("상담", entries, **FEED_SETTINGS))
    assert (before, set(client.events)) == (
        {"m1@sangdam.example", "m2@sangdam.example"},
        {"m2@sangdam.example"},
    )


def test_feed_and_mail_give_a_session_the_same_uid(reader: CalendarReader) -> None:
    mailed = reader.read(invite(invite_facts(), Notice.REQUEST))
    subscribed = reader.read(feed("상담", [a_feed_entry(1)], **FEED_SETTINGS))
    assert [event.uid for event in mailed.events] == [event.uid for event in subscribed.events]
