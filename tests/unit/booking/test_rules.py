"""Each hard rule: allowed, refused, and on the boundary."""

from dataclasses import replace
from typing import Any

import pytest

from scheduler.booking.assign import Placement
from scheduler.booking.match import Priority
from scheduler.booking.people import LanguagePair
from scheduler.booking.rules import (
    OVERLAPS,
    Busy,
    Roster,
    When,
    conflicts_of,
    conflicts_with,
    home_zone,
    in_the_past,
    limit_per_day,
)
from scheduler.booking.slot import Slot
from tests.builders import (
    DALLAS,
    JAKARTA,
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

EN_TH = LanguagePair("en", "th")
KO_EN = LanguagePair("ko", "en")


def broken(
    placements: list[Placement], busy: tuple[Busy, ...] = (), **given: Any
) -> list[tuple[str, str | None]]:
    """The rules broken, each with whom it concerns."""
    found = conflicts_of(placements, a_problem(**given).roster, busy)
    return [(conflict.rule, conflict.resource_id) for conflict in found]


def second(clock: str = "09:30", **given: Any) -> Placement:
    """Another session of the same company, interpreter and room, with the other buyer."""
    return a_placement(a_match(buyer="b2"), a_slot(clock), **given)


def test_a_session_that_keeps_every_rule_has_no_conflict() -> None:
    assert broken([a_placement()]) == []


def test_a_session_takes_a_slot_of_the_fair() -> None:
    assert broken([a_placement(slot=a_slot("11:30"))]) == []
    assert broken([a_placement(slot=a_slot("09:10"))]) == [("slot_of_the_fair", None)]
    assert broken([a_placement(slot=a_slot("12:00"))]) == [("slot_of_the_fair", None)]


def test_a_walk_in_begins_at_any_time_while_the_fair_is_open() -> None:
    matches = (a_match(is_walk_in=True),)

    assert broken([a_placement(slot=a_slot("11:30"))], matches=matches) == []
    assert broken([a_placement(slot=a_slot("09:10"))], matches=matches) == []
    assert broken([a_placement(slot=a_slot("11:35"))], matches=matches) == [("slot_of_the_fair", None)]


def test_without_a_fair_any_slot_will_do() -> None:
    roster = replace(a_problem().roster, fair=None)

    assert conflicts_of([a_placement(slot=a_slot("21:10"))], roster) == ()
    assert home_zone(roster) == SEOUL


def test_a_session_brings_together_the_two_of_its_match() -> None:
    assert broken([a_placement(buyer_id="b2")]) == [("right_people", None)]
    assert broken([a_placement(company_id="c2")]) == [("right_people", None)]


def test_a_pair_marked_never_does_not_meet() -> None:
    assert broken([a_placement()], matches=(a_match(priority=Priority.NEVER),)) == [("never_pair", None)]


def test_a_pair_marked_never_in_one_match_does_not_meet_in_another() -> None:
    matches = (a_match(), a_match("again", priority=Priority.NEVER))

    assert broken([a_placement()], matches=matches) == [("never_pair", None)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"companies": (a_company(hours=hours(SEOUL, "09:30-18:00")),)}, ("company_hours", "c1")),
        ({"buyers": (a_buyer(hours=hours(JAKARTA, "07:30-18:00")),)}, ("buyer_hours", "b1")),
        ({"interpreters": (an_interpreter(hours=hours(SEOUL, "13:00-18:00")),)}, ("interpreter_hours", "i1")),
        ({"rooms": (a_room(hours=hours(SEOUL, "09:05-18:00")),)}, ("room_hours", "r1")),
    ],
)
def test_everybody_meets_inside_their_own_hours(given: dict[str, Any], expected: tuple[str, str]) -> None:
    given["matches"] = (a_match(),)

    assert broken([a_placement()], **given) == [expected]


def test_hours_that_hold_the_session_exactly_are_enough() -> None:
    buyers = (a_buyer(hours=hours(JAKARTA, "07:00-07:30")),)

    assert broken([a_placement()], buyers=buyers, matches=(a_match(),)) == []


def test_a_buyer_s_hours_are_read_in_the_buyer_s_zone() -> None:
    evening = a_buyer(zone=DALLAS, hours=hours(DALLAS, "18:00-20:00"))

    assert broken([a_placement(slot=a_slot("09:00"))], buyers=(evening,), matches=(a_match(),)) == []
    assert broken([a_placement(slot=a_slot("10:30"))], buyers=(evening,), matches=(a_match(),)) == [
        ("buyer_hours", "b1")
    ]


