"""All that one session could do at once: what it would cost, what stands in the way, and that booking agrees."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.booking.errors import NotFound, Refusal
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.match import Priority
from scheduler.grid.costs import Reckoner
from scheduler.grid.problem import Problem
from scheduler.grid.waiting import idle_of
from scheduler.services.actor import SYSTEM
from scheduler.services.book import RoomWish, book, book_room
from scheduler.services.cancel import cancel
from scheduler.services.choose import Wish
from scheduler.services.move import Target, move
from scheduler.services.options import Options, options_for, options_of_match
from scheduler.services.roster import placement_of
from scheduler.storage import matches, meetings
from tests.builders import (
    DALLAS,
    FIRST_DAY,
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
    hours,
)
from tests.services.stage import COORDINATOR, NOW, Stage, a_stage, mailed
from tests.web.visitors import keep_plan, the_plan


def crowded(folder: Path, fair: Fair | None = None) -> Stage:
    """Rest, change-over, a daily limit, a company that prefers room 2, a room that is let, one session each way."""
    people = (
        mailed(a_company("c1", preferred_room_id="r2")),
        mailed(a_company("c2", daily_limit=2)),
        mailed(a_buyer("b1", zone=SEOUL)),
        mailed(a_buyer("b2", hours=hours(DALLAS, "19:00-22:00"), zone=DALLAS)),
        mailed(an_interpreter("i1", rest_minutes=10)),
        mailed(an_interpreter("i2", daily_limit=1)),
        a_room("r1", change_over_minutes=5),
        a_room("r2"),
    )
    stage = a_stage(folder, fair=fair or a_fair(state=FairState.PUBLISHED), people_of_fair=people)
    book_room(stage.db, stage.settings, RoomWish(room_id="r2", slot=a_slot("11:00")), now=NOW, actor=SYSTEM)
    for match, clock, team in (("c1-b1", "09:00", "i1"), ("c2-b1", "10:00", "i1"), ("c2-b2", "09:30", "i2")):
        wish = stage.wish(match, clock, interpreter_ids=(team,))
        book(stage.db, stage.settings, wish, now=NOW, actor=COORDINATOR)
    return stage


def options(stage: Stage, match_id: str = "c1-b1") -> Options:
    return options_of_match(stage.db, stage.fair.key, match_id, now=NOW)


def seen(found: Options) -> dict[tuple[str, str | None], object]:
    """For each slot (by its beginning in Korea) and room: the price with its interpreters, or the rules broken."""
    return {
        (f"{place.slot.start_at + timedelta(hours=9):%H:%M}", place.room_id): (
            (place.cost.total, place.placement.interpreter_ids)
            if place.cost is not None and place.placement is not None
            else [one.rule for one in place.conflicts]
        )
        for place in found.places
    }


def test_every_slot_and_room_has_its_price_or_all_that_stands_in_its_way(tmp_path: Path) -> None:
    found = options(crowded(tmp_path))

    assert seen(found) == {
        ("09:00", "r1"): (1, ("i1",)),
        ("09:00", "r2"): (0, ("i1",)),
        ("09:30", "r1"): ["interpreter_once_at_a_time", "room_once_at_a_time"],
        ("09:30", "r2"): ["interpreter_once_at_a_time", "room_once_at_a_time"],
        ("10:00", "r1"): ["buyer_once_at_a_time", "interpreter_once_at_a_time", "room_once_at_a_time"],
        ("10:00", "r2"): ["buyer_once_at_a_time", "interpreter_once_at_a_time"],
        ("10:30", "r1"): ["interpreter_once_at_a_time", "room_once_at_a_time"],
        ("10:30", "r2"): ["interpreter_once_at_a_time"],
        ("11:00", "r1"): (1, ("i1",)),
        ("11:00", "r2"): ["room_once_at_a_time"],
        ("11:30", "r1"): (101, ("i1",)),
        ("11:30", "r2"): (100, ("i1",)),
    }


def test_a_price_says_who_waits_and_who_would_hear_of_it(tmp_path: Path) -> None:
    found = options(crowded(tmp_path))
    [last] = [one for one in found.places if one.slot == a_slot("11:30") and one.room_id == "r1"]

    assert [phrase.text("en") for phrase in found.words(last)] == [
        "PT Sample b1 waits 1 slot more",
        "another room",
    ]
    assert [phrase.text("ko") for phrase in found.words(last)] == [
        "PT Sample b1: 대기 1타임 늘어남",
        "상담실 변경 1건",
    ]
    assert [one.id for one in found.told(last)] == ["c1", "b1", "i1"]
    [present] = [one for one in found.places if one.placement == found.standing]
    assert (found.words(present), found.told(present)) == ((), ())


def test_the_cheapest_room_of_a_slot_comes_first_the_one_asked_for_among_equals(tmp_path: Path) -> None:
    stage = crowded(tmp_path)
    best = {one.slot: one.best.room_id for one in options(stage).options if one.best is not None}
    unplaced = {one.slot: one.best.room_id for one in options(stage, "c1-b2").options if one.best is not None}

    assert best == {a_slot("09:00"): "r2", a_slot("11:00"): "r1", a_slot("11:30"): "r2"}
    assert unplaced == {a_slot("11:00"): "r1", a_slot("11:30"): "r2"}


@pytest.mark.parametrize("match_id", ["c1-b1", "c2-b1", "c2-b2"])
def test_moving_agrees_with_every_option(tmp_path: Path, match_id: str) -> None:
    stage = crowded(tmp_path)
    found = options(stage, match_id)
    assert found.meeting is not None
    there, revision = found.meeting, 0
    for place in found.places:
        target = Target(slot=place.slot, room_id=place.room_id)
        try:
            moved = move(
                stage.db, stage.settings, there.id, target, seen_revision=revision, now=NOW, actor=COORDINATOR
            )
        except Refusal:
            assert place.conflicts, place
            continue
        assert place.placement is not None
        assert (moved.interpreter_ids, moved.room_id) == (
            place.placement.interpreter_ids,
            place.placement.room_id,
        )
        back = Target(slot=there.slot, interpreter_ids=there.interpreter_ids, room_id=there.room_id)
        move(stage.db, stage.settings, there.id, back, seen_revision=revision + 1, now=NOW, actor=COORDINATOR)
        revision += 2


def test_booking_a_match_from_the_tray_agrees_with_every_option(tmp_path: Path) -> None:
    stage = crowded(tmp_path)
    found = options(stage, "c1-b2")
    assert (found.standing, found.meeting) == (None, None)
    for place in found.places:
        wish = Wish(fair_key="sample", match_id="c1-b2", slot=place.slot, room_id=place.room_id)
        try:
            booked = book(stage.db, stage.settings, wish, now=NOW, actor=COORDINATOR)
        except Refusal:
            assert place.conflicts, place
            continue
        assert place.placement == placement_of(booked)
        cancel(stage.db, booked.id, seen_revision=0, now=NOW, actor=COORDINATOR)


def test_a_draft_has_options_too_and_tells_nobody(tmp_path: Path) -> None:
    stage = a_stage(tmp_path)
    keep_plan(stage, the_plan())
    found = options(stage)

    assert found.standing == the_plan().placements[0]
    assert seen(found)["09:30", "r1"] == ["buyer_once_at_a_time"]
    # Half an hour waiting for the buyer, whose day in Jakarta begins two half-hours later than before.
    assert seen(found)["10:30", "r2"] == (100 - 30 + 1, ("i1",))
    assert {found.told(place) for place in found.places} == {()}


def test_a_slot_in_the_past_is_no_option(tmp_path: Path) -> None:
    stage = crowded(tmp_path)
    found = options_of_match(stage.db, "sample", "c1-b1", now=a_slot("11:00").start_at)
    assert [one.slot for one in found.options] == [a_slot("11:00"), a_slot("11:30")]


def test_a_pair_marked_never_has_no_option_and_says_so(tmp_path: Path) -> None:
    stage = crowded(tmp_path)
    with stage.db.write() as work:
        matches.save_match(work, stage.fair.id, a_match(buyer="b2", priority=Priority.NEVER))
    found = options(stage, "c1-b2")
    assert {place.conflicts[0].rule for place in found.places} == {"never_pair"}


def test_a_match_of_another_fair_is_not_found(tmp_path: Path) -> None:
    stage = crowded(tmp_path)
    with pytest.raises(NotFound):
        options(stage, "c9-b9")


def test_the_options_of_a_meeting_are_those_of_its_match(tmp_path: Path) -> None:
    stage = crowded(tmp_path)
    found = options(stage)
    assert found.meeting is not None
    assert options_for(stage.db, found.meeting.id, now=NOW) == found.options


def test_of_days_not_asked_for_it_is_said_whether_there_is_a_place_and_why_not(tmp_path: Path) -> None:
    stage = crowded(tmp_path)
    whole = options(stage).options
    asked, other = (
        options_of_match(stage.db, "sample", "c1-b1", now=NOW, on=day).options
        for day in (FIRST_DAY, FIRST_DAY + timedelta(days=1))
    )

    assert asked == whole
    assert [(one.slot, one.conflicts) for one in other] == [(one.slot, one.conflicts) for one in whole]
    assert {bool(one.conflicts) for one in other} == {True, False}
    assert {one.places for one in other} == {()}


def test_a_price_is_what_the_whole_grid_waits_more() -> None:
    problem: Problem = a_problem()
    standing = [
        a_placement(a_match(company="c1", buyer="b1"), a_slot("09:00")),
        a_placement(a_match(company="c2", buyer="b1"), a_slot("10:00")),
        a_placement(
            a_match(company="c2", buyer="b2"), a_slot("09:30"), interpreter_ids=("i2",), room_id="r2"
        ),
    ]
    for clock in ("09:00", "09:30", "10:30", "11:30"):
        moved = replace(standing[0], slot=a_slot(clock))
        cost = Reckoner(problem, standing).cost([standing[0]], [moved])
        assert cost.idle == idle_of(problem, [moved, *standing[1:]]) - idle_of(problem, standing)


def test_early_and_late_hours_are_counted_in_each_one_s_own_zone() -> None:
    problem = a_problem(buyers=(a_buyer("b1", zone=DALLAS), a_buyer("b2")))
    standing = [a_placement(a_match(), a_slot("09:00"))]
    cost = Reckoner(problem, standing).cost(standing, [a_placement(a_match(), a_slot("10:00"))])

    # 19:00 in Dallas becomes 20:00: two half-hours more.
    assert (cost.outside, cost.half_hours_outside, cost.total) == ((("b1", 2),), 2, 20)


def test_a_session_booked_elsewhere_is_no_waiting(tmp_path: Path) -> None:
    stage = crowded(tmp_path)
    with stage.db.read() as work:
        before = meetings.meetings_of_fair(work, stage.fair.id)
    room = RoomWish(room_id="r2", slot=a_slot("10:30"), buyer_id="b1")
    book_room(stage.db, stage.settings, room, now=NOW, actor=SYSTEM)
    found = options(stage)
    assert len(before) == 3
    assert seen(found)["10:30", "r1"] == [
        "buyer_once_at_a_time",
        "interpreter_once_at_a_time",
        "room_once_at_a_time",
    ]
    # 10:30 is no slot of the buyer's own any more: one slot less to wait than without that booking.
    assert seen(found)["11:00", "r1"] == (-100 + 1, ("i1",))
    assert seen(found)["11:30", "r1"] == (1, ("i1",))
