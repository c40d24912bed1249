"""What came back by mail, for the coordinator to look at: what waits for a word, and who cannot come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.meeting import State
from scheduler.booking.people import Resource
from scheduler.booking.slot import Slot
from scheduler.mail.incoming import words_of
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
_NEXT = 10
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
    """One mail; `people` are those it may speak for, `options` the moments the session could move to.

    `text` is what a person wrote, `theirs` the next sessions of the sender where the mail itself names none.
    `hindrances` say why the time that is proposed cannot be had.
    """

    mail: Mail
    people: tuple[Resource, ...]
    options: tuple[Option, ...]
    text: str = ""
    theirs: tuple[Entry, ...] = ()
    hindrances: tuple[Phrase, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.mail.mail.state in _OPEN

    @property
    def proposal(self) -> Slot | None:
        """The time that is asked for instead."""
        kept = self.mail.mail
        if kept.proposed_start_at is None or kept.proposed_end_at is None:
            return None
        return Slot(kept.proposed_start_at, kept.proposed_end_at)


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
        theirs = () if meeting is not None else tuple(_sessions_of(work, kept.sender, now))
    is_movable = meeting is not None and meeting.state is State.CONFIRMED and meeting.match_id is not None
    options = _options(db, kept.meeting_id, now) if is_movable else ()
    return MailPage(
        mail=Mail(mail=kept, entry=entry),
        people=tuple(asked.values()) if kept.partstat else (),
        options=tuple(one for one in options if not one.conflicts),
        text=words_of(kept.raw),
        theirs=theirs,
        hindrances=tuple(_hindrances(kept, options, now)) if is_movable else (),
    )


def _sessions_of(work: Session, sender: str, now: datetime) -> Iterator[Entry]:
    """The next of whoever writes from this address."""
    found = people.reached_at(work, sender) if sender else ()
    ahead = {
        one.id
        for person in found
        for one in meetings.meetings_of_resource(work, person.id, first=now, states=(State.CONFIRMED,))
    }
    entries = _entries(work, ahead).values()
    yield from sorted(entries, key=lambda one: (one.slot.start_at, one.meeting.id if one.meeting else ""))[
        :_NEXT
    ]


def _options(db: Database, meeting_id: str | None, now: datetime) -> tuple[Option, ...]:
    try:
        return options_for(db, meeting_id or "", now=now)
    except NotFound:
        return ()


def _hindrances(kept: Incoming, options: Iterable[Option], now: datetime) -> Iterator[Phrase]:
    """Why the proposed time cannot be had, in sentences; nothing where none is proposed, or where it can."""
    start_at = kept.proposed_start_at
    if start_at is None:
        return
    if start_at <= now:
        yield Phrase("The proposed time is over.")
        return
    asked = next((one for one in options if one.slot.start_at == start_at), None)
    if asked is None:
        yield Phrase("The proposed time is none of the fair's.")
    elif asked.conflicts:
        yield from dict.fromkeys(one.phrase for one in asked.conflicts)


def _entries(work: Session, meeting_ids: Iterable[str | None]) -> dict[str, Entry]:
    about = meetings.meetings_by_id(work, {one for one in meeting_ids if one is not None})
    named = people.resources_by_id(work, {one for meeting in about.values() for one in meeting.resource_ids})
    return {one.id: entry_of(one, named) for one in about.values()}
