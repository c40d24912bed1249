"""Feeds: somebody's sessions as a calendar to subscribe to. It names no address: anybody may come to hold it.

It has no METHOD, so a client takes it for a calendar and not for a message to answer. The UIDs are those of
the invites, so a session that came by mail too is shown once.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.booking.slot import Slot
from scheduler.invites.calendar import PRODUCT, place_lines
from scheduler.invites.facts import InviteFacts
from scheduler.invites.lines import serialised, text, utc
from scheduler.invites.text import description, location, summary


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """One session in a feed. `changed_at` is the instant of its last revision.

    A cancelled session stays in the feed for a while, so that clients strike it out.
    """

    uid: str
    sequence: int
    slot: Slot
    stamp: datetime
    changed_at: datetime
    summary: str
    description: str
    location: str
    link: str
    is_cancelled: bool


def entry_for(facts: InviteFacts, *, changed_at: datetime, is_cancelled: bool) -> FeedEntry:
    """The session as the feed's reader sees it."""
    return FeedEntry(
        uid=facts.uid,
        sequence=facts.sequence,
        slot=facts.slot,
        stamp=facts.stamp,
        changed_at=changed_at,
        summary=summary(facts),
        description=description(facts),
        location=location(facts),
        link=facts.link,
        is_cancelled=is_cancelled,
    )


def feed(title: str, entries: Sequence[FeedEntry], *, language: str, zone: str, ttl: timedelta) -> bytes:
    """The calendar. `zone` is the one it is shown in, `ttl` how often clients should ask again."""
    return serialised(_calendar(title, entries, language, zone, ttl))


def etag(title: str, entries: Sequence[FeedEntry], *, language: str, zone: str, ttl: timedelta) -> str:
    """The bare value of a weak entity tag: the same as long as nothing but DTSTAMP would differ."""
    lines = _calendar(title, entries, language, zone, ttl)
    content = "\n".join(line for line in lines if not line.startswith("DTSTAMP:"))
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:32]


def last_modified(entries: Iterable[FeedEntry]) -> datetime | None:
    """When the newest change was made; None for an empty feed."""
    return max((one.changed_at for one in entries), default=None)


def _calendar(
    title: str, entries: Iterable[FeedEntry], language: str, zone: str, ttl: timedelta
) -> Iterator[str]:
    often = f"PT{max(1, ttl // timedelta(minutes=1))}M"
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODUCT}"
    yield "CALSCALE:GREGORIAN"
    yield f"NAME;LANGUAGE={language}:{text(title)}"
    yield f"X-WR-CALNAME:{text(title)}"
    yield f"X-WR-TIMEZONE:{zone}"
    yield f"REFRESH-INTERVAL;VALUE=DURATION:{often}"
    yield f"X-PUBLISHED-TTL:{often}"
    for one in entries:
        yield from _event(one)
    yield "END:VCALENDAR"


def _event(one: FeedEntry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{one.uid}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"DTSTAMP:{utc(one.stamp)}"
    yield f"LAST-MODIFIED:{utc(one.changed_at)}"
    yield f"DTSTART:{utc(one.slot.start_at)}"
    yield f"DTEND:{utc(one.slot.end_at)}"
    yield f"SUMMARY:{text(one.summary)}"
    yield f"DESCRIPTION:{text(one.description)}"
    yield from place_lines(one.location, one.link)
    yield f"STATUS:{'CANCELLED' if one.is_cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if one.is_cancelled else 'OPAQUE'}"
    yield "END:VEVENT"
