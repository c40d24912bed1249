"""One day of an interpreter: the sessions in order, the breaks between them, and the days around it."""

from dataclasses import dataclass
from datetime import date, datetime

from scheduler.services.board import Entry
from scheduler.services.timetable import timetable_of
from scheduler.storage.db import Database
from scheduler.timezones.wall import to_wall


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A session, and how many minutes are free before it; None before the first."""

    entry: Entry
    break_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class WorkingDay:
    """`day` is None for somebody who has no sessions. `days` are all with sessions, and how many on each."""

    person: object
    zone: str
    day: date | None
    days: tuple[tuple[date, int], ...]
    stops: tuple[Stop, ...]

    @property
    def minutes(self) -> int:
        """Of the sessions that have not been cancelled."""
        return sum(one.entry.slot.minutes for one in self.stops if _counts(one.entry))

    @property
    def count(self) -> int:
        return sum(_counts(one.entry) for one in self.stops)

    def _near(self, step: int) -> date | None:
        known = [one for one, _ in self.days]
        if self.day not in known:
            return None
        at = known.index(self.day) + step
        return known[at] if 0 <= at < len(known) else None

    @property
    def earlier(self) -> date | None:
        return self._near(-1)

    @property
    def later(self) -> date | None:
        return self._near(1)


def working_day(db: Database, person_id: str, *, day: date | None, now: datetime) -> WorkingDay:
    """The day asked for if there are sessions on it, else today, the next one with sessions, or the last."""
    view = timetable_of(db, person_id)
    by_day = dict(view.days)
    today = to_wall(now, view.zone).date()
    ahead = [one for one in by_day if one >= today]
    chosen = day if day in by_day else min(ahead) if ahead else max(by_day, default=None)
    entries = by_day[chosen] if chosen is not None else ()
    return WorkingDay(
        person=view.resource,
        zone=view.zone,
        day=chosen,
        days=tuple((one, len(found)) for one, found in view.days),
        stops=_stops(entries),
    )


def _stops(entries: tuple[Entry, ...]) -> tuple[Stop, ...]:
    stops: list[Stop] = []
    ends_at: datetime | None = None
    for entry in entries:
        if not _counts(entry):
            stops.append(Stop(entry=entry))
            continue
        free = int((entry.slot.start_at - ends_at).total_seconds()) // 60 if ends_at is not None else None
        stops.append(Stop(entry=entry, break_minutes=free))
        ends_at = entry.slot.end_at
    return tuple(stops)


def _counts(entry: Entry) -> bool:
    return entry.meeting is not None and entry.meeting.is_live
