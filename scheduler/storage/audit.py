"""The audit trail: who did what, when, and what was before and after. It is only ever added to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, not_, or_, select
from sqlalchemy.orm import Session

from scheduler.storage.prepared import insert_of
from scheduler.storage.tables import AuditTable, MeetingTable, table_of

AUDIT, MEETING = table_of(AuditTable), table_of(MeetingTable)
_ADD = insert_of(AUDIT, insert(AUDIT).inline())
_CHANGES = ("book", "confirm", "move", "cancelled", "swap")
"""Of a session: told at once when a person did it to their own."""
_AT_ONCE = ("offer", "cut_short", "call_forward", "zone_rules")
"""Of a session: told at once, whoever did it."""


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One deed. `number` rises with each and is given by the database."""

    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0


def record(
    work: Session,
    at: datetime,
    actor: str,
    action: str,
    subject_kind: str,
    subject_id: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down one deed, in the transaction that does it."""
    entry = AuditEntry(
        at=at,
        actor=actor,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        before=before or {},
        after=after or {},
    )
    record_all(work, (entry,))


def record_all(work: Session, entries: Iterable[AuditEntry]) -> None:
    """The same for thousands, as publishing a grid does."""
    _ADD.send_all(work, map(_row_of, entries))


def trail_of(work: Session, subject_kind: str, subject_id: str) -> tuple[AuditEntry, ...]:
    """Everything that happened to one thing, in order."""
    its = (AUDIT.c.subject_kind == subject_kind, AUDIT.c.subject_id == subject_id)
    rows = work.execute(select(AUDIT).where(*its).order_by(AUDIT.c.id))
    return tuple(
        AuditEntry(
            at=row.at,
            actor=row.actor,
            action=row.action,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            before=row.before,
            after=row.after,
            number=row.id,
        )
        for row in rows
    )


def _row_of(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "before": dict(entry.before),
        "after": dict(entry.after),
    }


def moments_told(work: Session, fair_id: str) -> tuple[datetime, ...]:
    """Each moment at which people were told of the grid of a fair, in order.

    That is when it was published and when collected changes were sent, and what went out at once: what people changed
    themselves, offers, and pairs that were called forward.
    """
    of_fair = select(AUDIT.c.at, AUDIT.c.action, AUDIT.c.after).where(
        AUDIT.c.subject_kind == "fair", AUDIT.c.subject_id == fair_id
    )
    found = {
        row.at
        for row in work.execute(of_fair)
        if row.action == "publish" or (row.action == "send_changes" and row.after.get("notices"))
    }
    by_themselves = AUDIT.c.action.in_(_CHANGES) & not_(AUDIT.c.actor.like("coordinator:%"))
    at_once = (
        select(AUDIT.c.at)
        .join(MEETING, MEETING.c.id == AUDIT.c.subject_id)
        .where(AUDIT.c.subject_kind == "meeting", MEETING.c.fair_id == fair_id)
        .where(or_(AUDIT.c.action.in_(_AT_ONCE), by_themselves))
        .distinct()
    )
    return tuple(sorted(found | set(work.scalars(at_once))))
