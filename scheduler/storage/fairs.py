"""Fairs and the programmes they belong to."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Row, Text, bindparam, cast, select, update
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import CountryRule, Fair, FairState, Programme
from scheduler.storage.prepared import Listed, Prepared, among
from scheduler.storage.statements import upsert
from scheduler.storage.tables import FairTable, ProgrammeTable, table_of
from scheduler.timezones.span import WallSpan

FAIR = table_of(FairTable)
PROGRAMME = table_of(ProgrammeTable)
_JSON = frozenset({"days", "opening", "country_rules"})


class KeptFair(NamedTuple):
    """The row of a fair, its JSON as text."""

    id: str
    key: str
    programme_id: str | None
    name: str
    name_en: str
    zone: str
    days: str
    opening: str
    slot_minutes: int
    break_minutes: int
    country_rules: str
    company_daily_limit: int | None
    buyer_daily_limit: int | None
    organiser: str
    organiser_email: str
    venue: str
    note: str
    state: str


_KEPT = select(*(cast(FAIR.c[name], Text) if name in _JSON else FAIR.c[name] for name in KeptFair._fields))
_BY_KEY = Prepared(_KEPT.where(FAIR.c.key == bindparam("key")))
_BY_ID = Prepared(_KEPT.where(FAIR.c.id == bindparam("id")))
_NEWEST_FIRST = _KEPT.order_by(FAIR.c.created_at.desc(), FAIR.c.key)
_IDS: BindParameter[Any] = bindparam("ids", type_=Listed())
_THESE = Prepared(_NEWEST_FIRST.where(among(FAIR.c.id, _IDS)))
_SETTINGS_OF = Prepared(select(FAIR.c.id, FAIR.c.settings).where(among(FAIR.c.id, _IDS)))
_OWN_SETTINGS = select(FAIR.c.settings).where(FAIR.c.id == bindparam("fair"))
_SETTINGS, _SETTINGS_LOCKED = Prepared(_OWN_SETTINGS), _OWN_SETTINGS.with_for_update(key_share=True)


@dataclass(frozen=True, kw_only=True)
class FairName:
    """What people are told of a fair that a session belongs to."""

    id: str
    name: str
    name_en: str
    organiser: str
    organiser_email: str
    zone: str


_NAMES = Prepared(select(*(FAIR.c[one.name] for one in fields(FairName))).where(among(FAIR.c.id, _IDS)))


def find_fair(work: Session, key: str) -> Fair | None:
    row = _BY_KEY.ask(work, key=key).first()
    return None if row is None else _fair_from(row)


def get_fair(work: Session, key: str) -> Fair:
    return _there(find_fair(work, key), "fair", key)


def get_fair_by_id(work: Session, fair_id: str) -> Fair:
    row = _BY_ID.ask(work, id=fair_id).first()
    return _there(None if row is None else _fair_from(row), "fair", fair_id)


def fairs_by_id(work: Session, fair_ids: Iterable[str]) -> dict[str, Fair]:
    """Those that exist."""
    return {one.id: one for one in these_fairs(work, fair_ids)}


def these_fairs(work: Session, fair_ids: Iterable[str]) -> tuple[Fair, ...]:
    """Those that exist, the newest first."""
    rows = _THESE.rows(work, ids=sorted(set(fair_ids)))
    return tuple(_fair_from(row) for row in rows)


def names_by_id(work: Session, fair_ids: Iterable[str]) -> dict[str, FairName]:
    """Of those that exist what stands in a calendar: to read a whole fair takes ten times as long."""
    rows = _NAMES.rows(work, ids=sorted(set(fair_ids)))
    return {row.id: FairName(**row._asdict()) for row in rows}


def list_fairs(work: Session) -> tuple[Fair, ...]:
    """All, the newest first."""
    rows = work.execute(_NEWEST_FIRST)
    return tuple(_fair_from(row) for row in rows)


def save_fair(work: Session, fair: Fair, now: datetime) -> None:
    """Store a fair, or what has changed of it. The state of a stored fair is changed by `set_fair_state` only."""
    row = {**_row_of(fair), "created_at": now, "published_at": None, "settings": {}}
    upsert(work, FAIR, row, keep=("state", "created_at", "published_at", "settings"))


def set_fair_state(work: Session, fair_id: str, state: FairState, now: datetime) -> None:
    """Publishing notes the moment."""
    noted = {"published_at": now} if state is FairState.PUBLISHED else {}
    work.execute(update(FAIR).where(FAIR.c.id == fair_id).values(state=str(state), **noted))


def published_at(work: Session, fair_id: str) -> datetime | None:
    """When it was last published."""
    return work.scalar(select(FAIR.c.published_at).where(FAIR.c.id == fair_id))


def fair_settings(work: Session, fair_id: str) -> dict[str, Any]:
    """The fair's own settings, such as its reminders; empty when it has none."""
    row = _SETTINGS.ask(work, fair=fair_id).first()
    return row.settings if row is not None else {}


