"""Who is free when: what is claimed already, and the search for the next moment that suits everybody.

The same search answers a company picking a slot, a walk-in at a booth and a coordinator moving a session by
hand; so what is listed as free is what a booking will be judged by.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, day_of, is_open, slots_of
from scheduler.booking.match import Match
from scheduler.booking.people import (
    Company,
    Interpreter,
    LanguagePair,
    Resource,
    Room,
    kind_of,
    named,
    zone_of,
)
from scheduler.booking.rules import (
    Conflict,
    Roster,
    When,
    buffer_minutes,
    claimed,
    home_zone,
    limit_per_day,
    outside_hours,
)
from scheduler.booking.slot import TICK_MINUTES, Slot
from scheduler.wording import Phrase


@dataclass(frozen=True, kw_only=True)
class Occupancy:
    """Claimed ticks per resource, and how many sessions each has on each of its own days."""

    ticks: Mapping[str, frozenset[int]] = field(default_factory=dict)
    sessions: Mapping[tuple[str, date], int] = field(default_factory=dict)

    def is_free(self, resource: Resource, slot: Slot, fair: Fair | None) -> bool:
        """Inside the resource's hours, unclaimed with its buffer, and below its limit for that day."""
        if self.has_claims(resource, slot) or not resource.hours.covers(slot.start_at, slot.end_at):
            return False
        limit = limit_per_day(resource, fair)
        return limit is None or self.sessions.get((resource.id, day_of(slot, zone_of(resource))), 0) < limit

    def has_claims(self, resource: Resource, slot: Slot) -> bool:
        """Whether any tick that a session in this slot would take from the resource is claimed."""
        taken = self.ticks.get(resource.id)
        return taken is not None and not taken.isdisjoint(_ticks_with_buffer(slot, buffer_minutes(resource)))


@lru_cache(maxsize=16384)
def _ticks_with_buffer(slot: Slot, minutes: int) -> range:
    """Asked for every resource of a fair in every slot of it, for one page."""
    return slot.with_buffer(after_minutes=minutes).ticks()


def find_placement(match: Match, slot: Slot, roster: Roster, occupancy: Occupancy) -> Placement | None:
    """The match placed in this slot with interpreters and a room that are free, or None.

    Interpreters with the fewest sessions that day come first; a company's preferred room comes first.
    """
    sides = (roster.resources[match.company_id], roster.resources[match.buyer_id])
    if not all(occupancy.is_free(one, slot, roster.fair) for one in sides):
        return None
    interpreters = find_interpreters(match.legs, slot, roster, occupancy)
    if interpreters is None:
        return None
    room = find_room(match, slot, roster, occupancy) if match.needs_room else None
    if match.needs_room and room is None:
        return None
    return Placement(
        match_id=match.id,
        company_id=match.company_id,
        buyer_id=match.buyer_id,
        slot=slot,
        interpreter_ids=interpreters,
        room_id=room.id if room is not None else None,
    )


def is_placeable(match: Match, slot: Slot, roster: Roster, occupancy: Occupancy) -> bool:
    """Whether `find_placement` finds one, without asking who of several it would be."""
    sides = (roster.resources[match.company_id], roster.resources[match.buyer_id])
    return (
        all(occupancy.is_free(one, slot, roster.fair) for one in sides)
        and has_interpreters(match.legs, slot, roster, occupancy)
        and (not match.needs_room or has_room(slot, roster, occupancy))
    )


def first_free(match: Match, roster: Roster, occupancy: Occupancy, *, not_before: datetime) -> Slot | None:
    """The first slot, none begun before `not_before`, in which the match can be placed."""
    slots = (slot for slot in candidate_slots(match, roster) if slot.start_at >= not_before)
    return next((slot for slot in slots if is_placeable(match, slot, roster, occupancy)), None)


def obstacles(match: Match, slot: Slot, roster: Roster, occupancy: Occupancy) -> tuple[Conflict, ...]:
    """Everything in the way of a match in this slot, all at once; nothing when it can be placed."""
    found = [
        conflict
        for side in (match.company_id, match.buyer_id)
        if (conflict := obstacle(roster.resources[side], slot, roster, occupancy)) is not None
    ]
    if not has_interpreters(match.legs, slot, roster, occupancy):
        pairs = ", ".join(str(leg) for leg in match.legs)
        phrase = Phrase(
            "No interpreter for %(pairs)s is free at %(when)s", pairs=pairs, when=_when(roster, slot)
        )
        found.append(Conflict(rule="interpreter_once_at_a_time", phrase=phrase, slot=slot))
    if match.needs_room and not has_room(slot, roster, occupancy):
        phrase = Phrase("No room is free at %(when)s", when=_when(roster, slot))
        found.append(Conflict(rule="room_once_at_a_time", phrase=phrase, slot=slot))
    return tuple(replace(conflict, match_ids=(match.id,)) for conflict in found)


def obstacle(resource: Resource, slot: Slot, roster: Roster, occupancy: Occupancy) -> Conflict | None:
    """Why one resource cannot take a session in this slot; None when it can."""
    if occupancy.is_free(resource, slot, roster.fair):
        return None
    closed = outside_hours(resource, slot, home_zone(roster))
    if closed is not None:
        return closed
    kind = kind_of(resource)
    if occupancy.has_claims(resource, slot):
        phrase = Phrase(
            "%(name)s is booked already at %(when)s", name=named(resource), when=_when(roster, slot)
        )
        return Conflict(rule=f"{kind}_once_at_a_time", phrase=phrase, resource_id=resource.id, slot=slot)
    phrase = Phrase("%(name)s has reached the limit of that day", name=named(resource))
    return Conflict(rule=f"{kind}_daily_limit", phrase=phrase, resource_id=resource.id, slot=slot)


