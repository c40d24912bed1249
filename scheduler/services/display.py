"""Screens at doors and in the waiting area: what is on now and next, and only what a passer-by may see."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.meeting import BOOKED
from scheduler.booking.people import LanguagePair, Room, name_for
from scheduler.booking.slot import Slot
from scheduler.services.actor import Actor
from scheduler.services.links import LinkUnknown, Purpose, display_address, hash_of, open_link, token_of
from scheduler.services.session_facts import fair_name
from scheduler.settings import Settings
from scheduler.storage import audit, fairs, links, people, screens
from scheduler.storage.db import Database
from scheduler.storage.fairs import FairName
from scheduler.storage.screens import InterpreterRow, SessionRow
from scheduler.timezones.wall import begin_of_day, to_wall

_AHEAD_DAYS = 2


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One session as a passer-by may read it: names, country, languages and times, and no address of anybody."""

    slot: Slot
    company: str
    company_en: str
    buyer: str
    country: str
    away_zone: str | None
    interpreters: tuple[str, ...]
    interpreters_en: tuple[str, ...]
    legs: tuple[LanguagePair, ...]


@dataclass(frozen=True, kw_only=True)
class RoomScreen:
    """One room and what is to come in it today and tomorrow, in order of time."""

    name: str
    name_en: str
    sessions: tuple[Notice, ...]


class RoomRow(NamedTuple):
    """A room that is shown."""

    id: str
    name: str
    name_en: str


class ScreenRows(NamedTuple):
    """All that the rooms of a screen are made from. Equal rows make the same screen, so it can be kept by them."""

    rooms: tuple[RoomRow, ...]
    sessions: tuple[SessionRow, ...]
    interpreters: tuple[InterpreterRow, ...]


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What an address shows: one room, or all rooms of a fair. `title` is the fair's name, empty for a door."""

    rows: ScreenRows
    title: str
    title_en: str
    zone: str

    @property
    def is_door(self) -> bool:
        return not self.title


def open_display(db: Database, settings: Settings, token: str, *, now: datetime) -> Screen:
    """Raises LinkUnknown or LinkGone. Always the same number of queries."""
    with db.read() as work:
        opened = open_link(work, token, Purpose.DISPLAY, now=now)
        rooms, fair = _rooms(work, opened.resource_id, opened.fair_id)
        zone = settings.home_zone
        ids = [room.id for room in rooms]
        sessions, interpreters = screens.sessions_in_rooms(work, ids, now, _until(now, zone), BOOKED)
    shown = tuple(RoomRow(room.id, room.name, name_for(room, "en")) for room in rooms)
    return Screen(
        rows=ScreenRows(shown, sessions, interpreters),
        title=fair_name(fair, "ko") if fair is not None else "",
        title_en=fair_name(fair, "en") if fair is not None else "",
        zone=zone,
    )


def rooms_on(rows: ScreenRows) -> tuple[RoomScreen, ...]:
    """The rooms in their order, each with its sessions in order of time."""
    teams: dict[str, list[InterpreterRow]] = defaultdict(list)
    for one in rows.interpreters:
        teams[one.meeting_id].append(one)
    notices: dict[str, list[Notice]] = defaultdict(list)
    for session in rows.sessions:
        notices[session.room_id].append(_notice(session, teams[session.meeting_id]))
    return tuple(
        RoomScreen(name=room.name, name_en=room.name_en, sessions=tuple(notices[room.id]))
        for room in rows.rooms
    )


def displays_of(
    db: Database, settings: Settings, fair_id: str, room_ids: Iterable[str]
) -> Mapping[str | None, str]:
    """The addresses that have been made: room -> address; None is the waiting area's of the fair."""
    wanted = set(room_ids)
    with db.read() as work:
        made = links.links_of_kind(work, str(Purpose.DISPLAY))
    live = [one for one in made if one.revoked_at is None]
    return {
        one.resource_id: f"{settings.base_address}/display/{token_of(settings, one)}"
        for one in live
        if (one.resource_id in wanted and one.fair_id is None)
        or (one.resource_id is None and one.fair_id == fair_id)
    }


def make_display(
    db: Database, settings: Settings, fair_key: str, room_id: str | None, *, now: datetime, actor: Actor
) -> str:
    """The address of a room of the fair, or of the fair's waiting area; asked for twice, it is the same."""
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        if room_id is None:
            address = display_address(work, settings, room_id=None, fair_id=fair.id, now=now)
        else:
            _room_of(work, fair.id, room_id)
            address = display_address(work, settings, room_id=room_id, fair_id=None, now=now)
        audit.record(work, now, actor.label, "make_display", "fair", fair.id, {}, {"room_id": room_id})
    return address


def renew_display(
    db: Database, settings: Settings, fair_key: str, room_id: str | None, *, now: datetime, actor: Actor
) -> None:
    """A new address; the screen that has the old one goes dark. Raises NotFound."""
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        if room_id is not None:
            _room_of(work, fair.id, room_id)
        of_fair = None if room_id is not None else fair.id
        link = links.find_link_for(work, str(Purpose.DISPLAY), room_id, of_fair)
        if link is None:
            raise NotFound(kind="display", key=room_id or fair.key)
        fresh = replace(link, generation=link.generation + 1, revoked_at=None)
        links.save_link(work, replace(fresh, token_sha256=hash_of(token_of(settings, fresh))))
        audit.record(work, now, actor.label, "renew_display", "fair", fair.id, {}, {"room_id": room_id})


def _rooms(
    work: Session, room_id: str | None, fair_id: str | None
) -> tuple[tuple[Room, ...], FairName | None]:
    if room_id is None and fair_id is not None:
        return people.rooms_of(work, fair_id), fairs.names_by_id(work, (fair_id,))[fair_id]
    room = people.resources_by_id(work, (room_id or "",)).get(room_id or "")
    if not isinstance(room, Room):
        raise LinkUnknown
    return (room,), None


def _room_of(work: Session, fair_id: str, room_id: str) -> None:
    if room_id not in {room.id for room in people.rooms_of(work, fair_id)}:
        raise NotFound(kind="room", key=room_id)


def _until(now: datetime, zone: str) -> datetime:
    last = to_wall(now, zone).date() + timedelta(days=_AHEAD_DAYS)
    return begin_of_day(last, zone)


def _notice(session: SessionRow, team: Sequence[InterpreterRow]) -> Notice:
    return Notice(
        slot=Slot(session.start_at, session.end_at),
        company=session.company or "",
        company_en=session.company_en or "",
        buyer=session.buyer or "",
        country=session.country or "",
        away_zone=session.away_zone,
        interpreters=tuple(one.name for one in team),
        interpreters_en=tuple(one.name_en or one.name for one in team),
        legs=tuple(LanguagePair.parse(leg) for leg in json.loads(session.legs)),
    )
