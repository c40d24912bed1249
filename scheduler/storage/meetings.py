"""Meetings: rows with their interpreters, and the local times that were promised."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    union,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound, StaleRevision
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import LanguagePair
from scheduler.booking.slot import Slot
from scheduler.storage.prepared import Listed, Prepared, among, insert_of
from scheduler.storage.statements import pieces
from scheduler.storage.tables import MeetingInterpreterTable, MeetingTable, table_of

MEETING = table_of(MeetingTable)
INTERPRETER = table_of(MeetingInterpreterTable)
_ORGANISER = "organiser"
"""Beside the local times in what was promised. No zone is called so."""
# What a Meeting is made from: thousands are read at once, and every value takes its time. The same few lists of legs
# come again and again, so that their JSON is read as text.
_COLUMNS = (
    *(MEETING.c[name] for name in ("id", "uid", "fair_id", "match_id", "company_id", "buyer_id", "room_id")),
    *(MEETING.c[name] for name in ("start_at", "end_at", "state", "revision", "link", "title", "is_pinned")),
    *(MEETING.c[name] for name in ("lapses_at", "note")),
    cast(MEETING.c.legs, Text),
)
_SELECTED = select(*_COLUMNS)
_PROMISED = update(MEETING).where(MEETING.c.id == bindparam("meeting"))


def _starts_statement() -> CompoundSelect[Any]:
    these = (
        MEETING.c.end_at > bindparam("first"),
        MEETING.c.start_at < bindparam("last"),
        among(MEETING.c.state, bindparam("states", type_=Listed())),
        MEETING.c.id != bindparam("without"),
    )
    persons: BindParameter[Any] = bindparam("persons", type_=Listed())
    named = [
        select(MEETING.c[column], MEETING.c.start_at).where(among(MEETING.c[column], persons), *these)
        for column in ("company_id", "buyer_id")
    ]
    joined = MEETING.join(INTERPRETER, INTERPRETER.c.meeting_id == MEETING.c.id)
    interpreted = (
        select(INTERPRETER.c.interpreter_id, MEETING.c.start_at)
        .select_from(joined)
        .where(among(INTERPRETER.c.interpreter_id, persons), *these)
    )
    return union_all(*named, interpreted)


def _near_statement() -> Select[Any]:
    these = (
        MEETING.c.start_at >= bindparam("first"),
        MEETING.c.start_at < bindparam("last"),
        MEETING.c.state != State.CANCELLED,
    )
    resources: BindParameter[Any] = bindparam("resources", type_=Listed())
    named = [
        select(MEETING.c.id).where(among(MEETING.c[column], resources), *these)
        for column in ("company_id", "buyer_id", "room_id")
    ]
    joined = MEETING.join(INTERPRETER, INTERPRETER.c.meeting_id == MEETING.c.id)
    interpreted = (
        select(MEETING.c.id).select_from(joined).where(among(INTERPRETER.c.interpreter_id, resources), *these)
    )
    of_the_match = select(MEETING.c.id).where(
        MEETING.c.match_id == bindparam("match"), MEETING.c.state != State.CANCELLED
    )
    found = MEETING.c.id.in_(union(*named, interpreted, of_the_match))
    own = INTERPRETER.c.meeting_id == MEETING.c.id
    return (
        _SELECTED.add_columns(INTERPRETER.c.interpreter_id)
        .select_from(MEETING.outerjoin(INTERPRETER, own))
        .where(found)
        .order_by(MEETING.c.id, INTERPRETER.c.position)
    )


def _theirs() -> ColumnElement[bool]:
    """The sessions of one resource that overlap [first, last), in one of `states`."""
    resource: BindParameter[str] = bindparam("resource")
    named = [
        select(MEETING.c.id).where(MEETING.c[column] == resource)
        for column in ("company_id", "buyer_id", "room_id")
    ]
    interpreted = select(INTERPRETER.c.meeting_id).where(INTERPRETER.c.interpreter_id == resource)
    return and_(
        MEETING.c.id.in_(union(*named, interpreted)),
        MEETING.c.end_at > bindparam("first"),
        MEETING.c.start_at < bindparam("last"),
        among(MEETING.c.state, bindparam("states", type_=Listed())),
    )


# Statements of every booking and every feed are made once: putting one together costs more than running it.
_OF_ONE = Prepared(
    _SELECTED.add_columns(MEETING.c.updated_at).where(_theirs()).order_by(MEETING.c.start_at, MEETING.c.id)
)
_INTERPRETERS_OF_ONE = Prepared(
    select(INTERPRETER.c.meeting_id, INTERPRETER.c.interpreter_id)
    .join(MEETING, MEETING.c.id == INTERPRETER.c.meeting_id)
    .where(_theirs())
    .order_by(INTERPRETER.c.meeting_id, INTERPRETER.c.position)
)
_OF_MATCH = Prepared(
    _SELECTED.where(MEETING.c.match_id == bindparam("match"), MEETING.c.state != State.CANCELLED)
)
_INTERPRETERS_OF = Prepared(
    select(INTERPRETER.c.interpreter_id)
    .where(INTERPRETER.c.meeting_id == bindparam("meeting"))
    .order_by(INTERPRETER.c.position)
)
_ITS = and_(
    MEETING.c.fair_id == bindparam("fair"),
    MEETING.c.end_at > bindparam("first"),
    MEETING.c.state.in_(bindparam("states", expanding=True)),
)
_OF_FAIR = _SELECTED.add_columns(MEETING.c.updated_at).where(_ITS).order_by(MEETING.c.start_at, MEETING.c.id)
_INTERPRETERS_OF_FAIR = (
    select(INTERPRETER.c.meeting_id, INTERPRETER.c.interpreter_id)
    .join(MEETING, MEETING.c.id == INTERPRETER.c.meeting_id)
    .where(_ITS)
    .order_by(INTERPRETER.c.meeting_id, INTERPRETER.c.position)
)
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
_STARTS = Prepared(_starts_statement())
_NEAR = Prepared(_near_statement())
_ADD = insert_of(MEETING, insert(MEETING).inline())
_ADD_INTERPRETER = insert_of(INTERPRETER, insert(INTERPRETER).inline())


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What people were told: zone -> local time such as "2026-09-15 08:00", by this edition of the zones' rules;
    and the organiser's address, which a session keeps in calendars for its whole life.
    """

    zone_rules: str
    local_times: Mapping[str, str] = field(default_factory=dict)
    organiser: str = ""


