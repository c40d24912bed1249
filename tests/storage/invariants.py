"""What must be true of a database at every moment, asked of the meetings themselves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.booking.meeting import LIVE, Meeting
from scheduler.storage.meetings import meetings_of_fair
from scheduler.storage.tables import AuditTable, ClaimTable, table_of
from tests.storage.stage import ticks_of

AUDIT, CLAIM = table_of(AuditTable), table_of(ClaimTable)
Double = tuple[str, str, str]


def doubles_of(work: Session, fair_id: str = "fair-1") -> list[Double]:
    """Each resource that is in two live meetings at one moment, with both meetings."""
    return overlaps({one.id: shown(one) for one in meetings_of_fair(work, fair_id)})


def claims_that_differ(work: Session, fair_id: str = "fair-1") -> set[tuple[str, int, str]]:
    """Claims without a live meeting, and live meetings' ticks without a claim."""
    kept = {(row.resource_id, row.tick, row.meeting_id) for row in work.execute(select(CLAIM))}
    live = [one for one in meetings_of_fair(work, fair_id) if one.is_live]
    wanted = {
        (resource_id, tick, meeting.id)
        for meeting in live
        for resource_id, ticks in ticks_of(meeting).items()
        for tick in ticks
    }
    return kept ^ wanted


def doubles_at_any_commit(work: Session) -> list[Double]:
    """The trail replayed: every state there ever was. Where one writes at a time, it is in order of commits."""
    state: dict[str, Mapping[str, Any]] = {}
    found: list[Double] = []
    for row in work.execute(select(AUDIT).order_by(AUDIT.c.id)):
        # A hold that lapses is written down by its state alone.
        lapsed = {"is_live": False} if row.after.get("state") == "cancelled" else {}
        state[row.subject_id] = {**state.get(row.subject_id, {}), **row.after, **lapsed}
        found += overlaps(state)
    return found


def shown(meeting: Meeting) -> dict[str, Any]:
    return {
        "is_live": meeting.state in LIVE,
        "start_at": meeting.slot.start_at.isoformat(),
        "end_at": meeting.slot.end_at.isoformat(),
        "resource_ids": list(meeting.resource_ids),
    }


def overlaps(state: Mapping[str, Mapping[str, Any]]) -> list[Double]:
    by_resource: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for meeting_id, facts in state.items():
        for resource_id in facts["resource_ids"] if facts["is_live"] else ():
            by_resource[resource_id].append((facts["start_at"], facts["end_at"], meeting_id))
    return [
        double for resource_id, taken in by_resource.items() for double in _overlapping(resource_id, taken)
    ]


def _overlapping(resource_id: str, taken: Iterable[tuple[str, str, str]]) -> Iterable[Double]:
    ends_at, holder = "", ""
    for start_at, end_at, meeting_id in sorted(taken):
        if start_at < ends_at:
            yield resource_id, holder, meeting_id
        if end_at > ends_at:
            ends_at, holder = end_at, meeting_id
