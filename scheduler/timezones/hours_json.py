"""Hours as JSON.

``{"zone": "Asia/Jakarta", "weekly": {"mon": ["09:00-12:00", "13:00-17:00"], "sat": []},
"dated": {"2026-06-24": ["10:00-12:00"]}, "away": [{"on": "every day", "span": "12:00-13:00"}]}``
where ``on`` is a date, a weekday or ``every day``. A weekday that is not named is closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from scheduler.timezones.errors import TimeError
from scheduler.timezones.span import UnreadableSpan, WallSpan
from scheduler.timezones.wall import is_zone
from scheduler.wording import Phrase

Spans = tuple[WallSpan, ...]
Day = date | int | None
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = "every day"


class UnreadableHours(TimeError):
    """``field`` is the path to what is wrong: ``weekly.mon[0]``."""

    def __init__(self, field: str, wanted: Phrase) -> None:
        super().__init__(Phrase("In %(field)s: %(wanted)s", field=field, wanted=wanted))
        self.field = field


@dataclass(frozen=True)
class Read:
    zone: str
    weekly: tuple[Spans, ...]
    dated: tuple[tuple[date, Spans], ...]
    away: tuple[tuple[Day, WallSpan], ...]


def weekly_written(weekly: tuple[Spans, ...]) -> dict[str, list[str]]:
    return {name: _written(spans) for name, spans in zip(WEEKDAYS, weekly, strict=True)}


def dated_written(dated: tuple[tuple[date, Spans], ...]) -> dict[str, list[str]]:
    return {on.isoformat(): _written(spans) for on, spans in dated}


def away_written(away: tuple[tuple[Day, WallSpan], ...]) -> list[dict[str, str]]:
    return [{"on": _day_written(day), "span": span.text()} for day, span in away]


def read(written: Mapping[str, object]) -> Read:
    unknown = sorted(set(written) - {"zone", "weekly", "dated", "away"})
    if unknown:
        raise UnreadableHours(unknown[0], Phrase("there is no such field."))
    return Read(
        zone=_zone(written.get("zone")),
        weekly=_weekly(written.get("weekly")),
        dated=_dated(written.get("dated", {})),
        away=_away(written.get("away", [])),
    )


def _written(spans: Spans) -> list[str]:
    return [span.text() for span in spans]


def _day_written(day: Day) -> str:
    if day is None:
        return EVERY_DAY
    return WEEKDAYS[day] if isinstance(day, int) else day.isoformat()


def _zone(written: object) -> str:
    if not isinstance(written, str) or not is_zone(written):
        raise UnreadableHours("zone", Phrase("the name of a time zone is wanted, such as Asia/Seoul."))
    return written


def _weekly(written: object) -> tuple[Spans, ...]:
    days = _object("weekly", written)
    unknown = sorted(set(days) - set(WEEKDAYS))
    if unknown:
        raise UnreadableHours(f"weekly.{unknown[0]}", Phrase("the weekdays are called mon, tue, … sun."))
    return tuple(_spans(f"weekly.{name}", days.get(name, [])) for name in WEEKDAYS)


def _dated(written: object) -> tuple[tuple[date, Spans], ...]:
    return tuple(
        (_date(f"dated.{on}", on), _spans(f"dated.{on}", spans))
        for on, spans in _object("dated", written).items()
    )


def _away(written: object) -> tuple[tuple[Day, WallSpan], ...]:
    entries = [
        (f"away[{number}]", _object(f"away[{number}]", entry))
        for number, entry in enumerate(_list("away", written))
    ]
    return tuple(
        (_day(f"{field}.on", entry.get("on")), _span(f"{field}.span", entry.get("span")))
        for field, entry in entries
    )


def _day(field: str, written: object) -> Day:
    if written == EVERY_DAY:
        return None
    if written in WEEKDAYS:
        return WEEKDAYS.index(str(written))
    return _date(field, written)


def _date(field: str, written: object) -> date:
    try:
        return date.fromisoformat(written if isinstance(written, str) else "")
    except ValueError:
        raise UnreadableHours(field, Phrase("a date is wanted, such as 2026-06-24.")) from None


def _spans(field: str, written: object) -> Spans:
    return tuple(_span(f"{field}[{number}]", entry) for number, entry in enumerate(_list(field, written)))


def _span(field: str, written: object) -> WallSpan:
    try:
        return WallSpan.parse(written if isinstance(written, str) else "")
    except UnreadableSpan:
        raise UnreadableHours(field, Phrase("a span is wanted, such as 09:00-18:00.")) from None


def _object(field: str, written: object) -> Mapping[str, object]:
    if not isinstance(written, Mapping):
        raise UnreadableHours(field, Phrase("an object is wanted."))
    return written


def _list(field: str, written: object) -> list[object]:
    if not isinstance(written, list):
        raise UnreadableHours(field, Phrase("a list is wanted."))
    return written
