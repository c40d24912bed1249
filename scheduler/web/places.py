"""Time zones to choose from, as a list of countries with their places."""

from functools import lru_cache

from scheduler.timezones.names import country_name
from scheduler.timezones.zones import Place, countries, places_of

Choice = tuple[str, str]
"""The zone's name in the rules, and the words for it."""


@lru_cache(maxsize=64)
def zones_by_country(
    language: str, *, first: tuple[str, ...] = ()
) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Country and its places; those of `first` lead, the others follow by name. One entry a clock."""
    named = {land.code: country_name(land.code, language) for land in countries() if places_of(land.code)}
    leading = [code for code in dict.fromkeys(first) if code in named]
    others = sorted((code for code in named if code not in leading), key=lambda code: named[code])
    return tuple((named[code], _choices(code, language)) for code in (*leading, *others))


def _choices(code: str, language: str) -> tuple[Choice, ...]:
    places: dict[str, Place] = {}
    for place in places_of(code):
        if not place.is_state:
            places.setdefault(place.zone, place)
    return tuple((zone, place.text(language)) for zone, place in places.items())
