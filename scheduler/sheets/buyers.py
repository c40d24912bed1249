"""Buyers, line by line: the country and the city that decide the zone, and how they are interpreted for."""

from collections.abc import Iterable
from dataclasses import dataclass

from babel.languages import get_official_languages

from scheduler.booking.people import Buyer, LanguagePair
from scheduler.sheets.draft import buyer_key
from scheduler.sheets.fields import is_yes, limit_in
from scheduler.sheets.languages import chains, language_name, legs_of, without_no_need
from scheduler.sheets.layout import Row
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.overview import zone_in
from scheduler.sheets.people_rows import LanguageNames, PairNames, contact_of, named_rows
from scheduler.sheets.person_hours import Frame, hours_of
from scheduler.sheets.reading import Expected, Suggestion
from scheduler.sheets.written import languages_text
from scheduler.timezones import zone_city
from scheduler.timezones.find_place import find_places
from scheduler.timezones.zones import Place, find_country, only_zone, places_of
from scheduler.wording import Phrase

_ENGLISH = Suggestion(answer="영어", label=Phrase("English"))
_NOBODY = Suggestion(answer="통역 불요", label=Phrase("No interpreter: speaks Korean"))


@dataclass(frozen=True, kw_only=True)
class BuyerLine:
    """A buyer, and the chain of interpretation the line asks for when it is a relay."""

    buyer: Buyer
    relay: tuple[LanguagePair, ...] = ()


def read_buyers(rows: Iterable[Row], frame: Frame) -> tuple[BuyerLine, ...]:
    return tuple(_line(row, name, key, frame) for row, name, key in named_rows(rows, buyer_key, frame.ledger))


def _line(row: Row, name: str, key: str, frame: Frame) -> BuyerLine:
    ledger = frame.ledger
    country = _country(row.spot("country"), ledger)
    zone = _zone(row, country, ledger) if country else None
    languages, relay = _languages(row.spot("languages"), country, ledger)
    buyer = Buyer(
        id=key,
        name=name,
        hours=hours_of(row, zone or frame.fair.zone, frame, may_be_blank=False),
        country=country or "",
        city=row.line("city"),
        languages=languages,
        daily_limit=limit_in(row.spot("daily_limit"), ledger),
        is_verified=is_yes(row.spot("is_verified"), ledger),
        interests=row.spot("interests").text,
        note=row.spot("note").text,
        contact=contact_of(row, ledger, language="en", country=country or ""),
    )
    return BuyerLine(buyer=buyer, relay=relay)


def _country(spot: Spot, ledger: Ledger) -> str | None:
    found = find_country(spot.text) if spot else None
    if found is None:
        ledger.ask(
            spot,
            Phrase("“%(written)s” is no country we know.", written=spot.text),
            Phrase("Write the country's name in Korean or English, or its two letters."),
        )
        return None
    if spot.text not in (found.name_ko, found.name_en, found.code):
        ledger.note(spot, found)
    return found.code


def _zone(row: Row, country: str, ledger: Ledger) -> str | None:
    """The zone by the column for it, else by the city, else the country's only one; else a question."""
    given, city = row.spot("zone"), row.spot("city")
    if given:
        return _zone_given(given, country, ledger)
    zones = tuple(dict.fromkeys(place.zone for place in _decisive(city.text, country)))
    if len(zones) == 1:
        ledger.note(city, Phrase("Time zone: %(zone)s", zone=ZoneName(zones[0], country)), Expected.CHOICE)
        return zones[0]
    zone = only_zone(country)
    if zone is None or len(zones) > 1:
        _ask_city(city, country, ledger)
        return None
    ledger.note(
        city,
        Phrase("Time zone: %(zone)s (the whole country has one)", zone=ZoneName(zone, country)),
        Expected.CHOICE,
    )
    return zone


def _decisive(city: str, country: str) -> tuple[Place, ...]:
    places = find_places(city, country) if city else ()
    here = tuple(place for place in places if place.country == country)
    return () if any(place.ambiguous for place in here) else here


def _ask_city(city: Spot, country: str, ledger: Ledger) -> None:
    by_zone: dict[str, Place] = {}
    for place in places_of(country):
        if not place.is_state:
            by_zone.setdefault(place.zone, place)
    if city:
        wrong = Phrase("It is not known in which time zone “%(city)s” lies.", city=city.text)
    else:
        wrong = Phrase("The city is missing, and the country has several time zones.")
    ledger.ask(
        city,
        wrong,
        Phrase("Choose a city in the same time zone."),
        Expected.CHOICE,
        tuple(Suggestion(answer=place.name_en, label=place) for place in list(by_zone.values())[:12]),
    )


def _zone_given(spot: Spot, country: str, ledger: Ledger) -> str | None:
    places = {place.zone for place in find_places(spot.text, country) if not place.ambiguous}
    zone = zone_in(spot.text) or (places.pop() if len(places) == 1 else None)
    if zone is None:
        _ask_city(spot, country, ledger)
    return zone


@dataclass(frozen=True)
class ZoneName:
    """A zone by the place that stands for it: `마카사르 WITA`."""

    zone: str
    country: str

    def text(self, language: str) -> str:
        known = (place for place in places_of(self.country) if place.zone == self.zone)
        place = next(known, None)
        return place.text(language) if place else zone_city(self.zone, language)


def _languages(
    spot: Spot, country: str | None, ledger: Ledger
) -> tuple[tuple[str, ...], tuple[LanguagePair, ...]]:
    """The languages a session can be held in on the buyer's side, and the legs when it takes a relay."""
    rest, needs_nobody = without_no_need(spot.text)
    found = chains(rest)
    if needs_nobody and found == ():
        ledger.note(spot, Phrase("No interpreter: the sessions are held in Korean"), Expected.CHOICE)
        return ("ko",), ()
    if not found or any(chain[0] != "ko" and len(chain) > 1 for chain in found):
        _ask_languages(spot, country, ledger)
        return ("en",), ()
    codes = tuple(dict.fromkeys(chain[-1] for chain in found))
    relay = next((legs_of(chain) for chain in found if len(chain) > 2), ())
    _note_languages(spot, codes, relay, ledger)
    return codes, relay


def _note_languages(
    spot: Spot, codes: tuple[str, ...], relay: tuple[LanguagePair, ...], ledger: Ledger
) -> None:
    if relay:
        ledger.note(spot, Phrase("Interpreted by relay: %(pairs)s", pairs=PairNames(relay)))
    elif spot.text not in (languages_text(codes, "ko"), languages_text(codes, "en")):
        meaning = Phrase(
            "%(languages)s: no interpreter where the company speaks it too, else one between it and Korean",
            languages=LanguageNames(codes),
        )
        ledger.note(spot, meaning)


def _ask_languages(spot: Spot, country: str | None, ledger: Ledger) -> None:
    official = [code for code in get_official_languages(country) if len(code) == 2] if country else []
    national = tuple(
        Suggestion(answer=language_name(code, "ko"), label=LanguageNames((code,)))
        for code in official[:2]
        if code != "en"
    )
    wrong = Phrase("“%(written)s” does not say which language the buyer speaks.", written=spot.text)
    ledger.ask(
        spot,
        wrong if spot else Phrase("It is missing which language the buyer speaks."),
        Phrase("Write the language to interpret for, or “English”."),
        Expected.CHOICE,
        (*national, _ENGLISH, _NOBODY),
    )
