"""A check of our own calendars before anybody gets them: every broken rule, each with a name and what was found."""

import re
from collections.abc import Callable, Iterator

from icalendar.cal import Component

from scheduler.invites.lines import MAX_OCTETS
from scheduler.invites.read import UnreadableCalendar, addresses, instant, parsed


def lint(calendar: bytes, *, may_name: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """What is wrong with an invite, a cancellation or a feed, in English; empty when all is well.

    `may_name` are the mail addresses that may stand in it, in any place: organiser and reader for an invite, none
    for a feed. Without it, those that the invite itself calls ORGANIZER and ATTENDEE.
    """
    octets = tuple(_octet_faults(calendar))
    try:
        tree = parsed(calendar)
    except UnreadableCalendar as unreadable:
        return (*octets, f"readable: {unreadable.reason}")
    method = str(tree.get("METHOD", "")).upper()
    rules = _MESSAGE_RULES if method in _MESSAGES else _FEED_RULES
    found = (fault for rule in (*_ALWAYS, *rules) for fault in rule(tree))
    return (*octets, *found, *_foreign_addresses(tree, calendar, may_name))


def _octet_faults(calendar: bytes) -> Iterator[str]:
    if not calendar.endswith(b"\r\n"):
        yield "crlf: the last line is not ended"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", calendar):
        yield "crlf: a line ends in a bare CR or LF"
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", calendar), start=1):
        if len(line) > MAX_OCTETS:
            yield f"fold: line {number} has {len(line)} octets"
        if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", line):
            yield f"control: line {number} has a control character"
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            yield f"utf-8: line {number} is cut inside a character"


def _head(calendar: Component) -> Iterator[str]:
    if str(calendar.get("VERSION", "")) != "2.0":
        yield "head: VERSION is not 2.0"
    if not calendar.get("PRODID"):
        yield "head: there is no PRODID"
    if str(calendar.get("METHOD", "")).upper() not in {*_MESSAGES, "PUBLISH", ""}:
        yield f"method: {calendar['METHOD']} is not one we send"


def _utc(calendar: Component) -> Iterator[str]:
    if calendar.walk("VTIMEZONE"):
        yield "utc: there is a VTIMEZONE"
    for event in calendar.walk("VEVENT"):
        for name in ("DTSTAMP", "DTSTART", "DTEND"):
            written = event.get(name)
            if written is None or isinstance(written, list) or not written.to_ical().endswith(b"Z"):
                yield f"utc: {name} is not one instant in UTC"
        start_at, end_at = instant(event, "DTSTART"), instant(event, "DTEND")
        if start_at is not None and end_at is not None and end_at <= start_at:
            yield "order: it ends before it starts"


def _whole(calendar: Component) -> Iterator[str]:
    for event in calendar.walk("VEVENT"):
        for name in ("UID", "SEQUENCE", "SUMMARY", "STATUS"):
            if name not in event or isinstance(event[name], list):
                yield f"whole: there is not exactly one {name}"
        if event.walk("VALARM"):
            yield "alarm: reminders are sent by the server"
        link = str(event.get("URL", "https://"))
        if not link.startswith(("https://", "http://")):
            yield f"link: {link} is no web address"


def _uids_differ(calendar: Component) -> Iterator[str]:
    uids = [str(event.get("UID", "")) for event in calendar.walk("VEVENT")]
    for uid in sorted({uid for uid in uids if uids.count(uid) > 1}):
        yield f"uid: {uid} stands in it twice"


def _one_event(calendar: Component) -> Iterator[str]:
    if len(calendar.walk("VEVENT")) != 1:
        yield "one event: a message has exactly one VEVENT"


def _two_people(calendar: Component) -> Iterator[str]:
    for event in calendar.walk("VEVENT"):
        organisers, attendees = addresses(event, "ORGANIZER"), addresses(event, "ATTENDEE")
        if len(organisers) != 1:
            yield "organizer: there is not exactly one"
        if len(attendees) != 1:
            yield f"attendee: there are {len(attendees)}, not one"
        if set(organisers) & set(attendees):
            yield "attendee: the organizer cannot be invited"


def _answerable(calendar: Component) -> Iterator[str]:
    if str(calendar.get("METHOD")).upper() != "REQUEST":
        return
    for event in calendar.walk("VEVENT"):
        asked = [getattr(value, "params", {}) for value in _listed(event, "ATTENDEE")]
        if any((one.get("RSVP"), one.get("PARTSTAT")) != ("TRUE", "NEEDS-ACTION") for one in asked):
            yield "answer: the attendee is not asked for one"


def _status(calendar: Component) -> Iterator[str]:
    cancels = str(calendar.get("METHOD")).upper() == "CANCEL"
    for event in calendar.walk("VEVENT"):
        if (str(event.get("STATUS", "")).upper() == "CANCELLED") != cancels:
            yield "status: CANCELLED belongs to METHOD:CANCEL and to nothing else that is sent"


def _nobody_named(calendar: Component) -> Iterator[str]:
    for event in calendar.walk("VEVENT"):
        if "ATTENDEE" in event or "ORGANIZER" in event:
            yield f"feed: {event.get('UID')} names people"


def _feed_head(calendar: Component) -> Iterator[str]:
    for name in ("X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        if name not in calendar:
            yield f"feed: there is no {name}"
    interval = calendar.get("REFRESH-INTERVAL")
    if interval is not None and interval.params.get("VALUE") != "DURATION":
        yield "feed: REFRESH-INTERVAL lacks VALUE=DURATION"


def _foreign_addresses(calendar: Component, octets: bytes, may_name: tuple[str, ...] | None) -> Iterator[str]:
    known = {address.lower() for address in may_name or ()}
    if may_name is None:
        for event in calendar.walk("VEVENT"):
            known |= {*addresses(event, "ORGANIZER"), *addresses(event, "ATTENDEE")}
    known |= {str(event.get("UID", "")).lower() for event in calendar.walk("VEVENT")}
    unfolded = re.sub(rb"\r?\n[ \t]", b"", octets).decode("utf-8", "replace")
    written = {found[0].rstrip(".").lower() for found in _ADDRESS.finditer(unfolded)}
    for address in sorted(written - known):
        yield f"foreign address: {address}"


def _listed(component: Component, name: str) -> list[object]:
    value = component.get(name, [])
    return value if isinstance(value, list) else [value]


Rule = Callable[[Component], Iterator[str]]
_ALWAYS: tuple[Rule, ...] = (_head, _utc, _whole, _uids_differ)
_MESSAGE_RULES: tuple[Rule, ...] = (_one_event, _two_people, _answerable, _status)
_FEED_RULES: tuple[Rule, ...] = (_nobody_named, _feed_head)
_MESSAGES = frozenset({"REQUEST", "CANCEL"})
# Everything a mail address may have before the at sign, without what stands around one in calendar text.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+")
