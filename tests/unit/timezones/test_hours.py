import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.timezones import (
    Hours,
    UnknownZone,
    UnreadableHours,
    UnreadableSpan,
    WallSpan,
    parse_wall,
    to_utc,
    to_wall,
)

SEOUL = "Asia/Seoul"
NEW_YORK = "America/New_York"
MONDAY = date(2026, 6, 22)
NINE_TO_SIX = WallSpan.parse("09:00-18:00")
LUNCH = WallSpan.parse("12:00-13:00")


def utc(written):
    return parse_wall(written).replace(tzinfo=UTC)


def seoul(written):
    return to_utc(parse_wall(written), SEOUL)


def spans(*written):
    return [WallSpan.parse(span) for span in written]


def shown(intervals, zone):
    """Intervals as wall time, to be read beside the hours they come from."""
    return [f"{to_wall(start, zone):%d %H:%M} - {to_wall(end, zone):%d %H:%M}" for start, end in intervals]


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("09:00-18:00", (540, 1080)),
        ("9:00 – 18:00", (540, 1080)),
        ("09:00~18:30", (540, 1110)),
        ("00:00-24:00", (0, 1440)),
        ("22:00-26:00", (1320, 1560)),
        ("22:00-02:00", (1320, 1560)),
        ("24:00-48:00", (1440, 2880)),
    ],
)
def test_a_span_is_read(written, minutes):
    span = WallSpan.parse(written)

    assert (span.start_minute, span.end_minute) == minutes
    assert WallSpan.parse(span.text()) == span


@pytest.mark.parametrize(
    "written",
    [
        "",
        "09:00",
        "09:00-09:00",
        "09:60-10:00",
        "09:00-10:60",
        "48:00-49:00",
        "09:00-48:01",
        "-1:00-02:00",
        "9-18",
    ],
)
def test_what_is_no_span_is_refused(written):
    with pytest.raises(UnreadableSpan) as refusal:
        WallSpan.parse(written)

    assert refusal.value.written == written


@pytest.mark.parametrize("minutes", [(540, 540), (600, 540), (-1, 60), (0, 2881)])
def test_a_span_has_a_length_and_lies_within_two_days(minutes):
    with pytest.raises(UnreadableSpan):
        WallSpan(*minutes)


def test_a_span_over_midnight_counts_on():
    assert WallSpan(1320, 1560).text() == "22:00-26:00"


def test_working_days_are_monday_to_friday():
    hours = Hours.working_days(SEOUL, [NINE_TO_SIX])

    assert shown(hours.intervals(MONDAY, MONDAY + timedelta(days=6)), SEOUL) == [
        f"{day} 09:00 - {day} 18:00" for day in (22, 23, 24, 25, 26)
    ]


def test_intervals_are_instants_in_utc():
    hours = Hours.working_days("Asia/Kathmandu", [NINE_TO_SIX])

    assert hours.intervals(MONDAY, MONDAY) == ((utc("2026-06-22 03:15"), utc("2026-06-22 12:15")),)


def test_always_is_one_interval_and_never_is_none():
    week = (MONDAY, MONDAY + timedelta(days=6))

    assert Hours.always(SEOUL).intervals(*week) == ((seoul("2026-06-22 00:00"), seoul("2026-06-29 00:00")),)
    assert Hours.never(SEOUL).intervals(*week) == ()
    assert Hours.always(SEOUL).intervals(MONDAY, MONDAY - timedelta(days=1)) == ()


def test_spans_that_touch_or_overlap_are_one():
    hours = Hours.every_day(SEOUL, spans("13:00-18:00", "09:00-12:00", "12:00-13:00", "17:00-19:00"))

    assert shown(hours.intervals(MONDAY, MONDAY), SEOUL) == ["22 09:00 - 22 19:00"]


