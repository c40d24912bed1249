import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from scheduler.booking.slot import Slot
from scheduler.sheets.grid_table import GridLine, write_grid, write_grid_csv
from scheduler.sheets.guard import MAX_FILE_BYTES
from scheduler.sheets.read import read
from tests.builders import at
from tests.unit.sheets.offices import a_clear_workbook, a_workbook, an_office_workbook


def refused(data, filename="plan.xlsx"):
    """The English text of the only fault."""
    reading = read(data, filename)
    assert (reading.draft, reading.questions) == (None, ())
    (fault,) = reading.faults
    assert fault.text("ko") != fault.text("en")
    return fault.text("en")


def repacked(data, *, replaced=None, added=None):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, (replaced or {}).get(name, old.read(name)))
        for name, content in (added or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def test_a_bomb_is_not_opened():
    bomb = repacked(a_clear_workbook(), added={"xl/media/zeros.bin": b"\0" * 99_000_000})

    assert len(bomb) < 300_000
    assert "would unpack to 94 MB" in refused(bomb)


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_any_encoding(declaration, encoding):
    part = b"<?xml version='1.0'?>" + declaration + b"<worksheet>&e;</worksheet>"
    data = repacked(a_clear_workbook(), replaced={"xl/worksheets/sheet1.xml": part.decode().encode(encoding)})

    assert "parts that no Excel writes (xl/worksheets/sheet1.xml)" in refused(data)


def test_macros_are_refused():
    data = repacked(a_clear_workbook(), added={"xl/vbaProject.bin": b"macro"})

    assert "contains macros" in refused(data)
    assert "contains macros" in refused(a_clear_workbook(), "plan.xlsm")


def test_a_web_page_called_workbook_is_refused():
    assert "something else inside" in refused(b"<html><table><tr><td>1</td></tr></table></html>")


def test_another_zip_archive_is_refused():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    assert "no Excel workbook" in refused(archive.getvalue())


def test_parts_outside_the_archive_are_refused():
    assert "parts that lie outside" in refused(
        repacked(a_clear_workbook(), added={"../../evil.xml": b"<x/>"})
    )


def test_the_name_of_a_file_is_only_shown():
    assert refused(b"<html>", "../../etc/\u202epasswd.xlsx").startswith("passwd.xlsx: ")


def test_old_and_locked_files_are_told_apart():
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

    assert "old format" in refused(head, "plan.xls")
    assert "password" in refused(head + "EncryptedPackage".encode("utf-16-le"))


def test_a_torn_file_is_refused():
    assert "damaged" in refused(a_clear_workbook()[:3000])


def test_a_broken_part_is_refused():
    assert "damaged" in refused(repacked(a_clear_workbook(), replaced={"xl/workbook.xml": b"<workbook"}))


def test_an_empty_file_is_refused():
    assert "empty" in refused(b"  \n")


def test_a_large_file_is_refused():
    assert "larger than 20 MB" in refused(b"PK" + b"\0" * MAX_FILE_BYTES)


def test_the_line_that_broke_the_limit_is_named():
    book = Workbook(write_only=True)
    sheet = book.create_sheet("참가기업")
    for number in range(20_003):
        sheet.append([f"기업{number}"])
    stream = io.BytesIO()
    book.save(stream)

    assert "Line 20001 has values; only 20000 lines are read." in refused(stream.getvalue())
    lines = "".join(f"기업{number},a@b.example\n" for number in range(20_003)).encode()
    assert "Line 20001 has values" in refused(lines, "참가기업.csv")


def test_lines_that_are_only_formatted_break_no_limit():
    data = a_workbook({"참가기업": {"A1": "기업명", "B1": "이메일", "A2": "가나산업"}})
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")
    padded = sheet.replace(
        b"</sheetData>", b'<row r="1048576" ht="20"><c r="A1048576" s="0"/></row></sheetData>'
    )

    reading = read(repacked(data, replaced={"xl/worksheets/sheet1.xml": padded}), "list.xlsx")

    assert all("lines are read" not in fault.text("en") for fault in reading.faults)


def test_a_merge_over_the_whole_sheet_is_refused():
    data = a_clear_workbook()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")
    wide = sheet.replace(b'ref="A1:D1"', b'ref="A1:XFD1048576"')

    assert wide != sheet
    assert "too many cells" in refused(repacked(data, replaced={"xl/worksheets/sheet1.xml": wide}))


def test_a_column_far_to_the_right_is_refused():
    assert "Column ATN has values" in refused(a_clear_workbook({"참가기업!ATN4": "far"}))
    assert "more than 1024 columns" in refused(b"," * 1100, "list.csv")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("가나\r\nBcc: x@y.example", "line break"),
        ("가나\n다라", "line break"),
        ("가나\u202e라다", "invisible control characters"),
        ("가나\x85", "invisible control characters"),
        ("가" * 201, "too long"),
        ("가" * 3000, "too long"),
    ],
)
def test_a_name_that_could_deceive_is_a_fault_with_its_cell(name, wrong):
    reading = read(a_clear_workbook({"참가기업!B4": name}), "plan.xlsx")

    assert [fault.place for fault in reading.faults] == ["참가기업!B4"]
    assert wrong in reading.faults[0].text("en")
    assert not reading.is_clear


