"""The calendar feed behind an address: one person's sessions, one room's, or a whole fair's."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from scheduler import __version__
from scheduler.booking.fair import Fair
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Resource, zone_of
from scheduler.invites.add_links import AddLinks, add_links
from scheduler.invites.facts import Reader, Role
from scheduler.invites.feed import FeedEntry, entry_for, feed
from scheduler.services.links import LinkUnknown, Opened, Purpose, open_link
from scheduler.services.notices import facts_of
from scheduler.services.session_facts import ROLES, contact_of, fair_name, organiser_email, session_facts
from scheduler.settings import Settings
from scheduler.storage import fairs, meetings, people
from scheduler.storage.db import Database
from scheduler.storage.feed_marks import FeedMark, mark_of
from scheduler.timezones.wall import zone_rules_version
from scheduler.wording import Phrase

TTL = timedelta(hours=1)
_KEPT_BACK = timedelta(days=60)
"""Sessions older than this leave the feed; a cancelled one stays as long, so that clients strike it out."""
_FORMAT = 1
"""Raised when the texts of feeds are made in another way, so that calendars fetch them anew."""
_SHOWN = (State.CONFIRMED, State.COMPLETED, State.NO_SHOW, State.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a calendar app asks for: the validators at once, the calendar only when they do not match."""

    etag: str
    last_modified: datetime | None
    _read: Callable[[], "Shown"]

    @property
    def entries(self) -> tuple[FeedEntry, ...]:
        return self._shown.entries

    def content(self) -> bytes:
        shown = self._shown
        return feed(shown.title, shown.entries, language=shown.language, zone=shown.zone, ttl=TTL)

    @cached_property
    def _shown(self) -> "Shown":
        return self._read()


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A feed with its texts."""

    title: str
    entries: tuple[FeedEntry, ...]
    language: str
    zone: str


def open_feed(db: Database, settings: Settings, token: str, *, now: datetime) -> Feed:
    """The feed of an address. Raises LinkUnknown or LinkGone.

    Whether it has changed is decided from revisions and names, without making its texts.
    """
    since = now - _KEPT_BACK
    with db.read() as work:
        opened = open_link(work, token, Purpose.FEED, now=now)
        mark = mark_of(
            work, resource_id=opened.resource_id, fair_id=opened.fair_id, first=since, states=_SHOWN
        )
        if mark is None:
            raise LinkUnknown
        fair = fairs.get_fair_by_id(work, opened.fair_id) if opened.fair_id is not None else None

    def read() -> Shown:
        with db.read() as work:
            return _shown(work, settings, opened, now)

    return Feed(etag=_etag(mark, fair, settings), last_modified=mark.changed_at, _read=read)


def _etag(mark: FeedMark, fair: Fair | None, settings: Settings) -> str:
    surroundings = (_FORMAT, __version__, zone_rules_version(), settings.city, settings.home_zone)
    more = (settings.language, settings.mail_from, fair)
    content = f"{mark.facts}\n{surroundings}\n{more}"
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:32]


def session_calendar(
    db: Database, settings: Settings, meeting_id: str, reader_id: str, *, now: datetime
) -> bytes:
    """One session as a calendar file for one person in it, with the UID it has in mails and feeds."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        fair = fairs.get_fair_by_id(work, meeting.fair_id) if meeting.fair_id is not None else None
        owner = people.get_resource(work, reader_id, meeting.fair_id)
        entries = _entries(work, settings, (meeting,), _reader(owner, fair, settings), fair)
    return feed(owner.name, entries, language=contact_of(owner).language, zone=zone_of(owner), ttl=TTL)


def session_links(db: Database, settings: Settings, meeting_id: str, reader_id: str) -> AddLinks:
    """Where one person in a session can put it into a web calendar by hand. Raises NotFound."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        fair = fairs.get_fair_by_id(work, meeting.fair_id) if meeting.fair_id is not None else None
        owner = people.get_resource(work, reader_id, meeting.fair_id)
        [entry] = _entries(work, settings, (meeting,), _reader(owner, fair, settings), fair)
    return add_links(entry)


def links_of_sessions(
    db: Database, settings: Settings, fair_id: str | None, meeting_ids: Iterable[str], reader_id: str
) -> dict[str, AddLinks]:
    """The same for several sessions of one person at one fair, in the same number of queries as for one."""
    with db.read() as work:
        found = tuple(meetings.meetings_by_id(work, meeting_ids).values())
        fair = fairs.get_fair_by_id(work, fair_id) if fair_id is not None else None
        owner = people.get_resource(work, reader_id, fair_id)
        entries = _entries(work, settings, found, _reader(owner, fair, settings), fair)
    return {one.id: add_links(entry) for one, entry in zip(found, entries, strict=True)}


def _shown(work: Session, settings: Settings, opened: Opened, now: datetime) -> Shown:
    fair = fairs.get_fair_by_id(work, opened.fair_id) if opened.fair_id is not None else None
    owner = people.get_resource(work, opened.resource_id) if opened.resource_id is not None else None
    since = now - _KEPT_BACK
    if owner is not None:
        found = meetings.meetings_of_resource(work, owner.id, first=since, states=_SHOWN)
    elif fair is not None:
        found = meetings.meetings_of_fair(work, fair.id, states=_SHOWN, first=since)
    else:
        found = ()
    shown = tuple(one for one in found if (fair is None or one.fair_id == fair.id) and not one.was_only_held)
    reader = _reader(owner, fair, settings)
    return Shown(
        title=_title(owner, fair, reader.language),
        entries=_entries(work, settings, shown, reader, fair),
        language=reader.language,
        zone=reader.zone,
    )


def _entries(
    work: Session, settings: Settings, shown: tuple[Meeting, ...], reader: Reader, fair: Fair | None
) -> tuple[FeedEntry, ...]:
    resources = people.resources_by_id(work, {one for meeting in shown for one in meeting.resource_ids})
    changed = meetings.changed_at(work, [meeting.id for meeting in shown])
    of_fairs = fairs.fairs_by_id(work, {meeting.fair_id for meeting in shown if meeting.fair_id is not None})
    return tuple(
        entry_for(
            session_facts(
                meeting,
                facts_of(meeting),
                reader,
                sequence=meeting.revision,
                stamp=changed[meeting.id],
                page="",
                was=None,
                resources=resources,
                fair=of_fairs.get(meeting.fair_id or "", fair),
                settings=settings,
            ),
            changed_at=changed[meeting.id],
            is_cancelled=meeting.state is State.CANCELLED,
        )
        for meeting in shown
    )


def _reader(owner: Resource | None, fair: Fair | None, settings: Settings) -> Reader:
    # A feed names nobody's address; the organiser's stands where the words want a reader.
    return Reader(
        name=owner.name if owner is not None else settings.city,
        email=organiser_email(fair, settings),
        language=contact_of(owner).language if owner is not None else settings.language,
        zone=zone_of(owner) if owner is not None else settings.home_zone,
        role=ROLES[type(owner)] if owner is not None else Role.ORGANISER,
    )


def _title(owner: Resource | None, fair: Fair | None, language: str) -> str:
    named = [owner.name if owner is not None else "", fair_name(fair, language)]
    return " · ".join(one for one in named if one) or Phrase("Sessions").text(language)
