"""Workbooks as offices send them, with invented names: built cell by cell, so that a test changes only its own."""

from __future__ import annotations

import io
from datetime import time
from typing import Any

from openpyxl import Workbook

COMPANIES = (
    "(주)푸른들식품",
    "주식회사 새벽화학",
    "한빛푸드",
    "㈜동트는소재",
    "여울전기(주)",
    "㈜솔잎코스메틱",
)
BUYERS = ("PT Contoh Satu", "PT Contoh Dua", "PT Contoh Tiga", "PT Contoh Empat", "PT Contoh Lima")
Cells = dict[str, Any]
OVERVIEW: Cells = {
    "A1": "2027년 인도네시아 화상 수출상담회 운영계획(안)",
    "A3": "사 업 명", "B3": "인도네시아 화상 수출상담회",
    "A4": "상담기간", "B4": "2027. 6. 23.(수) ~ 6. 30.(수)  ※ 주말 제외",
    "A5": "상담시간", "B5": "11:00~20:00 (한국시간)  ※ 14:00~15:00 휴게",
    "A6": "상담 1건당", "B6": "40분 (교대 10분)",
    "A7": "상담장소", "B7": "구청 7층 화상상담실 4개실(1~4호실)",
    "A8": "주관", "B8": "통상지원팀 (032-000-0000)",
}  # fmt: skip
COMPANY_SHEET: Cells = {
    "A1": "참가기업 현황",
    "A3": "연번", "B3": "기업명", "C3": "대표품목", "D3": "담당자", "E3": "연락처", "F3": "이메일",
    "G3": "상담\n불가시간", "H3": "참가형태", "I3": "비고",
    "A4": 1, "B4": COMPANIES[0], "E4": "010-0000-0000", "F4": "t1@company.example", "H4": "상담실", "I4": "신규",
    "A5": 2, "B5": COMPANIES[1], "F5": "t2@company.example", "G5": "6/24(목) 오전", "H5": "상담실",
    "A6": 3, "B6": COMPANIES[2], "E6": 3200000005, "F6": "t3@company.example", "G6": "매주 월요일", "H6": "자사",
    "A8": 4, "B8": COMPANIES[3], "F8": "t4@company,example", "G8": "6.25 13시~15시", "H8": "상담실(1호실 선호)",
    "A9": 5, "B9": COMPANIES[4], "F9": "t5@company.example", "G9": "6/30 17:00 이후", "H9": "상담실",
    "A10": 6, "B10": COMPANIES[5], "F10": "t6@company.example", "G10": "없음", "H10": "상담실",
    "A11": "합계", "B11": "6개사",
    "A12": "※ 참가기업은 바뀔 수 있음",
}  # fmt: skip
BUYER_SHEET: Cells = {
    "A1": "바이어 명단",
    "A2": "NO", "B2": "바이어명", "C2": "국가", "D2": "도시", "E2": "E-mail", "G2": "통역",
    "H2": "상담가능시간(현지)", "I2": "비고",
    "A3": 1, "B3": BUYERS[0], "C3": "인도네시아", "D3": "Jakarta", "E3": "b1@buyer.example", "G3": "인니어",
    "H3": "9시-18시",
    "A4": 2, "B4": BUYERS[1], "C4": "인니", "D4": "Denpasar(발리)", "E4": "b2@buyer.example",
    "G4": "영어 가능(통역 불요)", "H4": "오전 9시 ~ 오후 5시",
    "A5": 3, "B5": BUYERS[2], "C5": "Indonesia", "D5": "Jayapura", "E5": "b3@buyer.example", "G5": "Indonesian",
    "I5": "시간 추후 통보",
    "A6": 4, "B6": BUYERS[3], "C6": "인도네시아", "D6": "Medan", "E6": "b4@buyer.example", "G6": "인도네시아어",
    "H6": time(9, 0), "I6": "18시까지",
    "A7": 5, "B7": BUYERS[4], "C7": "인도네시아", "D7": "Makassar", "E7": "b5@buyer.example", "G7": "인니어",
    "H7": "13:00~18:00 (6/23), 그 외 09:00~18:00",
}  # fmt: skip
INTERPRETER_SHEET: Cells = {
    "A1": "성명", "B1": "언어", "C1": "가능일시", "D1": "1일 최대",
    "A2": "가통역", "B2": "한-인니", "C2": "전일", "D2": 8,
    "A3": "나통역", "B3": "인도네시아어", "C3": "6/28, 6/29, 6/30", "D3": "8건",
    "A4": "다통역", "B4": "한-인니, 한-영", "C4": "매일 14시 이후",
    "A5": "라통역", "B5": "한-영", "C5": "6/24 오전 제외 전일",
}  # fmt: skip
MARKS = ("◎○△×○", "○○×◎ ", " ○△ ◎", "○○○○○", "×  ○◎", "◎◎○△○")


def match_sheet() -> Cells:
    cells: Cells = {"A1": "상담 매칭표 (◎ 필수, ○ 희망, △ 시간되면, × 불가)", "B3": "기업 \\ 바이어"}
    cells |= {f"{'CDEFG'[number]}3": name for number, name in enumerate(BUYERS)}
    for row, (company, marks) in enumerate(zip(COMPANIES, MARKS, strict=True), start=4):
        cells |= {f"B{row}": company.replace("㈜", "(주)")}
        cells |= {f"{'CDEFG'[at]}{row}": mark for at, mark in enumerate(marks) if mark.strip()}
    return cells


def an_office_workbook(changes: dict[str, Any] | None = None) -> bytes:
    """A plan as a district office sends it; `changes` by place, such as {"바이어!H5": "09:00~18:00"}."""
    sheets = {
        "개요": dict(OVERVIEW),
        "참가기업": dict(COMPANY_SHEET),
        "바이어": dict(BUYER_SHEET),
        "통역": dict(INTERPRETER_SHEET),
        "매칭표": match_sheet(),
    }
    for place, value in (changes or {}).items():
        title, cell = place.split("!")
        sheets.setdefault(title, {})[cell] = value
    return a_workbook(sheets)


def a_clear_workbook(changes: dict[str, Any] | None = None) -> bytes:
    """The same with nothing to ask."""
    answers = {"참가기업!F8": "t4@company.example", "바이어!H5": "09:00~18:00", "바이어!H6": "09:00~18:00"}
    return an_office_workbook({**answers, **(changes or {})})


def a_workbook(sheets: dict[str, Cells]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for cell, value in cells.items():
            sheet[cell] = value
        if "A1" in cells and "B1" not in cells:
            sheet.merge_cells("A1:D1")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
