"""The chain over the audit trail: an entry that is changed, removed or slipped in breaks it visibly.

Entries are sealed a moment after they are written, in an order of their own, so that no transaction waits for
another because of it. Each seal is SHA-256 over the seal before and its entry in one exact spelling.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from scheduler.storage.audit import AUDIT
from scheduler.storage.json_text import dumps
from scheduler.storage.tables import AuditSealTable, table_of

SEAL = table_of(AuditSealTable)
BEGINNING = "0" * 64
"""What stands before the first seal."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The newest seal. Whoever keeps it elsewhere can tell later whether the end of the chain was cut off."""

    number: int = 0
    hash: str = BEGINNING


@dataclass(frozen=True, kw_only=True)
class Link:
    """One seal, its entry's number, and what the hash would have to be by what stands there now.

    `expected` is None when the entry is gone.
    """

    number: int
    audit_id: int
    hash: str
    expected: str | None


def head(work: Session) -> Head:
    newest = work.execute(select(SEAL.c.number, SEAL.c.hash).order_by(SEAL.c.number.desc()).limit(1))
    row = newest.one_or_none()
    return Head() if row is None else Head(number=row.number, hash=row.hash)


def seal_new(work: Session, *, at_most: int = 2000) -> int:
    """Seals entries that have none yet; how many. Of two who seal at once, one fails on the number and is refused."""
    unsealed = (
        select(AUDIT)
        .outerjoin(SEAL, SEAL.c.audit_id == AUDIT.c.id)
        .where(SEAL.c.number.is_(None))
        .order_by(AUDIT.c.id)
        .limit(at_most)
    )
    last = head(work)
    rows = work.execute(unsealed).all()
    seals = []
    for row in rows:
        last = Head(number=last.number + 1, hash=hash_of(last.hash, row))
        seals.append({"number": last.number, "audit_id": row.id, "hash": last.hash})
    if seals:
        work.execute(insert(SEAL), seals)
    return len(seals)


def count_unsealed(work: Session) -> int:
    """Entries that no seal covers yet."""
    unsealed = (
        select(AUDIT.c.id).outerjoin(SEAL, SEAL.c.audit_id == AUDIT.c.id).where(SEAL.c.number.is_(None))
    )
    return len(work.execute(unsealed).all())


def links(work: Session) -> Iterator[Link]:
    """The whole chain in order, each with what its hash should be."""
    joined = select(SEAL.c.number, SEAL.c.audit_id, SEAL.c.hash, *AUDIT.c).outerjoin(
        AUDIT, AUDIT.c.id == SEAL.c.audit_id
    )
    before = BEGINNING
    for row in work.execute(joined.order_by(SEAL.c.number).execution_options(yield_per=1000)):
        expected = None if row.id is None else hash_of(before, row)
        yield Link(number=row.number, audit_id=row.audit_id, hash=row.hash, expected=expected)
        before = row.hash


def hash_of(before: str, row: Row[Any]) -> str:
    """SHA-256 over the seal before and the entry."""
    entry = [
        row.id,
        row.at.astimezone(UTC).isoformat(),
        row.actor,
        row.action,
        row.subject_kind,
        row.subject_id,
        row.before,
        row.after,
    ]
    return hashlib.sha256(f"{before}\n{dumps(entry)}".encode()).hexdigest()
