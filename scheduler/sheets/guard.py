"""Files that are refused before anything parses them: bombs, macros, other formats in disguise, too much."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import NoReturn

from openpyxl.utils import column_index_from_string, range_boundaries

from scheduler.booking.errors import BadInput, Fault
from scheduler.wording import Phrase

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 1024
_MAX_UNPACKED_BYTES = 60 * 1024 * 1024
_MAX_RATIO = 100
_RATIO_COUNTS_FROM = 4 * 1024 * 1024
_MAX_ENTRIES = 1000
_MAX_CELLS = 1_000_000
_MAX_MERGED_CELLS = 100_000
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?(?<![\w:])r=[\"'](\d+)[\"'][^>]*?>(.*?)</(?:\w+:)?row>", re.DOTALL)
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
# A cell with something in it, from column AAA (the 703rd) on.
_FAR_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?(?<![\w:])r=[\"']([A-Z]{3,})\d+[\"'][^>]*(?<!/)>(?!</)")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)[\s>]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?ref=[\"']([A-Za-z0-9:$]+)[\"']")
_SAVE_AS_XLSX = Phrase("Save it in Excel as an “Excel Workbook (.xlsx)” without macros and send that.")


def is_workbook(data: bytes, filename: str) -> bool:
    """Whether to read the bytes as a workbook (else as CSV). Raises BadInput for what is neither."""
    if len(data) > MAX_FILE_BYTES:
        _refuse(
            filename,
            Phrase("The file is larger than %(limit)s MB.", limit=MAX_FILE_BYTES // 2**20),
            Phrase("Remove pictures and sheets that are not needed."),
        )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        _refuse_old_format(data, filename)
    if data.startswith(b"PK"):
        return True
    if filename.lower().endswith((".xlsx", ".xlsm", ".xls")):
        wrong = Phrase("The file is called a workbook, but is something else inside (a web page, perhaps).")
        _refuse(filename, wrong, _SAVE_AS_XLSX)
    return False


def refuse_unsafe_workbook(data: bytes, filename: str) -> bool:
    """Raise BadInput unless the zip holds a plain workbook of a bearable size. True if it has formulas."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _refuse_bomb(archive, filename)
            _refuse_other_contents(archive, filename)
            return sum(_examined(archive, name, filename) for name in _parts(archive)) > 0
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as broken:
        if isinstance(broken, RuntimeError) and "encrypted" in str(broken):
            _refuse(filename, Phrase("The file is locked with a password."), Phrase("Remove the password."))
        _refuse(filename, Phrase("The file is damaged and cannot be opened."), _SAVE_AS_XLSX)


def _refuse_bomb(archive: zipfile.ZipFile, filename: str) -> None:
    entries = archive.infolist()
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    is_dense = unpacked > _RATIO_COUNTS_FROM and unpacked > packed * _MAX_RATIO
    if len(entries) > _MAX_ENTRIES or unpacked > _MAX_UNPACKED_BYTES or is_dense:
        wrong = Phrase("The file would unpack to %(size)s MB; it was not opened.", size=unpacked // 2**20)
        _refuse(filename, wrong, Phrase("Copy the lists into a new workbook and send that."))


def _refuse_other_contents(archive: zipfile.ZipFile, filename: str) -> None:
    names = {name.lower() for name in archive.namelist()}
    if any(".." in name.replace("\\", "/").split("/") or name.startswith(("/", "\\")) for name in names):
        _refuse(filename, Phrase("The file has parts that lie outside it; it was not opened."), _SAVE_AS_XLSX)
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        _refuse(filename, Phrase("The file is a zip archive, but no Excel workbook."), _SAVE_AS_XLSX)
    types = next(name for name in archive.namelist() if name.lower() == "[content_types].xml")
    has_macros = any("vbaproject" in name for name in names) or b"macroEnabled" in archive.read(types)
    if has_macros or filename.lower().endswith((".xlsm", ".xltm")):
        _refuse(filename, Phrase("The workbook contains macros; it was not opened."), _SAVE_AS_XLSX)


def _parts(archive: zipfile.ZipFile) -> Iterator[str]:
    return (name for name in archive.namelist() if name.lower().endswith((".xml", ".rels", ".vml")))


def _examined(archive: zipfile.ZipFile, name: str, filename: str) -> bool:
    data = archive.read(name)
    # Excel writes UTF-8. Other encodings could hide a document type from the search.
    head = data[:4]
    if b"\0" in head or head[:2] in (b"\xfe\xff", b"\xff\xfe") or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        wrong = Phrase("The file has parts that no Excel writes (%(part)s); it was not opened.", part=name)
        _refuse(filename, wrong, _SAVE_AS_XLSX)
    if not name.lower().startswith("xl/worksheets/"):
        return False
    _refuse_too_many(data, filename)
    return _FORMULA.search(data) is not None


def _refuse_too_many(sheet: bytes, filename: str) -> None:
    beyond = next((found for found in _ROW.finditer(sheet) if _is_too_low(found)), None)
    if beyond is not None:
        wrong = Phrase(
            "Line %(line)s has values; only %(limit)s lines are read.", line=int(beyond[1]), limit=MAX_ROWS
        )
        _refuse(filename, wrong, Phrase("Split the list, or delete what stands below it."))
    far = next((found for found in _FAR_CELL.finditer(sheet) if _is_too_far(found[1])), None)
    if far is not None:
        column = far[1].decode()
        wrong = Phrase(
            "Column %(column)s has values; only %(limit)s columns are read.", column=column, limit=MAX_COLUMNS
        )
        _refuse(filename, wrong, Phrase("Copy the lists into a new workbook and send that."))
    crowded = next(islice(_CELL.finditer(sheet), _MAX_CELLS, None), None) is not None
    merged = sum(_area(found[1].decode()) for found in islice(_MERGED.finditer(sheet), 50_000))
    if crowded or merged > _MAX_MERGED_CELLS:
        mend = Phrase("Copy the lists into a new workbook and send that.")
        _refuse(filename, Phrase("A sheet has too many cells."), mend)


def _is_too_far(column: bytes) -> bool:
    return len(column) > 3 or column_index_from_string(column.decode()) > MAX_COLUMNS


def _is_too_low(row: re.Match[bytes]) -> bool:
    return len(row[1]) > 7 or (int(row[1]) > MAX_ROWS and _VALUE.search(row[2]) is not None)


def _area(reference: str) -> int:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        return _MAX_MERGED_CELLS + 1
    return int((right - left + 1) * (bottom - top + 1))


def _refuse_old_format(data: bytes, filename: str) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        _refuse(filename, Phrase("The file is locked with a password."), Phrase("Remove the password."))
    _refuse(filename, Phrase("The file has an old format (.xls, .hwp or .doc)."), _SAVE_AS_XLSX)


def _refuse(filename: str, wrong: Phrase, mend: Phrase) -> NoReturn:
    raise BadInput([Fault(place=shown_name(filename), wrong=wrong, mend=mend)])


def shown_name(filename: str) -> str:
    """The last part of a file name, without control characters: for messages only, never a path."""
    last = re.split(r"[/\\]", filename)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:80] or "file"
