from datetime import date

import pytest

from scheduler.sheets.availability import fair_days_in, hours_in, hours_without, spans_in
from scheduler.sheets.when_words import Calendar, Unclear
from scheduler.timezones import Hours

DAYS = tuple(date(2027, 6, day) for day in (23, 24, 25, 28, 29, 30))
CALENDAR = Calendar(days=DAYS)
SEOUL = "Asia/Seoul"


def understood(text, zone=SEOUL):
    return hours_in(text, zone, CALENDAR).text("en").replace(" (Seoul time)", "")


def away(text):
    hours = hours_without(Hours.always(SEOUL), text, CALENDAR)
    return hours.text("en").replace(" (Seoul time)", "").removeprefix("every day all day").removeprefix(" · ")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("09:00~18:00", "every day 09:00–18:00"),
        ("09:00 - 18:00", "every day 09:00–18:00"),
        ("９：００～１８：００", "every day 09:00–18:00"),
        ("9시-18시", "every day 09:00–18:00"),
        ("9~18시", "every day 09:00–18:00"),
        ("오전 9시 ~ 오후 5시", "every day 09:00–17:00"),
        ("오전 9:30~12:00", "every day 09:30–12:00"),
        ("오후 2시 반부터 4시까지", "every day 14:30–16:00"),
        ("5pm-8pm", "every day 17:00–20:00"),
        ("5-8pm", "every day 17:00–20:00"),
        ("9-5pm", "every day 09:00–17:00"),
        ("9am to noon", "every day 09:00–12:00"),
        ("22:00-02:00", "every day 22:00–the next day 02:00"),
        ("18시까지", "every day 00:00–18:00"),
        ("매일 14시 이후", "every day 14:00–24:00"),
        ("전일", "every day all day"),
        ("상담회 시간", "every day all day"),
        ("13:00~18:00 (6/23), 그 외 09:00~18:00", "every day 09:00–18:00 · Wed 23 Jun 13:00–18:00"),
        ("6/23~6/24 전일", "no weekly hours · Wed 23 Jun all day · Thu 24 Jun all day"),
        ("6/28, 29", "no weekly hours · Mon 28 Jun all day · Tue 29 Jun all day"),
        ("June 24 morning", "no weekly hours · Thu 24 Jun 00:00–12:00"),
        ("6/24 09:00~12:00, 14:00~16:00", "no weekly hours · Thu 24 Jun 09:00–12:00, 14:00–16:00"),
        ("6/24 오전 제외 전일", "every day all day · except Thu 24 Jun 00:00–12:00"),
        ("except 6/24 morning", "every day all day · except Thu 24 Jun 00:00–12:00"),
        ("09:00~18:00 (6/23 제외)", "every day 09:00–18:00 · except Wed 23 Jun all day"),
        ("09:00~18:00 (점심 12:00~13:00 제외)", "every day 09:00–18:00 · except every day 12:00–13:00"),
        ("월~금 9시~18시, 토 9시~12시", "Mon–Fri 09:00–18:00 · Sat 09:00–12:00"),
        ("평일 10시~12시", "Mon–Fri 10:00–12:00"),
        ("월,수 09:00~12:00 / 금 13:00~18:00", "Mon 09:00–12:00 · Wed 09:00–12:00 · Fri 13:00–18:00"),
        ("월요일 휴무", "every day all day · except Mon all day"),
        ("KST 09:00~18:00", "every day 09:00–18:00"),
        ("10:00~12:00/14:00~16:00", "every day 10:00–12:00, 14:00–16:00"),
        ("24일 오전", "no weekly hours · Thu 24 Jun 00:00–12:00"),
        ("23~24일", "no weekly hours · Wed 23 Jun all day · Thu 24 Jun all day"),
        ("오전 9:00~12:00", "every day 09:00–12:00"),
        ("6/24 (09:00~12:00, 14:00~15:00)", "no weekly hours · Thu 24 Jun 09:00–12:00, 14:00–15:00"),
    ],
)
def test_hours_are_understood(text, meaning):
    assert understood(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("6/24(목) 오전", "except Thu 24 Jun 00:00–12:00"),
        ("6.25 13시~15시", "except Fri 25 Jun 13:00–15:00"),
        ("6월 25일 오후 1시~3시 불가", "except Fri 25 Jun 13:00–15:00"),
        ("매주 월요일", "except Mon all day"),
        ("6/30 17:00 이후", "except Wed 30 Jun 17:00–24:00"),
        ("6/24 오전, 6/25 오후", "except Thu 24 Jun 00:00–12:00 · except Fri 25 Jun 12:00–24:00"),
        ("없음", ""),
    ],
)
def test_absences_are_understood(text, meaning):
    assert away(text) == meaning


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("9:00", ()),
        ("1시~5시", ("13:00-17:00", "01:00-05:00")),
        ("9시~6시 (6/23)", ("09:00-18:00 (6/23)",)),
        ("오전 9시~6시", ("09:00-18:00",)),
        ("6/24(수) 오전", ("2027-06-24 오전", "2027-06-23 오전", "2027-06-30 오전")),
        ("7/24", ()),
        ("6/31", ()),
        ("시간 추후 통보", ()),
        ("25:00~27:99", ()),
        ("협의", ()),
        ("없음", ()),
        ("", ()),
        ("09:00~18:00 6/23", ()),
        ("09:00~18:00, 6/23", ()),
        ("09:00~12:00 14:00~18:00", ()),
        ("09:00~18:00 (11:00~20:00)", ()),
        ("6-23", ("2027-06-23", "06:00-23:00")),
        ("26일 오전", ()),
        ("12:00~1:00", ("12:00-13:00",)),
    ],
)
def test_what_is_not_plain_is_asked(text, suggested):
    with pytest.raises(Unclear) as asked:
        understood(text)

    assert asked.value.suggestions == suggested


