"""Stretches of wall time as people write them: `9시-18시`, `오전 9시 ~ 오후 5시`, `5pm-8pm`, `17:00 이후`."""

import re

from scheduler.timezones import WallSpan

_HALF_DAY, _DAY_MINUTES = 12 * 60, 24 * 60
DAY = WallSpan(0, _DAY_MINUTES)
_MARK = r"오전|오후|아침|낮|저녁|밤|새벽|am|pm|a\.m\.|p\.m\."
_BEFORE_NOON = frozenset({"오전", "아침", "새벽", "am", "a.m."})


def _clock(name: str, *, unit: str) -> str:
    return (
        rf"(?:(?P<{name}m>{_MARK})\s*)?"
        rf"(?:(?P<{name}w>정오|자정|noon|midnight)|(?P<{name}h>\d{{1,2}})"
        rf"(?:\s*:\s*(?P<{name}n>\d{{2}})(?::00)?|\s*시\s*(?:(?P<{name}k>\d{{1,2}})\s*분|(?P<{name}b>반))?){unit}"
        rf"(?:\s*(?P<{name}s>am|pm|a\.m\.|p\.m\.)(?![a-z]))?)(?:\s*시(?!간))?"
    )


_TO = r"\s*(?:~|-|–|—|부터|에서|to\b|until\b|till\b)\s*"
# A bare number ("9-18시", "5-8pm") is a time only beside another that bears a unit, or where both stand alone.
SPAN = re.compile(
    rf"{_clock('a', unit='?')}{_TO}{_clock('z', unit='?')}(?:\s*까지)?(?!\d|/\d{{1,2}}(?!\d|\s*[:시]))"
    rf"|(?:~|until|till|before|by)\s*{_clock('u', unit='')}(?:\s*까지)?"
    rf"|(?:after|from|since)\s*{_clock('f', unit='')}(?!\s*(?:~|-|to))"
    rf"|{_clock('v', unit='')}\s*(?P<until>까지|이전|전(?!일))"
    rf"|{_clock('g', unit='')}\s*(?P<since>이후부터|이후|부터|후|~(?!\s*\d)|after|onwards?|and later)"
    r"|(?P<half>오전|오후|morning|afternoon|am\b|pm\b)(?:\s*(?:중|내내|전체))?(?!\s*\d)"
)
_LONE = re.compile(_clock("x", unit=""))


def span_in(found: re.Match[str]) -> WallSpan:
    """The stretch a match of SPAN means. ValueError when it means two things or none; args: texts to choose from."""
    if found["half"]:
        is_morning = found["half"] in ("오전", "morning", "am")
        return WallSpan(0, _HALF_DAY) if is_morning else WallSpan(_HALF_DAY, _DAY_MINUTES)
    for name in ("u", "v"):
        if _is_there(found, name):
            return _span(0, _minutes(found, name))
    for name in ("f", "g"):
        if _is_there(found, name):
            return _span(_minutes(found, name), _DAY_MINUTES)
    return _between(found)


def lone_time(line: str, at: int) -> int | None:
    """Where a single time ends that begins at `at`; it says neither from nor until."""
    found = _LONE.match(line, at)
    return found.end() if found else None


def _between(found: re.Match[str]) -> WallSpan:
    first_mark, last_mark = _mark(found, "a"), _mark(found, "z")
    if first_mark is None and last_mark is None:
        return _unmarked(found)
    end = _minutes(found, "z", last_mark)
    start = _minutes(found, "a", first_mark)
    if first_mark is None and _hour(found, "a") <= 12 and not found["aw"]:
        # "5-8pm" is in the evening, "9-5pm" begins in the morning.
        same = _minutes(found, "a", last_mark)
        start = same if same < end else _minutes(found, "a", "am")
    if last_mark is None and _hour(found, "z") < 12 and not found["zw"]:
        # "오후 2시~5시" stays in the afternoon; "오전 9시~6시" does not say.
        end = _minutes(found, "z", first_mark)
        if end <= start:
            raise ValueError(*_choices(start, end + _HALF_DAY))
    return _span(start, end)


def _unmarked(found: re.Match[str]) -> WallSpan:
    start, end = _minutes(found, "a"), _minutes(found, "z")
    is_counted_to_24 = (found["ah"] or "").startswith("0") or start == 0 or max(start, end) > 12 * 60 + 59
    if not is_counted_to_24 and (end <= start or start < 7 * 60):
        shifted = start + (_HALF_DAY if start < 7 * 60 else 0)
        raise ValueError(*_choices(shifted, end + _HALF_DAY), *(_choices(start, end) if start < end else ()))
    if end < start and start >= _HALF_DAY:
        end += _DAY_MINUTES
    return _span(start, end)


def _choices(start: int, end: int) -> tuple[str, ...]:
    return (WallSpan(start, end).text(),) if 0 <= start < end <= 2 * _DAY_MINUTES else ()


def _span(start: int, end: int) -> WallSpan:
    if not 0 <= start < end <= 2 * _DAY_MINUTES:
        raise ValueError
    return WallSpan(start, end)


def _is_there(found: re.Match[str], name: str) -> bool:
    return found[f"{name}h"] is not None or found[f"{name}w"] is not None


def _mark(found: re.Match[str], name: str) -> str | None:
    written = found[f"{name}m"] or found[f"{name}s"]
    if written is None:
        return None
    return "am" if written in _BEFORE_NOON else "pm"


def _hour(found: re.Match[str], name: str) -> int:
    return int(found[f"{name}h"] or 0)


def _minutes(found: re.Match[str], name: str, mark: str | None = None) -> int:
    word = found[f"{name}w"]
    if word:
        return _HALF_DAY if word in ("정오", "noon") else (0 if name in "afg" else _DAY_MINUTES)
    hour = _hour(found, name)
    minute = 30 if found[f"{name}b"] else int(found[f"{name}n"] or found[f"{name}k"] or 0)
    mark = mark or _mark(found, name)
    if minute > 59 or hour > 48 or (mark and hour > 12 and mark == "am"):
        raise ValueError
    if mark and hour <= 12:
        hour = hour % 12 + (12 if mark == "pm" else 0)
    return hour * 60 + minute
