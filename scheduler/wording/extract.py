"""Which sentences the program has, and which of them a language still lacks.

``python -m scheduler.wording.extract ko`` prints what is missing as .po entries, part by part, ready
to be filled in and moved into ``translations/ko/<part>.po``.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from scheduler.wording.catalogue import TRANSLATIONS, read_part

PACKAGE = TRANSLATIONS.parent
# Where a sentence can stand: Phrase("..."), msgid("..."), catalogue.say("..."), {{ _("...") }}, {% trans %}.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "Phrase": None,
    "msgid": None,
    "say": None,
    "_": None,
    "gettext": None,
    "counted": (1, 2),
    "say_plural": (1, 2),
    "ngettext": (1, 2),
}
_TEMPLATES = frozenset({".html", ".txt", ".xml", ".j2"})
_FACT = re.compile(r"%\(\w+\)[a-z]")
_TEMPLATE_OPTIONS = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """``msgid`` (and ``plural``) as written in ``file`` (below the package) at ``line``."""

    msgid: str
    plural: str | None
    file: Path
    line: int

    @property
    def part(self) -> str:
        """The package the sentence belongs to, which names its .po file; templates are of the web."""
        top = self.file.parts[0]
        return "web" if top == "templates" else top.removesuffix(".py")


def sentences(root: Path = PACKAGE) -> tuple[Sentence, ...]:
    """Every sentence in the Python files and templates below ``root``, in order of file and line."""
    templates = (file for file in root.rglob("templates/**/*") if file.suffix in _TEMPLATES)
    files = sorted([*root.rglob("*.py"), *templates])
    return tuple(sentence for file in files for sentence in _in_file(file, root))


def missing(language: str, root: Path = PACKAGE) -> dict[str, tuple[Sentence, ...]]:
    """What the language cannot say yet, by part; sentences without a letter need no translation."""
    known = translated(language)
    lacking: dict[str, dict[str, Sentence]] = {}
    for sentence in sentences(root):
        if sentence.msgid not in known and _has_letters(sentence.msgid):
            lacking.setdefault(sentence.part, {}).setdefault(sentence.msgid, sentence)
    return {part: tuple(found.values()) for part, found in sorted(lacking.items())}


def translated(language: str) -> frozenset[str]:
    """The msgids with a finished translation: not empty, not marked as doubtful, all plural forms there."""
    return frozenset(msgid for file in part_files(language) for msgid in _finished(file, language))


def part_files(language: str) -> list[Path]:
    return sorted(TRANSLATIONS.joinpath(language).glob("*.po"))


def as_po(lacking: Iterable[Sentence], language: str) -> str:
    """The sentences as .po entries with empty translations."""
    catalog = Catalog(locale=language)
    for sentence in lacking:
        msgid = (sentence.msgid, sentence.plural) if sentence.plural else sentence.msgid
        catalog.add(msgid, locations=[(sentence.file.as_posix(), sentence.line)])
    written = io.BytesIO()
    write_po(written, catalog, width=0, omit_header=True)
    return written.getvalue().decode()


def _in_file(file: Path, root: Path) -> Iterator[Sentence]:
    method, options = ("python", {}) if file.suffix == ".py" else ("jinja2", _TEMPLATE_OPTIONS)
    with file.open("rb") as stream:
        for line, found, _, _ in extract(method, stream, keywords=KEYWORDS, options=options):
            msgid, plural = (found[0], found[1]) if isinstance(found, tuple) else (found, None)
            yield Sentence(msgid=msgid, plural=plural, file=file.relative_to(root), line=line)


def _finished(file: Path, language: str) -> Iterator[str]:
    for message in read_part(file, language):
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and all(strings) and not message.fuzzy:
            yield message.id if isinstance(message.id, str) else message.id[0]


def _has_letters(msgid: str) -> bool:
    return any(letter.isalpha() for letter in _FACT.sub("", msgid))


def main(arguments: list[str]) -> int:
    """Print what is missing for a language, of one part or of all; 1 if anything is."""
    language, *parts = arguments
    lacking = missing(language)
    for part, found in lacking.items():
        if not parts or part in parts:
            sys.stdout.write(f"# {part}: {len(found)} missing\n{as_po(found, language)}\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
