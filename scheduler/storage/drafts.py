"""Drafts of a grid: what is to be solved, how far it is, and the plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, or_, select, update
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.storage.tables import DraftTable, table_of

DRAFT = table_of(DraftTable)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`state` is building, ready, stopped, failed, published or discarded; `problem` and `plan` are JSON texts."""

    id: str
    fair_id: str
    state: str
    problem: str
    created_at: datetime
    plan: str | None = None
    progress: Mapping[str, Any] = field(default_factory=dict)
    stop_requested: bool = False
    error: str = ""
    finished_at: datetime | None = None
    created_by: str = ""
    leased_by: str = ""
    leased_until: datetime | None = None


def add_draft(work: Session, draft: Draft) -> None:
    work.execute(insert(DRAFT).values(_row_of(draft)))


def get_draft(work: Session, draft_id: str) -> Draft:
    row = work.execute(select(DRAFT).where(DRAFT.c.id == draft_id)).one_or_none()
    if row is None:
        raise NotFound(kind="draft", key=draft_id)
    return _draft_from(row)


def latest_draft(work: Session, fair_id: str) -> Draft | None:
    """The newest of a fair that was not discarded."""
    wanted: list[ColumnElement[bool]] = [DRAFT.c.fair_id == fair_id, DRAFT.c.state != "discarded"]
    newest = select(DRAFT).where(*wanted).order_by(DRAFT.c.created_at.desc(), DRAFT.c.id).limit(1)
    row = work.execute(newest).one_or_none()
    return None if row is None else _draft_from(row)


def progress_of_published(work: Session, fair_id: str) -> tuple[Mapping[str, Any], ...]:
    """What was noted with each plan of a fair that has been published, the oldest first."""
    wanted = (DRAFT.c.fair_id == fair_id, DRAFT.c.state == "published")
    rows = work.execute(select(DRAFT.c.progress).where(*wanted).order_by(DRAFT.c.created_at, DRAFT.c.id))
    return tuple(rows.scalars())


def drafts_in(work: Session, state: str) -> tuple[Draft, ...]:
    """All in one state, the oldest first: those that are building, for the worker."""
    rows = work.execute(select(DRAFT).where(DRAFT.c.state == state).order_by(DRAFT.c.created_at, DRAFT.c.id))
    return tuple(_draft_from(row) for row in rows)


def save_draft(work: Session, draft: Draft) -> None:
    """Write a changed draft. A stop that was asked for meanwhile stays asked for."""
    row = _row_of(draft)
    if not draft.stop_requested:
        del row["stop_requested"]
    work.execute(update(DRAFT).where(DRAFT.c.id == draft.id).values(row))


def request_stop(work: Session, draft_id: str) -> None:
    """Ask whoever is building it to stop with the best so far."""
    work.execute(update(DRAFT).where(DRAFT.c.id == draft_id).values(stop_requested=True))


def lease_build(work: Session, draft_id: str, owner: str, now: datetime, until: datetime) -> bool:
    """Take a build that nobody has, or whose owner fell silent; tells whether it was to be had."""
    free = or_(DRAFT.c.leased_until.is_(None), DRAFT.c.leased_until <= now)
    taken = (
        update(DRAFT)
        .where(DRAFT.c.id == draft_id, DRAFT.c.state == "building", free)
        .values(leased_by=owner, leased_until=until)
    )
    return bool(work.scalars(taken.returning(DRAFT.c.id)).all())


def write_progress(work: Session, draft_id: str, progress: Mapping[str, Any]) -> bool:
    """Note how far it is; tells whether a stop was asked for."""
    noted = update(DRAFT).where(DRAFT.c.id == draft_id).values(progress=dict(progress))
    return bool(work.scalar(noted.returning(DRAFT.c.stop_requested)))


def _row_of(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "fair_id": draft.fair_id,
        "state": draft.state,
        "problem": draft.problem,
        "plan": draft.plan,
        "progress": dict(draft.progress),
        "stop_requested": draft.stop_requested,
        "error": draft.error,
        "created_at": draft.created_at,
        "finished_at": draft.finished_at,
        "created_by": draft.created_by,
        "leased_by": draft.leased_by,
        "leased_until": draft.leased_until,
    }


def _draft_from(row: Row[Any]) -> Draft:
    return Draft(**row._mapping)
