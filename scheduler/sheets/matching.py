"""Matches: as a list of pairs, as wishes by rank, or as a table of marks with companies and buyers at its edges."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property

from scheduler.booking.match import Match, Priority, joins_from_room, legs_between
from scheduler.booking.people import Attendance, Buyer, Company, LanguagePair
from scheduler.sheets.buyers import BuyerLine
from scheduler.sheets.cells import Sheet
from scheduler.sheets.columns import SheetKind
from scheduler.sheets.draft import buyer_key, company_key, match_key
from scheduler.sheets.fields import attendance_in, is_yes, suggest
from scheduler.sheets.languages import chains, legs_of, without_no_need
from scheduler.sheets.layout import Row, Table, rows_of, table_in
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.marks import is_no_match, legend_in, priority_of
from scheduler.sheets.people_rows import PairNames
from scheduler.sheets.reading import Expected, Suggestion
from scheduler.sheets.written import PRIORITY_WORDS, pairs_text
from scheduler.wording import Phrase

_NO_NAME = re.compile(
    r"(?:합\s*계|총\s*계|소\s*계|계|비\s*고|순\s*위|연\s*번|번호|no\.?|total|sum|note|remarks?|[※*].*)",
    re.I | re.S,
)
_RANKED = re.compile(
    r"(?:희망\s*)?(\d{1,2})\s*(?:순위|지망)(?:\s*희망)?|(?:rank|choice|wish)\s*(\d{1,2})", re.IGNORECASE
)
_RANK = re.compile(r"(\d{1,3})\s*(?:순위|위|지망)?")
_LEAVE_OUT = Suggestion(answer="-", label=Phrase("Leave it out"))


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The companies and buyers there are, by key, to find those a matching table names."""

    companies: Mapping[str, Company]
    buyers: Mapping[str, BuyerLine]

    @cached_property
    def company_names(self) -> Mapping[str, str]:
        return {key: one.name for key, one in self.companies.items()}

    @cached_property
    def buyer_names(self) -> Mapping[str, str]:
        return {key: line.buyer.name for key, line in self.buyers.items()}

    def default_legs(self, company_id: str, buyer_id: str) -> tuple[LanguagePair, ...]:
        """A relay where the buyer asks for one, else what the languages of both sides take."""
        company, line = self.companies[company_id], self.buyers[buyer_id]
        legs = legs_between(company, line.buyer)
        return line.relay if legs and line.relay else legs


@dataclass
class _Found:
    """Matches by their pair, in the order of the sheets."""

    ledger: Ledger
    sides: Sides
    by_pair: dict[str, Match] = field(default_factory=dict)

    def add(self, spot: Spot, match: Match) -> None:
        if match.id not in self.by_pair:
            self.by_pair[match.id] = match
        elif self.by_pair[match.id] != match:
            self.ledger.ask(
                spot,
                Phrase("This pair is in the file twice, with different wishes."),
                Phrase("Delete one of the two."),
                suggestions=(_LEAVE_OUT,),
            )

    def match(self, company_id: str, buyer_id: str, priority: Priority, rank: int | None = None) -> Match:
        return Match(
            id=match_key(company_id, buyer_id),
            company_id=company_id,
            buyer_id=buyer_id,
            priority=priority,
            rank=rank,
            legs=self.sides.default_legs(company_id, buyer_id),
            needs_room=joins_from_room(self.sides.companies[company_id]),
        )

    def company(self, spot: Spot) -> str | None:
        names = self.sides.company_names
        return _known(
            spot,
            company_key(spot.text),
            names,
            self.ledger,
            Phrase("There is no company “%(name)s”.", name=spot.text),
        )

    def buyer(self, spot: Spot) -> str | None:
        names = self.sides.buyer_names
        return _known(
            spot,
            buyer_key(spot.text),
            names,
            self.ledger,
            Phrase("There is no buyer “%(name)s”.", name=spot.text),
        )


