"""Booking: company, buyer, interpreter and room in one transaction, or none of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import NobodyFree, NotFound, Refusal, RulesBroken, SlotTaken
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.occupancy import nearest_moments
from scheduler.booking.people import Resource, Room
from scheduler.booking.rules import in_the_past, limit_per_day, outside_hours
from scheduler.booking.slot import Slot
from scheduler.services.actor import Actor
from scheduler.services.choose import (
    Wish,
    asked_about,
    choose,
    is_taken,
    match_of,
    nearest_for,
    refuse_taken,
    wait_in_turn,
)
from scheduler.services.idempotency import Ticket, answer_once, find_answer, meeting_once
from scheduler.services.notices import RowState, row_state_for
from scheduler.services.record import Keeping, keep_new
from scheduler.services.roster import Scene, scene_around, scene_over
from scheduler.settings import Settings
from scheduler.storage import meetings, people
from scheduler.storage.claims import release_lapsed
from scheduler.storage.db import Database, StorageBusy, new_id
from scheduler.storage.fairs import get_fair
from scheduler.video.static import session_link
from scheduler.wording import Phrase

# Each time another booking came between looking and booking, and was cancelled before it could be named.
_TRIES = 5


def book(
    db: Database,
    settings: Settings,
    wish: Wish,
    *,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Meeting:
    """Books one session of a fair.

    Raises SlotTaken (with the nearest free moments) when somebody or a room is taken, RulesBroken when a rule
    forbids it, NotFound when the match is not of this fair. The same ticket twice books once.
    """
    return reserve(db, settings, wish, now=now, actor=actor, ticket=ticket)


def reserve(
    db: Database,
    settings: Settings,
    wish: Wish,
    *,
    now: datetime,
    actor: Actor,
    lapses_at: datetime | None = None,
    ticket: Ticket | None = None,
) -> Meeting:
    """A booking, or a hold when it is to lapse. What is taken is refused before the work of a booking is done."""
    meeting_id = new_id("mtg")

    def deed(work: Session) -> Meeting:
        wait_in_turn(work, wish)
        # Another may have booked while this one waited for its turn.
        if is_taken(work, wish, now=now):
            raise _Outrun
        return book_in(work, settings, wish, now=now, actor=actor, lapses_at=lapses_at, meeting_id=meeting_id)

    looks_first = db.has_one_writer
    for _ in range(_TRIES):
        done = _before_waiting(db, wish, ticket, now=now) if looks_first else None
        if done is not None:
            return done
        try:
            return db.carry_out(
                lambda work: meeting_once(work, ticket, meeting_id, lambda: deed(work), now=now)
            )
        except _Outrun:
            looks_first = True
        except Refusal as refusal:
            return _booked_meanwhile(db, wish, ticket, refusal, now=now)
    raise StorageBusy


class _Outrun(Exception):
    """Somebody else has what is asked for: nothing is kept, and it is looked at once more who that is."""


def _before_waiting(db: Database, wish: Wish, ticket: Ticket | None, *, now: datetime) -> Meeting | None:
    """What the same request has led to before. Raises SlotTaken, with the nearest moments, for what is taken."""
    with db.read() as work:
        done = _booked_in(work, ticket)
        if done is None:
            refuse_taken(work, wish, now=now)
        return done


def _booked_meanwhile(
    db: Database, wish: Wish, ticket: Ticket | None, refusal: Refusal, *, now: datetime
) -> Meeting:
    """What is in the way may be what the same request booked a moment ago; else the refusal stands."""
    done = booked_before(db, ticket)
    if done is not None:
        return done
    if isinstance(refusal, SlotTaken) and not refusal.nearest:
        raise SlotTaken(taken=refusal.taken, nearest=nearest_for(db, wish, now=now)) from None
    raise refusal


def booked_before(db: Database, ticket: Ticket | None) -> Meeting | None:
    """What the same request has led to, as it stands now; None the first time. Raises KeyUsedBefore."""
    if ticket is None:
        return None
    with db.read() as work:
        return _booked_in(work, ticket)


def _booked_in(work: Session, ticket: Ticket | None) -> Meeting | None:
    answer = find_answer(work, ticket)
    return None if answer is None else meetings.get_meeting(work, str(answer["meeting_id"]))


def book_in(
    work: Session,
    settings: Settings,
    wish: Wish,
    *,
    now: datetime,
    actor: Actor,
    lapses_at: datetime | None = None,
    meeting_id: str | None = None,
    told: RowState | None = None,
) -> Meeting:
    """The booking inside a transaction that is open already; a hold when it is to lapse.

    `told` says when people hear of it, where that is not decided by who asks.
    """
    release_lapsed(work, now)
    fair = get_fair(work, wish.fair_key)
    placement, scene = _placed(work, fair, wish, now)
    meeting = replace(
        meeting_for(placement, scene, settings, meeting_id),
        state=State.CONFIRMED if lapses_at is None else State.HELD,
        lapses_at=lapses_at,
    )
    state = told or row_state_for(actor, is_published=fair.state is FairState.PUBLISHED)
    keeping = Keeping(actor=actor, now=now, state=state, reminders=settings.reminder_minutes)
    return keep_new(work, meeting, scene.roster.resources, keeping)


def _placed(work: Session, fair: Fair, wish: Wish, now: datetime) -> tuple[Placement, Scene]:
    """Who and where. Nobody else can book those in it whose sessions are counted until the transaction ends."""
    named, finding = asked_about(wish)
    still = {*(wish.interpreter_ids or ())}
    people.hold_still(work, fair.id, still, wish.match_id)
    while True:
        scene = scene_around(work, fair, wish.match_id, wish.slot, named=named, finding=finding)
        placement = choose(scene, match_of(scene, wish.match_id), wish, now=now)
        found = [one for one in placement.interpreter_ids if one not in still and _is_limited(scene, one)]
        # Somebody found by their count of sessions: it has to be counted once more when it can change no longer.
        if not found or not people.hold_still(work, fair.id, found):
            return placement, scene
        still.update(found)


def _is_limited(scene: Scene, resource_id: str) -> bool:
    return limit_per_day(scene.roster.resources[resource_id], scene.fair) is not None


def walk_in(
    db: Database,
    settings: Settings,
    wish: Wish,
    *,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Meeting:
    """Books the next moment from `wish.slot` on when company, interpreter and room are all free.

    For a buyer who has walked up to the booth: their match is marked as a walk-in. Raises NobodyFree.
    """
    done = booked_before(db, ticket)
    if done is not None:
        return done
    with db.read() as work:
        scene = scene_over(work, get_fair(work, wish.fair_key), wish.match_id)
    start_at = max(now, wish.slot.start_at)
    found = nearest_moments(
        match_of(scene, wish.match_id),
        scene.roster,
        scene.occupancy,
        around=start_at,
        not_before=start_at,
        count=1,
    )
    if not found:
        raise NobodyFree(wanted=Phrase("company, interpreter and room at one moment"))
    return book(db, settings, replace(wish, slot=found[0].slot), now=now, actor=actor, ticket=ticket)


@dataclass(frozen=True, kw_only=True)
class RoomWish:
    """A room outside any fair, with or without a company, a buyer and interpreters."""

    room_id: str
    slot: Slot
    title: str = ""
    company_id: str | None = None
    buyer_id: str | None = None
    interpreter_ids: tuple[str, ...] = ()

    @property
    def resource_ids(self) -> tuple[str, ...]:
        named = (self.room_id, self.company_id, self.buyer_id, *self.interpreter_ids)
        return tuple(one for one in named if one is not None)


def book_room(
    db: Database,
    settings: Settings,
    wish: RoomWish,
    *,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Meeting:
    """Books a room, and whoever is to be there, outside any fair. Raises SlotTaken, RulesBroken, NotFound."""

    def attempt(work: Session) -> Meeting:
        def deed() -> Mapping[str, object]:
            return {"meeting_id": _room_in(work, settings, wish, now, actor).id}

        answer = answer_once(work, ticket, deed, now=now)
        return meetings.get_meeting(work, str(answer["meeting_id"]))

    return db.carry_out(attempt)


def _room_in(work: Session, settings: Settings, wish: RoomWish, now: datetime, actor: Actor) -> Meeting:
    release_lapsed(work, now)
    resources = _named(work, wish)
    _refuse_closed(resources, wish.slot, settings, now)
    keeping = Keeping(actor=actor, now=now, state=RowState.DUE, reminders=settings.reminder_minutes)
    return keep_new(work, _room_meeting(wish, resources, settings), resources, keeping)


def meeting_for(
    placement: Placement, scene: Scene, settings: Settings, known_id: str | None = None
) -> Meeting:
    """A new meeting from a placement, with its identity, its calendar UID and its link."""
    meeting_id = known_id or new_id("mtg")
    return Meeting(
        id=meeting_id,
        uid=f"{meeting_id}@sangdam",
        slot=placement.slot,
        state=State.CONFIRMED,
        fair_id=scene.fair.id,
        match_id=placement.match_id,
        company_id=placement.company_id,
        buyer_id=placement.buyer_id,
        interpreter_ids=placement.interpreter_ids,
        room_id=placement.room_id,
        legs=scene.roster.matches[placement.match_id].legs,
        link=link_of(meeting_id, scene.roster.resources.get(placement.room_id or ""), settings),
    )


def link_of(meeting_id: str, room: Resource | None, settings: Settings) -> str:
    """Where the meeting is held by video: its room's own link, or one of its own."""
    own = room.link if isinstance(room, Room) else ""
    return session_link(settings.video_address, own, meeting_id, settings.secret_key)


def _room_meeting(wish: RoomWish, resources: dict[str, Resource], settings: Settings) -> Meeting:
    meeting_id = new_id("mtg")
    return Meeting(
        id=meeting_id,
        uid=f"{meeting_id}@sangdam",
        slot=wish.slot,
        state=State.CONFIRMED,
        company_id=wish.company_id,
        buyer_id=wish.buyer_id,
        interpreter_ids=wish.interpreter_ids,
        room_id=wish.room_id,
        title=wish.title,
        link=link_of(meeting_id, resources[wish.room_id], settings),
    )


def _named(work: Session, wish: RoomWish) -> dict[str, Resource]:
    resources = people.resources_by_id(work, wish.resource_ids)
    for one in wish.resource_ids:
        if one not in resources:
            raise NotFound(kind="resource", key=one)
    return resources


def _refuse_closed(resources: dict[str, Resource], slot: Slot, settings: Settings, now: datetime) -> None:
    zone = settings.home_zone
    past = [in_the_past(slot, zone)] if slot.start_at < now else []
    closed = [found for one in resources.values() if (found := outside_hours(one, slot, zone)) is not None]
    if past or closed:
        raise RulesBroken([*past, *closed])
