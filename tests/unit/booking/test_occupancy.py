"""Who is free when, and the next moment that suits everybody."""

import random
from typing import Any

from scheduler.booking.occupancy import (
    Occupancy,
    candidate_slots,
    find_interpreters,
    find_placement,
    find_room,
    first_free,
    is_placeable,
    nearest_moments,
    obstacles,
    occupancy_of,
)
from scheduler.booking.people import LanguagePair
from scheduler.booking.rules import Roster
from tests.builders import (
    KO_ID,
    SEOUL,
    a_buyer,
    a_company,
    a_fair,
    a_match,
    a_placement,
    a_problem,
    a_room,
    a_slot,
    an_interpreter,
    at,
    hours,
    spans,
)

NOBODY = Occupancy()


def roster(**given: Any) -> Roster:
    return a_problem(**given).roster


def test_a_free_slot_gives_a_placement_with_names() -> None:
    assert find_placement(a_match(), a_slot(), roster(), NOBODY) == a_placement()


def test_a_session_from_the_own_office_in_one_language_takes_nobody_else() -> None:
    match = a_match(legs=(), needs_room=False)

    assert find_placement(match, a_slot(), roster(), NOBODY) == a_placement(match)


def test_a_booked_side_has_no_place_for_a_second_session() -> None:
    taken = occupancy_of([a_placement()], roster())

    assert find_placement(a_match(buyer="b2"), a_slot(), roster(), taken) is None
    assert find_placement(a_match(buyer="b2"), a_slot("09:30"), roster(), taken) is not None


def test_without_an_interpreter_or_a_room_there_is_no_placement() -> None:
    assert find_placement(a_match(), a_slot(), roster(interpreters=()), NOBODY) is None
    assert find_placement(a_match(), a_slot(), roster(rooms=()), NOBODY) is None


def test_claims_from_elsewhere_count() -> None:
    taken = occupancy_of([], roster(), {"c1": a_slot("09:25").ticks()})

    assert find_placement(a_match(), a_slot(), roster(), taken) is None
    assert find_placement(a_match(), a_slot("10:00"), roster(), taken) is not None


def test_the_interpreter_with_the_fewest_sessions_that_day_comes_first() -> None:
    taken = occupancy_of([a_placement()], roster())

    assert find_interpreters((KO_ID,), a_slot("10:00"), roster(), taken) == ("i2",)


def test_a_relay_finds_two_people_even_if_the_first_guess_takes_the_wrong_one() -> None:
    ko_en, en_th = LanguagePair("ko", "en"), LanguagePair("en", "th")
    team = (an_interpreter("i1", pairs=(ko_en, en_th)), an_interpreter("i2", pairs=(ko_en,)))

    assert find_interpreters((ko_en, en_th), a_slot(), roster(interpreters=team), NOBODY) == ("i2", "i1")
    assert find_interpreters((ko_en, en_th), a_slot(), roster(interpreters=team[1:]), NOBODY) is None


def test_the_company_s_preferred_room_comes_first() -> None:
    given = {"companies": (a_company(preferred_room_id="r2"),), "matches": (a_match(),)}
    room = find_room(a_match(), a_slot(), roster(**given), NOBODY)

    assert room is not None and room.id == "r2"


def test_a_limit_that_is_reached_leaves_no_free_slot_that_day() -> None:
    given = {"companies": (a_company(daily_limit=1),), "fair": a_fair()}
    people = roster(**given, matches=(a_match(), a_match(buyer="b2")))
    taken = occupancy_of([a_placement()], people)

    assert not taken.is_free(people.resources["c1"], a_slot("11:00"), people.fair)
    assert taken.is_free(people.resources["c1"], a_slot("11:00", day=1), people.fair)


def test_the_nearest_moments_come_first_and_none_before_now() -> None:
    found = nearest_moments(a_match(), roster(), NOBODY, around=at("10:10"), not_before=at("09:45"), count=3)

    assert [one.slot for one in found] == [a_slot("10:00"), a_slot("10:30"), a_slot("11:00")]


def test_fewer_moments_are_found_when_there_are_no_more() -> None:
    found = nearest_moments(a_match(), roster(), NOBODY, around=at("09:00"), not_before=at("11:30"))

    assert [one.slot for one in found] == [a_slot("11:30")]


def test_a_moment_that_somebody_has_taken_is_passed_over() -> None:
    taken = occupancy_of([a_placement()], roster())
    found = nearest_moments(
        a_match(buyer="b2"), roster(), taken, around=at("09:00"), not_before=at("09:00"), count=1
    )

    assert [one.slot for one in found] == [a_slot("09:30")]


