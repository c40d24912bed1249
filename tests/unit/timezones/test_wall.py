# ruff: noqa: DTZ001 -- wall times are naive, and that is what is tested here
import csv
import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.timezones import (
    NaiveTime,
    RepeatedTime,
    SkippedTime,
    TimeError,
    TimeOutOfRange,
    UnknownZone,
    UnreadableTime,
    as_utc,
    in_zone,
    instants_of,
    is_zone,
    offset_minutes,
    parse_wall,
    to_utc,
    to_wall,
    utc_now,
    zone_rules_version,
)
from scheduler.timezones.wall import begin_of_day

OWN_CASES = Path(__file__).with_name("wall_cases.csv")


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def utc(written: str) -> datetime:
    return parse_wall(written).replace(tzinfo=UTC)


def answer(wall: datetime, zone: str) -> list[datetime]:
    """What ``to_utc`` says, its refusals included, as the list of instants."""
    try:
        return [to_utc(wall, zone)]
    except SkippedTime:
        return []
    except RepeatedTime as repeated:
        return [repeated.first, repeated.second]


@pytest.mark.parametrize(
    "row", rows_of(OWN_CASES), ids=lambda row: f"{row['zone']} {row['wall']}: {row['why']}"
)
def test_a_wall_time_names_the_right_instants(row):
    wall = parse_wall(row["wall"])
    written = row["instants"].split()
    expected = [utc(f"{day} {clock}") for day, clock in zip(written[::2], written[1::2], strict=True)]

    assert answer(wall, row["zone"]) == expected
    assert list(instants_of(wall, row["zone"])) == expected
    assert [to_wall(at, row["zone"]) for at in expected] == [wall] * len(expected)


def test_every_shared_case_gets_its_answer():
    folder = os.environ.get("SANGDAM_SHARED")
    if not folder:
        pytest.skip("set SANGDAM_SHARED to a folder with time-cases.csv to check these too")
    wrong = [row for row in rows_of(Path(folder) / "time-cases.csv") if not _agrees(row)]

    assert wrong == []


def _agrees(row: dict[str, str]) -> bool:
    wall = parse_wall(row["local"])
    found = answer(wall, row["zone"])
    expected = [datetime.fromisoformat(row[name]) for name in ("utc", "utc_second_if_ambiguous") if row[name]]
    outcome = {0: "nonexistent", 1: "utc", 2: "ambiguous"}[len(found)]
    in_seoul = f"{to_wall(found[0], 'Asia/Seoul'):%Y-%m-%dT%H:%M}" if found else ""
    return (found, outcome, in_seoul) == (expected, row["outcome"], row["seoul_local"])


def test_a_skipped_time_says_where_the_gap_lies_and_what_comes_next():
    with pytest.raises(SkippedTime) as refusal:
        to_utc(datetime(2026, 3, 8, 2, 30), "America/New_York")
    skipped = refusal.value

    assert skipped.wall == datetime(2026, 3, 8, 2, 30)
    assert skipped.zone == "America/New_York"
    assert skipped.gap_start_wall == datetime(2026, 3, 8, 2, 0)
    assert skipped.gap_end_wall == datetime(2026, 3, 8, 3, 0)
    assert skipped.next_instant == utc("2026-03-08 07:00")
    assert skipped.phrase.text("en") == (
        "2026-03-08 02:30 does not exist in America/New_York: the clocks go from 02:00 straight to 03:00."
    )
    assert "2026-03-08 02:30" in skipped.phrase.text("ko")


@pytest.mark.parametrize(
    ("wall", "zone", "start", "end", "jump"),
    [
        (
            "2026-10-04 02:15",
            "Australia/Lord_Howe",
            "2026-10-04 02:00",
            "2026-10-04 02:30",
            "2026-10-03 15:30",
        ),
        ("2026-09-27 02:50", "Pacific/Chatham", "2026-09-27 02:45", "2026-09-27 03:45", "2026-09-26 14:00"),
        ("2026-04-24 00:30", "Africa/Cairo", "2026-04-24 00:00", "2026-04-24 01:00", "2026-04-23 22:00"),
        ("2011-12-30 12:00", "Pacific/Apia", "2011-12-30 00:00", "2011-12-31 00:00", "2011-12-30 10:00"),
    ],
)
def test_the_edges_of_a_gap_are_exact(wall, zone, start, end, jump):
    with pytest.raises(SkippedTime) as refusal:
        to_utc(parse_wall(wall), zone)

    assert refusal.value.gap_start_wall == parse_wall(start)
    assert refusal.value.gap_end_wall == parse_wall(end)
    assert refusal.value.next_instant == utc(jump)


def test_a_gap_over_midnight_names_the_dates_of_its_edges():
    with pytest.raises(SkippedTime) as refusal:
        to_utc(datetime(2011, 12, 30, 12), "Pacific/Apia")

    assert "from 00:00 straight to 2011-12-31 00:00" in str(refusal.value)


def test_a_repeated_time_says_both_instants():
    with pytest.raises(RepeatedTime) as refusal:
        to_utc(datetime(2026, 11, 1, 1, 30), "America/New_York")
    repeated = refusal.value

    assert (repeated.wall, repeated.zone) == (datetime(2026, 11, 1, 1, 30), "America/New_York")
    assert (repeated.first, repeated.second) == (utc("2026-11-01 05:30"), utc("2026-11-01 06:30"))
    assert repeated.phrase.text("en") == (
        "2026-11-01 01:30 exists twice in America/New_York: at 2026-11-01 05:30 and at 2026-11-01 06:30 UTC."
    )