def read_matches(sheets: Iterable[Sheet], ledger: Ledger, sides: Sides) -> tuple[Match, ...]:
    found = _Found(ledger=ledger, sides=sides)
    for sheet in sheets:
        table = table_in(sheet, SheetKind.MATCHES)
        ranked = _ranked_columns(sheet)
        if table is not None:
            _read_list(table, found)
        elif ranked is not None:
            _read_ranked(sheet, ranked, found)
        else:
            _read_marks(sheet, found)
    return tuple(found.by_pair.values())


def _known(spot: Spot, key: str, names: Mapping[str, str], ledger: Ledger, wrong: Phrase) -> str | None:
    """The key a name stands for. Another spelling of it is noted; what is near is suggested, never taken."""
    if key in names:
        if names[key] != spot.text:
            ledger.note(spot, Phrase("The same as “%(name)s”", name=names[key]))
        return key
    if not is_no_match(spot.text):
        ledger.ask(
            spot,
            wrong,
            Phrase("Write the name as it stands in the list, or “-” to leave it out."),
            Expected.CHOICE,
            (*suggest(*_near(key, names)), _LEAVE_OUT),
        )
    return None


def _near(key: str, names: Mapping[str, str]) -> list[str]:
    close = get_close_matches(key, list(names), n=3, cutoff=0.5)
    if close:
        return [names[one] for one in close]
    best = max(names, key=lambda one: SequenceMatcher(None, key, one).ratio(), default=None)
    return [names[best]] if best else []


def _read_list(table: Table, found: _Found) -> None:
    ranked = 0
    for row in rows_of(table, found.ledger):
        company_at, buyer_at = row.spot("company"), row.spot("buyer")
        company, buyer = found.company(company_at), found.buyer(buyer_at)
        if not company_at or not buyer_at:
            _ask_blank_side(company_at if not company_at else buyer_at, found.ledger)
        if company is None or buyer is None:
            continue
        match = _listed(row, company, buyer, found)
        ranked += match.rank is not None
        found.add(buyer_at, match)
    if ranked and "priority" not in table.columns:
        spot = found.ledger.spot(table.sheet, table.header, table.columns["rank"])
        meaning = Phrase("%(count)s ranks: all pairs are wanted, lower ranks first", count=ranked)
        found.ledger.note(spot, meaning)


def _ask_blank_side(spot: Spot, ledger: Ledger) -> None:
    if not spot.is_answered:
        wrong = Phrase("One side of this pair is missing.")
        ledger.ask(
            spot, wrong, Phrase("Write its name, or “-” to leave the line out."), suggestions=(_LEAVE_OUT,)
        )


def _listed(row: Row, company_id: str, buyer_id: str, found: _Found) -> Match:
    ledger, default = found.ledger, found.sides.companies[company_id].attendance
    attendance, _ = attendance_in(row.spot("attendance"), ledger, {}, blank=default)
    return Match(
        id=match_key(company_id, buyer_id),
        company_id=company_id,
        buyer_id=buyer_id,
        priority=_listed_priority(row.spot("priority"), ledger),
        rank=_rank(row.spot("rank"), ledger),
        legs=_legs(row.spot("languages"), found.sides.default_legs(company_id, buyer_id), ledger),
        needs_room=attendance is Attendance.ROOM,
        is_walk_in=is_yes(row.spot("walk_in"), ledger),
        note=row.spot("note").text,
    )


def _listed_priority(spot: Spot, ledger: Ledger) -> Priority:
    if is_no_match(spot.text):
        return Priority.WANTED
    priority = priority_of(spot.text, {})
    if priority is None:
        _ask_mark(spot, ledger)
    return priority or Priority.WANTED


def _ask_mark(spot: Spot, ledger: Ledger) -> None:
    words = PRIORITY_WORDS["ko"].values()
    ledger.ask(
        spot,
        Phrase("The mark “%(mark)s” is not known.", mark=spot.text),
        Phrase("Write ◎ must, ○ wanted, △ if time allows, × never, or “-” for no match."),
        Expected.CHOICE,
        (*suggest(*words), Suggestion(answer="-", label=Phrase("No match"))),
    )


