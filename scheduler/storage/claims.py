"""Claims: a resource taken for ticks of 5 minutes. The primary key (resource, tick) is the guard.

Nothing is looked up before it is inserted: a check beforehand could be outrun, the key cannot.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Text,
    and_,
    bindparam,
    delete,
    literal_column,
    not_,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from scheduler.booking.meeting import Meeting, State
from scheduler.storage import audit, statements
from scheduler.storage.errors import ClaimsTaken, StorageBusy
from scheduler.storage.meetings import meetings_by_id
from scheduler.storage.prepared import Listed, Prepared, among
from scheduler.storage.statements import insert_claims, pieces
from scheduler.storage.tables import ClaimTable, MatchTable, MeetingTable, table_of

CLAIM = table_of(ClaimTable)
MATCH = table_of(MatchTable)
MEETING = table_of(MeetingTable)
Ticks = Mapping[str, Collection[int]]
# The state is written out, since only then does SQLite see that an index is kept for holds alone.
_LAPSED = (MEETING.c.state == literal_column(f"'{State.HELD}'")) & (MEETING.c.lapses_at <= bindparam("now"))
_OF_THESE = among(CLAIM.c.resource_id, bindparam("resources", type_=Listed()))
_IN_REACH = (CLAIM.c.tick >= bindparam("first")) & (CLAIM.c.tick < bindparam("last"))
_OTHERS = MEETING.c.id == CLAIM.c.meeting_id
# Sorted by ourselves: asked to sort, SQLite goes through all meetings.
_LAPSED_HOLDS = Prepared(select(MEETING.c.id).where(_LAPSED).with_for_update(skip_locked=True))
_STANDING = Prepared(
    union_all(
        select(*CLAIM.c).join(MEETING, _OTHERS).where(_OF_THESE, _IN_REACH, not_(_LAPSED)),
        select(*CLAIM.c)
        .join(MATCH, CLAIM.c.resource_id.in_((MATCH.c.company_id, MATCH.c.buyer_id)))
        .join(MEETING, _OTHERS)
        .where(MATCH.c.id == bindparam("match"), _IN_REACH, not_(_LAPSED)),
    )
)


class joined(FunctionElement[str]):  # noqa: N801  (reads as a function does)
    """Whole numbers of a group, with commas between them."""

    type = Text()
    inherit_cache = True


@compiles(joined, "sqlite")
def _joined_sqlite(element: joined, compiler: SQLCompiler, **given: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **given)})"


@compiles(joined, "postgresql")
def _joined_postgresql(element: joined, compiler: SQLCompiler, **given: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **given)}::text, ',')"


# A row for each resource: to give the ends of each meeting, PostgreSQL sorts all claims by two texts, which is dear.
_TAKEN = Prepared(
    select(CLAIM.c.resource_id, joined(CLAIM.c.tick))
    .where(_OF_THESE, _IN_REACH, CLAIM.c.meeting_id != bindparam("without"))
    .group_by(CLAIM.c.resource_id)
)
# All keys may have been freed between the failed insert and the question whose they are: then once more.
_TRIES = 5


def take_claims(work: Session, meeting_id: str, ticks: Ticks) -> None:
    """Claim for a stored meeting every tick of every resource, or raise ClaimsTaken with all that others have.

    Claims of lapsed holds stand in the way like others: `release_lapsed` comes first.
    """
    take_all_claims(work, {meeting_id: ticks})


def take_all_claims(work: Session, wanted: Mapping[str, Ticks]) -> None:
    """The same for many meetings at once: all are claimed, or ClaimsTaken lists all that others have.

    Rows go in sorted, so that two transactions that want the same never wait for each other in a circle.
    """
    missing = sorted(
        (resource_id, tick, meeting_id)
        for meeting_id, ticks in wanted.items()
        for resource_id, taken in ticks.items()
        for tick in taken
    )
    for _ in range(_TRIES):
        if not missing or insert_claims(work, missing) == len(missing):
            return
        missing = sorted(set(missing) - _claims_of(work, wanted))
        owners = owners_of_all(work, ((resource_id, tick) for resource_id, tick, _ in missing))
        if owners:
            raise ClaimsTaken(sorted((key[0], key[1], owner) for key, owner in owners.items()))
    raise StorageBusy


def release_claims(work: Session, meeting_id: str) -> None:
    """Free everything a meeting has claimed."""
    work.execute(delete(CLAIM).where(CLAIM.c.meeting_id == meeting_id))


def release_lapsed(work: Session, now: datetime, actor: str = "system:system") -> tuple[Meeting, ...]:
    """Cancel every hold that has lapsed by `now` and free its claims; the holds as they are then, by id.

    Their revision rises, so that whoever still has one in hand can no longer save it.

    Each use case that books calls this first, so that no hold outlives its time by waiting to be cleared away.
    """
    # A hold that another transaction is freeing is left to it: our own claims then wait for its end.
    ids = sorted(row.id for row in _LAPSED_HOLDS.rows(work, now=now))
    if not ids:
        return ()
    for piece in pieces(ids):
        work.execute(delete(CLAIM).where(CLAIM.c.meeting_id.in_(piece)))
        cancelled = {
            "state": State.CANCELLED,
            "revision": MEETING.c.revision + 1,
            "updated_at": now,
        }
        work.execute(update(MEETING).where(MEETING.c.id.in_(piece)).values(cancelled))
    found = meetings_by_id(work, ids)
    freed = tuple(found[one] for one in ids)
    audit.record_all(work, (_lapse(one, now, actor) for one in freed))
    return freed


def _lapse(meeting: Meeting, now: datetime, actor: str) -> audit.AuditEntry:
    after = {"state": str(meeting.state), "revision": meeting.revision}
    return audit.AuditEntry(
        at=now, actor=actor, action="lapse", subject_kind="meeting", subject_id=meeting.id, after=after
    )


def claims_between(
    work: Session,
    resource_ids: Iterable[str],
    first_tick: int,
    last_tick: int,
    *,
    without: str | None = None,
) -> dict[str, frozenset[int]]:
    """The claimed ticks, from `first_tick` up to but not including `last_tick`, of each resource that has any.

    Claims of the meeting `without` are left out: one that is to move does not stand in its own way.
    """
    asked = sorted(set(resource_ids))
    rows = _TAKEN.rows(work, resources=asked, first=first_tick, last=last_tick, without=without or "")
    return {resource_id: frozenset(map(int, ticks.split(","))) for resource_id, ticks in rows}


def wait_in_turn(work: Session, match_id: str, named: Iterable[str], tick: int) -> None:
    """Lets those who want the same people from the same moment on go one behind the other, each until its end.

    It guards nothing. Without it, all who want one slot do the whole work of a booking before all but one of them
    find their keys taken; with it, whoever waited can see first what is taken.
    """
    statements.wait_in_turn(work, match_id, sorted(set(named)), tick)


def standing_in_the_way(
    work: Session, match_id: str, named: Iterable[str], ticks: range, now: datetime
) -> tuple[tuple[str, int, str], ...]:
    """What others have of these ticks of the two sides of a match and of those named: (resource, tick, meeting),
    sorted. Holds that have lapsed by `now` do not count.

    A question only: whether a booking may stand is decided by the key, when its claims are inserted.
    """
    rows = _STANDING.rows(
        work, match=match_id, resources=sorted(set(named)), first=ticks.start, last=ticks.stop, now=now
    )
    return tuple(sorted({(row[0], row[1], row[2]) for row in rows}))


def owners_of(work: Session, resource_id: str, ticks: Iterable[int]) -> dict[int, str]:
    """Tick -> the id of the meeting that has it, for those that are claimed."""
    owners = owners_of_all(work, ((resource_id, tick) for tick in ticks))
    return {tick: meeting_id for (_, tick), meeting_id in owners.items()}


def owners_of_all(work: Session, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """(resource, tick) -> the id of the meeting that has it, for those that are claimed."""
    owners: dict[tuple[str, int], str] = {}
    for piece in pieces(sorted(set(keys)), 200):
        same = [and_(CLAIM.c.resource_id == resource_id, CLAIM.c.tick == tick) for resource_id, tick in piece]
        for resource_id, tick, meeting_id in work.execute(select(CLAIM).where(or_(*same))):
            owners[resource_id, tick] = meeting_id
    return owners


def _claims_of(work: Session, meeting_ids: Iterable[str]) -> set[tuple[str, int, str]]:
    return {
        (row[0], row[1], row[2])
        for piece in pieces(meeting_ids)
        for row in work.execute(select(*CLAIM.c).where(CLAIM.c.meeting_id.in_(piece)))
    }
