"""A week of half hours painted and read back."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.timezones.hours import Hours
from scheduler.timezones.intervals import without
from scheduler.timezones.painted import HALVES, painted, repainted
from scheduler.timezones.span import WallSpan
from tests.builders import utc

SEOUL = "Asia/Seoul"
CELLS = frozenset((weekday, half) for weekday in range(7) for half in range(HALVES))


def span(written: str) -> WallSpan:
    return WallSpan.parse(written)


def week(hours: Hours) -> list[str]:
    return [" ".join(one.text() for one in spans) for spans in hours.weekly]


def test_a_half_hour_is_painted_when_all_of_it_is_open():
    hours = Hours.working_days(SEOUL, [span("09:10-10:45")])

    assert painted(hours) == {(weekday, half) for weekday in range(5) for half in (19, 20)}


def test_lunch_and_what_runs_over_midnight_are_seen_where_they_are():
    hours = Hours.every_day(SEOUL, [span("11:00-14:00"), span("23:00-25:00")]).without(
        None, span("12:00-13:00")
    )

    assert {half for weekday, half in painted(hours) if weekday == 6} == {0, 1, 22, 23, 26, 27, 46, 47}


def test_a_day_that_was_not_painted_over_keeps_its_minutes():
    hours = Hours.working_days(SEOUL, [span("09:10-17:45")])
    fresh = repainted(hours, painted(hours) - {(0, 19)} | {(5, 20)})

    assert week(fresh) == ["10:00-17:30", *["09:10-17:45"] * 4, "10:00-10:30", ""]


def test_what_was_taken_out_of_every_day_can_be_painted_again_and_stays_out_of_single_dates():
    on = date(2026, 6, 24)
    hours = Hours.every_day(SEOUL, [span("09:00-15:00")]).without(None, span("12:00-13:00"))
    hours = hours.without(date(2026, 6, 26), span("09:00-10:00")).with_dated(on, [span("11:00-14:00")])
    fresh = repainted(hours, painted(hours) | {(0, 24), (0, 25)})

    assert week(fresh)[:2] == ["09:00-15:00", "09:00-12:00 13:00-15:00"]
    assert [one.text() for one in dict(fresh.dated)[on]] == ["11:00-12:00", "13:00-14:00"]
    assert fresh.away == ((date(2026, 6, 26), span("09:00-10:00")),)


def test_nothing_painted_is_never_and_everything_is_always():
    assert week(repainted(Hours.always(SEOUL), ())) == [""] * 7
    assert week(repainted(Hours.never(SEOUL), CELLS)) == ["00:00-24:00"] * 7


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, HALVES - 1))))
def test_what_is_painted_is_what_is_read_back(cells):
    hours = Hours.working_days(SEOUL, [span("08:50-12:00"), span("22:00-26:00")]).without(
        2, span("09:00-09:20")
    )

    assert painted(repainted(hours, cells)) == cells


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 1480)), max_size=4))
def test_painting_nothing_anew_leaves_every_minute_of_the_week_open_as_it_was(starts):
    spans = [WallSpan(start, min(start + length, 2880)) for start, length in starts]
    hours = Hours.every_day(SEOUL, spans).without(None, span("12:00-13:10"))
    fresh = repainted(hours, painted(hours))

    assert inner(fresh) == inner(hours)


def inner(hours: Hours) -> tuple[object, ...]:
    """What is open from 8 to 15 June, whatever runs in or out of that week cut off."""
    first, last = utc(2026, 6, 8), utc(2026, 6, 15)
    return without(
        hours.intervals(date(2026, 6, 1), date(2026, 6, 21)),
        [(utc(2026, 5, 1), first), (last, utc(2026, 7, 1))],
    )
