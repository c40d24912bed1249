"""Changing one meeting: another time, another room, another interpreter."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import IllegalMove, NotFound, SlotTaken, StaleRevision
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.slot import Slot
from scheduler.services.actor import Actor
from scheduler.services.book import link_of
from scheduler.services.choose import Wish, asked_about, choose, match_of, nearest_for
from scheduler.services.idempotency import Ticket, meeting_once
from scheduler.services.notices import row_state_for
from scheduler.services.record import Keeping, keep_changed
from scheduler.services.roster import Scene, placement_of, scene_around
from scheduler.settings import Settings
from scheduler.storage import fairs, matches, meetings, people
from scheduler.storage.claims import release_lapsed
from scheduler.storage.db import Database


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a meeting is to go. What is None stays as it is where it is free then, else is found anew."""

    slot: Slot
    interpreter_ids: tuple[str, ...] | None = None
    room_id: str | None = None


def move(
    db: Database,
    settings: Settings,
    meeting_id: str,
    target: Target,
    *,
    seen_revision: int,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Meeting:
    """Moves a meeting of a fair; its UID stays. The same ticket twice moves once.

    Raises StaleRevision when it has changed since it was looked at, IllegalMove when it is over or cancelled,
    SlotTaken (with the nearest free moments) and RulesBroken as `book` does.
    """
    wish = _wish_for(db, meeting_id, target)

    def moved(work: Session) -> Meeting:
        before = movable(work, meeting_id, seen_revision, now)
        after, scene = placed_anew(work, settings, before, wish, now)
        state = row_state_for(actor, is_published=scene.fair.state is FairState.PUBLISHED)
        keeping = Keeping(actor=actor, now=now, state=state, reminders=settings.reminder_minutes)
        return keep_changed(work, before, after, scene.roster.resources, keeping, "move")

    try:
        return db.carry_out(lambda work: meeting_once(work, ticket, meeting_id, lambda: moved(work), now=now))
    except SlotTaken as refusal:
        nearest = nearest_for(db, wish, now=now, without=meeting_id)
        raise SlotTaken(taken=refusal.taken, nearest=nearest) from None


def _wish_for(db: Database, meeting_id: str, target: Target) -> Wish:
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        if meeting.fair_id is None or meeting.match_id is None:
            raise NotFound(kind="meeting", key=meeting_id)
        return Wish(
            fair_key=fairs.get_fair_by_id(work, meeting.fair_id).key,
            match_id=meeting.match_id,
            slot=target.slot,
            interpreter_ids=target.interpreter_ids,
            room_id=target.room_id,
        )


def movable(work: Session, meeting_id: str, seen_revision: int, now: datetime) -> Meeting:
    """The meeting as it stands. Raises StaleRevision, IllegalMove when it is over or cancelled, NotFound."""
    release_lapsed(work, now)
    meeting = meetings.get_meeting(work, meeting_id)
    if meeting.revision != seen_revision:
        raise StaleRevision(meeting_id=meeting_id, seen=seen_revision, current=meeting.revision)
    if meeting.state not in (State.HELD, State.CONFIRMED):
        raise IllegalMove(meeting_id=meeting_id, from_state=meeting.state, to_state=State.CONFIRMED)
    return meeting


def with_its_pin(work: Session, fair: Fair, before: Meeting, after: Meeting) -> Meeting:
    """A session whose match is pinned takes the pin along, so that the next plan does not put it back."""
    pinned = next((one for one in matches.pins_of(work, fair.id) if one.match_id == before.match_id), None)
    if pinned is None:
        return after
    matches.remove_pin(work, pinned.match_id)
    return replace(after, is_pinned=before.is_pinned or pinned == placement_of(before))


def placed_anew(
    work: Session, settings: Settings, before: Meeting, wish: Wish, now: datetime
) -> tuple[Meeting, Scene]:
    """Where a meeting would be, inside a transaction that is open already. Raises SlotTaken, RulesBroken."""
    fair = fairs.get_fair(work, wish.fair_key)
    named, finding = asked_about(wish)
    # Whose sessions are counted is left alone by other transactions meanwhile.
    people.hold_still(work, fair.id, {*before.resource_ids, *named})
    scene = scene_around(
        work, fair, wish.match_id, wish.slot, named=named, finding=finding, without=before.id
    )
    kept = _as_now_where_free(wish, before, scene)
    placement = choose(scene, match_of(scene, wish.match_id), kept, now=now)
    room = scene.roster.resources.get(placement.room_id or "")
    same_room = placement.room_id == before.room_id
    after = replace(
        before,
        slot=placement.slot,
        interpreter_ids=placement.interpreter_ids,
        room_id=placement.room_id,
        link=before.link if same_room else link_of(before.id, room, settings),
    )
    return after, scene


def _as_now_where_free(wish: Wish, before: Meeting, scene: Scene) -> Wish:
    def free(resource_id: str) -> bool:
        resource = scene.roster.resources.get(resource_id)
        return resource is not None and scene.occupancy.is_free(resource, wish.slot, scene.fair)

    interpreters = wish.interpreter_ids
    if interpreters is None and all(free(one) for one in before.interpreter_ids):
        interpreters = before.interpreter_ids
    room_id = wish.room_id
    if room_id is None and before.room_id is not None and free(before.room_id):
        room_id = before.room_id
    return Wish(
        fair_key=wish.fair_key,
        match_id=wish.match_id,
        slot=wish.slot,
        interpreter_ids=interpreters,
        room_id=room_id,
    )
