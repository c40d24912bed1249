"""The overview: the facts of the fair itself, and the rooms its venue speaks of."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from scheduler.booking.fair import Fair, Programme
from scheduler.booking.people import Room
from scheduler.sheets.availability import fair_days_in, spans_in
from scheduler.sheets.cells import Sheet
from scheduler.sheets.columns import SheetKind, title_of
from scheduler.sheets.contacts import email_in
from scheduler.sheets.draft import room_key
from scheduler.sheets.fields import label, limit_in, minutes_in, suggest
from scheduler.sheets.layout import overview_in
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.reading import Expected, Suggestion
from scheduler.sheets.when_words import Unclear
from scheduler.sheets.written import days_text, spans_text
from scheduler.timezones import DayText, Hours, WallSpan, is_zone
from scheduler.timezones.find_place import find_places
from scheduler.timezones.wall import FIRST_YEAR, LAST_YEAR
from scheduler.wording import Phrase, Sayable

T = TypeVar("T")
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_PAUSE = re.compile(
    r"[\s,;(]*(?:교대|준비|휴식|정리|이동|간격|break|change-?over|pause)\D{0,8}?(\d{1,3})\s*(?:분|min\w*|m)?\s*\)?"
)
_ROOMS_FROM_TO = re.compile(r"(\d{1,2})\s*(?:호|호실)?\s*[~-]\s*(\d{1,2})\s*호")
_ROOMS_COUNT = re.compile(r"(\d{1,2})\s*개\s*(?:의\s*)?실|(\d{1,2})\s*rooms", re.IGNORECASE)
_ROOM_LIST = re.compile(r"(\d{1,2})\s*호")
_YEAR = re.compile(r"(20\d{2})\s*년|\b(20\d{2})\b")
_MOST_DAYS, _MOST_ROOMS = 366, 99


@dataclass(frozen=True, kw_only=True)
class Overview:
    """`fair` is None while its days, hours or lengths are asked for."""

    fair: Fair | None
    programme: Programme | None = None
    rooms: tuple[str, ...] = ()


def read_overview(sheets: Iterable[Sheet], ledger: Ledger, existing: Fair | None, key: str) -> Overview:
    """The facts of the fair; what the file does not say is kept from `existing`, or asked for."""
    spots = _spots(sheets, ledger)
    facts = _Facts(spots=spots, ledger=ledger, existing=existing)
    days = facts.days()
    opening, slot, pause = facts.opening(), facts.slot(), facts.pause()
    rest = facts.rest(key)
    rooms = _rooms_of_venue(facts.spot("venue"), ledger)
    if days is None or opening is None or slot is None:
        return Overview(fair=None, rooms=rooms)
    fair = replace(rest, days=days, opening=opening, slot_minutes=slot, break_minutes=pause)
    return Overview(fair=fair, programme=facts.programme(), rooms=rooms)


def _spots(sheets: Iterable[Sheet], ledger: Ledger) -> dict[str, Spot]:
    spots: dict[str, Spot] = {}
    for sheet in sheets:
        for name, label_at, value_at in overview_in(sheet):
            spot = ledger.spot(sheet, *value_at)
            if name is None:
                unread = Phrase("The line “%(name)s” is not read.", name=sheet.text(*label_at))
                ledger.note(spot, unread)
            elif spot or name not in spots:
                spots.setdefault(name, spot)
        year = next((found for text in _titles(sheet) if (found := _YEAR.search(text))), None)
        if year is not None:
            spots.setdefault("year", ledger.spot_of(f"{sheet.title}!year", year[1] or year[2]))
    return spots


def _titles(sheet: Sheet) -> Iterable[str]:
    return (text for row in sheet.rows[:5] for _, text in sheet.row_texts(row))


@dataclass(frozen=True, kw_only=True)
class _Facts:
    spots: dict[str, Spot]
    ledger: Ledger
    existing: Fair | None

    def spot(self, name: str) -> Spot:
        found = self.spots.get(name)
        return self.ledger.spot_of(f"{title_of(SheetKind.FAIR, 'ko')}!{name}") if found is None else found

    def days(self) -> tuple[date, ...] | None:
        spot = self.spot("days")
        year = self.spot("year").text
        right = Phrase("Write the first and the last day, such as 2027-06-23 ~ 2027-06-30.")

        def read(text: str) -> tuple[date, ...]:
            days = fair_days_in(text, int(year) if year.isascii() and year.isdecimal() else None)
            if len(days) > _MOST_DAYS or not FIRST_YEAR <= days[0].year <= days[-1].year <= LAST_YEAR:
                raise Unclear(Phrase("These are more days, or later ones, than a fair can have."), right)
            return days

        kept = self.existing.days if self.existing else None
        days = self._fact(spot, read, Phrase("The days of the fair are missing."), right, Expected.DATE, kept)
        if days and spot and spot.text != days_text(days):
            meaning = Phrase.counted(
                "One day: %(days)s",
                "%(num)s days: %(days)s",
                len(days),
                days=tuple(DayText(on=day) for day in days),
            )
            self.ledger.note(spot, meaning, Expected.DATE)
        return days

    def opening(self) -> tuple[WallSpan, ...] | None:
        spot, lunch = self.spot("opening"), self.spot("lunch")
        kept = self.existing.opening if self.existing else None
        missing = Phrase("The opening hours of the fair are missing.")
        right = Phrase("Write them with the break, such as 10:00-12:00, 13:00-18:00.")
        opening = self._fact(spot, spans_in, missing, right, Expected.HOURS, kept)
        if opening and lunch:
            out = self._fact(lunch, spans_in, missing, right, Expected.HOURS, None)
            opening = _less_lunch(opening, out or ())
        if opening and spot and spot.text not in (spans_text(opening, "ko"), spans_text(opening, "en")):
            self.ledger.note(spot, label(spans_text(opening, "en")), Expected.HOURS)
        return opening

    def slot(self) -> int | None:
        spot = self.spot("slot")
        right = Phrase("Write minutes, such as 40.")
        kept = self.existing.slot_minutes if self.existing else None
        return self._fact(
            spot, _slot_in, Phrase("The length of a session is missing."), right, Expected.NUMBER, kept
        )

    def pause(self) -> int:
        spot, beside = self.spot("break"), self.spot("slot")
        within = _PAUSE.search(_folded(beside.text))
        if spot:
            right = Phrase("Write minutes, such as 10.")
            minutes = self._fact(spot, _pause_in, right, right, Expected.NUMBER, 0)
            return minutes or 0
        if within is not None:
            meaning = Phrase(
                "%(slot)s minutes a session, %(break)s minutes of change-over after it",
                {"slot": _slot_or_none(beside.text), "break": int(within[1])},
            )
            self.ledger.note(beside, meaning, Expected.NUMBER)
            return int(within[1])
        if self.existing is not None:
            return self.existing.break_minutes
        if beside:
            self.ledger.note(spot, Phrase("Nothing is said of a change-over: none"), Expected.NUMBER)
        return 0

    def rest(self, key: str) -> Fair:
        """Name, key and all that may be missing; days, hours and lengths are filled in by the caller."""
        kept = self.existing or Fair(id=key, key=key, name="", days=(), opening=(), slot_minutes=1)
        key = self._key(kept.key)
        email = self.spot("organiser_email")
        return replace(
            kept,
            id=key,
            key=key,
            name=self._name(kept.name),
            name_en=self._line("name_en", kept.name_en),
            zone=self._zone(kept.zone),
            venue=self._line("venue", kept.venue),
            organiser=self._line("organiser", kept.organiser),
            organiser_email=email_in(email, self.ledger) if email else kept.organiser_email,
            company_daily_limit=self._limit("company_daily_limit", kept.company_daily_limit),
            buyer_daily_limit=self._limit("buyer_daily_limit", kept.buyer_daily_limit),
            note=self.spot("note").text or kept.note,
        )

    def programme(self) -> Programme | None:
        name, key = self._line("programme", ""), self._line("programme_key", "")
        if not name and not key:
            return None
        return Programme(
            id=key or name, key=key or name, name=name or key, name_en=self._line("programme_en", "")
        )

    def _line(self, name: str, kept: str) -> str:
        return self.ledger.line(self.spot(name)) or kept

    def _limit(self, name: str, kept: int | None) -> int | None:
        spot = self.spot(name)
        return limit_in(spot, self.ledger) if spot else kept

    def _name(self, kept: str) -> str:
        name = self._line("name", kept)
        if not name:
            wrong, right = Phrase("The name of the fair is missing."), Phrase("Write what it is called.")
            self.ledger.ask(self.spot("name"), wrong, right)
        return name

    def _key(self, kept: str) -> str:
        spot = self.spot("key")
        if not spot or _KEY.fullmatch(spot.text):
            return spot.text or kept
        self.ledger.ask(
            spot,
            Phrase("“%(written)s” cannot be a key.", written=spot.text),
            Phrase("Write small letters a-z, digits and hyphens."),
        )
        return kept

    def _zone(self, kept: str) -> str:
        spot = self.spot("zone")
        if not spot:
            return kept
        zone = zone_in(spot.text)
        if zone is None:
            self.ledger.ask(
                spot,
                Phrase("“%(written)s” is no time zone.", written=spot.text),
                Phrase("Write a city or a zone, such as Asia/Seoul."),
                suggestions=suggest("Asia/Seoul"),
            )
        return zone or kept

    def _fact(
        self,
        spot: Spot,
        read: Callable[[str], T],
        missing: Sayable,
        right: Phrase,
        expected: Expected,
        kept: T | None,
    ) -> T | None:
        if not spot:
            if kept is None:
                self.ledger.ask(spot, missing, right, expected)
            return kept
        try:
            return read(spot.text)
        except Unclear as unclear:
            self.ledger.ask(
                spot, unclear.wrong, unclear.right or right, expected, suggest(*unclear.suggestions)
            )
            return None


def zone_in(text: str) -> str | None:
    """The zone a text names: `Asia/Jakarta`, `Jakarta`; None when it names none or several."""
    if is_zone(text):
        return text
    zones = {place.zone for place in find_places(text) if not place.ambiguous}
    return zones.pop() if len(zones) == 1 else None


def _slot_in(text: str) -> int:
    minutes = _slot_or_none(text)
    if minutes is None or not 5 <= minutes <= 480:
        raise Unclear(Phrase("“%(written)s” is no length of a session.", written=text))
    return minutes


def _slot_or_none(text: str) -> int | None:
    return minutes_in(_PAUSE.sub("", _folded(text)).strip())


def _pause_in(text: str) -> int:
    minutes = minutes_in(text)
    if minutes is None or minutes > 240:
        raise Unclear(Phrase("“%(written)s” is no length of time.", written=text))
    return minutes


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _less_lunch(opening: tuple[WallSpan, ...], lunch: tuple[WallSpan, ...]) -> tuple[WallSpan, ...]:
    out = "".join(f"; {span.text()} 휴게" for span in lunch)
    return spans_in(", ".join(span.text() for span in opening) + out)


def _rooms_of_venue(venue: Spot, ledger: Ledger) -> tuple[str, ...]:
    text = _folded(venue.text)
    from_to, count = _ROOMS_FROM_TO.search(text), _ROOMS_COUNT.search(text)
    if from_to is not None:
        numbers = list(range(int(from_to[1]), int(from_to[2]) + 1))
    else:
        numbers = [int(found) for found in _ROOM_LIST.findall(text)]
    said = int(count[1] or count[2]) if count else None
    if said is not None and not numbers:
        numbers = list(range(1, said + 1))
    if said is not None and said != len(numbers):
        ledger.ask(
            venue,
            Phrase("“%(written)s” says two different numbers of rooms.", written=venue.text),
            Phrase("Write the number of rooms and their names alike."),
        )
    return tuple(f"{number}호실" for number in dict.fromkeys(numbers[:_MOST_ROOMS]))


def rooms_of_overview(overview: Overview, spot: Spot, ledger: Ledger) -> tuple[Room, ...]:
    """The rooms a workbook without a sheet of rooms has: from its venue, else asked for by their number."""
    fair, names = overview.fair, overview.rooms
    if spot or not names:
        names = _rooms_by_count(spot, ledger)
    if not names or fair is None:
        return ()
    meaning = Phrase(
        "Rooms: %(rooms)s, open at all times of the fair, change-over %(minutes)s minutes",
        rooms=names,
        minutes=fair.break_minutes,
    )
    ledger.note(spot, meaning)
    return tuple(
        Room(
            id=room_key(name),
            name=name,
            hours=Hours.always(fair.zone),
            change_over_minutes=fair.break_minutes,
        )
        for name in names
    )


def _rooms_by_count(spot: Spot, ledger: Ledger) -> tuple[str, ...]:
    found = re.fullmatch(r"(\d{1,2})\s*(?:개실|개|실|rooms?)?", spot.text)
    if found is not None:
        return tuple(f"{number}호실" for number in range(1, int(found[1]) + 1))
    ledger.ask(
        spot,
        Phrase("The workbook does not say which rooms there are."),
        Phrase("Write how many rooms there are, or 0, or add the sheet “Rooms”."),
        Expected.NUMBER,
        (
            *suggest("4"),
            Suggestion(answer="0", label=Phrase("No rooms: every company joins from its own office")),
        ),
    )
    return ()
