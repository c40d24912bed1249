"""Keeping a meeting: its row, its claims, its notices and its audit trail, all in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.meeting import Meeting
from scheduler.booking.people import Resource
from scheduler.booking.rules import claimed
from scheduler.services.actor import Actor
from scheduler.services.choose import slot_taken
from scheduler.services.notices import Change, RowState, tell
from scheduler.storage import audit, claims, meetings
from scheduler.storage.errors import ClaimsTaken


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """How changes are kept: who makes them, when, and when people hear of it."""

    actor: Actor
    now: datetime
    state: RowState
    reminders: Sequence[int] = ()


def keep_new(work: Session, meeting: Meeting, resources: Mapping[str, Resource], keeping: Keeping) -> Meeting:
    """Books a new meeting. Raises SlotTaken when another booking has any of its ticks."""
    meetings.add_meeting(work, meeting, keeping.now)
    take(work, meeting, resources)
    _tell_and_record(work, "book", Change(before=None, after=meeting), keeping)
    return meeting


def keep_changed(
    work: Session,
    before: Meeting,
    after: Meeting,
    resources: Mapping[str, Resource],
    keeping: Keeping,
    action: str,
) -> Meeting:
    """Replaces a meeting by its next revision, claims and notices too. Raises SlotTaken, StaleRevision."""
    fresh = replace(after, revision=before.revision + 1)
    meetings.save_meeting(work, fresh, keeping.now)
    claims.release_claims(work, before.id)
    if fresh.is_live:
        take(work, fresh, resources)
    _tell_and_record(work, action, Change(before=before, after=fresh), keeping)
    return fresh


def keep_all_changed(
    work: Session,
    changes: Iterable[Change],
    resources: Mapping[str, Resource],
    keeping: Keeping,
    action: str,
) -> tuple[Meeting, ...]:
    """The same for several at once, so that what one gives up another may take. Raises SlotTaken, StaleRevision."""
    pairs = [(one.before or one.after, one.after) for one in changes]
    fresh = [replace(after, revision=before.revision + 1) for before, after in pairs]
    # In the order of their ids, so that two transactions never wait for each other in a circle.
    for meeting in sorted(fresh, key=lambda one: one.id):
        meetings.save_meeting(work, meeting, keeping.now)
        claims.release_claims(work, meeting.id)
    try:
        wanted = {one.id: ticks_of(one, resources) for one in fresh if one.is_live}
        claims.take_all_claims(work, wanted)
    except ClaimsTaken as taken:
        raise slot_taken(taken.taken, resources) from None
    for (before, _), after in zip(pairs, fresh, strict=True):
        _tell_and_record(work, action, Change(before=before, after=after), keeping)
    return tuple(fresh)


def take(work: Session, meeting: Meeting, resources: Mapping[str, Resource]) -> None:
    """Claims everything a meeting uses, buffers included, or raises SlotTaken naming what another has."""
    try:
        claims.take_claims(work, meeting.id, ticks_of(meeting, resources))
    except ClaimsTaken as taken:
        raise slot_taken(taken.taken, resources) from None


def ticks_of(meeting: Meeting, resources: Mapping[str, Resource]) -> dict[str, range]:
    """The ticks that a meeting claims of each of its resources."""
    return {one: claimed(resources[one], meeting.slot).ticks() for one in meeting.resource_ids}


def _tell_and_record(work: Session, action: str, change: Change, keeping: Keeping) -> None:
    tell(work, [change], state=keeping.state, reminders=keeping.reminders, now=keeping.now)
    audit.record(
        work,
        keeping.now,
        keeping.actor.label,
        action,
        "meeting",
        change.after.id,
        shown(change.before) if change.before is not None else {},
        shown(change.after),
    )


def shown(meeting: Meeting) -> dict[str, object]:
    """A meeting as the audit trail keeps it."""
    return {
        "state": str(meeting.state),
        "revision": meeting.revision,
        "start_at": meeting.slot.start_at.isoformat(),
        "end_at": meeting.slot.end_at.isoformat(),
        "company_id": meeting.company_id,
        "buyer_id": meeting.buyer_id,
        "interpreter_ids": list(meeting.interpreter_ids),
        "room_id": meeting.room_id,
        "link": meeting.link,
    }
