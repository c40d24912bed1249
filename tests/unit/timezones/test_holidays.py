from datetime import date

import pytest

from scheduler.timezones.holidays import Holiday, holiday_on, holidays_between


def test_korean_holidays_have_their_korean_names_and_substitute_days():
    found = holidays_between(date(2027, 2, 1), date(2027, 3, 31), "KR")

    assert [(on.isoformat(), holiday.name) for on, holiday in found] == [
        ("2027-02-06", "설날 전날"),
        ("2027-02-07", "설날"),
        ("2027-02-08", "설날 다음날"),
        ("2027-02-09", "설날 대체 휴일"),
        ("2027-03-01", "삼일절"),
    ]
    assert not any(holiday.estimated for _, holiday in found)


@pytest.mark.parametrize(
    ("language", "name", "said"),
    [
        ("ko", "이드 알아드하", "이드 알아드하 (추정일)"),
        ("en", "Eid al-Adha", "Eid al-Adha (estimated date)"),
        ("id", "Hari Raya Idul Adha", "Hari Raya Idul Adha (perkiraan)"),
        ("vi", "Eid al-Adha", "Eid al-Adha (ngày dự kiến)"),
    ],
)
def test_a_date_that_hangs_on_the_moon_is_estimated(language, name, said):
    found = holiday_on(date(2029, 4, 25), "ID", language)

    assert found == Holiday(name=name, estimated=True)
    assert found.text(language) == said


def test_a_calendar_that_hides_the_mark_is_told_to_set_it():
    assert holiday_on(date(2029, 2, 14), "SA", "en") == Holiday(name="Eid al-Fitr Holiday", estimated=True)
    assert holiday_on(date(2029, 2, 18), "SA", "en") == Holiday(
        name="Eid al-Fitr Holiday (substitute day)", estimated=True
    )


def test_a_fixed_date_is_certain():
    assert holiday_on(date(2026, 12, 2), "AE", "en") == Holiday(name="National Day", estimated=False)
    assert holiday_on(date(2026, 7, 3), "US", "ko") == Holiday(name="독립기념일 대체 휴일", estimated=False)
    assert holiday_on(date(2026, 9, 2), "VN", "vi") == Holiday(name="Quốc khánh", estimated=False)
    assert Holiday(name="설날", estimated=False).text("ko") == "설날"


def test_a_label_that_adds_nothing_is_not_read_as_one():
    assert holiday_on(date(2027, 1, 11), "JP", "en") == Holiday(name="Coming of Age Day", estimated=False)


def test_two_holidays_on_one_date_are_both_named():
    assert holiday_on(date(2031, 10, 1), "CN", "en") == Holiday(
        name="Mid-Autumn Festival · National Day", estimated=False
    )


def test_a_plain_day_and_an_unknown_country_have_no_holiday():
    assert holiday_on(date(2026, 6, 24), "KR", "ko") is None
    assert holiday_on(date(2026, 6, 24), "XX", "ko") is None
    assert holidays_between(date(2026, 6, 24), date(2026, 6, 25), "KR") == ()


def test_a_range_runs_over_the_turn_of_the_year_and_includes_both_ends():
    found = holidays_between(date(2026, 12, 25), date(2027, 1, 1), "US", "en")

    assert [on.isoformat() for on, _ in found] == ["2026-12-25", "2027-01-01"]