def _when(roster: Roster, slot: Slot) -> When:
    return When(slot, home_zone(roster))


def find_interpreters(
    legs: Sequence[LanguagePair], slot: Slot, roster: Roster, occupancy: Occupancy
) -> tuple[str, ...] | None:
    """One free interpreter for each leg, nobody twice; None when there are not enough."""
    if not legs:
        return ()
    in_order = sorted(_speaking(legs, roster), key=lambda one: _sessions_that_day(one, slot, occupancy))
    free = (one for one in in_order if occupancy.is_free(one, slot, roster.fair))
    if len(legs) == 1:
        first = next(free, None)
        return None if first is None else (first.id,)
    return next(_assignments(tuple(legs), tuple(free)), None)


def has_interpreters(legs: Sequence[LanguagePair], slot: Slot, roster: Roster, occupancy: Occupancy) -> bool:
    """Whether `find_interpreters` finds any: for a page that lists every slot, and names nobody."""
    if len(legs) > 1:
        return find_interpreters(legs, slot, roster, occupancy) is not None
    speaking = _speaking(legs, roster)
    return not legs or any(occupancy.is_free(one, slot, roster.fair) for one in speaking)


def _speaking(legs: Sequence[LanguagePair], roster: Roster) -> Sequence[Interpreter]:
    """Languages first: among a hundred interpreters a few speak them, and asking who is free costs more."""
    if len(legs) == 1:
        return roster.by_leg.get(legs[0], ())
    return [one for one in roster.interpreters if any(leg in one.pairs for leg in legs)]


def _sessions_that_day(one: Interpreter, slot: Slot, occupancy: Occupancy) -> int:
    return occupancy.sessions.get((one.id, day_of(slot, zone_of(one))), 0)


def _assignments(legs: tuple[LanguagePair, ...], free: Sequence[Interpreter]) -> Iterator[tuple[str, ...]]:
    if not legs:
        yield ()
        return
    for one in free:
        if legs[0] in one.pairs:
            others = [other for other in free if other is not one]
            for rest in _assignments(legs[1:], others):
                yield (one.id, *rest)


def find_room(match: Match, slot: Slot, roster: Roster, occupancy: Occupancy) -> Room | None:
    """A free room, the company's preferred one before the others."""
    company = roster.resources[match.company_id]
    preferred = company.preferred_room_id if isinstance(company, Company) else None
    rooms = sorted(roster.rooms, key=lambda one: one.id != preferred)
    return next((one for one in rooms if occupancy.is_free(one, slot, roster.fair)), None)


def has_room(slot: Slot, roster: Roster, occupancy: Occupancy) -> bool:
    """Whether any room is free."""
    return any(occupancy.is_free(one, slot, roster.fair) for one in roster.rooms)


def nearest_moments(
    match: Match,
    roster: Roster,
    occupancy: Occupancy,
    *,
    around: datetime,
    not_before: datetime,
    not_after: datetime | None = None,
    count: int = 3,
) -> tuple[Placement, ...]:
    """The moments closest to `around`, none begun before `not_before`, when all that the match needs is free.

    With `not_after` none that ends later, for an occupancy that reaches no further.
    """
    slots = [
        slot
        for slot in candidate_slots(match, roster)
        if slot.start_at >= not_before and (not_after is None or slot.end_at <= not_after)
    ]
    slots.sort(key=lambda slot: (abs(slot.start_at - around), slot.start_at))
    found: list[Placement] = []
    for slot in slots:
        placement = find_placement(match, slot, roster, occupancy)
        if placement is not None:
            found.append(placement)
        if len(found) == count:
            break
    return tuple(found)


def candidate_slots(match: Match, roster: Roster) -> tuple[Slot, ...]:
    """The slots a match may take: the fair's own, or for a walk-in every tick of the opening hours."""
    fair, buyer = roster.fair, roster.resources[match.buyer_id]
    if fair is None:
        return ()
    country = getattr(buyer, "country", "")
    return tuple(_walk_in_slots(fair, country)) if match.is_walk_in else slots_of(fair, country)


def _walk_in_slots(fair: Fair, country: str) -> Iterator[Slot]:
    minutes = fair.rule_for(country).slot_minutes
    opened = slots_of(fair, country)
    if not opened:
        return
    start_at, last = opened[0].start_at, opened[-1].end_at + timedelta(minutes=fair.break_minutes)
    while start_at < last:
        slot = Slot.lasting(start_at, minutes)
        if is_open(fair, country, slot):
            yield slot
        start_at += timedelta(minutes=TICK_MINUTES)


def occupancy_of(
    placements: Iterable[Placement], roster: Roster, claims: Mapping[str, Iterable[int]] | None = None
) -> Occupancy:
    """The occupancy that placements make, on top of ticks claimed elsewhere."""
    ticks: dict[str, set[int]] = {key: set(taken) for key, taken in (claims or {}).items()}
    sessions: dict[tuple[str, date], int] = {}
    for one in placements:
        for resource_id in one.resource_ids:
            resource = roster.resources[resource_id]
            ticks.setdefault(resource_id, set()).update(claimed(resource, one.slot).ticks())
            key = (resource_id, day_of(one.slot, zone_of(resource)))
            sessions[key] = sessions.get(key, 0) + 1
    return Occupancy(ticks={key: frozenset(taken) for key, taken in ticks.items()}, sessions=sessions)