def test_a_walk_in_may_begin_at_every_tick_of_the_opening_hours() -> None:
    fair = a_fair(opening=spans("09:00-09:40", "13:00-13:30"))
    walk_in = a_match(is_walk_in=True)

    assert candidate_slots(walk_in, roster(fair=fair)) == (
        a_slot("09:00"),
        a_slot("09:05"),
        a_slot("09:10"),
        a_slot("13:00"),
    )


def test_without_slots_a_walk_in_has_none_either() -> None:
    fair = a_fair(opening=spans("09:00-09:20"))

    assert candidate_slots(a_match(is_walk_in=True), roster(fair=fair)) == ()


def test_outside_any_fair_there_are_no_slots_to_choose_from() -> None:
    people = Roster(resources=roster().resources, matches=roster().matches)

    assert candidate_slots(a_match(), people) == ()


def test_everything_in_the_way_is_said_at_once() -> None:
    people = roster(
        companies=(a_company(hours=hours(SEOUL, "10:00-12:00")), a_company("c2")),
        buyers=(a_buyer(daily_limit=1),),
        interpreters=(an_interpreter(),),
        rooms=(a_room(),),
        matches=(a_match(), a_match(company="c2")),
    )
    taken = occupancy_of([a_placement(a_match(company="c2"), a_slot("09:00"))], people)

    early = obstacles(a_match(), a_slot("09:00"), people, taken)
    late = obstacles(a_match(), a_slot("11:00"), people, taken)

    assert [(one.rule, one.match_ids) for one in early] == [
        ("company_hours", ("c1-b1",)),
        ("buyer_once_at_a_time", ("c1-b1",)),
        ("interpreter_once_at_a_time", ("c1-b1",)),
        ("room_once_at_a_time", ("c1-b1",)),
    ]
    assert [(one.rule, one.resource_id) for one in late] == [("buyer_daily_limit", "b1")]
    assert obstacles(a_match(company="c2"), a_slot("11:00", day=1), people, taken) == ()


def test_hours_are_part_of_being_free() -> None:
    company = a_company(hours=hours(SEOUL, "09:00-10:00"))

    assert NOBODY.is_free(company, a_slot("09:30"), None)
    assert not NOBODY.is_free(company, a_slot("09:45"), None)


def test_without_anybody_around_nothing_is_in_the_way_of_the_own_office() -> None:
    people = roster(interpreters=(), rooms=())

    assert obstacles(a_match(legs=(), needs_room=False), a_slot(), people, NOBODY) == ()


def test_the_first_free_slot_is_the_nearest_of_those_that_begin_late_enough() -> None:
    taken = occupancy_of([a_placement(a_match(), a_slot("10:00"))], roster())
    near = nearest_moments(
        a_match(buyer="b2"), roster(), taken, around=at("09:40"), not_before=at("09:40"), count=1
    )

    assert first_free(a_match(buyer="b2"), roster(), taken, not_before=at("09:40")) == a_slot("10:30")
    assert [one.slot for one in near] == [a_slot("10:30")]
    assert first_free(a_match(buyer="b2"), roster(rooms=()), taken, not_before=at("09:00")) is None


def test_something_is_in_the_way_exactly_where_no_placement_is_found() -> None:
    chance, ko_en, en_th = random.Random(7), LanguagePair("ko", "en"), LanguagePair("en", "th")
    team = (an_interpreter("i1", pairs=(ko_en, en_th)), an_interpreter("i2", pairs=(ko_en,)))
    every_legs = ((), (ko_en,), (en_th,), (ko_en, en_th))
    found = set()
    for _ in range(300):
        people = roster(interpreters=team, rooms=(a_room("r1", change_over_minutes=10), a_room("r2")))
        match = a_match(legs=chance.choice(every_legs), needs_room=chance.random() < 0.7)
        claims = {one: a_slot(chance.choice(("09:00", "09:25", "09:50"))).ticks() for one in people.resources}
        kept = {one: ticks for one, ticks in claims.items() if chance.random() < 0.4}
        taken = occupancy_of([], people, kept)
        placed = find_placement(match, a_slot("09:30"), people, taken) is not None

        assert placed == is_placeable(match, a_slot("09:30"), people, taken)
        assert placed == (obstacles(match, a_slot("09:30"), people, taken) == ())
        found.add(placed)

    assert found == {True, False}
