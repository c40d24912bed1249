"""Answers of calendar apps (METHOD:REPLY and COUNTER) read as leniently as can be, for no two apps agree.

What is relied on is UID, ATTENDEE, PARTSTAT, SEQUENCE and DTSTAMP. ORGANIZER is often missing, SUMMARY is in the
answerer's language, addresses begin with `MAILTO:` in any case, and Outlook calls zones by Windows' own names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import unquote

from icalendar.cal import Component
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scheduler.booking.errors import Refusal
from scheduler.booking.slot import Slot
from scheduler.invites.read import UnreadableCalendar, addresses, instant, parsed
from scheduler.timezones.errors import TimeError
from scheduler.timezones.wall import is_zone, to_utc
from scheduler.wording import Phrase

LONGEST_COMMENT = 2000
_LARGEST_SEQUENCE = 2**31 - 1
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
_ANSWERS |= {"NEEDS-ACTION": "", "DELEGATED": ""}


class UnreadableReply(Refusal):
    """The calendar is no answer, or lacks what an answer needs."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.phrase = Phrase("This is not an answer that can be read: %(reason)s", reason=reason)
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One person's answer. `attendee` is lower case; `partstat` accepted, declined or tentative, or empty for neither
    yes nor no: then `passed_to` is whom they send instead, if anybody.

    `stamped_at` is None when the app gave no DTSTAMP. `proposal` is the time that a COUNTER asks for instead.
    """

    uid: str
    attendee: str
    partstat: str
    sequence: int
    stamped_at: datetime | None
    comment: str = ""
    passed_to: str = ""
    is_counter: bool = False
    proposal: Slot | None = None


def read_reply(content: bytes, *, sender: str = "") -> Reply:
    """The answer in a calendar. Where it names several attendees, the one is meant who sent it.

    Raises UnreadableReply.
    """
    try:
        return _read(parsed(content), sender)
    except UnreadableCalendar as unreadable:
        raise UnreadableReply(unreadable.reason) from unreadable
    except UnreadableReply:
        raise
    # What a property holds is found out as it is asked for, and broken ones raise whatever they run into.
    except Exception as error:
        raise UnreadableReply(f"{type(error).__name__}: {error}") from error


def _read(calendar: Component, sender: str) -> Reply:
    method = _words(calendar, "METHOD").upper()
    if method not in {"REPLY", "COUNTER"}:
        raise UnreadableReply(f"METHOD is {method or 'missing'}")
    event = _only_event(calendar)
    attendee, partstat = _answer(event, sender, otherwise="TENTATIVE" if method == "COUNTER" else "")
    return Reply(
        uid=_words(event, "UID"),
        attendee=attendee,
        partstat=partstat,
        sequence=_sequence(event),
        stamped_at=instant(event, "DTSTAMP"),
        comment=_comment(event),
        passed_to=_passed_to(event, attendee) if not partstat else "",
        is_counter=method == "COUNTER",
        proposal=_proposal(event) if method == "COUNTER" else None,
    )


def _only_event(calendar: Component) -> Component:
    events = calendar.walk("VEVENT")
    uids = {_words(event, "UID") for event in events} - {""}
    if len(uids) != 1:
        raise UnreadableReply(f"{len(uids)} sessions are named")
    return next(event for event in events if _words(event, "UID"))


def _answer(event: Component, sender: str, *, otherwise: str) -> tuple[str, str]:
    said = tuple(zip(_attendees(event), _parameters(event, "PARTSTAT"), strict=True))
    people = {who for who, _word in said}
    attendee = sender.lower() if len(people) > 1 else next(iter(people), "")
    words = {word.upper() for who, word in said if who == attendee}
    if len(words) != 1:
        raise UnreadableReply(f"{len(people)} attendees are named, and {len(words)} answers of the sender")
    [word] = words
    partstat = _ANSWERS.get(word or otherwise)
    if partstat is None:
        raise UnreadableReply(f"PARTSTAT is {word or 'missing'}")
    return attendee, partstat


def _passed_to(event: Component, attendee: str) -> str:
    named = zip(_attendees(event), _parameters(event, "DELEGATED-TO"), strict=True)
    return next((_plain(to).removeprefix("mailto:") for who, to in named if who == attendee and to), "")


def _plain(address: str) -> str:
    return _CONTROL.sub("", address).strip().lower()


def _attendees(event: Component) -> Sequence[str]:
    """The mail address of each. Apple writes a path of its own there and the address beside it."""
    written = zip(addresses(event, "ATTENDEE"), _parameters(event, "EMAIL"), strict=True)
    return [_plain(unquote(one if "@" in one or "%40" in one else email)) for one, email in written]


def _parameters(event: Component, name: str) -> Sequence[str]:
    """Of each attendee; empty where it is missing."""
    written = event.get("ATTENDEE", [])
    values = written if isinstance(written, list) else [written]
    found = [getattr(value, "params", {}).get(name, "") for value in values]
    return [str(one[0] if isinstance(one, list) and one else one) for one in found]


def _sequence(event: Component) -> int:
    try:
        number = int(_words(event, "SEQUENCE") or 0)
    except ValueError:
        raise UnreadableReply("SEQUENCE is no number") from None
    if not 0 <= number <= _LARGEST_SEQUENCE:
        raise UnreadableReply("SEQUENCE is out of range")
    return number


def _comment(event: Component) -> str:
    return " ".join(_words(event, "COMMENT").split())[:LONGEST_COMMENT]


def _proposal(event: Component) -> Slot | None:
    """None when the times cannot be read: then a person reads the mail."""
    try:
        return _slot(event)
    # Broken properties and endless durations raise whatever they run into.
    except Exception:
        return None


def _slot(event: Component) -> Slot | None:
    start_at, end_at = _time(event, "DTSTART"), _time(event, "DTEND")
    if start_at is not None and end_at is None and "DURATION" in event:
        length = event.decoded("DURATION")
        end_at = start_at + length if isinstance(length, timedelta) else None
    if start_at is None or end_at is None or end_at <= start_at:
        return None
    return Slot(start_at, end_at)


def _time(event: Component, name: str) -> datetime | None:
    """By our own rules of zones where the zone has a name, else by those that the calendar brings along."""
    value = event.get(name)
    if value is None or isinstance(value, list):
        return None
    written: date = value.dt
    if not isinstance(written, datetime):
        return None
    name_of_zone = str(value.params.get("TZID", ""))
    zone = WINDOWS_TO_OLSON.get(name_of_zone, name_of_zone)
    if not is_zone(zone):
        return instant(event, name)
    try:
        return to_utc(written.replace(tzinfo=None), zone)
    except TimeError:
        return None


def _words(component: Component, name: str) -> str:
    value = component.get(name, "")
    return _CONTROL.sub("", str(value[0] if isinstance(value, list) else value)).strip()