def test_a_span_over_midnight_belongs_to_the_date_it_begins_on():
    hours = Hours.never(SEOUL).with_dated(MONDAY, spans("22:00-26:00"))

    assert shown(hours.intervals(MONDAY, MONDAY), SEOUL) == ["22 22:00 - 23 02:00"]
    assert hours.intervals(MONDAY + timedelta(days=1), MONDAY + timedelta(days=1)) == ()
    assert hours.covers(seoul("2026-06-22 23:40"), seoul("2026-06-23 00:20"))
    assert hours.covers(seoul("2026-06-23 01:20"), seoul("2026-06-23 02:00"))


def test_hours_that_meet_at_midnight_are_one_interval():
    hours = Hours.every_day(SEOUL, spans("20:00-24:00", "00:00-02:00"))

    assert shown(hours.intervals(MONDAY, MONDAY + timedelta(days=1)), SEOUL) == [
        "22 00:00 - 22 02:00",
        "22 20:00 - 23 02:00",
        "23 20:00 - 24 00:00",
    ]


def test_dated_hours_replace_those_of_the_week():
    hours = Hours.working_days(SEOUL, [NINE_TO_SIX]).with_dated(MONDAY, spans("07:00-11:00"))
    closed = hours.with_dated(MONDAY, [])

    assert shown(hours.intervals(MONDAY, MONDAY), SEOUL) == ["22 07:00 - 22 11:00"]
    assert closed.intervals(MONDAY, MONDAY) == ()
    assert closed.dated == ((MONDAY, ()),)


def test_what_is_taken_out_goes_from_dated_hours_too():
    hours = (
        Hours.working_days(SEOUL, [NINE_TO_SIX])
        .with_dated(MONDAY + timedelta(days=1), spans("10:00-14:00"))
        .without(None, LUNCH)
        .without(2, WallSpan.parse("00:00-24:00"))
        .without(date(2026, 6, 25), WallSpan.parse("15:00-19:00"))
    )

    assert shown(hours.intervals(MONDAY, MONDAY + timedelta(days=3)), SEOUL) == [
        "22 09:00 - 22 12:00",
        "22 13:00 - 22 18:00",
        "23 10:00 - 23 12:00",
        "23 13:00 - 23 14:00",
        "25 09:00 - 25 12:00",
        "25 13:00 - 25 15:00",
    ]


def test_a_night_is_cut_by_what_is_away_on_either_side_of_midnight():
    night = Hours.never(SEOUL).with_dated(MONDAY, spans("20:00-28:00"))
    next_morning = night.without(MONDAY + timedelta(days=1), WallSpan.parse("01:00-02:00"))
    over_midnight = night.without(MONDAY, WallSpan.parse("23:00-25:00"))
    the_evening_before = night.without(MONDAY - timedelta(days=1), WallSpan.parse("20:00-45:00"))

    assert shown(next_morning.intervals(MONDAY, MONDAY), SEOUL) == [
        "22 20:00 - 23 01:00",
        "23 02:00 - 23 04:00",
    ]
    assert shown(over_midnight.intervals(MONDAY, MONDAY), SEOUL) == [
        "22 20:00 - 22 23:00",
        "23 01:00 - 23 04:00",
    ]
    assert shown(the_evening_before.intervals(MONDAY, MONDAY), SEOUL) == ["22 21:00 - 23 04:00"]


def test_covered_from_the_first_minute_to_the_last_and_not_beyond():
    hours = Hours.working_days(SEOUL, [NINE_TO_SIX]).without(None, LUNCH)
    minute = timedelta(minutes=1)
    start, noon = seoul("2026-06-22 09:00"), seoul("2026-06-22 12:00")

    assert hours.covers(start, noon)
    assert not hours.covers(start - minute, noon)
    assert not hours.covers(start, noon + minute)
    assert not hours.covers(seoul("2026-06-22 11:40"), seoul("2026-06-22 13:20"))
    assert not hours.covers(seoul("2026-06-27 10:00"), seoul("2026-06-27 10:40"))
    assert not Hours.never(SEOUL).covers(start, noon)


