"""From the tokens of a text to hours: which days, which stretches, what is taken out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from scheduler.sheets.wall_words import DAY
from scheduler.sheets.when_words import Calendar, Sign, Token, Unclear, tokens_of
from scheduler.timezones import Hours, WallSpan, zone_abbreviation
from scheduler.timezones.holidays import holidays_between
from scheduler.wording import Phrase

Day = date | int | None
_KOREA = re.compile(r"한국|kst\b|korea|서울", re.IGNORECASE)
_HOURS_WANTED = Phrase("Write the hours as 09:00-18:00, with days before them if they differ.")
_DAYS_AND_TIMES = {Sign.DATES, Sign.WEEKDAYS, Sign.SPAN, Sign.EVERY, Sign.TIME}


@dataclass(kw_only=True)
class Clause:
    """Some days (none named: every day) and some stretches of them (none named: the whole day)."""

    dates: tuple[date, ...] = ()
    weekdays: tuple[int, ...] = ()
    spans: tuple[WallSpan, ...] = ()
    is_every: bool = False
    is_out: bool = False
    is_closed: bool = False

    @property
    def says_days(self) -> bool:
        return bool(self.dates or self.weekdays or self.is_every)

    @property
    def is_blank(self) -> bool:
        return not (self.says_days or self.spans or self.is_closed)

    @property
    def days(self) -> tuple[Day, ...]:
        return (*self.dates, *self.weekdays) or (None,)


def hours_in(text: str, zone: str, calendar: Calendar) -> Hours:
    """When somebody can, from a text such as `월-금 09:00-18:00; 6/24 오전 제외`. Raises Unclear."""
    _refuse_foreign_clock(text, zone)
    clauses = clauses_of(tokens_of(text, calendar, local_words=_names_of(zone, calendar)))
    given, out = [one for one in clauses if not one.is_out], [one for one in clauses if one.is_out]
    if not clauses:
        raise Unclear(Phrase("There are no hours in this text."), _HOURS_WANTED)
    if len(given) == 1 and given[0].is_closed and not given[0].says_days:
        raise Unclear(Phrase("“%(text)s” leaves no hours at all.", text=text), _HOURS_WANTED)
    return _taken_out(_given(given, zone), out)


def hours_without(hours: Hours, text: str, calendar: Calendar) -> Hours:
    """The hours less the times somebody cannot, from a text such as `6/24(목) 오전`. Raises Unclear."""
    _refuse_foreign_clock(text, hours.zone)
    tokens = tokens_of(text, calendar, local_words=_names_of(hours.zone, calendar))
    if [token.sign for token in tokens] == [Sign.NONE]:
        return hours
    clauses = clauses_of(tokens)
    words = {token.text for token in tokens if token.sign in (Sign.OUT, Sign.OUT_BEFORE)}
    speaks_of_can = re.search(r"(?<!불)가능|(?<!not )(?<!un)available", text.casefold())
    if (
        not clauses
        or speaks_of_can
        or words - {"불가", "불가능", "휴무", "off", "not available", "unavailable"}
    ):
        raise Unclear(
            Phrase("This column says when somebody cannot attend; “%(text)s” does not fit.", text=text),
            Phrase("Write the days and times when it is not possible, such as 6/24 09:00-12:00."),
        )
    return _taken_out(hours, clauses)


def spans_in(text: str) -> tuple[WallSpan, ...]:
    """Opening hours of one day, breaks taken out: `11:00~20:00 ※ 14:00~15:00 휴게`. Raises Unclear."""
    clauses = clauses_of(tokens_of(text, Calendar()))
    if any(one.dates or one.weekdays for one in clauses):
        raise Unclear(Phrase("The opening hours are those of every day; here are days."), _HOURS_WANTED)
    given = [span for one in clauses if not one.is_out for span in one.spans]
    out = [span for one in clauses if one.is_out for span in one.spans]
    if not given:
        raise Unclear(Phrase("There are no hours in this text."), _HOURS_WANTED)
    return tuple(piece for span in given for piece in _less(span, out))


def fair_days_in(text: str, year: int | None) -> tuple[date, ...]:
    """The days of a fair: `2027. 6. 23.(수) ~ 6. 30.(수) ※ 주말 제외`. Raises Unclear; asks about weekends."""
    tokens = tokens_of(text, Calendar(year=year))
    unfit = next((one for one in tokens if one.sign in (Sign.SPAN, Sign.TIME, Sign.NONE)), None)
    if unfit is not None:
        raise Unclear(Phrase("“%(written)s” is no day.", written=unfit.text), Phrase("Write days only."))
    days, out, has_weekends_settled = _sorted_days(tokens)
    if not days:
        raise Unclear(Phrase("There are no days in this text."), Phrase("Write 2027-06-23 ~ 2027-06-30."))
    ranged = any(token.is_range for token in tokens)
    if ranged and not has_weekends_settled and any(day.weekday() > 4 for day in days - out):
        raise Unclear(
            Phrase("“%(text)s” runs over a weekend; are Saturdays and Sundays days of the fair?", text=text),
            Phrase("Add “weekends excluded” or “weekends included”."),
            suggestions=(f"{text} ※ 주말 제외", f"{text} ※ 주말 포함"),
        )
    return tuple(sorted(days - out))


def _sorted_days(tokens: tuple[Token, ...]) -> tuple[set[date], set[date], bool]:
    """Days named, days taken out, and whether the text says something about weekends."""
    days: set[date] = set()
    out: set[date] = set()
    waiting: list[Token] = []
    is_out, settled = False, False
    for token in tokens:
        if token.sign in (Sign.DATES, Sign.WEEKDAYS, Sign.HOLIDAYS):
            waiting.append(token)
        if token.sign is Sign.OUT_BEFORE:
            days |= {day for one in waiting for day in one.dates}
            waiting, is_out = [], True
        if token.sign is Sign.OUT:
            named, first = _named_last(waiting)
            days |= {day for one in first for day in one.dates}
            out |= _days_of(named, days)
            settled = settled or any(one.sign is Sign.WEEKDAYS for one in named)
            waiting = []
        if token.sign is Sign.IN:
            settled = settled or any(one.sign is Sign.WEEKDAYS for one in waiting)
            waiting = [one for one in waiting if one.sign is Sign.DATES]
    if is_out:
        settled = settled or any(one.sign is Sign.WEEKDAYS for one in waiting)
        return days, out | _days_of(waiting, days), settled
    if any(one.sign is not Sign.DATES for one in waiting):
        raise Unclear(
            Phrase("It is not clear which days are meant."), Phrase("Write each day as 2027-06-23.")
        )
    return days | {day for one in waiting for day in one.dates}, out, settled


def _named_last(waiting: list[Token]) -> tuple[list[Token], list[Token]]:
    """What an "excluded" at the end speaks of: the weekdays and holidays before it, else the last dates."""
    named = [one for one in waiting if one.sign is not Sign.DATES]
    if named:
        return named, [one for one in waiting if one.sign is Sign.DATES]
    return waiting[-1:], waiting[:-1]


def _days_of(tokens: Iterable[Token], among: set[date]) -> set[date]:
    named: set[date] = set()
    for token in tokens:
        named |= set(token.dates) | {day for day in among if day.weekday() in token.weekdays}
        if token.sign is Sign.HOLIDAYS and among:
            named |= {day for day, _ in holidays_between(min(among), max(among), "KR")}
    return named


def clauses_of(tokens: Iterable[Token]) -> list[Clause]:
    """The tokens as clauses, in their order."""
    builder = _Builder()
    for token in _grouped(tokens):
        builder.add(token)
    return builder.finished()


def _grouped(tokens: Iterable[Token]) -> Iterator[Token | list[Token]]:
    group: list[Token] | None = None
    for token in tokens:
        if token.sign is Sign.OPEN:
            group = []
        elif token.sign is Sign.CLOSE:
            if group:
                yield group
            group = None
        elif group is not None:
            group.append(token)
        else:
            yield token
    if group:
        yield group


@dataclass
class _Builder:
    done: list[Clause] = field(default_factory=list)
    now: Clause = field(default_factory=Clause)
    carried: Clause | None = None
    is_next_out: bool = False
    is_attached: bool = False

    def add(self, token: Token | list[Token]) -> None:
        if isinstance(token, list):
            self._add_group(token)
            return
        match token.sign:
            case Sign.DATES | Sign.WEEKDAYS | Sign.EVERY:
                self._days(token)
            case Sign.REST:
                self._flush()
                self.now.is_every = True
            case Sign.SPAN if token.span is not None:
                self._span(token.span)
            case Sign.NONE:
                self.now.is_closed = True
            case Sign.OUT:
                self._out()
            case Sign.OUT_BEFORE:
                self._flush()
                self.is_next_out = True
            case _:
                self._part(token)

    def _part(self, token: Token) -> None:
        if token.sign is Sign.COMMA:
            self._comma()
        elif token.sign is Sign.STOP:
            self._flush()
        elif token.sign is Sign.TIME:
            raise _one_time_only(token.text)
        else:
            raise Unclear(Phrase("“%(written)s” is not understood.", written=token.text), _HOURS_WANTED)

    def finished(self) -> list[Clause]:
        self._flush()
        self._refuse_days_after_all()
        return self.done

    def _refuse_days_after_all(self) -> None:
        """`09:00~18:00, 6/24`: are these the hours of that day, or is that whole day free besides?"""
        given = [one for one in self.done if not one.is_out]
        for before, after in pairwise(given):
            is_for_all = before.spans and before.spans != (DAY,) and not before.says_days
            if is_for_all and (after.dates or after.weekdays) and not after.spans and not after.is_closed:
                raise Unclear(Phrase("It is not clear which times the days after them have."), _HOURS_WANTED)

    def _add_group(self, group: list[Token]) -> None:
        signs = {token.sign for token in group}
        if signs <= {Sign.DATES, Sign.WEEKDAYS, Sign.COMMA, Sign.EVERY} or signs <= {Sign.SPAN, Sign.COMMA}:
            if Sign.SPAN in signs and self.now.spans:
                raise _side_by_side()
            self.is_attached = True
            for token in group:
                if token.sign is not Sign.COMMA:
                    self.add(token)
            self.is_attached = False
            return
        if not signs & _DAYS_AND_TIMES:
            for token in group:
                self.add(token)
            return
        around = self.now if self.now.says_days else None
        self._flush()
        for clause in clauses_of(group):
            if around is not None and not clause.says_days:
                clause.dates, clause.weekdays = around.dates, around.weekdays
            self.done.append(clause)

    def _days(self, token: Token) -> None:
        now = self.now
        if now.spans and not self.is_attached:
            if not now.says_days:
                raise Unclear(
                    Phrase(
                        "It is not clear whether the times before “%(day)s” are meant for it.", day=token.text
                    ),
                    Phrase("Put the days before the times: 6/24 09:00-12:00."),
                )
            self._flush()
            now = self.now
        self.carried = None
        now.dates += token.dates
        now.weekdays += tuple(day for day in token.weekdays if day not in now.weekdays)
        now.is_every = now.is_every or token.sign is Sign.EVERY

    def _span(self, span: WallSpan) -> None:
        if self.now.spans and not self.is_attached:
            raise _side_by_side()
        if self.carried is not None and not self.now.says_days:
            carried = self.carried
            self.now.dates, self.now.weekdays, self.now.is_every = (
                carried.dates,
                carried.weekdays,
                carried.is_every,
            )
        self.now.spans += (span,)

    def _out(self) -> None:
        if self.now.is_blank:
            if self.is_next_out or not self.done or self.carried is None:
                self.is_next_out = True
            return
        self.now.is_out = True
        self._flush()

    def _comma(self) -> None:
        if self.now.spans or self.now.is_closed:
            carried = self.now
            self._flush()
            self.carried = carried

    def _flush(self) -> None:
        if not self.now.is_blank:
            self.now.is_out = self.now.is_out or self.is_next_out
            self.done.append(self.now)
            self.is_next_out = False
        self.now, self.carried = Clause(), None


def _side_by_side() -> Unclear:
    return Unclear(Phrase("Two stretches of time stand side by side without a comma."), _HOURS_WANTED)


def _one_time_only(written: str) -> Unclear:
    return Unclear(
        Phrase("“%(written)s” is one time only; from when until when?", written=written.strip()),
        _HOURS_WANTED,
    )


def _given(clauses: list[Clause], zone: str) -> Hours:
    weekly: dict[int, tuple[WallSpan, ...]] = {}
    every: tuple[WallSpan, ...] | None = None
    dated: dict[date, tuple[WallSpan, ...]] = {}
    for clause in clauses:
        spans = () if clause.is_closed else clause.spans or (DAY,)
        for on in clause.dates:
            dated[on] = dated.get(on, ()) + spans
        for weekday in clause.weekdays:
            weekly[weekday] = weekly.get(weekday, ()) + spans
        if not clause.dates and not clause.weekdays:
            every = (every or ()) + spans
    if every is None and not weekly and not any(dated.values()):
        # Nothing but exceptions: the other days are as usual, the whole day.
        every = (DAY,)
    hours = Hours(zone, tuple(weekly.get(day, every or ()) for day in range(7)))
    for on, spans in dated.items():
        hours = hours.with_dated(on, spans)
    return hours


def _taken_out(hours: Hours, clauses: list[Clause]) -> Hours:
    for clause in clauses:
        for day in clause.days:
            for span in clause.spans or (DAY,):
                hours = hours.without(day, span)
    return hours


def _less(span: WallSpan, out: list[WallSpan]) -> Iterator[WallSpan]:
    start = span.start_minute
    for cut in sorted(out):
        if cut.end_minute <= start or cut.start_minute >= span.end_minute:
            continue
        if cut.start_minute > start:
            yield WallSpan(start, cut.start_minute)
        start = max(start, cut.end_minute)
    if start < span.end_minute:
        yield WallSpan(start, span.end_minute)


def _refuse_foreign_clock(text: str, zone: str) -> None:
    if zone != "Asia/Seoul" and _KOREA.search(text):
        raise Unclear(
            Phrase("These hours speak of Korean time, where the person's own local time is wanted."),
            Phrase("Write the hours in local time."),
        )


def _names_of(zone: str, calendar: Calendar) -> tuple[str, ...]:
    """Short names the zone goes by on the days of the fair: `WIB`."""
    noons = [
        Hours.every_day(zone, (DAY,)).intervals(on, on)[0][0] for on in calendar.days[:1] + calendar.days[-1:]
    ]
    return tuple(dict.fromkeys(zone_abbreviation(at, zone) for at in noons))
