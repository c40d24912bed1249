"""What the board asks of the database: whether anything has changed, and what a whole fair is too much for."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Integer, cast, func, or_, select, update
from sqlalchemy.orm import Session

from scheduler.booking.match import Priority
from scheduler.storage.audit import AUDIT, AuditEntry
from scheduler.storage.drafts import DRAFT
from scheduler.storage.matches import MATCH
from scheduler.storage.meetings import INTERPRETER, MEETING
from scheduler.storage.tables import AnswerTable, table_of

ANSWER = table_of(AnswerTable)
_NEVER = int(Priority.NEVER)


def board_mark(work: Session, fair_id: str) -> str:
    """A text that differs whenever a board of the fair would.

    The newest deed alone would not do: of two transactions at once the one with the higher number may end first.
    """
    sessions = (
        select(
            func.count(), func.sum(MEETING.c.revision), func.sum(cast(MEETING.c.is_pinned, Integer))
        ).where(MEETING.c.fair_id == fair_id)
    ).subquery()
    newest = select(func.max(AUDIT.c.id)).scalar_subquery()
    answered = select(func.max(ANSWER.c.received_at)).scalar_subquery()
    drafted = (
        select(DRAFT.c.id + DRAFT.c.state)
        .where(DRAFT.c.fair_id == fair_id, DRAFT.c.state != "discarded")
        .order_by(DRAFT.c.created_at.desc(), DRAFT.c.id)
        .limit(1)
        .scalar_subquery()
    )
    row = work.execute(select(*sessions.c, newest, answered, drafted)).one()
    return "-".join("" if one is None else str(one) for one in row)


def starts_of(work: Session, fair_id: str) -> tuple[tuple[datetime, int], ...]:
    """When live sessions of a fair begin, and how many each time."""
    live = MEETING.c.state != "cancelled"
    statement = select(MEETING.c.start_at, func.count()).where(MEETING.c.fair_id == fair_id, live)
    return tuple((row[0], row[1]) for row in work.execute(statement.group_by(MEETING.c.start_at)))


def sessions_in(
    work: Session,
    fair_id: str,
    kind: str,
    column_ids: Collection[str | None],
    first: datetime,
    last: datetime,
) -> tuple[str, ...]:
    """Ids of the live sessions of a fair, begun within [first, last), with any of these resources of a kind.

    None among them stands for the sessions that have nobody of the kind.
    """
    these = (
        MEETING.c.fair_id == fair_id,
        MEETING.c.state != "cancelled",
        MEETING.c.start_at >= first,
        MEETING.c.start_at < last,
    )
    named = [one for one in column_ids if one is not None]
    if kind == "interpreter":
        has = MEETING.c.id.in_(
            select(INTERPRETER.c.meeting_id).where(INTERPRETER.c.interpreter_id.in_(named))
        )
        lacks = MEETING.c.id.not_in(select(INTERPRETER.c.meeting_id))
    else:
        column = MEETING.c[f"{kind}_id"]
        has, lacks = column.in_(named), column.is_(None)
    wanted = or_(has, lacks) if None in column_ids else has
    return tuple(work.scalars(select(MEETING.c.id).where(*these, wanted)))


def changed_since_publication(work: Session, fair_id: str, published_at: datetime | None) -> bool:
    """Whether any session was written after the grid was last published."""
    if published_at is None:
        return False
    later = (MEETING.c.fair_id == fair_id) & (MEETING.c.updated_at > published_at)
    return work.execute(select(MEETING.c.id).where(later).limit(1)).first() is not None


def wanted_count(work: Session, fair_id: str) -> int:
    """Matches of a fair that are to meet."""
    its = (MATCH.c.fair_id == fair_id, MATCH.c.priority != _NEVER)
    return int(work.scalar(select(func.count()).select_from(MATCH).where(*its)) or 0)


def matches_without_session(work: Session, fair_id: str) -> frozenset[str]:
    """The ids of those that are to meet and have no live session."""
    live = select(MEETING.c.match_id).where(
        MEETING.c.fair_id == fair_id, MEETING.c.state != "cancelled", MEETING.c.match_id.is_not(None)
    )
    its = (MATCH.c.fair_id == fair_id, MATCH.c.priority != _NEVER, MATCH.c.id.not_in(live))
    return frozenset(str(one) for one in work.scalars(select(MATCH.c.id).where(*its)))


def cancelled_matches(work: Session, fair_id: str) -> frozenset[str]:
    """Matches of a fair that had a session which was cancelled."""
    its = (MEETING.c.fair_id == fair_id, MEETING.c.state == "cancelled", MEETING.c.match_id.is_not(None))
    return frozenset(str(one) for one in work.scalars(select(MEETING.c.match_id).where(*its)))


def set_pinned(work: Session, meeting_id: str, *, is_pinned: bool) -> None:
    """A pin is the coordinator's own business: no new revision, and nobody is told."""
    work.execute(update(MEETING).where(MEETING.c.id == meeting_id).values(is_pinned=is_pinned))


def entry_numbered(work: Session, number: int) -> AuditEntry | None:
    """One deed of the audit trail."""
    row = work.execute(select(AUDIT).where(AUDIT.c.id == number)).one_or_none()
    if row is None:
        return None
    return AuditEntry(
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        before=row.before,
        after=row.after,
        number=row.id,
    )


def newest_number(work: Session, subject_kind: str, subject_id: str) -> int:
    """The number of the last deed to one thing; 0 where there is none."""
    its = (AUDIT.c.subject_kind == subject_kind, AUDIT.c.subject_id == subject_id)
    return int(work.scalar(select(func.max(AUDIT.c.id)).where(*its)) or 0)
