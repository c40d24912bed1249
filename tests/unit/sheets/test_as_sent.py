import json
import os
from collections import Counter
from pathlib import Path

import pytest

from scheduler.booking.match import Priority
from scheduler.booking.people import Attendance, LanguagePair
from scheduler.sheets.draft import company_key
from scheduler.sheets.read import read
from scheduler.timezones import WallSpan
from tests.unit.sheets.offices import BUYERS, a_clear_workbook, an_office_workbook


def the_reading(**changes):
    return read(an_office_workbook(changes), "plan.xlsx")


def asked(reading):
    return [question.key for question in reading.questions]


def test_a_plan_of_an_office_asks_only_what_cannot_be_known():
    reading = the_reading()

    assert reading.faults == ()
    assert asked(reading) == ["참가기업!F8", "바이어!H5", "바이어!H6"]
    assert not reading.is_clear


def test_each_question_says_what_is_wrong_and_offers_what_would_do():
    address, none_given, one_time = the_reading().questions

    assert (address.original, address.expected) == ("t4@company,example", "email")
    assert [one.answer for one in address.suggestions] == ["t4@company.example", "-"]
    assert "시간 추후 통보" in none_given.wrong.text("ko")
    assert [one.answer for one in none_given.suggestions] == ["상담회 시간", "09:00-18:00"]
    assert (one_time.original, one_time.suggestions[0].answer) == ("09:00", "09:00-18:00")


def test_the_answers_make_it_clear():
    answers = {"참가기업!F8": "t4@company.example", "바이어!H5": "상담회 시간", "바이어!H6": "09:00-18:00"}
    reading = read(an_office_workbook(), "plan.xlsx", answers=answers)

    assert (reading.questions, reading.faults, reading.is_clear) == ((), (), True)
    hours = {buyer.name: buyer.hours.weekly[0] for buyer in reading.draft.buyers}
    assert (hours[BUYERS[2]], hours[BUYERS[3]]) == ((WallSpan(0, 1440),), (WallSpan(540, 1080),))
    assert reading.draft.companies[3].contact.email == "t4@company.example"


def test_an_answer_that_is_no_answer_is_asked_again():
    reading = read(an_office_workbook(), "plan.xlsx", answers={"참가기업!F8": "also wrong"})

    assert asked(reading)[0] == "참가기업!F8"
    assert reading.questions[0].original == "also wrong"


def test_the_fair_is_understood():
    fair = the_reading().draft.fair

    assert [day.day for day in fair.days] == [23, 24, 25, 28, 29, 30]
    assert fair.opening == (WallSpan(660, 840), WallSpan(900, 1200))
    assert (fair.slot_minutes, fair.break_minutes) == (40, 10)
    assert (fair.name, fair.organiser) == ("인도네시아 화상 수출상담회", "통상지원팀 (032-000-0000)")


def test_the_rooms_come_from_the_venue():
    rooms = the_reading().draft.rooms

    assert [(room.id, room.name, room.change_over_minutes) for room in rooms] == [
        (f"room:{number}", f"{number}호실", 10) for number in (1, 2, 3, 4)
    ]


def test_companies_bring_their_absences_attendance_and_telephone():
    companies = the_reading().draft.companies

    assert [one.hours.text("en").split(" · ")[1:] for one in companies] == [
        [],
        ["except Thu 24 Jun 00:00–12:00 (Seoul time)"],
        ["except Mon all day (Seoul time)"],
        ["except Fri 25 Jun 13:00–15:00 (Seoul time)"],
        ["except Wed 30 Jun 17:00–24:00 (Seoul time)"],
        [],
    ]
    assert [one.attendance for one in companies].count(Attendance.OWN_OFFICE) == 1
    assert (companies[3].preferred_room_id, companies[2].contact.phone) == ("room:1", "032-0000-0005")


def test_the_city_decides_the_zone():
    assert [buyer.hours.zone for buyer in the_reading().draft.buyers] == [
        "Asia/Jakarta",
        "Asia/Makassar",
        "Asia/Jayapura",
        "Asia/Jakarta",
        "Asia/Makassar",
    ]


