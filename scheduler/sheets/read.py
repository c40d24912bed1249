"""Reading a file: bytes in, a reading out. A guess is never silent: what is not plain is noted or asked."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from scheduler.booking.assign import Placement
from scheduler.booking.errors import BadInput
from scheduler.booking.match import Match
from scheduler.booking.people import Room
from scheduler.sheets.buyers import BuyerLine, read_buyers
from scheduler.sheets.cells import Sheet, sheets_of
from scheduler.sheets.columns import SheetKind, title_of
from scheduler.sheets.draft import FairDraft
from scheduler.sheets.guard import shown_name
from scheduler.sheets.layout import Row, kind_of, rows_of, table_in
from scheduler.sheets.ledger import Ledger
from scheduler.sheets.match_sides import Sides
from scheduler.sheets.matching import buyers_of, read_matches
from scheduler.sheets.overview import Overview, read_overview, rooms_of_overview
from scheduler.sheets.people_rows import read_companies, read_interpreters, read_rooms
from scheduler.sheets.person_hours import Frame
from scheduler.sheets.reading import Reading
from scheduler.sheets.rules_rows import Cast, read_country_rules, read_pins
from scheduler.sheets.template import GUIDE_TITLES
from scheduler.wording import Phrase

T = TypeVar("T")
_NEEDED = (SheetKind.COMPANIES, SheetKind.BUYERS)


def read(
    data: bytes,
    filename: str,
    *,
    answers: Mapping[str, str] | None = None,
    existing: FairDraft | None = None,
    default_key: str | None = None,
) -> Reading:
    """What the file means. Never raises for what is in it: all faults and questions come back at once.

    `answers` puts a text in the place of a cell, by the key of a question or note ("참가기업!F11"); under the
    title of a sheet it says what the sheet holds. A sheet that is in the file replaces that list of `existing`;
    one that is not leaves it as it was. `default_key` is the fair's key where the file gives none.
    """
    try:
        sheets = sheets_of(data, filename)
    except BadInput as refused:
        return Reading(draft=None, faults=refused.faults)
    ledger = Ledger(answers or {})
    by_kind = _sorted(sheets, ledger)
    if not by_kind:
        ledger.fault(
            shown_name(filename),
            Phrase("No list of companies, buyers, interpreters, rooms or matches was found."),
            Phrase("Use the template, or name the sheets “Companies”, “Buyers”, “Interpreters”, “Matches”."),
        )
    key = default_key or key_from(filename)
    reader = _Reader(sheets=by_kind, ledger=ledger, existing=existing)
    draft = reader.draft(key) if by_kind else None
    return Reading(
        draft=draft,
        notes=tuple(ledger.notes),
        questions=ledger.questions,
        faults=ledger.faults,
    )


def key_from(filename: str) -> str:
    """A fair's key from a file's name: small letters, digits and hyphens."""
    stem = re.sub(r"\.\w+$", "", shown_name(filename)).casefold()
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:64].strip("-") or "fair"


def _sorted(sheets: Iterable[Sheet], ledger: Ledger) -> dict[SheetKind, list[Sheet]]:
    by_kind: dict[SheetKind, list[Sheet]] = {}
    for sheet in sheets:
        if not sheet.cells or sheet.title in GUIDE_TITLES:
            continue
        kind = None if sheet.is_hidden and sheet.title not in ledger.answers else kind_of(sheet, ledger)
        if kind is None:
            spot = ledger.spot_of(sheet.title)
            ledger.note(spot, Phrase("The sheet “%(title)s” is not read.", title=sheet.title))
        else:
            by_kind.setdefault(kind, []).append(sheet)
    return by_kind


@dataclass(frozen=True, kw_only=True)
class _Reader:
    sheets: Mapping[SheetKind, list[Sheet]]
    ledger: Ledger
    existing: FairDraft | None = field(default=None)

    def draft(self, key: str) -> FairDraft | None:
        kept = self.existing
        overview = read_overview(self._of(SheetKind.FAIR), self.ledger, kept.fair if kept else None, key)
        self._demand_lists()
        if overview.fair is None:
            return None
        rules = self._list(
            SheetKind.COUNTRIES,
            lambda rows: read_country_rules(rows, self.ledger),
            overview.fair.country_rules,
        )
        fair = replace(overview.fair, country_rules=rules)
        programme = overview.programme or (kept.programme if kept else None)
        if programme is not None:
            fair = replace(fair, programme_id=programme.id)
        return self._people(replace(overview, fair=fair), FairDraft(fair=fair, programme=programme))

    def _people(self, overview: Overview, draft: FairDraft) -> FairDraft:
        kept = self.existing or draft
        frame = Frame(ledger=self.ledger, fair=draft.fair)
        rooms = self._rooms(overview, frame)
        by_room = {room.id: room for room in rooms}
        companies = self._list(
            SheetKind.COMPANIES, lambda rows: read_companies(rows, frame, by_room), kept.companies
        )
        known = tuple(BuyerLine(buyer=buyer) for buyer in kept.buyers)
        buyers = self._list(SheetKind.BUYERS, lambda rows: read_buyers(rows, frame), known)
        interpreters = self._list(
            SheetKind.INTERPRETERS, lambda rows: read_interpreters(rows, frame), kept.interpreters
        )
        sides = Sides(
            companies={one.id: one for one in companies}, buyers={one.buyer.id: one for one in buyers}
        )
        draft = replace(
            draft,
            companies=companies,
            buyers=buyers_of(buyers),
            interpreters=interpreters,
            rooms=rooms,
            matches=self._matches(sides, kept),
        )
        return replace(draft, pins=self._pins(draft, kept))

    def _rooms(self, overview: Overview, frame: Frame) -> tuple[Room, ...]:
        if SheetKind.ROOMS not in self.sheets:
            if self.existing is not None:
                return self.existing.rooms
            spot = self.ledger.spot_of(f"{title_of(SheetKind.ROOMS, 'ko')}!number")
            return rooms_of_overview(overview, spot, self.ledger)
        return self._list(SheetKind.ROOMS, lambda rows: read_rooms(rows, frame), ())

    def _matches(self, sides: Sides, kept: FairDraft) -> tuple[Match, ...]:
        if SheetKind.MATCHES in self.sheets:
            return read_matches(self._of(SheetKind.MATCHES), self.ledger, sides)
        return tuple(
            match
            for match in kept.matches
            if match.company_id in sides.companies and match.buyer_id in sides.buyers
        )

    def _pins(self, draft: FairDraft, kept: FairDraft) -> tuple[Placement, ...]:
        cast = Cast(
            fair=draft.fair,
            matches={match.id: match for match in draft.matches},
            interpreters={one.id: one for one in draft.interpreters},
            rooms={room.id: room for room in draft.rooms},
        )
        if SheetKind.PINS in self.sheets:
            return self._list(SheetKind.PINS, lambda rows: read_pins(rows, cast, self.ledger), ())
        return tuple(pin for pin in kept.pins if _still_stands(pin, cast))

    def _demand_lists(self) -> None:
        for kind in _NEEDED if self.existing is None else ():
            if kind not in self.sheets:
                self.ledger.fault(
                    title_of(kind, "ko"),
                    Phrase("This list is missing from the file."),
                    Phrase("Add a sheet of this name, or import the list into a fair that exists."),
                )

    def _of(self, kind: SheetKind) -> list[Sheet]:
        return self.sheets.get(kind, [])

    def _list(
        self, kind: SheetKind, read_rows: Callable[[list[Row]], tuple[T, ...]], kept: tuple[T, ...]
    ) -> tuple[T, ...]:
        """The entries of all sheets of a kind; `kept` when the file has none."""
        if kind not in self.sheets:
            return kept
        rows = [row for sheet in self._of(kind) for row in self._rows(sheet, kind)]
        return read_rows(rows)

    def _rows(self, sheet: Sheet, kind: SheetKind) -> list[Row]:
        table = table_in(sheet, kind)
        if table is not None:
            return rows_of(table, self.ledger)
        self.ledger.fault(
            sheet.title,
            Phrase("No line with column headers was found in this sheet."),
            Phrase("Put a line with headers above the list, such as those of the template."),
        )
        return []


def _still_stands(pin: Placement, cast: Cast) -> bool:
    is_staffed = all(one in cast.interpreters for one in pin.interpreter_ids)
    return pin.match_id in cast.matches and is_staffed and (pin.room_id is None or pin.room_id in cast.rooms)
