"""From the slots somebody says they are free in to their hours on the days of a fair."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from scheduler.booking.slot import Slot
from scheduler.timezones.hours import Hours
from scheduler.timezones.span import WallSpan
from scheduler.timezones.wall import to_wall

_MINUTE = timedelta(minutes=1)
_LONGEST_BREAK = timedelta(minutes=30)


def hours_with_slots(hours: Hours, asked: Iterable[Slot], free: Iterable[Slot]) -> Hours:
    """The hours open in the `free` slots and in no other of those `asked` about.

    Every local date on which an asked slot begins gets hours of its own: one span from the first to the last of the
    free slots that follow one another. What was taken out of every day or weekday goes where it would close a free
    slot. Other dates stay as they are.
    """
    asked, free = sorted(set(asked)), frozenset(free)
    by_date: dict[date, list[list[Slot]]] = {}
    for slot, follows in _with_neighbours(asked, free):
        rows = by_date.setdefault(_date(slot.start_at, hours.zone), [])
        if slot not in free:
            continue
        if follows and rows:
            rows[-1].append(slot)
        else:
            rows.append([slot])
    for on, rows in by_date.items():
        spans = (_span(on, row[0].start_at, row[-1].end_at, hours.zone) for row in rows)
        hours = hours.with_dated(on, [span for span in spans if span is not None])
    kept = tuple((day, span) for day, span in hours.away if not isinstance(day, date) or day not in by_date)
    hours = replace(hours, away=kept)
    is_whole = all(hours.covers(slot.start_at, slot.end_at) for slot in free)
    return hours if is_whole else replace(hours, away=())


def _with_neighbours(asked: list[Slot], free: frozenset[Slot]) -> Iterable[tuple[Slot, bool]]:
    """Each slot, and whether the one before it is free as well, with no more than a break between."""
    for number, slot in enumerate(asked):
        before = asked[number - 1] if number else None
        is_near = before is not None and slot.start_at - before.end_at <= _LONGEST_BREAK
        yield slot, is_near and before in free


def _span(on: date, start_at: datetime, end_at: datetime, zone: str) -> WallSpan | None:
    first, last = _minute(on, start_at, zone), _minute(on, end_at, zone)
    # Where the clocks go back in between, the walls say less than the truth; nothing is better than a wrong span.
    return WallSpan(first, last) if 0 <= first < last else None


def _date(instant: datetime, zone: str) -> date:
    return to_wall(instant, zone).date()


def _minute(on: date, instant: datetime, zone: str) -> int:
    return (to_wall(instant, zone) - datetime.combine(on, time())) // _MINUTE
