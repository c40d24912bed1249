"""What stands on a board, in a schedule, in a notice: one session with the people in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from scheduler.booking.assign import Placement
from scheduler.booking.match import Match
from scheduler.booking.meeting import Meeting
from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair, Resource, Room, zone_of
from scheduler.booking.slot import Slot
from scheduler.storage.answers import Answer
from scheduler.wording import Phrase


class Across(StrEnum):
    """What the columns of a board are."""

    ROOM = "room"
    COMPANY = "company"
    BUYER = "buyer"
    INTERPRETER = "interpreter"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One session on a board or in a schedule. `meeting` is None while it is only planned.

    `answers` are those that stand: person -> accepted, declined or tentative.
    """

    slot: Slot
    company: Company | None = None
    buyer: Buyer | None = None
    interpreters: tuple[Interpreter, ...] = ()
    room: Room | None = None
    legs: tuple[LanguagePair, ...] = ()
    meeting: Meeting | None = None
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def away_zone(self) -> str | None:
        """The zone of the other side."""
        return zone_of(self.buyer) if self.buyer is not None else None


@dataclass(frozen=True, kw_only=True)
class Unplaced:
    """A match that has no session, why, and what would let it in."""

    match: Match
    company: Resource
    buyer: Resource
    reasons: tuple[Phrase, ...] = ()
    changes: tuple[Phrase, ...] = ()


def with_answers(entries: Iterable[Entry], known: Iterable[Answer]) -> tuple[Entry, ...]:
    """Sessions with what people have answered to each."""
    said: dict[str, dict[str, str]] = {}
    for one in known:
        said.setdefault(one.meeting_id, {})[one.recipient_id] = one.partstat
    return tuple(
        replace(one, answers=said[one.meeting.id]) if one.meeting and one.meeting.id in said else one
        for one in entries
    )


def entry_of(
    one: Meeting | Placement, resources: Mapping[str, Resource], legs: tuple[LanguagePair, ...] = ()
) -> Entry:
    """A session with the people in it; those that are not among the resources are left out."""
    company, buyer = resources.get(one.company_id or ""), resources.get(one.buyer_id or "")
    room = resources.get(one.room_id or "")
    interpreters = (resources.get(each) for each in one.interpreter_ids)
    return Entry(
        slot=one.slot,
        company=company if isinstance(company, Company) else None,
        buyer=buyer if isinstance(buyer, Buyer) else None,
        interpreters=tuple(each for each in interpreters if isinstance(each, Interpreter)),
        room=room if isinstance(room, Room) else None,
        legs=one.legs if isinstance(one, Meeting) else legs,
        meeting=one if isinstance(one, Meeting) else None,
    )


def ids_across(entry: Entry, across: Across) -> tuple[str, ...]:
    """In which columns a session stands; none where it has nobody of the kind."""
    if across is Across.INTERPRETER:
        return tuple(one.id for one in entry.interpreters)
    found = {Across.ROOM: entry.room, Across.COMPANY: entry.company, Across.BUYER: entry.buyer}[across]
    return (found.id,) if found is not None else ()