def settings_to_change(work: Session, fair_id: str) -> dict[str, Any]:
    """The same, and whoever else wants to change them waits: they are one value, written as a whole."""
    return work.scalar(_SETTINGS_LOCKED, {"fair": fair_id}) or {}


def settings_of(work: Session, fair_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The same of several fairs, of those that exist."""
    rows = _SETTINGS_OF.rows(work, ids=sorted(set(fair_ids)))
    return {fair_id: settings or {} for fair_id, settings in rows}


def save_fair_settings(work: Session, fair_id: str, settings: dict[str, Any]) -> None:
    work.execute(update(FAIR).where(FAIR.c.id == fair_id).values(settings=settings))


def find_programme(work: Session, key: str) -> Programme | None:
    row = work.execute(select(PROGRAMME).where(PROGRAMME.c.key == key)).one_or_none()
    return None if row is None else _programme_from(row)


def get_programme(work: Session, key: str) -> Programme:
    found = find_programme(work, key)
    if found is None:
        raise NotFound(kind="programme", key=key)
    return found


def get_programme_by_id(work: Session, programme_id: str) -> Programme:
    row = work.execute(select(PROGRAMME).where(PROGRAMME.c.id == programme_id)).one_or_none()
    if row is None:
        raise NotFound(kind="programme", key=programme_id)
    return _programme_from(row)


def list_programmes(work: Session) -> tuple[Programme, ...]:
    """All, by key."""
    rows = work.execute(select(PROGRAMME).order_by(PROGRAMME.c.key))
    return tuple(_programme_from(row) for row in rows)


def save_programme(work: Session, programme: Programme) -> None:
    row = {
        "id": programme.id,
        "key": programme.key,
        "name": programme.name,
        "name_en": programme.name_en,
    }
    upsert(work, PROGRAMME, row)


def fairs_of_programme(work: Session, programme_id: str) -> tuple[Fair, ...]:
    """By key."""
    rows = work.execute(_KEPT.where(FAIR.c.programme_id == programme_id).order_by(FAIR.c.key))
    return tuple(_fair_from(row) for row in rows)


def _there(fair: Fair | None, kind: str, key: str) -> Fair:
    if fair is None:
        raise NotFound(kind=kind, key=key)
    return fair


def _row_of(fair: Fair) -> dict[str, Any]:
    return {
        "id": fair.id,
        "key": fair.key,
        "programme_id": fair.programme_id,
        "name": fair.name,
        "name_en": fair.name_en,
        "zone": fair.zone,
        "days": [day.isoformat() for day in fair.days],
        "opening": _spans_written(fair.opening),
        "slot_minutes": fair.slot_minutes,
        "break_minutes": fair.break_minutes,
        "country_rules": [_rule_written(rule) for rule in fair.country_rules],
        "company_daily_limit": fair.company_daily_limit,
        "buyer_daily_limit": fair.buyer_daily_limit,
        "organiser": fair.organiser,
        "organiser_email": fair.organiser_email,
        "venue": fair.venue,
        "note": fair.note,
        "state": str(fair.state),
    }


def _fair_from(row: Row[Any]) -> Fair:
    return _fair(KeptFair._make(row))


@lru_cache(maxsize=1024)
def _fair(row: KeptFair) -> Fair:
    """A fair seldom changes and is read for every page of it: an equal row is not taken apart again."""
    return Fair(
        id=row.id,
        key=row.key,
        programme_id=row.programme_id,
        name=row.name,
        name_en=row.name_en,
        zone=row.zone,
        days=tuple(date.fromisoformat(day) for day in json.loads(row.days)),
        opening=_spans_read(json.loads(row.opening)),
        slot_minutes=row.slot_minutes,
        break_minutes=row.break_minutes,
        country_rules=tuple(_rule_read(rule) for rule in json.loads(row.country_rules)),
        company_daily_limit=row.company_daily_limit,
        buyer_daily_limit=row.buyer_daily_limit,
        organiser=row.organiser,
        organiser_email=row.organiser_email,
        venue=row.venue,
        note=row.note,
        state=FairState(row.state),
    )


def _programme_from(row: Row[Any]) -> Programme:
    return Programme(id=row.id, key=row.key, name=row.name, name_en=row.name_en)


def _rule_written(rule: CountryRule) -> dict[str, Any]:
    return {
        "country": rule.country,
        "slot_minutes": rule.slot_minutes,
        "break_minutes": rule.break_minutes,
        "opening": None if rule.opening is None else _spans_written(rule.opening),
    }


def _rule_read(written: dict[str, Any]) -> CountryRule:
    opening = written["opening"]
    return CountryRule(
        country=written["country"],
        slot_minutes=written["slot_minutes"],
        break_minutes=written["break_minutes"],
        opening=None if opening is None else _spans_read(opening),
    )


def _spans_written(spans: tuple[WallSpan, ...]) -> list[str]:
    return [span.text() for span in spans]


def _spans_read(written: list[str]) -> tuple[WallSpan, ...]:
    return tuple(WallSpan.parse(span) for span in written)
