"""Choosing who and where for a match in a slot, and refusing in words when it cannot be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import NotFound, Refusal, RulesBroken, SlotTaken, Taken
from scheduler.booking.fair import Fair
from scheduler.booking.match import Match
from scheduler.booking.occupancy import Occupancy, find_interpreters, find_room, nearest_moments, obstacles
from scheduler.booking.people import Kind, Resource, named
from scheduler.booking.rules import OVERLAPS, Conflict, conflicts_with, in_the_past
from scheduler.booking.slot import Slot, tick_start
from scheduler.services.roster import Scene, occupancy_within, scene_around, scene_for, stretch_of
from scheduler.storage import claims
from scheduler.storage.db import Database
from scheduler.storage.fairs import get_fair
from scheduler.wording import Phrase

_NEAR = timedelta(days=1)
"""Whoever lost a slot is mostly offered others of these days; only then the whole fair is looked through."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be booked. Interpreters and room are found by the system where they are None."""

    fair_key: str
    match_id: str
    slot: Slot
    interpreter_ids: tuple[str, ...] | None = None
    room_id: str | None = None


def match_of(scene: Scene, match_id: str) -> Match:
    """The match, if it is of this fair; NotFound otherwise."""
    match = scene.roster.matches.get(match_id)
    if match is None:
        raise NotFound(kind="match", key=match_id)
    return match


def choose(scene: Scene, match: Match, wish: Wish, *, now: datetime) -> Placement:
    """The placement that the wish asks for, with what it leaves open filled in.

    Raises SlotTaken when somebody or every room is taken, RulesBroken when a rule forbids it.
    """
    if wish.slot.start_at < now:
        raise RulesBroken([in_the_past(wish.slot, scene.fair.zone)])
    placement = _filled_in(scene, match, wish)
    if placement is None:
        raise refusal_for(obstacles(match, wish.slot, scene.roster, scene.occupancy), scene)
    conflicts = conflicts_with(placement, scene.placements, scene.roster)
    if conflicts:
        raise refusal_for(conflicts, scene)
    return placement


def _filled_in(scene: Scene, match: Match, wish: Wish) -> Placement | None:
    interpreters, room_id = wish.interpreter_ids, wish.room_id
    if interpreters is None:
        interpreters = find_interpreters(match.legs, wish.slot, scene.roster, scene.occupancy)
    if room_id is None and match.needs_room:
        room = find_room(match, wish.slot, scene.roster, scene.occupancy)
        room_id = room.id if room is not None else None
    if interpreters is None or (match.needs_room and room_id is None):
        return None
    _refuse_strangers((*interpreters, *((room_id,) if room_id else ())), scene)
    return Placement(
        match_id=match.id,
        company_id=match.company_id,
        buyer_id=match.buyer_id,
        slot=wish.slot,
        interpreter_ids=interpreters,
        room_id=room_id,
    )


def _refuse_strangers(resource_ids: Iterable[str], scene: Scene) -> None:
    for one in resource_ids:
        if one not in scene.roster.resources:
            raise NotFound(kind="resource", key=one)


def refusal_for(conflicts: tuple[Conflict, ...], scene: Scene) -> Refusal:
    """SlotTaken when time alone is in the way, RulesBroken (with all of them) otherwise."""
    if not all(conflict.rule in OVERLAPS for conflict in conflicts):
        return RulesBroken(conflicts)
    return SlotTaken(
        taken=[
            Taken(resource_id=conflict.resource_id, name=_name_of(conflict, scene), slot=conflict.slot)
            for conflict in conflicts
            if conflict.slot is not None
        ]
    )


def _name_of(conflict: Conflict, scene: Scene) -> Phrase:
    if conflict.resource_id is None:
        return conflict.phrase
    return Phrase("%(name)s", name=named(scene.roster.resources[conflict.resource_id]))


def asked_about(wish: Wish) -> tuple[tuple[str, ...], tuple[Kind, ...]]:
    """Whom a wish names beside the two sides of its match, and the kinds that are to be found for it."""
    named = (*(wish.interpreter_ids or ()), *((wish.room_id,) if wish.room_id else ()))
    interpreter = () if wish.interpreter_ids is not None else (Kind.INTERPRETER,)
    room = () if wish.room_id is not None else (Kind.ROOM,)
    return named, (*interpreter, *room)


