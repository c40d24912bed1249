"""Texts about days and times, cut into tokens: `6/24(목) 오전`, `매주 월요일`, `9시-18시`, `5pm-8pm`.

Nothing is passed over: whatever is not known raises Unclear, and the caller asks.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

from scheduler.sheets.wall_words import DAY, SPAN, lone_time, span_in
from scheduler.timezones import WallSpan
from scheduler.wording import Phrase, Sayable

_MAX_RANGE_DAYS = 400


class Unclear(Exception):
    """A text that has no one meaning: what is wrong, what would be right, and texts that would do instead.

    With `part`, the suggestions stand for that part of the text; `whole` puts them into it.
    """

    def __init__(
        self,
        wrong: Sayable,
        right: Sayable | None = None,
        *,
        suggestions: tuple[str, ...] = (),
        part: str = "",
    ) -> None:
        super().__init__(wrong)
        self.wrong, self.right, self.suggestions, self.part = wrong, right, suggestions, part

    def whole(self, line: str) -> "Unclear":
        fitted = tuple(line.replace(self.part, one) if self.part else one for one in self.suggestions)
        return Unclear(self.wrong, self.right, suggestions=fitted)


class Sign(Enum):
    DATES = auto()
    WEEKDAYS = auto()
    EVERY = auto()
    REST = auto()
    SPAN = auto()
    TIME = auto()
    OUT = auto()
    OUT_BEFORE = auto()
    IN = auto()
    HOLIDAYS = auto()
    NONE = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()
    STOP = auto()


@dataclass(frozen=True, kw_only=True)
class Token:
    sign: Sign
    dates: tuple[date, ...] = ()
    weekdays: tuple[int, ...] = ()
    span: WallSpan | None = None
    text: str = ""
    is_range: bool = False


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What a date without a year is read by: the fair's days, else the year the workbook names."""

    days: tuple[date, ...] = ()
    year: int | None = None

    def resolve(self, year: int | None, month: int, day: int, written: str) -> date:
        known: list[int | None] = [*sorted({on.year for on in self.days})] or [self.year]
        years = [year] if year else known
        found = [on for one in years if one and (on := _date(one, month, day))]
        if not found and years == [None]:
            raise Unclear(
                Phrase("“%(written)s” has no year.", written=written),
                Phrase("Write the dates with the year, such as 2027-06-23."),
            )
        if not found:
            raise Unclear(Phrase("There is no such date: %(written)s.", written=written))
        inside = [on for on in found if on in self.days]
        if year is None and self.days and not inside:
            self._refuse_far(found[0], written)
        return (inside or found)[0]

    def _refuse_far(self, on: date, written: str) -> None:
        margin = timedelta(days=7)
        if not self.days[0] - margin <= on <= self.days[-1] + margin:
            raise Unclear(
                Phrase("“%(written)s” lies outside the days of the fair.", written=written),
                Phrase("Write a day of the fair, or the date with its year."),
            )


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_WEEKDAY_NAMES = {name: number for number, name in enumerate("월화수목금토일")} | {
    name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
}
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_EN_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_WD = rf"(?:\s*\(\s*(?P<wd>[월화수목금토일]|{_EN_DAY})\s*(?:요일)?\s*\))?"
_FULL = rf"(?P<y>\d{{4}})\s*[-./년]\s*(?P<m>\d{{1,2}})\s*[-./월]\s*(?P<d>\d{{1,2}})\s*[.일]?{_WD}"
_SHORT = rf"(?P<m>\d{{1,2}})\s*[/.월]\s*(?P<d>\d{{1,2}})(?!\d|\s*[:시])\s*(?:일(?!\s*[0-9]+\s*건)|\.)?{_WD}"
_EN_MONTH = r"(?P<mn>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_EN_1 = rf"{_EN_MONTH}\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|\s*[:ap])(?:,?\s*(?P<y>\d{{4}}))?{_WD}"
_EN_2 = rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*{_EN_MONTH}(?:,?\s*(?P<y>\d{{4}}))?{_WD}"
_DATE_FORMS = tuple(re.compile(form) for form in (_FULL, _SHORT, _EN_1, _EN_2))
_NEXT_DAY = re.compile(rf"(?P<d>\d{{1,2}})\s*일?(?!\d|\s*[:시.~/월]|\s*(?:am|pm)|\s*분|\s*-)\s*{_WD}")
_DAY_ONLY = re.compile(rf"(?:(?P<first>\d{{1,2}})\s*일?\s*[~-]\s*)?(?P<d>\d{{1,2}})\s*일{_WD}")
_TO = re.compile(r"\s*(?:~|–|—|-|부터|to\b|until\b|through\b)\s*")
_UNTIL = re.compile(r"\s*까지")
_WEEKDAY_RUN = re.compile(
    rf"(?:매주|every|each|on)?\s*(?P<first>[월화수목금토일](?![0-9가-힣])(?:요일)?|[월화수목금토일]요일|{_EN_DAY})"
    rf"(?:\s*(?:~|-|–|to|부터)\s*(?P<last>[월화수목금토일]요일|[월화수목금토일](?![0-9가-힣])|{_EN_DAY}))?\s*(?:까지|마다)?"
)
_WORDS: tuple[tuple[re.Pattern[str], Sign, tuple[int, ...]], ...] = tuple(
    (re.compile(pattern), sign, weekdays)
    for pattern, sign, weekdays in (
        (r"평일|주중|weekdays?|working days|business days", Sign.WEEKDAYS, (0, 1, 2, 3, 4)),
        (r"(?:매주\s*)?주말|토\s*[·,]?\s*일요일|weekends?", Sign.WEEKDAYS, (5, 6)),
        (r"(?:법정\s*)?공휴일|휴일|(?:public |bank )?holidays?", Sign.HOLIDAYS, ()),
        (r"매일|전체\s*기간|전\s*기간|기간\s*중|every ?day|daily|all days|all dates", Sign.EVERY, ()),
        (r"그\s*외|그외|이외|나머지|기타\s*일자|the rest|other days|otherwise|rest", Sign.REST, ()),
        (
            r"제외|빼고|불가능|불가|휴무|휴게|휴식|점심(?:시간)?|중식|off\b|lunch(?: break)?|break",
            Sign.OUT,
            (),
        ),
        (r"not available|unavailable|excluded", Sign.OUT, ()),
        (r"except(?: for)?|excluding|without|but not", Sign.OUT_BEFORE, ()),
        (r"포함|included|including", Sign.IN, ()),
        (r"해당\s*없음|없음|무관|none|n/a|closed|nothing", Sign.NONE, ()),
        (r"[,、·]|및|그리고|and\b|&", Sign.COMMA, ()),
        (r"[;\n※*/|]", Sign.STOP, ()),
        (r"[(\[]", Sign.OPEN, ()),
        (r"[)\]]", Sign.CLOSE, ()),
    )
)
_FILLER = re.compile(
    r"[\s.:]+|상담|가능|참석|참여|시간대|시간|시각|현지|기준|한국|서울|하루|까지|에는|에|은|는|만|의|중"
    r"|local|time|available|only|hours?|hrs|from|at|on|korean?|korea|kst|the\b"
)
_WHOLE = re.compile(
    r"전일|종일|하루\s*종일|온종일|상시|언제든지|언제나|언제든|(?:상담회|행사|운영)\s*시간"
    r"|all day|whole day|full day|any ?time|always|fair'?s? hours|24 ?h(?:ours)?"
)


