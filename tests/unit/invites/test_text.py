import re
from dataclasses import replace
from html import unescape

import pytest
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.booking.slot import Slot
from scheduler.invites.facts import Notice, Role, Was
from scheduler.invites.text import letter
from scheduler.wording.catalogue import TRANSLATIONS
from tests.builders import DALLAS, a_slot, utc
from tests.invitations import a_buyer_reading, a_reader, invite_facts

MORNING_IN_KOREA = Slot.lasting(utc(2026, 9, 14, 23), 50)


def test_an_invitation_in_korean() -> None:
    written = letter(invite_facts(), Notice.REQUEST)
    assert written.subject == "[초대] (주)한빛 × PT Maju Jaya, 6.24(수) 09:00 KST · 07:00 WIB"
    assert written.text == (
        "김대표 님께\n\n"
        "수출 화상상담에 초대합니다. 아래 일정을 확인해 주십시오.\n\n"
        "상담: (주)한빛 × PT Maju Jaya\n"
        "화상상담회: 남동구 인도네시아 화상상담회\n"
        "일시: 6.24(수) 09:00–09:30 KST · 07:00–07:30 WIB\n"
        "서울 KST (UTC+9): 2026.6.24(수) 09:00–09:30\n"
        "자카르타 WIB (UTC+7): 2026.6.24(수) 07:00–07:30\n"
        "통역사: 이통역 (인도네시아어–한국어)\n"
        "화상상담실: 1번 상담실\n"
        "화상 접속 링크: https://video.sangdam.example/abc\n"
        "내 일정 페이지: https://sangdam.example/p/secret\n\n"
        "참석 여부는 답장 대신 캘린더 일정의 ‘수락’ 또는 ‘거절’ 버튼으로 알려 주십시오.\n\n"
        "참석이 어려우시면 일정을 ‘거절’하시거나, 위 링크의 내 페이지 또는 메일(fair@namdong.example)로 알려 주십시오. "
        "다른 상담에 시간을 배정하겠습니다.\n\n"
        "남동구 수출상담회\n"
    )


def test_an_update_says_what_was_and_what_is_now_and_names_the_day_before() -> None:
    facts = invite_facts(
        reader=a_buyer_reading(zone=DALLAS),
        away_zone=DALLAS,
        slot=MORNING_IN_KOREA,
        was=Was(
            slot=Slot.lasting(utc(2026, 9, 15, 1), 50),
            room_name="",
            interpreter_names=("박통역", "최통역"),
            link="https://video.sangdam.example/old",
        ),
    )
    written = letter(facts, Notice.UPDATE)
    assert written.subject == (
        "Changed: (주)한빛 × PT Maju Jaya, Tue 15 Sep 08:00 KST · the day before 18:00 CDT"
    )
    assert written.text == (
        "Dear Sari Dewi,\n\n"
        "Your export consultation session has changed.\n\n"
        "Time: was Tue 15 Sep 10:00–10:50 KST · the day before 20:00–20:50 CDT, "
        "is now Tue 15 Sep 08:00–08:50 KST · the day before 18:00–18:50 CDT\n"
        "Room: was the company's own office, is now 1번 상담실\n"
        "Interpreter: was 박통역, 최통역, is now 이통역\n"
        "The video link is a new one. Please do not use the old link.\n\n"
        "Session: (주)한빛 × PT Maju Jaya\n"
        "Fair: 남동구 인도네시아 화상상담회\n"
        "Date and time: Tue 15 Sep 08:00–08:50 KST · the day before 18:00–18:50 CDT\n"
        "Seoul KST (UTC+9): Tue 15 Sep 2026 08:00–08:50\n"
        "Chicago CDT (UTC−5): Mon 14 Sep 2026 18:00–18:50\n"
        "Interpreter: 이통역 (Indonesian–Korean)\n"
        "Room: 1번 상담실\n"
        "Video link: https://video.sangdam.example/abc\n"
        "Your own page: https://sangdam.example/p/secret\n\n"
        "Please answer with the Accept or Decline button of the calendar entry instead of a reply.\n\n"
        "If you cannot attend, decline it, say so on your own page (the link above) or write to "
        "fair@namdong.example, so that others can use the time.\n\n"
        "남동구 수출상담회\n"
    )


def test_a_cancellation_in_indonesian_gives_no_link_to_go_to() -> None:
    written = letter(invite_facts(reader=a_buyer_reading(language="id")), Notice.CANCEL)
    assert written.text == (
        "Yth. Sari Dewi,\n\n"
        "Sesi konsultasi ekspor ini dibatalkan. Anda tidak perlu hadir.\n\n"
        "Sesi: (주)한빛 × PT Maju Jaya\n"
        "Pameran konsultasi: 남동구 인도네시아 화상상담회\n"
        "Tanggal dan waktu: Rab 24 Jun 09:00–09:30 KST · 07:00–07:30 WIB\n"
        "Seoul KST (UTC+9): Rab 24 Jun 2026 09:00–09:30\n"
        "Jakarta WIB (UTC+7): Rab 24 Jun 2026 07:00–07:30\n"
        "Juru bahasa: 이통역 (Indonesia–Korea)\n"
        "Ruang: 1번 상담실\n"
        "Halaman Anda: https://sangdam.example/p/secret\n\n"
        "Jadwal akan hilang dari kalender Anda setelah Anda membuka pembatalan ini.\n\n"
        "남동구 수출상담회\n"
    )