def test_a_stretch_of_several_days_is_covered_only_by_hours_without_a_break():
    start, end = seoul("2026-06-22 10:00"), seoul("2026-06-29 10:00")

    assert Hours.always(SEOUL).covers(start, end)
    assert not Hours.working_days(SEOUL, [NINE_TO_SIX]).covers(start, end)
    assert Hours.always(SEOUL).covers(start, start + timedelta(days=1))


def test_hours_are_asked_in_any_zone():
    dallas = Hours.working_days("America/Chicago", [NINE_TO_SIX])

    # Tuesday morning in Korea is Monday afternoon in Dallas.
    assert dallas.covers(seoul("2026-09-15 05:00"), seoul("2026-09-15 05:40"))
    assert not dallas.covers(seoul("2026-09-14 05:00"), seoul("2026-09-14 05:40"))


def test_hours_keep_to_the_wall_when_clocks_change():
    hours = Hours.every_day(NEW_YORK, [NINE_TO_SIX])

    assert hours.intervals(date(2026, 3, 7), date(2026, 3, 8)) == (
        (utc("2026-03-07 14:00"), utc("2026-03-07 23:00")),
        (utc("2026-03-08 13:00"), utc("2026-03-08 22:00")),
    )


@pytest.mark.parametrize(
    ("written", "opens", "closes"),
    [
        ("01:00-02:30", "2026-03-08 06:00", "2026-03-08 07:00"),
        ("02:30-04:00", "2026-03-08 07:00", "2026-03-08 08:00"),
        ("01:00-02:00", "2026-03-08 06:00", "2026-03-08 07:00"),
        ("01:00-03:00", "2026-03-08 06:00", "2026-03-08 07:00"),
        ("03:00-04:00", "2026-03-08 07:00", "2026-03-08 08:00"),
        ("00:00-24:00", "2026-03-08 05:00", "2026-03-09 04:00"),
    ],
)
def test_an_edge_in_a_skipped_hour_snaps_to_the_end_of_the_gap(written, opens, closes):
    hours = Hours.every_day(NEW_YORK, spans(written))

    assert hours.intervals(date(2026, 3, 8), date(2026, 3, 8)) == ((utc(opens), utc(closes)),)


def test_a_span_that_is_skipped_altogether_is_not_open():
    hours = Hours.every_day(NEW_YORK, spans("02:00-03:00", "02:15-02:45"))

    assert hours.intervals(date(2026, 3, 8), date(2026, 3, 8)) == ()


@pytest.mark.parametrize(
    ("written", "opens", "closes"),
    [
        ("00:00-01:30", "2026-11-01 04:00", "2026-11-01 06:30"),
        ("01:30-03:00", "2026-11-01 05:30", "2026-11-01 08:00"),
        ("01:15-01:45", "2026-11-01 05:15", "2026-11-01 06:45"),
        ("00:00-01:00", "2026-11-01 04:00", "2026-11-01 05:00"),
        ("01:00-02:00", "2026-11-01 05:00", "2026-11-01 07:00"),
        ("02:00-03:00", "2026-11-01 07:00", "2026-11-01 08:00"),
        ("00:00-24:00", "2026-11-01 04:00", "2026-11-02 05:00"),
    ],
)
def test_in_a_repeated_hour_opening_is_the_first_and_closing_the_second(written, opens, closes):
    hours = Hours.every_day(NEW_YORK, spans(written))

    assert hours.intervals(date(2026, 11, 1), date(2026, 11, 1)) == ((utc(opens), utc(closes)),)


def test_a_date_that_a_zone_left_out_is_not_open():
    hours = Hours.every_day("Pacific/Apia", [NINE_TO_SIX])

    assert hours.intervals(date(2011, 12, 30), date(2011, 12, 30)) == ()


