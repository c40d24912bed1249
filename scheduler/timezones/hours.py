"""When somebody works or something is open: kept in wall time of the owner's zone, asked in instants.

The hours of a date are its dated ones, else those of its weekday; what is taken out goes afterwards.
A span belongs to the date it begins on and may run over midnight. ``edges`` says what happens to a
span where the clocks change.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Self

from scheduler.timezones import hours_json, hours_text
from scheduler.timezones.edges import span_on
from scheduler.timezones.errors import UnknownZone
from scheduler.timezones.intervals import Interval, merged, without
from scheduler.timezones.span import DAY_MINUTES, WallSpan
from scheduler.timezones.wall import as_utc, is_zone

Spans = tuple[WallSpan, ...]
# A date, a weekday (Monday is 0), or None for every day.
Day = date | int | None
_DAY = timedelta(days=1)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Hours:
    """``weekly`` has seven entries, Monday first; ``dated`` replaces them on a date, ``away`` is cut out."""

    zone: str
    weekly: tuple[Spans, ...]
    dated: tuple[tuple[date, Spans], ...] = ()
    away: tuple[tuple[Day, WallSpan], ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not is_zone(self.zone):
            raise UnknownZone(self.zone)
        if len(self.weekly) != 7:
            raise ValueError(f"a week has seven days, not {len(self.weekly)}")
        if len({on for on, _ in self.dated}) < len(self.dated):
            raise ValueError("two sets of hours for one date")
        if any(isinstance(day, int) and not 0 <= day <= 6 for day, _ in self.away):
            raise ValueError("a weekday is 0 (Monday) to 6")
        object.__setattr__(self, "_hash", hash((self.zone, self.weekly, self.dated, self.away)))

    def __hash__(self) -> int:
        # Asked 100,000 times while a grid is built, so counted once.
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        # Another process has other hashes: it must count its own.
        return type(self), (self.zone, self.weekly, self.dated, self.away)

    @classmethod
    def every_day(cls, zone: str, spans: Iterable[WallSpan]) -> Self:
        return cls(zone=zone, weekly=(tuple(spans),) * 7)

    @classmethod
    def working_days(cls, zone: str, spans: Iterable[WallSpan]) -> Self:
        """Monday to Friday. Where the week runs otherwise, give ``weekly`` itself."""
        return cls(zone=zone, weekly=(tuple(spans),) * 5 + ((), ()))

    @classmethod
    def always(cls, zone: str) -> Self:
        return cls.every_day(zone, [WallSpan(0, DAY_MINUTES)])

    @classmethod
    def never(cls, zone: str) -> Self:
        return cls.every_day(zone, [])

    def with_dated(self, on: date, spans: Iterable[WallSpan]) -> Self:
        """These hours instead of the weekly ones on one date; none at all closes it."""
        others = tuple(pair for pair in self.dated if pair[0] != on)
        return replace(self, dated=tuple(sorted((*others, (on, tuple(spans))))))

    def without(self, day: Day, span: WallSpan) -> Self:
        """The same with a span taken out, on a date, a weekday (Monday is 0), or every day (None)."""
        return replace(self, away=(*self.away, (day, span)))

    def intervals(self, first: date, last: date) -> tuple[Interval, ...]:
        """All open time that begins on the local dates ``first`` to ``last``, in UTC.

        Sorted; what touches is one interval, over midnight too.
        """
        dates = [first + number * _DAY for number in range((last - first).days + 1)]
        return merged(interval for on in dates for interval in _open_on(self, on))

    def covers(self, start_at: datetime, end_at: datetime) -> bool:
        """Whether it is open without a break from ``start_at`` to ``end_at``."""
        start_at, end_at = as_utc(start_at), as_utc(end_at)
        if end_at - start_at > _DAY:
            around = self.intervals(start_at.date() - 3 * _DAY, end_at.date() + 2 * _DAY)
        else:
            around = _open_around(self, start_at.date())
        index = bisect_right(around, (start_at, _LAST)) - 1
        return index >= 0 and end_at <= around[index][1]

    def to_json(self) -> dict[str, object]:
        """Exact, and readable by a person; ``from_json`` gives the same hours back."""
        return {
            "zone": self.zone,
            "weekly": hours_json.weekly_written(self.weekly),
            "dated": hours_json.dated_written(self.dated),
            "away": hours_json.away_written(self.away),
        }

    @classmethod
    def from_json(cls, written: Mapping[str, object]) -> Self:
        """Raises UnreadableHours, which names the field. ``dated`` and ``away`` may be missing."""
        read = hours_json.read(written)
        return cls(zone=read.zone, weekly=read.weekly, dated=read.dated, away=read.away)

    def to_text(self, language: str) -> str:
        """One line for a person: ``월–금 09:00–18:00 · 제외: 매일 12:00–13:00 (서울)``."""
        return hours_text.line(self.zone, self.weekly, self.dated, self.away, language)

    def text(self, language: str) -> str:
        """The same, so that hours can be a fact of a Phrase."""
        return self.to_text(language)


@lru_cache(maxsize=65536)
def _open_on(hours: Hours, on: date) -> tuple[Interval, ...]:
    """What opens on one local date, with everything cut out that touches it."""
    spans = dict(hours.dated).get(on, hours.weekly[on.weekday()])
    opened = _instants(on, spans, hours.zone)
    # A span may reach to the end of the next day, so what is away may have begun a day before, or two.
    away = [cut for shift in range(-1, 3) for cut in _away_on(hours, on + shift * _DAY)]
    return without(opened, away)


def _away_on(hours: Hours, on: date) -> list[Interval]:
    applies: Callable[[Day], bool] = lambda day: day is None or day in (on, on.weekday())  # noqa: E731
    return _instants(on, [span for day, span in hours.away if applies(day)], hours.zone)


def _instants(on: date, spans: Iterable[WallSpan], zone: str) -> list[Interval]:
    found = (span_on(on, span, zone) for span in spans)
    return [interval for interval in found if interval]


@lru_cache(maxsize=65536)
def _open_around(hours: Hours, utc_date: date) -> tuple[Interval, ...]:
    """All open time that can matter to a day that begins on a date of UTC, in any zone."""
    return hours.intervals(utc_date - 3 * _DAY, utc_date + 3 * _DAY)
