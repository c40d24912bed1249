"""Hours, days, languages and marks as texts that the reader takes back for the same thing."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from scheduler.booking.match import Priority
from scheduler.booking.people import LanguagePair
from scheduler.sheets.languages import language_name, pair_name
from scheduler.timezones import Hours, WallSpan

WEEKDAYS = {
    "ko": ("월", "화", "수", "목", "금", "토", "일"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_WORDS = {
    "ko": {
        "every": "매일",
        "none": "없음",
        "room": "상담실",
        "own_office": "자사",
        "yes": "예",
        "no": "아니오",
        "no_interpreter": "통역 불요",
    },
    "en": {
        "every": "every day",
        "none": "none",
        "room": "room",
        "own_office": "own office",
        "yes": "yes",
        "no": "no",
        "no_interpreter": "no interpreter",
    },
}
PRIORITY_WORDS: dict[str, dict[Priority, str]] = {
    "ko": {
        Priority.MUST: "◎ 필수",
        Priority.WANTED: "○ 희망",
        Priority.IF_TIME_ALLOWS: "△ 시간되면",
        Priority.NEVER: "× 불가",
    },
    "en": {
        Priority.MUST: "◎ must",
        Priority.WANTED: "○ wanted",
        Priority.IF_TIME_ALLOWS: "△ if time allows",
        Priority.NEVER: "× never",
    },
}


def word(name: str, language: str) -> str:
    return _WORDS[_either(language)][name]


def spans_text(spans: Iterable[WallSpan], language: str) -> str:
    """`09:00-12:00, 13:00-18:00`, or the word for none."""
    return ", ".join(span.text() for span in spans) or word("none", language)


def hours_text(hours: Hours, language: str) -> str:
    """Weekly and dated hours: `월-금 09:00-18:00; 2027-06-24 10:00-12:00; 2027-06-25 없음`."""
    days = [(day, spans) for day, spans in enumerate(hours.weekly) if spans]
    runs = [(spans, [day for day, _ in run]) for spans, run in groupby(days, key=lambda pair: pair[1])]
    parts = [f"{_weekdays_text(run, language)} {spans_text(spans, language)}" for spans, run in runs]
    dated = [f"{on.isoformat()} {spans_text(spans, language)}" for on, spans in hours.dated]
    return "; ".join([*(parts or [f"{word('every', language)} {word('none', language)}"]), *dated])


def away_text(hours: Hours, language: str) -> str:
    """What is taken out, in its order: `매일 12:00-13:00; 2027-06-24 00:00-12:00`; empty when nothing is."""
    return "; ".join(f"{_day_text(day, language)} {span.text()}" for day, span in hours.away)


def days_text(days: Iterable[date]) -> str:
    return ", ".join(day.isoformat() for day in days)


def languages_text(codes: Iterable[str], language: str) -> str:
    return ", ".join(language_name(code, _either(language)) for code in codes)


def pairs_text(pairs: Iterable[LanguagePair], language: str) -> str:
    return ", ".join(pair_name(pair, _either(language)) for pair in pairs)


def moment_text(wall: datetime) -> str:
    """A wall time with its distance from UTC, so that it is one instant: `2027-06-23 11:00 +09:00`."""
    offset = wall.strftime("%z")
    return f"{wall:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:5]}"


def _weekdays_text(days: list[int], language: str) -> str:
    if len(days) == 7:
        return word("every", language)
    return ",".join(WEEKDAYS[_either(language)][day] for day in days)


def _day_text(day: date | int | None, language: str) -> str:
    if day is None:
        return word("every", language)
    return WEEKDAYS[_either(language)][day] if isinstance(day, int) else day.isoformat()


def _either(language: str) -> str:
    return "ko" if language == "ko" else "en"
