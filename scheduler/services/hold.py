"""Holding a slot for some minutes, and what becomes of the hold: confirmed, released, or lapsed by itself."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import IllegalMove
from scheduler.booking.fair import FairState
from scheduler.booking.meeting import Meeting, State, has_lapsed, lapses_at
from scheduler.services.actor import Actor
from scheduler.services.book import reserve
from scheduler.services.choose import Wish
from scheduler.services.idempotency import Ticket
from scheduler.services.notices import RowState, row_state_for
from scheduler.services.record import Keeping, keep_changed
from scheduler.settings import Settings
from scheduler.storage import fairs, meetings, people
from scheduler.storage.claims import release_lapsed
from scheduler.storage.db import Database


def hold(
    db: Database,
    settings: Settings,
    wish: Wish,
    *,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Meeting:
    """Claims a slot until the hold lapses. Nobody is told yet. Raises as `book` does."""
    until = lapses_at(now, settings.hold_minutes)
    return reserve(db, settings, wish, now=now, actor=actor, lapses_at=until, ticket=ticket)


def confirm(db: Database, settings: Settings, meeting_id: str, *, now: datetime, actor: Actor) -> Meeting:
    """Makes a hold a confirmed meeting. Raises IllegalMove when it has lapsed or is no hold any more."""

    def deed(work: Session) -> Meeting:
        before = meetings.get_meeting(work, meeting_id)
        if has_lapsed(before, now):
            raise IllegalMove(meeting_id=meeting_id, from_state=State.CANCELLED, to_state=State.CONFIRMED)
        after = before.to_state(State.CONFIRMED)
        fair = fairs.get_fair_by_id(work, before.fair_id) if before.fair_id is not None else None
        published = fair is not None and fair.state is FairState.PUBLISHED
        keeping = Keeping(
            actor=actor,
            now=now,
            state=row_state_for(actor, is_published=published),
            reminders=settings.reminder_minutes,
        )
        resources = people.resources_by_id(work, before.resource_ids, before.fair_id)
        return keep_changed(work, before, after, resources, keeping, "confirm")

    return db.carry_out(deed)


def release(db: Database, meeting_id: str, *, now: datetime, actor: Actor) -> Meeting:
    """Gives a hold up before it lapses."""

    def deed(work: Session) -> Meeting:
        before = meetings.get_meeting(work, meeting_id)
        if before.state is not State.HELD:
            raise IllegalMove(meeting_id=meeting_id, from_state=before.state, to_state=State.CANCELLED)
        keeping = Keeping(actor=actor, now=now, state=RowState.DUE)
        return keep_changed(work, before, before.to_state(State.CANCELLED), {}, keeping, "release")

    return db.carry_out(deed)


def release_lapsed_holds(db: Database, *, now: datetime, actor: Actor) -> int:
    """Frees what lapsed holds still claim; the worker calls it at every tick. Returns how many."""
    return db.carry_out(lambda work: len(release_lapsed(work, now, actor.label)))