def is_taken(work: Session, wish: Wish, *, now: datetime) -> bool:
    """Whether others have any of what a wish would claim in any case."""
    return bool(_standing(work, wish, now))


def wait_in_turn(work: Session, wish: Wish) -> None:
    """Waits for others who are just booking the same moment with any of the same people."""
    named, _finding = asked_about(wish)
    claims.wait_in_turn(work, wish.match_id, named, wish.slot.ticks().start)


def refuse_taken(work: Session, wish: Wish, *, now: datetime) -> None:
    """Raises what booking would raise, when what the wish names is taken already; with the nearest moments.

    It only reads. Whoever comes too late for a popular buyer is told so without having kept anybody waiting.
    """
    standing = _standing(work, wish, now)
    if not standing:
        return
    fair = get_fair(work, wish.fair_key)
    named, _finding = asked_about(wish)
    scene = scene_around(work, fair, wish.match_id, wish.slot, named=named, reach=_near(wish))
    try:
        choose(scene, match_of(scene, wish.match_id), wish, now=now)
        # Its own fair leaves the slot free; another one, or a booking of the room, does not.
        refusal = slot_taken(standing, scene.roster.resources)
    except SlotTaken as found:
        refusal = found
    raise SlotTaken(taken=refusal.taken, nearest=_nearest_among(work, scene, wish, now=now))


def _standing(work: Session, wish: Wish, now: datetime) -> tuple[tuple[str, int, str], ...]:
    named, _finding = asked_about(wish)
    return claims.standing_in_the_way(work, wish.match_id, named, wish.slot.ticks(), now)


def slot_taken(taken: Iterable[tuple[str, int, str]], resources: Mapping[str, Resource]) -> SlotTaken:
    """The refusal in the words of booking: which resources, and from when to when."""
    by_resource: dict[str, list[int]] = {}
    for resource_id, tick, _meeting_id in taken:
        by_resource.setdefault(resource_id, []).append(tick)
    return SlotTaken(
        taken=[
            Taken(
                resource_id=resource_id,
                name=named(resources[resource_id]),
                slot=Slot(tick_start(min(ticks)), tick_start(max(ticks) + 1)),
            )
            for resource_id, ticks in sorted(by_resource.items())
        ]
    )


def nearest_for(
    db: Database, wish: Wish, *, now: datetime, count: int = 3, without: str | None = None
) -> tuple[Slot, ...]:
    """The slots closest to the one wished for when everything the match needs is free."""
    with db.read() as work:
        return nearest_in(work, get_fair(work, wish.fair_key), wish, now=now, count=count, without=without)


def nearest_in(
    work: Session, fair: Fair, wish: Wish, *, now: datetime, count: int = 3, without: str | None = None
) -> tuple[Slot, ...]:
    """The same inside a transaction that is open already."""
    scene = scene_for(work, fair, wish.match_id)
    occupancy = occupancy_within(work, scene, wish.match_id, _near(wish), without=without)
    known = replace(scene, occupancy=occupancy)
    return _nearest_among(work, known, wish, now=now, count=count, without=without)


def _near(wish: Wish) -> Slot:
    return Slot(wish.slot.start_at - _NEAR, wish.slot.end_at + _NEAR)


def _nearest_among(
    work: Session, scene: Scene, wish: Wish, *, now: datetime, count: int = 3, without: str | None = None
) -> tuple[Slot, ...]:
    """In a scene that knows what is taken near the wish; what is taken elsewhere is read only when it is needed."""

    def within(stretch: Slot, occupancy: Occupancy) -> tuple[Slot, ...]:
        found = nearest_moments(
            match_of(scene, wish.match_id),
            scene.roster,
            occupancy,
            around=wish.slot.start_at,
            not_before=max(now, stretch.start_at),
            not_after=stretch.end_at,
            count=count,
        )
        return tuple(placement.slot for placement in found)

    close_by = within(_near(wish), scene.occupancy)
    if len(close_by) == count:
        return close_by
    whole = Slot(*stretch_of(scene.fair))
    return within(whole, occupancy_within(work, scene, wish.match_id, whole, without=without))
