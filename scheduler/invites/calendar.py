"""The calendar object of one session for one person: iTIP REQUEST and CANCEL (RFC 5546), times in UTC."""

from collections.abc import Iterator

from scheduler.invites.facts import InviteFacts, Notice
from scheduler.invites.lines import mailto, parameter, serialised, text, utc
from scheduler.invites.text import description, location, summary

PRODUCT = "-//Sangdam//Scheduler for export consultations//EN"


def invite(facts: InviteFacts, notice: Notice) -> bytes:
    """The object that goes with a request, an update or a cancellation; ValueError for any other notice.

    It names the organiser and the reader and no other address. An update is a REQUEST with a higher SEQUENCE
    than before, a cancellation a CANCEL with a higher one still: the caller raises `sequence`.
    """
    if notice.method is None:
        raise ValueError(f"a {notice} carries no calendar object")
    return serialised(_calendar(facts, notice.method))


def _calendar(facts: InviteFacts, method: str) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODUCT}"
    yield "CALSCALE:GREGORIAN"
    yield f"METHOD:{method}"
    yield "BEGIN:VEVENT"
    yield f"UID:{facts.uid}"
    yield f"SEQUENCE:{facts.sequence}"
    yield f"DTSTAMP:{utc(facts.stamp)}"
    yield f"DTSTART:{utc(facts.slot.start_at)}"
    yield f"DTEND:{utc(facts.slot.end_at)}"
    yield f"SUMMARY:{text(summary(facts))}"
    yield f"DESCRIPTION:{text(description(facts))}"
    yield from place_lines(location(facts), facts.link)
    yield f"STATUS:{'CANCELLED' if method == 'CANCEL' else 'CONFIRMED'}"
    yield "TRANSP:OPAQUE"
    yield f"ORGANIZER{_cn(facts.organiser_name)}:{mailto(facts.organiser_email)}"
    yield _attendee(facts, method)
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def place_lines(place: str, link: str) -> Iterator[str]:
    """Where the session is, in each of the places where one client or another looks for the link."""
    if place:
        yield f"LOCATION:{text(place)}"
    if link:
        yield f"URL:{link}"
        yield f"CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:{link}"


def _attendee(facts: InviteFacts, method: str) -> str:
    asked = ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE" if method == "REQUEST" else ""
    kind = ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT"
    return f"ATTENDEE{kind}{asked}{_cn(facts.reader.name)}:{mailto(facts.reader.email)}"


def _cn(name: str) -> str:
    return f";CN={parameter(name)}" if name else ""
