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
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from scheduler.booking.meeting import State
from scheduler.storage.tables import FairTable, MeetingInterpreterTable, MeetingTable, ResourceTable, table_of

MEETING = table_of(MeetingTable)
INTERPRETER = table_of(MeetingInterpreterTable)
RESOURCE = table_of(ResourceTable)
FAIR = table_of(FairTable)


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
    kind = None
    if resource_id is not None:
        kind = work.scalar(_KIND, {"owner": resource_id})
        if kind is None:
            return None
    statement = _statement(kind, fair_id is not None)
    wanted = {"owner": resource_id, "fair": fair_id, "first": first, "states": sorted(states)}
    changed_at, *facts = work.execute(statement, wanted).one()
    return FeedMark(facts="\n".join(one or "" for one in facts), changed_at=changed_at)


@lru_cache(maxsize=16)
def _statement(kind: str | None, of_fair: bool) -> Select[Any, Any, Any, Any]:
    theirs = _theirs(kind, of_fair)
    return select(
        func.max(theirs.c.updated_at, type_=MEETING.c.updated_at.type),
        _together(theirs.c.id, theirs.c.revision, theirs.c.state, theirs.c.updated_at),
        _names(theirs, has_owner=kind is not None),
        _fairs(theirs),
    ).select_from(theirs)


def _theirs(kind: str | None, of_fair: bool) -> CTE:
    conditions: list[ColumnElement[bool]] = [
        MEETING.c.end_at > bindparam("first", type_=MEETING.c.end_at.type),
        MEETING.c.state.in_(bindparam("states", expanding=True)),
    ]
    if of_fair:
        conditions.append(MEETING.c.fair_id == bindparam("fair"))
    if kind == "interpreter":
        named = select(INTERPRETER.c.meeting_id).where(INTERPRETER.c.interpreter_id == bindparam("owner"))
        conditions.append(MEETING.c.id.in_(named))
    elif kind is not None:
        conditions.append(MEETING.c[f"{kind}_id"] == bindparam("owner"))
    return select(*(MEETING.c[one] for one in _SEEN)).where(*conditions).order_by(MEETING.c.id).cte("theirs")


def _names(theirs: CTE, *, has_owner: bool) -> ScalarSelect[str]:
    """Everybody whose name or hours stand in the feed, and whose language it is in."""
    named = [select(theirs.c[column]) for column in ("company_id", "buyer_id", "room_id")]
    interpreters = select(INTERPRETER.c.interpreter_id).where(
        INTERPRETER.c.meeting_id.in_(select(theirs.c.id))
    )
    wanted: ColumnElement[bool] = RESOURCE.c.id.in_(union(*named, interpreters))
    if has_owner:
        wanted = or_(wanted, RESOURCE.c.id == bindparam("owner"))
    columns = ("id", "name", "name_en", "language", "hours")
    return select(_together(*(RESOURCE.c[one] for one in columns))).where(wanted).scalar_subquery()


def _fairs(theirs: CTE) -> ScalarSelect[str]:
    columns = ("id", "name", "name_en", "organiser", "organiser_email", "zone")
    its = FAIR.c.id.in_(select(theirs.c.fair_id))
    return select(_together(*(FAIR.c[one] for one in columns))).where(its).scalar_subquery()


def _together(*columns: ColumnElement[Any]) -> ColumnElement[str]:
    """The rows as one text, put together by the database."""
    written: ColumnElement[str] = literal("")
    for column in columns:
        written = written + cast(column, Text) + "\x1f"
    return func.aggregate_strings(written, "\x1e")


_SEEN = ("id", "revision", "state", "updated_at", "fair_id", "company_id", "buyer_id", "room_id")
_KIND = select(RESOURCE.c.kind).where(RESOURCE.c.id == bindparam("owner"), RESOURCE.c.is_active)
