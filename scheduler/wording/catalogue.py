"""The translations of one language, read straight from the .po files that translators edit."""

import gettext as gnu_gettext
import io
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


class Catalogue:
    """All parts of one language. A sentence without a translation is said in English."""

    def __init__(self, language: str, translations: gnu_gettext.NullTranslations) -> None:
        self.language = language
        self._translations = translations

    def say(self, msgid: str, /, **facts: object) -> str:
        return self._translations.gettext(msgid) % facts if msgid else ""

    def say_plural(self, singular: str, plural: str, n: int, /, **facts: object) -> str:
        """``%(num)s`` is the number unless the facts give another wording for it."""
        said: Mapping[str, object] = {"num": n, **facts}
        return self._translations.ngettext(singular, plural, n) % said

    def gettext(self, msgid: str) -> str:
        """The bare translation, with its ``%(name)s`` still in it."""
        return self._translations.gettext(msgid) if msgid else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self._translations.ngettext(singular, plural, n)


@lru_cache(maxsize=32)
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; one nobody has translated yet speaks English."""
    files = sorted(TRANSLATIONS.glob("*/*.po"))
    return read_catalogue(language, [file for file in files if file.parent.name == language])


def read_catalogue(language: str, files: list[Path]) -> Catalogue:
    """The parts together. A sentence translated in two parts gets the wording of the later file."""
    if not files:
        return Catalogue(language, gnu_gettext.NullTranslations())
    parts = [read_part(file, language) for file in files]
    merged = Catalog(locale=language)
    # How the language counts is what its translators wrote: Babel's own table lacks some languages.
    merged.mime_headers = [header for header in parts[0].mime_headers if header[0] == "Plural-Forms"]
    for part in parts:
        for message in part:
            if message.id and message.string:
                merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Catalogue(language, gnu_gettext.GNUTranslations(compiled))


def read_part(file: Path, language: str) -> Catalog:
    """One .po file; what is wrong in it is an error here and not a silently missing translation."""
    with file.open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


def gettext_callables(
    language: Callable[[], str],
) -> tuple[Callable[[str], str], Callable[[str, str, int], str]]:
    """``gettext`` and ``ngettext`` for ``env.install_gettext_callables(..., newstyle=True)``.

    A template environment is shared by all requests, so the language is asked for at each call.
    """

    def say(msgid: str) -> str:
        return catalogue(language()).gettext(msgid)

    def say_plural(singular: str, plural: str, n: int) -> str:
        return catalogue(language()).ngettext(singular, plural, n)

    return say, say_plural
