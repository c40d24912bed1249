"""What screens at doors and in waiting areas are made from: rows of names and times, by two statements made once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Text, and_, bindparam, cast, select
from sqlalchemy.orm import Session

from scheduler.booking.meeting import State
from scheduler.storage.prepared import Listed, Prepared, among
from scheduler.storage.tables import MeetingInterpreterTable, MeetingTable, ResourceTable, table_of

MEETING = table_of(MeetingTable)
INTERPRETER = table_of(MeetingInterpreterTable)
RESOURCE = table_of(ResourceTable)
COMPANY, BUYER = RESOURCE.alias("company"), RESOURCE.alias("buyer")
_STATES: BindParameter[Any] = bindparam("states", type_=Listed())
_ROOMS: BindParameter[Any] = bindparam("rooms", type_=Listed())
_SHOWN = and_(
    MEETING.c.end_at > bindparam("first"),
    MEETING.c.start_at < bindparam("last"),
    among(MEETING.c.state, _STATES),
    among(MEETING.c.room_id, _ROOMS),
)


class SessionRow(NamedTuple):
    """One session; the names of who is not there are None. `legs` is JSON."""

    meeting_id: str
    room_id: str
    start_at: datetime
    end_at: datetime
    legs: str
    company: str | None
    company_en: str | None
    buyer: str | None
    country: str | None
    away_zone: str | None


class InterpreterRow(NamedTuple):
    """Who interprets a session."""

    meeting_id: str
    name: str
    name_en: str


_SESSIONS = Prepared(
    select(
        MEETING.c.id,
        MEETING.c.room_id,
        MEETING.c.start_at,
        MEETING.c.end_at,
        cast(MEETING.c.legs, Text),
        COMPANY.c.name,
        COMPANY.c.name_en,
        BUYER.c.name,
        BUYER.c.country,
        BUYER.c.hours["zone"].as_string(),
    )
    .select_from(
        MEETING.outerjoin(COMPANY, COMPANY.c.id == MEETING.c.company_id).outerjoin(
            BUYER, BUYER.c.id == MEETING.c.buyer_id
        )
    )
    .where(_SHOWN)
    .order_by(MEETING.c.start_at, MEETING.c.id),
    row=SessionRow._make,
)
_INTERPRETERS = Prepared(
    select(INTERPRETER.c.meeting_id, RESOURCE.c.name, RESOURCE.c.name_en)
    .select_from(
        INTERPRETER.join(MEETING, MEETING.c.id == INTERPRETER.c.meeting_id).join(
            RESOURCE, RESOURCE.c.id == INTERPRETER.c.interpreter_id
        )
    )
    .where(_SHOWN)
    .order_by(INTERPRETER.c.meeting_id, INTERPRETER.c.position),
    row=InterpreterRow._make,
)


def sessions_in_rooms(
    work: Session, room_ids: Collection[str], first: datetime, last: datetime, states: Collection[State]
) -> tuple[tuple[SessionRow, ...], tuple[InterpreterRow, ...]]:
    """Those that overlap [first, last), in order of time; and their interpreters, each session's in their order."""
    asked: dict[str, Any] = {
        "rooms": sorted(room_ids),
        "states": sorted(states),
        "first": first,
        "last": last,
    }
    sessions = tuple(_SESSIONS.rows(work, **asked))
    interpreters = _INTERPRETERS.rows(work, **asked) if sessions else ()
    return sessions, tuple(interpreters)
