from datetime import UTC, date, timedelta

import pytest

from scheduler.timezones import (
    BothSidesText,
    DayText,
    MomentText,
    both_sides,
    clock_span,
    day_label,
    day_shift,
    full_day_label,
    local_time,
    moment_line,
    parse_wall,
    to_utc,
    zone_abbreviation,
    zone_city,
    zone_label,
)
from scheduler.timezones.names import country_name, month_label, weekday_name
from scheduler.wording import LANGUAGES, Phrase
from tests.builders import utc

SEOUL, JAKARTA, DALLAS = "Asia/Seoul", "Asia/Jakarta", "America/Chicago"
FORTY = timedelta(minutes=40)


def seoul(written):
    return to_utc(parse_wall(written), SEOUL)


@pytest.mark.parametrize(
    ("language", "same_day", "day_before"),
    [
        ("ko", "6.24(수) 09:00 KST · 07:00 WIB", "9.15(화) 08:00 KST · 전날 18:00 CDT"),
        ("en", "Wed 24 Jun 09:00 KST · 07:00 WIB", "Tue 15 Sep 08:00 KST · the day before 18:00 CDT"),
        ("id", "Rab 24 Jun 09:00 KST · 07:00 WIB", "Sel 15 Sep 08:00 KST · sehari sebelumnya 18:00 CDT"),
        ("vi", "Th 4 24/6 09:00 KST · 07:00 WIB", "Th 3 15/9 08:00 KST · hôm trước 18:00 CDT"),
    ],
)
def test_both_sides_stand_on_one_line(language, same_day, day_before):
    assert both_sides(seoul("2026-06-24 09:00"), None, SEOUL, JAKARTA, language) == same_day
    assert both_sides(seoul("2026-09-15 08:00"), None, SEOUL, DALLAS, language) == day_before


def test_an_arabic_line_keeps_clock_and_zone_together():
    line = both_sides(seoul("2026-06-24 15:00"), None, SEOUL, "Asia/Dubai", "ar")

    assert line == "الأربعاء 24 يونيو \u206615:00 KST\u2069 · \u206610:00 GST\u2069"


def test_an_end_is_said_on_both_sides():
    start = seoul("2026-06-24 09:00")

    assert both_sides(start, start + FORTY, SEOUL, JAKARTA, "ko") == (
        "6.24(수) 09:00–09:40 KST · 07:00–07:40 WIB"
    )


def test_the_day_of_the_other_side_can_be_the_next():
    start = to_utc(parse_wall("2026-09-14 18:00"), DALLAS)

    assert both_sides(start, start + FORTY, DALLAS, SEOUL, "ko") == (
        "9.14(월) 18:00–18:40 CDT · 다음 날 08:00–08:40 KST"
    )
    assert both_sides(start, None, DALLAS, SEOUL, "en") == "Mon 14 Sep 18:00 CDT · the next day 08:00 KST"


def test_two_days_apart_gives_the_other_date_in_full():
    start = to_utc(parse_wall("2026-06-24 23:30"), "Pacific/Pago_Pago")

    assert day_shift(start, "Pacific/Pago_Pago", "Pacific/Kiritimati") == 2
    assert both_sides(start, None, "Pacific/Pago_Pago", "Pacific/Kiritimati", "en") == (
        "Wed 24 Jun 23:30 SST · Fri 26 Jun 00:30 UTC+14"
    )


def test_one_side_is_enough_where_both_clocks_read_the_same():
    start = seoul("2026-06-24 09:00")

    assert both_sides(start, None, SEOUL, SEOUL, "ko") == "6.24(수) 09:00 KST"
    assert both_sides(start, None, SEOUL, "Asia/Tokyo", "ko") == "6.24(수) 09:00 KST · 09:00 JST"
    assert both_sides(start, None, "America/New_York", "America/Detroit", "en") == "Tue 23 Jun 20:00 EDT"


def test_winter_and_summer_have_their_own_names():
    assert both_sides(seoul("2026-12-15 08:00"), None, SEOUL, DALLAS, "ko") == (
        "12.15(화) 08:00 KST · 전날 17:00 CST"
    )


def test_one_side_alone():
    start = seoul("2026-06-24 09:00")

    assert moment_line(start, None, SEOUL, "ko") == "6.24(수) 09:00 KST"
    assert moment_line(start, start + FORTY, "Asia/Kathmandu", "en") == "Wed 24 Jun 05:45–06:25 UTC+5:45"


@pytest.mark.parametrize(
    ("start", "minutes", "korean", "english"),
    [
        ("2026-06-24 09:00", 40, "09:00–09:40", "09:00–09:40"),
        ("2026-06-24 23:20", 40, "23:20–24:00", "23:20–24:00"),
        ("2026-06-24 23:40", 40, "23:40–다음 날 00:20", "23:40–the next day 00:20"),
        ("2026-06-24 23:40", 2 * 1440, "23:40–6.26(금) 23:40", "23:40–Fri 26 Jun 23:40"),
        ("2026-06-24 00:00", 2 * 1440, "00:00–6.26(금) 00:00", "00:00–Fri 26 Jun 00:00"),
    ],
)
def test_an_end_after_midnight_says_so(start, minutes, korean, english):
    start_at = seoul(start)
    end_at = start_at + timedelta(minutes=minutes)

    assert clock_span(start_at, end_at, SEOUL, "ko") == korean
    assert clock_span(start_at, end_at, SEOUL, "en") == english


