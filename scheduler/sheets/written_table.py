"""One plain table as a workbook, for people who take it into their own."""

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from scheduler.sheets.tables_out import Row
from scheduler.sheets.write import dress_header, fill_sheet, saved

_WIDEST = 40


def write_table(rows: Sequence[Row], *, title: str) -> bytes:
    """An .xlsx file with one sheet; the first row is the head. Every text stays a text."""
    book = Workbook()
    book.remove(book.active)
    sheet = book.create_sheet(title)
    fill_sheet(sheet, rows)
    for number in range(1, len(rows[0]) + 1):
        dress_header(sheet, 1, number)
        longest = max(len(str(row[number - 1] or "")) for row in rows)
        sheet.column_dimensions[get_column_letter(number)].width = min(longest * 1.6 + 4, _WIDEST)
    sheet.freeze_panes = "A2"
    return saved(book)
