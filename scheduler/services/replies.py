"""What came back by mail, for the coordinator to look at: what waits for a word, and who cannot come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.meeting import State
from scheduler.booking.people import Resource
from scheduler.services.board import Entry, entry_of
from scheduler.services.notices import recipients_of
from scheduler.services.options import Option, options_for
from scheduler.services.receive_reply import REASONS, Arrived, Reason
from scheduler.storage import answers, meetings, people
from scheduler.storage.answers import Answer, Incoming
from scheduler.storage.db import Database
from scheduler.wording import Phrase

AT_ONCE = 100
_OPEN = (Arrived.REVIEW, Arrived.UNREADABLE, Arrived.STALE)
_UNSURE = ("declined", "tentative")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail that waits, with the session it seems to be about."""

    mail: Incoming
    entry: Entry | None

    @property
    def why(self) -> Phrase:
        return REASONS[Reason(self.mail.reason)]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Somebody who will not come, or is not sure."""

    answer: Answer
    person: Resource | None
    entry: Entry


@dataclass(frozen=True, kw_only=True)
class RepliesPage:
    """Who cannot come, in order of the sessions; and the mails that wait, the newest first."""

    refusals: tuple[Refusal, ...]
    mails: tuple[Mail, ...]
    page: int
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class MailPage:
    """One mail; `people` are those it may speak for, `options` the moments the session could move to."""

    mail: Mail
    people: tuple[Resource, ...]
    options: tuple[Option, ...]

    @property
    def is_open(self) -> bool:
        return self.mail.mail.state in _OPEN


def replies_page(db: Database, *, now: datetime, page: int) -> RepliesPage:
    """Always the same number of queries."""
    with db.read() as work:
        mails = answers.list_incoming(work, _OPEN, limit=AT_ONCE + 1, offset=page * AT_ONCE)
        refusals = answers.answers_to_come(work, now, _UNSURE)
        about = (*(one.meeting_id for one in mails), *(one.meeting_id for one in refusals))
        entries = _entries(work, about)
        persons = people.resources_by_id(work, {one.recipient_id for one in refusals})
    return RepliesPage(
        refusals=tuple(
            Refusal(answer=one, person=persons.get(one.recipient_id), entry=entries[one.meeting_id])
            for one in refusals
        ),
        mails=tuple(Mail(mail=one, entry=entries.get(one.meeting_id or "")) for one in mails[:AT_ONCE]),
        page=page,
        has_more=len(mails) > AT_ONCE,
    )


def mail_page(db: Database, mail_id: str, *, now: datetime) -> MailPage:
    """Raises NotFound."""
    with db.read() as work:
        kept = answers.get_incoming(work, mail_id)
        entry = _entries(work, [kept.meeting_id]).get(kept.meeting_id or "")
        meeting = entry.meeting if entry is not None else None
        asked = people.resources_by_id(work, recipients_of(meeting)) if meeting is not None else {}
    is_movable = meeting is not None and meeting.state is State.CONFIRMED and meeting.match_id is not None
    return MailPage(
        mail=Mail(mail=kept, entry=entry),
        people=tuple(asked.values()) if kept.partstat else (),
        options=_options(db, kept.meeting_id, now) if is_movable else (),
    )


def _options(db: Database, meeting_id: str | None, now: datetime) -> tuple[Option, ...]:
    try:
        return tuple(one for one in options_for(db, meeting_id or "", now=now) if not one.conflicts)
    except NotFound:
        return ()


def _entries(work: Session, meeting_ids: Iterable[str | None]) -> dict[str, Entry]:
    about = meetings.meetings_by_id(work, {one for one in meeting_ids if one is not None})
    named = people.resources_by_id(work, {one for meeting in about.values() for one in meeting.resource_ids})
    return {one.id: entry_of(one, named) for one in about.values()}
