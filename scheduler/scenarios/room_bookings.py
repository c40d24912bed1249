"""Bookings of a district's video room by its companies, outside any fair."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from scheduler.booking.people import Interpreter, LanguagePair
from scheduler.booking.slot import Slot
from scheduler.sheets.draft import FairDraft
from scheduler.timezones.wall import to_utc

_STARTS = (time(9, 0), time(11, 20), time(13, 40), time(16, 0))
_MINUTES = 60


@dataclass(frozen=True, kw_only=True)
class RoomBooking:
    """Who books which room, all named by the keys of the draft: every third time with buyer and interpreter."""

    title: str
    slot: Slot
    room_id: str
    company_id: str
    buyer_id: str | None = None
    interpreter_ids: tuple[str, ...] = ()


def bookings_of(draft: FairDraft) -> tuple[RoomBooking, ...]:
    """Four bookings a day in each room, on every day of the draft."""
    places = [
        (day, start, room) for day in draft.fair.days for start in _STARTS for room in range(len(draft.rooms))
    ]
    return tuple(_booking(draft, number, *place) for number, place in enumerate(places))


def _booking(draft: FairDraft, number: int, day: date, start: time, room: int) -> RoomBooking:
    company = draft.companies[number % len(draft.companies)]
    # The first hour of the day is too early for the buyers' zones.
    with_buyer = number % 3 == 2 and start > _STARTS[0]
    buyer = draft.buyers[number % len(draft.buyers)] if with_buyer else None
    pair = LanguagePair("ko", buyer.languages[0]) if buyer is not None else None
    return RoomBooking(
        title=f"{company.name} 화상상담" if buyer is not None else f"{company.name} 화상회의",
        slot=Slot.lasting(to_utc(datetime.combine(day, start), draft.fair.zone), _MINUTES),
        room_id=draft.rooms[room].id,
        company_id=company.id,
        buyer_id=buyer.id if buyer is not None else None,
        interpreter_ids=tuple(one.id for one in _speaking(draft, pair, room)),
    )


def _speaking(draft: FairDraft, pair: LanguagePair | None, room: int) -> Iterator[Interpreter]:
    """One interpreter, another one for each room, so that two rooms never want the same person."""
    able = [one for one in draft.interpreters if pair in one.pairs]
    yield from able[room : room + 1]
