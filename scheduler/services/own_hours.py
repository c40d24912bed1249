"""An interpreter's own working hours: a painted week and exceptions by date, which the grid is then built by."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.meeting import State
from scheduler.booking.people import Interpreter
from scheduler.services.actor import Actor
from scheduler.services.board import Entry, entry_of
from scheduler.storage import absences, audit, fairs, meetings, people
from scheduler.storage.db import Database
from scheduler.timezones.hours import Hours
from scheduler.timezones.painted import HALVES, Cell, painted, repainted
from scheduler.timezones.span import DAY_MINUTES, WallSpan
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase

FARTHEST = timedelta(days=730)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_CELL = re.compile(r"([0-6])-(\d{1,2})")


@dataclass(frozen=True, kw_only=True)
class OtherDay:
    """One date that is not like its weekday: `spans` are the hours instead, or None where only `away` is cut out."""

    on: date
    spans: tuple[WallSpan, ...] | None
    away: tuple[WallSpan, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OwnHours:
    """What an interpreter has said of their time, and the sessions to come that it leaves outside."""

    person: Interpreter
    hours: Hours
    cells: frozenset[Cell]
    exceptions: tuple[OtherDay, ...]
    outside: tuple[Entry, ...]
    fairs: tuple[Fair, ...]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An exception as a form has it: `kind` is away or instead; without clocks the whole day."""

    on: str
    kind: str
    first: str = ""
    last: str = ""


def own_hours(db: Database, person_id: str, *, now: datetime) -> OwnHours:
    """Raises NotFound for anybody but an interpreter."""
    with db.read() as work:
        person, ahead = _present(work, person_id, now)
        found = meetings.meetings_of_resource(work, person_id, first=now, states=(State.CONFIRMED,))
        named = people.resources_by_id(work, {each for one in found for each in one.resource_ids})
    today = to_wall(now, person.hours.zone).date()
    return OwnHours(
        person=person,
        hours=person.hours,
        cells=painted(person.hours),
        exceptions=tuple(one for one in _exceptions(person.hours) if one.on >= today),
        outside=tuple(
            entry_of(one, named)
            for one in found
            if not person.hours.covers(one.slot.start_at, one.slot.end_at)
        ),
        fairs=ahead,
    )


def paint_hours(
    db: Database, person_id: str, marked: Collection[str], *, now: datetime, actor: Actor
) -> None:
    """Keeps a week whose open half hours are written `weekday-half`, such as 0-18 for Monday from 09:00."""
    cells = {_cell(one) for one in marked}
    with db.write() as work:
        person, ahead = _present(work, person_id, now)
        _keep(work, person, repainted(person.hours, cells), ahead, now, actor)


def add_exception(db: Database, person_id: str, wanted: Wanted, *, now: datetime, actor: Actor) -> date:
    """Keeps an exception; other hours of the same date give way to hours instead. Raises BadInput with all faults."""
    with db.write() as work:
        person, ahead = _present(work, person_id, now)
        on, span = _read(wanted, today=to_wall(now, person.hours.zone).date())
        if wanted.kind == "away" and (span.start_minute, span.end_minute) != (0, DAY_MINUTES):
            hours = person.hours.without(on, span)
        else:
            clean = _without_date(person.hours, on)
            hours = clean.with_dated(on, () if wanted.kind == "away" else (span,))
        _keep(work, person, hours, ahead, now, actor)
    return on


def drop_exception(db: Database, person_id: str, on: date, *, now: datetime, actor: Actor) -> None:
    """The date is like its weekday again. Raises NotFound when it has been."""
    with db.write() as work:
        person, ahead = _present(work, person_id, now)
        hours = _without_date(person.hours, on)
        if hours == person.hours:
            raise NotFound(kind="exception", key=on.isoformat())
        _keep(work, person, hours, ahead, now, actor)


