"""Matches: as a list of pairs, as wishes by rank, or as a table of marks."""

import re
from collections.abc import Iterable, Sequence

from scheduler.booking.match import Match, Priority
from scheduler.booking.people import Attendance, Buyer, LanguagePair
from scheduler.sheets.buyers import BuyerLine
from scheduler.sheets.cells import Sheet
from scheduler.sheets.columns import SheetKind
from scheduler.sheets.draft import match_key
from scheduler.sheets.fields import attendance_in, is_yes, suggest
from scheduler.sheets.languages import chains, legs_of, without_no_need
from scheduler.sheets.layout import Row, Table, rows_of, table_in
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.marks import is_no_match, priority_of
from scheduler.sheets.match_sides import LEAVE_OUT, NO_NAME, Found, Sides, ask_mark
from scheduler.sheets.match_table import read_marks
from scheduler.sheets.people_rows import PairNames
from scheduler.sheets.reading import Expected
from scheduler.sheets.written import pairs_text
from scheduler.wording import Phrase

_RANKED = re.compile(
    r"(?:희망\s*)?(\d{1,2})\s*(?:순위|지망)(?:\s*희망)?|(?:rank|choice|wish)\s*(\d{1,2})", re.IGNORECASE
)
_RANK = re.compile(r"(\d{1,3})\s*(?:순위|위|지망)?")


def read_matches(sheets: Iterable[Sheet], ledger: Ledger, sides: Sides) -> tuple[Match, ...]:
    found = Found(ledger=ledger, sides=sides)
    for sheet in sheets:
        table = table_in(sheet, SheetKind.MATCHES)
        ranked = _ranked_columns(sheet)
        if table is not None:
            _read_list(table, found)
        elif ranked is not None:
            _read_ranked(sheet, ranked, found)
        else:
            read_marks(sheet, found)
    return tuple(found.by_pair.values())


def _read_list(table: Table, found: Found) -> None:
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
            spot, wrong, Phrase("Write its name, or “-” to leave the line out."), suggestions=(LEAVE_OUT,)
        )


def _listed(row: Row, company_id: str, buyer_id: str, found: Found) -> Match:
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
        ask_mark(spot, ledger)
    return priority or Priority.WANTED


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


def _read_ranked(sheet: Sheet, ranked: tuple[int, dict[int, int]], found: Found) -> None:
    header, ranks = ranked
    at = max(column for column in sheet.columns[header] if column < min(ranks))
    for row in (number for number in sheet.rows if number > header):
        name = found.ledger.spot(sheet, row, at)
        company = found.company(name) if name and not NO_NAME.fullmatch(name.text) else None
        for column, rank in ranks.items() if company else ():
            spot = found.ledger.spot(sheet, row, column)
            buyer = found.buyer(spot) if spot else None
            if company is not None and buyer is not None:
                found.add(spot, found.match(company, buyer, Priority.WANTED, rank))
    count = sum(match.rank is not None for match in found.by_pair.values())
    meaning = Phrase("%(count)s ranks: all pairs are wanted, lower ranks first", count=count)
    found.ledger.note(found.ledger.spot(sheet, header, min(ranks)), meaning)


def buyers_of(lines: Sequence[BuyerLine]) -> tuple[Buyer, ...]:
    return tuple(line.buyer for line in lines)