def test_english_takes_an_interpreter_unless_the_company_speaks_it():
    plain = read(a_clear_workbook(), "plan.xlsx").draft
    changes = {"참가기업!J3": "가능 언어", "참가기업!J4": "한국어, 영어"}
    speaking = read(a_clear_workbook(changes), "plan.xlsx").draft
    pair = f"{company_key('푸른들식품')}~buyer:ptcontohdua"

    assert {match.id: match.legs for match in plain.matches}[pair] == (LanguagePair("ko", "en"),)
    assert {match.id: match.legs for match in speaking.matches}[pair] == ()


def test_two_spellings_are_one_company_and_the_marks_are_counted():
    reading = the_reading()
    counts = Counter(match.priority for match in reading.draft.matches)

    assert counts == {
        Priority.MUST: 6,
        Priority.WANTED: 13,
        Priority.IF_TIME_ALLOWS: 3,
        Priority.NEVER: 3,
    }
    assert sum(match.company_id == "company:동트는소재" for match in reading.draft.matches) == 5


def test_what_was_interpreted_is_said():
    notes = {note.key: note.meaning.text("en") for note in the_reading().notes}

    assert notes["참가기업!G5"] == "Cannot attend: 2027-06-24 00:00-12:00"
    assert notes["참가기업!H6"] == "Joins from its own office and needs no room"
    assert notes["참가기업!E6"] == "The number has lost its first 0: 032-0000-0005"
    assert notes["바이어!D4"] == "Time zone: Makassar WITA"
    assert notes["바이어!H7"] == "every day 09:00–18:00 · Wed 23 Jun 13:00–18:00 (Makassar time)"
    assert notes["통역!B3"] == "Interprets Korean-Indonesian"
    assert notes["매칭표!B7"] == "The same as “㈜동트는소재”"
    assert notes["참가기업!A11"] == "A total, not an entry: this line is left out."


def test_a_note_can_be_corrected():
    reading = read(
        a_clear_workbook(), "plan.xlsx", answers={"참가기업!G5": "6/24 14:00-15:00", "바이어!D4": "Jakarta"}
    )

    assert reading.is_clear
    assert reading.draft.companies[1].hours.text("en").endswith("except Thu 24 Jun 14:00–15:00 (Seoul time)")
    assert reading.draft.buyers[1].hours.zone == "Asia/Jakarta"


def test_a_real_plan_asks_its_three_questions():
    folder = os.environ.get("SANGDAM_SHARED")
    if not folder or not Path(folder, "workbooks").is_dir():
        pytest.skip("SANGDAM_SHARED names no folder with workbooks/namdong-as-sent.xlsx")
    data = Path(folder, "workbooks", "namdong-as-sent.xlsx").read_bytes()
    meaning = json.loads(Path(folder, "workbooks", "namdong-as-sent.json").read_text(encoding="utf-8"))
    reading = read(data, "namdong-as-sent.xlsx")
    draft = reading.draft
    marks = Counter(match.priority for match in draft.matches)

    assert asked(reading) == ["참가기업!F11", "바이어!H6", "바이어!H7"]
    assert [key.split("!")[1] for key in asked(reading)] == [
        text.split()[1].rstrip(":") for text in meaning["faults_or_questions"]
    ]
    assert reading.faults == ()
    assert {
        "companies": len(draft.companies),
        "buyers": len(draft.buyers),
        "interpreters": len(draft.interpreters),
        "rooms": len(draft.rooms),
        "days": len(draft.fair.days),
        "slot_minutes": draft.fair.slot_minutes,
        "change_over_minutes": draft.fair.break_minutes,
        "marks": {
            "◎": marks[Priority.MUST],
            "○": marks[Priority.WANTED],
            "△": marks[Priority.IF_TIME_ALLOWS],
            "×": marks[Priority.NEVER],
        },
    }.items() <= meaning.items()
