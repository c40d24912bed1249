"""The sessions of a fair, some at a time, for programs that read them all."""

from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from scheduler.booking.meeting import Meeting, State
from scheduler.storage.meetings import meetings_by_id
from scheduler.storage.tables import MeetingTable, table_of

MEETING = table_of(MeetingTable)


def page_of_fair(
    work: Session,
    fair_id: str,
    *,
    limit: int,
    after: tuple[datetime, str] | None = None,
    between: tuple[datetime, datetime] | None = None,
    state: State | None = None,
) -> tuple[Meeting, ...]:
    """In order of time, then id; those after the place named, that begin between two instants, in one state."""
    wanted = [MEETING.c.fair_id == fair_id]
    if after is not None:
        wanted.append(tuple_(MEETING.c.start_at, MEETING.c.id) > after)
    if between is not None:
        wanted += [MEETING.c.start_at >= between[0], MEETING.c.start_at < between[1]]
    if state is not None:
        wanted.append(MEETING.c.state == str(state))
    ids = select(MEETING.c.id).where(*wanted).order_by(MEETING.c.start_at, MEETING.c.id).limit(limit)
    found = list(work.execute(ids).scalars())
    known = meetings_by_id(work, found)
    return tuple(known[one] for one in found)
