"""The audit trail: who did what, when, and what was before and after. It is only ever added to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from scheduler.storage.prepared import insert_of
from scheduler.storage.tables import AuditTable, table_of

AUDIT = table_of(AuditTable)
_ADD = insert_of(AUDIT, insert(AUDIT).inline())


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
