"""Taking back one's own last changes on the board: a new change that moves back, so that the trail keeps both.

It is refused when somebody else has changed the session since.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound, Refusal, StaleRevision
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
from scheduler.services.board_edit import Done, Seen, place, put_back, set_link, set_pin, swap_places
from scheduler.services.board_places import planned_of, planned_stand
from scheduler.settings import Settings
from scheduler.storage import board_rows, fairs, meetings
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
    """A session as a swap left it: that it is still so is judged when it is swapped back."""
    entry = _own_entry(work, deed, actor)
    if entry.action == "swap":
        meeting = _meeting(work, fair, entry)
        return Seen(match_id=meeting.match_id or "", seen=str(entry.after.get("revision")))
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

    Raises NotFound for a deed of somebody else, StaleRevision or StalePlace when the session has changed since, and
    whatever moving back may raise.
    """
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        entry = _own_entry(work, deed, actor)
        meeting = _meeting(work, fair, entry) if entry.subject_kind == "meeting" else None
    if meeting is None:
        return _undo_planned(db, key, entry, now, actor)
    return _undo_stored(db, settings, fair, meeting, entry, now, actor)


def _undo_stored(
    db: Database,
    settings: Settings,
    fair: Fair,
    meeting: Meeting,
    entry: AuditEntry,
    now: datetime,
    actor: Actor,
) -> Done:
    match_id, seen = meeting.match_id or "", str(entry.after.get("revision"))
    if str(meeting.revision) != seen:
        raise StaleRevision(meeting_id=meeting.id, seen=int(seen), current=meeting.revision)
    if entry.action in ("pin", "unpin"):
        with db.write() as work:
            set_pin(work, meeting, is_pinned=entry.action == "unpin", now=now, actor=actor)
            return Done(match_id=match_id, deeds=(board_rows.newest_number(work, "meeting", meeting.id),))
    if entry.action == "book":
        return put_back(db, fair.key, match_id, seen=seen, now=now, actor=actor)
    if entry.action == "cancelled":
        return place(db, settings, wish_from(fair, match_id, entry.before), seen="", now=now, actor=actor)
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
