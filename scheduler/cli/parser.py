"""Options and help in the reader's language, on argparse: it is at hand, quick to load, and can be built per reader."""

import argparse
from typing import Any, NoReturn

from scheduler.wording import Phrase


class WrongUse(Exception):
    """The command was called in a way it cannot be; `usage` says how it can."""

    def __init__(self, phrase: Phrase, usage: str = "") -> None:
        self.phrase, self.usage = phrase, usage
        super().__init__(str(phrase))


class Parser(argparse.ArgumentParser):
    """One command's parser. `takes` declares what stands in its place, `option` what is called by name."""

    def __init__(self, words: str, *, summary: Phrase, example: str, language: str) -> None:
        self.language = language
        heading = Phrase("Example:").text(language)
        super().__init__(
            prog=f"sangdam {words}",
            description=summary.text(language),
            epilog=f"{heading}\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            add_help=False,
            allow_abbrev=False,
        )
        self._places = self.add_argument_group(Phrase("What it takes").text(language))
        self._options = self.add_argument_group(Phrase("Options").text(language))

    def takes(self, name: str, help: Phrase, **more: Any) -> None:  # noqa: A002 - argparse's own word
        self._places.add_argument(name, help=_plain(help.text(self.language)), **more)

    def option(self, *names: str, help: Phrase, **more: Any) -> None:  # noqa: A002
        self._options.add_argument(*names, help=_plain(help.text(self.language)), **more)

    def json(self) -> None:
        self.option("--json", help=Phrase("answer in JSON, for programs"), action="store_true")

    def usual(self) -> None:
        """What every command has."""
        self.option("--language", help=Phrase("speak Korean (ko) or English (en)"), choices=("ko", "en"))
        self.option("-h", "--help", help=Phrase("show this help"), action="store_true")

    def error(self, message: str) -> NoReturn:
        raise WrongUse(Phrase("This cannot be done so: %(message)s", message=message), self.format_usage())


def _plain(text: str) -> str:
    # argparse fills in %(...)s of its own.
    return text.replace("%", "%%")
