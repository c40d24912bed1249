"""The calendar feed behind an address: one person's sessions, one room's, or a whole fair's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.fair import Fair
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Resource, zone_of
from scheduler.invites.facts import Reader, Role
from scheduler.invites.feed import FeedEntry, entry_for, etag, feed, last_modified
from scheduler.services.links import Opened, Purpose, open_link
from scheduler.services.notices import facts_of
from scheduler.services.session_facts import ROLES, contact_of, fair_name, organiser_email, session_facts
from scheduler.settings import Settings
from scheduler.storage import fairs, meetings, people
from scheduler.storage.db import Database
from scheduler.wording import Phrase

TTL = timedelta(hours=1)
_KEPT_BACK = timedelta(days=60)
"""Sessions older than this leave the feed; a cancelled one stays as long, so that clients strike it out."""
_SHOWN = (State.CONFIRMED, State.COMPLETED, State.NO_SHOW, State.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a calendar app asks for: the validators at once, the calendar when they do not match."""

    title: str
    entries: tuple[FeedEntry, ...]
    language: str
    zone: str

    @property
    def etag(self) -> str:
        return etag(self.title, self.entries, language=self.language, zone=self.zone, ttl=TTL)

    @property
    def last_modified(self) -> datetime | None:
        return last_modified(self.entries)

    def content(self) -> bytes:
        return feed(self.title, self.entries, language=self.language, zone=self.zone, ttl=TTL)


def open_feed(db: Database, settings: Settings, token: str, *, now: datetime) -> Feed:
    """The feed of an address. Raises LinkUnknown or LinkGone."""
    with db.read() as work:
        opened = open_link(work, token, Purpose.FEED, now=now)
        return _feed(work, settings, opened, now)


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


def _feed(work: Session, settings: Settings, opened: Opened, now: datetime) -> Feed:
    fair = fairs.get_fair_by_id(work, opened.fair_id) if opened.fair_id is not None else None
    owner = people.get_resource(work, opened.resource_id) if opened.resource_id is not None else None
    since = now - _KEPT_BACK
    if owner is not None:
        found = meetings.meetings_of_resource(work, owner.id, first=since, states=_SHOWN)
    elif fair is not None:
        found = meetings.meetings_of_fair(work, fair.id, states=_SHOWN, first=since)
    else:
        found = ()
    shown = tuple(one for one in found if fair is None or one.fair_id == fair.id)
    reader = _reader(owner, fair, settings)
    return Feed(
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
    of_fairs = {one: fairs.get_fair_by_id(work, one) for one in {meeting.fair_id for meeting in shown} if one}
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
