"""A fair: its days, its slots and its limits; and the programme it belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from scheduler.booking.slot import Slot
from scheduler.timezones.hours import Hours
from scheduler.timezones.span import WallSpan
from scheduler.timezones.wall import to_wall


class FairState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class CountryRule:
    """Other slot lengths or opening hours for the buyers of one country (ISO 3166 alpha-2)."""

    country: str
    slot_minutes: int | None = None
    break_minutes: int | None = None
    opening: tuple[WallSpan, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class SlotRule:
    """How slots follow one another: their length, the break after each, and the opening spans of a day."""

    slot_minutes: int
    break_minutes: int
    opening: tuple[WallSpan, ...]


@dataclass(frozen=True, kw_only=True)
class Programme:
    """A row of fairs, such as the monthly rounds of one year."""

    id: str
    key: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Fair:
    """The whole occasion. Walls are read in `zone`; `days` are the working days of the fair in that zone."""

    id: str
    key: str
    name: str
    days: tuple[date, ...]
    opening: tuple[WallSpan, ...]
    slot_minutes: int
    break_minutes: int = 0
    name_en: str = ""
    zone: str = "Asia/Seoul"
    country_rules: tuple[CountryRule, ...] = ()
    company_daily_limit: int | None = None
    buyer_daily_limit: int | None = None
    programme_id: str | None = None
    state: FairState = FairState.DRAFT
    organiser: str = ""
    organiser_email: str = ""
    venue: str = ""
    note: str = ""

    def rule_for(self, country: str) -> SlotRule:
        """What holds for buyers of this country: their own rule where there is one, else the fair's."""
        own = next(
            (rule for rule in self.country_rules if rule.country == country), CountryRule(country=country)
        )
        return SlotRule(
            slot_minutes=own.slot_minutes or self.slot_minutes,
            break_minutes=self.break_minutes if own.break_minutes is None else own.break_minutes,
            opening=self.opening if own.opening is None else own.opening,
        )


@lru_cache(maxsize=1024)
def slots_of(fair: Fair, country: str) -> tuple[Slot, ...]:
    """The slots of the fair for buyers of one country, in order of time.

    Slots follow one another from the start of each opening span; one that would run past the end of its span
    is left out. A slot lies wholly in one span, so a lunch break is never straddled.
    """
    rule = fair.rule_for(country)
    length = timedelta(minutes=rule.slot_minutes)
    pitch = length + timedelta(minutes=rule.break_minutes)
    slots = {
        slot
        for day in fair.days
        for span in rule.opening
        for opens_at, closes_at in _on_one_day(fair.zone, day, span).intervals(day, day)
        for slot in _slots_within(opens_at, closes_at, length, pitch)
    }
    return tuple(sorted(slots))


def is_open(fair: Fair, country: str, slot: Slot) -> bool:
    """Whether the fair is open for buyers of this country during the whole slot."""
    opening = fair.rule_for(country).opening
    return any(
        opens_at <= slot.start_at and slot.end_at <= closes_at
        for day in fair.days
        for span in opening
        for opens_at, closes_at in _on_one_day(fair.zone, day, span).intervals(day, day)
    )


def _on_one_day(zone: str, day: date, span: WallSpan) -> Hours:
    return Hours.never(zone).with_dated(day, (span,))


def _slots_within(
    opens_at: datetime, closes_at: datetime, length: timedelta, pitch: timedelta
) -> Iterator[Slot]:
    start_at = opens_at
    while start_at + length <= closes_at:
        yield Slot(start_at, start_at + length)
        start_at += pitch


def day_of(slot: Slot, zone: str) -> date:
    """The local day a slot begins on: the day that daily limits count by."""
    return day_at(slot.start_at, zone)


@lru_cache(maxsize=16384)
def day_at(instant: datetime, zone: str) -> date:
    """The local day of an instant; remembered, because daily limits ask for the same ones again and again."""
    return to_wall(instant, zone).date()