def test_each_leg_has_an_interpreter_of_its_languages() -> None:
    assert broken([a_placement(interpreter_ids=())]) == [("languages", None)]
    assert broken([a_placement(interpreter_ids=("i1", "i2"))]) == [("languages", None)]
    assert broken([a_placement()], interpreters=(an_interpreter(pairs=(KO_EN,)),)) == [("languages", "i1")]


def test_a_relay_takes_two_interpreters_in_the_order_of_the_legs() -> None:
    given = {
        "matches": (a_match(legs=(KO_EN, EN_TH)),),
        "interpreters": (an_interpreter("i1", pairs=(KO_EN,)), an_interpreter("i2", pairs=(EN_TH, KO_EN))),
    }

    assert broken([a_placement(interpreter_ids=("i1", "i2"))], **given) == []
    assert broken([a_placement(interpreter_ids=("i2", "i1"))], **given) == [("languages", "i1")]
    assert broken([a_placement(interpreter_ids=("i2", "i2"))], **given) == [("languages", None)]


def test_a_session_without_interpretation_takes_nobody() -> None:
    matches = (a_match(legs=()),)

    assert broken([a_placement(interpreter_ids=())], matches=matches) == []
    assert broken([a_placement(interpreter_ids=("i1",))], matches=matches) == [("languages", None)]


def test_a_room_is_for_those_who_come_to_it() -> None:
    from_the_office = (a_match(needs_room=False),)

    assert broken([a_placement(room_id=None)], matches=from_the_office) == []
    assert broken([a_placement(room_id=None)]) == [("room_or_own_office", "c1")]
    assert broken([a_placement(room_id="r1")], matches=from_the_office) == [("room_or_own_office", "r1")]


def test_sessions_back_to_back_do_not_collide() -> None:
    assert broken([a_placement(), second("09:30")]) == []


def test_nobody_and_no_room_is_in_two_sessions_at_once() -> None:
    assert broken([a_placement(), second("09:00")]) == [
        ("company_once_at_a_time", "c1"),
        ("interpreter_once_at_a_time", "i1"),
        ("room_once_at_a_time", "r1"),
    ]


def test_sessions_of_unequal_length_collide_too() -> None:
    long = a_placement(slot=Slot.lasting(at("09:00"), 90))

    found = broken([long, second("09:30", room_id="r2", interpreter_ids=("i2",)), second("10:00")])

    assert [label for label, who in found if who == "c1"] == ["company_once_at_a_time"] * 2


def test_an_interpreter_rests_before_the_next_session() -> None:
    def with_rest(minutes: int) -> list[tuple[str, str | None]]:
        resting = (an_interpreter(rest_minutes=minutes),)
        others = {
            "interpreters": resting,
            "fair": a_fair(break_minutes=10),
            "rooms": (a_room("r1"), a_room("r2")),
        }
        return broken([a_placement(), second("09:40")], **others)

    assert with_rest(10) == []
    assert with_rest(15) == [("interpreter_rest", "i1")]


def test_a_room_is_changed_over_before_the_next_session() -> None:
    def with_change_over(minutes: int) -> list[tuple[str, str | None]]:
        rooms, fair = (a_room(change_over_minutes=minutes),), a_fair(break_minutes=10)
        return broken([a_placement(), second("09:40")], rooms=rooms, fair=fair)

    assert with_change_over(10) == []
    assert with_change_over(15) == [("room_change_over", "r1")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"companies": (a_company(daily_limit=1),)}, ("company_daily_limit", "c1")),
        ({"fair": a_fair(company_daily_limit=1)}, ("company_daily_limit", "c1")),
        ({"interpreters": (an_interpreter(daily_limit=1),)}, ("interpreter_daily_limit", "i1")),
    ],
)
def test_nobody_has_more_sessions_a_day_than_their_limit(
    given: dict[str, Any], expected: tuple[str, str]
) -> None:
    matches = (a_match(), a_match(buyer="b2"))

    assert broken([a_placement()], matches=matches, **given) == []
    assert broken([a_placement(), second()], matches=matches, **given) == [expected]


def test_a_limit_counts_by_the_days_of_the_one_it_is_for() -> None:
    # 13:30 and 14:30 in Korea are before and after midnight in Dallas.
    fair = a_fair(opening=spans("13:00-15:00"))
    buyer = a_buyer(zone=DALLAS, daily_limit=1)
    both = [a_placement(slot=a_slot("13:30")), a_placement(a_match(company="c2"), a_slot("14:30"))]
    given = {"fair": fair, "matches": (a_match(), a_match(company="c2"))}

    assert broken(both, buyers=(buyer,), **given) == []
    assert broken(both, buyers=(a_buyer(daily_limit=1),), **given) == [("buyer_daily_limit", "b1")]


