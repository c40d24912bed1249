"""A new edition of the zones' rules: which sessions it moves for somebody, and the word that tells them.

A session keeps its instant; what changes is the hour that somebody's clocks show then. Nothing moves silently: the
sessions are listed, and only at the coordinator's word an update goes out with the hour as it was told and as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Resource, Room
from scheduler.services.actor import Actor
from scheduler.services.notices import LOCAL_TIMES, Change, RowState, rows_for
from scheduler.storage import audit, meetings, outbox, people
from scheduler.storage.db import Database
from scheduler.storage.meetings import Promise
from scheduler.timezones.errors import TimeError
from scheduler.timezones.wall import parse_wall, to_wall, zone_rules_version


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What clocks in a zone show at the session's start: as told, and as it is now. Both are wall time."""

    zone: str
    told: datetime
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Shifted:
    """A session to come that somebody's clocks show at another hour than they were told."""

    meeting: Meeting
    told_by: str
    shifts: tuple[Shift, ...]
    people: tuple[Resource, ...]


def shifted_sessions(db: Database, *, now: datetime, edition: str | None = None) -> tuple[Shifted, ...]:
    """Those told by another edition of the rules than the one in use, whose hour differs; in order of time."""
    with db.read() as work:
        return _shifted(work, now, edition or zone_rules_version())


def tell_shifted(
    db: Database,
    meeting_ids: Iterable[str],
    *,
    now: datetime,
    actor: Actor,
    edition: str | None = None,
) -> int:
    """The coordinator's word: an update to everybody in these sessions. How many notices that makes.

    Whatever is no longer shifted by then is left alone. The revision rises, so that every calendar takes it.
    """
    wanted = set(meeting_ids)
    with db.write() as work:
        found = [
            one for one in _shifted(work, now, edition or zone_rules_version()) if one.meeting.id in wanted
        ]
        return sum(_tell(work, one, now, actor) for one in found)


def forget_unshifted(db: Database, *, now: datetime, edition: str | None = None) -> int:
    """Sessions told by another edition whose hours are the same by this one need nobody's word: how many."""
    current = edition or zone_rules_version()
    with db.write() as work:
        told = meetings.promised_by_other_rules(work, current, now)
        shifted = {one.meeting.id for one in _shifted(work, now, current)}
        same = [one.id for one in told if one.id not in shifted]
        promises = meetings.promises_of(work, same)
        renewed = {key: replace(one, zone_rules=current) for key, one in promises.items()}
        meetings.save_promises(work, renewed)
        return len(renewed)


def _shifted(work: Session, now: datetime, edition: str) -> tuple[Shifted, ...]:
    told = [
        one for one in meetings.promised_by_other_rules(work, edition, now) if one.state is State.CONFIRMED
    ]
    promises = meetings.promises_of(work, [one.id for one in told])
    resources = people.resources_by_id(work, {key for one in told for key in one.resource_ids})
    found = (_compared(one, promises[one.id], resources) for one in told)
    return tuple(one for one in found if one.shifts)


def _compared(meeting: Meeting, promise: Promise, resources: Mapping[str, Resource]) -> Shifted:
    shifts = tuple(
        Shift(zone=zone, told=told, now=shown)
        for zone, written in sorted(promise.local_times.items())
        if (told := _read(written)) is not None and (shown := to_wall(meeting.slot.start_at, zone)) != told
    )
    zones = {one.zone for one in shifts}
    named = (resources[key] for key in meeting.resource_ids if key in resources)
    concerned = tuple(one for one in named if not isinstance(one, Room) and one.hours.zone in zones)
    return Shifted(meeting=meeting, told_by=promise.zone_rules, shifts=shifts, people=concerned)


def _read(written: str) -> datetime | None:
    try:
        return parse_wall(written)
    except TimeError:
        return None


def _tell(work: Session, one: Shifted, now: datetime, actor: Actor) -> int:
    after = replace(one.meeting, revision=one.meeting.revision + 1)
    meetings.save_meeting(work, after, now)
    shifts = {
        shift.zone: [shift.told.isoformat(" ", "minutes"), shift.now.isoformat(" ", "minutes")]
        for shift in one.shifts
    }
    audit.record(work, now, actor.label, "zone_rules", "meeting", after.id, {}, {"shifts": shifts})
    rows = rows_for([Change(before=one.meeting, after=after)], state=RowState.DUE, now=now)
    outbox.add_rows(work, [replace(row, facts={**row.facts, LOCAL_TIMES: shifts}) for row in rows])
    return len(rows)
