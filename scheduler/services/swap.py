"""Two sessions of a fair exchange their times, in one transaction or not at all."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import NotFound, RulesBroken
from scheduler.booking.exchange import Exchange, exchange
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.meeting import Meeting
from scheduler.booking.rules import in_the_past
from scheduler.services.actor import Actor
from scheduler.services.book import link_of
from scheduler.services.hand import free_beside
from scheduler.services.move import movable, with_its_pin
from scheduler.services.notices import Change, row_state_for
from scheduler.services.record import Keeping, keep_all_changed
from scheduler.services.roster import Scene, placement_of, scene_among
from scheduler.settings import Settings
from scheduler.storage import fairs, matches, people
from scheduler.storage.db import Database

Pair = tuple[Meeting, Meeting]


def swap(
    db: Database,
    settings: Settings,
    first_id: str,
    second_id: str,
    *,
    seen_revisions: tuple[int, int],
    now: datetime,
    actor: Actor,
) -> Pair:
    """Both sessions in their new places, in the order they were named; their UIDs stay.

    Raises StaleRevision when either has changed since it was looked at, IllegalMove when one is over or cancelled,
    RulesBroken with all that forbids it for either, SlotTaken when somebody else was faster, and NotFound for
    sessions of two fairs or of none.
    """

    def swapped(work: Session) -> Pair:
        pair = _movable_pair(work, (first_id, second_id), seen_revisions, now)
        fair = fairs.get_fair_by_id(work, pair[0].fair_id or "")
        # Interpreters may be found anew, and whose sessions of a day are counted is known then only.
        people.hold_everybody_still(work, fair.id)
        before = _placements(pair)
        scene = _scene_without(work, fair, pair, before)
        found = _exchanged(scene, before, now)
        after = _moved(pair, found.placements, scene, settings)
        state = row_state_for(actor, is_published=fair.state is FairState.PUBLISHED)
        keeping = Keeping(actor=actor, now=now, state=state, reminders=settings.reminder_minutes)
        changes = [
            Change(before=old, after=with_its_pin(work, fair, old, new))
            for old, new in zip(pair, after, strict=True)
        ]
        first, second = keep_all_changed(work, changes, scene.roster.resources, keeping, "swap")
        return first, second

    return db.carry_out(swapped)


def _movable_pair(
    work: Session, ids: tuple[str, str], seen_revisions: tuple[int, int], now: datetime
) -> Pair:
    if ids[0] == ids[1]:
        raise NotFound(kind="meeting", key=ids[1])
    first, second = (movable(work, one, seen, now) for one, seen in zip(ids, seen_revisions, strict=True))
    if first.fair_id != second.fair_id or first.fair_id is None:
        raise NotFound(kind="meeting", key=second.id)
    return first, second


def _placements(pair: Pair) -> tuple[Placement, Placement]:
    first, second = placement_of(pair[0]), placement_of(pair[1])
    if first is None or second is None:
        raise NotFound(kind="meeting", key=(pair[0] if first is None else pair[1]).id)
    return first, second


def _scene_without(work: Session, fair: Fair, pair: Pair, before: tuple[Placement, Placement]) -> Scene:
    """Everybody who could be in either session, as free as they are without both."""
    found = [matches.find_match_of_fair(work, fair.id, one.match_id) for one in before]
    scene = scene_among(work, fair, [one for one in found if one is not None])
    for one in before:
        if one.match_id not in scene.roster.matches:
            raise NotFound(kind="match", key=one.match_id)
    sides = tuple({side for one in before for side in (one.company_id, one.buyer_id)})
    return replace(scene, occupancy=free_beside(work, scene, (), pair, sides))


def _exchanged(scene: Scene, before: tuple[Placement, Placement], now: datetime) -> Exchange:
    past = [in_the_past(one.slot, scene.fair.zone) for one in before if one.slot.start_at < now]
    found = exchange(*before, scene.roster, scene.occupancy)
    if past or found.conflicts:
        raise RulesBroken([*past, *found.conflicts])
    return found


def _moved(
    pair: Pair, placements: tuple[Placement, ...], scene: Scene, settings: Settings
) -> tuple[Meeting, ...]:
    return tuple(
        replace(
            meeting,
            slot=one.slot,
            interpreter_ids=one.interpreter_ids,
            room_id=one.room_id,
            link=meeting.link
            if one.room_id == meeting.room_id
            else link_of(meeting.id, scene.roster.resources.get(one.room_id or ""), settings),
        )
        for meeting, one in zip(pair, placements, strict=True)
    )