def test_each_notice_has_its_own_subject() -> None:
    subjects = [letter(invite_facts(), notice).subject.partition("]")[0] for notice in Notice]
    assert subjects == ["[초대", "[변경", "[취소", "[알림", "[곧 시작", "[참석 확인"]


@pytest.mark.parametrize("language", ["ko", "id", "vi", "ar"])
@pytest.mark.parametrize("notice", Notice)
def test_no_line_of_a_mail_is_left_in_english(notice: Notice, language: str) -> None:
    was = Was(slot=MORNING_IN_KOREA, room_name="2번", interpreter_names=(), link="https://video.example/old")

    def lines(said_in: str) -> set[str]:
        facts = invite_facts(reader=a_buyer_reading(language=said_in), was=was)
        both = [letter(replace(facts, goes_on=goes_on), notice) for goes_on in (False, True)]
        return {line for one in both for line in (one.subject, *one.text.splitlines())}

    assert lines(language) & lines("en") == {"", "남동구 수출상담회"}


def test_a_reader_in_a_third_zone_finds_their_own_time() -> None:
    reader = a_reader(role=Role.INTERPRETER, zone="Asia/Makassar", language="en")
    text = letter(invite_facts(reader=reader), Notice.REQUEST).text
    assert "\nMakassar WITA (UTC+8): Wed 24 Jun 2026 08:00–08:30\n" in text


def test_a_reader_in_one_of_the_two_zones_finds_no_third_line() -> None:
    text = letter(invite_facts(), Notice.REQUEST).text
    assert len(re.findall(r"\(UTC\+\d\)", text)) == 2


def test_an_update_without_known_differences_still_says_how_it_stands() -> None:
    text = letter(invite_facts(was=None), Notice.UPDATE).text
    assert text.startswith("김대표 님께\n\n수출 화상상담 일정이 변경되었습니다.\n\n상담: (주)한빛")


def test_an_interpreter_who_leaves_and_a_room_given_up_are_said() -> None:
    facts = invite_facts(
        room_name=None,
        interpreter_names=(),
        languages=(),
        was=Was(room_name="1번 상담실", interpreter_names=("이통역",)),
    )
    text = letter(facts, Notice.UPDATE).text
    assert "상담실: (변경 전) 1번 상담실 → (변경 후) 자사 사무실\n" in text
    assert "통역사: (변경 전) 이통역 → (변경 후) 통역 없음\n" in text
    assert "\n통역사: 이통역" not in text


def test_the_organiser_is_not_asked_to_decline() -> None:
    text = letter(invite_facts(reader=a_reader(role=Role.ORGANISER)), Notice.REMINDER_DAY).text
    assert "거절" not in text


def test_a_subject_stays_on_one_line() -> None:
    written = letter(invite_facts(company_name="한빛\r\nBcc: x@x.example\n"), Notice.REQUEST)
    assert written.subject.startswith("[초대] 한빛 Bcc: x@x.example × PT Maju Jaya")


def test_a_right_to_left_letter_says_so() -> None:
    html = letter(invite_facts(reader=a_buyer_reading(language="ar", zone="Asia/Dubai")), Notice.REQUEST).html
    assert '<html lang="ar" dir="rtl">' in html


def test_html_and_text_say_the_same() -> None:
    written = letter(invite_facts(was=Was(slot=a_slot("10:00"))), Notice.UPDATE)
    body = written.html.partition("</head>")[2]
    shown = unescape(re.sub("<[^>]*>", "", re.sub("</th><td[^>]*>", ": ", body)))
    assert [line for line in shown.split("\n") if line] == [line for line in written.text.split("\n") if line]


def test_markup_in_a_name_is_inert() -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
    facts = invite_facts(
        company_name=attack, room_name=attack, reader=a_reader(name=attack), fair_name=attack
    )
    html = letter(facts, Notice.REQUEST).html
    tags = {tag.lower() for tag in re.findall(r"<\s*/?\s*([A-Za-z!]+)", html)}
    assert tags == {"!doctype", "html", "head", "meta", "title", "body", "p", "table", "tr", "th", "td", "a"}
    assert "{{7*7}}" in html
    assert set(re.findall(r'<a href="([^"]*)"', html)) == {
        "https://video.sangdam.example/abc",
        "https://sangdam.example/p/secret",
    }


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_name_makes_a_letter_in_every_notice(name: str) -> None:
    facts = invite_facts(company_name=name, reader=a_reader(name=name), was=Was(slot=a_slot("10:00")))
    for notice in Notice:
        written = letter(facts, notice)
        assert "\n" not in written.subject and "\r" not in written.subject
        assert "<script" not in written.html.lower()


@pytest.mark.parametrize("language", ["ko", "id"])
@pytest.mark.parametrize("part", ["invites", "mail"])
def test_every_translation_names_the_facts_of_its_sentence(language: str, part: str) -> None:
    with (TRANSLATIONS / language / f"{part}.po").open("rb") as file:
        messages = [message for message in read_po(file, locale=language, abort_invalid=True) if message.id]
    assert messages
    for message in messages:
        assert sorted(re.findall(r"%\((\w+)\)s", str(message.string))) == sorted(
            re.findall(r"%\((\w+)\)s", str(message.id))
        )
