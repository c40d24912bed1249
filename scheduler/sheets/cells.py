"""A file as sheets of text cells, before anything is known of their meaning."""

import csv
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from scheduler.booking.errors import BadInput, Fault
from scheduler.sheets.guard import MAX_COLUMNS, MAX_ROWS, is_workbook, refuse_unsafe_workbook, shown_name
from scheduler.wording import Phrase

_ENCODINGS = ("utf-8-sig", "cp949")


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, as text: dates are ISO (`2027-06-24`), times `09:00`, whole numbers bare."""

    text: str
    is_number: bool = False
    is_uncounted: bool = False
    """A formula whose value the file does not hold."""


@dataclass(frozen=True)
class Sheet:
    """Cells by (row, column), both from 1. A cell merged over several lines stands in each of them."""

    title: str
    cells: dict[tuple[int, int], Cell]
    is_hidden: bool = False
    rows: tuple[int, ...] = field(init=False)
    columns: dict[int, tuple[int, ...]] = field(init=False)

    def __post_init__(self) -> None:
        columns: dict[int, list[int]] = {}
        for row, column in sorted(self.cells):
            columns.setdefault(row, []).append(column)
        object.__setattr__(self, "rows", tuple(columns))
        object.__setattr__(self, "columns", {row: tuple(found) for row, found in columns.items()})

    def text(self, row: int, column: int) -> str:
        cell = self.cells.get((row, column))
        return cell.text if cell else ""

    def row_texts(self, row: int) -> Iterator[tuple[int, str]]:
        return ((column, self.cells[row, column].text) for column in self.columns.get(row, ()))

    def key(self, row: int, column: int) -> str:
        return f"{self.title}!{get_column_letter(column)}{row}"


@lru_cache(maxsize=2)
def sheets_of(data: bytes, filename: str) -> tuple[Sheet, ...]:
    """The sheets of a workbook, or the one of a CSV file. BadInput for what cannot or must not be read.

    The last two files are remembered: a preview is looked at again after each answer. Large ones leave soon.
    """
    if not data.strip():
        fault = Fault(place=shown_name(filename), wrong=Phrase("The file is empty."))
        raise BadInput([fault])
    if not is_workbook(data, filename):
        return (_csv_sheet(data, filename),)
    has_formulas = refuse_unsafe_workbook(data, filename)
    book = _opened(data, filename)
    uncounted = _uncounted(_opened(data, filename, as_formulas=True), book) if has_formulas else frozenset()
    return tuple(_sheet(sheet, uncounted) for sheet in book.worksheets)


def _opened(data: bytes, filename: str, *, as_formulas: bool = False) -> Workbook:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of decorations it does not keep; only the cells matter here.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(data), data_only=not as_formulas, keep_links=False)
    except Exception as broken:
        # openpyxl has no error of its own for damaged files: KeyError, ParseError and others escape.
        fault = Fault(
            place=shown_name(filename),
            wrong=Phrase("The file is damaged and cannot be opened."),
            mend=Phrase("Open it in Excel, save it again as .xlsx and send that."),
        )
        raise BadInput([fault]) from broken


def _uncounted(formulas: Workbook, values: Workbook) -> frozenset[tuple[str, int, int]]:
    return frozenset(
        (sheet.title, cell.row, cell.column)
        for sheet in formulas.worksheets
        for row in sheet.iter_rows(max_row=_last_row(sheet), max_col=_last_column(sheet))
        for cell in row
        if cell.data_type == "f" and values[sheet.title].cell(cell.row, cell.column).value is None
    )


def _sheet(sheet: Worksheet, uncounted: frozenset[tuple[str, int, int]]) -> Sheet:
    cells: dict[tuple[int, int], Cell] = {}
    for row in sheet.iter_rows(max_row=_last_row(sheet), max_col=_last_column(sheet)):
        for cell in row:
            read = _cell(cell.value)
            if (sheet.title, cell.row, cell.column) in uncounted:
                read = Cell("", is_uncounted=True)
            if read is not None:
                cells[cell.row, cell.column] = read
    for merged in sheet.merged_cells.ranges:
        first = cells.get((merged.min_row, merged.min_col))
        if first is not None and merged.min_col == merged.max_col:
            cells.update({(row, merged.min_col): first for row in range(merged.min_row, merged.max_row + 1)})
    return Sheet(sheet.title, cells, is_hidden=sheet.sheet_state != "visible")


def _last_row(sheet: Worksheet) -> int:
    return min(sheet.max_row or 1, MAX_ROWS)


def _last_column(sheet: Worksheet) -> int:
    return min(sheet.max_column or 1, MAX_COLUMNS)


def _cell(value: Any) -> Cell | None:
    text = _text(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell(text, is_number) if text else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).replace("_x000D_", "\r").replace("\r\n", "\n").strip(" \t\n\u00a0\u3000")


def _csv_sheet(data: bytes, filename: str) -> Sheet:
    text = _decoded(data, filename)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    cells: dict[tuple[int, int], Cell] = {}
    try:
        for row, values in enumerate(reader, start=1):
            if row > MAX_ROWS:
                _refuse_line(filename, reader.line_num)
            if len(values) > MAX_COLUMNS:
                _refuse_width(filename, row)
            cells |= _csv_row(row, values)
    except csv.Error as broken:
        fault = Fault(
            place=shown_name(filename),
            wrong=Phrase("Line %(line)s cannot be read as CSV.", line=reader.line_num),
            mend=Phrase("Save the sheet from Excel as “CSV UTF-8” and send that."),
        )
        raise BadInput([fault]) from broken
    return Sheet(PurePath(shown_name(filename)).stem, cells)


def _csv_row(row: int, values: list[str]) -> dict[tuple[int, int], Cell]:
    texts = ((column, _text(value)) for column, value in enumerate(values, start=1))
    return {(row, column): Cell(_freed(text), _is_number(text)) for column, text in texts if text}


def _freed(text: str) -> str:
    # Our own CSV puts an apostrophe before what a spreadsheet would take for a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in set("=+-@") else text


def _is_number(text: str) -> bool:
    # In CSV a number that lost its first 0 looks like any other text.
    return text.isascii() and text.isdecimal() and not text.startswith("0")


def _refuse_line(filename: str, line: int) -> None:
    wrong = Phrase("Line %(line)s has values; only %(limit)s lines are read.", line=line, limit=MAX_ROWS)
    mend = Phrase("Split the list, or delete what stands below it.")
    raise BadInput([Fault(place=shown_name(filename), wrong=wrong, mend=mend)])


def _refuse_width(filename: str, line: int) -> None:
    wrong = Phrase("Line %(line)s has more than %(limit)s columns.", line=line, limit=MAX_COLUMNS)
    mend = Phrase("Save the sheet from Excel as “CSV UTF-8” and send that.")
    raise BadInput([Fault(place=shown_name(filename), wrong=wrong, mend=mend)])


def _decoded(data: bytes, filename: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    wrong = Phrase("The file is neither a workbook nor text in UTF-8 or CP949.")
    mend = Phrase("Send an Excel workbook (.xlsx), or save the sheet as “CSV UTF-8”.")
    raise BadInput([Fault(place=shown_name(filename), wrong=wrong, mend=mend)])


def _delimiter(text: str) -> str:
    head = "\n".join(text.splitlines()[:30])
    return max(",;\t", key=head.count)
