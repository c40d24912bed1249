"""What a calendar reader saw, the same for all readers, and a client's calendar that lives by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True)
class SeenEvent:
    """One event. Starts and ends count seconds since 1970; a floating time is no instant."""

    uid: str
    sequence: int
    starts: int
    ends: int
    is_floating: bool
    status: str
    summary: str
    description: str
    location: str
    link: str
    organisers: tuple[str, ...]
    attendees: tuple[str, ...]
    names: tuple[str, ...]
    asked: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A whole calendar; `complaints` are those of the reader itself."""

    method: str
    title: str
    events: tuple[SeenEvent, ...]
    complaints: tuple[str, ...] = ()


class CalendarReader(Protocol):
    """A program that is not ours and reads calendars."""

    name: str

    def read(self, calendar: bytes) -> Seen: ...


class Calendar(Protocol):
    """Somebody's calendar, by what arrived."""

    @property
    def events(self) -> Mapping[str, SeenEvent]: ...

    def receive(self, calendar: bytes) -> Seen: ...

    def subscribe(self, feed: bytes) -> Seen: ...


@runtime_checkable
class CalendarProgram(Protocol):
    """A reader that keeps a calendar itself, so that nothing has to be assumed about how it does."""

    def client(self) -> Calendar: ...


def client_of(reader: CalendarReader) -> Calendar:
    """Its own calendar where it has one; else one that lives as the RFC says, by what the reader saw."""
    return reader.client() if isinstance(reader, CalendarProgram) else Client(reader=reader)


@dataclass(kw_only=True)
class Client:
    """A calendar that applies what arrives as RFC 5546 tells a client to, by what its reader saw."""

    reader: CalendarReader
    events: dict[str, SeenEvent] = field(default_factory=dict)

    def receive(self, calendar: bytes) -> Seen:
        seen = self.reader.read(calendar)
        for event in seen.events:
            self._apply(seen.method, event)
        return seen

    def subscribe(self, feed: bytes) -> Seen:
        seen = self.reader.read(feed)
        self.events = {event.uid: event for event in seen.events if event.status != "CANCELLED"}
        return seen

    def _apply(self, method: str, event: SeenEvent) -> None:
        known = self.events.get(event.uid)
        if method == "REQUEST" and (known is None or event.sequence > known.sequence):
            self.events[event.uid] = event
        if method == "CANCEL" and known is not None and event.sequence > known.sequence:
            del self.events[event.uid]
