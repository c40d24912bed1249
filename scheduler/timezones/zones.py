"""From a country to the places that decide its zones, by names a person chooses from or writes."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files

import pytz

from scheduler.timezones.abbreviation import zone_abbreviation
from scheduler.timezones.countries import Country, countries, country, find_country
from scheduler.timezones.names import zone_city
from scheduler.timezones.spelling import folded
from scheduler.timezones.wall import offset_minutes, zone_rules_version

__all__ = [
    "Country",
    "Place",
    "all_places",
    "countries",
    "country",
    "find_country",
    "only_zone",
    "place",
    "places_of",
    "zone_abbreviation",
    "zone_hint",
    "zones_of",
]

# China keeps one time officially; the rules list the clock some people in the west go by in private.
_UNOFFICIAL = frozenset({"Asia/Urumqi"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """A city or a state and its zone. ``region`` is the state's short name (``TX``), or empty.

    A state with ``other_zones`` does not decide: the city must be asked for.
    """

    key: str
    zone: str
    country: str
    name_ko: str
    name_en: str
    aliases: tuple[str, ...] = ()
    region: str = ""
    is_state: bool = False
    other_zones: tuple[str, ...] = ()

    @property
    def ambiguous(self) -> bool:
        return bool(self.other_zones)

    @property
    def hint(self) -> str:
        """``WIB``; with summer time both names, ``CST/CDT``."""
        return zone_hint(self.zone)

    def name(self, language: str) -> str:
        return self.name_ko if language == "ko" else self.name_en

    def text(self, language: str) -> str:
        """``자카르타 WIB``, as a list to choose from shows it."""
        return f"{self.name(language)} {self.hint}"


@lru_cache(maxsize=512)
def places_of(country_code: str) -> tuple[Place, ...]:
    """The places of a country: the best known first, and at least one for each of its zones.

    An unknown code has none.
    """
    listed = tuple(found for found in _listed() if found.country == country_code)
    covered = {found.zone for found in listed}
    generic = (_generic(country_code, zone) for zone in zones_of(country_code) if zone not in covered)
    return listed + tuple(generic)


@lru_cache(maxsize=1)
def all_places() -> tuple[Place, ...]:
    return tuple(found for land in countries() for found in places_of(land.code))


def place(key: str) -> Place:
    """The place a form sent back; KeyError if there is none."""
    return _by_key()[key]


def zones_of(country_code: str) -> tuple[str, ...]:
    """The IANA zones of a country, in the order of the rules; an unknown code has none."""
    zones = pytz.country_timezones.get(country_code, ())
    return tuple(zone for zone in zones if zone not in _UNOFFICIAL)


@lru_cache(maxsize=512)
def only_zone(country_code: str) -> str | None:
    """The zone that goes for a whole country which keeps one time; None where a place must be asked for."""
    clocks = {tuple(offset_minutes(at, zone) for at in _sampled_weeks()) for zone in zones_of(country_code)}
    return places_of(country_code)[0].zone if len(clocks) == 1 else None


@lru_cache(maxsize=1024)
def zone_hint(zone: str) -> str:
    """The short names a zone has within a year, that of winter first: ``CST/CDT``."""
    # The year after the rules' own has what was decided lately.
    year = datetime(_rules_year() + 1, 1, 1, tzinfo=UTC)
    halves = [year + timedelta(days=14), year + timedelta(days=195)]
    halves.sort(key=lambda at: offset_minutes(at, zone))
    return "/".join(dict.fromkeys(zone_abbreviation(at, zone) for at in halves))


def _rules_year() -> int:
    return int(zone_rules_version()[:4])


@lru_cache(maxsize=1)
def _sampled_weeks() -> tuple[datetime, ...]:
    first = datetime(_rules_year(), 1, 1, tzinfo=UTC)
    return tuple(first + timedelta(weeks=week) for week in range(3 * 52))


@lru_cache(maxsize=1)
def _listed() -> tuple[Place, ...]:
    text = files("scheduler.timezones").joinpath("places.csv").read_text(encoding="utf-8")
    return tuple(_read(row) for row in csv.DictReader(text.splitlines()))


def _read(row: dict[str, str]) -> Place:
    is_state = row["kind"] == "state"
    region = (row["region"],) if row["region"] else ()
    return Place(
        key=_key(row["country"], *region, *(() if is_state else (row["en"],))),
        zone=row["zone"],
        country=row["country"],
        name_ko=row["ko"],
        name_en=row["en"],
        aliases=_split(row["aliases"]),
        region=row["region"],
        is_state=is_state,
        other_zones=_split(row["other_zones"]),
    )


def _split(written: str) -> tuple[str, ...]:
    return tuple(part for part in written.split(";") if part)


def _key(*parts: str) -> str:
    return "-".join(folded(part) for part in parts)


def _generic(country_code: str, zone: str) -> Place:
    name_en = zone_city(zone, "en")
    return Place(
        key=_key(country_code, name_en),
        zone=zone,
        country=country_code,
        name_ko=zone_city(zone, "ko"),
        name_en=name_en,
    )


@lru_cache(maxsize=1)
def _by_key() -> dict[str, Place]:
    return _unique(all_places())


def _unique(places: Iterable[Place]) -> dict[str, Place]:
    by_key: dict[str, Place] = {}
    for found in places:
        if by_key.setdefault(found.key, found) is not found:
            raise ValueError(f"two places are called {found.key}")
    return by_key