def tokens_of(text: str, calendar: Calendar, *, local_words: tuple[str, ...] = ()) -> tuple[Token, ...]:
    """The tokens of a text in order. `local_words` are names of the reader's own zone (WIB), passed over."""
    line = unicodedata.normalize("NFKC", text).casefold().replace("∼", "~").replace("〜", "~").strip()
    try:
        return tuple(_scan(line, calendar, local_words))
    except Unclear as unclear:
        raise unclear.whole(line) from None


def _scan(line: str, calendar: Calendar, local_words: tuple[str, ...]) -> Iterator[Token]:
    at, last = 0, None
    while at < len(line):
        found = next((one for read in _READERS if (one := read(line, at, calendar, last))), None)
        if found is not None:
            token, at = found
            last = token if token.sign is not Sign.COMMA else last
            yield token
            continue
        passed = _passed_over(line, at, local_words)
        if passed == at:
            raise Unclear(Phrase("“%(written)s” is not understood.", written=_word_at(line, at)))
        at = passed


def _passed_over(line: str, at: int, local_words: tuple[str, ...]) -> int:
    for word in local_words:
        if line.startswith(word.casefold(), at):
            return at + len(word)
    found = _FILLER.match(line, at)
    return found.end() if found else at


def _word_at(line: str, at: int) -> str:
    return re.split(r"[\s,;()]", line[at:], maxsplit=1)[0] or line[at]


