"""Two sessions exchange their places: each takes the other's time, and its room where both have one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from scheduler.booking.assign import Placement
from scheduler.booking.match import Match
from scheduler.booking.occupancy import (
    Occupancy,
    candidate_slots,
    find_interpreters,
    find_room,
    obstacles,
    occupancy_of,
)
from scheduler.booking.rules import Conflict, Roster, conflicts_of, slot_of_the_fair
from scheduler.booking.slot import Slot
from scheduler.wording import Phrase


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Both in their new places; or, where there is no such exchange, every reason."""

    placements: tuple[Placement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def exchange(first: Placement, second: Placement, roster: Roster, occupancy: Occupancy) -> Exchange:
    """`occupancy` is what is taken without the two.

    Each takes the other's room, else keeps its own, else gets any that is free; it keeps its interpreters where they
    are free then, else gets the other's, else whoever is. A session whose buyers have slots of another length takes
    the one that begins when the other's did.
    """
    there, here = _slot_for(first, second.slot, roster), _slot_for(second, first.slot, roster)
    closed = [
        *(_no_slot(first, second.slot, roster) if there is None else ()),
        *(_no_slot(second, first.slot, roster) if here is None else ()),
    ]
    if there is None or here is None:
        return Exchange(conflicts=tuple(closed))
    if there == first.slot and first.room_id == second.room_id:
        return Exchange(conflicts=(_nothing_to_exchange(first, second),))
    for one in _places(first, second, there, roster, occupancy):
        beside = _with(occupancy, one, roster)
        other = next(_places(second, first, here, roster, beside), None)
        if other is not None and not conflicts_of((one, other), roster):
            return Exchange(placements=(one, other))
    return Exchange(conflicts=_reasons(first, second, (there, here), roster, occupancy))


def _slot_for(one: Placement, wanted: Slot, roster: Roster) -> Slot | None:
    slots = candidate_slots(roster.matches[one.match_id], roster)
    return next((slot for slot in slots if slot.start_at == wanted.start_at), None)


def _no_slot(one: Placement, wanted: Slot, roster: Roster) -> Iterator[Conflict]:
    yield from slot_of_the_fair(replace(one, slot=wanted), roster)


def _places(
    one: Placement, other: Placement, slot: Slot, roster: Roster, occupancy: Occupancy
) -> Iterator[Placement]:
    """Where the first could be in the slot, what is liked best before the rest."""
    match = roster.matches[one.match_id]
    sides = (roster.resources[one.company_id], roster.resources[one.buyer_id])
    if not all(occupancy.is_free(side, slot, roster.fair) for side in sides):
        return
    for team, room_id in product(
        _teams(match, one, other, slot, roster, occupancy), _rooms(match, one, other, slot, roster, occupancy)
    ):
        yield replace(one, slot=slot, interpreter_ids=team, room_id=room_id)


def _teams(
    match: Match, one: Placement, other: Placement, slot: Slot, roster: Roster, occupancy: Occupancy
) -> Sequence[tuple[str, ...]]:
    theirs = other.interpreter_ids if roster.matches[other.match_id].legs == match.legs else None
    found = find_interpreters(match.legs, slot, roster, occupancy)
    wished = dict.fromkeys(team for team in (one.interpreter_ids, theirs, found) if team is not None)
    return [team for team in wished if _are_free(team, slot, roster, occupancy)]


def _rooms(
    match: Match, one: Placement, other: Placement, slot: Slot, roster: Roster, occupancy: Occupancy
) -> Sequence[str | None]:
    if not match.needs_room:
        return [None]
    found = find_room(match, slot, roster, occupancy)
    wished = dict.fromkeys((other.room_id, one.room_id, found.id if found is not None else None))
    return [room for room in wished if room is not None and _are_free((room,), slot, roster, occupancy)]


def _are_free(ids: Sequence[str], slot: Slot, roster: Roster, occupancy: Occupancy) -> bool:
    found = [roster.resources.get(one) for one in ids]
    return all(one is not None and occupancy.is_free(one, slot, roster.fair) for one in found)


def _with(occupancy: Occupancy, one: Placement, roster: Roster) -> Occupancy:
    ours = occupancy_of([one], roster)
    ticks, sessions = dict(occupancy.ticks), dict(occupancy.sessions)
    for key, taken in ours.ticks.items():
        ticks[key] = ticks.get(key, frozenset()) | taken
    for day, count in ours.sessions.items():
        sessions[day] = sessions.get(day, 0) + count
    return Occupancy(ticks=ticks, sessions=sessions)


def _reasons(
    first: Placement, second: Placement, slots: tuple[Slot, Slot], roster: Roster, occupancy: Occupancy
) -> tuple[Conflict, ...]:
    """What is in the way of each; where each alone would fit, what is wrong with the two together."""
    alone = [
        conflict
        for one, slot in zip((first, second), slots, strict=True)
        for conflict in obstacles(roster.matches[one.match_id], slot, roster, occupancy)
    ]
    both = [
        next(_places(one, other, slot, roster, occupancy), replace(one, slot=slot))
        for one, other, slot in zip((first, second), (second, first), slots, strict=True)
    ]
    return tuple(alone) or conflicts_of(both, roster)


def _nothing_to_exchange(first: Placement, second: Placement) -> Conflict:
    return Conflict(
        rule="same_place",
        phrase=Phrase("The two sessions are at the same time; there is nothing to exchange"),
        match_ids=(first.match_id, second.match_id),
        slot=first.slot,
    )
