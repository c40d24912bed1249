"""The calendar feed behind an address: one person's sessions, one room's, or a whole fair's."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
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
from scheduler.services.notices import Kind, facts_of
from scheduler.services.session_facts import (
    ROLES,
    Facts,
    contact_of,
    fair_name,
    named_in,
    organiser_email,
    session_facts,
    slot_in,
)
from scheduler.settings import Settings
from scheduler.storage import fairs, meetings, outbox, people
from scheduler.storage.db import Database
from scheduler.storage.feed_marks import FeedMark, mark_of
from scheduler.timezones.wall import zone_rules_version
from scheduler.wording import Phrase

TTL = timedelta(hours=1)
_KEPT_BACK = timedelta(days=60)
"""Sessions older than this leave the feed; a cancelled one stays as long, so that clients strike it out."""
_FORMAT = 2
"""Raised when the texts of feeds are made in another way, so that calendars fetch them anew."""
_GONE_OUT = frozenset({"due", "leased", "sent"})
_NOTICES = frozenset(map(str, Kind))
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
    db: Database, settings: Settings, meeting_id: str, reader_id: str | None, *, now: datetime
) -> bytes:
    """One session as a calendar file for one person in it, with the UID it has in mails and feeds; as the organiser
    sees it where no person is named.
    """
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        fair = fairs.get_fair_by_id(work, meeting.fair_id) if meeting.fair_id is not None else None
        owner = people.get_resource(work, reader_id, meeting.fair_id) if reader_id is not None else None
        reader = _reader(owner, fair, settings)
        entries = _entries(work, settings, _told(work, (meeting,), owner), reader, fair)
    title = owner.name if owner is not None else _title(owner, fair, reader.language)
    return feed(title, entries, language=reader.language, zone=reader.zone, ttl=TTL)


def session_links(db: Database, settings: Settings, meeting_id: str, reader_id: str | None) -> AddLinks:
    """Where one person in a session, or the organiser, can put it into a web calendar by hand. Raises NotFound."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        fair = fairs.get_fair_by_id(work, meeting.fair_id) if meeting.fair_id is not None else None
        owner = people.get_resource(work, reader_id, meeting.fair_id) if reader_id is not None else None
        told = _told(work, (meeting,), owner)
        [entry] = _entries(work, settings, told, _reader(owner, fair, settings), fair)
    return add_links(entry)


def links_of_sessions(
    db: Database, settings: Settings, fair_id: str | None, meeting_ids: Iterable[str], reader_id: str
) -> dict[str, AddLinks]:
    """The same for several sessions of one person at one fair, in the same number of queries as for one."""
    with db.read() as work:
        found = tuple(meetings.meetings_by_id(work, meeting_ids).values())
        fair = fairs.get_fair_by_id(work, fair_id) if fair_id is not None else None
        owner = people.get_resource(work, reader_id, fair_id)
        told = _told(work, found, owner)
        entries = _entries(work, settings, told, _reader(owner, fair, settings), fair)
    return {one.id: add_links(entry) for one, entry in zip(found, entries, strict=True)}


@dataclass(frozen=True, kw_only=True)
class _Telling:
    """A session as somebody is to see it. `facts` are what a notice would tell; `at` is when they came to be."""

    meeting: Meeting
    facts: Facts
    sequence: int
    at: datetime
    is_cancelled: bool


def _shown(work: Session, settings: Settings, opened: Opened, now: datetime) -> Shown:
    fair = fairs.get_fair_by_id(work, opened.fair_id) if opened.fair_id is not None else None
    owner = people.get_resource(work, opened.resource_id) if opened.resource_id is not None else None
    reader = _reader(owner, fair, settings)
    return Shown(
        title=_title(owner, fair, reader.language),
        entries=_entries(work, settings, _tellings(work, owner, fair, since=now - _KEPT_BACK), reader, fair),
        language=reader.language,
        zone=reader.zone,
    )


