"""Taking back one's own last changes on the board: a new change that moves back, so that the trail keeps both.

It is refused when somebody else has changed the session since.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound, Refusal
from scheduler.booking.fair import Fair
from scheduler.booking.meeting import Meeting
from scheduler.services.actor import Actor
from scheduler.services.board_cards import planned_mark
from scheduler.services.board_draft import (
    PIN,
    PLACE,
    SWAP,
    UNPIN,
    StalePlace,
    pin_planned,
    place_planned,
    put_back_planned,
    wish_from,
    written_place,
)
from scheduler.services.board_edit import Done, Seen, pin, place, put_back, set_link, swap_places
from scheduler.services.board_places import planned_of, planned_stand
from scheduler.services.record import shown
from scheduler.settings import Settings
from scheduler.storage import audit, board_rows, fairs, meetings
from scheduler.storage.audit import AuditEntry
from scheduler.storage.db import Database
from scheduler.wording import Phrase


class NotToBeUndone(Refusal):
    """What was done cannot be taken back from here."""

    phrase = Phrase("This cannot be undone from the board.")


def undo_all(
    db: Database, settings: Settings, key: str, deeds: Sequence[int], *, now: datetime, actor: Actor
) -> Done:
    """One change: a deed, or the two of a swap. Raises as `undo` does."""
    if len(deeds) == 1:
        return undo(db, settings, key, deeds[0], now=now, actor=actor)
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        first, second = (_swapped(work, fair, deed, actor) for deed in deeds)
    return swap_places(db, settings, key, first, second, now=now, actor=actor)


def _swapped(work: Session, fair: Fair, deed: int, actor: Actor) -> Seen:
    """A session as a swap left it. That a plan is still so is judged when it is swapped back."""
    entry = _own_entry(work, deed, actor)
    _refuse_touched(work, entry, actor, [])
    if entry.action == "swap":
        meeting = _meeting(work, fair, entry)
        if not _same_place(shown(meeting), entry.after):
            raise StalePlace
        return Seen(match_id=meeting.match_id or "", seen=str(meeting.revision))
    if entry.action != SWAP:
        raise NotToBeUndone
    wish = wish_from(fair, entry.subject_id, entry.after)
    there = (wish.slot.start_at.isoformat(), wish.room_id or "", *(wish.interpreter_ids or ()))
    return Seen(match_id=entry.subject_id, seen="|".join(there))


def _own_entry(work: Session, deed: int, actor: Actor) -> AuditEntry:
    entry = board_rows.entry_numbered(work, deed)
    if entry is None or entry.actor != actor.label:
        raise NotFound(kind="deed", key=str(deed))
    return entry


def undo(db: Database, settings: Settings, key: str, deed: int, *, now: datetime, actor: Actor) -> Done:
    """Takes back the deed of this number of the audit trail.

    Raises NotFound for a deed of somebody else, StalePlace when the session is no longer as the deed left it or
    somebody else has touched it since, and whatever moving back may raise.
    """
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        entry = _own_entry(work, deed, actor)
        if entry.subject_kind == "meeting":
            match_id = _meeting(work, fair, entry).match_id or ""
            current = meetings.live_meeting_of_match(work, match_id)
            _refuse_touched(work, entry, actor, [current.id] if current is not None else [])
        elif entry.subject_kind == "match":
            _refuse_touched(work, entry, actor, [])
    if entry.subject_kind == "match":
        return _undo_planned(db, key, entry, now, actor)
    if entry.subject_kind != "meeting":
        raise NotToBeUndone
    return _undo_stored(db, settings, fair, match_id, current, entry, now=now, actor=actor)


def _refuse_touched(work: Session, entry: AuditEntry, actor: Actor, others: Sequence[str]) -> None:
    """One's own later changes do not matter, as long as they have been taken back."""
    for one in {entry.subject_id, *others}:
        trail = audit.trail_of(work, entry.subject_kind, one)
        if any(later.number > entry.number and later.actor != actor.label for later in trail):
            raise StalePlace


def _undo_stored(
    db: Database,
    settings: Settings,
    fair: Fair,
    match_id: str,
    current: Meeting | None,
    entry: AuditEntry,
    *,
    now: datetime,
    actor: Actor,
) -> Done:
    if entry.action == "cancelled":
        return place(db, settings, wish_from(fair, match_id, entry.before), seen="", now=now, actor=actor)
    if current is None:
        raise StalePlace
    seen = str(current.revision)
    if entry.action in ("pin", "unpin"):
        was_pinned = entry.action == "unpin"
        return pin(db, fair.key, match_id, is_pinned=was_pinned, seen=seen, now=now, actor=actor)
    if not _same_place(shown(current), entry.after):
        raise StalePlace
    if entry.action == "book":
        return put_back(db, fair.key, match_id, seen=seen, now=now, actor=actor)
    if entry.action != "move":
        raise NotToBeUndone
    if _same_place(entry.before, entry.after):
        link = str(entry.before.get("link", ""))
        return set_link(db, settings, fair.key, match_id, link, seen=seen, now=now, actor=actor)
    return place(db, settings, wish_from(fair, match_id, entry.before), seen=seen, now=now, actor=actor)


def _same_place(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return all(
        before.get(one) == after.get(one) for one in ("start_at", "end_at", "interpreter_ids", "room_id")
    )


def _undo_planned(db: Database, key: str, entry: AuditEntry, now: datetime, actor: Actor) -> Done:
    if entry.action not in (PLACE, PIN, UNPIN):
        raise NotToBeUndone
    match_id = entry.subject_id
    with db.write() as work:
        fair = fairs.get_fair(work, key)
        planned = planned_of(work, fair)
        if planned is None:
            raise StalePlace
        stand = planned_stand(work, fair, planned, match_id)
        if written_place(stand.placement) != dict(entry.after):
            raise StalePlace
        seen = planned_mark(stand.placement) if stand.placement is not None else ""
        if entry.action in (PIN, UNPIN):
            pin_planned(work, fair, stand, is_pinned=entry.action == UNPIN, seen=seen, now=now, actor=actor)
        elif entry.before:
            wish = wish_from(fair, match_id, entry.before)
            place_planned(work, fair, stand, wish, seen=seen, now=now, actor=actor)
        else:
            put_back_planned(work, fair, stand, seen=seen, now=now, actor=actor)
        return Done(match_id=match_id, deeds=(board_rows.newest_number(work, "match", match_id),))


def _meeting(work: Session, fair: Fair, entry: AuditEntry) -> Meeting:
    meeting = meetings.get_meeting(work, entry.subject_id)
    if meeting.fair_id != fair.id or meeting.match_id is None:
        raise NotFound(kind="meeting", key=entry.subject_id)
    return meeting
