"""The hours that interpreters have signed for, a month each."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scheduler.storage.statements import upsert
from scheduler.storage.tables import HourSheetTable, table_of

SHEET = table_of(HourSheetTable)


@dataclass(frozen=True, kw_only=True)
class HourSheet:
    """`lines` are the sessions as they were when signed, in JSON; `month` is written 2026-06."""

    interpreter_id: str
    month: str
    lines: tuple[dict[str, Any], ...]
    minutes: int
    signed_name: str
    signed_by: str
    signed_at: datetime
    countersigned_name: str = ""
    countersigned_by: str = ""
    countersigned_at: datetime | None = None


def save_sheet(work: Session, sheet: HourSheet) -> None:
    """A new signature: what had been countersigned before was another sheet."""
    upsert(work, SHEET, {**asdict(sheet), "lines": list(sheet.lines)})


def find_sheet(work: Session, interpreter_id: str, month: str) -> HourSheet | None:
    its = (SHEET.c.interpreter_id == interpreter_id, SHEET.c.month == month)
    row = work.execute(select(SHEET).where(*its)).one_or_none()
    return None if row is None else HourSheet(**{**row._mapping, "lines": tuple(row.lines)})


def sheets_of_month(work: Session, month: str) -> dict[str, HourSheet]:
    """By interpreter."""
    rows = work.execute(select(SHEET).where(SHEET.c.month == month))
    return {row.interpreter_id: HourSheet(**{**row._mapping, "lines": tuple(row.lines)}) for row in rows}


def countersign(work: Session, sheet: HourSheet, *, name: str, by: str, now: datetime) -> HourSheet | None:
    """None when it has been signed anew, or countersigned, since it was looked at."""
    seen = (
        SHEET.c.interpreter_id == sheet.interpreter_id,
        SHEET.c.month == sheet.month,
        SHEET.c.signed_at == sheet.signed_at,
        SHEET.c.countersigned_at.is_(None),
    )
    signed = {"countersigned_name": name, "countersigned_by": by, "countersigned_at": now}
    done = work.execute(update(SHEET).where(*seen).values(signed).returning(SHEET.c.month)).one_or_none()
    if done is None:
        return None
    return replace(sheet, countersigned_name=name, countersigned_by=by, countersigned_at=now)
