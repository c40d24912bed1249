"""Wall time in a zone <-> the instant it names.

Instants are aware datetimes in UTC. A wall time is a naive datetime and means nothing without its
zone, an IANA name such as ``"Asia/Seoul"``. The rules come from pytz alone: the system's and other
packages' tables can be of another year.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import pytz

from scheduler.timezones.errors import (
    NaiveTime,
    RepeatedTime,
    SkippedTime,
    TimeOutOfRange,
    UnknownZone,
    UnreadableTime,
)

# pytz lists each change of the clocks one by one, and its lists end with 2037. Later summers would
# silently be an hour wrong.
FIRST_YEAR, LAST_YEAR = 1970, 2037
_DAY = timedelta(days=1)
_WRITTEN = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})")


def to_utc(wall: datetime, zone: str) -> datetime:
    """The instant that ``wall`` names in ``zone``.

    Raises SkippedTime or RepeatedTime when it names none or two, UnknownZone, TimeOutOfRange.
    """
    rules = zone_rules(zone)
    _refuse_other_than_wall(wall)
    try:
        return rules.localize(wall.replace(fold=0), is_dst=None).astimezone(UTC)
    except pytz.NonExistentTimeError:
        raise _skipped(wall, zone) from None
    except pytz.AmbiguousTimeError:
        first, second = instants_of(wall, zone)
        raise RepeatedTime(wall, zone, first, second) from None


def instants_of(wall: datetime, zone: str) -> tuple[datetime, ...]:
    """All instants at which the clocks of ``zone`` show ``wall``: none, one or two, earliest first."""
    rules = zone_rules(zone)
    _refuse_other_than_wall(wall)
    as_if_utc = wall.replace(tzinfo=UTC, fold=0)
    offsets = {_offset(as_if_utc - _DAY, rules), _offset(as_if_utc + _DAY, rules)}
    candidates = sorted(as_if_utc - offset for offset in offsets)
    return tuple(at for at in candidates if at.astimezone(rules).replace(tzinfo=None) == wall)


def begin_of_day(day: date, zone: str) -> datetime:
    """The first instant of a day: not midnight where the clocks skip it, and the first of two where they repeat it."""
    walls = (datetime.combine(day, time()) + timedelta(minutes=15 * quarters) for quarters in range(192))
    return next(found[0] for wall in walls if (found := instants_of(wall, zone)))


def to_wall(instant: datetime, zone: str) -> datetime:
    """What the clocks of ``zone`` show at ``instant``, naive."""
    return in_zone(instant, zone).replace(tzinfo=None, fold=0)


def in_zone(instant: datetime, zone: str) -> datetime:
    """The same instant, aware, in ``zone``. For showing only: arithmetic is done in UTC."""
    return as_utc(instant).astimezone(zone_rules(zone))


def as_utc(instant: datetime) -> datetime:
    """The instant in UTC. A naive time is refused (NaiveTime): it is no instant."""
    # What comes from the database, by the thousand for one page.
    if instant.tzinfo is UTC and FIRST_YEAR <= instant.year <= LAST_YEAR:
        return instant
    if instant.utcoffset() is None:
        raise NaiveTime(instant)
    # A wall time of New Year's Eve may lie in the next year of UTC, so one year more is let through.
    if not FIRST_YEAR - 1 <= instant.year <= LAST_YEAR + 1:
        raise TimeOutOfRange(instant, FIRST_YEAR, LAST_YEAR)
    return instant.astimezone(UTC)


def offset_minutes(instant: datetime, zone: str) -> int:
    """How far ``zone`` is ahead of UTC at ``instant``, in minutes; negative west of Greenwich."""
    return _offset(as_utc(instant), zone_rules(zone)) // timedelta(minutes=1)


def parse_wall(written: str) -> datetime:
    """``2026-09-15 08:00`` or ``2026-09-15T08:00`` as wall time; anything else is UnreadableTime."""
    found = _WRITTEN.fullmatch(written.strip())
    if not found:
        raise UnreadableTime(written)
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except ValueError:
        raise UnreadableTime(written) from None


def zone_rules_version() -> str:
    """The edition of the IANA rules in use, such as ``2026f``: kept beside every time promised."""
    return str(pytz.OLSON_VERSION)  # type: ignore[attr-defined]  # missing in the stubs


@lru_cache(maxsize=1024)
def is_zone(zone: str) -> bool:
    """Whether ``zone`` is a full IANA name in its exact spelling."""
    return zone in pytz.all_timezones_set


@lru_cache(maxsize=1024)
def zone_rules(zone: str) -> pytz.BaseTzInfo:
    """pytz's rules of one zone, for this package alone: everybody else goes by the zone's name."""
    if not is_zone(zone):
        raise UnknownZone(zone)
    return pytz.timezone(zone)


def _refuse_other_than_wall(wall: datetime) -> None:
    if wall.tzinfo is not None:
        raise ValueError(f"a wall time carries no zone of its own: {wall!r}")
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise TimeOutOfRange(wall, FIRST_YEAR, LAST_YEAR)


def _offset(instant: datetime, rules: tzinfo) -> timedelta:
    return instant.astimezone(rules).utcoffset() or timedelta()


def _skipped(wall: datetime, zone: str) -> SkippedTime:
    rules = zone_rules(zone)
    as_if_utc = wall.replace(tzinfo=UTC, fold=0)
    jump_at = _change_between(as_if_utc - _DAY, as_if_utc + _DAY, rules)
    before = _offset(jump_at - timedelta(seconds=1), rules)
    after = _offset(jump_at, rules)
    naive = jump_at.replace(tzinfo=None)
    return SkippedTime(wall, zone, naive + before, naive + after, jump_at)


def _change_between(earlier: datetime, later: datetime, rules: tzinfo) -> datetime:
    """The first second of the new offset, by halving: two days hold no more than one change."""
    old = _offset(earlier, rules)
    while later - earlier > timedelta(seconds=1):
        middle = earlier + timedelta(seconds=(later - earlier) // timedelta(seconds=2))
        if _offset(middle, rules) == old:
            earlier = middle
        else:
            later = middle
    return later
