"""A session in the words of an invite or a feed: ids become names, in the reader's language."""

import re
from collections.abc import Mapping
from datetime import datetime

from scheduler.booking.fair import Fair
from scheduler.booking.meeting import Meeting
from scheduler.booking.people import (
    Buyer,
    Company,
    Contact,
    Interpreter,
    Resource,
    Room,
    name_for,
    zone_of,
)
from scheduler.booking.slot import Slot
from scheduler.invites.facts import InviteFacts, Reader, Role, Was
from scheduler.settings import Settings
from scheduler.storage.fairs import FairName

Facts = Mapping[str, object]
_HANGUL = re.compile("[\uac00-\ud7a3]")
ROLES: dict[type, Role] = {
    Company: Role.COMPANY,
    Buyer: Role.BUYER,
    Interpreter: Role.INTERPRETER,
    Room: Role.ORGANISER,
}


def session_facts(
    meeting: Meeting,
    told: Facts,
    reader: Reader,
    *,
    sequence: int,
    stamp: datetime,
    page: str,
    was: Was | None,
    resources: Mapping[str, Resource],
    fair: Fair | FairName | None,
    settings: Settings,
    organiser: str = "",
) -> InviteFacts:
    """What `reader` is told of a meeting; `told` are the facts that stand in an outbox row. `organiser` is the address
    that the meeting's invites have named before, if any went out.
    """
    company, buyer = _find(told.get("company_id"), resources), _find(told.get("buyer_id"), resources)
    return InviteFacts(
        uid=meeting.uid,
        sequence=sequence,
        slot=slot_in(told),
        stamp=stamp,
        organiser_name=organiser_name(fair, settings, reader.language),
        organiser_email=organiser or organiser_email(fair, settings),
        write_to=organiser_email(fair, settings),
        reader=reader,
        away_zone=zone_of(buyer) if buyer is not None else settings.home_zone,
        home_zone=fair.zone if fair is not None else settings.home_zone,
        fair_name=fair_name(fair, reader.language),
        company_name=_name_for(company, reader.language),
        buyer_name=_name_for(buyer, reader.language),
        title=str(told.get("title") or ""),
        room_name=room_name(told.get("room_id"), resources, reader.language),
        interpreter_names=names_of(told.get("interpreter_ids"), resources, reader.language),
        languages=meeting.legs,
        link=str(told.get("link") or ""),
        page=page,
        was=was,
    )


def slot_in(told: Facts) -> Slot:
    """The time that was told."""
    return Slot(_instant(told["start_at"]), _instant(told["end_at"]))


def _instant(told: object) -> datetime:
    """Written, as in an outbox row, or as it is in a session."""
    return told if isinstance(told, datetime) else datetime.fromisoformat(str(told))


def room_name(key: object, resources: Mapping[str, Resource], language: str) -> str | None:
    """None for the company's own office."""
    room = _find(key, resources)
    return name_for(room, language) if room is not None else None


def names_of(keys: object, resources: Mapping[str, Resource], language: str) -> tuple[str, ...]:
    found = (_find(key, resources) for key in (keys if isinstance(keys, list) else []))
    return tuple(name_for(one, language) for one in found if one is not None)


def named_in(told: Facts) -> tuple[str, ...]:
    """The ids of everybody, and of the room, that the facts name."""
    interpreters = told.get("interpreter_ids")
    named = [told.get(key) for key in ("company_id", "buyer_id", "room_id")]
    return tuple(
        str(one) for one in (*named, *(interpreters if isinstance(interpreters, list) else [])) if one
    )


def contact_of(resource: Resource) -> Contact:
    """How somebody is reached; a room is not."""
    return Contact() if isinstance(resource, Room) else resource.contact


def fair_name(fair: Fair | FairName | None, language: str) -> str:
    if fair is None:
        return ""
    return fair.name_en if fair.name_en and language != "ko" else fair.name


def organiser_name(fair: Fair | FairName | None, settings: Settings, language: str) -> str:
    """Who mails of a fair come from. An organiser has one name; who reads no Korean knows the fair by its own."""
    if fair is None or not fair.organiser:
        return settings.city_in(language)
    is_readable = language == "ko" or not _HANGUL.search(fair.organiser)
    return fair.organiser if is_readable else fair.name_en or fair.organiser


def organiser_email(fair: Fair | FairName | None, settings: Settings) -> str:
    """The mailbox that mails of a fair come from and replies go to. What a meeting's invites named once they go on
    naming, also when this changes.
    """
    return fair.organiser_email if fair is not None and fair.organiser_email else settings.mail_from


def _find(key: object, resources: Mapping[str, Resource]) -> Resource | None:
    return resources.get(str(key)) if key else None


def _name_for(resource: Resource | None, language: str) -> str:
    return name_for(resource, language) if resource is not None else ""
