"""Ending a meeting: cancelled beforehand, or told afterwards whether it took place."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, StaleRevision
from scheduler.booking.fair import FairState
from scheduler.booking.meeting import Meeting, State
from scheduler.services.actor import Actor
from scheduler.services.idempotency import Ticket, meeting_once
from scheduler.services.notices import row_state_for
from scheduler.services.record import Keeping, keep_changed
from scheduler.storage import fairs, meetings, people, results
from scheduler.storage.db import Database
from scheduler.wording import Phrase

ABSENT = ("company", "buyer", "both", "interpreter")
"""Who can be noted as not having come."""


def cancel(db: Database, meeting_id: str, *, seen_revision: int, now: datetime, actor: Actor) -> Meeting:
    """Cancels a meeting and frees everything it claimed. Raises IllegalMove, StaleRevision, NotFound."""
    return _end(db, meeting_id, State.CANCELLED, seen_revision, now, actor)


def complete(
    db: Database,
    meeting_id: str,
    *,
    seen_revision: int,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Meeting:
    """Notes that the meeting took place, once for a ticket."""
    return _end(db, meeting_id, State.COMPLETED, seen_revision, now, actor, ticket=ticket)


def mark_no_show(
    db: Database,
    meeting_id: str,
    *,
    seen_revision: int,
    now: datetime,
    actor: Actor,
    absent: str = "",
    ticket: Ticket | None = None,
) -> Meeting:
    """Notes that somebody did not come, once for a ticket; `absent` says who, where it is known."""
    if absent not in ("", *ABSENT):
        raise BadInput([Fault(place="absent", wrong=Phrase("Choose who did not come."))])
    return _end(db, meeting_id, State.NO_SHOW, seen_revision, now, actor, absent, ticket)


def _end(
    db: Database,
    meeting_id: str,
    state: State,
    seen_revision: int,
    now: datetime,
    actor: Actor,
    absent: str = "",
    ticket: Ticket | None = None,
) -> Meeting:
    def deed(work: Session) -> Meeting:
        before = meetings.get_meeting(work, meeting_id)
        if before.revision != seen_revision:
            raise StaleRevision(meeting_id=meeting_id, seen=seen_revision, current=before.revision)
        fair = fairs.get_fair_by_id(work, before.fair_id) if before.fair_id is not None else None
        published = fair is not None and fair.state is FairState.PUBLISHED
        keeping = Keeping(actor=actor, now=now, state=row_state_for(actor, is_published=published))
        resources = people.resources_by_id(work, before.resource_ids, before.fair_id)
        if absent:
            results.save_no_show(work, meeting_id, absent, now, actor.label)
        return keep_changed(work, before, before.to_state(state), resources, keeping, str(state))

    return db.carry_out(lambda work: meeting_once(work, ticket, meeting_id, lambda: deed(work), now=now))
