"""What came of reading a workbook: the meaning, how free texts were understood, and what must be asked."""

from dataclasses import dataclass
from enum import StrEnum

from scheduler.booking.errors import Fault
from scheduler.sheets.draft import FairDraft
from scheduler.wording import Sayable


class Expected(StrEnum):
    """What kind of text would be an answer; a page chooses its input field by it."""

    TEXT = "text"
    EMAIL = "email"
    HOURS = "hours"
    AWAY = "away"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """An answer accepted as it stands: `answer` goes into `answers`, `label` is for the person."""

    answer: str
    label: Sayable


@dataclass(frozen=True, kw_only=True)
class Understood:
    """How one free text was understood. Answering under `key` puts another text in its place."""

    key: str
    place: str
    original: str
    meaning: Sayable
    expected: Expected = Expected.TEXT


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that cannot be understood. `key` ("참가기업!F11") is the same each time the file is read."""

    key: str
    place: str
    original: str
    wrong: Sayable
    right: Sayable
    expected: Expected = Expected.TEXT
    suggestions: tuple[Suggestion, ...] = ()

    def text(self, language: str) -> str:
        """One line: the cell, what is wrong with it and what would be right."""
        return f"{self.place}: {self.wrong.text(language)} {self.right.text(language)}"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`draft` is the meaning as far as it could be read, for a preview; it counts only when `is_clear`.

    It is None when not even the fair could be made out. Where a question is open, the draft holds what
    commits to nothing: no e-mail address, no hours.
    """

    draft: FairDraft | None
    notes: tuple[Understood, ...] = ()
    questions: tuple[Question, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether the draft may be taken over: nothing is wrong and nothing is left to ask."""
        return self.draft is not None and not self.questions and not self.faults
