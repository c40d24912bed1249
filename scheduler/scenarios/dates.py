"""On which days a sample programme runs: like the real one, only later."""

from datetime import date, timedelta

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


def start_for(first_day: date, today: date) -> date:
    """The day 7 to 13 days from today that is the same day of the week as the real programme's first."""
    soonest = today + _WEEK
    return soonest + ((first_day - soonest).days % 7) * _DAY


def days_from(start: date, count: int, weekdays: tuple[int, ...]) -> tuple[date, ...]:
    """The first `count` days from `start` on that fall on one of the weekdays (Monday is 0).

    From the real first day this gives the real programme's days, with the same weekend left out.
    """
    days: list[date] = []
    day = start
    while len(days) < count:
        if day.weekday() in weekdays:
            days.append(day)
        day += _DAY
    return tuple(days)