def add_meeting(work: Session, meeting: Meeting, now: datetime, *, promise: Promise | None = None) -> None:
    """Store a new meeting. Its claims are taken apart, by `claims.take_claims`.

    When its match has a live meeting already, the transaction ends with AlreadyThere(table="meeting").
    """
    add_meetings(work, (meeting,), now, promises={meeting.id: promise} if promise else {})


def add_meetings(
    work: Session,
    meetings: Sequence[Meeting],
    now: datetime,
    *,
    promises: Mapping[str, Promise] | None = None,
) -> None:
    """The same for thousands, as publishing a grid does."""
    if not meetings:
        return
    stamps = {"created_at": now, "updated_at": now}
    kept = promises or {}
    _ADD.send_all(work, ({**_row_of(one), **_promise_row(kept.get(one.id)), **stamps} for one in meetings))
    _add_interpreters(work, meetings)


def save_meeting(work: Session, meeting: Meeting, now: datetime) -> None:
    """Write the next revision of a meeting over the one it was made from, whose revision is one lower.

    Raises StaleRevision when the stored one is another by now, and NotFound.
    """
    seen = meeting.revision - 1
    same = (MEETING.c.id == meeting.id) & (MEETING.c.revision == seen)
    written = update(MEETING).where(same).values(**_row_of(meeting), updated_at=now).returning(MEETING.c.id)
    if work.execute(written).one_or_none() is None:
        current = get_meeting(work, meeting.id).revision
        raise StaleRevision(meeting_id=meeting.id, seen=seen, current=current)
    work.execute(delete(INTERPRETER).where(INTERPRETER.c.meeting_id == meeting.id))
    _add_interpreters(work, (meeting,))


