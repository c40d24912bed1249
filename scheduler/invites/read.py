"""A calendar object read back, with the `icalendar` package: what the mailbox shows, and what lint judges."""

from dataclasses import dataclass
from datetime import date, datetime

from icalendar import Calendar
from icalendar.cal import Component

from scheduler.booking.errors import Refusal
from scheduler.timezones.wall import as_utc
from scheduler.wording import Phrase


class UnreadableCalendar(Refusal):
    """The bytes are no calendar, or one that lacks what every calendar has."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.phrase = Phrase("This is not a calendar that can be read: %(reason)s", reason=reason)
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One VEVENT. Addresses are lower case and without `mailto:`; a start or end that is no instant is None."""

    uid: str
    sequence: int
    start_at: datetime | None
    end_at: datetime | None
    status: str
    summary: str
    description: str
    location: str
    link: str
    organiser: str
    attendees: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Glance:
    """A calendar at a glance; `method` is empty when it has none."""

    method: str
    entries: tuple[Entry, ...]


def glance(content: bytes) -> Glance:
    """Raises UnreadableCalendar."""
    calendar = parsed(content)
    entries = tuple(_entry(event) for event in calendar.walk("VEVENT"))
    return Glance(method=_text(calendar, "METHOD").upper(), entries=entries)


def parsed(content: bytes) -> Component:
    """The one VCALENDAR in the bytes, as the package's own tree. Raises UnreadableCalendar."""
    try:
        calendars = Calendar.from_ical(content, multiple=True)
    # The package raises whatever its parsing of a broken value happens to run into.
    except Exception as error:
        raise UnreadableCalendar(f"{type(error).__name__}: {error}") from error
    if len(calendars) != 1 or calendars[0].name != "VCALENDAR":
        raise UnreadableCalendar("there is not exactly one VCALENDAR")
    return calendars[0]


def addresses(component: Component, name: str) -> tuple[str, ...]:
    """All calendar addresses of this name, lower case, without `mailto:`."""
    written = component.get(name, [])
    values = written if isinstance(written, list) else [written]
    return tuple(str(value).lower().removeprefix("mailto:") for value in values)


def instant(component: Component, name: str) -> datetime | None:
    """The property as an instant; None when it is missing, a date, or a time without a zone."""
    try:
        value: date | None = component.decoded(name)
        return as_utc(value) if isinstance(value, datetime) and value.tzinfo is not None else None
    except Exception:
        return None


def _entry(event: Component) -> Entry:
    organisers = addresses(event, "ORGANIZER")
    return Entry(
        uid=_text(event, "UID"),
        sequence=_number(event, "SEQUENCE"),
        start_at=instant(event, "DTSTART"),
        end_at=instant(event, "DTEND"),
        status=_text(event, "STATUS").upper(),
        summary=_text(event, "SUMMARY"),
        description=_text(event, "DESCRIPTION"),
        location=_text(event, "LOCATION"),
        link=_text(event, "URL"),
        organiser=organisers[0] if organisers else "",
        attendees=addresses(event, "ATTENDEE"),
    )


def _text(component: Component, name: str) -> str:
    value = component.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _number(component: Component, name: str) -> int:
    try:
        return int(component.get(name, 0))
    except (TypeError, ValueError):
        return 0