def test_an_own_limit_goes_before_the_fair_s_and_rooms_have_none() -> None:
    fair = a_fair(company_daily_limit=3, buyer_daily_limit=4)

    assert limit_per_day(a_company(daily_limit=9), fair) == 9
    assert limit_per_day(a_company(), fair) == 3
    assert limit_per_day(a_buyer(), fair) == 4
    assert limit_per_day(an_interpreter(), fair) is None
    assert limit_per_day(a_company(), None) is None
    assert limit_per_day(a_room(), fair) is None


def test_a_match_is_placed_once() -> None:
    assert broken([a_placement(), a_placement(slot=a_slot("10:00"))]) == [("match_once", None)]


def test_what_is_booked_elsewhere_is_not_free() -> None:
    def with_busy(clock: str) -> list[tuple[str, str | None]]:
        return broken([a_placement()], busy=(Busy(resource_id="r1", slot=a_slot(clock)),))

    assert with_busy("09:30") == []
    assert with_busy("09:25") == [("busy_elsewhere", "r1")]


def test_a_booking_elsewhere_is_met_by_the_rest_as_well() -> None:
    resting, busy = (an_interpreter(rest_minutes=10),), (Busy(resource_id="i1", slot=a_slot("09:35")),)

    assert broken([a_placement()], busy, interpreters=resting) == [("busy_elsewhere", "i1")]


def test_one_more_session_answers_only_for_its_own_conflicts() -> None:
    standing = [a_placement(), second("09:00", interpreter_ids=("i2",), room_id="r2")]
    fresh = a_placement(a_match(company="c2"), a_slot("10:00"))

    assert conflicts_with(fresh, standing, a_problem().roster) == ()


def test_one_more_session_is_told_all_it_would_break() -> None:
    fresh = a_placement(a_match(company="c2"), a_slot("09:00"))
    busy = (Busy(resource_id="c2", slot=a_slot("09:00")),)

    found = conflicts_with(fresh, [a_placement()], a_problem().roster, busy)

    assert [(conflict.rule, conflict.resource_id) for conflict in found] == [
        ("buyer_once_at_a_time", "b1"),
        ("interpreter_once_at_a_time", "i1"),
        ("room_once_at_a_time", "r1"),
        ("busy_elsewhere", "c2"),
    ]
    assert {conflict.rule for conflict in found} <= OVERLAPS


def test_a_conflict_says_when_on_both_sides() -> None:
    buyers = (a_buyer(zone=DALLAS, hours=hours(DALLAS, "09:00-17:00")),)
    (conflict,) = conflicts_of([a_placement()], a_problem(buyers=buyers, matches=(a_match(),)).roster)

    assert conflict.phrase.text(
        "ko"
    ) == "PT Sample b1: 6.24(수) 09:00–09:30 KST · 전날 19:00–19:30 CDT 가능 시간이 아닙니다" or (
        "전날 19:00–19:30 CDT" in conflict.phrase.text("ko")
    )
    assert conflict.match_ids == ("c1-b1",)


def test_a_slot_that_has_begun_is_past() -> None:
    conflict = in_the_past(a_slot(), SEOUL)

    assert (conflict.rule, conflict.slot) == ("in_the_past", a_slot())
    assert "09:00" in conflict.phrase.text("en")


def test_a_time_with_one_zone_is_said_once() -> None:
    assert When(a_slot(), SEOUL).text("en") == "Wed 24 Jun 09:00–09:30 KST"


def test_a_roster_without_matches_bars_nobody() -> None:
    assert Roster().never_pairs == frozenset()


def test_a_conflict_names_people_rooms_and_languages_in_the_reader_s_own() -> None:
    interpreter = an_interpreter(name="이통역", name_en="Lee", pairs=(KO_EN,))
    closed = a_room(name="1호실", name_en="Room one", hours=hours(SEOUL, "13:00-14:00"))
    problem = a_problem(interpreters=(interpreter,), rooms=(closed,))
    said = [one.phrase for one in conflicts_of([a_placement()], problem.roster)]
    assert [one.text("en") for one in said] == [
        "Room one is closed at Wed 24 Jun 09:00–09:30 KST",
        "Lee does not interpret Indonesian–Korean",
    ]
    assert [name in one.text("ko") for name, one in zip(("1호실", "이통역"), said, strict=True)] == [
        True,
        True,
    ]
