"""The forms in which offices send the same thing."""

import io
from datetime import date, datetime, time

import pytest
from openpyxl import load_workbook

from scheduler.booking.match import Priority
from scheduler.booking.people import Attendance, LanguagePair
from scheduler.sheets.columns import COLUMNS, SheetKind
from scheduler.sheets.read import read
from scheduler.sheets.template import write_template
from tests.unit.sheets.offices import COMPANIES, a_clear_workbook, a_workbook
from tests.unit.sheets.test_round_trip import a_draft

FAIR = {
    "A1": "Name", "B1": "Talks", "A2": "Dates", "B2": date(2027, 6, 23), "A3": "Hours", "B3": "10:00-18:00",
    "A4": "Session length", "B4": 30, "A5": "Venue", "B5": "2개실",
}  # fmt: skip
PEOPLE = {
    "Companies": {"A1": "E-mail", "B1": "Company name", "A2": "a@b.example", "B2": "Hana Co., Ltd."},
    "Buyers": {
        "A1": "Buyer", "B1": "Country", "C1": "City", "D1": "Languages", "E1": "Available hours (local)",
        "A2": "Lone Star Sample", "B2": "USA", "C2": "Dallas, TX", "D2": "English", "E2": "8am-5pm",
    },
}  # fmt: skip


def read_sheets(sheets, **given):
    return read(a_workbook(sheets), "talks.xlsx", **given)


def asked(reading):
    return [question.key for question in reading.questions]


def meanings(reading):
    return {note.key: note.meaning.text("en") for note in reading.notes}


def test_headers_may_be_english_and_in_any_order():
    reading = read_sheets({"Fair": FAIR, **PEOPLE})

    assert (reading.faults, asked(reading)) == ((), [])
    assert reading.draft.fair.days == (date(2027, 6, 23),)
    assert (reading.draft.fair.key, reading.draft.fair.slot_minutes) == ("talks", 30)
    assert [one.id for one in reading.draft.companies] == ["company:hana"]
    assert reading.draft.buyers[0].hours.text("en") == "every day 08:00–17:00 (Chicago time)"
    assert [room.name for room in reading.draft.rooms] == ["1호실", "2호실"]


def test_a_merged_country_counts_for_all_its_lines():
    buyers = PEOPLE["Buyers"] | {"A3": "Second Sample", "C3": "Houston", "D3": "English", "E3": "9-18"}
    book = load_workbook(io.BytesIO(a_workbook({"Fair": FAIR, **PEOPLE, "Buyers": buyers})))
    book["Buyers"].merge_cells("B2:B3")
    stream = io.BytesIO()
    book.save(stream)

    assert [one.country for one in read(stream.getvalue(), "a.xlsx").draft.buyers] == ["US", "US"]


def test_a_missing_column_is_asked_once_for_all_lines():
    buyers = {cell: value for cell, value in PEOPLE["Buyers"].items() if cell[0] != "E"}
    buyers |= {"A3": "Second Sample", "B3": "USA", "C3": "Houston", "D3": "English"}
    sheets = {"Fair": FAIR, **PEOPLE, "Buyers": buyers}

    assert asked(read_sheets(sheets)) == ["Buyers!hours"]
    answered = read_sheets(sheets, answers={"Buyers!hours": "09:00-18:00"})
    assert answered.is_clear
    assert {one.hours.text("en") for one in answered.draft.buyers} == {"every day 09:00–18:00 (Chicago time)"}


def test_what_the_overview_leaves_out_is_asked_with_the_place_to_answer():
    reading = read_sheets({"Fair": {"A1": "Name", "B1": "Talks"}, **PEOPLE})

    assert reading.draft is None
    assert asked(reading) == ["상담회!days", "상담회!opening", "상담회!slot"]
    answers = {
        "상담회!days": "2027-06-23",
        "상담회!opening": "10:00-18:00",
        "상담회!slot": "40",
        "상담실!number": "3",
    }
    answered = read_sheets({"Fair": {"A1": "Name", "B1": "Talks"}, **PEOPLE}, answers=answers)
    assert answered.is_clear
    assert (answered.draft.fair.slot_minutes, len(answered.draft.rooms)) == (40, 3)


