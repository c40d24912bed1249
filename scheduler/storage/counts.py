"""How many there are of what, for lists: one grouped query each, however many fairs there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.orm import Session

from scheduler.booking.meeting import LIVE
from scheduler.storage.tables import (
    MatchTable,
    MeetingTable,
    OutboxTable,
    ParticipationTable,
    ResourceTable,
    table_of,
)

RESOURCE = table_of(ResourceTable)
PARTICIPATION = table_of(ParticipationTable)
MATCH = table_of(MatchTable)
MEETING = table_of(MeetingTable)
OUTBOX = table_of(OutboxTable)
_NEVER = 9
_LIVE = tuple(sorted(LIVE))
_OPEN = ("collected", "due", "failed", "leased")


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Of one fair. `people` by kind of resource, `outbox` by the state of its rows: in a list of fairs without those
    that are done with, which grow with every fair.
    """

    people: Mapping[str, int] = field(default_factory=dict)
    matches: int = 0
    sessions: int = 0
    outbox: Mapping[str, int] = field(default_factory=dict)


def counts_of(work: Session, fair_id: str) -> Counts:
    """Of one fair, whatever others there are."""
    return counts_by_fair(work, fair_id).get(fair_id, Counts())


def counts_by_fair(work: Session, fair_id: str | None = None) -> dict[str, Counts]:
    """Of every fair that has anything, or of one. Pairs marked never to meet are no matches here; only live sessions
    count.
    """

    def of(table: Table) -> list[ColumnElement[bool]]:
        return [] if fair_id is None else [table.c.fair_id == fair_id]

    people = _pairs(
        work,
        select(PARTICIPATION.c.fair_id, RESOURCE.c.kind, func.count())
        .join(RESOURCE, RESOURCE.c.id == PARTICIPATION.c.resource_id)
        .where(*of(PARTICIPATION))
        .group_by(PARTICIPATION.c.fair_id, RESOURCE.c.kind),
    )
    outbox = _pairs(
        work,
        select(OUTBOX.c.fair_id, OUTBOX.c.state, func.count())
        .where(*(of(OUTBOX) or [OUTBOX.c.state.in_(_OPEN)]))
        .group_by(OUTBOX.c.fair_id, OUTBOX.c.state),
    )
    matches = _single(
        work,
        select(MATCH.c.fair_id, func.count())
        .where(MATCH.c.priority != _NEVER, *of(MATCH))
        .group_by(MATCH.c.fair_id),
    )
    sessions = _single(
        work,
        select(MEETING.c.fair_id, func.count())
        .where(MEETING.c.state.in_(_LIVE), MEETING.c.fair_id.is_not(None), *of(MEETING))
        .group_by(MEETING.c.fair_id),
    )
    return {
        fair_id: Counts(
            people=people.get(fair_id, {}),
            matches=matches.get(fair_id, 0),
            sessions=sessions.get(fair_id, 0),
            outbox=outbox.get(fair_id, {}),
        )
        for fair_id in {*people, *outbox, *matches, *sessions}
    }


def _pairs(work: Session, query: Select[str | None, str, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for fair_id, kind, count in work.execute(query):
        if fair_id is not None:
            found.setdefault(fair_id, {})[kind] = count
    return found


def _single(work: Session, query: Select[str | None, int]) -> dict[str, int]:
    return {fair_id: count for fair_id, count in work.execute(query) if fair_id is not None}
