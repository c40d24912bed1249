"""The hours an interpreter has worked in a month: counted from the sessions, signed, and countersigned."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound, Refusal
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Interpreter, LanguagePair, Resource
from scheduler.services.actor import Actor
from scheduler.services.session_facts import fair_name
from scheduler.sheets.on_demand import write_csv, write_table
from scheduler.sheets.tables_out import Row
from scheduler.storage import audit, fairs, hour_sheets, meetings, people
from scheduler.storage.db import Database
from scheduler.storage.hour_sheets import HourSheet
from scheduler.timezones.labels import day_label
from scheduler.timezones.wall import to_utc, to_wall
from scheduler.wording import Phrase

LONGEST_NAME = 100
# What has taken place, what somebody else did not come to, and what nobody has said anything of yet.
_COUNTED = (State.COMPLETED, State.NO_SHOW, State.CONFIRMED)
HEADS = (
    Phrase("Day"),
    Phrase("Begins"),
    Phrase("Ends"),
    Phrase("Minutes"),
    Phrase("Company"),
    Phrase("Buyer"),
    Phrase("Languages"),
    Phrase("Fair"),
)


class Changed(Refusal):
    """The sessions, or the signature, are no longer what the person who signs has seen."""

    phrase = Phrase("The hours have changed since you opened the page. Look again, then sign.")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One session that is over: `on` and the clocks are those of the city. `minutes` are the session's own."""

    on: str
    start: str
    end: str
    minutes: int
    company: str
    buyer: str
    languages: str
    fair: str
    state: str

    @property
    def day(self) -> date:
        return date.fromisoformat(self.on)

    @property
    def legs(self) -> tuple[LanguagePair, ...]:
        return tuple(LanguagePair.parse(one) for one in self.languages.split(", ") if one)

    @property
    def facts(self) -> dict[str, object]:
        """What is signed: everything but what the coordinator notes of the session afterwards."""
        return {key: value for key, value in asdict(self).items() if key != "state"}


