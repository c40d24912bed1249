"""What an invite is made from: one session as one person is to be told of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from scheduler.booking.errors import BadInput, Fault
from scheduler.booking.people import LanguagePair
from scheduler.booking.slot import Slot
from scheduler.timezones.wall import as_utc, is_zone
from scheduler.wording import Phrase


class Notice(StrEnum):
    """The occasions for which one person gets one mail."""

    REQUEST = "request"
    UPDATE = "update"
    CANCEL = "cancel"
    REMINDER_DAY = "reminder-day"
    REMINDER_HOUR = "reminder-hour"
    REMINDER_ANSWER = "reminder-answer"

    @property
    def method(self) -> str | None:
        """The METHOD of the calendar object that goes with the mail; None when the mail carries none."""
        return _METHODS.get(self)


class Role(StrEnum):
    COMPANY = "company"
    BUYER = "buyer"
    INTERPRETER = "interpreter"
    ORGANISER = "organiser"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The one person who gets the mail, the calendar object or the feed."""

    name: str
    email: str
    language: str
    zone: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class LocalTime:
    """The start by the clocks of a zone whose rules have changed: wall time as it was told, and as it is."""

    zone: str
    was: datetime
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Was:
    """What an update replaces. A part left None did not change; an empty room name was the own office.

    `local_times` are those that a change of a zone's rules moved while the session stayed at its instant.
    """

    slot: Slot | None = None
    room_name: str | None = None
    interpreter_names: tuple[str, ...] | None = None
    link: str | None = None
    local_times: tuple[LocalTime, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InviteFacts:
    """One session for one reader. Raises BadInput with every fault at once.

    `uid` stays for the meeting's whole life; `sequence` is its revision; `stamp` is the instant of this
    revision (DTSTAMP), so that making the object twice gives the same bytes. `room_name` is None when the
    company joins from its own office. `languages` are the legs of interpretation. `link` is the video link,
    `page` the reader's own page, both http(s) or empty. `away_zone` is where the buyer sits. `title` names a
    session without company or buyer, such as a room booked outside any fair. `organiser_email` stays for the
    meeting's whole life, too; `write_to` is where the organiser is reached by now, empty for the same. `goes_on`: a
    cancellation for this reader alone, of a session that takes place without them.
    """

    uid: str
    sequence: int
    slot: Slot
    stamp: datetime
    organiser_name: str
    organiser_email: str
    reader: Reader
    away_zone: str
    home_zone: str = "Asia/Seoul"
    fair_name: str = ""
    company_name: str = ""
    buyer_name: str = ""
    title: str = ""
    room_name: str | None = None
    interpreter_names: tuple[str, ...] = ()
    languages: tuple[LanguagePair, ...] = ()
    link: str = ""
    page: str = ""
    was: Was | None = None
    write_to: str = ""
    goes_on: bool = False

    @property
    def has_moved_mailbox(self) -> bool:
        return self.write_to not in ("", self.organiser_email)

    def __post_init__(self) -> None:
        faults = tuple(_faults(self))
        if faults:
            raise BadInput(faults)
        object.__setattr__(self, "stamp", as_utc(self.stamp))


_METHODS = {Notice.REQUEST: "REQUEST", Notice.UPDATE: "REQUEST", Notice.CANCEL: "CANCEL"}
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x20\x7f]+@[^\s@<>()\[\],;:\"\\\x00-\x20\x7f]+")
_NOT_IN_A_LINK = re.compile(r"[\s\x00-\x20\x7f-\x9f\"<>\\^`{|}\u2028\u2029\ud800-\udfff]")
_UID = re.compile(r"[!-~]{1,200}")


@lru_cache(maxsize=4096)
def link_fault(link: str) -> Phrase | None:
    """Why this cannot be a session's link; None when it can. Only whole http and https addresses can."""
    if _NOT_IN_A_LINK.search(link):
        return Phrase("A link has no spaces, line breaks or quotation marks")
    try:
        parts = urlsplit(link)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return Phrase("This is not a whole link")
    if parts.scheme not in {"http", "https"} or not has_place:
        return Phrase("A link begins with https:// or http:// and names a server")
    return None


@lru_cache(maxsize=1024)
def _is_address(email: str) -> bool:
    return _ADDRESS.fullmatch(email) is not None


def _faults(facts: InviteFacts) -> Iterator[Fault]:
    if not _UID.fullmatch(facts.uid):
        yield Fault(place="uid", wrong=Phrase("A calendar UID is 1 to 200 printable ASCII characters"))
    if facts.sequence < 0:
        yield Fault(place="sequence", wrong=Phrase("A revision cannot be negative"))
    emails = {"organiser_email": facts.organiser_email, "reader.email": facts.reader.email}
    for place, email in (*emails.items(), *([("write_to", facts.write_to)] if facts.write_to else [])):
        if not _is_address(email):
            yield Fault(place=place, wrong=Phrase("This is not a mail address"))
    for place, link in (("link", facts.link), ("page", facts.page)):
        wrong = link_fault(link) if link else None
        if wrong is not None:
            yield Fault(place=place, wrong=wrong)
    zones = (
        ("home_zone", facts.home_zone),
        ("away_zone", facts.away_zone),
        ("reader.zone", facts.reader.zone),
    )
    for place, zone in zones:
        if not is_zone(zone):
            yield Fault(place=place, wrong=Phrase("There is no time zone called “%(zone)s”.", zone=zone))
