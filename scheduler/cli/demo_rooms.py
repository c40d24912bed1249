"""The demonstration of a room that companies book outside any fair."""

from collections.abc import Iterable
from datetime import datetime

from scheduler.booking.fair import Fair, slots_of
from scheduler.booking.people import Kind
from scheduler.scenarios import RoomBooking
from scheduler.services.actor import Actor
from scheduler.services.book import RoomWish, book_room
from scheduler.settings import Settings
from scheduler.sheets.draft import FairDraft
from scheduler.storage import meetings, outbox, people
from scheduler.storage.db import Database


def book_rooms(
    db: Database,
    settings: Settings,
    draft: FairDraft,
    bookings: Iterable[RoomBooking],
    *,
    now: datetime,
    actor: Actor,
) -> int:
    """Books what is not booked yet; how many bookings there are then."""
    wishes = _wishes(db, bookings)
    with db.read() as work:
        first, last = min(one.slot.start_at for one in wishes), max(one.slot.end_at for one in wishes)
        booked = {(one.room_id, one.slot) for one in meetings.meetings_between(work, first, last)}
    for wish in wishes:
        if (wish.room_id, wish.slot) not in booked:
            book_room(db, settings, wish, now=now, actor=actor)
    return len(wishes)


def mails_about_rooms(db: Database, fair: Fair) -> int:
    """How many mails went out about bookings outside any fair, on the days of this one."""
    with db.read() as work:
        slots = slots_of(fair, "")
        found = meetings.meetings_between(work, slots[0].start_at, slots[-1].end_at)
        rows = outbox.rows_of_meetings(work, [one.id for one in found if one.fair_id is None])
        return sum(row.state == "sent" for row in rows)


def _wishes(db: Database, bookings: Iterable[RoomBooking]) -> list[RoomWish]:
    with db.read() as work:
        ids = {key: found for kind in Kind for key, found in people.keys_of(work, kind).items()}
    return [
        RoomWish(
            room_id=ids[one.room_id],
            slot=one.slot,
            title=one.title,
            company_id=ids[one.company_id],
            buyer_id=ids[one.buyer_id] if one.buyer_id is not None else None,
            interpreter_ids=tuple(ids[key] for key in one.interpreter_ids),
        )
        for one in bookings
    ]
