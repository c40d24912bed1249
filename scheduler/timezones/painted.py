"""Weekly hours as a table of half hours to be painted, and back, without losing what was not painted over."""

from collections.abc import Iterable
from datetime import date

from scheduler.timezones.hours import Hours
from scheduler.timezones.span import DAY_MINUTES, WallSpan

HALF = 30
HALVES = DAY_MINUTES // HALF
_WEEK = 7 * DAY_MINUTES

Cell = tuple[int, int]
"""Weekday (Monday is 0) and half hour of the day, 0 to 47."""
Stretch = tuple[int, int]
"""Minutes since Monday 00:00, or since a midnight: start and end."""


def painted(hours: Hours) -> frozenset[Cell]:
    """The half hours of a week that are open as a whole. Dates of their own are left out."""
    open_ = _week(hours)
    return frozenset(
        (weekday, half)
        for weekday in range(7)
        for half in range(HALVES)
        if _is_open(open_, weekday * DAY_MINUTES + half * HALF)
    )


def repainted(hours: Hours, cells: Iterable[Cell]) -> Hours:
    """The hours with another week.

    A weekday whose cells are as they were keeps its minutes exactly. What is taken out of every day or weekday
    becomes part of the week, and of the dates with hours of their own; absences on single dates stay.
    """
    wanted, before, open_ = frozenset(cells), painted(hours), _week(hours)
    weekly = []
    for weekday in range(7):
        mine = frozenset(half for day, half in wanted if day == weekday)
        if mine == frozenset(half for day, half in before if day == weekday):
            stretches = _of_day(open_, weekday)
        else:
            stretches = _joined((half * HALF, (half + 1) * HALF) for half in mine)
        weekly.append(tuple(WallSpan(start, end) for start, end in stretches))
    return Hours(
        zone=hours.zone,
        weekly=tuple(weekly),
        dated=tuple((on, _dated(hours, on, spans)) for on, spans in hours.dated),
        away=tuple((day, span) for day, span in hours.away if isinstance(day, date)),
    )


def _week(hours: Hours) -> tuple[Stretch, ...]:
    """All that is open in a week that begins on a Monday, what runs into the next Monday at its beginning."""
    spans = [_on(weekday, span) for weekday, found in enumerate(hours.weekly) for span in found]
    away = [
        _on(weekday, span)
        for day, span in hours.away
        if not isinstance(day, date)
        for weekday in range(7)
        if day is None or day == weekday
    ]
    return _without(_wrapped(spans), _wrapped(away))


def _dated(hours: Hours, on: date, spans: tuple[WallSpan, ...]) -> tuple[WallSpan, ...]:
    away = [
        (span.start_minute + shift * DAY_MINUTES, span.end_minute + shift * DAY_MINUTES)
        for day, span in hours.away
        if not isinstance(day, date)
        for shift in (-1, 0, 1)
        if day is None or day == (on.weekday() + shift) % 7
    ]
    left = _without(_joined((one.start_minute, one.end_minute) for one in spans), away)
    return tuple(WallSpan(start, end) for start, end in left)


def _on(weekday: int, span: WallSpan) -> Stretch:
    return weekday * DAY_MINUTES + span.start_minute, weekday * DAY_MINUTES + span.end_minute


def _wrapped(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """What runs past Sunday's midnight goes on at Monday's."""
    found = []
    for start, end in stretches:
        if start < _WEEK:
            found.append((start, min(end, _WEEK)))
        if end > _WEEK:
            found.append((max(start - _WEEK, 0), end - _WEEK))
    return _joined(found)


def _joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    made: list[Stretch] = []
    for start, end in sorted(stretches):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return tuple(made)


def _without(stretches: Iterable[Stretch], away: Iterable[Stretch]) -> tuple[Stretch, ...]:
    left = list(stretches)
    for cut_start, cut_end in away:
        pieces = [((start, min(end, cut_start)), (max(start, cut_end), end)) for start, end in left]
        left = [piece for pair in pieces for piece in pair if piece[0] < piece[1]]
    return _joined(left)


def _is_open(open_: Iterable[Stretch], minute: int) -> bool:
    return any(start <= minute and minute + HALF <= end for start, end in open_)


def _of_day(open_: Iterable[Stretch], weekday: int) -> tuple[Stretch, ...]:
    first = weekday * DAY_MINUTES
    cut = ((max(start - first, 0), min(end - first, DAY_MINUTES)) for start, end in open_)
    return tuple((start, end) for start, end in cut if start < end)