def get_meeting(work: Session, meeting_id: str) -> Meeting:
    found = meetings_by_id(work, [meeting_id])
    if not found:
        raise NotFound(kind="meeting", key=meeting_id)
    return found[meeting_id]


def meetings_by_id(work: Session, meeting_ids: Iterable[str]) -> dict[str, Meeting]:
    """Those that exist."""
    found: dict[str, Meeting] = {}
    for piece in pieces(meeting_ids):
        rows = work.execute(_SELECTED.where(MEETING.c.id.in_(piece))).all()
        found |= {one.id: one for one in _meetings(work, rows, INTERPRETER.c.meeting_id.in_(piece))}
    return found


def find_meeting_by_uid(work: Session, uid: str) -> Meeting | None:
    """By its calendar UID, as a reply names it."""
    return next(iter(_find(work, MEETING.c.uid == uid)), None)


def meetings_of_fair(
    work: Session,
    fair_id: str,
    states: Collection[State] | None = None,
    first: datetime | None = None,
    last: datetime | None = None,
) -> tuple[Meeting, ...]:
    """In order of time. With `first` and `last` only those that overlap [first, last)."""
    return _find(work, MEETING.c.fair_id == fair_id, *_overlapping(first, last), *_in_states(states))


def meetings_of_resource(
    work: Session,
    resource_id: str,
    first: datetime | None = None,
    last: datetime | None = None,
    states: Collection[State] | None = None,
) -> tuple[Meeting, ...]:
    """Of a company, a buyer, an interpreter or a room; in order of time."""
    asked = tuple(State) if states is None else states
    return tuple(one for one, _ in changes_of_resource(work, resource_id, first or _FIRST, asked, last=last))


def changes_of_resource(
    work: Session,
    resource_id: str,
    first: datetime,
    states: Collection[State],
    *,
    last: datetime | None = None,
) -> tuple[tuple[Meeting, datetime], ...]:
    """What `meetings_of_resource` finds from `first` on, each with when it was last written: for feeds, often."""
    asked: dict[str, Any] = {"resource": resource_id, "first": first, "last": last or _LAST}
    asked["states"] = sorted(states)
    rows = _OF_ONE.rows(work, **asked)
    interpreters = _grouped(_INTERPRETERS_OF_ONE.rows(work, **asked)) if rows else {}
    return tuple((_meeting_from(row, interpreters.get(row[0], ())), row[-1]) for row in rows)


def changes_of_fair(
    work: Session, fair_id: str, first: datetime, states: Collection[State]
) -> tuple[tuple[Meeting, datetime], ...]:
    """What `meetings_of_fair` finds from `first` on, each with when it was last written."""
    asked = {"fair": fair_id, "first": first, "states": sorted(states)}
    rows = work.execute(_OF_FAIR, asked).all()
    interpreters = _grouped(work.execute(_INTERPRETERS_OF_FAIR, asked).all()) if rows else {}
    return tuple((_meeting_from(row, interpreters.get(row[0], ())), row[-1]) for row in rows)


def meetings_of_buyers(
    work: Session, buyer_ids: Collection[str], states: Collection[State] | None = None
) -> tuple[Meeting, ...]:
    """Of several buyers; in order of time."""
    return _find(work, MEETING.c.buyer_id.in_(sorted(buyer_ids)), *_in_states(states))


def meetings_between(
    work: Session, first: datetime, last: datetime, states: Collection[State] | None = None
) -> tuple[Meeting, ...]:
    """All that overlap [first, last), in order of time."""
    return _find(work, *_overlapping(first, last), *_in_states(states))


