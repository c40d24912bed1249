"""By what a calendar feed shows that nothing has changed: one statement, made once, that brings back a single row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from scheduler.booking.meeting import State
from scheduler.storage.tables import (
    FairTable,
    MeetingInterpreterTable,
    MeetingTable,
    OutboxTable,
    ResourceTable,
    table_of,
)

MEETING = table_of(MeetingTable)
INTERPRETER = table_of(MeetingInterpreterTable)
RESOURCE = table_of(ResourceTable)
FAIR = table_of(FairTable)
OUTBOX = table_of(OutboxTable)


@dataclass(frozen=True, kw_only=True)
class FeedMark:
    """`facts` is a text that differs whenever a feed of these sessions would."""

    facts: str
    changed_at: datetime | None


def mark_of(
    work: Session,
    *,
    resource_id: str | None,
    fair_id: str | None,
    first: datetime,
    states: Collection[State],
) -> FeedMark | None:
    """Of the sessions of a resource, of a fair, or of a resource at a fair, that end after `first`.

    None for a resource that is not there or is switched off.
    """
    statement = _statement(resource_id is not None, fair_id is not None)
    wanted = {"owner": resource_id, "fair": fair_id, "first": first, "states": sorted(states)}
    changed_at, is_there, *facts = work.execute(statement, wanted).one()
    if resource_id is not None and not is_there:
        return None
    return FeedMark(facts="\n".join(one or "" for one in facts), changed_at=changed_at)


@lru_cache(maxsize=4)
def _statement(of_owner: bool, of_fair: bool) -> Select[Any]:
    theirs = _theirs(of_owner, of_fair)
    return select(
        func.max(theirs.c.updated_at, type_=MEETING.c.updated_at.type),
        _OWNER if of_owner else null(),
        _counted(theirs),
        _names(theirs, of_owner=of_owner),
        _fairs(theirs),
        _UNSENT if of_owner else null(),
    ).select_from(theirs)


def _theirs(of_owner: bool, of_fair: bool) -> CTE:
    conditions: list[ColumnElement[bool]] = [
        MEETING.c.end_at > bindparam("first", type_=MEETING.c.end_at.type),
        MEETING.c.state.in_(bindparam("states", expanding=True)),
    ]
    if of_fair:
        conditions.append(MEETING.c.fair_id == bindparam("fair"))
    if of_owner:
        interpreted = select(INTERPRETER.c.meeting_id).where(
            INTERPRETER.c.interpreter_id == bindparam("owner")
        )
        named = [
            select(MEETING.c.id).where(MEETING.c[f"{kind}_id"] == bindparam("owner"))
            for kind in ("company", "buyer", "room")
        ]
        conditions.append(MEETING.c.id.in_(union(*named, interpreted)))
    return select(*(MEETING.c[one] for one in _SEEN)).where(*conditions).order_by(MEETING.c.id).cte("theirs")


def _names(theirs: CTE, *, of_owner: bool) -> ScalarSelect[str]:
    """Everybody whose name or zone stands in the feed, and whose language it is in."""
    named = [select(theirs.c[column]) for column in ("company_id", "buyer_id", "room_id")]
    interpreters = select(INTERPRETER.c.interpreter_id).where(
        INTERPRETER.c.meeting_id.in_(select(theirs.c.id))
    )
    wanted: ColumnElement[bool] = RESOURCE.c.id.in_(union(*named, interpreters))
    if of_owner:
        wanted = or_(wanted, RESOURCE.c.id == bindparam("owner"))
    columns = (*(RESOURCE.c[one] for one in ("id", "name", "name_en", "language")), _ZONE.label("zone"))
    return _in_order(select(*columns).where(wanted).order_by(RESOURCE.c.id))


def _fairs(theirs: CTE) -> ScalarSelect[str]:
    columns = ("id", "name", "name_en", "organiser", "organiser_email", "zone")
    its = FAIR.c.id.in_(select(theirs.c.fair_id))
    return _in_order(select(*(FAIR.c[one] for one in columns)).where(its).order_by(FAIR.c.id))


def _in_order(rows: Select[Any]) -> ScalarSelect[str]:
    """As one text. Without an order PostgreSQL brings a row elsewhere each time that it has been written."""
    ordered = rows.subquery()
    return select(_together(*ordered.c)).scalar_subquery()


def _counted(theirs: CTE) -> ColumnElement[str]:
    """Each change of a session raises its revision or the time of the newest; who leaves or comes is counted."""
    parts = (func.count(), func.sum(theirs.c.revision), func.max(theirs.c.updated_at))
    written: ColumnElement[str] = literal("")
    for part in parts:
        written = written + func.coalesce(cast(part, Text), "") + " "
    return written


def _together(*columns: ColumnElement[Any]) -> ColumnElement[str]:
    """The rows as one text, put together by the database."""
    written: ColumnElement[str] = literal("")
    for column in columns:
        written = written + cast(column, Text) + "\x1f"
    return func.aggregate_strings(written, "\x1e")


_SEEN = ("id", "revision", "state", "updated_at", "fair_id", "company_id", "buyer_id", "room_id")
_ZONE: ColumnElement[str] = RESOURCE.c.hours["zone"].as_string()
_OWNER = (
    select(RESOURCE.c.id).where(RESOURCE.c.id == bindparam("owner"), RESOURCE.c.is_active).scalar_subquery()
)
# What a coordinator has changed and not sent yet is not shown; that it is sent is to be noticed.
_UNSENT = _in_order(
    select(OUTBOX.c.meeting_id, OUTBOX.c.revision)
    .where(OUTBOX.c.state == "collected", OUTBOX.c.recipient_id == bindparam("owner"))
    # Of the id by itself SQLite has an order at hand, and would go through every notice of years to have it.
    .order_by(OUTBOX.c.id.concat(""))
)
