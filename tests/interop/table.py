"""`python -m tests.interop.table`: every reader that can be had, with what it makes of our calendars.

Rows are readers and places; columns are the request, its update, the cancellation, a swapped attendee, and the
feed. A reader that is missing is named and counts as a failure only with --all.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta

from scheduler.booking.slot import Slot
from scheduler.invites.facts import Reader
from scheduler.invites.feed import entry_for, feed
from scheduler.invites.lint import lint
from tests.builders import DALLAS, JAKARTA, utc
from tests.interop.dialogue import Dialogue, dialogue
from tests.interop.evolution import Evolution, find_python
from tests.interop.icaljs import IcalJs, NodeIcal, install
from tests.interop.kde import Kde, find_program
from tests.interop.libical import Libical, find_library
from tests.interop.seen import Calendar, CalendarReader, client_of
from tests.interop.thunderbird import Account, find_thunderbird, running_thunderbird
from tests.invitations import a_buyer_reading, a_reader, invite_facts

JUNE = (Slot.lasting(utc(2026, 6, 24, 0), 30), Slot.lasting(utc(2026, 6, 24, 1, 30), 30))
AUTUMN = (Slot.lasting(utc(2026, 11, 1, 6, 30), 30), Slot.lasting(utc(2026, 11, 1, 7, 30), 30))
PLACES = {
    "Seoul": (a_reader(), JAKARTA, JUNE),
    "Jakarta": (a_buyer_reading(language="id"), JAKARTA, JUNE),
    "Chicago, clocks go back": (a_buyer_reading(zone=DALLAS), DALLAS, AUTUMN),
    "Dubai": (a_buyer_reading(zone="Asia/Dubai"), "Asia/Dubai", JUNE),
    "Kathmandu": (a_buyer_reading(zone="Asia/Kathmandu"), "Asia/Kathmandu", JUNE),
}
COLUMNS = ("request", "update", "cancel", "swapped", "feed")
NOT_DRIVEN = {
    "Outlook, Google Calendar, Apple Calendar": "they are not to be had as a program on Linux",
}


@contextmanager
def readers() -> Iterator[dict[str, CalendarReader | None]]:
    """By name; None for one that is not to be had here."""
    has_node, library, python, program = install(), find_library(), find_python(), find_thunderbird()
    compiled = find_program()
    nobody = Account(email="nobody@mail.example", name="")
    with running_thunderbird(program, nobody) if program is not None else nullcontext() as thunderbird:
        yield {
            "ical.js": IcalJs() if has_node else None,
            "node-ical": NodeIcal() if has_node else None,
            "libical": Libical(library) if library is not None else None,
            "Evolution": Evolution(python) if python is not None else None,
            "KDE": Kde(compiled) if compiled is not None else None,
            "Thunderbird": thunderbird,
        }


def faults_by_column(reader: CalendarReader, place: str) -> dict[str, str]:
    """Column -> what is wrong there; empty text where all is well."""
    person, away_zone, (first, second) = PLACES[place]
    story = dialogue(reader=person, away_zone=away_zone, first=first, second=second)
    checks: dict[str, Callable[[], Iterator[str]]] = {
        "request": lambda: _request(reader, story),
        "update": lambda: _update(reader, story),
        "cancel": lambda: _cancel(reader, story),
        "swapped": lambda: _swapped(reader, story, person, away_zone),
        "feed": lambda: _feed(reader, story, person, away_zone),
    }
    return {column: "; ".join(check()) for column, check in checks.items()}


def _request(reader: CalendarReader, story: Dialogue) -> Iterator[str]:
    yield from lint(story.invite)
    client = client_of(reader)
    client.receive(story.invite)
    yield from _stands(client, story.first)


def _update(reader: CalendarReader, story: Dialogue) -> Iterator[str]:
    yield from lint(story.update)
    client = client_of(reader)
    client.receive(story.invite)
    uids = set(client.events)
    client.receive(story.update)
    yield from _stands(client, story.second)
    if set(client.events) != uids:
        yield "another UID"
    client.receive(story.invite)
    yield from _stands(client, story.second)


def _cancel(reader: CalendarReader, story: Dialogue) -> Iterator[str]:
    yield from lint(story.cancellation)
    client = client_of(reader)
    for one in (story.invite, story.update, story.cancellation):
        client.receive(one)
    if client.events:
        yield "still there"


def _swapped(reader: CalendarReader, story: Dialogue, person: Reader, away_zone: str) -> Iterator[str]:
    """An interpreter leaves and another comes: the one loses the session, the other gets it, nobody sees both."""
    leaves = a_reader(name="이통역", email="lee@interpreter.example")
    comes = a_reader(name="박통역", email="park@interpreter.example")
    told = {"away_zone": away_zone, "first": story.first, "second": story.second}
    old, new = dialogue(reader=leaves, **told), dialogue(reader=comes, **told)
    one, other, stays = client_of(reader), client_of(reader), client_of(reader)
    one.receive(old.invite)
    one.receive(old.cancellation)
    other.receive(new.update)
    stays.receive(story.invite)
    stays.receive(story.update)
    if one.events:
        yield "still with who left"
    yield from _stands(other, story.second)
    yield from _stands(stays, story.second)
    seen = {email for event in other.events.values() for email in event.attendees}
    if seen != {comes.email}:
        yield f"named: {sorted(seen)}"


def _feed(reader: CalendarReader, story: Dialogue, person: Reader, away_zone: str) -> Iterator[str]:
    facts = invite_facts(slot=story.first, reader=person, away_zone=away_zone)
    for is_cancelled in (False, True):
        entry = entry_for(facts, changed_at=facts.stamp, is_cancelled=is_cancelled)
        content = feed("상담", [entry], language=person.language, zone=person.zone, ttl=timedelta(hours=1))
        yield from lint(content, may_name=())
        client = client_of(reader)
        client.subscribe(content)
        if is_cancelled and client.events:
            yield "cancelled and still there"
        if not is_cancelled:
            yield from _stands(client, story.first)


def _stands(client: Calendar, slot: Slot) -> Iterator[str]:
    wanted = [(int(slot.start_at.timestamp()), int(slot.end_at.timestamp()), False)]
    found = [(one.starts, one.ends, one.is_floating) for one in client.events.values()]
    if found != wanted:
        yield f"{found} instead of {wanted}"


def main(words: list[str]) -> int:
    print(f"{'reader':<12}{'place':<26}" + "".join(f"{column:<10}" for column in COLUMNS))
    with readers() as found:
        wrong = sum(_told(name, reader) for name, reader in found.items() if reader is not None)
        missing = [name for name, reader in found.items() if reader is None]
    print(f"missing here: {', '.join(missing) or 'none'}")
    for name, reason in NOT_DRIVEN.items():
        print(f"not driven: {name}: {reason}")
    return 1 if wrong or (missing and "--all" in words) else 0


def _told(name: str, reader: CalendarReader) -> int:
    """Prints one reader's rows; how many cells are wrong."""
    wrong = 0
    for place in PLACES:
        faults = faults_by_column(reader, place)
        wrong += sum(map(bool, faults.values()))
        cells = "".join(f"{'WRONG' if faults[column] else 'ok':<10}" for column in COLUMNS)
        print(f"{name:<12}{place:<26}{cells}", flush=True)
        print("".join(f"    {column}: {fault}\n" for column, fault in faults.items() if fault), end="")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
