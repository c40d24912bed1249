"""Calling a pair forward into the time of a session that nobody came to.

What was left of the session is used: from the next tick on that suits everybody, for a whole session where all are
free that long, else until the session would have ended. The rules are those for whoever walks up to a booth.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.booking.assign import Placement
from scheduler.booking.fair import is_open
from scheduler.booking.match import Match
from scheduler.booking.meeting import Meeting
from scheduler.booking.occupancy import Occupancy, find_placement
from scheduler.booking.people import Buyer, Interpreter, Resource
from scheduler.booking.rules import Roster, buffer_minutes
from scheduler.booking.slot import TICK_MINUTES, Slot, tick_start

SHORTEST_MINUTES = 15
_TICK = timedelta(minutes=TICK_MINUTES)


def is_left(freed: Slot, now: datetime) -> bool:
    """Whether enough of the time is left for anybody to come."""
    return freed.end_at - now >= timedelta(minutes=SHORTEST_MINUTES)


def openings(freed: Slot, *, minutes: int, now: datetime) -> Iterator[Slot]:
    """Where a session of so many minutes could begin in the freed time, the earliest and longest first."""
    begins_at = max(now, freed.start_at + _TICK)
    first = Slot(begins_at, begins_at + _TICK).ticks().start
    start_at = tick_start(first)
    if start_at < begins_at:
        start_at += _TICK
    while start_at + timedelta(minutes=SHORTEST_MINUTES) <= freed.end_at:
        whole = Slot.lasting(start_at, minutes)
        yield whole
        if whole.end_at > freed.end_at:
            yield Slot(start_at, freed.end_at)
        start_at += _TICK


def first_opening(
    match: Match, freed: Meeting, roster: Roster, occupancy: Occupancy, *, now: datetime
) -> Placement | None:
    """The first one that company, buyer, interpreters and a room are all free for, with those who sit there where
    they suit; None where there is none.
    """
    buyer, fair = roster.resources[match.buyer_id], roster.fair
    if fair is None or not isinstance(buyer, Buyer):
        return None
    minutes = fair.rule_for(buyer.country).slot_minutes
    for slot in openings(freed.slot, minutes=minutes, now=now):
        found = find_placement(match, slot, roster, occupancy) if is_open(fair, buyer.country, slot) else None
        if found is not None:
            return _with_those_who_wait(found, match, freed, roster, occupancy)
    return None


def _with_those_who_wait(
    found: Placement, match: Match, freed: Meeting, roster: Roster, occupancy: Occupancy
) -> Placement:
    """In the same room and with the same interpreters where these can take it."""

    def is_free(key: str) -> bool:
        one = roster.resources.get(key)
        return one is not None and occupancy.is_free(one, found.slot, roster.fair)

    team = [roster.resources.get(one) for one in freed.interpreter_ids]
    speaks = len(team) == len(match.legs) and all(
        isinstance(one, Interpreter) and leg in one.pairs for one, leg in zip(team, match.legs, strict=False)
    )
    if speaks and all(map(is_free, freed.interpreter_ids)):
        found = replace(found, interpreter_ids=freed.interpreter_ids)
    if match.needs_room and freed.room_id is not None and is_free(freed.room_id):
        found = replace(found, room_id=freed.room_id)
    return found


def as_walk_in(match: Match) -> Match:
    """Whoever is called forward begins when everybody is free, and not with one of the fair's slots."""
    return replace(match, is_walk_in=True)


def cut_short(meeting: Meeting, *, before: datetime, resources: Iterable[Resource]) -> Meeting:
    """The session that nobody came to, ended so that rest and change-over lie before the one called forward."""
    buffers = max((buffer_minutes(one) for one in resources), default=0)
    ends_at = max(meeting.slot.start_at + _TICK, before - timedelta(minutes=buffers))
    return replace(meeting, slot=Slot(meeting.slot.start_at, min(ends_at, meeting.slot.end_at)))
