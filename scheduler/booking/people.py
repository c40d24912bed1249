"""Who and what can be booked: companies, buyers, interpreters and rooms.

These carry the facts that decide a booking. How a person is reached stands apart in `Contact`,
so that a grid problem can be handed on without anybody's address in it.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from scheduler.timezones.hours import Hours


class Kind(StrEnum):
    """The kinds of resource; also the first part of a resource's address in the database."""

    COMPANY = "company"
    BUYER = "buyer"
    INTERPRETER = "interpreter"
    ROOM = "room"


class Attendance(StrEnum):
    """Where a company sits during its sessions."""

    ROOM = "room"
    OWN_OFFICE = "own_office"


@dataclass(frozen=True, order=True)
class LanguagePair:
    """Two languages (ISO 639-1) an interpreter works between, kept in alphabetical order."""

    first: str
    second: str

    def __post_init__(self) -> None:
        one, two = sorted((self.first.strip().lower(), self.second.strip().lower()))
        if not one or one == two:
            raise ValueError(f"a language pair needs two languages, not {self.first!r} and {self.second!r}")
        object.__setattr__(self, "first", one)
        object.__setattr__(self, "second", two)

    @classmethod
    def parse(cls, text: str) -> "LanguagePair":
        """From "ko-id"."""
        first, _, second = text.partition("-")
        return cls(first, second)

    def __str__(self) -> str:
        return f"{self.first}-{self.second}"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How a person is reached, and in which language they are written to."""

    person: str = ""
    email: str = ""
    phone: str = ""
    language: str = "ko"


@dataclass(frozen=True, kw_only=True)
class Company:
    """A Korean company. `hours` are when it can attend; `daily_limit` counts sessions per local day."""

    id: str
    name: str
    hours: Hours
    name_en: str = ""
    languages: tuple[str, ...] = ("ko",)
    attendance: Attendance = Attendance.ROOM
    preferred_room_id: str | None = None
    daily_limit: int | None = None
    products: str = ""
    note: str = ""
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """A buyer abroad. `languages` are those a session can be held in without an interpreter on their side."""

    id: str
    name: str
    hours: Hours
    country: str
    city: str = ""
    languages: tuple[str, ...] = ("en",)
    daily_limit: int | None = None
    is_verified: bool = False
    interests: str = ""
    note: str = ""
    contact: Contact = field(default_factory=lambda: Contact(language="en"))


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """An interpreter works between `pairs`, rests `rest_minutes` after a session, and has a limit per day."""

    id: str
    name: str
    hours: Hours
    pairs: tuple[LanguagePair, ...]
    name_en: str = ""
    rest_minutes: int = 0
    daily_limit: int | None = None
    note: str = ""
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, kw_only=True)
class Room:
    """A video room. Its change-over follows each session and is claimed with it."""

    id: str
    name: str
    hours: Hours
    name_en: str = ""
    change_over_minutes: int = 0
    link: str = ""
    note: str = ""


Resource = Company | Buyer | Interpreter | Room


def kind_of(resource: Resource) -> Kind:
    """Which kind of resource this is."""
    return _KINDS[type(resource)]


def name_for(resource: Resource, language: str) -> str:
    """The English name, where there is one, for those who read no Korean."""
    english = "" if isinstance(resource, Buyer) else resource.name_en
    return english if english and language != "ko" else resource.name


@dataclass(frozen=True)
class Name:
    """A name as a fact of a sentence, by the language it is said in."""

    name: str
    name_en: str

    def text(self, language: str) -> str:
        return self.name if language == "ko" else self.name_en


def named(resource: Resource) -> Name | str:
    """The name of somebody or of a room in a sentence whose reader is not known yet."""
    english = "" if isinstance(resource, Buyer) else resource.name_en
    return Name(resource.name, english) if english else resource.name


def zone_of(resource: Resource) -> str:
    """The zone a resource lives in, and in which its day begins and ends."""
    return resource.hours.zone


_KINDS: dict[type, Kind] = {
    Company: Kind.COMPANY,
    Buyer: Kind.BUYER,
    Interpreter: Kind.INTERPRETER,
    Room: Kind.ROOM,
}