Found = tuple[Token, int] | None


def _dates(line: str, at: int, calendar: Calendar, last: Token | None) -> Found:
    first = _one_date(line, at, calendar)
    if first is None:
        return _next_day(line, at, calendar, last)
    on, end = first
    to = _TO.match(line, end)
    if to is None:
        return Token(sign=Sign.DATES, dates=(on,), text=line[at:end]), end
    until = _one_date(line, to.end(), calendar, after=on) or _day_of_month(line, to.end(), on, calendar)
    if until is None:
        return Token(sign=Sign.DATES, dates=(on,), text=line[at:end]), end
    closed = _UNTIL.match(line, until[1])
    stop = closed.end() if closed else until[1]
    return Token(
        sign=Sign.DATES, dates=_range(on, until[0], line[at:stop]), text=line[at:stop], is_range=True
    ), stop


def _one_date(line: str, at: int, calendar: Calendar, after: date | None = None) -> tuple[date, int] | None:
    found = next((match for form in _DATE_FORMS if (match := form.match(line, at))), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = int(parts["m"]) if parts.get("m") else _MONTHS[parts["mn"]]
    year = int(parts["y"]) if parts.get("y") else None
    if year is None and after is not None:
        year = after.year + (month < after.month)
    on = calendar.resolve(year, month, int(parts["d"]), found[0].strip())
    _check_weekday(on, parts["wd"], found[0].strip(), calendar)
    return on, found.end()


def _day_of_month(line: str, at: int, first: date, calendar: Calendar) -> tuple[date, int] | None:
    found = _NEXT_DAY.match(line, at)
    on = _date(first.year, first.month, int(found["d"])) if found else None
    if found is None or on is None:
        return None
    _check_weekday(on, found["wd"], found[0].strip(), calendar)
    return on, found.end()


def _next_day(line: str, at: int, calendar: Calendar, last: Token | None) -> Found:
    # "6/28, 29, 30": a bare number goes on with the month of the date before it.
    if last is None or last.sign is not Sign.DATES or line[:at].rstrip()[-1:] not in ",·":
        return None
    found = _day_of_month(line, at, last.dates[-1], calendar)
    return (Token(sign=Sign.DATES, dates=(found[0],), text=line[at : found[1]]), found[1]) if found else None


def _days_of_the_month(line: str, at: int, calendar: Calendar, _: Token | None) -> Found:
    """`24일`, `23~25일`: the month is that of the only such days of the fair."""
    found = _DAY_ONLY.match(line, at)
    if found is None:
        return None
    first, last = (
        [on for on in calendar.days if on.day == int(number)]
        for number in (found["first"] or found["d"], found["d"])
    )
    if len(first) != 1 or len(last) != 1:
        raise Unclear(
            Phrase("“%(written)s” lies outside the days of the fair.", written=found[0].strip()),
            Phrase("Write a day of the fair, or the date with its year."),
        )
    _check_weekday(last[0], found["wd"], found[0].strip(), calendar)
    dates = _range(first[0], last[0], found[0])
    return Token(sign=Sign.DATES, dates=dates, text=found[0], is_range=len(dates) > 1), found.end()


def _range(first: date, last: date, written: str) -> tuple[date, ...]:
    if not first <= last <= first + timedelta(days=_MAX_RANGE_DAYS):
        raise Unclear(
            Phrase("“%(written)s” ends before it begins, or is too long.", written=written),
            Phrase("Write the first day and then the last."),
        )
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def _check_weekday(on: date, written: str | None, text: str, calendar: Calendar) -> None:
    if not written or on.weekday() == _weekday(written):
        return
    others = [day for day in calendar.days if day.weekday() == _weekday(written)]
    raise Unclear(
        Phrase("“%(written)s” contradicts itself: that date is another weekday.", written=text),
        Phrase("Say which is meant, the date or the weekday."),
        suggestions=tuple(day.isoformat() for day in (on, *others)),
        part=text,
    )


def _weekday(name: str) -> int:
    return _WEEKDAY_NAMES[name[:3] if name[0].isascii() else name[0]]


def _weekdays(line: str, at: int, _: Calendar, __: Token | None) -> Found:
    found = _WEEKDAY_RUN.match(line, at)
    if found is None:
        return None
    first = _weekday(found["first"])
    last = _weekday(found["last"]) if found["last"] else first
    run = tuple((first + step) % 7 for step in range((last - first) % 7 + 1))
    return Token(sign=Sign.WEEKDAYS, weekdays=run, text=found[0]), found.end()


def _spans(line: str, at: int, calendar: Calendar, _: Token | None) -> Found:
    whole = _WHOLE.match(line, at)
    if whole:
        return Token(sign=Sign.SPAN, span=DAY, text=whole[0]), whole.end()
    found = SPAN.match(line, at)
    if found:
        _refuse_date_in_disguise(found[0].strip(), calendar)
        try:
            span = span_in(found)
        except ValueError as odd:
            raise _odd_span(found[0].strip(), odd) from None
        return Token(sign=Sign.SPAN, span=span, text=found[0]), found.end()
    time = lone_time(line, at)
    return (Token(sign=Sign.TIME, text=line[at:time]), time) if time else None


def _refuse_date_in_disguise(written: str, calendar: Calendar) -> None:
    """`6-23` is from six to eleven at night, unless the fair is on 23 June; then nobody can say."""
    bare = re.fullmatch(r"(\d{1,2})\s*-\s*(\d{1,2})", written)
    day = next(
        (on for on in calendar.days if bare and (on.month, on.day) == (int(bare[1]), int(bare[2]))), None
    )
    if bare is not None and day is not None:
        raise Unclear(
            Phrase("“%(written)s” can mean two things, or nothing.", written=written),
            Phrase("Write the hours as 09:00-18:00, counted to 24."),
            suggestions=(day.isoformat(), f"{int(bare[1]):02}:00-{int(bare[2]):02}:00"),
            part=written,
        )


def _odd_span(written: str, odd: ValueError) -> Unclear:
    return Unclear(
        Phrase("“%(written)s” can mean two things, or nothing.", written=written),
        Phrase("Write the hours as 09:00-18:00, counted to 24."),
        suggestions=tuple(map(str, odd.args)),
        part=written,
    )


def _marks(line: str, at: int, _: Calendar, __: Token | None) -> Found:
    for pattern, sign, weekdays in _WORDS:
        found = pattern.match(line, at)
        if found:
            return Token(sign=sign, weekdays=weekdays, text=found[0]), found.end()
    return None


_READERS: tuple[Callable[[str, int, Calendar, Token | None], Found], ...] = (
    _dates,
    _days_of_the_month,
    _spans,
    _weekdays,
    _marks,
)
