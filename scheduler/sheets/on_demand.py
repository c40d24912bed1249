"""Files read and written, by libraries that are loaded when the first file comes.

They take as long to load as the pages do, and a server that starts should not wait for them: most days bring no file.
Each function is the one of the same name in the module that it loads.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module

from scheduler.sheets.draft import FairDraft
from scheduler.sheets.reading import Reading
from scheduler.sheets.tables_out import Row


def read(
    data: bytes,
    filename: str,
    *,
    answers: Mapping[str, str] | None = None,
    existing: FairDraft | None = None,
    default_key: str | None = None,
) -> Reading:
    """What the file means; see `scheduler.sheets.read`."""
    found: Reading = import_module("scheduler.sheets.read").read(
        data, filename, answers=answers, existing=existing, default_key=default_key
    )
    return found


def write_workbook(draft: FairDraft, language: str) -> bytes:
    """The draft as an .xlsx file; see `scheduler.sheets.write`."""
    written: bytes = import_module("scheduler.sheets.write").write_workbook(draft, language)
    return written


def write_csv(rows: Sequence[Row]) -> bytes:
    """Rows as CSV that Excel opens rightly; see `scheduler.sheets.write`."""
    written: bytes = import_module("scheduler.sheets.write").write_csv(rows)
    return written


def write_table(rows: Sequence[Row], *, title: str) -> bytes:
    """An .xlsx file with one sheet; see `scheduler.sheets.written_table`."""
    written: bytes = import_module("scheduler.sheets.written_table").write_table(rows, title=title)
    return written


def write_template(language: str) -> bytes:
    """An .xlsx file to fill in; see `scheduler.sheets.template`."""
    written: bytes = import_module("scheduler.sheets.template").write_template(language)
    return written
