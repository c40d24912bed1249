"""A stored fair as a workbook would say it: every id is a row key again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair
from scheduler.booking.match import Match
from scheduler.booking.people import Company
from scheduler.sheets.draft import FairDraft, match_key
from scheduler.storage import fairs, matches, people


def draft_of(work: Session, fair: Fair) -> FairDraft:
    """What an import of the fair's own workbook would read."""
    everyone = people.people_of(work, fair.id)
    stored, pins = matches.matches_of(work, fair.id), matches.pins_of(work, fair.id)
    keys = people.keys_by_id(work, _named(everyone, stored, pins))
    match_keys = {one.id: match_key(keys[one.company_id], keys[one.buyer_id]) for one in stored}
    programme = fairs.get_programme_by_id(work, fair.programme_id) if fair.programme_id else None
    return FairDraft(
        fair=replace(fair, id=fair.key, programme_id=programme.key if programme else None),
        companies=tuple(_company(one, keys) for one in everyone.companies),
        buyers=tuple(replace(one, id=keys[one.id]) for one in everyone.buyers),
        interpreters=tuple(replace(one, id=keys[one.id]) for one in everyone.interpreters),
        rooms=tuple(replace(one, id=keys[one.id]) for one in everyone.rooms),
        matches=tuple(_match(one, keys, match_keys) for one in stored),
        pins=tuple(_pin(one, keys, match_keys) for one in pins),
        programme=replace(programme, id=programme.key) if programme else None,
    )


def _named(everyone: people.FairPeople, stored: Iterable[Match], pins: Iterable[Placement]) -> Iterator[str]:
    """All whom the draft speaks of: not everybody there is, since there may be the companies of many years."""
    yield from (one.id for one in everyone.everyone)
    yield from (one.preferred_room_id for one in everyone.companies if one.preferred_room_id is not None)
    for match in stored:
        yield from (match.company_id, match.buyer_id)
    for pin in pins:
        yield from pin.interpreter_ids
        if pin.room_id is not None:
            yield pin.room_id


def _company(company: Company, keys: Mapping[str, str]) -> Company:
    room = keys.get(company.preferred_room_id) if company.preferred_room_id is not None else None
    return replace(company, id=keys[company.id], preferred_room_id=room)


def _match(match: Match, keys: Mapping[str, str], match_keys: Mapping[str, str]) -> Match:
    return replace(
        match, id=match_keys[match.id], company_id=keys[match.company_id], buyer_id=keys[match.buyer_id]
    )


def _pin(pin: Placement, keys: Mapping[str, str], match_keys: Mapping[str, str]) -> Placement:
    return replace(
        pin,
        match_id=match_keys[pin.match_id],
        company_id=keys[pin.company_id],
        buyer_id=keys[pin.buyer_id],
        interpreter_ids=tuple(keys[one] for one in pin.interpreter_ids),
        room_id=keys[pin.room_id] if pin.room_id is not None else None,
    )
