"""What templates say with: moments, days, hours, countries and languages in the reader's language."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from babel import Locale
from flask import Flask, current_app, request

from scheduler.booking.errors import Refusal
from scheduler.booking.people import LanguagePair, Resource
from scheduler.booking.slot import Slot
from scheduler.invites.add_links import webcal_link
from scheduler.services.import_fair import Change, Effect
from scheduler.timezones import labels
from scheduler.timezones.abbreviation import zone_abbreviation
from scheduler.timezones.hours import Hours
from scheduler.timezones.names import country_name, month_label
from scheduler.timezones.wall import as_utc
from scheduler.web.browsers import browser_name
from scheduler.web.language import language
from scheduler.wording import as_text


def add_filters(app: Flask) -> None:
    """Make all of these known to the templates."""
    for one in _FILTERS:
        app.add_template_filter(one, one.__name__)
    app.add_template_global(asset)


def say(fact: object) -> object:
    """A phrase, a question, a day: whatever can be said."""
    return as_text(fact, language())


def webcal(feed_address: str) -> str:
    """The address that opens a calendar app instead of a file."""
    return webcal_link(feed_address)


def day(on: date) -> str:
    return labels.day_label(on, language())


def full_day(on: date) -> str:
    return labels.full_day_label(on, language())


def month(written: str) -> str:
    """Of `2026-12`, as addresses write it: `2026년 12월`."""
    return month_label(date.fromisoformat(f"{written}-01"), language())


def clock(instant: datetime, zone: str) -> str:
    return labels.local_time(instant, zone)


def moment(instant: datetime, zone: str) -> str:
    """With its zone: `6.24(수) 09:00 KST`."""
    return labels.moment_line(instant, None, zone, language())


def span(slot: Slot, zone: str) -> str:
    """With its zone: `6.24(수) 09:00–09:40 KST`."""
    return labels.moment_line(slot.start_at, slot.end_at, zone, language())


def both(slot: Slot, home_zone: str, away_zone: str) -> str:
    """Both sides with the shift of the day: `9.15(화) 08:00–08:40 KST · 전날 18:00–18:40 CDT`."""
    return labels.both_sides(slot.start_at, slot.end_at, home_zone, away_zone, language())


def away_time(instant: datetime, home_zone: str, away_zone: str) -> str:
    """The other side alone, as it stands beside the home time: `전날 18:00 CDT`."""
    return labels.away_side(instant, home_zone, away_zone, language())


def zone(name: str, instant: datetime) -> str:
    """`자카르타 WIB (UTC+7)`."""
    return labels.zone_label(name, instant, language())


def zone_short(name: str, instant: datetime) -> str:
    """`WIB`."""
    return zone_abbreviation(instant, name)


def country(code: str) -> str:
    return country_name(code, language())


def tongue(code: str) -> str:
    """The name of a language: `인도네시아어`."""
    return _tongue(code, language())


def pairs(legs: tuple[LanguagePair, ...]) -> str:
    """Language pairs as a coordinator says them: `한국어–인도네시아어`."""
    return pairs_in(legs, language())


@lru_cache(maxsize=1024)
def pairs_in(legs: tuple[LanguagePair, ...], language: str) -> str:
    """The same in a language that is named."""
    ordered = _korean_first(legs)
    return ", ".join(f"{_tongue(one.first, language)}–{_tongue(one.second, language)}" for one in ordered)


def far_languages(legs: tuple[LanguagePair, ...]) -> str:
    """What is interpreted besides Korean, where room is short: `인도네시아어`."""
    codes = dict.fromkeys(code for leg in legs for code in (leg.first, leg.second) if code != "ko")
    return ", ".join(tongue(code) for code in codes)


def named(one: object) -> str:
    """The name of somebody or of a fair: the English one, where there is one, for those who read no Korean."""
    english = str(getattr(one, "name_en", "") or "")
    return english if english and language() != "ko" else str(getattr(one, "name", ""))


def choices(those: Sequence[Resource]) -> list[tuple[str, str]]:
    """For a list to choose from."""
    return [(one.id, named(one)) for one in those]


def browser(agent: str) -> str:
    return browser_name(agent)


def hours(value: Hours) -> str:
    return value.to_text(language())


def usd(amount: int) -> str:
    """`US$ 25,000`."""
    return f"US$ {amount:,}"


def refusal_text(refusal: Refusal) -> str:
    return refusal.phrase.text(language())


def written_moment(written: str, zone: str) -> str:
    """A moment as the audit trail keeps it."""
    return moment(as_utc(datetime.fromisoformat(written)), zone)


def effects_counted(changes: Sequence[Change]) -> list[tuple[str, int]]:
    """How many of each effect, in the order of the effects."""
    counts = Counter(str(change.effect) for change in changes)
    return [(str(effect), counts[str(effect)]) for effect in Effect if counts[str(effect)]]


def asset(path: str) -> str:
    """The address of a static file with a mark of its contents, so that it can be kept for ever."""
    return f"{request.script_root}{_asset(path, current_app.static_folder or '', current_app.static_url_path or '')}"


def _korean_first(legs: tuple[LanguagePair, ...]) -> list["_Pair"]:
    return [
        _Pair(one.second, one.first) if one.second == "ko" else _Pair(one.first, one.second) for one in legs
    ]


class _Pair:
    def __init__(self, first: str, second: str) -> None:
        self.first, self.second = first, second


@lru_cache(maxsize=256)
def _asset(path: str, folder: str, address: str) -> str:
    return f"{address}/{quote(path)}?v={_mark(Path(folder) / path)}"


@lru_cache(maxsize=64)
def _mark(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"


@lru_cache(maxsize=1024)
def _tongue(code: str, language: str) -> str:
    return str(_locale(language).languages.get(code, code))


@lru_cache(maxsize=16)
def _locale(code: str) -> Locale:
    return Locale.parse(code)


_FILTERS: tuple[Callable[..., object], ...] = (
    say,
    webcal,
    day,
    full_day,
    month,
    clock,
    moment,
    written_moment,
    span,
    both,
    away_time,
    zone,
    zone_short,
    country,
    tongue,
    pairs,
    far_languages,
    named,
    choices,
    browser,
    hours,
    usd,
    refusal_text,
    effects_counted,
)
