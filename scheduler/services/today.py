"""The day of a fair as it goes: what is on now and next in each room, what nobody has noted yet, who did not come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler.booking.fair import Fair, day_at
from scheduler.booking.forward import is_left
from scheduler.booking.meeting import BOOKED, Meeting, State
from scheduler.booking.people import Room
from scheduler.services.board import Entry, entry_of, with_answers
from scheduler.storage import answers, fairs, meetings, people, results
from scheduler.storage.db import Database
from scheduler.timezones.wall import begin_of_day


@dataclass(frozen=True, kw_only=True)
class Line:
    """One session of the day; `absent` says who did not come, where it is noted."""

    meeting: Meeting
    entry: Entry
    absent: str = ""
    is_callable: bool = False
    """Nobody came and enough of its time is left to call others forward into it."""


@dataclass(frozen=True, kw_only=True)
class RoomNow:
    """A room, or the companies' own offices together (`room` is None), with what is on and what comes next."""

    room: Room | None
    on: tuple[Line, ...]
    later: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Today:
    """A day of a fair. `open_lines` have begun and nobody has said whether they took place."""

    fair: Fair
    on: date
    rooms: tuple[RoomNow, ...]
    open_lines: tuple[Line, ...]
    absent_lines: tuple[Line, ...]
    done: int
    count: int
    next_day: date | None


def today_of(db: Database, key: str, *, now: datetime) -> Today:
    """Raises NotFound. Always the same number of queries."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        day = day_at(now, fair.zone)
        first, last = (begin_of_day(one, fair.zone) for one in (day, day + timedelta(days=1)))
        found = meetings.meetings_of_fair(work, fair.id, first=first, last=last, states=BOOKED)
        everyone = people.people_of(work, fair.id)
        absent = results.no_shows(work, [one.id for one in found])
        known = answers.answers_standing(work, [one.id for one in found])
    resources = {one.id: one for one in everyone.everyone}
    entries = with_answers((entry_of(one, resources) for one in found), known)
    lines = tuple(_line(one, entry, absent, now) for one, entry in zip(found, entries, strict=True))
    return Today(
        fair=fair,
        on=day,
        rooms=tuple(_rooms(everyone.rooms, lines, now)),
        open_lines=tuple(one for one in lines if _is_open(one.meeting, now)),
        absent_lines=tuple(one for one in lines if one.meeting.state is State.NO_SHOW),
        done=sum(one.meeting.state is State.COMPLETED for one in lines),
        count=len(lines),
        next_day=next((one for one in sorted(fair.days) if one > day), None),
    )


def _line(meeting: Meeting, entry: Entry, absent: Mapping[str, str], now: datetime) -> Line:
    return Line(
        meeting=meeting,
        entry=entry,
        absent=absent.get(meeting.id, "") if meeting.state is State.NO_SHOW else "",
        is_callable=meeting.state is State.NO_SHOW and is_left(meeting.slot, now),
    )


def _is_open(meeting: Meeting, now: datetime) -> bool:
    return meeting.state is State.CONFIRMED and meeting.slot.start_at <= now


def _rooms(rooms: Iterable[Room], lines: Iterable[Line], now: datetime) -> Iterable[RoomNow]:
    by_room: dict[str | None, list[Line]] = {}
    for one in lines:
        by_room.setdefault(one.meeting.room_id, []).append(one)
    for room in (*rooms, None):
        theirs = by_room.get(room.id if room is not None else None, [])
        if room is not None or theirs:
            yield RoomNow(
                room=room,
                on=tuple(one for one in theirs if one.meeting.slot.start_at <= now < one.meeting.slot.end_at),
                later=tuple(one for one in theirs if one.meeting.slot.start_at > now),
            )
