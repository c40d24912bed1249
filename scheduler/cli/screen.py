"""What a person or a program reads: answers on standard output, everything else on standard error."""

import json
from dataclasses import dataclass
from typing import TextIO
from unicodedata import east_asian_width

from scheduler.wording import DEFAULT_LANGUAGE, Phrase, Sayable

_SPOKEN = ("ko", "en")


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Where to write, and in which language. `is_known`: the reader's language was said, not guessed."""

    out: TextIO
    err: TextIO
    language: str
    is_known: bool = True

    def show(self, *sentences: Sayable | str) -> None:
        """Lines of the answer."""
        for sentence in sentences:
            print(self.text(sentence), file=self.out)

    def emit(self, facts: object) -> None:
        """The answer for a program: one JSON value."""
        print(json.dumps(facts, ensure_ascii=False, indent=2), file=self.out, flush=True)

    def tell(self, *sentences: Sayable | str) -> None:
        """Lines beside the answer: what is going on, and what went wrong."""
        for sentence in sentences:
            print(self.text(sentence), file=self.err, flush=True)

    def text(self, sentence: Sayable | str) -> str:
        return sentence if isinstance(sentence, str) else sentence.text(self.language)

    def padded(self, sentence: Sayable | str, width: int) -> str:
        """Filled up with spaces to a width in columns, of which a Korean letter takes two."""
        text = self.text(sentence)
        columns = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
        return text + " " * max(0, width - columns)

    def both(self, sentence: Phrase) -> str:
        """In the reader's language; where that is not known in Korean and English, one above the other."""
        if self.is_known:
            return sentence.text(self.language)
        return "\n".join(dict.fromkeys(sentence.text(language) for language in _SPOKEN))


def language_of(environ: dict[str, str]) -> str | None:
    """ "ko" or "en" as the locale says, or None when it says neither."""
    written = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    spoken = written.partition(".")[0].partition("_")[0].lower()
    return spoken if spoken in _SPOKEN else None


def screen_for(out: TextIO, err: TextIO, *, asked: str | None, environ: dict[str, str]) -> Screen:
    """The screen of a reader who asked for a language, or whose locale does; else Korean."""
    language = asked or language_of(environ)
    return Screen(out=out, err=err, language=language or DEFAULT_LANGUAGE, is_known=language is not None)