def _rank(spot: Spot, ledger: Ledger) -> int | None:
    if is_no_match(spot.text):
        return None
    found = _RANK.fullmatch(spot.text)
    if found is None or int(found[1]) == 0:
        ledger.ask(
            spot,
            Phrase("“%(written)s” is no rank.", written=spot.text),
            Phrase("Write a number from 1."),
            Expected.NUMBER,
        )
        return None
    return int(found[1])


def _legs(spot: Spot, default: tuple[LanguagePair, ...], ledger: Ledger) -> tuple[LanguagePair, ...]:
    """The interpretation of one pair: `한-인니`, `한-영-태` (a relay), `통역 불요`, one language, or the default."""
    if not spot:
        return default
    rest, needs_nobody = without_no_need(spot.text)
    found = chains(rest)
    if needs_nobody and not found:
        return ()
    if not found or needs_nobody:
        ledger.ask(
            spot,
            Phrase("“%(written)s” does not say which languages are interpreted.", written=spot.text),
            Phrase("Write a pair, such as Korean-Indonesian, or “no interpreter”."),
            suggestions=suggest("통역 불요", "한국어-영어"),
        )
        return default
    legs = tuple(pair for chain in found for pair in legs_of(chain if len(chain) > 1 else ("ko", *chain)))
    if spot.text not in (pairs_text(legs, "ko"), pairs_text(legs, "en")):
        ledger.note(spot, Phrase("Interprets %(pairs)s", pairs=PairNames(legs)))
    return legs


def _ranked_columns(sheet: Sheet) -> tuple[int, dict[int, int]] | None:
    """The header line of a list such as `기업명 | 1순위 | 2순위`, and the rank of each of its columns."""
    for row in sheet.rows[:40]:
        ranks = {
            column: int(found[1] or found[2])
            for column, text in sheet.row_texts(row)
            if (found := _RANKED.fullmatch(text.strip()))
        }
        if ranks and sheet.columns[row][0] < min(ranks):
            return row, ranks
    return None


def _read_ranked(sheet: Sheet, ranked: tuple[int, dict[int, int]], found: _Found) -> None:
    header, ranks = ranked
    at = max(column for column in sheet.columns[header] if column < min(ranks))
    for row in (number for number in sheet.rows if number > header):
        name = found.ledger.spot(sheet, row, at)
        company = found.company(name) if name and not _NO_NAME.fullmatch(name.text) else None
        for column, rank in ranks.items() if company else ():
            spot = found.ledger.spot(sheet, row, column)
            buyer = found.buyer(spot) if spot else None
            if company is not None and buyer is not None:
                found.add(spot, found.match(company, buyer, Priority.WANTED, rank))
    count = sum(match.rank is not None for match in found.by_pair.values())
    meaning = Phrase("%(count)s ranks: all pairs are wanted, lower ranks first", count=count)
    found.ledger.note(found.ledger.spot(sheet, header, min(ranks)), meaning)


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """Where a table of marks has its edges. `is_turned`: companies head the columns."""

    header: int
    edge: int
    is_turned: bool


def _read_marks(sheet: Sheet, found: _Found) -> None:
    grid = _grid_in(sheet, found.sides)
    if grid is None:
        found.ledger.fault(
            sheet.title,
            Phrase("No list of pairs and no table of marks was found in this sheet."),
            Phrase(
                "Use the columns “Company” and “Buyer”, or companies down the side and buyers along the top."
            ),
        )
        return
    legend_at = _legend_spot(sheet, grid, found.ledger)
    legend = legend_in(legend_at.text)
    tops = _edge_names(
        ((grid.header, column) for column in sheet.columns[grid.header] if column > grid.edge),
        sheet,
        found,
        is_company=grid.is_turned,
    )
    sides = _edge_names(
        ((row, grid.edge) for row in sheet.rows if row > grid.header),
        sheet,
        found,
        is_company=not grid.is_turned,
    )
    counts: Counter[Priority] = Counter()
    for (row, _), side in sides.items():
        for (_, column), top in tops.items():
            spot = found.ledger.spot(sheet, row, column)
            company, buyer = (top, side) if grid.is_turned else (side, top)
            priority = _mark_at(spot, legend, found.ledger)
            if priority is not None:
                counts[priority] += 1
                found.add(spot, found.match(company, buyer, priority))
    found.ledger.note(legend_at, _counted(counts))


