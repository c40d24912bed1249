"""The cards of a board: sessions as they stand, and which of them somebody looks for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, day_of
from scheduler.booking.match import Match
from scheduler.booking.meeting import LIVE, Meeting, State
from scheduler.booking.people import Resource
from scheduler.booking.rules import Roster, conflicts_of
from scheduler.services.board import Across, Entry, entry_of, with_answers
from scheduler.services.notices import recipients_of
from scheduler.services.roster import placement_of
from scheduler.storage import answers, board_rows, matches, meetings
from scheduler.timezones.wall import to_utc
from scheduler.wording import Phrase

AT_ONCE = 16
"""Columns that are sent at once where there are many."""
_REACH = timedelta(hours=13)


class Only(StrEnum):
    """What may be looked for on a board besides words."""

    UNANSWERED = "unanswered"
    DECLINED = "declined"
    CONFLICTS = "conflicts"
    PINNED = "pinned"


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is looked at. `first` is the column that the window of `count` begins with, `tongue` a language.

    `is_checked` asks for conflicts, however many sessions there are.
    """

    day: date | None = None
    across: Across = Across.ROOM
    first: int = 0
    count: int = AT_ONCE
    words: str = ""
    only: Only | None = None
    tongue: str = ""
    is_checked: bool = False

    @property
    def is_searching(self) -> bool:
        return bool(self.words.strip() or self.only or self.tongue)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A session on the board; `id` is its match, or the meeting itself where the match is gone.

    `seen` is what a change must name: it differs once somebody else has changed the session.
    """

    id: str
    seen: str
    entry: Entry
    placement: Placement | None = None
    is_pinned: bool = False
    conflicts: tuple[Phrase, ...] = ()
    is_off: bool = False

    @property
    def invited(self) -> int:
        meeting = self.entry.meeting
        return len(recipients_of(meeting)) if meeting is not None and meeting.state is State.CONFIRMED else 0

    @property
    def accepted(self) -> int:
        return sum(1 for said in self.entry.answers.values() if said == "accepted")

    @property
    def has_declined(self) -> bool:
        return "declined" in self.entry.answers.values()

    @property
    def is_unanswered(self) -> bool:
        return len(self.entry.answers) < self.invited

    @property
    def is_movable(self) -> bool:
        meeting = self.entry.meeting
        return self.placement is not None and (
            meeting is None or meeting.state in (State.HELD, State.CONFIRMED)
        )


def planned_mark(placement: Placement) -> str:
    """What stands for the revision of a session that is only planned: its place itself."""
    return "|".join(
        (placement.slot.start_at.isoformat(), placement.room_id or "", *placement.interpreter_ids)
    )


def planned_cards(
    placements: Iterable[Placement],
    pins: Iterable[Placement],
    resources: Mapping[str, Resource],
    wanted: Mapping[str, Match],
) -> tuple[Card, ...]:
    """The sessions of a plan, in order of time."""
    pinned = {one.match_id: one for one in pins}
    return tuple(
        Card(
            id=one.match_id,
            seen=planned_mark(one),
            entry=entry_of(one, resources, wanted[one.match_id].legs if one.match_id in wanted else ()),
            placement=one,
            is_pinned=pinned.get(one.match_id) == one,
        )
        for one in sorted(placements, key=lambda one: (one.slot, one.match_id))
    )


@dataclass(frozen=True, kw_only=True)
class Part:
    """As much of a fair as is read: a day, None for all of them, and its columns, None for all of them."""

    day: date | None
    across: Across
    column_ids: tuple[str | None, ...] | None = None


def stored_cards(
    work: Session, fair: Fair, part: Part, resources: Mapping[str, Resource]
) -> tuple[Card, ...]:
    """The live sessions of a part of the fair, in order of time, with their answers."""
    stored = _stored(work, fair, part)
    entries = with_answers(
        (entry_of(one, resources) for one in stored),
        answers.answers_standing(work, [one.id for one in stored]),
    )
    pins = {one.match_id: one for one in matches.pins_of(work, fair.id)}
    return tuple(card_of(one, entry, pins) for one, entry in zip(stored, entries, strict=True))


def card_of(meeting: Meeting, entry: Entry, pins: Mapping[str, Placement]) -> Card:
    """A stored session; it is pinned itself, or by the pin of its match to this place."""
    placement = placement_of(meeting)
    return Card(
        id=meeting.match_id or meeting.id,
        seen=str(meeting.revision),
        entry=entry,
        placement=placement,
        is_pinned=meeting.is_pinned or (placement is not None and pins.get(placement.match_id) == placement),
    )


def _stored(work: Session, fair: Fair, part: Part) -> tuple[Meeting, ...]:
    if part.day is None:
        return meetings.meetings_of_fair(work, fair.id, LIVE)
    noon = to_utc(datetime.combine(part.day, time(12)), fair.zone)
    first, last = noon - _REACH, noon + _REACH
    if part.column_ids is None:
        near = meetings.meetings_of_fair(work, fair.id, LIVE, first, last)
    else:
        ids = board_rows.sessions_in(work, fair.id, str(part.across), part.column_ids, first, last)
        found = meetings.meetings_by_id(work, ids)
        near = tuple(sorted(found.values(), key=lambda one: (one.slot.start_at, one.id)))
    return tuple(one for one in near if day_of(one.slot, fair.zone) == part.day)


def with_conflicts(
    cards: Sequence[Card], fair: Fair, resources: Mapping[str, Resource], wanted: Mapping[str, Match]
) -> tuple[Card, ...]:
    """As the rules judge them now: hours may have been changed after a session was booked."""
    placed = [
        card.placement
        for card in cards
        if card.placement is not None
        and card.placement.match_id in wanted
        and all(one in resources for one in card.placement.resource_ids)
    ]
    roster = Roster(fair=fair, resources=resources, matches=wanted)
    found: dict[str, dict[Phrase, None]] = defaultdict(dict)
    for conflict in conflicts_of(placed, roster):
        for match_id in conflict.match_ids:
            found[match_id][conflict.phrase] = None
    return tuple(
        replace(card, conflicts=tuple(found[card.placement.match_id]))
        if card.placement is not None and card.placement.match_id in found
        else card
        for card in cards
    )


def searched(cards: Iterable[Card], look: Look) -> tuple[Card, ...]:
    """Those that are not what is looked for are off."""
    words = look.words.lower().split()
    return tuple(one if _is_hit(one, look, words) else replace(one, is_off=True) for one in cards)


def _is_hit(card: Card, look: Look, words: Collection[str]) -> bool:
    if look.only is not None and not _ONLY[look.only](card):
        return False
    if look.tongue and not any(look.tongue in (leg.first, leg.second) for leg in card.entry.legs):
        return False
    names = " ".join(_names(card.entry)).lower() if words else ""
    return all(word in names for word in words)


def _names(entry: Entry) -> Iterable[str]:
    named = (entry.company, entry.buyer, entry.room, *entry.interpreters)
    for one in named:
        if one is not None:
            yield one.name
            yield str(getattr(one, "name_en", ""))


_ONLY: Mapping[Only, Callable[[Card], bool]] = {
    Only.UNANSWERED: lambda card: card.is_unanswered,
    Only.DECLINED: lambda card: card.has_declined,
    Only.CONFLICTS: lambda card: bool(card.conflicts),
    Only.PINNED: lambda card: card.is_pinned,
}