@dataclass(frozen=True, kw_only=True)
class MonthSheet:
    """A month of an interpreter. `signed` may be of other lines than those that are counted now."""

    person: Interpreter
    month: date
    lines: tuple[Line, ...]
    signed: HourSheet | None

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.lines)

    @property
    def mark(self) -> str:
        """Of the lines, so that nobody signs others than they have seen."""
        written = json.dumps([one.facts for one in self.lines], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()[:24]

    @property
    def is_signed(self) -> bool:
        return self.signed is not None and list(self.signed.lines) == [one.facts for one in self.lines]

    @property
    def is_countersigned(self) -> bool:
        return self.is_signed and self.signed is not None and self.signed.countersigned_at is not None

    @property
    def key(self) -> str:
        return month_key(self.month)


def month_key(month: date) -> str:
    return f"{month:%Y-%m}"


def month_of(written: str) -> date:
    """The first day of `2026-06`. Raises NotFound for anything else."""
    try:
        month = datetime.strptime(written, "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        raise NotFound(kind="month", key=written) from None
    if not 2000 <= month.year <= 2036 or month_key(month) != written:
        raise NotFound(kind="month", key=written)
    return month


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_sheet(db: Database, person_id: str, month: date, *, zone: str, now: datetime) -> MonthSheet:
    """Raises NotFound for anybody but an interpreter."""
    with db.read() as work:
        return _sheet(work, person_id, month, zone, now)


def sheets_of_month(db: Database, month: date, *, zone: str, now: datetime) -> tuple[MonthSheet, ...]:
    """Everybody who has worked or signed in a month, by name. Always the same number of queries."""
    with db.read() as work:
        first, last = _bounds(month, zone)
        found = meetings.meetings_between(work, first, last, _COUNTED)
        over = [
            one
            for one in found
            if one.interpreter_ids and first <= one.slot.start_at and one.slot.end_at <= now
        ]
        signed = hour_sheets.sheets_of_month(work, month_key(month))
        named = people.resources_by_id(
            work, {each for one in over for each in one.resource_ids} | set(signed)
        )
        fair_names = _fair_names(work, over)
    persons = [named[one] for one in {each for one in over for each in one.interpreter_ids} | set(signed)]
    return tuple(
        MonthSheet(
            person=person,
            month=month,
            lines=_lines((one for one in over if person.id in one.interpreter_ids), named, fair_names, zone),
            signed=signed.get(person.id),
        )
        for person in sorted(persons, key=lambda one: (one.name, one.id))
        if isinstance(person, Interpreter)
    )


def sign(
    db: Database, person_id: str, month: date, *, name: str, seen: str, zone: str, now: datetime, actor: Actor
) -> HourSheet:
    """The interpreter's name under the month as they saw it. Raises BadInput, Changed."""
    name = _name(name)
    with db.write() as work:
        sheet = _sheet(work, person_id, month, zone, now)
        if not sheet.lines:
            raise BadInput([Fault(place="name", wrong=Phrase("There is nothing to sign in this month."))])
        if sheet.mark != seen:
            raise Changed
        if sheet.is_signed and sheet.signed is not None and sheet.signed.signed_name == name:
            return sheet.signed
        signed = HourSheet(
            interpreter_id=person_id,
            month=sheet.key,
            lines=tuple(one.facts for one in sheet.lines),
            minutes=sheet.minutes,
            signed_name=name,
            signed_by=actor.label,
            signed_at=now,
        )
        hour_sheets.save_sheet(work, signed)
        _record(work, "sign_hours", sheet, name, now, actor)
        return signed


def countersign(
    db: Database, person_id: str, month: date, *, name: str, seen: str, zone: str, now: datetime, actor: Actor
) -> HourSheet:
    """The coordinator's name under what the interpreter has signed. Raises BadInput, Changed."""
    name = _name(name)
    with db.write() as work:
        sheet = _sheet(work, person_id, month, zone, now)
        if sheet.signed is None or not sheet.is_signed or sheet.mark != seen:
            raise Changed
        done = hour_sheets.countersign(work, sheet.signed, name=name, by=actor.label, now=now)
        if done is None:
            raise Changed
        _record(work, "countersign_hours", sheet, name, now, actor)
        return done


def as_workbook(sheet: MonthSheet, language: str) -> bytes:
    """The sheet as .xlsx, texts typed as texts."""
    return write_table(_rows(sheet, language), title=sheet.key)


def as_csv(sheet: MonthSheet, language: str) -> bytes:
    return write_csv(_rows(sheet, language))


def _rows(sheet: MonthSheet, language: str) -> list[Row]:
    rows: list[Row] = [tuple(one.text(language) for one in HEADS)]
    rows += [
        (
            day_label(one.day, language),
            one.start,
            one.end,
            one.minutes,
            one.company,
            one.buyer,
            one.languages,
            one.fair,
        )
        for one in sheet.lines
    ]
    rows.append((Phrase("Together").text(language), "", "", sheet.minutes, sheet.person.name, "", "", ""))
    if sheet.is_signed and sheet.signed is not None:
        for words, who, at in (
            (Phrase("Signed"), sheet.signed.signed_name, sheet.signed.signed_at),
            (Phrase("Countersigned"), sheet.signed.countersigned_name, sheet.signed.countersigned_at),
        ):
            if at is not None:
                rows.append((words.text(language), f"{at:%Y-%m-%d %H:%M} UTC", "", "", who, "", "", ""))
    return rows


def _sheet(work: Session, person_id: str, month: date, zone: str, now: datetime) -> MonthSheet:
    person = people.get_resource(work, person_id)
    if not isinstance(person, Interpreter):
        raise NotFound(kind="interpreter", key=person_id)
    first, last = _bounds(month, zone)
    found = meetings.meetings_of_resource(work, person_id, first=first, last=last, states=_COUNTED)
    over = [one for one in found if first <= one.slot.start_at < last and one.slot.end_at <= now]
    named = people.resources_by_id(work, {each for one in over for each in one.resource_ids})
    return MonthSheet(
        person=person,
        month=month,
        lines=_lines(over, named, _fair_names(work, over), zone),
        signed=hour_sheets.find_sheet(work, person_id, month_key(month)),
    )


def _bounds(month: date, zone: str) -> tuple[datetime, datetime]:
    first, last = (datetime.combine(one, datetime.min.time()) for one in (month, next_month(month)))
    return to_utc(first, zone), to_utc(last, zone)


def _fair_names(work: Session, found: Iterable[Meeting]) -> dict[str, str]:
    of_fairs = fairs.fairs_by_id(work, {one.fair_id for one in found if one.fair_id is not None})
    return {key: fair_name(fair, "ko") for key, fair in of_fairs.items()}


def _lines(
    over: Iterable[Meeting], named: dict[str, Resource], fair_names: dict[str, str], zone: str
) -> tuple[Line, ...]:
    def name(key: str | None) -> str:
        return named[key].name if key in named else ""

    return tuple(
        Line(
            on=to_wall(one.slot.start_at, zone).date().isoformat(),
            start=f"{to_wall(one.slot.start_at, zone):%H:%M}",
            end=f"{to_wall(one.slot.end_at, zone):%H:%M}",
            minutes=one.slot.minutes,
            company=name(one.company_id),
            buyer=name(one.buyer_id),
            languages=", ".join(str(leg) for leg in one.legs),
            fair=fair_names.get(one.fair_id or "", ""),
            state=str(one.state),
        )
        for one in sorted(over, key=lambda one: (one.slot, one.id))
    )


def _name(written: str) -> str:
    name = " ".join(written.split())
    if not name:
        raise BadInput([Fault(place="name", wrong=Phrase("Write your name: it stands for your signature."))])
    if len(name) > LONGEST_NAME:
        wrong = Phrase("This is too long: at most %(count)s characters.", count=LONGEST_NAME)
        raise BadInput([Fault(place="name", wrong=wrong)])
    return name


def _record(work: Session, action: str, sheet: MonthSheet, name: str, now: datetime, actor: Actor) -> None:
    told: dict[str, object] = {"month": sheet.key, "minutes": sheet.minutes, "mark": sheet.mark, "name": name}
    audit.record(work, now, actor.label, action, "resource", sheet.person.id, {}, told)
