"""Hours as one line that a person reads."""

from datetime import date
from itertools import groupby

from scheduler.timezones.names import day_label, weekday_name, zone_city
from scheduler.timezones.span import DAY_MINUTES, WallSpan, clock_of
from scheduler.wording import Phrase

Spans = tuple[WallSpan, ...]
Day = date | int | None


def line(
    zone: str,
    weekly: tuple[Spans, ...],
    dated: tuple[tuple[date, Spans], ...],
    away: tuple[tuple[Day, WallSpan], ...],
    language: str,
) -> str:
    """``월–금 09:00–18:00 · 6.25(목) 없음 · 매일 12:00–13:00 제외 (서울 시각)``"""
    parts = _weekly_parts(weekly, language)
    parts += [f"{day_label(on, language)} {_spans_text(spans, language)}" for on, spans in dated]
    parts += [_away_text(day, span, language) for day, span in away]
    return Phrase("%(hours)s (%(city)s time)", hours=" · ".join(parts), city=zone_city(zone, language)).text(
        language
    )


def _weekly_parts(weekly: tuple[Spans, ...], language: str) -> list[str]:
    if not any(weekly):
        return [Phrase("no weekly hours").text(language)]
    runs = [(spans, [day for day, _ in run]) for spans, run in groupby(enumerate(weekly), key=lambda p: p[1])]
    return [f"{_run_text(days, language)} {_spans_text(spans, language)}" for spans, days in runs if spans]


def _run_text(days: list[int], language: str) -> str:
    if len(days) == 7:
        return Phrase("every day").text(language)
    first, last = weekday_name(days[0], language), weekday_name(days[-1], language)
    if len(days) == 1:
        return first
    return f"{first}–{last}" if len(days) > 2 else f"{first}, {last}"


def _spans_text(spans: Spans, language: str) -> str:
    if not spans:
        return Phrase("closed that day").text(language)
    return ", ".join(_span_text(span, language) for span in spans)


def _span_text(span: WallSpan, language: str) -> str:
    if (span.start_minute, span.end_minute) == (0, DAY_MINUTES):
        return Phrase("all day").text(language)
    start, end = clock_of(span.start_minute % DAY_MINUTES), span.end_minute
    if span.start_minute >= DAY_MINUTES:
        start = Phrase("the next day %(time)s", time=start).text(language)
        return f"{start}–{clock_of(end - DAY_MINUTES)}"
    if end <= DAY_MINUTES:
        return f"{start}–{clock_of(end)}"
    return f"{start}–" + Phrase("the next day %(time)s", time=clock_of(end - DAY_MINUTES)).text(language)


def _away_text(day: Day, span: WallSpan, language: str) -> str:
    if day is None:
        when = Phrase("every day").text(language)
    else:
        when = weekday_name(day, language) if isinstance(day, int) else day_label(day, language)
    return Phrase("except %(day)s %(time)s", day=when, time=_span_text(span, language)).text(language)
