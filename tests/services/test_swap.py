"""Two sessions exchange their times: both or neither, with every reason, and each person told once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from scheduler.booking.errors import IllegalMove, NotFound, RulesBroken, StaleRevision
from scheduler.booking.fair import CountryRule, FairState
from scheduler.booking.meeting import Meeting
from scheduler.booking.people import Resource
from scheduler.services.actor import SYSTEM
from scheduler.services.book import RoomWish, book, book_room
from scheduler.services.build_grid import problem_of
from scheduler.services.cancel import cancel
from scheduler.services.move import Target, move
from scheduler.services.roster import placement_of
from scheduler.services.swap import swap
from scheduler.services.what_if import MoveTo, PinThere, Step, Swap, TakeOut, WhatIf, what_if
from scheduler.storage import matches, meetings
from tests.builders import (
    DALLAS,
    SEOUL,
    a_buyer,
    a_company,
    a_fair,
    a_room,
    a_slot,
    an_interpreter,
    hours,
    spans,
)
from tests.services.stage import COORDINATOR, NOW, Stage, a_stage, mailed, the_people
from tests.web.visitors import keep_plan, the_plan


def published(folder: Path, *others: Resource, **given: object) -> Stage:
    """The usual people in a published fair, with some of them otherwise."""
    changed = {one.id: one for one in others}
    people = tuple(changed.pop(one.id, one) for one in the_people())
    fair = a_fair(state=FairState.PUBLISHED, **given)
    return a_stage(folder, fair=fair, people_of_fair=(*people, *changed.values()))


def booked(stage: Stage, match: str, clock: str, **given: object) -> Meeting:
    return book(stage.db, stage.settings, stage.wish(match, clock, **given), now=NOW, actor=COORDINATOR)


def exchanged(stage: Stage, first: Meeting, second: Meeting) -> tuple[Meeting, Meeting]:
    return swap(
        stage.db,
        stage.settings,
        first.id,
        second.id,
        seen_revisions=(first.revision, second.revision),
        now=NOW,
        actor=COORDINATOR,
    )


def tried(stage: Stage, step: Step) -> WhatIf:
    return what_if(stage.db, stage.fair.key, step, now=NOW)


def rules(refused: pytest.ExceptionInfo[RulesBroken]) -> list[tuple[str, str | None]]:
    return [(one.rule, one.resource_id) for one in refused.value.conflicts]


def test_two_sessions_of_one_buyer_exchange_time_and_room_and_keep_their_interpreters(tmp_path: Path) -> None:
    stage = published(tmp_path)
    first = booked(stage, "c1-b1", "09:00", interpreter_ids=("i1",), room_id="r1")
    second = booked(stage, "c2-b1", "10:00", interpreter_ids=("i2",), room_id="r2")
    what = tried(stage, Swap(first_id="c1-b1", second_id="c2-b1"))

    one, other = exchanged(stage, first, second)

    assert (one.uid, one.slot, one.room_id, one.interpreter_ids, one.revision) == (
        first.uid,
        second.slot,
        "r2",
        ("i1",),
        1,
    )
    assert (other.uid, other.slot, other.room_id, other.interpreter_ids, other.revision) == (
        second.uid,
        first.slot,
        "r1",
        ("i2",),
        1,
    )
    assert {(one.slot, one.room_id, one.match_id) for one in what.after} == {
        (one.slot, one.room_id, "c1-b1"),
        (other.slot, other.room_id, "c2-b1"),
    }
    assert sorted(told.id for told in what.told) == ["b1", "c1", "c2", "i1", "i2"]


def test_each_person_is_told_of_each_session_once_and_only_after_the_coordinator_s_word(
    tmp_path: Path,
) -> None:
    stage = published(tmp_path)
    first = booked(stage, "c1-b1", "09:00", interpreter_ids=("i1",))
    second = booked(stage, "c2-b1", "10:00", interpreter_ids=("i2",))

    exchanged(stage, first, second)

    updates = [row for row in stage.notices() if row[0] == "update"]
    assert updates == [
        ("update", "b1", 1, "collected"),
        ("update", "b1", 1, "collected"),
        ("update", "c1", 1, "collected"),
        ("update", "c2", 1, "collected"),
        ("update", "i1", 1, "collected"),
        ("update", "i2", 1, "collected"),
    ]
    assert stage.trail("meeting", first.id)[-1] == ("coordinator:acc_1", "swap")


def test_an_exchange_and_back_leaves_everything_as_it_was(tmp_path: Path) -> None:
    stage = published(tmp_path)
    pair = booked(stage, "c1-b1", "09:00"), booked(stage, "c1-b2", "10:00", room_id="r2")
    there = exchanged(stage, *pair)
    back = exchanged(stage, *there)
    assert [replace(one, revision=0) for one in back] == list(pair)


def test_all_reasons_for_both_are_given_at_once_and_nothing_changes(tmp_path: Path) -> None:
    early = mailed(a_company("c1", hours=hours(SEOUL, "09:00-10:00")))
    late = mailed(a_buyer("b2", zone=SEOUL, hours=hours(SEOUL, "10:00-12:00")))
    stage = published(tmp_path, early, late)
    first, second = booked(stage, "c1-b1", "09:00"), booked(stage, "c2-b2", "10:00")

    with pytest.raises(RulesBroken) as refused:
        exchanged(stage, first, second)

    assert rules(refused) == [("company_hours", "c1"), ("buyer_hours", "b2")]
    assert [row[2] for row in stage.meetings()] == [0, 0]
    assert tried(stage, Swap(first_id="c1-b1", second_id="c2-b2")).conflicts == refused.value.conflicts


def test_somebody_else_s_session_in_the_way_is_named(tmp_path: Path) -> None:
    stage = published(tmp_path)
    booked(stage, "c1-b2", "10:00")
    first, second = booked(stage, "c1-b1", "09:00"), booked(stage, "c2-b1", "10:00")
    with pytest.raises(RulesBroken) as refused:
        exchanged(stage, first, second)
    assert rules(refused) == [("company_once_at_a_time", "c1")]


def test_a_third_session_in_the_room_makes_way_by_another_room(tmp_path: Path) -> None:
    stage = published(tmp_path, a_room("r1", hours=hours(SEOUL, "09:00-09:30")), a_room("r3"))
    first = booked(stage, "c1-b1", "09:00", room_id="r1")
    second = booked(stage, "c2-b2", "10:00", room_id="r2")
    one, other = exchanged(stage, first, second)
    assert (one.room_id, other.room_id) == ("r2", "r1")

    let = RoomWish(room_id="r2", slot=a_slot("11:00"))
    book_room(stage.db, stage.settings, let, now=NOW, actor=SYSTEM)
    third = booked(stage, "c1-b2", "11:00", room_id="r3")
    one, third = exchanged(stage, one, third)
    assert (one.room_id, third.room_id) == ("r3", "r2")


def test_an_interpreter_who_does_not_work_then_is_replaced(tmp_path: Path) -> None:
    stage = published(tmp_path, mailed(an_interpreter("i1", hours=hours(SEOUL, "09:00-09:30"))))
    first = booked(stage, "c1-b1", "09:00", interpreter_ids=("i1",))
    second = booked(stage, "c2-b2", "10:00", interpreter_ids=("i2",))
    one, other = exchanged(stage, first, second)
    assert (one.interpreter_ids, other.interpreter_ids) == (("i2",), ("i2",))


def test_rest_is_kept_between_the_two_and_beside_others(tmp_path: Path) -> None:
    stage = published(tmp_path, mailed(an_interpreter("i1", rest_minutes=10)))
    first = booked(stage, "c1-b1", "09:00", interpreter_ids=("i1",))
    second = booked(stage, "c2-b2", "10:30", interpreter_ids=("i2",))
    booked(stage, "c1-b2", "10:00", interpreter_ids=("i1",))
    one, other = exchanged(stage, first, second)
    assert (one.interpreter_ids, other.interpreter_ids) == (("i2",), ("i2",))


def test_a_daily_limit_counts_neither_of_the_two_twice(tmp_path: Path) -> None:
    stage = published(tmp_path, mailed(a_buyer("b1", daily_limit=2)))
    first, second = booked(stage, "c1-b1", "09:00"), booked(stage, "c2-b1", "10:00")
    one, other = exchanged(stage, first, second)
    assert (one.slot, other.slot) == (a_slot("10:00"), a_slot("09:00"))


def test_buyers_with_slots_of_another_length_exchange_where_both_begin_at_once(tmp_path: Path) -> None:
    rules_of_country = (CountryRule(country="US", slot_minutes=60, opening=spans("09:00-12:00")),)
    buyer = mailed(a_buyer("b2", zone=DALLAS, country="US"))
    stage = published(tmp_path, buyer, country_rules=rules_of_country)
    first = booked(stage, "c1-b1", "09:00")
    wish = replace(stage.wish("c2-b2"), slot=a_slot("10:00", minutes=60))
    second = book(stage.db, stage.settings, wish, now=NOW, actor=COORDINATOR)
    one, other = exchanged(stage, first, second)
    assert (one.slot, other.slot) == (a_slot("10:00"), a_slot("09:00", minutes=60))

    third = booked(stage, "c2-b1", "11:30")
    with pytest.raises(RulesBroken) as refused:
        exchanged(stage, other, third)
    assert rules(refused) == [("slot_of_the_fair", None)]


def test_two_in_one_slot_exchange_their_rooms(tmp_path: Path) -> None:
    stage = published(tmp_path)
    first = booked(stage, "c1-b1", "09:00", room_id="r1", interpreter_ids=("i1",))
    second = booked(stage, "c2-b2", "09:00", room_id="r2", interpreter_ids=("i2",))
    one, other = exchanged(stage, first, second)
    assert (one.room_id, other.room_id, one.slot) == ("r2", "r1", first.slot)


def test_a_stale_a_cancelled_a_strange_and_a_past_session_are_refused(tmp_path: Path) -> None:
    stage = published(tmp_path)
    first, second = booked(stage, "c1-b1", "09:00"), booked(stage, "c2-b2", "10:00")
    let = book_room(
        stage.db, stage.settings, RoomWish(room_id="r2", slot=a_slot("15:00")), now=NOW, actor=SYSTEM
    )
    with pytest.raises(StaleRevision):
        exchanged(stage, first, replace(second, revision=1))
    with pytest.raises(NotFound):
        exchanged(stage, first, let)
    with pytest.raises(NotFound):
        exchanged(stage, first, first)
    with pytest.raises(RulesBroken) as refused:
        swap(
            stage.db,
            stage.settings,
            first.id,
            second.id,
            seen_revisions=(0, 0),
            now=a_slot("09:30").start_at,
            actor=COORDINATOR,
        )
    assert rules(refused) == [("in_the_past", None)]
    gone = cancel(stage.db, second.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    with pytest.raises(IllegalMove):
        exchanged(stage, first, gone)
    assert [row[1:3] for row in stage.meetings() if row[0] == "c1-b1"] == [("confirmed", 0)]


def test_a_pin_goes_where_its_session_goes(tmp_path: Path) -> None:
    stage = published(tmp_path)
    first, second = booked(stage, "c1-b1", "09:00"), booked(stage, "c2-b2", "10:00")
    with stage.db.write() as work:
        for one in (first, second):
            placement = placement_of(one)
            assert placement is not None
            matches.save_pin(work, stage.fair.id, placement)
    one, other = exchanged(stage, first, second)
    target = Target(slot=a_slot("11:00"))
    one = move(stage.db, stage.settings, one.id, target, seen_revision=1, now=NOW, actor=COORDINATOR)

    pins = {pin.match_id: pin.slot for pin in problem_of(stage.db, "sample").pins}
    assert pins == {"c1-b1": a_slot("11:00"), "c2-b2": a_slot("09:00")}
    assert (one.is_pinned, other.is_pinned) == (True, True)


def test_of_two_who_exchange_at_once_one_is_told_to_look_again(tmp_path: Path) -> None:
    stage = published(tmp_path)
    first, second = booked(stage, "c1-b1", "09:00"), booked(stage, "c2-b2", "10:00", room_id="r2")
    gate = Barrier(2)

    def race(pair: tuple[Meeting, Meeting]) -> str:
        gate.wait(timeout=30)
        try:
            return str(exchanged(stage, *pair)[0].revision)
        except StaleRevision:
            return "stale"

    with ThreadPoolExecutor(2) as racers:
        answers = list(racers.map(race, ((first, second), (second, first))))

    assert sorted(answers) == ["1", "stale"]
    assert [(row[0], row[2], row[4]) for row in stage.meetings()] == [("c2-b2", 1, "r1"), ("c1-b1", 1, "r2")]


def test_a_cancellation_tells_whom_the_question_named(tmp_path: Path) -> None:
    stage = published(tmp_path)
    first = booked(stage, "c1-b1", "09:00")
    booked(stage, "c1-b2", "10:00")
    booked(stage, "c2-b1", "09:30")
    what = tried(stage, TakeOut(match_id="c1-b1"))
    cancel(stage.db, first.id, seen_revision=0, now=NOW, actor=COORDINATOR)

    assert [row[1] for row in stage.notices() if row[0] == "cancel"] == sorted(one.id for one in what.told)
    assert [one.text("en") for one in what.words] == [
        "Namdong c1 waits 1 slot less",
        "PT Sample b1: 4 half-hours less before 09:00 or after 18:00",
    ]


def test_what_if_of_a_move_is_what_moving_would_do_and_does_nothing(tmp_path: Path) -> None:
    stage = published(tmp_path)
    booked(stage, "c1-b1", "09:00")
    booked(stage, "c1-b2", "10:00")
    before = (stage.meetings(), stage.notices())

    free = tried(stage, MoveTo(match_id="c1-b1", slot=a_slot("11:00"), room_id="r2"))
    taken = tried(stage, MoveTo(match_id="c1-b1", slot=a_slot("10:00")))
    strange = tried(stage, MoveTo(match_id="c1-b1", slot=a_slot("12:30")))
    new = tried(stage, MoveTo(match_id="c2-b2", slot=a_slot("09:00")))

    assert [(one.slot, one.room_id, one.interpreter_ids) for one in free.after] == [
        (a_slot("11:00"), "r2", ("i1",))
    ]
    assert [one.rule for one in taken.conflicts] == ["company_once_at_a_time"]
    assert [one.rule for one in strange.conflicts] == ["slot_of_the_fair"]
    assert [(one.room_id, one.interpreter_ids) for one in new.after] == [("r2", ("i2",))]
    assert (stage.meetings(), stage.notices()) == before


def test_what_if_of_a_draft_counts_its_placements_and_tells_nobody(tmp_path: Path) -> None:
    stage = a_stage(tmp_path)
    keep_plan(stage, the_plan())
    swapped = tried(stage, Swap(first_id="c1-b1", second_id="c2-b1"))
    moved = tried(stage, MoveTo(match_id="c1-b1", slot=a_slot("09:30")))

    assert [(one.match_id, one.slot, one.room_id) for one in swapped.after] == [
        ("c1-b1", a_slot("09:30"), "r2"),
        ("c2-b1", a_slot("09:00"), "r1"),
    ]
    assert (swapped.told, [one.rule for one in moved.conflicts]) == ((), ["buyer_once_at_a_time"])


def test_a_pin_that_the_rules_no_longer_allow_says_why(tmp_path: Path) -> None:
    stage = published(tmp_path)
    booked(stage, "c1-b1", "09:00", room_id="r1")
    assert tried(stage, PinThere(match_id="c1-b1")).is_possible
    stage.change(a_room("r1", hours=hours(SEOUL, "13:00-18:00")))
    assert [one.rule for one in tried(stage, PinThere(match_id="c1-b1")).conflicts] == ["room_hours"]


def test_what_has_no_place_cannot_be_swapped_pinned_or_taken_out(tmp_path: Path) -> None:
    stage = published(tmp_path)
    booked(stage, "c1-b1", "09:00")
    for step in (
        Swap(first_id="c1-b1", second_id="c2-b2"),
        PinThere(match_id="c2-b2"),
        TakeOut(match_id="c2-b2"),
        MoveTo(match_id="c9-b9", slot=a_slot("09:00")),
    ):
        with pytest.raises(NotFound):
            tried(stage, step)


def test_a_session_that_took_place_stays(tmp_path: Path) -> None:
    stage = published(tmp_path)
    first = booked(stage, "c1-b1", "09:00")
    with stage.db.write() as work:
        done = replace(first, state="completed", revision=1)
        meetings.save_meeting(work, done, NOW)
    assert [one.rule for one in tried(stage, TakeOut(match_id="c1-b1")).conflicts] == ["over"]