def sessions_near(
    work: Session, match_id: str, resource_ids: Collection[str], first: datetime, last: datetime
) -> tuple[Meeting, ...]:
    """Live sessions of any of these resources that begin within [first, last), and the live one of the match."""
    rows = _NEAR.rows(work, resources=sorted(resource_ids), first=first, last=last, match=match_id)
    return tuple(
        _meeting_from(own[0], tuple(one.interpreter_id for one in own if one.interpreter_id is not None))
        for own in (list(same) for _id, same in groupby(rows, key=attrgetter("id")))
    )


def starts_between(
    work: Session,
    person_ids: Collection[str],
    first: datetime,
    last: datetime,
    states: Collection[State],
    *,
    without: str | None = None,
) -> tuple[tuple[str, datetime], ...]:
    """When sessions that overlap [first, last) begin: a pair for each of these persons in each of them."""
    rows = _STARTS.rows(
        work,
        persons=sorted(person_ids),
        first=first,
        last=last,
        states=sorted(states),
        without=without or "",
    )
    return tuple((row[0], row[1]) for row in rows)


def count_ahead(work: Session, now: datetime) -> int:
    """How many confirmed sessions begin from now on."""
    ahead = (MEETING.c.start_at >= now, MEETING.c.state == State.CONFIRMED)
    return work.scalar(select(func.count()).select_from(MEETING).where(*ahead)) or 0


def live_meeting_of_match(work: Session, match_id: str) -> Meeting | None:
    """The one meeting of a match that is not cancelled."""
    row = _OF_MATCH.ask(work, match=match_id).first()
    if row is None:
        return None
    return _meeting_from(row, tuple(one[0] for one in _INTERPRETERS_OF.rows(work, meeting=row[0])))


def changed_at(work: Session, meeting_ids: Iterable[str]) -> dict[str, datetime]:
    """When each was last written."""
    return {
        meeting_id: at
        for piece in pieces(meeting_ids)
        for meeting_id, at in work.execute(
            select(MEETING.c.id, MEETING.c.updated_at).where(MEETING.c.id.in_(piece))
        )
    }


def save_promises(work: Session, promises: Mapping[str, Promise]) -> None:
    """Keep what was promised, by meeting id."""
    for meeting_id, promise in promises.items():
        work.execute(_PROMISED, {"meeting": meeting_id, **_promise_row(promise)})


def promises_of(work: Session, meeting_ids: Iterable[str]) -> dict[str, Promise]:
    """What was last promised, of those meetings of which anything was."""
    columns = (MEETING.c.id, MEETING.c.zone_rules, MEETING.c.promised)
    return {
        row.id: _promise_from(row.zone_rules, row.promised or {})
        for piece in pieces(meeting_ids)
        for row in work.execute(select(*columns).where(MEETING.c.id.in_(piece)))
        if row.zone_rules is not None
    }


def promised_by_other_rules(work: Session, zone_rules: str, now: datetime) -> tuple[Meeting, ...]:
    """Live meetings still to come whose local times were promised by another edition of the zones' rules."""
    other = MEETING.c.zone_rules.is_not(None) & (MEETING.c.zone_rules != zone_rules)
    return _find(work, other, MEETING.c.start_at > now, MEETING.c.state.in_((State.HELD, State.CONFIRMED)))


def _find(work: Session, *conditions: ColumnElement[bool]) -> tuple[Meeting, ...]:
    statement = _SELECTED.where(*conditions).order_by(MEETING.c.start_at, MEETING.c.id)
    rows = work.execute(statement).all()
    if not rows:
        return ()
    these: Select[tuple[str]] = select(MEETING.c.id).where(*conditions)
    return _meetings(work, rows, INTERPRETER.c.meeting_id.in_(these))


