"""A draft as rows of cells, in our own form: every fact in a column, so that reading gives the same draft."""

from collections.abc import Iterable, Sequence

from scheduler.booking.fair import CountryRule, Fair
from scheduler.booking.match import Match
from scheduler.booking.people import Attendance, Buyer, Company, Contact, Interpreter, Resource, Room
from scheduler.sheets.columns import COLUMNS, OVERVIEW, SheetKind
from scheduler.sheets.draft import FairDraft
from scheduler.sheets.written import (
    PRIORITY_WORDS,
    away_text,
    days_text,
    hours_text,
    languages_text,
    moment_text,
    pairs_text,
    spans_text,
    word,
)
from scheduler.timezones import Hours, in_zone

Value = str | int | None
Row = Sequence[Value]


def tables_of(draft: FairDraft, language: str) -> dict[SheetKind, list[Row]]:
    """All sheets with their header row; countries and pins only when there are any."""
    names = _names(draft)
    facts: dict[SheetKind, Iterable[dict[str, Value]]] = {
        SheetKind.COMPANIES: (_company(one, names, language) for one in draft.companies),
        SheetKind.BUYERS: (_buyer(one, language) for one in draft.buyers),
        SheetKind.INTERPRETERS: (_interpreter(one, language) for one in draft.interpreters),
        SheetKind.ROOMS: (_room(one, language) for one in draft.rooms),
        SheetKind.MATCHES: (_match(one, names, language) for one in draft.matches),
        SheetKind.COUNTRIES: (_country(rule, language) for rule in draft.fair.country_rules),
        SheetKind.PINS: _pins(draft, names),
    }
    tables = {kind: _table(kind, rows, language) for kind, rows in facts.items()}
    optional = (SheetKind.COUNTRIES, SheetKind.PINS)
    shown = {kind: rows for kind, rows in tables.items() if len(rows) > 1 or kind not in optional}
    return {SheetKind.FAIR: _overview(draft, language), **shown}


def header_row(kind: SheetKind, language: str) -> Row:
    return [column.header(language) for column in COLUMNS[kind]]


def _table(kind: SheetKind, facts: Iterable[dict[str, Value]], language: str) -> list[Row]:
    fields = [column.field for column in COLUMNS[kind]]
    rows = [
        [number if field == "number" else one.get(field) for field in fields]
        for number, one in enumerate(facts, start=1)
    ]
    return [header_row(kind, language), *rows]


def _overview(draft: FairDraft, language: str) -> list[Row]:
    facts = _fair(draft.fair, language)
    if draft.programme is not None:
        programme = draft.programme
        facts |= {
            "programme": programme.name,
            "programme_key": programme.key,
            "programme_en": programme.name_en,
        }
    return [[column.header(language), facts.get(column.field) or None] for column in OVERVIEW]


def _fair(fair: Fair, language: str) -> dict[str, Value]:
    return {
        "name": fair.name,
        "name_en": fair.name_en,
        "key": fair.key,
        "days": days_text(fair.days),
        "opening": spans_text(fair.opening, language),
        "slot": str(fair.slot_minutes),
        "break": str(fair.break_minutes),
        "zone": fair.zone,
        "venue": fair.venue,
        "organiser": fair.organiser,
        "organiser_email": fair.organiser_email,
        "company_daily_limit": fair.company_daily_limit,
        "buyer_daily_limit": fair.buyer_daily_limit,
        "note": fair.note,
    }


def _person(contact: Contact, hours: Hours, language: str) -> dict[str, Value]:
    return {
        "person": contact.person,
        "phone": contact.phone,
        "email": contact.email,
        "contact_language": languages_text([contact.language], language),
        **_when(hours, language),
    }


def _when(hours: Hours, language: str) -> dict[str, Value]:
    return {"hours": hours_text(hours, language), "away": away_text(hours, language), "zone": hours.zone}


def _company(one: Company, names: dict[str, str], language: str) -> dict[str, Value]:
    return {
        "name": one.name,
        "name_en": one.name_en,
        "products": one.products,
        "languages": languages_text(one.languages, language),
        "attendance": word(one.attendance.value, language),
        "preferred_room": names[one.preferred_room_id] if one.preferred_room_id else None,
        "daily_limit": one.daily_limit,
        "note": one.note,
        **_person(one.contact, one.hours, language),
    }


def _buyer(one: Buyer, language: str) -> dict[str, Value]:
    return {
        "name": one.name,
        "country": one.country,
        "city": one.city,
        "interests": one.interests,
        "languages": languages_text(one.languages, language),
        "daily_limit": one.daily_limit,
        "is_verified": word("yes" if one.is_verified else "no", language),
        "note": one.note,
        **_person(one.contact, one.hours, language),
    }


def _interpreter(one: Interpreter, language: str) -> dict[str, Value]:
    return {
        **_person(one.contact, one.hours, language),
        "name": one.name,
        "name_en": one.name_en,
        "pairs": pairs_text(one.pairs, language),
        "daily_limit": one.daily_limit,
        "rest": one.rest_minutes,
        "note": one.note,
    }


def _room(one: Room, language: str) -> dict[str, Value]:
    facts: dict[str, Value] = {"name": one.name, "name_en": one.name_en}
    facts |= {"change_over": one.change_over_minutes, "link": one.link, "note": one.note}
    return {**facts, **_when(one.hours, language)}


def _match(one: Match, names: dict[str, str], language: str) -> dict[str, Value]:
    attendance = Attendance.ROOM if one.needs_room else Attendance.OWN_OFFICE
    return {
        "company": names[one.company_id],
        "buyer": names[one.buyer_id],
        "priority": PRIORITY_WORDS["ko" if language == "ko" else "en"][one.priority],
        "rank": one.rank,
        "languages": pairs_text(one.legs, language) or word("no_interpreter", language),
        "attendance": word(attendance.value, language),
        "walk_in": word("yes", language) if one.is_walk_in else None,
        "note": one.note,
    }


def _country(rule: CountryRule, language: str) -> dict[str, Value]:
    return {
        "country": rule.country,
        "slot": rule.slot_minutes,
        "break": rule.break_minutes,
        "opening": None if rule.opening is None else spans_text(rule.opening, language),
    }


def _pins(draft: FairDraft, names: dict[str, str]) -> Iterable[dict[str, Value]]:
    for pin in draft.pins:
        yield {
            "company": names[pin.company_id],
            "buyer": names[pin.buyer_id],
            "start": moment_text(in_zone(pin.slot.start_at, draft.fair.zone)),
            "minutes": pin.slot.minutes,
            "interpreters": "; ".join(names[key] for key in pin.interpreter_ids) or None,
            "room": names[pin.room_id] if pin.room_id else None,
        }


def _names(draft: FairDraft) -> dict[str, str]:
    everybody: tuple[Resource, ...] = (
        *draft.companies,
        *draft.buyers,
        *draft.interpreters,
        *draft.rooms,
    )
    return {one.id: one.name for one in everybody}