def _mark_at(spot: Spot, legend: dict[str, Priority], ledger: Ledger) -> Priority | None:
    if is_no_match(spot.text):
        return None
    priority = priority_of(spot.text, legend)
    if priority is None:
        _ask_mark(spot, ledger)
    return priority


def _counted(counts: Counter[Priority]) -> Phrase:
    return Phrase(
        "%(must)s must meet, %(wanted)s are wanted, %(if_time)s if time allows, %(never)s never; blank is no match",
        must=counts[Priority.MUST],
        wanted=counts[Priority.WANTED],
        if_time=counts[Priority.IF_TIME_ALLOWS],
        never=counts[Priority.NEVER],
    )


def _legend_spot(sheet: Sheet, grid: _Grid, ledger: Ledger) -> Spot:
    """The cell with the legend, above or below the table; without one, a place where a legend can be given."""
    for row in sheet.rows:
        for column in sheet.columns[row]:
            spot = ledger.spot(sheet, row, column)
            if (row < grid.header or column <= grid.edge) and legend_in(spot.text):
                return spot
    return ledger.spot_of(f"{sheet.title}!marks")


def _grid_in(sheet: Sheet, sides: Sides) -> _Grid | None:
    candidates = [
        (_score(sheet, row, sides, is_turned=is_turned), row, is_turned)
        for row in sheet.rows[:40]
        for is_turned in (False, True)
    ]
    score, header, is_turned = max(candidates, default=(0, 0, False), key=lambda one: one[0])
    if not score:
        return None
    down: Counter[int] = Counter(
        column
        for row in sheet.rows
        if row > header
        for column, text in sheet.row_texts(row)
        if _is_side(text, sides, is_company=not is_turned)
    )
    if not down:
        return None
    return _Grid(header=header, edge=down.most_common(1)[0][0], is_turned=is_turned)


def _score(sheet: Sheet, row: int, sides: Sides, *, is_turned: bool) -> int:
    return sum(_is_side(text, sides, is_company=is_turned) for _, text in sheet.row_texts(row))


def _is_side(text: str, sides: Sides, *, is_company: bool) -> bool:
    return company_key(text) in sides.companies if is_company else buyer_key(text) in sides.buyers


def _edge_names(
    cells: Iterable[tuple[int, int]], sheet: Sheet, found: _Found, *, is_company: bool
) -> dict[tuple[int, int], str]:
    """The companies or buyers at one edge, by cell. Totals and remarks are left out and said so."""
    names: dict[tuple[int, int], str] = {}
    for row, column in cells:
        spot = found.ledger.spot(sheet, row, column)
        if not spot:
            continue
        if _NO_NAME.fullmatch(spot.text) or legend_in(spot.text):
            found.ledger.note(spot, Phrase("A total or a remark, not an entry: left out."))
            continue
        key = found.company(spot) if is_company else found.buyer(spot)
        if key is not None and key in names.values():
            _ask_twice(spot, found.ledger)
        elif key is not None:
            names[row, column] = key
    return names


def _ask_twice(spot: Spot, ledger: Ledger) -> None:
    ledger.ask(
        spot,
        Phrase("“%(name)s” is in the table twice.", name=spot.text),
        Phrase("Write the name that is meant, or “-” to leave it out."),
        suggestions=(_LEAVE_OUT,),
    )


def buyers_of(lines: Sequence[BuyerLine]) -> tuple[Buyer, ...]:
    return tuple(line.buyer for line in lines)