def test_no_rooms_named_is_asked():
    fair = {cell: value for cell, value in FAIR.items() if cell not in ("A5", "B5")}

    assert asked(read_sheets({"Fair": fair, **PEOPLE})) == ["상담실!number"]
    none = read_sheets({"Fair": fair, **PEOPLE}, answers={"상담실!number": "0"})
    assert (none.is_clear, none.draft.rooms) == (True, ())


@pytest.mark.parametrize(
    ("city", "country", "key"),
    [("Springfield", "USA", "Buyers!C2"), ("", "USA", "Buyers!C2"), ("Dallas", "Atlantis", "Buyers!B2")],
)
def test_a_place_that_decides_no_zone_is_asked(city, country, key):
    reading = read_sheets({"Fair": FAIR, **PEOPLE, "Buyers": PEOPLE["Buyers"] | {"C2": city, "B2": country}})

    assert asked(reading) == [key]


def test_a_city_nobody_knows_does_not_matter_where_the_country_has_one_time():
    buyers = PEOPLE["Buyers"] | {"B2": "베트남", "C2": "Vinh Sample"}
    reading = read_sheets({"Fair": FAIR, **PEOPLE, "Buyers": buyers})

    assert reading.is_clear
    assert reading.draft.buyers[0].hours.zone == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("text", "languages", "legs"),
    [
        ("English", ("en",), (LanguagePair("ko", "en"),)),
        ("통역 불요", ("ko",), ()),
        ("한-영-태", ("th",), (LanguagePair("ko", "en"), LanguagePair("en", "th"))),
        ("한-태", ("th",), (LanguagePair("ko", "th"),)),
        ("태국어, 영어", ("th", "en"), (LanguagePair("ko", "th"),)),
    ],
)
def test_the_buyers_language_decides_the_interpretation(text, languages, legs):
    matches = {"A1": "기업명", "B1": "바이어명", "A2": "Hana", "B2": "Lone Star Sample"}
    sheets = {"Fair": FAIR, **PEOPLE, "Buyers": PEOPLE["Buyers"] | {"D2": text}, "매칭": matches}
    draft = read_sheets(sheets).draft

    assert (draft.buyers[0].languages, draft.matches[0].legs) == (languages, legs)


def a_list(**cells):
    header = {"A1": "기업명", "B1": "바이어명", "C1": "순위", "D1": "구분", "E1": "통역", "F1": "참가형태"}
    return {"Fair": FAIR, **PEOPLE, "매칭": {**header, "A2": "HANA", "B2": "Lone Star Sample", **cells}}


def test_matches_may_be_a_list_with_ranks():
    draft = read_sheets(a_list(C2="2순위", D2="◎", E2="한-영", F2="자사")).draft
    (match,) = draft.matches

    assert (match.priority, match.rank, match.needs_room) == (Priority.MUST, 2, False)
    assert match.legs == (LanguagePair("ko", "en"),)
    assert draft.companies[0].attendance is Attendance.ROOM


def test_a_name_that_is_not_in_the_list_is_asked_and_never_guessed():
    reading = read_sheets(a_list(A2="Hanaro", B2="Lone Star Sampel"))

    assert asked(reading) == ["매칭!A2", "매칭!B2"]
    assert [one.answer for one in reading.questions[1].suggestions] == ["Lone Star Sample", "-"]
    assert reading.draft.matches == ()
    assert read_sheets(a_list(A2="Hanaro"), answers={"매칭!A2": "-"}).is_clear


def test_a_pair_twice_with_other_wishes_is_asked():
    twice = a_list(D2="◎", A3="Hana", B3="Lone Star Sample", D3="×")

    assert asked(read_sheets(twice)) == ["매칭!B3"]
    assert read_sheets(twice, answers={"매칭!B3": "-"}).is_clear


