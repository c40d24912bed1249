"""The outbox: what must go out. Rows are written with what causes them and claimed by lease by a worker.

A row goes collected -> due -> leased -> sent. It may fail, be suppressed (no longer of use) or superseded (a newer
revision goes out in its stead). Its key is (meeting, revision, kind, recipient): written twice, it is there once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scheduler.storage.prepared import insert_of
from scheduler.storage.statements import insert_into, pieces
from scheduler.storage.tables import OutboxTable, table_of

OUTBOX = table_of(OutboxTable)
_KEY = ("meeting_id", "revision", "kind", "recipient_id")
_ADD = insert_of(OUTBOX, insert(OUTBOX).on_conflict_do_nothing(index_elements=_KEY))


@dataclass(frozen=True, kw_only=True)
class OutboxRow:
    """One notice for one recipient. `facts` are what the recipient is told, as of when the row was written.

    `leased_by` may mark it until `leased_until`; `attempts` counts the leases, also of workers that died.
    """

    id: str
    meeting_id: str | None
    fair_id: str | None
    revision: int
    kind: str
    recipient_id: str
    state: str
    due_at: datetime
    created_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    leased_until: datetime | None = None
    leased_by: str = ""
    attempts: int = 0
    error: str = ""
    message_id: str = ""
    sent_at: datetime | None = None
    channel: str = "mail"


def add_rows(work: Session, rows: Iterable[OutboxRow]) -> None:
    """Write rows; those whose key is there already are left as they are."""
    _ADD.send_all(work, map(_row_of, rows))


def add_once(work: Session, row: OutboxRow) -> bool:
    """A row whose id says what it is about, such as a day's summary; False when it was written before."""
    statement = insert_into(work, OUTBOX).values(_row_of(row)).on_conflict_do_nothing(index_elements=["id"])
    return work.execute(statement.returning(OUTBOX.c.id)).one_or_none() is not None


def find_waiting(work: Session, *, kind: str, recipient_id: str, fair_id: str | None) -> OutboxRow | None:
    """A row of this kind that nobody has begun to send; no other writer has it until the transaction ends."""
    theirs = (OUTBOX.c.kind == kind, OUTBOX.c.recipient_id == recipient_id, OUTBOX.c.state == "due")
    of_fair = OUTBOX.c.fair_id.is_(None) if fair_id is None else OUTBOX.c.fair_id == fair_id
    found = select(OUTBOX).where(*theirs, of_fair).order_by(OUTBOX.c.due_at).limit(1).with_for_update()
    return next((_outbox_row_from(row) for row in work.execute(found)), None)


def save_facts(work: Session, row_id: str, facts: Mapping[str, Any]) -> None:
    """What a row that waits has to say is more by now."""
    work.execute(update(OUTBOX).where(OUTBOX.c.id == row_id).values(facts=dict(facts)))


