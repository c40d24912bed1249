"""The workbook to fill in: a guide, one sheet for each list with drop-downs, and an example that is not read."""

from collections.abc import Sequence
from functools import lru_cache

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from scheduler.sheets.columns import COLUMNS, OVERVIEW, Column, SheetKind, title_of
from scheduler.sheets.tables_out import Row, Value, header_row
from scheduler.sheets.write import dress, fill_sheet, saved
from scheduler.wording import Phrase, msgid

GUIDE_TITLES = ("안내", "Guide")
_LISTS = (
    SheetKind.COMPANIES,
    SheetKind.BUYERS,
    SheetKind.INTERPRETERS,
    SheetKind.ROOMS,
    SheetKind.MATCHES,
    SheetKind.COUNTRIES,
)
_GUIDE = (
    msgid(
        "Fill in the sheets and import the file. What is not clear will be asked; nothing is guessed silently."
    ),
    msgid("Lines that begin with “example” and lines that begin with ※ are not read."),
    msgid("Hours: 09:00-18:00; Mon-Fri 09:00-12:00, 13:00-18:00; 6/24 not available; every day after 14:00."),
    msgid("A buyer's hours are in the buyer's own local time; the city decides the time zone."),
    msgid("Languages of interpreters are pairs, Korean-Indonesian; a relay is Korean-English-Thai."),
    msgid("Without an interpreter a session is held only in a language both sides speak."),
    msgid(
        "Marks: ◎ must, ○ wanted, △ if time allows, × never. A table of companies by buyers may be used too."
    ),
    msgid("Importing again updates what has the same name; a list in the file replaces the list before it."),
)
_OVERVIEW_EXAMPLES = {
    "name": ("인도네시아 화상 수출상담회", "Indonesia video export consultation"),
    "key": ("indonesia-2027", "indonesia-2027"),
    "days": ("2027. 6. 23.(수) ~ 6. 30.(수) ※ 주말 제외", "2027-06-23 ~ 2027-06-30, weekends excluded"),
    "opening": ("10:00-12:00, 13:00-18:00", "10:00-12:00, 13:00-18:00"),
    "slot": ("40분", "40 minutes"),
    "break": ("10분", "10 minutes"),
    "zone": ("Asia/Seoul", "Asia/Seoul"),
    "venue": ("구청 7층 화상상담실", "Consultation rooms, 7th floor"),
    "organiser_email": ("trade@city.example", "trade@city.example"),
}
_EXAMPLES: dict[SheetKind, dict[str, tuple[Value, Value]]] = {
    SheetKind.COMPANIES: {
        "name": ("(주)견본식품", "Sample Foods Co., Ltd."),
        "products": ("김 스낵", "Seaweed snacks"),
        "person": ("담당자", "A. Sample"),
        "phone": ("032-000-0000", "032-000-0000"),
        "email": ("trade@company.example", "trade@company.example"),
        "languages": ("한국어, 영어", "Korean, English"),
        "away": ("6/24 오전", "6/24 morning"),
        "attendance": ("상담실", "room"),
    },
    SheetKind.BUYERS: {
        "name": ("PT Sample", "PT Sample"),
        "country": ("인도네시아", "Indonesia"),
        "city": ("마카사르", "Makassar"),
        "email": ("buyer@buyer.example", "buyer@buyer.example"),
        "languages": ("인도네시아어", "Indonesian"),
        "hours": ("09:00-17:00", "09:00-17:00"),
        "is_verified": ("예", "yes"),
    },
    SheetKind.INTERPRETERS: {
        "name": ("통역가", "Interpreter A"),
        "pairs": ("한국어-인도네시아어", "Korean-Indonesian"),
        "hours": ("월-금 09:00-18:00", "Mon-Fri 09:00-18:00"),
        "daily_limit": (8, 8),
    },
    SheetKind.ROOMS: {
        "name": ("1호실", "Room 1"),
        "hours": ("매일 09:00-20:00", "every day 09:00-20:00"),
        "change_over": (10, 10),
    },
    SheetKind.MATCHES: {
        "company": ("(주)견본식품", "Sample Foods Co., Ltd."),
        "buyer": ("PT Sample", "PT Sample"),
        "priority": ("◎ 필수", "◎ must"),
    },
}


@lru_cache(maxsize=2)
def write_template(language: str) -> bytes:
    """An .xlsx file to fill in, in Korean for "ko", else in English. Unfilled it says nothing about anybody."""
    book = Workbook()
    _guide(book.active, language)
    overview = book.create_sheet(title_of(SheetKind.FAIR, language))
    fill_sheet(overview, [_overview_line(column, language) for column in OVERVIEW])
    dress(overview, SheetKind.FAIR, language)
    overview.column_dimensions["C"].width = 50
    for kind in _LISTS:
        sheet = book.create_sheet(title_of(kind, language))
        fill_sheet(sheet, _rows(kind, language))
        dress(sheet, kind, language)
        for cell in sheet[2]:
            cell.font = Font(italic=True, color="808080")
    return saved(book)


def _guide(sheet: Worksheet, language: str) -> None:
    sheet.title = GUIDE_TITLES[0 if language == "ko" else 1]
    fill_sheet(sheet, [[Phrase(line).text(language)] for line in _GUIDE])
    sheet.column_dimensions["A"].width = 110
    for row in range(1, len(_GUIDE) + 1):
        sheet.cell(row, 1).alignment = Alignment(wrap_text=True)


def _overview_line(column: Column, language: str) -> Row:
    example = _OVERVIEW_EXAMPLES.get(column.field)
    mark = "예: " if language == "ko" else "e.g. "
    return [column.header(language), None, mark + example[0 if language == "ko" else 1] if example else None]


def _rows(kind: SheetKind, language: str) -> Sequence[Row]:
    example = _EXAMPLES.get(kind)
    if example is None:
        return [header_row(kind, language)]
    chosen = {name: values[0 if language == "ko" else 1] for name, values in example.items()}
    chosen["number"] = "예시" if language == "ko" else "example"
    return [header_row(kind, language), [chosen.get(column.field) for column in COLUMNS[kind]]]
