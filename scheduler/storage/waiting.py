"""The waiting list of a fair: companies in line for a buyer, and what each has been offered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, or_, select
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.slot import Slot
from scheduler.storage.prepared import Prepared
from scheduler.storage.statements import upsert
from scheduler.storage.tables import WaitingTable, table_of

WAITING = table_of(WaitingTable)
_IN_LINE = ("waiting", "offered")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """`slot` is the one waited for, None for any. `state` is waiting, offered, booked or left.

    `passed` are the starts that were offered and not taken: they are not offered again.
    """

    id: str
    fair_id: str
    company_id: str
    buyer_id: str
    state: str
    created_at: datetime
    slot: Slot | None = None
    offered: Slot | None = None
    offer_expires_at: datetime | None = None
    passed: tuple[datetime, ...] = ()


def save_waiting(work: Session, waiting: Waiting) -> None:
    """Standing in the same line twice ends the transaction with AlreadyThere(table="waiting")."""
    row = {
        "id": waiting.id,
        "fair_id": waiting.fair_id,
        "company_id": waiting.company_id,
        "buyer_id": waiting.buyer_id,
        "state": waiting.state,
        "created_at": waiting.created_at,
        **_slot_row("start_at", "end_at", waiting.slot),
        **_slot_row("offered_start_at", "offered_end_at", waiting.offered),
        "offer_expires_at": waiting.offer_expires_at,
        "passed": [one.isoformat() for one in waiting.passed],
    }
    upsert(work, WAITING, row, keep=("created_at",))


def get_waiting(work: Session, waiting_id: str, *, for_change: bool = False) -> Waiting:
    """`for_change`: nobody else changes it before this transaction ends."""
    found = _find(work, WAITING.c.id == waiting_id, for_change=for_change)
    if not found:
        raise NotFound(kind="waiting", key=waiting_id)
    return found[0]


def in_line(
    work: Session, *, fair_id: str | None = None, company_id: str | None = None, for_change: bool = False
) -> tuple[Waiting, ...]:
    """Those who still wait or have an offer, the first comer first."""
    given = {"fair_id": fair_id, "company_id": company_id}
    named = {name: value for name, value in given.items() if value is not None}
    rows = _in_line(tuple(named), for_change).rows(work, **named)
    return tuple(_waiting_from(row) for row in rows)


@lru_cache(maxsize=8)
def _in_line(names: tuple[str, ...], for_change: bool) -> Prepared:
    """Made once for each choice of columns: companies look at buyers all day."""
    conditions = [WAITING.c[name] == bindparam(name) for name in names]
    is_in_line = or_(*(WAITING.c.state == one for one in _IN_LINE))
    in_line = select(WAITING).where(is_in_line, *conditions).order_by(WAITING.c.created_at, WAITING.c.id)
    return Prepared(in_line.with_for_update() if for_change else in_line)


def find_in_line(work: Session, fair_id: str, company_id: str, buyer_id: str) -> Waiting | None:
    """The place of a company in the line for one buyer."""
    theirs = in_line(work, fair_id=fair_id, company_id=company_id)
    return next((one for one in theirs if one.buyer_id == buyer_id), None)


def fairs_in_line(work: Session) -> tuple[str, ...]:
    """The ids of the fairs in which anybody waits."""
    found: Iterable[str] = work.scalars(
        select(WAITING.c.fair_id).where(WAITING.c.state.in_(_IN_LINE)).distinct()
    )
    return tuple(sorted(found))


def _find(work: Session, *conditions: ColumnElement[bool], for_change: bool = False) -> tuple[Waiting, ...]:
    statement = select(WAITING).where(*conditions).order_by(WAITING.c.created_at, WAITING.c.id)
    rows = work.execute(statement.with_for_update() if for_change else statement).all()
    return tuple(_waiting_from(row) for row in rows)


def _waiting_from(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        fair_id=row.fair_id,
        company_id=row.company_id,
        buyer_id=row.buyer_id,
        state=row.state,
        created_at=row.created_at,
        slot=_slot(row.start_at, row.end_at),
        offered=_slot(row.offered_start_at, row.offered_end_at),
        offer_expires_at=row.offer_expires_at,
        passed=tuple(datetime.fromisoformat(one) for one in row.passed),
    )


def _slot(start_at: datetime | None, end_at: datetime | None) -> Slot | None:
    return None if start_at is None or end_at is None else Slot(start_at, end_at)


def _slot_row(start: str, end: str, slot: Slot | None) -> dict[str, datetime | None]:
    return {start: slot.start_at if slot else None, end: slot.end_at if slot else None}
