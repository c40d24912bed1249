"""Where one session could go: every slot and room at once, with what it would cost or all that stands in its way.

Sessions of a published fair, placements of a draft and matches without a place have options alike. What is listed as
possible is what `move` and `book` will judge by: they ask the same questions of the same facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair, FairState, day_of
from scheduler.booking.match import Match
from scheduler.booking.meeting import Meeting
from scheduler.booking.occupancy import (
    Occupancy,
    candidate_slots,
    find_interpreters,
    obstacle,
    obstacles,
)
from scheduler.booking.people import Company, Resource, Room
from scheduler.booking.rules import Conflict, Roster, never_pair
from scheduler.booking.slot import Slot
from scheduler.grid.costs import Cost, Reckoner, words_of
from scheduler.grid.problem import Problem
from scheduler.services.hand import booked_of, free_beside, planned_in, problem_for
from scheduler.services.roster import placement_of, placements_of, scene_with
from scheduler.storage import fairs, meetings
from scheduler.storage.db import Database
from scheduler.wording import Phrase


@dataclass(frozen=True, kw_only=True)
class Place:
    """One room in a slot; `room_id` is None for a company in its own office.

    Where it is possible, `placement` names who would interpret and `cost` what it would cost beside the present
    place; where not, `conflicts` has every reason.
    """

    slot: Slot
    room_id: str | None
    placement: Placement | None = None
    cost: Cost | None = None
    conflicts: tuple[Conflict, ...] = ()
    is_preferred: bool = False
    """Whether the company asked for this room."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A slot that a session could take; `conflicts` say why not in any room, and are empty where it can.

    `places` has one entry for each room in which it can or cannot.
    """

    slot: Slot
    conflicts: tuple[Conflict, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def best(self) -> Place | None:
        """The cheapest place in this slot."""
        possible = [one for one in self.places if one.cost is not None]
        return min(possible, key=_dearness, default=None)


@dataclass(frozen=True, kw_only=True)
class Options:
    """All that one session could do. `standing` is its present place, None for a match without one.

    `meeting` is None while the session is only planned. `told` counts nobody before a grid is published.
    """

    fair: Fair
    match: Match
    standing: Placement | None
    meeting: Meeting | None
    options: tuple[Option, ...]
    resources: Mapping[str, Resource]

    @property
    def places(self) -> tuple[Place, ...]:
        """Every slot and room, in order of time and of the fair's rooms."""
        return tuple(place for option in self.options for place in option.places)

    def told(self, place: Place) -> tuple[Resource, ...]:
        """Who would hear of it."""
        if place.cost is None or self.fair.state is not FairState.PUBLISHED:
            return ()
        return tuple(self.resources[one] for one in place.cost.concerned)

    def words(self, place: Place) -> tuple[Phrase, ...]:
        """Its cost in sentences."""
        return words_of(place.cost, self.resources) if place.cost is not None else ()


@dataclass(frozen=True, kw_only=True)
class Scenery:
    """What the options of one match are made from: who is free when, without the session itself."""

    fair: Fair
    match: Match
    roster: Roster
    occupancy: Occupancy
    standing: Placement | None
    meeting: Meeting | None
    theirs: tuple[Placement, ...]
    """What stands of the match's company and buyer at least, the session itself included."""
    problem: Problem
    """As much of the problem as tells how long those two wait."""

    @cached_property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(one for one in self.roster.resources.values() if isinstance(one, Room))


