"""What must be true of the tables whoever wrote them, asked of the tables alone."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from scheduler.booking.slot import Slot
from scheduler.storage.tables import (
    LIVE_STATES,
    Base,
    ClaimTable,
    MeetingInterpreterTable,
    MeetingTable,
    OutboxTable,
    table_of,
)
from scheduler.wording import Phrase

CLAIM, MEETING = table_of(ClaimTable), table_of(MeetingTable)
INTERPRETER, OUTBOX = table_of(MeetingInterpreterTable), table_of(OutboxTable)


def faults_of(work: Session) -> Iterator[Phrase]:
    """Everything that is wrong; nothing when all is well. A look at every session and every claim."""
    yield from _file_faults(work)
    yield from _claims(work)
    yield from _overlaps(work)
    yield from _unheard(work)


def missing_in(work: Session) -> Iterator[str]:
    """Tables, columns, keys and indexes that the program counts on and the database does not have."""
    found = inspect(work.connection())
    columns, indexes = found.get_multi_columns(), found.get_multi_indexes()
    keys = found.get_multi_pk_constraint()
    there = {name: (schema, name) for schema, name in columns}
    for table in Base.metadata.sorted_tables:
        place = there.get(table.name)
        if place is None:
            yield table.name
            continue
        known = {one["name"] for one in columns[place]}
        yield from (f"{table.name}.{one.name}" for one in table.columns if one.name not in known)
        if set(keys[place]["constrained_columns"]) != {one.name for one in table.primary_key}:
            yield f"{table.name} (key)"
        named = {one["name"] for one in indexes[place]}
        yield from sorted(str(one.name) for one in table.indexes if one.name not in named)


def _file_faults(work: Session) -> Iterator[Phrase]:
    if work.get_bind().dialect.name != "sqlite":
        return
    found = [str(row[0]) for row in work.execute(text("PRAGMA quick_check(5)"))]
    if found != ["ok"]:
        yield Phrase("The database file is damaged: %(first)s", first=found[0])
    broken = work.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        yield Phrase("%(count)s rows refer to something that is not there", count=len(broken))


def _claims(work: Session) -> Iterator[Phrase]:
    """A live session claims each of its own, without gaps, from its first tick to its last or longer; no other does."""
    ends = select(CLAIM.c.meeting_id, CLAIM.c.resource_id, func.min(CLAIM.c.tick), func.max(CLAIM.c.tick))
    grouped = ends.add_columns(func.count()).group_by(CLAIM.c.meeting_id, CLAIM.c.resource_id)
    claimed = {(row[0], row[1]): (row[2], row[3], row[4]) for row in work.execute(grouped)}
    missing = 0
    for meeting_id, resource_id, slot in _taken(work):
        first, last, count = claimed.pop((meeting_id, resource_id), (0, -1, 0))
        ticks = slot.ticks()
        if first != ticks.start or last < ticks.stop - 1 or count != last - first + 1:
            missing += 1
    if missing:
        yield Phrase("%(count)s sessions do not claim what they use", count=missing)
    if claimed:
        yield Phrase("%(count)s claims belong to no session that stands", count=len(claimed))


def _overlaps(work: Session) -> Iterator[Phrase]:
    by_resource: dict[str, list[Slot]] = defaultdict(list)
    for _meeting_id, resource_id, slot in _taken(work):
        by_resource[resource_id].append(slot)
    doubles = 0
    for slots in by_resource.values():
        slots.sort()
        doubles += sum(one.overlaps(other) for one, other in pairwise(slots))
    if doubles:
        yield Phrase("%(count)s times somebody or a room is in two sessions at once", count=doubles)


def _unheard(work: Session) -> Iterator[Phrase]:
    """A row of the outbox is of a session that is there, and of a revision it has had."""
    ahead = (
        select(func.count())
        .select_from(OUTBOX)
        .join(MEETING, MEETING.c.id == OUTBOX.c.meeting_id)
        .where(OUTBOX.c.revision > MEETING.c.revision)
    )
    count = work.scalar(ahead) or 0
    if count:
        yield Phrase("%(count)s notices are of a change that never was", count=count)


def _taken(work: Session) -> Iterator[tuple[str, str, Slot]]:
    """Session, resource and time, for each resource of each live session."""
    columns = (MEETING.c.company_id, MEETING.c.buyer_id, MEETING.c.room_id)
    live = select(MEETING.c.id, MEETING.c.start_at, MEETING.c.end_at, *columns).where(text(LIVE_STATES))
    slots: dict[str, Slot] = {}
    for meeting_id, start_at, end_at, *named in work.execute(live):
        slots[meeting_id] = Slot(start_at, end_at)
        for one in named:
            if one is not None:
                yield meeting_id, one, slots[meeting_id]
    interpreted = (
        select(INTERPRETER.c.meeting_id, INTERPRETER.c.interpreter_id)
        .join(MEETING, MEETING.c.id == INTERPRETER.c.meeting_id)
        .where(text(LIVE_STATES))
        .distinct()
    )
    for meeting_id, interpreter_id in work.execute(interpreted):
        yield meeting_id, interpreter_id, slots[meeting_id]
