"""Schedules: one person's own sessions, and one session with its history. Constant numbers of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair, day_of
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Interpreter, LanguagePair, Resource, Room, zone_of
from scheduler.services.agenda import resources_of
from scheduler.services.answered import PersonAnswer, answers_to
from scheduler.services.board import Entry, entry_of, with_answers
from scheduler.storage import accounts, answers, audit, fairs, meetings, outbox, people
from scheduler.storage.db import Database
from scheduler.storage.outbox import OutboxRow

SHOWN = tuple(state for state in State if state is not State.HELD)


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """One person's sessions in order of time, by the days of the zone they live in."""

    resource: Resource
    days: tuple[tuple[date, tuple[Entry, ...]], ...]
    fairs: tuple[Fair, ...] = ()

    @property
    def zone(self) -> str:
        return zone_of(self.resource)

    @property
    def count(self) -> int:
        return sum(len(entries) for _, entries in self.days)


@dataclass(frozen=True, kw_only=True)
class SessionPage:
    """One session for the coordinator: who, when, what people were told and what has been changed by whom."""

    entry: Entry
    meeting: Meeting
    fair: Fair | None
    notices: tuple[OutboxRow, ...]
    history: tuple[audit.AuditEntry, ...]
    resources: dict[str, Resource]
    answers: tuple[PersonAnswer, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    """Names of those in the history who have an account."""

    @property
    def interpreters(self) -> tuple[Interpreter, ...]:
        """Those who could take a leg of this session, as far as languages go."""
        found = [one for one in self.resources.values() if isinstance(one, Interpreter)]
        return tuple(one for one in found if any(leg in one.pairs for leg in self.meeting.legs))

    def speakers(self, leg: LanguagePair) -> tuple[Interpreter, ...]:
        """The interpreters who work between the two languages of a leg."""
        return tuple(one for one in self.interpreters if leg in one.pairs)

    @property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(one for one in self.resources.values() if isinstance(one, Room))


def timetable_of(
    db: Database, resource_id: str, *, fair_id: str | None = None, first: datetime | None = None
) -> Timetable:
    """Everything of one person that has been published; of one fair only where it is given. Raises NotFound."""
    with db.read() as work:
        resource = people.resources_by_id(work, (resource_id,), fair_id).get(resource_id)
        if resource is None:
            raise NotFound(kind="resource", key=resource_id)
        found = [
            one
            for one in meetings.meetings_of_resource(work, resource_id, first=first, states=SHOWN)
            if (fair_id is None or one.fair_id == fair_id) and not one.was_only_held
        ]
        others = people.resources_by_id(work, {each for one in found for each in one.resource_ids})
        taking_part = {one.fair_id for one in found} | {fair_id}
        known = answers.answers_standing(work, [one.id for one in found])
        of_fairs = fairs.these_fairs(work, filter(None, taking_part))
    entries = with_answers((entry_of(one, others) for one in found), known)
    return Timetable(resource=resource, days=_by_day(entries, zone_of(resource)), fairs=of_fairs)


def own_session(db: Database, resource_id: str, meeting_id: str, *, fair_id: str | None = None) -> Entry:
    """One session of one's own. Somebody else's is as if it did not exist: NotFound."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        if resource_id not in meeting.resource_ids or meeting.state not in SHOWN or meeting.was_only_held:
            raise NotFound(kind="meeting", key=meeting_id)
        if fair_id is not None and meeting.fair_id != fair_id:
            raise NotFound(kind="meeting", key=meeting_id)
        entry = entry_of(meeting, people.resources_by_id(work, meeting.resource_ids, meeting.fair_id))
        return with_answers((entry,), answers.answers_standing(work, (meeting_id,)))[0]


@dataclass(frozen=True, kw_only=True)
class HeldSession:
    """A hold of a company's own, or what has become of it."""

    fair: Fair
    entry: Entry
    meeting: Meeting


def held_session(db: Database, company_id: str, meeting_id: str) -> HeldSession:
    """Somebody else's is as if it did not exist: NotFound."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        if meeting.company_id != company_id or meeting.fair_id is None:
            raise NotFound(kind="meeting", key=meeting_id)
        known = people.resources_by_id(work, meeting.resource_ids, meeting.fair_id)
        fair = fairs.get_fair_by_id(work, meeting.fair_id)
        return HeldSession(fair=fair, entry=entry_of(meeting, known), meeting=meeting)


def session_page(db: Database, meeting_id: str) -> SessionPage:
    """Raises NotFound."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        resources = _resources_around(work, meeting)
        history = audit.trail_of(work, "meeting", meeting_id)
        return SessionPage(
            entry=entry_of(meeting, resources),
            meeting=meeting,
            fair=fairs.get_fair_by_id(work, meeting.fair_id) if meeting.fair_id is not None else None,
            notices=outbox.rows_of_meeting(work, meeting_id),
            history=history,
            accounts=accounts.names_of_accounts(work, {one.actor.partition(":")[2] for one in history}),
            resources=resources,
            answers=answers_to(meeting, answers.answers_standing(work, (meeting_id,)), resources),
        )


def _resources_around(work: Session, meeting: Meeting) -> dict[str, Resource]:
    named = people.resources_by_id(work, meeting.resource_ids, meeting.fair_id)
    if meeting.fair_id is None:
        return named
    return {**resources_of(work, meeting.fair_id), **named}


def _by_day(entries: Iterable[Entry], zone: str) -> tuple[tuple[date, tuple[Entry, ...]], ...]:
    days: dict[date, list[Entry]] = {}
    for entry in entries:
        days.setdefault(day_of(entry.slot, zone), []).append(entry)
    return tuple((on, tuple(found)) for on, found in sorted(days.items()))