def test_matches_may_be_columns_of_ranks():
    matches = {"A1": "기업명", "B1": "1순위", "C1": "2순위", "A2": "Hana", "B2": "Lone Star Sample"}
    (match,) = read_sheets({"Fair": FAIR, **PEOPLE, "매칭": matches}).draft.matches

    assert (match.rank, match.priority) == (1, Priority.WANTED)


@pytest.mark.parametrize(
    ("mark", "priority"),
    [
        ("◎", 1),
        ("O", 2),
        ("1", 1),
        (2, 2),
        ("△", 3),
        ("X", 9),
        ("✕", 9),
        ("필수", 1),
        ("-", None),
        ("", None),
    ],
)
def test_marks_are_read_in_a_table_lying_on_its_side(mark, priority):
    table = {"B1": "Hana", "A2": "Lone Star Sample", "B2": mark, "A3": "합계", "B3": 1}
    reading = read_sheets({"Fair": FAIR, **PEOPLE, "매칭표": table})

    assert asked(reading) == []
    assert [match.priority for match in reading.draft.matches] == ([priority] if priority else [])


def test_a_legend_decides_what_the_marks_mean():
    table = {"A1": "○ 필수, △ 희망, × 불가", "B2": "Hana", "A3": "Lone Star Sample", "B3": "○"}
    reading = read_sheets({"Fair": FAIR, **PEOPLE, "매칭표": table})

    assert reading.draft.matches[0].priority is Priority.MUST


def test_a_mark_nobody_knows_is_asked():
    table = {"B1": "Hana", "A2": "Lone Star Sample", "B2": "?"}
    reading = read_sheets({"Fair": FAIR, **PEOPLE, "매칭표": table})

    assert asked(reading) == ["매칭표!B2"]
    assert read_sheets({"Fair": FAIR, **PEOPLE, "매칭표": table}, answers={"매칭표!B2": "◎ 필수"}).is_clear


def test_a_sheet_without_a_list_is_a_fault():
    reading = read_sheets({"Fair": FAIR, **PEOPLE, "매칭표": {"A1": "준비 중"}})

    assert [fault.place for fault in reading.faults] == ["매칭표"]


def test_a_missing_list_is_a_fault():
    reading = read_sheets({"Fair": FAIR, "Companies": PEOPLE["Companies"]})

    assert [fault.place for fault in reading.faults] == ["바이어"]


def test_a_file_without_any_list_is_a_fault():
    reading = read_sheets({"Sheet1": {"A1": "안녕하세요"}})

    assert [fault.place for fault in reading.faults] == ["talks.xlsx"]


def test_sheets_and_columns_that_are_not_read_are_named():
    people = PEOPLE["Companies"] | {"C1": "매출액", "C2": 100}
    notes = meanings(read_sheets({"Fair": FAIR, **PEOPLE, "Companies": people, "사진": {"A1": "1"}}))

    assert notes["Companies!C1"] == "The column “매출액” is not read."
    assert notes["사진"] == "The sheet “사진” is not read."


def test_a_sheet_of_another_name_is_known_by_its_headers():
    sheets = {"Fair": FAIR, "Sheet2": PEOPLE["Companies"], "Sheet3": PEOPLE["Buyers"]}

    assert read_sheets(sheets).is_clear


def test_a_name_in_the_list_twice_is_asked():
    people = PEOPLE["Companies"] | {"B3": "㈜Hana"}

    assert asked(read_sheets({"Fair": FAIR, **PEOPLE, "Companies": people})) == ["Companies!B3"]


def test_a_line_without_a_name_is_asked():
    people = PEOPLE["Companies"] | {"A3": "x@y.example"}

    assert asked(read_sheets({"Fair": FAIR, **PEOPLE, "Companies": people})) == ["Companies!B3"]


def test_a_total_that_differs_from_the_list_is_asked():
    reading = read(a_clear_workbook({"참가기업!B11": "7개사"}), "plan.xlsx")

    assert asked(reading) == ["참가기업!A11"]
    assert read(
        a_clear_workbook({"참가기업!B11": "7개사"}), "plan.xlsx", answers={"참가기업!A11": "합계 6"}
    ).is_clear


