"""The facts of a resource that have no column of their own, as JSON and back."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from scheduler.booking.people import (
    Attendance,
    Buyer,
    Company,
    Contact,
    Interpreter,
    Kind,
    LanguagePair,
    Resource,
    Room,
)
from scheduler.timezones.hours import Hours

OF_A_FAIR = frozenset(
    {"attendance", "preferred_room_id", "daily_limit", "rest_minutes", "change_over_minutes", "note"}
)
"""What may differ from fair to fair. All else belongs to the resource wherever it is."""


def details_of(resource: Resource) -> dict[str, Any]:
    """Everything but identity, contact and hours."""
    if isinstance(resource, Company):
        return _company_details(resource)
    if isinstance(resource, Buyer):
        return _buyer_details(resource)
    return _interpreter_details(resource) if isinstance(resource, Interpreter) else _room_details(resource)


class KeptResource(NamedTuple):
    """The row of a resource, its JSON as text; the last two are those of a fair."""

    id: str
    kind: str
    name: str
    name_en: str
    person: str
    email: str
    phone: str
    language: str
    country: str
    city: str
    hours: str
    details: str
    fair_hours: str | None = None
    fair_details: str | None = None


@lru_cache(maxsize=8192)
def resource_from(row: KeptResource) -> Resource:
    """With the hours and details of the fair where there are any.

    People seldom change and are read for every page and every booking: an equal row is not taken apart again.
    """
    own = json.loads(row.fair_details) if row.fair_details else {}
    hours = Hours.from_json(json.loads(row.fair_hours or row.hours))
    return _MAKERS[Kind(row.kind)](row, hours, {**json.loads(row.details), **own})


def _company_details(company: Company) -> dict[str, Any]:
    return {
        "languages": list(company.languages),
        "products": company.products,
        "attendance": str(company.attendance),
        "preferred_room_id": company.preferred_room_id,
        "daily_limit": company.daily_limit,
        "note": company.note,
    }


def _company(row: KeptResource, hours: Hours, details: Mapping[str, Any]) -> Company:
    return Company(
        id=row.id,
        name=row.name,
        name_en=row.name_en,
        hours=hours,
        languages=tuple(details["languages"]),
        attendance=Attendance(details["attendance"]),
        preferred_room_id=details["preferred_room_id"],
        daily_limit=details["daily_limit"],
        products=details["products"],
        note=details["note"],
        contact=_contact(row),
    )


def _buyer_details(buyer: Buyer) -> dict[str, Any]:
    return {
        "languages": list(buyer.languages),
        "is_verified": buyer.is_verified,
        "interests": buyer.interests,
        "daily_limit": buyer.daily_limit,
        "note": buyer.note,
    }


def _buyer(row: KeptResource, hours: Hours, details: Mapping[str, Any]) -> Buyer:
    return Buyer(
        id=row.id,
        name=row.name,
        hours=hours,
        country=row.country,
        city=row.city,
        languages=tuple(details["languages"]),
        daily_limit=details["daily_limit"],
        is_verified=details["is_verified"],
        interests=details["interests"],
        note=details["note"],
        contact=_contact(row),
    )


def _interpreter_details(interpreter: Interpreter) -> dict[str, Any]:
    return {
        "pairs": [str(pair) for pair in interpreter.pairs],
        "rest_minutes": interpreter.rest_minutes,
        "daily_limit": interpreter.daily_limit,
        "note": interpreter.note,
    }


def _interpreter(row: KeptResource, hours: Hours, details: Mapping[str, Any]) -> Interpreter:
    return Interpreter(
        id=row.id,
        name=row.name,
        name_en=row.name_en,
        hours=hours,
        pairs=tuple(LanguagePair.parse(pair) for pair in details["pairs"]),
        rest_minutes=details["rest_minutes"],
        daily_limit=details["daily_limit"],
        note=details["note"],
        contact=_contact(row),
    )


def _room_details(room: Room) -> dict[str, Any]:
    return {"link": room.link, "change_over_minutes": room.change_over_minutes, "note": room.note}


def _room(row: KeptResource, hours: Hours, details: Mapping[str, Any]) -> Room:
    return Room(
        id=row.id,
        name=row.name,
        name_en=row.name_en,
        hours=hours,
        change_over_minutes=details["change_over_minutes"],
        link=details["link"],
        note=details["note"],
    )


def _contact(row: KeptResource) -> Contact:
    return Contact(person=row.person, email=row.email, phone=row.phone, language=row.language)


_MAKERS: dict[Kind, Callable[[KeptResource, Hours, Mapping[str, Any]], Resource]] = {
    Kind.COMPANY: _company,
    Kind.BUYER: _buyer,
    Kind.INTERPRETER: _interpreter,
    Kind.ROOM: _room,
}