def test_the_fold_of_a_wall_time_decides_nothing():
    with pytest.raises(RepeatedTime):
        to_utc(datetime(2026, 11, 1, 1, 30, fold=1), "America/New_York")
    assert to_utc(datetime(2026, 6, 24, 9, fold=1), "Asia/Seoul") == utc("2026-06-24 00:00")


@pytest.mark.parametrize("zone", ["", "Seoul", "asia/seoul", "Asia/Seoul ", "../etc/passwd", "KST"])
def test_a_zone_nobody_knows_is_refused(zone):
    with pytest.raises(UnknownZone) as refusal:
        to_utc(datetime(2026, 6, 24, 9), zone)

    assert refusal.value.zone == zone
    assert not is_zone(zone)


def test_a_naive_time_is_no_instant():
    with pytest.raises(NaiveTime) as refusal:
        as_utc(datetime(2026, 6, 24, 9))
    assert refusal.value.time == datetime(2026, 6, 24, 9)
    with pytest.raises(NaiveTime):
        to_wall(datetime(2026, 6, 24, 9), "Asia/Seoul")


def test_a_wall_time_carries_no_zone():
    with pytest.raises(ValueError, match="carries no zone"):
        to_utc(utc("2026-06-24 09:00"), "Asia/Seoul")
    with pytest.raises(ValueError, match="carries no zone"):
        instants_of(utc("2026-06-24 09:00"), "Asia/Seoul")


@pytest.mark.parametrize("year", [1, 1969, 2038, 9999])
def test_years_without_listed_rules_are_refused(year):
    with pytest.raises(TimeOutOfRange) as refusal:
        to_utc(datetime(year, 6, 1), "America/New_York")
    assert refusal.value.time == datetime(year, 6, 1)
    with pytest.raises(TimeOutOfRange):
        instants_of(datetime(year, 6, 1), "America/New_York")


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_an_instant_at_the_end_of_all_time_is_refused_and_not_an_overflow(at):
    with pytest.raises(TimeOutOfRange):
        to_wall(at, "Asia/Seoul")


def test_an_instant_of_any_zone_becomes_utc():
    in_seoul = datetime(2026, 6, 24, 9, tzinfo=timezone(timedelta(hours=9)))

    assert as_utc(in_seoul) == utc("2026-06-24 00:00")
    assert as_utc(in_seoul).tzinfo is UTC
    assert to_utc(datetime(2026, 6, 24, 9), "Asia/Seoul").tzinfo is UTC


def test_a_local_time_is_shown_with_its_offset():
    local = in_zone(utc("2026-09-14 23:00"), "America/Chicago")

    assert local.isoformat() == "2026-09-14T18:00:00-05:00"


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [("Asia/Seoul", 540), ("Asia/Kathmandu", 345), ("America/St_Johns", -150), ("Etc/UTC", 0)],
)
def test_the_offset_is_in_minutes(zone, minutes):
    assert offset_minutes(utc("2026-06-24 00:00"), zone) == minutes


@pytest.mark.parametrize("written", ["2026-09-15 08:00", "2026-09-15T08:00", " 2026-09-15 08:00 "])
def test_a_written_wall_time_is_read(written):
    assert parse_wall(written) == datetime(2026, 9, 15, 8)


@pytest.mark.parametrize(
    "written",
    ["", "2026-09-15", "08:00", "2026-9-15 08:00", "2026-02-29 08:00", "2026-09-15 24:00",
     "2026-09-15 08:00:00", "2026-09-15 08:00Z", "2026-09-15 08:00+09:00", "tomorrow"],
)  # fmt: skip
def test_what_is_no_wall_time_is_refused(written):
    with pytest.raises(UnreadableTime) as refusal:
        parse_wall(written)

    assert refusal.value.written == written
    assert isinstance(refusal.value, TimeError)


def test_the_edition_of_the_rules_is_known():
    assert zone_rules_version() == pytz.OLSON_VERSION


def test_the_clock_runs_in_utc():
    assert utc_now().tzinfo is UTC


@settings(max_examples=400, deadline=None)
@given(
    zone=st.sampled_from(sorted(pytz.common_timezones)),
    wall=st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2037, 12, 31)),
)
def test_wall_time_and_instant_agree_in_every_zone(zone, wall):
    wall = wall.replace(second=0, microsecond=0)

    assert answer(wall, zone) == list(instants_of(wall, zone))
    for instant in instants_of(wall, zone):
        assert to_wall(instant, zone) == wall


@settings(max_examples=150, deadline=None)
@given(data=st.data(), zone=st.sampled_from(["America/New_York", "Africa/Cairo", "Australia/Lord_Howe"]))
def test_around_each_change_of_the_clocks_no_answer_is_lost(data, zone):
    rules = pytz.timezone(zone)
    changes = [at for at in rules._utc_transition_times if datetime(2015, 1, 1) < at < datetime(2037, 1, 1)]
    change = data.draw(st.sampled_from(changes)).replace(tzinfo=UTC)
    instant = change + timedelta(minutes=data.draw(st.integers(-180, 180)))

    assert instant in instants_of(to_wall(instant, zone), zone)
    assert instant in answer(to_wall(instant, zone), zone)


@pytest.mark.parametrize(
    ("zone", "day", "begins_at"),
    [
        ("Asia/Seoul", date(2026, 6, 24), "2026-06-23 15:00"),
        # In spring Cairo goes from midnight to one, Havana in autumn from one back to midnight.
        ("Africa/Cairo", date(2026, 4, 24), "2026-04-23 22:00"),
        ("America/Havana", date(2026, 11, 1), "2026-11-01 04:00"),
        # Samoa went from the 29th to the 31st.
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30 10:00"),
    ],
)
def test_a_day_begins_where_the_clocks_let_it_begin(zone, day, begins_at):
    assert begin_of_day(day, zone) == utc(begins_at)
