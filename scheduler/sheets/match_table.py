"""A table of marks with companies and buyers at its edges."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.booking.match import Priority
from scheduler.sheets.cells import Sheet
from scheduler.sheets.draft import buyer_key, company_key
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.marks import is_no_match, legend_in, priority_of
from scheduler.sheets.match_sides import LEAVE_OUT, NO_NAME, Found, Sides, ask_mark
from scheduler.wording import Phrase


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """Where a table of marks has its edges. `is_turned`: companies head the columns."""

    header: int
    edge: int
    is_turned: bool


def read_marks(sheet: Sheet, found: Found) -> None:
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
        ask_mark(spot, ledger)
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
    cells: Iterable[tuple[int, int]], sheet: Sheet, found: Found, *, is_company: bool
) -> dict[tuple[int, int], str]:
    """The companies or buyers at one edge, by cell. Totals and remarks are left out and said so."""
    names: dict[tuple[int, int], str] = {}
    for row, column in cells:
        spot = found.ledger.spot(sheet, row, column)
        if not spot:
            continue
        if NO_NAME.fullmatch(spot.text) or legend_in(spot.text):
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
        suggestions=(LEAVE_OUT,),
    )
