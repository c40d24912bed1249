"""How a moment is written for people: the one formatter of page, mail, calendar and file.

``6.24(수) 09:00 KST · 07:00 WIB``. The day is that of the home side (Korea, as a rule); the other side
says only whether it is another day there. Clocks run over 24 hours in every language.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from scheduler.timezones.abbreviation import utc_distance, zone_abbreviation
from scheduler.timezones.names import day_label, full_day_label, weekday_name, zone_city
from scheduler.timezones.wall import in_zone, offset_minutes, to_wall
from scheduler.wording import Phrase, direction

__all__ = [
    "BothSidesText",
    "DayText",
    "MomentText",
    "away_side",
    "both_sides",
    "clock_span",
    "day_label",
    "day_shift",
    "full_day_label",
    "local_time",
    "moment_line",
    "weekday_name",
    "zone_city",
    "zone_label",
]

_DAY = timedelta(days=1)


@lru_cache(maxsize=16384)
def moment_line(start_at: datetime, end_at: datetime | None, zone: str, language: str) -> str:
    """One side: ``6.24(수) 09:00 KST``, with an end ``6.24(수) 09:00–09:40 KST``."""
    day = day_label(to_wall(start_at, zone).date(), language)
    return f"{day} {_clock_and_zone(start_at, end_at, zone, language)}"


@lru_cache(maxsize=16384)
def both_sides(
    start_at: datetime, end_at: datetime | None, home_zone: str, away_zone: str, language: str
) -> str:
    """Both sides: ``9.15(화) 08:00 KST · 전날 18:00 CDT``; one is enough where both read the same."""
    home = moment_line(start_at, end_at, home_zone, language)
    if all(_reads_the_same(one, home_zone, away_zone) for one in (start_at, end_at) if one is not None):
        return home
    away = _clock_and_zone(start_at, end_at, away_zone, language)
    shift = _shift_words(start_at, home_zone, away_zone, language)
    return f"{home} · {shift} {away}" if shift else f"{home} · {away}"


@lru_cache(maxsize=16384)
def away_side(instant: datetime, home_zone: str, away_zone: str, language: str) -> str:
    """The other side alone, as it stands beside the home time: ``전날 18:00 CDT``."""
    home, _, away = both_sides(instant, None, home_zone, away_zone, language).partition(" · ")
    return away or home.split(" ", 1)[-1]


@lru_cache(maxsize=16384)
def local_time(instant: datetime, zone: str) -> str:
    """``09:00``"""
    return f"{to_wall(instant, zone):%H:%M}"


@lru_cache(maxsize=16384)
def clock_span(start_at: datetime, end_at: datetime, zone: str, language: str) -> str:
    """``09:00–09:40``; an end at midnight is 24:00, a later one says that it is the next day. When the clocks change in
    between, each end has its own name: ``01:30 CDT–01:00 CST``.
    """
    start, ends = to_wall(start_at, zone), _end(start_at, end_at, zone, language)
    if _clocks_change(start_at, end_at, zone):
        before, after = zone_abbreviation(start_at, zone), zone_abbreviation(end_at, zone)
        return f"{start:%H:%M} {before}–{ends} {after}"
    return f"{start:%H:%M}–{ends}"


def _end(start_at: datetime, end_at: datetime, zone: str, language: str) -> str:
    start, end = to_wall(start_at, zone), to_wall(end_at, zone)
    days = (end.date() - start.date()).days
    if days == 1 and end.time() == time():
        return "24:00"
    if days == 1:
        return Phrase("the next day %(time)s", time=f"{end:%H:%M}").text(language)
    return f"{day_label(end.date(), language)} {end:%H:%M}" if days > 1 else f"{end:%H:%M}"


def _clocks_change(start_at: datetime, end_at: datetime, zone: str) -> bool:
    return offset_minutes(start_at, zone) != offset_minutes(end_at, zone)


def day_shift(instant: datetime, home_zone: str, away_zone: str) -> int:
    """Days the away side's date is ahead of the home side's: -1, 0 or 1, and 2 across the whole Pacific."""
    return (to_wall(instant, away_zone).date() - to_wall(instant, home_zone).date()).days


@lru_cache(maxsize=16384)
def zone_label(zone: str, instant: datetime, language: str) -> str:
    """``자카르타 WIB (UTC+7)``; where the zone has no short name, ``카트만두 (UTC+5:45)``."""
    city, short = zone_city(zone, language), zone_abbreviation(instant, zone)
    distance = utc_distance(in_zone(instant, zone))
    return f"{city} ({distance})" if short == distance else f"{city} {short} ({distance})"


@dataclass(frozen=True, kw_only=True)
class DayText:
    """A date as a fact of a Phrase."""

    on: date

    def text(self, language: str) -> str:
        return full_day_label(self.on, language)


@dataclass(frozen=True, kw_only=True)
class MomentText:
    """A moment in one zone as a fact of a Phrase."""

    start_at: datetime
    end_at: datetime | None = None
    zone: str

    def text(self, language: str) -> str:
        return moment_line(self.start_at, self.end_at, self.zone, language)


@dataclass(frozen=True, kw_only=True)
class BothSidesText:
    """A moment on both sides as a fact of a Phrase."""

    start_at: datetime
    end_at: datetime | None = None
    home_zone: str
    away_zone: str

    def text(self, language: str) -> str:
        return both_sides(self.start_at, self.end_at, self.home_zone, self.away_zone, language)


def _clock_and_zone(start_at: datetime, end_at: datetime | None, zone: str, language: str) -> str:
    clock = clock_span(start_at, end_at, zone, language) if end_at else local_time(start_at, zone)
    has_names = end_at is not None and _clocks_change(start_at, end_at, zone)
    shown = clock if has_names else f"{clock} {zone_abbreviation(start_at, zone)}"
    # Without marks of direction, digits and Latin zone names change places in a right-to-left line.
    return f"\u2066{shown}\u2069" if direction(language) == "rtl" else shown


def _reads_the_same(instant: datetime, home_zone: str, away_zone: str) -> bool:
    same_distance = offset_minutes(instant, home_zone) == offset_minutes(instant, away_zone)
    same_name = zone_abbreviation(instant, home_zone) == zone_abbreviation(instant, away_zone)
    return same_distance and same_name


def _shift_words(instant: datetime, home_zone: str, away_zone: str, language: str) -> str:
    shift = day_shift(instant, home_zone, away_zone)
    if shift == 0:
        return ""
    if shift == -1:
        return Phrase("the day before").text(language)
    if shift == 1:
        return Phrase("the next day").text(language)
    return day_label(to_wall(instant, away_zone).date(), language)