def _present(work: Session, person_id: str, now: datetime) -> tuple[Interpreter, tuple[Fair, ...]]:
    """The person with the hours of the next fair, and all fairs that are not over."""
    taking_part = fairs.fairs_by_id(work, people.fair_ids_of(work, person_id)).values()
    ahead = sorted((one for one in taking_part if _is_ahead(one, now)), key=lambda one: (one.days, one.id))
    person = people.get_resource(work, person_id, ahead[0].id if ahead else None)
    if not isinstance(person, Interpreter):
        raise NotFound(kind="interpreter", key=person_id)
    return person, tuple(ahead)


def _is_ahead(fair: Fair, now: datetime) -> bool:
    last = max(fair.days, default=None)
    return fair.state is not FairState.CLOSED and last is not None and last >= to_wall(now, fair.zone).date()


def _keep(
    work: Session, person: Interpreter, hours: Hours, ahead: tuple[Fair, ...], now: datetime, actor: Actor
) -> None:
    absences.set_default_hours(work, person.id, hours)
    for fair in ahead:
        absences.set_hours(work, fair.id, person.id, hours)
    before, after = {"hours": person.hours.to_json()}, {"hours": hours.to_json()}
    audit.record(work, now, actor.label, "change_hours", "resource", person.id, before, after)


def _exceptions(hours: Hours) -> tuple[OtherDay, ...]:
    found = {on: OtherDay(on=on, spans=spans) for on, spans in hours.dated}
    for day, span in hours.away:
        if isinstance(day, date):
            one = found.get(day, OtherDay(on=day, spans=None))
            found[day] = replace(one, away=(*one.away, span))
    return tuple(found[on] for on in sorted(found))


def _without_date(hours: Hours, on: date) -> Hours:
    return replace(
        hours,
        dated=tuple(one for one in hours.dated if one[0] != on),
        away=tuple(one for one in hours.away if one[0] != on),
    )


def _cell(written: str) -> Cell:
    found = _CELL.fullmatch(written)
    if found is None or int(found[2]) >= HALVES:
        raise BadInput(
            [Fault(place="cells", wrong=Phrase("The page was not sent whole. Paint it once more."))]
        )
    return int(found[1]), int(found[2])


def _read(wanted: Wanted, *, today: date) -> tuple[date, WallSpan]:
    faults: list[Fault] = []
    on = _date(wanted.on, today, faults)
    if wanted.kind not in ("away", "instead"):
        faults.append(Fault(place="kind", wrong=Phrase("Choose what is different on that day.")))
    span = _span(wanted, faults)
    if faults or on is None or span is None:
        raise BadInput(faults)
    return on, span


def _date(written: str, today: date, faults: list[Fault]) -> date | None:
    try:
        on = date.fromisoformat(written)
    except ValueError:
        faults.append(Fault(place="on", wrong=Phrase("Choose a date.")))
        return None
    if not today <= on <= today + FARTHEST:
        faults.append(Fault(place="on", wrong=Phrase("The date lies between today and two years from now.")))
    return on


def _span(wanted: Wanted, faults: list[Fault]) -> WallSpan | None:
    if not wanted.first and not wanted.last:
        return WallSpan(0, DAY_MINUTES)
    first, last = (_minute(place, getattr(wanted, place), faults) for place in ("first", "last"))
    if first is None or last is None:
        return None
    # A field for a clock cannot say 24:00; midnight as an end is the end of the day.
    last = last or DAY_MINUTES
    if first >= last:
        faults.append(Fault(place="last", wrong=Phrase("The end comes after the beginning.")))
        return None
    return WallSpan(first, last)


def _minute(place: str, written: str, faults: list[Fault]) -> int | None:
    found = _CLOCK.fullmatch(written.strip())
    if (
        found is None
        or int(found[1]) > 24
        or int(found[2]) > 59
        or int(found[1]) * 60 + int(found[2]) > DAY_MINUTES
    ):
        faults.append(Fault(place=place, wrong=Phrase("Write a time such as 09:30.")))
        return None
    return int(found[1]) * 60 + int(found[2])