def test_a_formula_without_a_result_is_asked():
    reading = read(a_clear_workbook({"바이어!D3": '=CONCAT("Jak","arta")'}), "plan.xlsx")

    assert asked(reading) == ["바이어!D3"]


@pytest.mark.parametrize(
    ("hours", "remark", "wanted"),
    [
        ("09:00~18:00", "18시까지", None),
        ("09:00~20:00", "18시까지", ["09:00-18:00", "09:00~20:00"]),
        ("09:00~18:00", "신규 바이어", None),
    ],
)
def test_a_remark_that_contradicts_the_hours_is_asked(hours, remark, wanted):
    changes = {"바이어!H3": hours, "바이어!I3": remark}
    reading = read(a_clear_workbook(changes), "plan.xlsx")

    assert asked(reading) == (["바이어!H3"] if wanted else [])
    if wanted:
        assert [one.answer for one in reading.questions[0].suggestions] == wanted
        assert read(a_clear_workbook(changes), "plan.xlsx", answers={"바이어!H3": "09:00~20:00"}).is_clear


def test_times_and_dates_may_be_cells_of_excel():
    changes = {"참가기업!G5": datetime(2027, 6, 24), "통역!C3": date(2027, 6, 28), "바이어!H6": time(9, 0)}  # noqa: DTZ001
    reading = read(a_clear_workbook(changes), "plan.xlsx")

    assert asked(reading) == ["바이어!H6"]
    assert reading.draft.companies[1].hours.text("en").endswith("except Thu 24 Jun all day (Seoul time)")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_offices_use(encoding, delimiter):
    lines = [
        "참가기업 현황",
        "연번,기업명,연락처,이메일",
        f"1,{COMPANIES[0]},1012345678,a@b.example",
        "합계,1개사",
    ]
    data = "\r\n".join(lines).replace(",", delimiter).encode(encoding)
    reading = read(data, "참가기업.csv", existing=a_draft())

    assert reading.is_clear
    assert [(one.name, one.contact.phone) for one in reading.draft.companies] == [
        (COMPANIES[0], "010-1234-5678")
    ]
    assert reading.draft.buyers == a_draft().buyers


@pytest.mark.parametrize(("language", "title"), [("ko", "상담회"), ("en", "Fair")])
def test_the_unfilled_template_asks_only_for_the_fair(language, title):
    reading = read(write_template(language), "template.xlsx")

    assert reading.faults == ()
    assert asked(reading) == [f"{title}!B{row}" for row in (4, 5, 7, 1)]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_template_has_every_column_and_its_choices(language):
    book = load_workbook(io.BytesIO(write_template(language)))
    companies = book["참가기업" if language == "ko" else "Companies"]

    assert [cell.value for cell in companies[1]] == [
        column.header(language) for column in COLUMNS[SheetKind.COMPANIES]
    ]
    assert [one.formula1 for one in companies.data_validations.dataValidation] == [
        '"상담실,자사"' if language == "ko" else '"room,own office"'
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_example_of_the_template_is_an_entry_that_could_be_read(language):
    book = load_workbook(io.BytesIO(write_template(language)))
    for sheet in book.worksheets:
        if sheet["A2"].value in ("예시", "example"):
            sheet["A2"].value = 1
        if sheet.title in ("상담회", "Fair"):
            for row in range(1, sheet.max_row + 1):
                sheet.cell(row, 2).value = (
                    (sheet.cell(row, 3).value or "").removeprefix("예: ").removeprefix("e.g. ")
                )
    stream = io.BytesIO()
    book.save(stream)
    reading = read(stream.getvalue(), "filled.xlsx")

    assert (reading.faults, asked(reading)) == ((), [])
    assert [len(part) for part in (reading.draft.companies, reading.draft.buyers, reading.draft.matches)] == [
        1,
        1,
        1,
    ]
