"""From slots somebody marked as free to their hours."""

from datetime import date

import pytest

from scheduler.booking.fair import slots_of
from scheduler.booking.free_hours import hours_with_slots
from scheduler.timezones.hours import Hours
from scheduler.timezones.span import WallSpan
from tests.builders import DALLAS, FIRST_DAY, JAKARTA, a_fair, hours, spans

WORK = spans("09:00-12:00", "13:00-18:00")


def in_wall(value: Hours) -> dict[str, list[str]]:
    return {on.isoformat(): [one.text() for one in found] for on, found in value.dated}


def test_slots_that_follow_one_another_become_one_span():
    asked = slots_of(a_fair(), "ID")
    fresh = hours_with_slots(hours(JAKARTA, "13:00-15:00"), asked, asked[1:4])

    assert in_wall(fresh) == {"2026-06-24": ["07:30-09:00"]}
    assert [fresh.covers(one.start_at, one.end_at) for one in asked] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_break_between_slots_is_kept_open_and_a_pause_is_not():
    fair = a_fair(opening=spans("09:00-10:00", "14:00-15:00"), slot_minutes=25, break_minutes=5)
    asked = slots_of(fair, "ID")

    assert in_wall(hours_with_slots(hours(JAKARTA), asked, asked)) == {
        "2026-06-24": ["07:00-07:55", "12:00-12:55"]
    }


def test_what_was_taken_out_of_every_day_does_not_close_a_slot_that_was_marked():
    asked = slots_of(a_fair(), "ID")
    away = hours(JAKARTA).without(None, WallSpan.parse("08:00-09:00"))

    assert hours_with_slots(away, asked, asked[:1]).away == away.away
    assert hours_with_slots(away, asked, asked[:3]).away == ()


def test_an_absence_on_the_day_gives_way_and_one_on_another_day_stays():
    asked = slots_of(a_fair(), "ID")
    away = hours(JAKARTA).without(FIRST_DAY, WallSpan.parse("07:00-08:00"))
    away = away.without(date(2026, 7, 1), WallSpan.parse("07:00-08:00"))

    assert hours_with_slots(away, asked, asked).away == ((date(2026, 7, 1), WallSpan.parse("07:00-08:00")),)


def test_korean_mornings_are_two_evenings_in_dallas_and_run_over_midnight():
    fair = a_fair(days=(date(2026, 6, 24), date(2026, 6, 25)), opening=spans("12:00-15:00"), slot_minutes=60)
    asked = slots_of(fair, "US")
    fresh = hours_with_slots(hours(DALLAS, "09:00-17:00"), asked, [asked[0], *asked[4:]])

    assert in_wall(fresh) == {
        "2026-06-23": ["22:00-23:00"],
        "2026-06-24": ["23:00-24:00"],
        "2026-06-25": ["00:00-01:00"],
    }
    assert [fresh.covers(one.start_at, one.end_at) for one in asked] == [
        True,
        False,
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("opening", ["09:00-24:00", "00:00-09:00"])
def test_each_marked_slot_is_open_and_no_other(opening):
    fair = a_fair(days=(date(2026, 6, 24), date(2026, 6, 25)), opening=spans(opening))
    asked = slots_of(fair, "US")
    for marked in (asked[::2], asked[::3], asked[5:9], ()):
        fresh = hours_with_slots(Hours.working_days(DALLAS, WORK), asked, marked)
        assert tuple(one for one in asked if fresh.covers(one.start_at, one.end_at)) == tuple(marked)