def options_for(db: Database, meeting_id: str, *, now: datetime) -> tuple[Option, ...]:
    """Every slot the meeting could take from now on, in order of time. Raises NotFound outside any fair."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        if meeting.fair_id is None or meeting.match_id is None:
            raise NotFound(kind="meeting", key=meeting_id)
        fair = fairs.get_fair_by_id(work, meeting.fair_id)
        scenery = _scenery(work, fair, meeting.match_id)
    return _options(scenery, now).options


def options_of_match(
    db: Database, fair_key: str, match_id: str, *, now: datetime, on: date | None = None
) -> Options:
    """The same for a match wherever it stands: as a session, in the newest draft, or nowhere. Raises NotFound.

    With `on`, the rooms are looked at on that day only: the options of other days say whether there is a place at
    all, and have no `places`.
    """
    with db.read() as work:
        scenery = _scenery(work, fairs.get_fair(work, fair_key), match_id)
    return _options(scenery, now, on)


def _options(scenery: Scenery, now: datetime, on: date | None = None) -> Options:
    slots = [one for one in candidate_slots(scenery.match, scenery.roster) if one.start_at >= now]
    reckoner = Reckoner(scenery.problem, scenery.theirs)
    zone = scenery.fair.zone
    return Options(
        fair=scenery.fair,
        match=scenery.match,
        standing=scenery.standing,
        meeting=scenery.meeting,
        options=tuple(
            _option(scenery, slot, reckoner)
            if on is None or day_of(slot, zone) == on
            else _glimpse(scenery, slot)
            for slot in slots
        ),
        resources=scenery.roster.resources,
    )


def _option(scenery: Scenery, slot: Slot, reckoner: Reckoner) -> Option:
    match, roster, occupancy = scenery.match, scenery.roster, scenery.occupancy
    never = tuple(_never(scenery, slot))
    in_the_way = (*never, *obstacles(replace(match, needs_room=False), slot, roster, occupancy))
    team = _team(scenery, slot) if not in_the_way else None
    rooms = scenery.rooms if match.needs_room else (None,)
    price = _Price(scenery, reckoner)
    places = tuple(_place(scenery, slot, room, team, in_the_way, price) for room in rooms)
    if any(not place.conflicts for place in places):
        return Option(slot=slot, places=places)
    if any(len(place.conflicts) == len(in_the_way) for place in places):
        return Option(slot=slot, conflicts=in_the_way, places=places)
    return Option(slot=slot, conflicts=(*never, *obstacles(match, slot, roster, occupancy)), places=places)


def _glimpse(scenery: Scenery, slot: Slot) -> Option:
    conflicts = obstacles(scenery.match, slot, scenery.roster, scenery.occupancy)
    return Option(slot=slot, conflicts=(*_never(scenery, slot), *conflicts))


class _Price:
    """What a slot costs with one team. It is the same in every room but the one that the session has now."""

    def __init__(self, scenery: Scenery, reckoner: Reckoner) -> None:
        self._standing, self._reckoner = scenery.standing, reckoner
        self._known: dict[bool, Cost] = {}

    def of(self, placement: Placement) -> Cost:
        standing = self._standing
        is_its_room = standing is not None and standing.room_id == placement.room_id
        if is_its_room not in self._known:
            before = [standing] if standing is not None else []
            self._known[is_its_room] = self._reckoner.cost(before, [placement])
        return self._known[is_its_room]


def _place(
    scenery: Scenery,
    slot: Slot,
    room: Room | None,
    team: tuple[str, ...] | None,
    in_the_way: tuple[Conflict, ...],
    price: _Price,
) -> Place:
    room_id, company = (
        room.id if room is not None else None,
        scenery.roster.resources[scenery.match.company_id],
    )
    closed = obstacle(room, slot, scenery.roster, scenery.occupancy) if room is not None else None
    conflicts = in_the_way if closed is None else (*in_the_way, closed)
    if conflicts or team is None:
        return Place(slot=slot, room_id=room_id, conflicts=conflicts)
    placement = Placement(
        match_id=scenery.match.id,
        company_id=scenery.match.company_id,
        buyer_id=scenery.match.buyer_id,
        slot=slot,
        interpreter_ids=team,
        room_id=room_id,
    )
    return Place(
        slot=slot,
        room_id=room_id,
        placement=placement,
        cost=price.of(placement),
        is_preferred=isinstance(company, Company) and company.preferred_room_id == room_id,
    )


def _dearness(place: Place) -> tuple[int, bool]:
    return place.cost.total if place.cost is not None else 0, not place.is_preferred


def _team(scenery: Scenery, slot: Slot) -> tuple[str, ...] | None:
    """The interpreters it has now where they are free, else whoever is."""
    standing = scenery.standing
    if standing is not None and len(standing.interpreter_ids) == len(scenery.match.legs):
        resources, fair = scenery.roster.resources, scenery.fair
        if all(
            one in resources and scenery.occupancy.is_free(resources[one], slot, fair)
            for one in standing.interpreter_ids
        ):
            return standing.interpreter_ids
    return find_interpreters(scenery.match.legs, slot, scenery.roster, scenery.occupancy)


def _never(scenery: Scenery, slot: Slot) -> Iterable[Conflict]:
    match = scenery.match
    there = Placement(match_id=match.id, company_id=match.company_id, buyer_id=match.buyer_id, slot=slot)
    return never_pair(there, scenery.roster)


def _scenery(work: Session, fair: Fair, match_id: str) -> Scenery:
    """Reads as much as one match needs, always in the same number of queries."""
    scene = scene_with(work, fair, match_id)
    match = scene.roster.matches[match_id]
    sides = (match.company_id, match.buyer_id)
    meeting = meetings.live_meeting_of_match(work, match_id)
    planned = planned_in(work, fair)
    standing = next((one for one in planned if one.match_id == match_id), None)
    if meeting is not None:
        standing = placement_of(meeting)
    others = [one for one in planned if one.match_id != match_id]
    booked = booked_of(work, fair, sides)
    theirs = placements_of(one for one in booked if one.fair_id == fair.id)
    return Scenery(
        fair=fair,
        match=match,
        roster=scene.roster,
        occupancy=free_beside(work, scene, others, [meeting] if meeting is not None else [], sides),
        standing=standing,
        meeting=meeting,
        theirs=(*theirs, *planned),
        problem=problem_for(work, fair, scene.roster, sides, booked),
    )
