"""Builders of domain things with plain values, so that a test names only what it is about."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, slots_of
from scheduler.booking.match import Match
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair, Room
from scheduler.booking.slot import Slot
from scheduler.grid.problem import Problem
from scheduler.timezones.hours import Hours
from scheduler.timezones.span import WallSpan
from scheduler.timezones.wall import to_utc

SEOUL, JAKARTA, DALLAS = "Asia/Seoul", "Asia/Jakarta", "America/Chicago"
FIRST_DAY = date(2026, 6, 24)
KO_ID = LanguagePair("ko", "id")


def spans(*written: str) -> tuple[WallSpan, ...]:
    """From "09:00-12:00"."""
    return tuple(WallSpan.parse(one) for one in written)


def hours(zone: str = SEOUL, *written: str) -> Hours:
    """The same hours every day; without any, always."""
    return Hours.every_day(zone, spans(*written)) if written else Hours.always(zone)


def at(clock: str = "09:00", *, day: int = 0, zone: str = SEOUL) -> datetime:
    """The instant of a wall time, counted in days from the first day of the fair."""
    wall = datetime.combine(FIRST_DAY + timedelta(days=day), datetime.strptime(clock, "%H:%M").time())  # noqa: DTZ007
    return to_utc(wall, zone)


def a_slot(clock: str = "09:00", *, day: int = 0, minutes: int = 30, zone: str = SEOUL) -> Slot:
    return Slot.lasting(at(clock, day=day, zone=zone), minutes)


def a_company(id: str = "c1", **given: Any) -> Company:  # noqa: A002
    return Company(id=id, **{"name": f"남동산업 {id}", "name_en": f"Namdong {id}", "hours": hours(), **given})


def a_buyer(id: str = "b1", *, zone: str = JAKARTA, **given: Any) -> Buyer:  # noqa: A002
    defaults = {"name": f"PT Sample {id}", "hours": hours(zone), "country": "ID", "languages": ("id",)}
    return Buyer(id=id, **{**defaults, **given})


def an_interpreter(id: str = "i1", **given: Any) -> Interpreter:  # noqa: A002
    return Interpreter(id=id, **{"name": f"통역사 {id}", "hours": hours(), "pairs": (KO_ID,), **given})


def a_room(id: str = "r1", **given: Any) -> Room:  # noqa: A002
    return Room(id=id, **{"name": f"상담실 {id}", "hours": hours(), **given})


def a_match(id: str | None = None, company: str = "c1", buyer: str = "b1", **given: Any) -> Match:  # noqa: A002
    defaults = {"id": id or f"{company}-{buyer}", "company_id": company, "buyer_id": buyer, "legs": (KO_ID,)}
    return Match(**{**defaults, **given})


def a_fair(**given: Any) -> Fair:
    """One day, 09:00-12:00 in Korea, slots of 30 minutes without a break."""
    defaults: dict[str, Any] = {
        "id": "fair-1",
        "key": "sample",
        "name": "견본 화상상담회",
        "days": (FIRST_DAY,),
        "opening": spans("09:00-12:00"),
        "slot_minutes": 30,
    }
    return Fair(**{**defaults, **given})


def a_placement(match: Match | None = None, slot: Slot | None = None, **given: Any) -> Placement:
    """The match in its place, with interpreter i1 for one leg and room r1."""
    match = match or a_match()
    defaults: dict[str, Any] = {
        "match_id": match.id,
        "company_id": match.company_id,
        "buyer_id": match.buyer_id,
        "slot": slot or a_slot(),
        "interpreter_ids": ("i1",) if match.legs else (),
        "room_id": "r1" if match.needs_room else None,
    }
    return Placement(**{**defaults, **given})


def a_meeting(id: str = "m1", **given: Any) -> Meeting:  # noqa: A002
    defaults: dict[str, Any] = {
        "uid": f"{id}@sangdam.example",
        "slot": a_slot(),
        "state": State.CONFIRMED,
        "fair_id": "fair-1",
        "match_id": "c1-b1",
        "company_id": "c1",
        "buyer_id": "b1",
        "interpreter_ids": ("i1",),
        "room_id": "r1",
        "legs": (KO_ID,),
    }
    return Meeting(id=id, **{**defaults, **given})


def a_problem(**given: Any) -> Problem:
    """Two companies and two buyers who all meet, one morning, two interpreters and two rooms."""
    companies = given.pop("companies", (a_company("c1"), a_company("c2")))
    buyers = given.pop("buyers", (a_buyer("b1"), a_buyer("b2")))
    defaults: dict[str, Any] = {
        "fair": a_fair(),
        "companies": companies,
        "buyers": buyers,
        "interpreters": (an_interpreter("i1"), an_interpreter("i2")),
        "rooms": (a_room("r1"), a_room("r2")),
        "matches": all_pairs(companies, buyers),
    }
    return Problem(**{**defaults, **given})


def all_pairs(companies: Sequence[Company], buyers: Sequence[Buyer], **given: Any) -> tuple[Match, ...]:
    return tuple(
        a_match(company=company.id, buyer=buyer.id, **given) for company, buyer in product(companies, buyers)
    )


def slots(fair: Fair | None = None, country: str = "ID") -> tuple[Slot, ...]:
    """The slots of a fair, to place things in by number."""
    return slots_of(fair or a_fair(), country)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