def lease_due(
    work: Session, now: datetime, owner: str, lease_until: datetime, count: int, *, channel: str = "mail"
) -> tuple[OutboxRow, ...]:
    """Up to `count` rows of a channel that are due by `now`, or whose lease has run out, now leased to `owner`;
    oldest first, and those of one meeting together.

    No row is given to two owners at once: on SQLite the write lock sees to that, on PostgreSQL the rows' locks,
    and rows that another transaction has locked are passed over.
    """
    is_due, ran_out = _to_lease(now)
    order = (OUTBOX.c.due_at, OUTBOX.c.revision, OUTBOX.c.meeting_id, OUTBOX.c.id)
    # The ids alone first: thousands of rows may be due, and to put them in order all that stands in them is carried.
    chosen = (
        select(OUTBOX.c.id)
        # Found by two looks into the index: of the two as one, SQLite thinks it may as well go through all notices
        # of years. Asked once more of the row itself, as it is when it is locked.
        .where(
            OUTBOX.c.id.in_(union_all(select(OUTBOX.c.id).where(is_due), select(OUTBOX.c.id).where(ran_out))),
            or_(is_due, ran_out),
            OUTBOX.c.channel == channel,
        )
        .order_by(*order)
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    ids = work.scalars(chosen).all()
    leased: dict[str, Any] = {"state": "leased", "leased_by": owner, "leased_until": lease_until}
    for piece in pieces(ids):
        counted = {**leased, "attempts": OUTBOX.c.attempts + 1}
        work.execute(update(OUTBOX).where(OUTBOX.c.id.in_(piece)).values(counted))
    rows = [
        _outbox_row_from(row)
        for piece in pieces(ids)
        for row in work.execute(select(OUTBOX).where(OUTBOX.c.id.in_(piece)))
    ]
    places = {key: place for place, key in enumerate(ids)}
    return tuple(sorted(rows, key=lambda row: places[row.id]))


def is_any_due(work: Session, now: datetime, channel: str) -> bool:
    """Whether there is anything to lease, for whoever would not take the write lock in vain."""
    either = (select(OUTBOX.c.id).where(one, OUTBOX.c.channel == channel) for one in _to_lease(now))
    return work.scalar(union_all(*either).limit(1)) is not None


def _to_lease(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """What is due, and what somebody leased and did not come to."""
    return (
        and_(OUTBOX.c.state == "due", OUTBOX.c.due_at <= now),
        and_(OUTBOX.c.state == "leased", OUTBOX.c.leased_until <= now),
    )


def end_leases(work: Session, owner: str) -> None:
    """What an owner that has died still holds is due again: for one of whom it is known that there is no other."""
    held = [OUTBOX.c.state == "leased", OUTBOX.c.leased_by == owner]
    work.execute(update(OUTBOX).where(*held).values(state="due", leased_until=None, leased_by=""))


def mark_sent(work: Session, row_id: str, now: datetime, message_id: str = "") -> None:
    """It went out: whoever has the lease by now."""
    work.execute(_SENT, {"row": row_id, "at": now, "as": message_id})


def mark_failed(
    work: Session, row_id: str, error: str, retry_at: datetime | None = None, *, owner: str | None = None
) -> None:
    """It did not go out. Due again at `retry_at`; without that, finally failed, for the coordinator to see.

    With `owner`, only while the lease is still theirs: another may be sending it by now.
    """
    if retry_at is None:
        _mark(work, row_id, owner=owner, state="failed", error=error)
    else:
        _mark(work, row_id, owner=owner, state="due", due_at=retry_at, error=error)


def give_back(work: Session, row_ids: Iterable[str], owner: str, due_at: datetime) -> None:
    """Rows that `owner` leased and did not come to: due again at `due_at`, the lease not counted."""
    for piece in pieces(row_ids):
        theirs = and_(OUTBOX.c.id.in_(piece), OUTBOX.c.state == "leased", OUTBOX.c.leased_by == owner)
        freed = {"state": "due", "due_at": due_at, "leased_until": None, "leased_by": ""}
        work.execute(update(OUTBOX).where(theirs).values({**freed, "attempts": OUTBOX.c.attempts - 1}))


def make_due(work: Session, row_id: str, now: datetime) -> bool:
    """A row that failed for good is due once more, as if new; whether there was such a row."""
    failed = and_(OUTBOX.c.id == row_id, OUTBOX.c.state == "failed")
    again = update(OUTBOX).where(failed).values(state="due", due_at=now, attempts=0, error="")
    return work.execute(again.returning(OUTBOX.c.id)).one_or_none() is not None


def send_by_mail(work: Session, row_id: str, now: datetime, reason: str) -> None:
    """It cannot go by the channel it was meant for, so it is due by mail, its attempts counted anew."""
    _mark(work, row_id, state="due", channel="mail", due_at=now, attempts=0, error=reason)


def has_texts(work: Session) -> bool:
    """Whether anything waits to go as a text message."""
    waiting = and_(OUTBOX.c.state.in_(("due", "leased")), OUTBOX.c.channel == "text")
    return work.scalar(select(OUTBOX.c.id).where(waiting).limit(1)) is not None


def send_all_by_mail(work: Session) -> int:
    """Where there is no way for text messages any more: what waits for one goes by mail. How many that were."""
    waiting = and_(OUTBOX.c.channel == "text", OUTBOX.c.state.in_(("due", "leased")))
    return len(
        work.scalars(update(OUTBOX).where(waiting).values(channel="mail").returning(OUTBOX.c.id)).all()
    )


def list_waiting(work: Session, kind: str) -> tuple[OutboxRow, ...]:
    """Everything of one kind that is due at some time and not begun."""
    return _find(work, and_(OUTBOX.c.kind == kind, OUTBOX.c.state == "due"))


def put_off(work: Session, due: Mapping[str, datetime]) -> None:
    """Rows that wait, by id, are due at another moment."""
    for row_id, due_at in due.items():
        waiting = and_(OUTBOX.c.id == row_id, OUTBOX.c.state == "due")
        work.execute(update(OUTBOX).where(waiting).values(due_at=due_at))


def choose_channel(work: Session, recipient_id: str, kind_prefix: str, channel: str) -> None:
    """What waits for somebody goes by the channel they have chosen now."""
    theirs = (OUTBOX.c.recipient_id == recipient_id, OUTBOX.c.state == "due")
    of_kind = OUTBOX.c.kind.startswith(kind_prefix, autoescape=True)
    work.execute(update(OUTBOX).where(*theirs, of_kind).values(channel=channel))


def count_waiting(work: Session, before: datetime) -> tuple[int, int]:
    """How many are due since before that moment and not sent, and how many have failed for good."""
    late = (OUTBOX.c.state == "due") & (OUTBOX.c.due_at <= before)
    counts = [
        work.scalar(select(func.count()).select_from(OUTBOX).where(condition)) or 0
        for condition in (late, OUTBOX.c.state == "failed")
    ]
    return counts[0], counts[1]


def count_by_state(work: Session) -> dict[str, int]:
    """How many rows there are in each state."""
    counted = select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state)
    return {row[0]: row[1] for row in work.execute(counted)}


def oldest_due(work: Session, now: datetime) -> datetime | None:
    """Since when the row that has waited longest is due."""
    due = (OUTBOX.c.state == "due") & (OUTBOX.c.due_at <= now)
    oldest: datetime | None = work.scalar(select(func.min(OUTBOX.c.due_at)).where(due))
    return oldest


def hold_back(work: Session, now: datetime, reason: str) -> int:
    """What is due by `now`, or on its way, fails with a reason until somebody says that it is to be sent; how many."""
    waiting = and_(OUTBOX.c.state.in_(("due", "leased")), OUTBOX.c.due_at <= now)
    failed = {"state": "failed", "error": reason, "leased_until": None, "leased_by": ""}
    return len(work.scalars(update(OUTBOX).where(waiting).values(failed).returning(OUTBOX.c.id)).all())


def mark_suppressed(work: Session, row_id: str, reason: str) -> None:
    """It would no longer help, such as a reminder for a session that has moved."""
    _mark(work, row_id, state="suppressed", error=reason)


def mark_superseded(work: Session, row_id: str, reason: str) -> None:
    """A newer revision goes out in its stead."""
    _mark(work, row_id, state="superseded", error=reason)


def release_collected(work: Session, fair_id: str, now: datetime) -> int:
    """Let the collected rows of a fair go: of each meeting and recipient the newest revision; how many became due.

    Older ones are superseded.
    """
    collected = and_(OUTBOX.c.fair_id == fair_id, OUTBOX.c.state == "collected")
    newer = OUTBOX.alias("newer")
    has_newer = (
        select(newer.c.id)
        .where(
            newer.c.fair_id == fair_id,
            newer.c.state == "collected",
            newer.c.meeting_id == OUTBOX.c.meeting_id,
            newer.c.recipient_id == OUTBOX.c.recipient_id,
            newer.c.revision > OUTBOX.c.revision,
        )
        .exists()
    )
    older = work.scalars(select(OUTBOX.c.id).where(collected, has_newer)).all()
    for piece in pieces(older):
        work.execute(update(OUTBOX).where(OUTBOX.c.id.in_(piece)).values(state="superseded"))
    released = update(OUTBOX).where(collected).values(state="due", due_at=now).returning(OUTBOX.c.id)
    return len(work.scalars(released).all())


def rows_of_meeting(work: Session, meeting_id: str) -> tuple[OutboxRow, ...]:
    """Everything ever written about a meeting, by revision."""
    return _find(work, OUTBOX.c.meeting_id == meeting_id)


def rows_of_meetings(work: Session, meeting_ids: Iterable[str]) -> tuple[OutboxRow, ...]:
    """The same for several meetings, in a query for each few hundred."""
    found = (_find(work, OUTBOX.c.meeting_id.in_(piece)) for piece in pieces(meeting_ids))
    return tuple(row for rows in found for row in rows)


def unsent_to(work: Session, recipient_id: str) -> frozenset[str]:
    """The meetings of which this person has not been told the newest yet: it waits for the coordinator's word."""
    waiting = (OUTBOX.c.state == "collected", OUTBOX.c.recipient_id == recipient_id)
    return frozenset(
        one for one in work.scalars(select(OUTBOX.c.meeting_id).where(*waiting)) if one is not None
    )


def get_row(work: Session, row_id: str) -> OutboxRow | None:
    """One row, or None."""
    return next(iter(_find(work, OUTBOX.c.id == row_id)), None)


def find_sent_as(work: Session, message_ids: Sequence[str]) -> OutboxRow | None:
    """The mail of a session that went out under one of these Message-IDs, by the first of them that is ours."""
    sent = _find(work, and_(OUTBOX.c.message_id.in_(message_ids), OUTBOX.c.meeting_id.is_not(None)))
    return min(sent, key=lambda row: message_ids.index(row.message_id), default=None)


def list_rows(
    work: Session,
    fair_id: str | None = None,
    state: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> tuple[OutboxRow, ...]:
    """Of one fair, in one state, or all; the newest first."""
    order = (OUTBOX.c.created_at.desc(), OUTBOX.c.id)
    statement = select(OUTBOX).where(*_of(fair_id, state)).order_by(*order).limit(limit).offset(offset)
    return tuple(_outbox_row_from(row) for row in work.execute(statement))


def rows_of_kind(work: Session, fair_id: str, kind: str) -> tuple[OutboxRow, ...]:
    """All of one kind in a fair, the oldest first."""
    its = (OUTBOX.c.fair_id == fair_id, OUTBOX.c.kind == kind)
    rows = work.execute(select(OUTBOX).where(*its).order_by(OUTBOX.c.created_at, OUTBOX.c.id))
    return tuple(_outbox_row_from(row) for row in rows)


def counts(work: Session, fair_id: str | None = None) -> dict[str, int]:
    """State -> how many rows, for those states that have any."""
    statement = select(OUTBOX.c.state, func.count()).where(*_of(fair_id, None)).group_by(OUTBOX.c.state)
    return {row[0]: row[1] for row in work.execute(statement)}


def _of(fair_id: str | None, state: str | None) -> list[ColumnElement[bool]]:
    named = {"fair_id": fair_id, "state": state}
    return [OUTBOX.c[name] == value for name, value in named.items() if value is not None]


def _find(work: Session, condition: ColumnElement[bool]) -> tuple[OutboxRow, ...]:
    order = (OUTBOX.c.revision, OUTBOX.c.kind, OUTBOX.c.recipient_id)
    rows = work.execute(select(OUTBOX).where(condition).order_by(*order))
    return tuple(_outbox_row_from(row) for row in rows)


def _mark(work: Session, row_id: str, *, owner: str | None = None, **values: object) -> None:
    # What was sent stays sent, even if a worker whose lease ran out reports something else later.
    unsent = and_(OUTBOX.c.id == row_id, OUTBOX.c.state != "sent")
    if owner is not None:
        unsent = and_(unsent, OUTBOX.c.leased_by == owner)
    work.execute(update(OUTBOX).where(unsent).values(leased_until=None, leased_by="", **values))


# Made once: hundreds a second are marked.
_SENT = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row"), OUTBOX.c.state != "sent")
    .values(
        state="sent",
        sent_at=bindparam("at"),
        message_id=bindparam("as"),
        error="",
        leased_until=None,
        leased_by="",
    )
)


def _row_of(row: OutboxRow) -> dict[str, Any]:
    values = {one.name: getattr(row, one.name) for one in fields(row)}
    return {**values, "facts": dict(row.facts)}


def _outbox_row_from(row: Row[Any]) -> OutboxRow:
    return OutboxRow(**row._mapping)
