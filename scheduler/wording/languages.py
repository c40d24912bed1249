"""The languages the interface can be read in, and how one is chosen."""

import re
from collections.abc import Iterable

LANGUAGES = ("ko", "en", "id", "vi", "ar")
DEFAULT_LANGUAGE = "ko"
LANGUAGE_NAMES = {
    "ko": "한국어",
    "en": "English",
    "id": "Bahasa Indonesia",
    "vi": "Tiếng Việt",
    "ar": "العربية",
}
# "in" is the name Indonesian had before 1989; some Java-made clients still send it.
_FORMER_NAMES = {"in": "id"}
_RIGHT_TO_LEFT = frozenset({"ar"})
_WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*")


def direction(language: str) -> str:
    """``"rtl"`` or ``"ltr"``, as the HTML attribute ``dir`` wants it."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def pick_language(wanted: str | Iterable[str] | None, *, default: str = DEFAULT_LANGUAGE) -> str:
    """The first of our languages somebody asked for.

    ``wanted`` is an Accept-Language header, or language tags in order of liking
    (``("en-US", "ko")``). Nothing in it that we speak gives ``default``.
    """
    tags = _tags_of_header(wanted) if isinstance(wanted, str) else wanted or ()
    ours = (_base(tag) for tag in tags)
    return next((language for language in ours if language in LANGUAGES), default)


def _base(tag: str) -> str:
    base = re.split("[-_]", tag.strip().lower(), maxsplit=1)[0]
    return _FORMER_NAMES.get(base, base)


def _tags_of_header(header: str) -> list[str]:
    weighed = [_weighed(part) for part in header.split(",") if part.strip()]
    weighed.sort(key=lambda pair: -pair[0])
    return [tag for weight, tag in weighed if weight > 0]


def _weighed(part: str) -> tuple[float, str]:
    tag, _, weight = part.partition(";")
    if not weight:
        return 1.0, tag
    found = _WEIGHT.fullmatch(weight)
    return (float(found[1]) if found else 0.0), tag
