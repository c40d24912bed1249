"""Reading JSON with all its faults at once, each with the place it was found at (a JSON path such as $.rooms[2].id)."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import TypeVar

from scheduler.booking.errors import BadInput, Fault
from scheduler.booking.slot import Slot
from scheduler.timezones.errors import TimeError
from scheduler.timezones.hours import Hours
from scheduler.timezones.hours_json import UnreadableHours
from scheduler.timezones.span import WallSpan
from scheduler.timezones.wall import as_utc, is_zone
from scheduler.wording import Phrase

LONGEST_TEXT = 500
MOST_FAULTS = 200
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
Entry = TypeVar("Entry")
Choice = TypeVar("Choice", bound=Enum)


class Faults:
    """What has been found wrong so far."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.unread: list[str] = []
        """Lists that could not be read at all: what they hold is not known."""

    def note(self, place: str, wrong: Phrase) -> None:
        self.found.append(Fault(place=place, wrong=wrong))
        if len(self.found) >= MOST_FAULTS:
            self.refuse()

    def refuse(self) -> None:
        """Raise all that was found, if anything was."""
        if self.found:
            raise BadInput(self.found)


class Node:
    """One JSON object and where it stands.

    A value that cannot be used is noted and something harmless returned, so that reading goes on to the next fault;
    `Faults.refuse` sees to it that nothing harmless is ever used.
    """

    def __init__(self, value: object, place: str, faults: Faults) -> None:
        self.place, self.faults = place, faults
        self.fields: Mapping[str, object] = {}
        if isinstance(value, Mapping):
            self.fields = value
            return
        self.wrong("", Phrase("an object is wanted here"))
        # Without an object nothing else can be said about its fields.
        self.faults = Faults()

    def wrong(self, name: str, wrong: Phrase) -> None:
        """Note a fault in a field, or in the whole object."""
        self.faults.note(f"{self.place}.{name}" if name else self.place, wrong)

    def only(self, names: Collection[str]) -> None:
        """Note every field that is not one of these."""
        unknown = Phrase("there is no such field; known are: %(names)s", names=", ".join(names))
        for name in self.fields:
            if name not in names:
                self.wrong(name[:40], unknown)

    def has(self, name: str) -> bool:
        return self.fields.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        value = self.fields.get(name, default)
        if isinstance(value, str) and len(value) <= LONGEST_TEXT and (default is not None or value.strip()):
            return value
        self.wrong(name, Phrase("a text of 1 to %(most)s characters is wanted", most=LONGEST_TEXT))
        return ""

    def text_or_none(self, name: str) -> str | None:
        return self.text(name) if self.has(name) else None

    def texts(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        values = self.list(name) if name in self.fields else list(default)
        found = tuple(value for value in values if isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT)
        if len(found) < len(values):
            self.wrong(name, Phrase("a list of texts is wanted"))
        return found

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self.fields.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.wrong(
            name, Phrase("a whole number from %(least)s to %(most)s is wanted", least=least, most=most)
        )
        return least

    def whole_or_none(self, name: str, least: int, most: int) -> int | None:
        return self.whole(name, least, most) if self.has(name) else None

    def seconds(self, name: str) -> float:
        value = self.fields.get(name, 0.0)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**9:
            return float(value)
        self.wrong(name, Phrase("a number of seconds is wanted"))
        return 0.0

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.fields.get(name, default)
        if isinstance(value, bool):
            return value
        self.wrong(name, Phrase("true or false is wanted"))
        return default

    def choice(self, name: str, choices: Mapping[str, Choice], default: str) -> Choice:
        value = self.fields.get(name, default)
        if isinstance(value, str) and value in choices:
            return choices[value]
        self.wrong(name, Phrase("one of these is wanted: %(choices)s", choices=", ".join(choices)))
        return choices[default]

    def list(self, name: str, most: int = 1000) -> list[object]:
        value = self.fields.get(name, [])
        if not isinstance(value, list):
            self.wrong(name, Phrase("a list is wanted"))
            self.faults.unread.append(f"{self.place}.{name}")
            return []
        if len(value) > most:
            phrase = Phrase(
                "there are %(count)s entries; at most %(most)s are taken", count=len(value), most=most
            )
            self.wrong(name, phrase)
            self.faults.unread.append(f"{self.place}.{name}")
            return []
        return value

    def entries(self, name: str, read: "Callable[[Node], Entry]", most: int) -> tuple[Entry, ...]:
        """A list of objects, each read in the same way."""
        nodes = (
            Node(value, f"{self.place}.{name}[{number}]", self.faults)
            for number, value in enumerate(self.list(name, most))
        )
        return tuple(read(node) for node in nodes)

    def node(self, name: str) -> "Node":
        return Node(self.fields.get(name), f"{self.place}.{name}", self.faults)

    def dates(self, name: str, most: int) -> tuple[date, ...]:
        return tuple(
            self._date(value, f"{name}[{number}]") for number, value in enumerate(self.list(name, most))
        )

    def instant(self, name: str) -> datetime:
        value = self.fields.get(name)
        try:
            if isinstance(value, str) and _INSTANT.fullmatch(value):
                return as_utc(datetime.fromisoformat(value))
        except (ValueError, TimeError, OverflowError):
            pass
        self.wrong(name, Phrase("an instant is wanted, such as 2026-06-24T00:00:00Z"))
        return _SOME_TIME

    def slot(self) -> Slot:
        """From the fields `start_at` and `end_at`."""
        start_at, end_at = self.instant("start_at"), self.instant("end_at")
        if start_at < end_at:
            return Slot(start_at, end_at)
        self.wrong("end_at", Phrase("the end must come after the start"))
        return Slot.lasting(_SOME_TIME, 30)

    def zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if is_zone(value):
            return value
        self.wrong(name, Phrase("the name of a time zone is wanted, such as Asia/Seoul"))
        return default

    def hours(self, name: str) -> Hours:
        value = self.fields.get(name)
        if not isinstance(value, Mapping):
            self.wrong(name, Phrase("an object is wanted here"))
            return Hours.never("UTC")
        try:
            return Hours.from_json(value)
        except UnreadableHours as unreadable:
            self.wrong(f"{name}.{unreadable.field}", unreadable.phrase)
        except (TimeError, ValueError):
            self.wrong(name, Phrase("these are no hours"))
        return Hours.never("UTC")

    def spans(self, name: str) -> tuple[WallSpan, ...]:
        found = []
        for number, text in enumerate(self.texts(name)):
            try:
                found.append(WallSpan.parse(text))
            except TimeError as unreadable:
                self.wrong(f"{name}[{number}]", unreadable.phrase)
        return tuple(found)

    def _date(self, value: object, name: str) -> date:
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            self.wrong(name, Phrase("a date is wanted, such as 2026-06-24"))
            return _SOME_TIME.date()


def instant_written(at: datetime) -> str:
    """2026-06-24T00:00:00Z"""
    return as_utc(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
