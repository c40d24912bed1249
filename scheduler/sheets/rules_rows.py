"""The two sheets only our own workbooks have: rules by country, and pinned sessions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from scheduler.booking.assign import Placement
from scheduler.booking.fair import CountryRule, Fair
from scheduler.booking.match import Match
from scheduler.booking.people import Interpreter, Room
from scheduler.booking.slot import Slot
from scheduler.sheets.availability import spans_in
from scheduler.sheets.draft import buyer_key, company_key, interpreter_key, match_key, room_key
from scheduler.sheets.fields import minutes_at
from scheduler.sheets.layout import Row
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.reading import Expected
from scheduler.sheets.when_words import Unclear
from scheduler.timezones import TimeError, WallSpan, parse_wall, to_utc
from scheduler.timezones.zones import find_country
from scheduler.wording import Phrase

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2})(?:\s*([+-]\d{2}:\d{2}))?")
_NO_HOURS = frozenset({"없음", "none"})


def read_country_rules(rows: Iterable[Row], ledger: Ledger) -> tuple[CountryRule, ...]:
    rules: dict[str, CountryRule] = {}
    for row in rows:
        spot = row.spot("country")
        country = find_country(spot.text) if spot else None
        if country is None or country.code in rules:
            wrong = Phrase("“%(written)s” is no country we know, or is here twice.", written=spot.text)
            ledger.ask(spot, wrong, Phrase("Write each country once, by its name or its two letters."))
            continue
        slot, pause = row.spot("slot"), row.spot("break")
        rules[country.code] = CountryRule(
            country=country.code,
            slot_minutes=minutes_at(slot, ledger, blank=0, least=5) or None,
            break_minutes=minutes_at(pause, ledger, blank=0) if pause else None,
            opening=_opening(row.spot("opening"), ledger),
        )
    return tuple(rules.values())


def _opening(spot: Spot, ledger: Ledger) -> tuple[WallSpan, ...] | None:
    if not spot:
        return None
    if spot.text in _NO_HOURS:
        return ()
    try:
        return spans_in(spot.text)
    except Unclear as unclear:
        right = unclear.right or Phrase("Write them with the break, such as 10:00-12:00, 13:00-18:00.")
        ledger.ask(spot, unclear.wrong, right, Expected.HOURS)
        return None


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Whom a pinned session can name."""

    fair: Fair
    matches: Mapping[str, Match]
    interpreters: Mapping[str, Interpreter]
    rooms: Mapping[str, Room]


def read_pins(rows: Iterable[Row], cast: Cast, ledger: Ledger) -> tuple[Placement, ...]:
    return tuple(pin for row in rows if (pin := _pin(row, cast, ledger)) is not None)


def _pin(row: Row, cast: Cast, ledger: Ledger) -> Placement | None:
    company, buyer = company_key(row.spot("company").text), buyer_key(row.spot("buyer").text)
    match = cast.matches.get(match_key(company, buyer))
    if match is None:
        wrong = Phrase("This pair is not among the matches.")
        ledger.ask(row.spot("buyer"), wrong, Phrase("Add it to the matches, or delete the line."))
    start_at = _start(row.spot("start"), cast.fair.zone, ledger)
    minutes = minutes_at(row.spot("minutes"), ledger, blank=cast.fair.slot_minutes, least=5)
    interpreters = _interpreters(row.spot("interpreters"), cast, ledger)
    room = _room(row.spot("room"), cast, ledger)
    if match is None or start_at is None:
        return None
    return Placement(
        match_id=match.id,
        company_id=match.company_id,
        buyer_id=match.buyer_id,
        slot=Slot.lasting(start_at, minutes),
        interpreter_ids=interpreters,
        room_id=room,
    )


def _start(spot: Spot, zone: str, ledger: Ledger) -> datetime | None:
    """An instant from `2027-06-23 11:00 +09:00`, or wall time of the fair's zone without the distance."""
    right = Phrase("Write it as 2027-06-23 11:00, in the fair's time zone.")
    found = _MOMENT.fullmatch(spot.text)
    if found is None:
        ledger.ask(spot, Phrase("“%(written)s” is no moment.", written=spot.text), right, Expected.DATE)
        return None
    try:
        if found[2]:
            return datetime.fromisoformat(f"{found[1]}{found[2]}").astimezone(UTC)
        return to_utc(parse_wall(found[1]), zone)
    except TimeError as odd:
        ledger.ask(spot, odd.phrase, right, Expected.DATE)
    except (ValueError, OverflowError):
        ledger.ask(spot, Phrase("“%(written)s” is no moment.", written=spot.text), right, Expected.DATE)
    return None


def _interpreters(spot: Spot, cast: Cast, ledger: Ledger) -> tuple[str, ...]:
    keys = tuple(interpreter_key(name) for name in spot.text.split(";") if name.strip())
    unknown = [key for key in keys if key not in cast.interpreters]
    if unknown:
        wrong = Phrase("There is no interpreter “%(name)s”.", name=spot.text)
        ledger.ask(spot, wrong, Phrase("Write names from the list of interpreters, parted by semicolons."))
    return tuple(key for key in keys if key in cast.interpreters)


def _room(spot: Spot, cast: Cast, ledger: Ledger) -> str | None:
    if not spot:
        return None
    key = room_key(spot.text)
    if key not in cast.rooms:
        wrong = Phrase("There is no room “%(name)s”.", name=spot.text)
        ledger.ask(spot, wrong, Phrase("Write the name of a room that exists."), Expected.CHOICE)
        return None
    return key