@pytest.mark.parametrize("text", ["6/24 제외", "6/24 오전만 가능", "available 6/24"])
def test_an_absence_that_speaks_of_presence_is_asked(text):
    with pytest.raises(Unclear):
        away(text)


def test_korean_time_where_local_time_is_wanted_is_asked():
    with pytest.raises(Unclear):
        understood("09:00~18:00 (한국시간)", zone="Asia/Jakarta")


def test_the_name_of_ones_own_zone_is_no_riddle():
    assert understood("09:00~18:00 WIB", zone="Asia/Jakarta") == "every day 09:00–18:00 (Jakarta time)"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2027. 6. 23.(수) ~ 6. 30.(수)  ※ 주말 제외", (23, 24, 25, 28, 29, 30)),
        ("6.23~6.30 (주말, 공휴일 제외)", (23, 24, 25, 28, 29, 30)),
        ("2027-06-23 ~ 2027-06-28 ※ 주말 포함", (23, 24, 25, 26, 27, 28)),
        ("2027-06-23 ~ 2027-06-30, weekends excluded", (23, 24, 25, 28, 29, 30)),
        ("6/23~6/25, 6/28 (6/24 제외)", (23, 25, 28)),
        ("2027-06-26", (26,)),
        ("except weekends 2027-06-23", None),
    ],
)
def test_days_of_a_fair_are_understood(text, days):
    if days is None:
        with pytest.raises(Unclear):
            fair_days_in(text, 2027)
        return
    assert fair_days_in(text, 2027) == tuple(date(2027, 6, day) for day in days)


def test_a_range_over_a_weekend_is_asked():
    with pytest.raises(Unclear) as asked:
        fair_days_in("2027. 6. 23. ~ 6. 30.", None)

    assert [len(fair_days_in(text, None)) for text in asked.value.suggestions] == [6, 8]


def test_days_without_a_year_are_asked():
    with pytest.raises(Unclear):
        fair_days_in("6/23 ~ 6/25", None)


@pytest.mark.parametrize(
    "text",
    [
        "11:00~20:00 (한국시간)  ※ 14:00~15:00 휴게",
        "11:00~20:00 (점심 14:00~15:00 제외)",
        "11:00~14:00, 15:00~20:00",
        "11:00-20:00 (lunch 14:00-15:00)",
    ],
)
def test_the_lunch_break_is_taken_out_of_the_opening_hours(text):
    assert [span.text() for span in spans_in(text)] == ["11:00-14:00", "15:00-20:00"]
