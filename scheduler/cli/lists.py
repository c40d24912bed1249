"""Several files as one: a list in each, as an office keeps them, read together so that one may name another's rows."""

import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from scheduler.sheets.cells import Cell, Sheet, sheets_of


def one_file(paths: list[Path]) -> tuple[bytes, str]:
    """The file itself, or all of them as sheets of one workbook, each cell where it was. Raises BadInput."""
    if len(paths) == 1:
        return paths[0].read_bytes(), paths[0].name
    sheets = [
        sheet for path in paths for sheet in sheets_of(path.read_bytes(), path.name) if not sheet.is_hidden
    ]
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        # A sheet's name has 31 letters at most; a second of one name gets a number.
        _fill(book.create_sheet(sheet.title[:31]), sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue(), f"{paths[0].stem}.xlsx"


def _fill(page: Worksheet, sheet: Sheet) -> None:
    for (row, column), cell in sheet.cells.items():
        page.cell(row, column).value = _value(cell)
        if isinstance(page.cell(row, column).value, str):
            # A text that begins with "=" is a text.
            page.cell(row, column).data_type = "s"


def _value(cell: Cell) -> int | str:
    is_whole = cell.is_number and cell.text.isascii() and cell.text.isdecimal()
    return int(cell.text) if is_whole and not cell.text.startswith("0") else cell.text
