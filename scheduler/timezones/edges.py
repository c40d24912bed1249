"""Where a stretch of wall time begins and ends, on days when clocks change too."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from scheduler.timezones.errors import SkippedTime
from scheduler.timezones.intervals import Interval
from scheduler.timezones.span import WallSpan
from scheduler.timezones.wall import instants_of, to_utc

_MINUTE = timedelta(minutes=1)


def span_on(on: date, span: WallSpan, zone: str) -> Interval | None:
    """The instants from opening to closing; None if the clocks jump over the whole span.

    From the first instant at which the clock shows a time in the span to the last. So an edge inside
    a skipped hour snaps to the end of the gap, as that is when the clock passes it; in a repeated
    hour the opening is the first occurrence and the closing the second.
    """
    opens, closes = opening(on, span.start_minute, zone), closing(on, span.end_minute, zone)
    return (opens, closes) if opens < closes else None


@lru_cache(maxsize=8192)
def opening(on: date, minute: int, zone: str) -> datetime:
    """The first instant at which the clock shows ``minute`` of the date, or has jumped over it."""
    wall = _wall(on, minute)
    instants = instants_of(wall, zone)
    return instants[0] if instants else _end_of_gap(wall, zone)


@lru_cache(maxsize=8192)
def closing(on: date, minute: int, zone: str) -> datetime:
    """The instant after the last one at which the clock shows a time before ``minute`` of the date.

    Asked of the minute before, because closing at 01:00 when 01:00 to 02:00 is repeated means the
    first 01:00: nothing before 01:00 comes again.
    """
    last = instants_of(_wall(on, minute) - _MINUTE, zone)
    return last[-1] + _MINUTE if last else _end_of_gap(_wall(on, minute) - _MINUTE, zone)


def _wall(on: date, minute: int) -> datetime:
    return datetime.combine(on, time()) + minute * _MINUTE


def _end_of_gap(wall: datetime, zone: str) -> datetime:
    try:
        return to_utc(wall, zone)
    except SkippedTime as skipped:
        return skipped.next_instant
