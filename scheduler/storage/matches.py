"""Matches of a fair, and the placements that are pinned."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import NotFound
from scheduler.booking.match import Match, Priority
from scheduler.booking.meeting import LIVE
from scheduler.booking.people import LanguagePair
from scheduler.booking.slot import Slot
from scheduler.storage.prepared import Prepared
from scheduler.storage.statements import pieces, upsert
from scheduler.storage.tables import MatchTable, MeetingTable, PinTable, table_of

MATCH, MEETING = table_of(MatchTable), table_of(MeetingTable)
_LAST = 10**9
PIN = table_of(PinTable)
_SIDES = Prepared(select(MATCH.c.company_id, MATCH.c.buyer_id).where(MATCH.c.id == bindparam("match")))
_OF_FAIR = Prepared(
    select(MATCH).where(MATCH.c.fair_id == bindparam("fair"), MATCH.c.id == bindparam("match"))
)
_OF_PAIR = Prepared(
    select(MATCH).where(
        MATCH.c.fair_id == bindparam("fair"),
        MATCH.c.company_id == bindparam("company"),
        MATCH.c.buyer_id == bindparam("buyer"),
    )
)


def matches_of(work: Session, fair_id: str) -> tuple[Match, ...]:
    """All of a fair: by priority and rank, then by company and buyer."""
    order = (MATCH.c.priority, MATCH.c.rank.nulls_last(), MATCH.c.company_id, MATCH.c.buyer_id)
    rows = work.execute(select(MATCH).where(MATCH.c.fair_id == fair_id).order_by(*order))
    return tuple(_match_from(row) for row in rows)


def matches_without_session(work: Session, fair_id: str) -> tuple[Match, ...]:
    """Those of a fair that are wanted and have no live session, in no certain order."""
    placed = select(MEETING.c.match_id).where(
        MEETING.c.fair_id == fair_id, MEETING.c.match_id.is_not(None), MEETING.c.state.in_(sorted(LIVE))
    )
    wanted = (MATCH.c.fair_id == fair_id, MATCH.c.priority != int(Priority.NEVER), MATCH.c.id.not_in(placed))
    return tuple(_match_from(row) for row in work.execute(select(MATCH).where(*wanted)))


def matches_with(work: Session, fair_id: str, person_ids: Collection[str]) -> tuple[Match, ...]:
    """Those of a fair in which any of these companies or buyers takes part, in no certain order."""
    theirs = or_(MATCH.c.company_id.in_(person_ids), MATCH.c.buyer_id.in_(person_ids))
    rows = work.execute(select(MATCH).where(MATCH.c.fair_id == fair_id, theirs))
    return tuple(_match_from(row) for row in rows)


def matches_by_id(work: Session, fair_id: str, match_ids: Iterable[str]) -> tuple[Match, ...]:
    """Those of a fair that exist: by priority and rank, then by company and buyer."""
    found = (
        _match_from(row)
        for piece in pieces(sorted(set(match_ids)))
        for row in work.execute(select(MATCH).where(MATCH.c.fair_id == fair_id, MATCH.c.id.in_(piece)))
    )
    return tuple(
        sorted(found, key=lambda one: (one.priority, one.rank or _LAST, one.company_id, one.buyer_id))
    )


def get_match(work: Session, match_id: str) -> Match:
    row = work.execute(select(MATCH).where(MATCH.c.id == match_id)).one_or_none()
    if row is None:
        raise NotFound(kind="match", key=match_id)
    return _match_from(row)


def find_match_of_fair(work: Session, fair_id: str, match_id: str) -> Match | None:
    """By its id; one of another fair is as if it did not exist."""
    row = _OF_FAIR.ask(work, fair=fair_id, match=match_id).first()
    return None if row is None else _match_from(row)


def sides_of(work: Session, match_id: str) -> tuple[str, ...]:
    """Company and buyer of a match; empty where there is no such match."""
    row = _SIDES.ask(work, match=match_id).first()
    return () if row is None else (row[0], row[1])


def find_match(work: Session, fair_id: str, company_id: str, buyer_id: str) -> Match | None:
    """A pair is matched once in a fair."""
    row = _OF_PAIR.ask(work, fair=fair_id, company=company_id, buyer=buyer_id).first()
    return None if row is None else _match_from(row)


def fair_id_of_match(work: Session, match_id: str) -> str:
    found = work.scalar(select(MATCH.c.fair_id).where(MATCH.c.id == match_id))
    if found is None:
        raise NotFound(kind="match", key=match_id)
    return str(found)


def save_match(work: Session, fair_id: str, match: Match) -> None:
    """Store a match, or what has changed of it. Both sides must take part in the fair."""
    row = {
        "id": match.id,
        "fair_id": fair_id,
        "company_id": match.company_id,
        "buyer_id": match.buyer_id,
        "priority": int(match.priority),
        "rank": match.rank,
        "legs": [str(leg) for leg in match.legs],
        "needs_room": match.needs_room,
        "is_walk_in": match.is_walk_in,
        "note": match.note,
    }
    upsert(work, MATCH, row)


def remove_match(work: Session, match_id: str) -> None:
    """With its pin. Meetings it had stay, without their match."""
    work.execute(delete(MATCH).where(MATCH.c.id == match_id))


def pins_of(work: Session, fair_id: str) -> tuple[Placement, ...]:
    """The placements a new plan must keep, in order of time."""
    rows = work.execute(select(PIN).where(PIN.c.fair_id == fair_id))
    return tuple(sorted((_placement_from(row) for row in rows), key=lambda one: (one.slot, one.match_id)))


def save_pin(work: Session, fair_id: str, placement: Placement) -> None:
    """Pin a match to its place, in the stead of an earlier place."""
    row = {"fair_id": fair_id, "match_id": placement.match_id, "placement": _placement_written(placement)}
    upsert(work, PIN, row)


def remove_pin(work: Session, match_id: str) -> None:
    work.execute(delete(PIN).where(PIN.c.match_id == match_id))


@lru_cache(maxsize=512)
def _leg(written: str) -> LanguagePair:
    return LanguagePair.parse(written)


def _match_from(row: Row[Any]) -> Match:
    return Match(
        id=row.id,
        company_id=row.company_id,
        buyer_id=row.buyer_id,
        priority=Priority(row.priority),
        rank=row.rank,
        legs=tuple(_leg(leg) for leg in row.legs),
        needs_room=row.needs_room,
        is_walk_in=row.is_walk_in,
        note=row.note,
    )


def _placement_written(placement: Placement) -> dict[str, Any]:
    return {
        "company_id": placement.company_id,
        "buyer_id": placement.buyer_id,
        "start_at": placement.slot.start_at.isoformat(),
        "end_at": placement.slot.end_at.isoformat(),
        "interpreter_ids": list(placement.interpreter_ids),
        "room_id": placement.room_id,
    }


def _placement_from(row: Row[Any]) -> Placement:
    written = row.placement
    return Placement(
        match_id=row.match_id,
        company_id=written["company_id"],
        buyer_id=written["buyer_id"],
        slot=Slot(datetime.fromisoformat(written["start_at"]), datetime.fromisoformat(written["end_at"])),
        interpreter_ids=tuple(written["interpreter_ids"]),
        room_id=written["room_id"],
    )
