"""The facts of a resource that have no column of their own, as JSON and back."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

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
from scheduler.storage.json_text import dumps
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


def resource_from(row: Row[Any], hours: Mapping[str, object], details: Mapping[str, Any]) -> Resource:
    """From the row of a resource, with the hours and details that hold where it is asked for."""
    return _MAKERS[Kind(row.kind)](row, _hours_from(dumps(hours)), details)


@lru_cache(maxsize=4096)
def _hours_from(written: str) -> Hours:
    """Hours seldom change and are read for every page and every booking."""
    return Hours.from_json(json.loads(written))


def _company_details(company: Company) -> dict[str, Any]:
    return {
        "languages": list(company.languages),
        "products": company.products,
        "attendance": str(company.attendance),
        "preferred_room_id": company.preferred_room_id,
        "daily_limit": company.daily_limit,
        "note": company.note,
    }


def _company(row: Row[Any], hours: Hours, details: Mapping[str, Any]) -> Company:
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


def _buyer(row: Row[Any], hours: Hours, details: Mapping[str, Any]) -> Buyer:
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


def _interpreter(row: Row[Any], hours: Hours, details: Mapping[str, Any]) -> Interpreter:
    return Interpreter(
        id=row.id,
        name=row.name,
        hours=hours,
        pairs=tuple(LanguagePair.parse(pair) for pair in details["pairs"]),
        rest_minutes=details["rest_minutes"],
        daily_limit=details["daily_limit"],
        note=details["note"],
        contact=_contact(row),
    )


def _room_details(room: Room) -> dict[str, Any]:
    return {"link": room.link, "change_over_minutes": room.change_over_minutes, "note": room.note}


def _room(row: Row[Any], hours: Hours, details: Mapping[str, Any]) -> Room:
    return Room(
        id=row.id,
        name=row.name,
        hours=hours,
        change_over_minutes=details["change_over_minutes"],
        link=details["link"],
        note=details["note"],
    )


def _contact(row: Row[Any]) -> Contact:
    return Contact(person=row.person, email=row.email, phone=row.phone, language=row.language)


_MAKERS: dict[Kind, Callable[[Row[Any], Hours, Mapping[str, Any]], Resource]] = {
    Kind.COMPANY: _company,
    Kind.BUYER: _buyer,
    Kind.INTERPRETER: _interpreter,
    Kind.ROOM: _room,
}
