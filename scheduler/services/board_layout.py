"""How a board is laid out: which slots go down, which columns stand across, and what belongs in which cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from scheduler.booking.fair import Fair, day_of, slots_of
from scheduler.booking.match import joins_from_room
from scheduler.booking.people import Resource
from scheduler.booking.slot import Slot
from scheduler.services.board import Across, Entry, ids_across
from scheduler.storage.people import FairPeople

_PAUSE = timedelta(minutes=30)
_ALL_UP_TO = 40
"""So many columns are sent all at once."""
_TONES = 5
One = TypeVar("One")
Columns = tuple[Resource | None, ...]
"""None stands for "has nobody of this kind"."""


@dataclass(frozen=True, kw_only=True)
class Row(Generic[One]):
    """A slot and what happens in it, a cell for each column. `is_after_pause` where time was free before it."""

    slot: Slot
    cells: tuple[tuple[One, ...], ...]
    is_after_pause: bool = False


def rows_of(
    slots: Iterable[Slot], sessions: Iterable[tuple[Entry, One]], columns: Columns, across: Across
) -> tuple[Row[One], ...]:
    """Every slot in order of time, also those in which nothing happens; of two that begin at once the first given."""
    by_start: dict[datetime, Slot] = {}
    for slot in slots:
        by_start.setdefault(slot.start_at, slot)
    cells: dict[tuple[datetime, str | None], list[One]] = {}
    for entry, one in sessions:
        by_start.setdefault(entry.slot.start_at, entry.slot)
        for column_id in ids_across(entry, across) or (None,):
            cells.setdefault((entry.slot.start_at, column_id), []).append(one)
    keys = [one.id if one is not None else None for one in columns]
    rows: list[Row[One]] = []
    for _, slot in sorted(by_start.items()):
        before = rows[-1].slot.end_at if rows else slot.start_at
        found = tuple(tuple(cells.get((slot.start_at, key), ())) for key in keys)
        rows.append(Row(slot=slot, cells=found, is_after_pause=slot.start_at - before >= _PAUSE))
    return tuple(rows)


def slots_on(fair: Fair, everyone: FairPeople, day: date | None) -> tuple[Slot, ...]:
    """The slots of one day for the buyers who take part, the longer first of two that begin at once."""
    own_rules = {rule.country for rule in fair.country_rules}
    there = {one.country for one in everyone.buyers}
    countries = (there & own_rules) | ({""} if not there or there - own_rules else set())
    found = {slot for country in countries for slot in slots_of(fair, country)}
    return tuple(sorted((slot for slot in found if day_of(slot, fair.zone) == day), reverse=True))


def columns_of(everyone: FairPeople, across: Across) -> Columns:
    """Everybody of a kind; for rooms also the own offices, where companies join from there."""
    of_kind: dict[Across, tuple[Resource, ...]] = {
        Across.ROOM: everyone.rooms,
        Across.COMPANY: everyone.companies,
        Across.BUYER: everyone.buyers,
        Across.INTERPRETER: everyone.interpreters,
    }
    has_others = across is Across.ROOM and any(not joins_from_room(one) for one in everyone.companies)
    return (*of_kind[across], None) if has_others else of_kind[across]


def with_others(columns: Columns, entries: Iterable[Entry], across: Across) -> Columns:
    """One more column where sessions have nobody of the kind."""
    known = {one.id for one in columns if one is not None}
    if None in columns or all(known.intersection(ids_across(one, across)) for one in entries):
        return columns
    return (*columns, None)


def window_of(columns: Columns, first: int, count: int) -> Columns:
    """As many columns as are sent, around what is asked for."""
    begin = window_start(len(columns), first, count)
    return columns if len(columns) <= _ALL_UP_TO else columns[begin : begin + count]


def window_start(total: int, first: int, count: int) -> int:
    """The number of the first column of the window, from 0."""
    return 0 if total <= _ALL_UP_TO else max(0, min(first, total - count))


def tones_of(zones: Sequence[str]) -> dict[str, int]:
    """A colour for each of the buyers' zones; the last is for all that are left."""
    return {zone: min(number, _TONES) for number, zone in enumerate(zones)}
