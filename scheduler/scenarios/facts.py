"""The shape of what is known about a programme, from which its sample is made."""

from dataclasses import dataclass
from datetime import date

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
TUESDAY_TO_FRIDAY = (1, 2, 3, 4)
"""For sessions with America in the Korean morning: on Monday it is still Sunday over there."""


@dataclass(frozen=True, kw_only=True)
class BuyerGroup:
    """Buyers of one city who keep the same hours, Monday to Friday in their own zone."""

    count: int
    country: str
    city: str
    zone: str
    languages: tuple[str, ...]
    hours: str


def buyer_groups(*lines: str) -> tuple[BuyerGroup, ...]:
    """From lines such as "6 Jakarta, ID Asia/Jakarta id 08:00-17:00"; several languages with commas."""
    return tuple(_buyer_group(line) for line in lines)


def _buyer_group(line: str) -> BuyerGroup:
    count, _, rest = line.partition(" ")
    city, _, facts = rest.partition(", ")
    country, zone, languages, hours = facts.split()
    return BuyerGroup(
        count=int(count),
        country=country,
        city=city,
        zone=zone,
        languages=tuple(languages.split(",")),
        hours=hours,
    )


@dataclass(frozen=True, kw_only=True)
class InterpreterGroup:
    """Interpreters of one language pair. With `has_classes` each misses two hours a day, at changing times."""

    count: int
    pairs: tuple[str, ...]
    hours: tuple[str, ...] = ("08:30-19:00",)
    rest_minutes: int = 0
    daily_limit: int | None = None
    has_classes: bool = False


@dataclass(frozen=True, kw_only=True)
class InterpreterNeed:
    """As many interpreters of each pair as its sessions take when `filled` of their daily limits is used."""

    filled: float
    daily_limit: int
    rest_minutes: int
    hours: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RoomGroup:
    """Rooms that open at the same hours of every day of the fair."""

    count: int
    hours: tuple[str, ...]
    change_over_minutes: int = 5


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One programme. `sessions` pairs are matched out of companies x buyers, spread evenly over both sides.

    `speak_english` and `from_own_office` count companies; `walk_ins` counts those of the sessions that were not
    agreed before the day. `companies_from`, `people_from` and `rooms_named` keep the names of one sample apart from
    those of the others, so that several can stand in one database. `assumed` says in Korean and English which of
    the figures are not published and were chosen here.
    """

    key: str
    name: str
    name_en: str
    organiser: str
    venue: str
    first_day: date
    days: int
    opening: tuple[str, ...]
    slot_minutes: int
    break_minutes: int
    companies: int
    sectors: tuple[tuple[str, str], ...]
    buyers: tuple[BuyerGroup, ...]
    interpreters: tuple[InterpreterGroup, ...] | InterpreterNeed
    rooms: tuple[RoomGroup, ...]
    sessions: int
    assumed: tuple[str, str]
    weekdays: tuple[int, ...] = MONDAY_TO_FRIDAY
    speak_english: int = 0
    from_own_office: int = 0
    walk_ins: int = 0
    companies_from: int = 0
    people_from: int = 0
    rooms_named: str = "상담"
    rooms_named_en: str = "Consultation"
    company_hours: tuple[str, ...] = ("09:00-18:00",)
    company_daily_limit: int | None = None
    buyer_daily_limit: int | None = None
    programme: tuple[str, str, str] | None = None
    """Key, Korean and English name of the programme that the fair is a round of."""

    @property
    def buyer_count(self) -> int:
        return sum(group.count for group in self.buyers)
