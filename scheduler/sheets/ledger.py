"""Where a reading is written down: each cell with its answer, what was understood, asked and refused."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.booking.errors import Fault
from scheduler.sheets.cells import Cell, Sheet
from scheduler.sheets.reading import Expected, Question, Suggestion, Understood
from scheduler.wording import Phrase, Sayable

MAX_TEXT = 2000
MAX_LINE = 200
# They turn the direction of what follows, so that a name reads as another one.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# They turn nothing but their neighbours, and programs leave them behind without being asked.
_MARKS = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u061c\ufeff"))


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A cell in its place, maybe blank. `text` is the answer where there is one, else what the cell says."""

    key: str
    text: str
    original: str
    is_number: bool = False
    is_answered: bool = False

    def __bool__(self) -> bool:
        return bool(self.text)


class Ledger:
    """Collects everything at once; reads on after each fault, so that a person can mend all in one go."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers = answers
        self.notes: list[Understood] = []
        self._questions: dict[str, Question] = {}
        self._faults: dict[Fault, None] = {}

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(self._questions.values())

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(self._faults)

    def spot(self, sheet: Sheet, row: int, column: int) -> Spot:
        """One cell; a fault is noted for characters that no cell may hold, and its text is then blank."""
        cell = sheet.cells.get((row, column), Cell(""))
        spot = self.spot_of(sheet.key(row, column), cell.text, is_number=cell.is_number)
        if cell.is_uncounted and not spot.is_answered:
            self.ask(
                spot,
                Phrase("There is a formula here whose result the file does not hold."),
                Phrase("Give the value itself."),
            )
        return spot

    def spot_of(self, key: str, original: str = "", *, is_number: bool = False) -> Spot:
        """A place that may have no cell, such as a fact the overview does not give."""
        answer = self.answers.get(key)
        if answer is None:
            return Spot(key=key, text=self._fit(key, original), original=original, is_number=is_number)
        return Spot(key=key, text=self._fit(key, answer.strip()), original=original, is_answered=True)

    def line(self, spot: Spot) -> str:
        """The text of a cell that must be one short line, such as a name; else a fault and nothing."""
        if "\n" in spot.text or "\r" in spot.text:
            self.fault(
                spot.key, Phrase("There is a line break in this cell."), Phrase("Write it on one line.")
            )
            return ""
        if len(spot.text) > MAX_LINE:
            self._too_long(spot.key, MAX_LINE)
            return ""
        return spot.text

    def note(self, spot: Spot, meaning: Sayable, expected: Expected = Expected.TEXT) -> None:
        self.notes.append(
            Understood(key=spot.key, place=spot.key, original=spot.text, meaning=meaning, expected=expected)
        )

    def ask(
        self,
        spot: Spot,
        wrong: Sayable,
        right: Sayable,
        expected: Expected = Expected.TEXT,
        suggestions: tuple[Suggestion, ...] = (),
    ) -> None:
        question = Question(
            key=spot.key,
            place=spot.key,
            original=spot.text if spot.is_answered else spot.original,
            wrong=wrong,
            right=right,
            expected=expected,
            suggestions=tuple(dict.fromkeys(suggestions)),
        )
        # One question for a cell: what is wrong with it first.
        self._questions.setdefault(spot.key, question)

    def fault(self, place: str, wrong: Phrase, mend: Phrase | None = None) -> None:
        self._faults.setdefault(Fault(place=place, wrong=wrong, mend=mend))

    def is_refused(self, spot: Spot) -> bool:
        """Whether a fault stands at this place already."""
        return any(fault.place == spot.key for fault in self._faults)

    def _fit(self, key: str, text: str) -> str:
        if len(text) > MAX_TEXT:
            self._too_long(key, MAX_TEXT)
            return ""
        if not text.isprintable() and any(_is_forbidden(letter) for letter in text):
            self.fault(
                key,
                Phrase("There are invisible control characters in this cell."),
                Phrase("Delete the cell and type its text again."),
            )
            return ""
        return text.translate(_MARKS).strip()

    def _too_long(self, key: str, limit: int) -> None:
        self.fault(
            key,
            Phrase("The text in this cell is too long."),
            Phrase("Shorten it to %(limit)s characters.", limit=limit),
        )


def _is_forbidden(letter: str) -> bool:
    if letter in "\n\r\t":
        return False
    return letter in _TURNING or unicodedata.category(letter) in ("Cc", "Cs")