def _meetings(work: Session, rows: Sequence[Row[Any]], theirs: ColumnElement[bool]) -> tuple[Meeting, ...]:
    columns = (INTERPRETER.c.meeting_id, INTERPRETER.c.interpreter_id)
    statement = select(*columns).where(theirs).order_by(INTERPRETER.c.meeting_id, INTERPRETER.c.position)
    interpreters = _grouped(work.execute(statement).all())
    return tuple(_meeting_from(row, interpreters.get(row[0], ())) for row in rows)


def _grouped(pairs: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """The interpreters of each meeting, from pairs in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for meeting_id, interpreter_id in pairs:
        found[meeting_id].append(interpreter_id)
    return {meeting_id: tuple(ids) for meeting_id, ids in found.items()}


def _overlapping(first: datetime | None, last: datetime | None) -> list[ColumnElement[bool]]:
    after = [] if first is None else [MEETING.c.end_at > first]
    return after if last is None else [*after, MEETING.c.start_at < last]


def _in_states(states: Collection[State] | None) -> list[ColumnElement[bool]]:
    return [] if states is None else [MEETING.c.state.in_(sorted(states))]


def _row_of(meeting: Meeting) -> dict[str, Any]:
    return {
        "id": meeting.id,
        "uid": meeting.uid,
        "fair_id": meeting.fair_id,
        "match_id": meeting.match_id,
        "company_id": meeting.company_id,
        "buyer_id": meeting.buyer_id,
        "room_id": meeting.room_id,
        "start_at": meeting.slot.start_at,
        "end_at": meeting.slot.end_at,
        "state": str(meeting.state),
        "revision": meeting.revision,
        "legs": [str(leg) for leg in meeting.legs],
        "link": meeting.link,
        "title": meeting.title,
        "is_pinned": meeting.is_pinned,
        "lapses_at": meeting.lapses_at,
        "note": meeting.note,
    }


def _promise_row(promise: Promise | None) -> dict[str, Any]:
    if promise is None:
        return {"zone_rules": None, "promised": None}
    organiser = {_ORGANISER: promise.organiser} if promise.organiser else {}
    return {"zone_rules": promise.zone_rules, "promised": {**promise.local_times, **organiser}}


def _promise_from(zone_rules: str, kept: Mapping[str, str]) -> Promise:
    times = {zone: told for zone, told in kept.items() if zone != _ORGANISER}
    return Promise(zone_rules=zone_rules, local_times=times, organiser=kept.get(_ORGANISER, ""))


def _add_interpreters(work: Session, meetings: Iterable[Meeting]) -> None:
    rows = [
        {"meeting_id": meeting.id, "position": position, "interpreter_id": interpreter_id}
        for meeting in meetings
        for position, interpreter_id in enumerate(meeting.interpreter_ids)
    ]
    _ADD_INTERPRETER.send_all(work, rows)


@lru_cache(maxsize=512)
def _legs(written: str) -> tuple[LanguagePair, ...]:
    return tuple(map(LanguagePair.parse, json.loads(written)))


_STATES = {str(one): one for one in State}


def _meeting_from(row: Sequence[Any], interpreter_ids: tuple[str, ...]) -> Meeting:
    """From a row that begins with `_COLUMNS`, whatever comes after them."""
    key, uid, fair_id, match_id, company_id, buyer_id, room_id = row[:7]
    start_at, end_at, state, revision, link, title, is_pinned, lapses_at, note, legs = row[7:17]
    return Meeting(
        id=key,
        uid=uid,
        slot=Slot(start_at, end_at),
        state=_STATES[state],
        revision=revision,
        fair_id=fair_id,
        match_id=match_id,
        company_id=company_id,
        buyer_id=buyer_id,
        interpreter_ids=interpreter_ids,
        room_id=room_id,
        legs=_legs(legs),
        link=link,
        title=title,
        is_pinned=is_pinned,
        lapses_at=lapses_at,
        note=note,
    )