def _tellings(
    work: Session, owner: Resource | None, fair: Fair | None, *, since: datetime
) -> tuple[_Telling, ...]:
    """A person sees what they were told; whoever looks at a room or a whole fair sees the grid as it stands."""
    found: Sequence[tuple[Meeting, datetime]] = ()
    if owner is not None:
        found = meetings.changes_of_resource(work, owner.id, since, _SHOWN)
    elif fair is not None:
        found = meetings.changes_of_fair(work, fair.id, since, _SHOWN)
    stands = tuple(
        _standing(one, at)
        for one, at in found
        if (fair is None or one.fair_id == fair.id) and not one.was_only_held
    )
    unsent = outbox.unsent_to(work, owner.id) if owner is not None else frozenset()
    if not unsent:
        return stands
    last = _last_told(work, unsent, owner.id if owner is not None else "")
    kept = [one for one in stands if one.meeting.id not in unsent]
    theirs = [one for one in last.values() if fair is None or one.meeting.fair_id == fair.id]
    told = [*kept, *(one for one in theirs if slot_in(one.facts).end_at > since)]
    return tuple(sorted(told, key=lambda one: (slot_in(one.facts).start_at, one.meeting.id)))


def _told(work: Session, found: Sequence[Meeting], owner: Resource | None) -> tuple[_Telling, ...]:
    """Each of these as its person was last told of it; one they were never told of as it stands."""
    stands = tuple(_standing(one, at) for one, at in _with_changes(work, found))
    if owner is None:
        return stands
    unsent = outbox.unsent_to(work, owner.id) & {one.meeting.id for one in stands}
    last = _last_told(work, unsent, owner.id) if unsent else {}
    return tuple(last.get(one.meeting.id, one) for one in stands)


def _with_changes(work: Session, found: Sequence[Meeting]) -> list[tuple[Meeting, datetime]]:
    changed = meetings.changed_at(work, [one.id for one in found])
    return [(one, changed[one.id]) for one in found]


def _standing(meeting: Meeting, at: datetime) -> _Telling:
    """A session as it stands; `at` is when it was last written."""
    return _Telling(
        meeting=meeting,
        # The times as they are: writing and reading them again would be a tenth of the work.
        facts={**facts_of(meeting), "start_at": meeting.slot.start_at, "end_at": meeting.slot.end_at},
        sequence=meeting.revision,
        at=at,
        is_cancelled=meeting.state is State.CANCELLED,
    )


def _last_told(work: Session, meeting_ids: Collection[str], recipient_id: str) -> dict[str, _Telling]:
    """By meeting, of those of which the person was told anything: the newest notice that is not held back."""
    about, told = meetings.meetings_by_id(work, meeting_ids), {}
    for row in outbox.rows_of_meetings(work, meeting_ids):
        is_told = row.state in _GONE_OUT and row.kind in _NOTICES and row.recipient_id == recipient_id
        if is_told and row.meeting_id is not None:
            # They come by revision.
            told[row.meeting_id] = _Telling(
                meeting=about[row.meeting_id],
                facts=row.facts,
                sequence=row.revision,
                at=row.created_at,
                is_cancelled=row.kind == Kind.CANCEL,
            )
    return told


def _entries(
    work: Session, settings: Settings, told: Sequence[_Telling], reader: Reader, fair: Fair | None
) -> tuple[FeedEntry, ...]:
    named = {one for each in told for one in (*each.meeting.resource_ids, *named_in(each.facts))}
    resources = people.resources_by_id(work, named)
    of_fairs = fairs.names_by_id(
        work, {one.meeting.fair_id for one in told if one.meeting.fair_id is not None}
    )
    return tuple(
        entry_for(
            session_facts(
                one.meeting,
                one.facts,
                reader,
                sequence=one.sequence,
                stamp=one.at,
                page="",
                was=None,
                resources=resources,
                fair=of_fairs.get(one.meeting.fair_id or "") or fair,
                settings=settings,
            ),
            changed_at=one.at,
            is_cancelled=one.is_cancelled,
        )
        for one in told
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