HOURS_OF_A_WEEK = (
    Hours.working_days(SEOUL, spans("09:00-12:00", "13:00-18:00"))
    .with_dated(date(2026, 6, 24), spans("22:00-26:00"))
    .with_dated(date(2026, 6, 23), [])
    .without(None, LUNCH)
    .without(4, WallSpan.parse("17:00-18:00"))
    .without(date(2026, 6, 26), WallSpan.parse("09:00-10:00"))
)
WRITTEN = {
    "zone": "Asia/Seoul",
    "weekly": {
        **{day: ["09:00-12:00", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "sat": [],
        "sun": [],
    },
    "dated": {"2026-06-23": [], "2026-06-24": ["22:00-26:00"]},
    "away": [
        {"on": "every day", "span": "12:00-13:00"},
        {"on": "fri", "span": "17:00-18:00"},
        {"on": "2026-06-26", "span": "09:00-10:00"},
    ],
}


def test_hours_are_written_so_that_a_person_can_read_them():
    assert HOURS_OF_A_WEEK.to_json() == WRITTEN
    assert Hours.from_json(WRITTEN) == HOURS_OF_A_WEEK


def test_what_is_not_written_is_closed():
    assert Hours.from_json({"zone": SEOUL, "weekly": {"sat": ["10:00-12:00"]}}) == Hours(
        zone=SEOUL, weekly=((), (), (), (), (), tuple(spans("10:00-12:00")), ())
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Seoul"}, "zone"),
        ({"zone": None}, "zone"),
        ({"weekly": None}, "weekly"),
        ({"weekly": {"monday": []}}, "weekly.monday"),
        ({"weekly": {"mon": "09:00-18:00"}}, "weekly.mon"),
        ({"weekly": {"mon": ["09:00-18:00", "9"]}}, "weekly.mon[1]"),
        ({"weekly": {"mon": [None]}}, "weekly.mon[0]"),
        ({"dated": []}, "dated"),
        ({"dated": {"24 June": []}}, "dated.24 June"),
        ({"dated": {"2026-06-24": ["x"]}}, "dated.2026-06-24[0]"),
        ({"away": {}}, "away"),
        ({"away": [[]]}, "away[0]"),
        ({"away": [{"on": "always", "span": "12:00-13:00"}]}, "away[0].on"),
        ({"away": [{"on": [], "span": "12:00-13:00"}]}, "away[0].on"),
        ({"away": [{"on": "mon"}]}, "away[0].span"),
        ({"closed": True}, "closed"),
    ],
)
def test_hours_written_wrongly_are_refused_with_the_field(change, field):
    with pytest.raises(UnreadableHours) as refusal:
        Hours.from_json({**WRITTEN, **change})

    assert refusal.value.field == field
    assert field in refusal.value.phrase.text("ko")


def test_hours_that_cannot_be_are_refused():
    with pytest.raises(UnknownZone):
        Hours.always("Seoul")
    with pytest.raises(ValueError, match="seven days"):
        Hours(zone=SEOUL, weekly=((),) * 6)
    with pytest.raises(ValueError, match="one date"):
        Hours(zone=SEOUL, weekly=((),) * 7, dated=((MONDAY, ()), (MONDAY, (NINE_TO_SIX,))))
    with pytest.raises(ValueError, match="weekday"):
        Hours.always(SEOUL).without(7, LUNCH)


def test_equal_hours_are_one_key():
    again = Hours.from_json(HOURS_OF_A_WEEK.to_json())

    assert again is not HOURS_OF_A_WEEK
    assert {HOURS_OF_A_WEEK: "kept"}[again] == "kept"
    assert hash(pickle.loads(pickle.dumps(again))) == hash(again)  # noqa: S301


@pytest.mark.parametrize(
    ("hours", "korean", "english"),
    [
        (
            Hours.working_days(SEOUL, [NINE_TO_SIX]).without(None, LUNCH),
            "월–금 09:00–18:00 · 매일 12:00–13:00 제외 (서울 시각)",
            "Mon–Fri 09:00–18:00 · except every day 12:00–13:00 (Seoul time)",
        ),
        (
            Hours.always("Asia/Ho_Chi_Minh").with_dated(date(2026, 6, 25), []),
            "매일 종일 · 6.25(목) 휴무 (호찌민 시각)",
            "every day all day · Thu 25 Jun closed that day (Ho Chi Minh City time)",
        ),
        (
            Hours.never(SEOUL).with_dated(date(2026, 6, 24), spans("22:00-26:00", "25:00-26:30")),
            "요일별 운영 시간 없음 · 6.24(수) 22:00–다음 날 02:00, 다음 날 01:00–02:30 (서울 시각)",
            "no weekly hours · Wed 24 Jun 22:00–the next day 02:00, the next day 01:00–02:30 (Seoul time)",
        ),
        (
            Hours(zone=SEOUL, weekly=((NINE_TO_SIX,), (), (), (NINE_TO_SIX,), (NINE_TO_SIX,), (), (LUNCH,)))
            .without(0, LUNCH)
            .without(date(2026, 6, 26), LUNCH),
            "월 09:00–18:00 · 목, 금 09:00–18:00 · 일 12:00–13:00"
            " · 월 12:00–13:00 제외 · 6.26(금) 12:00–13:00 제외 (서울 시각)",
            "Mon 09:00–18:00 · Thu, Fri 09:00–18:00 · Sun 12:00–13:00"
            " · except Mon 12:00–13:00 · except Fri 26 Jun 12:00–13:00 (Seoul time)",
        ),
    ],
)
def test_hours_are_said_in_one_line(hours, korean, english):
    assert hours.to_text("ko") == korean
    assert hours.text("en") == english


some_spans = st.builds(
    lambda start, length: WallSpan(start * 15, start * 15 + length * 15),
    st.integers(0, 95),
    st.integers(1, 96),
)
some_days = st.one_of(st.none(), st.integers(0, 6), st.dates(date(2026, 3, 6), date(2026, 3, 12)))
some_hours = st.builds(
    lambda zone, weekly, away: Hours(zone=zone, weekly=tuple(map(tuple, weekly)), away=tuple(away)),
    st.sampled_from([SEOUL, NEW_YORK, "Asia/Kathmandu", "Africa/Cairo"]),
    st.lists(st.lists(some_spans, max_size=2), min_size=7, max_size=7),
    st.lists(st.tuples(some_days, some_spans), max_size=2),
)


@settings(max_examples=100, deadline=None)
@given(hours=some_hours, minute=st.integers(0, 5 * 24 * 12), length=st.integers(1, 40))
def test_covered_is_what_lies_within_one_interval(hours, minute, length):
    start = datetime(2026, 3, 6, tzinfo=UTC) + timedelta(minutes=5 * minute)
    end = start + timedelta(minutes=5 * length)
    intervals = hours.intervals(date(2026, 3, 1), date(2026, 3, 18))

    assert hours.covers(start, end) == any(opens <= start and end <= closes for opens, closes in intervals)
    assert Hours.from_json(hours.to_json()) == hours


@settings(max_examples=60, deadline=None)
@given(hours=some_hours, quarter=st.integers(0, 5 * 24 * 4))
def test_outside_changes_of_the_clock_open_means_that_the_wall_shows_a_time_within_a_span(hours, quarter):
    at = datetime(2026, 2, 6, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    wall = to_wall(at, hours.zone)

    def shows(on, days_ago, span):
        minute = wall.hour * 60 + wall.minute + 1440 * days_ago
        return span.start_minute <= minute < span.end_minute

    dates = [(wall.date() - timedelta(days=ago), ago) for ago in (0, 1, 2)]
    opened = any(shows(on, ago, span) for on, ago in dates for span in hours.weekly[on.weekday()])
    away = any(
        shows(on, ago, span)
        for on, ago in dates
        for day, span in hours.away
        if day is None or day in (on, on.weekday())
    )
    assert hours.covers(at, at + timedelta(minutes=1)) == (opened and not away)
