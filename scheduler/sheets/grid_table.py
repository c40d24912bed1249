"""The published grid as a table: each session with both sides' times."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from scheduler.booking.people import LanguagePair
from scheduler.booking.slot import Slot
from scheduler.sheets.tables_out import Row
from scheduler.sheets.write import dress_header, fill_sheet, saved, write_csv
from scheduler.sheets.written import pairs_text
from scheduler.timezones import moment_line
from scheduler.timezones.names import country_name
from scheduler.wording import Phrase, Sayable

_HEADERS: tuple[tuple[Phrase, int], ...] = (
    (Phrase("No."), 6),
    (Phrase("Time in Korea"), 26),
    (Phrase("The buyer's time"), 26),
    (Phrase("Company"), 24),
    (Phrase("Buyer"), 26),
    (Phrase("Country"), 14),
    (Phrase("Room"), 12),
    (Phrase("Interpreter"), 18),
    (Phrase("Languages"), 20),
    (Phrase("State"), 12),
    (Phrase("Link"), 30),
)


@dataclass(frozen=True, kw_only=True)
class GridLine:
    """One session as the export shows it. `state` is said in the reader's language; `country` is ISO alpha-2."""

    slot: Slot
    company: str
    buyer: str
    home_zone: str
    buyer_zone: str
    country: str = ""
    room: str = ""
    interpreters: tuple[str, ...] = ()
    legs: tuple[LanguagePair, ...] = ()
    state: Sayable | None = None
    link: str = ""


def write_grid(lines: Sequence[GridLine], language: str) -> bytes:
    """The table as an .xlsx file, one line a session, in the order given. All texts are typed as text."""
    book = Workbook()
    sheet = book.active
    sheet.title = Phrase("Schedule").text(language)[:31]
    fill_sheet(sheet, _rows(lines, language))
    for column, (_, width) in enumerate(_HEADERS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        dress_header(sheet, 1, column)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_HEADERS))}{len(lines) + 1}"
    return saved(book)


def write_grid_csv(lines: Sequence[GridLine], language: str) -> bytes:
    return write_csv(_rows(lines, language))


def _rows(lines: Sequence[GridLine], language: str) -> list[Row]:
    header = [title.text(language) for title, _ in _HEADERS]
    return [header, *(_row(number, line, language) for number, line in enumerate(lines, start=1))]


def _row(number: int, line: GridLine, language: str) -> Row:
    slot = line.slot
    return [
        number,
        moment_line(slot.start_at, slot.end_at, line.home_zone, language),
        moment_line(slot.start_at, slot.end_at, line.buyer_zone, language),
        line.company,
        line.buyer,
        country_name(line.country, language) if line.country else "",
        line.room,
        ", ".join(line.interpreters),
        pairs_text(line.legs, language),
        line.state.text(language) if line.state else "",
        line.link,
    ]
