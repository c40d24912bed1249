"""Which place somebody means by what is written: ``Denpasar(발리)``, ``Dallas, TX``, ``텍사스``."""

import re
from collections.abc import Iterator
from functools import lru_cache

from scheduler.timezones.countries import find_country
from scheduler.timezones.spelling import folded
from scheduler.timezones.zones import Place, all_places

_BETWEEN = re.compile(r"[,()\[\]/·;|、，（）]+")
_ENDING = re.compile(r"(특별자치시|특별시|광역시|시내|시|주|성| city| province| state)$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def find_places(text: str, country_code: str | None = None) -> tuple[Place, ...]:
    """All places the text can mean, in one country or in any; none if it names no place we know.

    Whoever needs one zone asks when there are several, or when the one is ``ambiguous``.
    """
    exact = _named(text, country_code)
    if exact:
        return exact
    pieces = [word for piece in _BETWEEN.split(text) for word in _known_words(piece.strip())]
    support = {
        found: sum(_supports(piece, found) for piece in pieces)
        for piece in pieces
        for found in _named(piece, country_code)
    }
    best = max(support.values(), default=0)
    return tuple(found for found in all_places() if support.get(found) == best) if best else ()


def _supports(piece: str, found: Place) -> bool:
    """Whether a piece of the text speaks for this place: its name, its state or its country."""
    if found in _named(piece, found.country) or folded(piece) == folded(found.region):
        return True
    land = find_country(piece)
    if land and land.code == found.country:
        return True
    return any(state.is_state and state.region == found.region for state in _named(piece, found.country))


def _named(text: str, country_code: str | None) -> tuple[Place, ...]:
    """Places of that very name; a state's short name counts only where the country is known."""
    spelt = folded(text) or "-"
    named = _by_name().get(spelt) or _by_name().get(folded(_ENDING.sub("", text.strip())), ())
    if country_code is None:
        return named
    here = tuple(found for found in named if found.country == country_code)
    return here or tuple(
        found
        for found in all_places()
        if found.is_state and found.country == country_code and folded(found.region) == spelt
    )


def _known_words(piece: str) -> Iterator[str]:
    """The piece itself if it means something, else the longest runs of its words that do."""
    words = piece.split()
    while words:
        for length in range(len(words), 0, -1):
            run = " ".join(words[:length])
            if _means_something(run) or length == 1:
                yield run
                words = words[length:]
                break


def _means_something(run: str) -> bool:
    return bool(_named(run, None)) or find_country(run) is not None


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[Place, ...]]:
    by_name: dict[str, tuple[Place, ...]] = {}
    for found in all_places():
        for name in {folded(name) for name in (found.name_ko, found.name_en, *found.aliases)}:
            by_name[name] = (*by_name.get(name, ()), found)
    return by_name
