"""Which slots a fair has."""

from datetime import date

from scheduler.booking.fair import CountryRule, SlotRule, day_of, is_open, slots_of
from scheduler.booking.slot import Slot
from tests.builders import DALLAS, FIRST_DAY, SEOUL, a_fair, a_slot, at, spans


def test_slots_follow_one_another_with_the_break_between() -> None:
    fair = a_fair(opening=spans("09:00-10:30"), slot_minutes=30, break_minutes=10)

    assert slots_of(fair, "ID") == (a_slot("09:00"), a_slot("09:40"))


def test_a_slot_that_ends_as_the_span_ends_is_in() -> None:
    assert slots_of(a_fair(opening=spans("09:00-10:00")), "ID") == (a_slot("09:00"), a_slot("09:30"))


def test_no_slot_straddles_the_lunch_break() -> None:
    fair = a_fair(opening=spans("11:00-12:10", "13:00-13:30"))

    assert slots_of(fair, "ID") == (a_slot("11:00"), a_slot("11:30"), a_slot("13:00"))


def test_every_day_of_the_fair_has_its_slots() -> None:
    fair = a_fair(days=(FIRST_DAY, date(2026, 6, 29)), opening=spans("09:00-09:30"))

    assert slots_of(fair, "ID") == (a_slot(), a_slot(day=5))


def test_a_span_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    fair = a_fair(opening=spans("23:30-24:30"))

    assert slots_of(fair, "US") == (a_slot("23:30"), a_slot("00:00", day=1))


def test_a_country_may_have_its_own_slots() -> None:
    rule = CountryRule(country="US", slot_minutes=45, break_minutes=15, opening=spans("08:00-10:00"))
    fair = a_fair(country_rules=(rule,))

    assert slots_of(fair, "US") == (a_slot("08:00", minutes=45), a_slot("09:00", minutes=45))
    assert fair.rule_for("ID") == SlotRule(slot_minutes=30, break_minutes=0, opening=spans("09:00-12:00"))


def test_what_a_country_rule_leaves_open_is_the_fair_s() -> None:
    fair = a_fair(break_minutes=10, country_rules=(CountryRule(country="US", break_minutes=0),))

    assert fair.rule_for("US") == SlotRule(slot_minutes=30, break_minutes=0, opening=spans("09:00-12:00"))


def test_the_fair_is_open_to_the_very_end_of_a_span_and_not_beyond() -> None:
    fair = a_fair(opening=spans("09:00-10:00"))

    assert is_open(fair, "ID", Slot(at("09:35"), at("10:00")))
    assert not is_open(fair, "ID", Slot(at("09:35"), at("10:05")))
    assert not is_open(fair, "ID", a_slot("09:00", day=1))


def test_the_day_of_a_slot_is_the_one_its_zone_has_as_it_begins() -> None:
    assert day_of(a_slot("09:00"), SEOUL) == date(2026, 6, 24)
    assert day_of(a_slot("09:00"), DALLAS) == date(2026, 6, 23)