def test_a_hidden_byte_in_csv_is_refused():
    assert "neither a workbook nor text" in refused(b"\x00\x01\x02name", "list.csv")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://a.example/\nBcc:x", "ftp://a.example"])
def test_a_link_that_is_no_web_address_is_a_fault(link):
    rooms = {"상담실!A1": "상담실", "상담실!B1": "접속 링크", "상담실!A2": "1호실", "상담실!B2": link}
    reading = read(a_clear_workbook(rooms), "plan.xlsx")

    assert "상담실!B2" in [fault.place for fault in reading.faults]


SIGNS = ["=1+1", "+82-32", "-1", "@SUM(A1)", "\tx", "＝1"]


def lines_with(text):
    slot = Slot.lasting(at("10:00"), 40)
    return [GridLine(slot=slot, company=text, buyer="b", home_zone="Asia/Seoul", buyer_zone="Asia/Jakarta")]


@pytest.mark.parametrize("text", SIGNS)
def test_what_looks_like_a_formula_is_exported_as_text(text):
    sheet = load_workbook(io.BytesIO(write_grid(lines_with(text), "ko"))).active
    cell = next(cell for cell in sheet[2] if cell.value == text)
    written = write_grid_csv(lines_with(text), "ko").decode("utf-8-sig")

    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert f"'{text}" in written


def test_the_exported_schedule_has_both_sides_times():
    line = lines_with("가나산업")[0]
    sheet = load_workbook(io.BytesIO(write_grid([line], "ko"))).active

    assert [cell.value for cell in sheet[2]][:5] == [
        1,
        "6.24(수) 10:00–10:40 KST",
        "6.24(수) 08:00–08:40 WIB",
        "가나산업",
        "b",
    ]


PLACES = st.sampled_from(["개요!B4", "개요!B5", "개요!B6", "개요!B7", "참가기업!B4", "참가기업!G5", "참가기업!H8",
                          "바이어!C3", "바이어!D3", "바이어!G3", "바이어!H3", "통역!B2", "통역!C2", "통역!D2",
                          "매칭표!C4", "매칭표!A1", "참가기업!B11"])  # fmt: skip
PIECES = "6/24 6.25 13시 ~ - 오전 오후 (수) ( ) , ; ※ 제외 매일 월 없음 전일 9:00 pm 한-인니 99 2027-06-23 ◎"
WORDS = st.lists(st.sampled_from(PIECES.split()), max_size=6).map(" ".join)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=st.dictionaries(PLACES, st.one_of(WORDS, st.text(max_size=20)), max_size=4))
def test_whatever_stands_in_a_cell_never_breaks_the_reading(answers):
    reading = read(OFFICE, "plan.xlsx", answers=answers)

    for language in ("ko", "en"):
        assert all(note.meaning.text(language) is not None for note in reading.notes)
        assert all(question.text(language) for question in reading.questions)
        assert all(fault.text(language) for fault in reading.faults)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300), name=st.sampled_from(["a.xlsx", "a.csv", "", "참가기업.csv"]))
def test_any_bytes_are_read_or_refused(data, name):
    reading = read(data, name)

    assert not reading.is_clear


OFFICE = an_office_workbook()
