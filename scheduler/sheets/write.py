"""A draft as a workbook in our own form, and the template to fill in."""

import csv
import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from scheduler.booking.people import Attendance
from scheduler.sheets.columns import COLUMNS, OVERVIEW, SheetKind, title_of
from scheduler.sheets.draft import FairDraft
from scheduler.sheets.tables_out import Row, Value, tables_of
from scheduler.sheets.written import PRIORITY_WORDS, word

_HEAD = PatternFill("solid", fgColor="E8EEF7")
_LINE = Border(bottom=Side(style="thin", color="8A94A6"))
_ROWS_WITH_CHOICES = 2000
# Also as Hangul input writes them, in full width.
_FORMULA_SIGNS = "=+-@\t\r＝＋－＠"


def write_workbook(draft: FairDraft, language: str) -> bytes:
    """The draft as an .xlsx file whose sheets and headers are in `language` ("ko", else English).

    `read(write_workbook(draft, language), "a.xlsx").draft` equals the draft. Every text is typed as text,
    so that none that begins with "=" becomes a formula.
    """
    return workbook_bytes(tables_of(draft, language), language)


def workbook_bytes(tables: Mapping[SheetKind, Sequence[Row]], language: str) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for kind, rows in tables.items():
        sheet = book.create_sheet(title_of(kind, language))
        fill_sheet(sheet, rows)
        dress(sheet, kind, language)
    return saved(book)


def fill_sheet(sheet: Worksheet, rows: Sequence[Row]) -> None:
    """Put the values in from A1 on; texts stay texts whatever they begin with."""
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            if value is None or value == "":
                continue
            cell = sheet.cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
                cell.number_format = "@"


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def dress(sheet: Worksheet, kind: SheetKind, language: str) -> None:
    if kind is SheetKind.FAIR:
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 60
        for row in range(1, len(OVERVIEW) + 1):
            sheet.cell(row, 1).fill, sheet.cell(row, 1).font = _HEAD, Font(bold=True)
        return
    for number, column in enumerate(COLUMNS[kind], start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        dress_header(sheet, 1, number)
        choices = choices_of(column.field, language)
        if choices:
            offer(sheet, number, choices)
    sheet.freeze_panes = "C2"


def dress_header(sheet: Worksheet, row: int, column: int) -> None:
    cell = sheet.cell(row, column)
    cell.fill, cell.font, cell.border = _HEAD, Font(bold=True), _LINE
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def choices_of(field: str, language: str) -> tuple[str, ...]:
    """The words of a column that has only a few."""
    if field == "attendance":
        return tuple(word(one.value, language) for one in Attendance)
    if field in ("is_verified", "walk_in"):
        return word("yes", language), word("no", language)
    if field == "priority":
        return tuple(PRIORITY_WORDS["ko" if language == "ko" else "en"].values())
    return ()


def offer(sheet: Worksheet, column: int, choices: Sequence[str], *, from_row: int = 2) -> None:
    """A drop-down in one column."""
    letter = get_column_letter(column)
    validation = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    validation.showErrorMessage = False
    validation.add(f"{letter}{from_row}:{letter}{from_row + _ROWS_WITH_CHOICES}")
    sheet.add_data_validation(validation)


def write_csv(rows: Sequence[Row]) -> bytes:
    """Rows as CSV in UTF-8 with BOM, which Excel opens rightly. What it would take for a formula gets an apostrophe."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows([_unformula(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def write_list_csv(draft: FairDraft, kind: SheetKind, language: str) -> bytes:
    """One list of the draft as CSV, which imports to the same list."""
    return write_csv(tables_of(draft, language)[kind])


def _unformula(value: Value) -> Value:
    if isinstance(value, str) and value[:1] in _FORMULA_SIGNS and value:
        return f"'{value}"
    return value
