"""Calling a pair forward: which moments there are, who is free for them, and where the empty session ends."""

from dataclasses import replace

from scheduler.booking.forward import as_walk_in, cut_short, first_opening, is_left, openings
from scheduler.booking.meeting import State
from scheduler.booking.occupancy import Occupancy
from scheduler.booking.rules import Roster, conflicts_with
from scheduler.booking.slot import Slot
from tests.builders import (
    a_buyer,
    a_company,
    a_fair,
    a_match,
    a_meeting,
    a_room,
    a_slot,
    an_interpreter,
    at,
    hours,
)

FREED = a_meeting(state=State.NO_SHOW, slot=a_slot("09:00", minutes=40))


def a_roster(**given: object) -> Roster:
    people = (
        a_company("c2"),
        a_buyer("b2"),
        an_interpreter("i1"),
        an_interpreter("i2"),
        a_room("r1"),
        a_room("r2"),
    )
    known = {one.id: one for one in people} | given
    match = a_match(company="c2", buyer="b2")
    return Roster(fair=a_fair(), resources=known, matches={match.id: match})  # type: ignore[arg-type]


def opening(roster: Roster, taken: dict[str, Slot] | None = None, clock: str = "09:08"):
    occupancy = Occupancy(ticks={key: frozenset(slot.ticks()) for key, slot in (taken or {}).items()})
    return first_opening(roster.matches["c2-b2"], FREED, roster, occupancy, now=at(clock))


def test_moments_begin_at_the_next_tick_and_end_with_the_session_where_a_whole_one_is_too_long():
    found = list(openings(a_slot("09:00"), minutes=30, now=at("09:08")))

    assert found == [
        Slot(at("09:10"), at("09:40")),
        Slot(at("09:10"), at("09:30")),
        Slot(at("09:15"), at("09:45")),
        Slot(at("09:15"), at("09:30")),
    ]
    assert next(openings(a_slot("09:00"), minutes=30, now=at("09:00"))).start_at == at("09:05")
    assert next(openings(a_slot("09:00"), minutes=30, now=at("09:10"))).start_at == at("09:10")


def test_a_quarter_of_an_hour_is_enough_and_less_is_not():
    assert is_left(a_slot("09:00"), at("09:15"))
    assert not is_left(a_slot("09:00"), at("09:16"))
    assert list(openings(a_slot("09:00"), minutes=30, now=at("09:16"))) == []


def test_the_pair_gets_the_room_and_the_interpreter_that_wait_and_others_where_these_are_not_free():
    waiting, elsewhere = (
        opening(a_roster()),
        opening(a_roster(), {"i1": a_slot("09:00"), "r1": a_slot("09:00")}),
    )

    assert (waiting.slot, waiting.interpreter_ids, waiting.room_id) == (
        Slot(at("09:10"), at("09:40")),
        ("i1",),
        "r1",
    )
    assert (elsewhere.interpreter_ids, elsewhere.room_id) == (("i2",), "r2")


def test_where_somebody_has_a_session_soon_it_is_shorter_or_not_at_all():
    soon = opening(a_roster(), {"b2": a_slot("09:40", minutes=30)}, clock="09:12")

    assert soon.slot == Slot(at("09:15"), at("09:40"))
    assert opening(a_roster(), {"b2": a_slot("09:20")}) is None
    assert opening(a_roster(b2=a_buyer("b2", hours=hours("Asia/Jakarta", "08:00-10:00")))) is None


def test_outside_the_opening_hours_nobody_is_called():
    late = replace(FREED, slot=a_slot("11:45", minutes=40))
    roster = a_roster()

    assert first_opening(roster.matches["c2-b2"], late, roster, Occupancy(), now=at("11:50")) is None


def test_the_empty_session_ends_before_rest_and_change_over_and_lasts_a_tick_at_least():
    resources = (an_interpreter("i1", rest_minutes=10), a_room("r1", change_over_minutes=5))

    assert cut_short(FREED, before=at("09:25"), resources=resources).slot == Slot(at("09:00"), at("09:15"))
    assert cut_short(FREED, before=at("09:10"), resources=resources).slot == Slot(at("09:00"), at("09:05"))
    assert cut_short(FREED, before=at("09:50"), resources=()).slot == FREED.slot


def test_what_is_called_forward_keeps_every_rule_as_a_walk_in():
    roster = a_roster()
    placement = opening(roster)
    called = replace(roster, matches={"c2-b2": as_walk_in(roster.matches["c2-b2"])})

    assert conflicts_with(placement, (), called) == ()
    assert [one.rule for one in conflicts_with(placement, (), roster)] == ["slot_of_the_fair"]
