"""What a change by hand would do, without doing it: where sessions would be, what forbids it, what it would cost.

It looks at sessions once there are any, and at the newest draft before; it is judged as the deed itself would be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import IllegalMove, NotFound
from scheduler.booking.exchange import exchange
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.occupancy import Occupancy, find_interpreters, find_room, obstacle, obstacles
from scheduler.booking.people import Resource
from scheduler.booking.rules import Conflict, Roster, conflicts_with, in_the_past
from scheduler.booking.slot import Slot
from scheduler.grid.costs import Cost, Reckoner, words_of
from scheduler.services.hand import booked_of, free_beside, planned_in, problem_for
from scheduler.services.roster import Scene, placement_of, placements_of, scene_among
from scheduler.storage import fairs, matches, meetings
from scheduler.storage.db import Database
from scheduler.wording import Phrase

_OPEN = (State.HELD, State.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class MoveTo:
    """A match gets this slot, whether it has a place already or none; what is None stays where it is free then."""

    match_id: str
    slot: Slot
    interpreter_ids: tuple[str, ...] | None = None
    room_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Swap:
    """Two matches exchange their times."""

    first_id: str
    second_id: str


@dataclass(frozen=True, kw_only=True)
class PinThere:
    """A match stays where it is, also in a new plan."""

    match_id: str


@dataclass(frozen=True, kw_only=True)
class TakeOut:
    """A session is cancelled, or taken out of the draft."""

    match_id: str


Step = MoveTo | Swap | PinThere | TakeOut


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What would come of a step. Where there are `conflicts`, it is refused and nothing else is said."""

    before: tuple[Placement, ...]
    after: tuple[Placement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    cost: Cost | None = None
    words: tuple[Phrase, ...] = ()
    told: tuple[Resource, ...] = ()

    @property
    def is_possible(self) -> bool:
        return not self.conflicts


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a step stands on: the sessions it is about, and who is free without them."""

    fair: Fair
    roster: Roster
    standing: Mapping[str, Placement]
    """By match, those that the step is about."""
    meetings: Mapping[str, Meeting]
    occupancy: Occupancy
    reckoner: Reckoner


def what_if(db: Database, fair_key: str, step: Step, *, now: datetime) -> WhatIf:
    """Changes nothing. Raises NotFound for what the fair does not have, or what has no place to change."""
    with db.read() as work:
        ground = _ground(work, fairs.get_fair(work, fair_key), _ids_of(step))
    if isinstance(step, MoveTo):
        return _moved(ground, step, now)
    for one in _ids_of(step):
        if one not in ground.standing:
            raise NotFound(kind="meeting", key=one)
    if isinstance(step, Swap):
        return _swapped(ground, step, now)
    return _pinned(ground, step.match_id) if isinstance(step, PinThere) else _taken_out(ground, step.match_id)


def _moved(ground: Ground, step: MoveTo, now: datetime) -> WhatIf:
    before = ground.standing.get(step.match_id)
    conflicts = (*_closed(ground), *_past(ground, step.slot, now))
    placement = _placement(ground, step)
    if placement is None:
        match = ground.roster.matches[step.match_id]
        conflicts = (*conflicts, *obstacles(match, step.slot, ground.roster, ground.occupancy))
    else:
        conflicts = (*conflicts, *_broken(ground, placement))
    return _outcome(
        ground,
        before=(before,) if before is not None else (),
        after=(placement,) if placement is not None else (),
        conflicts=conflicts,
    )


def _swapped(ground: Ground, step: Swap, now: datetime) -> WhatIf:
    first, second = ground.standing[step.first_id], ground.standing[step.second_id]
    found = exchange(first, second, ground.roster, ground.occupancy)
    past = [conflict for one in (first, second) for conflict in _past(ground, one.slot, now)]
    conflicts = (*_closed(ground), *past, *found.conflicts)
    return _outcome(ground, before=(first, second), after=found.placements, conflicts=conflicts)


def _pinned(ground: Ground, match_id: str) -> WhatIf:
    """What forbids a pin: the rules as they are now, which may have changed since the session was placed."""
    there = ground.standing[match_id]
    return _outcome(ground, before=(there,), after=(there,), conflicts=_broken(ground, there))


def _taken_out(ground: Ground, match_id: str) -> WhatIf:
    return _outcome(ground, before=(ground.standing[match_id],), after=(), conflicts=_closed(ground))


def _outcome(
    ground: Ground,
    *,
    before: tuple[Placement, ...],
    after: tuple[Placement, ...],
    conflicts: Sequence[Conflict],
) -> WhatIf:
    if conflicts:
        return WhatIf(before=before, conflicts=tuple(dict.fromkeys(conflicts)))
    cost, resources = ground.reckoner.cost(before, after), ground.roster.resources
    is_told = ground.fair.state is FairState.PUBLISHED
    return WhatIf(
        before=before,
        after=after,
        cost=cost,
        words=words_of(cost, resources),
        told=tuple(resources[one] for one in cost.concerned if one in resources) if is_told else (),
    )


def _placement(ground: Ground, step: MoveTo) -> Placement | None:
    """With what the step leaves open: as it is now where that is free, else whoever and whichever is."""
    match, roster, occupancy = ground.roster.matches[step.match_id], ground.roster, ground.occupancy
    now_there = ground.standing.get(step.match_id)
    team = step.interpreter_ids
    if team is None and now_there is not None and len(now_there.interpreter_ids) == len(match.legs):
        team = now_there.interpreter_ids if _are_free(ground, now_there.interpreter_ids, step.slot) else None
    if team is None:
        team = find_interpreters(match.legs, step.slot, roster, occupancy)
    room_id = step.room_id
    if room_id is None and now_there is not None and now_there.room_id is not None:
        room_id = now_there.room_id if _are_free(ground, (now_there.room_id,), step.slot) else None
    if room_id is None and match.needs_room:
        room = find_room(match, step.slot, roster, occupancy)
        room_id = room.id if room is not None else None
    if team is None or (match.needs_room and room_id is None):
        return None
    for one in (*team, *((room_id,) if room_id is not None else ())):
        if one not in roster.resources:
            raise NotFound(kind="resource", key=one)
    return Placement(
        match_id=match.id,
        company_id=match.company_id,
        buyer_id=match.buyer_id,
        slot=step.slot,
        interpreter_ids=team,
        room_id=room_id,
    )


def _broken(ground: Ground, placement: Placement) -> tuple[Conflict, ...]:
    """The rules it breaks by itself, and whatever of it is taken."""
    found = [
        obstacle(ground.roster.resources[one], placement.slot, ground.roster, ground.occupancy)
        for one in placement.resource_ids
    ]
    alone = conflicts_with(placement, (), ground.roster)
    said = {(one.rule, one.resource_id) for one in alone}
    taken = [one for one in found if one is not None and (one.rule, one.resource_id) not in said]
    return (*alone, *taken)


def _are_free(ground: Ground, ids: Sequence[str], slot: Slot) -> bool:
    found = [ground.roster.resources.get(one) for one in ids]
    return all(one is not None and ground.occupancy.is_free(one, slot, ground.fair) for one in found)


def _past(ground: Ground, slot: Slot, now: datetime) -> tuple[Conflict, ...]:
    return (in_the_past(slot, ground.fair.zone),) if slot.start_at < now else ()


def _closed(ground: Ground) -> tuple[Conflict, ...]:
    """Sessions that are over or were ended cannot be changed."""
    return tuple(
        Conflict(
            rule="over",
            phrase=IllegalMove(meeting_id=one.id, from_state=one.state, to_state=State.CONFIRMED).phrase,
            match_ids=(match_id,),
            slot=one.slot,
        )
        for match_id, one in ground.meetings.items()
        if one.state not in _OPEN
    )


def _ids_of(step: Step) -> tuple[str, ...]:
    return (step.first_id, step.second_id) if isinstance(step, Swap) else (step.match_id,)


def _ground(work: Session, fair: Fair, match_ids: tuple[str, ...]) -> Ground:
    """Reads what the step needs, in the same number of queries for a fair of any size."""
    wanted = [matches.find_match_of_fair(work, fair.id, one) for one in match_ids]
    found = [one for one in wanted if one is not None]
    if len({one.id for one in found}) < len(match_ids):
        raise NotFound(kind="match", key=", ".join(match_ids))
    scene: Scene = scene_among(work, fair, found)
    sides = tuple({side for one in found for side in (one.company_id, one.buyer_id)})
    live = {one.id: meetings.live_meeting_of_match(work, one.id) for one in found}
    stored = {key: one for key, one in live.items() if one is not None}
    planned = planned_in(work, fair)
    others = [one for one in planned if one.match_id not in match_ids]
    booked = booked_of(work, fair, sides)
    theirs = (*placements_of(one for one in booked if one.fair_id == fair.id), *planned)
    standing = {one.match_id: one for one in planned if one.match_id in match_ids}
    standing |= {key: place for key, one in stored.items() if (place := placement_of(one)) is not None}
    return Ground(
        fair=fair,
        roster=scene.roster,
        standing=standing,
        meetings=stored,
        occupancy=free_beside(work, scene, others, tuple(stored.values()), sides),
        reckoner=Reckoner(problem_for(work, fair, scene.roster, sides, booked), theirs),
    )
