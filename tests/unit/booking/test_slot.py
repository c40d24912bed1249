"""Slots, ticks, and what is left between bookings."""

from datetime import datetime, timedelta

import pytest

from scheduler.booking.slot import Slot, free_between, tick_start
from scheduler.timezones.errors import NaiveTime
from tests.builders import a_slot, at, utc


def test_back_to_back_touches_and_does_not_overlap() -> None:
    first, second = a_slot("09:00"), a_slot("09:30")

    assert not first.overlaps(second)
    assert not second.overlaps(first)


def test_a_minute_in_common_is_an_overlap_from_both_sides() -> None:
    first, second = a_slot("09:00", minutes=31), a_slot("09:30")

    assert first.overlaps(second)
    assert second.overlaps(first)


def test_a_slot_is_kept_in_utc_whatever_zone_it_came_in() -> None:
    assert Slot.lasting(at("09:00"), 40) == Slot(utc(2026, 6, 24), utc(2026, 6, 24, 0, 40))
    assert Slot.lasting(at("09:00"), 40).minutes == 40


def test_a_slot_that_ends_when_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="must end after"):
        Slot(at("09:00"), at("09:00"))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveTime):
        Slot(datetime(2026, 6, 24, 9), datetime(2026, 6, 24, 10))  # noqa: DTZ001


def test_the_buffer_is_added_on_the_sides_named() -> None:
    assert a_slot("09:00").with_buffer(before_minutes=5, after_minutes=10) == Slot(at("08:55"), at("09:40"))


def test_a_slot_on_the_grid_takes_the_ticks_it_lasts() -> None:
    ticks = a_slot("09:00", minutes=30).ticks()

    assert len(ticks) == 6
    assert tick_start(ticks.start) == at("09:00")
    assert tick_start(ticks.stop) == at("09:30")


def test_a_slot_off_the_grid_takes_the_whole_ticks_at_its_edges() -> None:
    ticks = a_slot("09:02", minutes=6).ticks()

    assert (tick_start(ticks.start), tick_start(ticks.stop)) == (at("09:00"), at("09:10"))


def test_what_is_left_is_what_no_booking_touches() -> None:
    day = Slot(at("09:00"), at("12:00"))
    busy = [a_slot("10:00"), a_slot("08:00"), a_slot("11:30", minutes=60), a_slot("10:15")]

    assert list(free_between([day], busy)) == [Slot(at("09:00"), at("10:00")), Slot(at("10:45"), at("11:30"))]


def test_a_day_booked_from_end_to_end_leaves_nothing() -> None:
    day = Slot(at("09:00"), at("10:00"))

    assert list(free_between([day], [day])) == []
    assert list(free_between([day], [])) == [day]
    assert day.start_at + timedelta(hours=1) == day.end_at
