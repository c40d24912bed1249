"""Each cell of our own workbook, made wrong: asked at its place, and mended by an answer there."""

import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from scheduler.sheets.read import read
from scheduler.sheets.write import write_workbook
from tests.unit.sheets.test_round_trip import a_draft

EXPORT = write_workbook(a_draft(), "ko")


def spoilt(title, header, text, *, row=2):
    """Our export with one cell changed, and the key of that cell."""
    book = load_workbook(io.BytesIO(EXPORT))
    sheet = book[title]
    if title == "상담회":
        cell = next(line[1] for line in sheet.iter_rows() if line[0].value == header)
    else:
        column = next(cell.column for cell in sheet[1] if cell.value == header)
        cell = sheet.cell(row, column)
    cell.value = text
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue(), f"{title}!{cell.coordinate}"


@pytest.mark.parametrize(
    ("title", "header", "text", "answer"),
    [
        ("상담회", "상담기간", "여름", "2027-06-23"),
        ("상담회", "상담기간", "9999-01-01", "2027-06-23"),
        ("상담회", "상담기간", "2027-06-23 10:00", "2027-06-23"),
        ("상담회", "상담시간", "6/23 09:00-18:00", "10:00-12:00, 13:00-18:00"),
        ("상담회", "상담시간", "제외", "10:00-12:00, 13:00-18:00"),
        ("상담회", "상담 1건당", "길게", "40"),
        ("상담회", "상담 1건당", "2", "40"),
        ("상담회", "교대시간", "500분", "10"),
        ("상담회", "코드", "남동 2027", "bangkok-2027"),
        ("상담회", "시간대", "Mars", "Seoul"),
        ("상담회", "사업명", None, "태국 화상상담회"),
        ("상담회", "상담장소", "5개실(1~4호실)", "구청 7층"),
        ("상담회", "기업 1일 최대", "많이", "6"),
        ("상담회", "주관 이메일", "trade", "trade@city.example"),
        ("참가기업", "가능 언어", "외계어", "한국어"),
        ("참가기업", "연락 언어", "?", "한국어"),
        ("참가기업", "상담 가능시간", "추후", "전일"),
        ("참가기업", "불가시간", "추후", "없음"),
        ("참가기업", "참가형태", "상담실(99호실 선호)", "상담실"),
        ("참가기업", "참가형태", "글쎄", "자사"),
        ("참가기업", "희망 상담실", "9호실", "1호실"),
        ("참가기업", "1일 최대", "0", "-"),
        ("참가기업", "시간대", "Mars", "Asia/Seoul"),
        ("바이어", "국가", "Atlantis", "TH"),
        ("바이어", "시간대", "Mars", "Asia/Bangkok"),
        ("바이어", "통역", "외계어", "태국어"),
        ("바이어", "통역", None, "태국어"),
        ("바이어", "검증", "아마", "예"),
        ("통역사", "언어", "한국어", "한-영"),
        ("통역사", "휴식(분)", "조금", "10"),
        ("상담실", "교대(분)", "조금", "10"),
        ("매칭", "구분", "?", "◎"),
        ("매칭", "순위", "첫째", "1"),
        ("매칭", "통역", "외계어", "통역 불요"),
        ("매칭", "현장 상담", "아마", "예"),
        ("국가별", "국가", "Atlantis", "AE"),
        ("국가별", "상담시간", "길게", "10:00-12:00"),
        ("국가별", "상담 1건당(분)", "길게", "30"),
        ("고정", "시작", "곧", "2027-06-23 11:00"),
        ("고정", "시작", "2027-13-23 11:00", "2027-06-23 11:00"),
        ("고정", "시작", "2027-06-23 11:00 +99:00", "2027-06-23 11:00"),
        ("고정", "통역사", "모르는 사람", "가통역; 나통역"),
        ("고정", "상담실", "9호실", "1호실"),
    ],
)
def test_a_wrong_cell_is_asked_at_its_place_and_an_answer_mends_it(title, header, text, answer):
    data, key = spoilt(title, header, text)
    reading = read(data, "export.xlsx")

    assert (reading.faults, [question.key for question in reading.questions]) == ((), [key])
    assert reading.questions[0].text("ko") != reading.questions[0].text("en")
    assert read(data, "export.xlsx", answers={key: answer}).is_clear


def test_a_pin_of_a_pair_that_is_not_matched_is_asked():
    data, key = spoilt("고정", "바이어명", "Gulf Sample LLC Two")

    assert [question.key for question in read(data, "export.xlsx").questions] == [key]


def test_a_pin_in_the_fairs_own_time_is_the_instant_there():
    data, _ = spoilt("고정", "시작", "2027-06-23 15:30")
    (pin,) = read(data, "export.xlsx").draft.pins

    assert pin.slot.start_at == datetime(2027, 6, 23, 6, 30, tzinfo=UTC)


def test_a_pin_at_a_time_the_clocks_skip_is_asked():
    data, key = spoilt("고정", "시작", "2027-03-14 02:30")
    zone = next(
        cell[1].coordinate
        for cell in load_workbook(io.BytesIO(data))["상담회"].iter_rows()
        if cell[0].value == "시간대"
    )
    reading = read(data, "export.xlsx", answers={f"상담회!{zone}": "America/Chicago"})

    assert [question.key for question in reading.questions] == [key]


@pytest.mark.parametrize("break_of", ["1시간 30분", "90분", "90 min", "1.5"])
def test_lengths_of_time(break_of):
    data, key = spoilt("상담회", "교대시간", break_of)
    reading = read(data, "export.xlsx")

    assert (
        [reading.draft.fair.break_minutes] if reading.is_clear else [q.key for q in reading.questions]
    ) == ([key] if break_of == "1.5" else [90])


def test_a_lunch_break_may_stand_on_its_own_line():
    data, _ = spoilt("상담회", "휴게시간", "15:00~16:00")

    assert [span.text() for span in read(data, "export.xlsx").draft.fair.opening] == [
        "10:00-12:00",
        "13:00-15:00",
        "16:00-18:00",
    ]
