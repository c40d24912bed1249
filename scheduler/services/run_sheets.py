"""Sheets to be printed for a day: for each room, for each interpreter, or all sessions in order of time.

Each says which version of the grid it shows and which it replaces. A version is a moment at which people were told
of the grid; it is read from the audit trail, so that no two people count differently.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scheduler.booking.fair import Fair, day_at, day_of
from scheduler.booking.meeting import BOOKED
from scheduler.booking.people import Resource
from scheduler.services.board import Entry, entry_of
from scheduler.storage import audit, fairs, meetings, outbox, people
from scheduler.storage.db import Database


class By(StrEnum):
    ROOM = "room"
    INTERPRETER = "interpreter"
    DAY = "day"


@dataclass(frozen=True, kw_only=True)
class Version:
    """The how-manieth grid people were told of, when, and when the one before."""

    number: int
    at: datetime
    replaced_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet; `of` is a room or an interpreter, None for the whole day or for companies' own offices."""

    of: Resource | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class RunSheets:
    """All sheets of a day. `unsent` are changes in them that people have not been told of yet."""

    fair: Fair
    by: By
    on: date
    days: tuple[date, ...]
    sheets: tuple[Sheet, ...]
    version: Version | None
    unsent: int


def run_sheets(db: Database, key: str, *, by: By, on: date | None, now: datetime) -> RunSheets:
    """For `on`, else for today or the next day of the fair. Raises NotFound. Always the same number of queries."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        found = meetings.meetings_of_fair(work, fair.id, states=BOOKED)
        everyone = people.people_of(work, fair.id)
        version = version_of(audit.moments_told(work, fair.id))
        unsent = outbox.counts(work, fair.id).get("collected", 0)
    days = tuple(sorted({day_of(one.slot, fair.zone) for one in found} | set(fair.days)))
    chosen = on if on in days else _next_of(days, day_at(now, fair.zone))
    named = {one.id: one for one in everyone.everyone}
    entries = [entry_of(one, named) for one in found if day_of(one.slot, fair.zone) == chosen]
    return RunSheets(
        fair=fair,
        by=by,
        on=chosen,
        days=days,
        sheets=tuple(_sheets(by, entries, (*everyone.rooms, *everyone.interpreters))),
        version=version,
        unsent=unsent,
    )


def version_of(told: Sequence[datetime]) -> Version | None:
    """None before people have been told of any grid."""
    if not told:
        return None
    return Version(number=len(told), at=told[-1], replaced_at=told[-2] if len(told) > 1 else None)


def _next_of(days: Sequence[date], today: date) -> date:
    return next((one for one in days if one >= today), days[-1] if days else today)


def _sheets(by: By, entries: Sequence[Entry], resources: Iterable[Resource]) -> Iterable[Sheet]:
    """Those that have anything on them."""
    if by is By.DAY:
        if entries:
            yield Sheet(of=None, entries=tuple(entries))
        return
    for one in resources:
        theirs = tuple(entry for entry in entries if one.id in _places(entry, by))
        if theirs:
            yield Sheet(of=one, entries=theirs)
    elsewhere = tuple(entry for entry in entries if by is By.ROOM and entry.room is None)
    if elsewhere:
        yield Sheet(of=None, entries=elsewhere)


def _places(entry: Entry, by: By) -> tuple[str, ...]:
    if by is By.INTERPRETER:
        return tuple(one.id for one in entry.interpreters)
    return (entry.room.id,) if entry.room is not None else ()