@pytest.mark.parametrize(
    ("home", "away", "shift"),
    [(SEOUL, JAKARTA, 0), (SEOUL, DALLAS, -1), (DALLAS, SEOUL, 1), (SEOUL, SEOUL, 0)],
)
def test_the_shift_is_that_of_the_away_side(home, away, shift):
    assert day_shift(seoul("2026-09-15 08:00"), home, away) == shift


def test_the_parts_of_a_line_serve_tables():
    start = seoul("2026-09-15 08:00")

    assert local_time(start, DALLAS) == "18:00"
    assert day_label(date(2026, 9, 15), "ko") == "9.15(화)"
    assert full_day_label(date(2026, 9, 15), "ko") == "2026.9.15(화)"
    assert full_day_label(date(2026, 9, 15), "en") == "Tue 15 Sep 2026"
    assert weekday_name(0, "ko") == "월"
    assert zone_label(DALLAS, start, "ko") == "시카고 CDT (UTC−5)"
    assert zone_label("Asia/Kathmandu", start, "ko") == "카트만두 (UTC+5:45)"
    assert zone_label("Etc/UTC", start, "en") == "UTC (UTC)"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Asia/Seoul", "KST"),
        ("Asia/Jakarta", "WIB"),
        ("Asia/Makassar", "WITA"),
        ("Asia/Jayapura", "WIT"),
        ("America/Chicago", "CDT"),
        ("America/Los_Angeles", "PDT"),
        ("America/Phoenix", "MST"),
        ("Asia/Dubai", "GST"),
        ("Asia/Ho_Chi_Minh", "ICT"),
        ("Asia/Manila", "PHT"),
        ("Asia/Riyadh", "AST"),
        ("Europe/Istanbul", "TRT"),
        ("Europe/Moscow", "MSK"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("Asia/Kabul", "UTC+4:30"),
        ("Pacific/Marquesas", "UTC−9:30"),
        ("Africa/Abidjan", "GMT"),
        ("America/Danmarkshavn", "GMT"),
        ("Atlantic/Azores", "UTC"),
        ("Antarctica/Troll", "UTC+2"),
    ],
)
def test_a_zone_is_called_by_the_name_in_use_or_by_its_distance(zone, name):
    assert zone_abbreviation(seoul("2026-07-01 09:00"), zone) == name


def test_the_time_before_zones_has_no_name():
    # Liberia kept its own mean time until 1972.
    assert zone_abbreviation(parse_wall("1970-01-01 00:00").replace(tzinfo=UTC), "Africa/Monrovia") == "MMT"


def test_times_can_be_facts_of_a_phrase():
    start = seoul("2026-06-24 09:00")
    phrase = Phrase(
        "%(a)s | %(b)s | %(c)s",
        a=DayText(on=date(2026, 6, 24)),
        b=MomentText(start_at=start, zone=SEOUL),
        c=BothSidesText(start_at=start, end_at=start + FORTY, home_zone=SEOUL, away_zone=JAKARTA),
    )

    assert phrase.text("ko") == (
        "2026.6.24(수) | 6.24(수) 09:00 KST | 6.24(수) 09:00–09:40 KST · 07:00–07:40 WIB"
    )
    assert hash(phrase) == hash(phrase)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_writes_a_24_hour_clock_in_the_same_digits(language):
    line = both_sides(seoul("2026-06-24 21:00"), None, SEOUL, DALLAS, language)

    assert "21:00 KST" in line
    assert "07:00 CDT" in line


def test_a_language_without_patterns_of_its_own_gets_the_english_order():
    assert day_label(date(2026, 6, 24), "fr") == "mer. 24 juin"


def test_cities_and_countries_have_names():
    assert zone_city("Asia/Ho_Chi_Minh", "ko") == "호찌민"
    assert zone_city("America/Argentina/Buenos_Aires", "ko") == "부에노스 아이레스"
    assert zone_city("US/Eastern", "en") == "Eastern"
    assert country_name("KR", "ko") == "한국"
    assert country_name("ID", "en") == "Indonesia"
    assert country_name("ZZ9", "ko") == "ZZ9"


def test_a_span_across_a_change_of_clocks_names_both_times() -> None:
    back = utc(2026, 11, 1, 6, 30), utc(2026, 11, 1, 7)
    forward = utc(2027, 3, 14, 7, 30), utc(2027, 3, 14, 8, 30)
    assert [clock_span(*one, DALLAS, "en") for one in (back, forward)] == [
        "01:30 CDT–01:00 CST",
        "01:30 CST–03:30 CDT",
    ]
    assert both_sides(*back, SEOUL, DALLAS, "en") == "Sun 1 Nov 15:30–16:00 KST · 01:30 CDT–01:00 CST"
    assert both_sides(*forward, SEOUL, DALLAS, "ko") == "3.14(일) 16:30–17:30 KST · 01:30 CST–03:30 CDT"


def test_zones_that_part_during_a_session_are_both_shown() -> None:
    # In winter both say CST; Regina stays with it.
    span = utc(2027, 3, 14, 7, 30), utc(2027, 3, 14, 8, 30)
    assert (
        both_sides(*span, "America/Regina", DALLAS, "en")
        == "Sun 14 Mar 01:30–02:30 CST · 01:30 CST–03:30 CDT"
    )


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("ko", "2026년 12월"),
        ("en", "December 2026"),
        ("id", "Desember 2026"),
        ("vi", "tháng 12 năm 2026"),
        ("ar", "ديسمبر 2026"),
    ],
)
def test_a_month_reads_as_its_language_writes_it(language, written):
    assert month_label(date(2026, 12, 1), language) == written
