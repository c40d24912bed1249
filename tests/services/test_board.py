"""The board's use cases: placed, swapped, pinned, put back and undone, published or only planned."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.booking.errors import BadInput, NotFound, RulesBroken, SlotTaken, StaleRevision
from scheduler.grid.plan import Plan
from scheduler.services.actor import Actor, Role
from scheduler.services.board import Across
from scheduler.services.board_cards import Look, Only
from scheduler.services.board_draft import StalePlace
from scheduler.services.board_edit import (
    Seen,
    Spot,
    WrongColumn,
    pin,
    place,
    put_back,
    set_link,
    swap_places,
    wish_at,
)
from scheduler.services.board_places import options_on_board
from scheduler.services.board_session import session_view
from scheduler.services.board_undo import NotToBeUndone, undo_all
from scheduler.services.board_view import board_view, mark_of_board
from scheduler.services.build_grid import NoDraft, latest_plan
from scheduler.services.publish import publish
from scheduler.storage import board_rows, drafts, matches
from tests.builders import FIRST_DAY, a_company, a_match, a_room, a_slot, an_interpreter, at, hours
from tests.services.stage import COORDINATOR, NOW, Stage, a_stage, the_matches, the_people
from tests.web.visitors import keep_plan, the_plan

SOMEBODY_ELSE = Actor(role=Role.COORDINATOR, name="다른 코디", account_id="acc_9")
HERE = {"now": NOW, "actor": COORDINATOR}


def planned(folder, **given) -> Stage:
    stage = a_stage(folder, **given)
    keep_plan(stage, the_plan())
    return stage


def published(folder, **given) -> Stage:
    stage = planned(folder, **given)
    publish(stage.db, stage.settings, stage.fair.key, now=NOW, actor=COORDINATOR)
    return stage


def put(stage: Stage, match: str, clock: str, column: str, across: Across = Across.ROOM, **given):
    wish = wish_at(stage.db, "sample", match, Spot(start_at=at(clock), across=across, column=column))
    seen = given.pop("seen", None)
    return place(
        stage.db,
        stage.settings,
        wish,
        seen=seen_of(stage, match) if seen is None else seen,
        **{**HERE, **given},
    )


def seen_of(stage: Stage, match: str) -> str:
    card = session_view(stage.db, "sample", match).card
    return card.seen if card is not None else ""


def take_back(stage: Stage, done, **given):
    return undo_all(stage.db, stage.settings, "sample", done.deeds, **{**HERE, **given})


def places(stage: Stage) -> dict[str, tuple[str, str | None, tuple[str, ...], bool]]:
    """Of everything that stands on the board: its time in Korea, room, interpreters, and whether it is pinned."""
    cards = [
        card for row in board_view(stage.db, "sample", Look()).rows for cell in row.cells for card in cell
    ]
    return {
        card.id: (
            f"{card.entry.slot.start_at + timedelta(hours=9):%H:%M}",
            card.entry.room.id if card.entry.room else None,
            tuple(one.id for one in card.entry.interpreters),
            card.is_pinned,
        )
        for card in cards
    }


AS_BUILT = {"c1-b1": ("09:00", "r1", ("i1",), False), "c2-b1": ("09:30", "r2", ("i2",), False)}


@pytest.mark.parametrize("begun", [planned, published], ids=["planned", "published"])
def test_what_is_placed_swapped_pinned_and_put_back_can_be_undone_step_by_step(tmp_path, begun):
    stage = begun(tmp_path)
    assert places(stage) == AS_BUILT
    steps = []

    steps.append(put(stage, "c1-b1", "11:00", "r2"))
    moved = {**AS_BUILT, "c1-b1": ("11:00", "r2", ("i1",), False)}
    assert places(stage) == moved
    steps.append(put(stage, "c1-b1", "11:00", "i2", Across.INTERPRETER))
    other = {**AS_BUILT, "c1-b1": ("11:00", "r2", ("i2",), False)}
    assert places(stage) == other
    steps.append(put(stage, "c2-b2", "10:00", "c2", Across.COMPANY))
    assert places(stage) == {**other, "c2-b2": ("10:00", "r1", ("i1",), False)}
    pair = [Seen(match_id=one, seen=seen_of(stage, one)) for one in ("c1-b1", "c2-b2")]
    steps.append(swap_places(stage.db, stage.settings, "sample", *pair, **HERE))
    assert {one: places(stage)[one][0] for one in ("c1-b1", "c2-b2")} == {"c1-b1": "10:00", "c2-b2": "11:00"}
    take_back(stage, steps.pop())
    steps.append(pin(stage.db, "sample", "c2-b1", is_pinned=True, seen=seen_of(stage, "c2-b1"), **HERE))
    assert places(stage)["c2-b1"] == ("09:30", "r2", ("i2",), True)
    let_go = take_back(stage, steps.pop())
    assert places(stage)["c2-b1"] == ("09:30", "r2", ("i2",), False)
    take_back(stage, let_go)
    assert places(stage)["c2-b1"] == ("09:30", "r2", ("i2",), True)
    put(stage, "c2-b1", "09:30", "r1")
    assert places(stage)["c2-b1"] == ("09:30", "r1", ("i2",), True)
    put(stage, "c2-b1", "09:30", "r2")
    back = put_back(stage.db, "sample", "c1-b1", seen=seen_of(stage, "c1-b1"), **HERE)
    assert set(places(stage)) == {"c2-b1", "c2-b2"}
    take_back(stage, back)
    pin(stage.db, "sample", "c2-b1", is_pinned=False, seen=seen_of(stage, "c2-b1"), **HERE)

    assert places(stage)["c1-b1"] == ("11:00", "r2", ("i2",), False)
    take_back(stage, steps[2])
    assert places(stage) == other


@pytest.mark.parametrize("begun", [planned, published], ids=["planned", "published"])
def test_a_change_by_somebody_else_in_between_refuses_the_move_and_its_undoing(tmp_path, begun):
    stage = begun(tmp_path)
    seen = seen_of(stage, "c1-b1")
    done = put(stage, "c1-b1", "10:00", "r1")
    stale = (StaleRevision, StalePlace)
    for refused in (
        lambda: put(stage, "c1-b1", "11:00", "r1", seen=seen),
        lambda: put(stage, "c1-b1", "11:00", "r1", seen=""),
        lambda: put_back(stage.db, "sample", "c1-b1", seen=seen, **HERE),
        lambda: pin(stage.db, "sample", "c1-b1", is_pinned=True, seen=seen, **HERE),
        lambda: put_back(stage.db, "sample", "c1-b2", seen="0", **HERE),
        lambda: put(stage, "c1-b2", "11:00", "r1", seen="7"),
    ):
        with pytest.raises(stale):
            refused()
    with pytest.raises(NotFound):
        take_back(stage, done, actor=SOMEBODY_ELSE)
    put(stage, "c1-b1", "11:30", "r1", actor=SOMEBODY_ELSE)
    with pytest.raises(stale):
        take_back(stage, done)

    assert places(stage)["c1-b1"] == ("11:30", "r1", ("i1",), False)


@pytest.mark.parametrize("begun", [planned, published], ids=["planned", "published"])
def test_what_the_rules_forbid_is_refused_and_nothing_moves(tmp_path, begun):
    stage = begun(tmp_path)
    with pytest.raises(SlotTaken):
        put(stage, "c1-b1", "09:30", "r2")
    with pytest.raises(SlotTaken):
        put(stage, "c1-b2", "09:30", "r2")
    with pytest.raises(RulesBroken):
        put(stage, "c1-b1", "11:00", "r1", now=at("12:00"))
    with pytest.raises(RulesBroken):
        pair = [Seen(match_id=one, seen=seen_of(stage, one)) for one in AS_BUILT]
        swap_places(stage.db, stage.settings, "sample", *pair, now=at("12:00"), actor=COORDINATOR)
    for column, across in (
        ("", Across.ROOM),
        ("c2", Across.COMPANY),
        ("b2", Across.BUYER),
        ("r1", Across.INTERPRETER),
    ):
        with pytest.raises(WrongColumn):
            put(stage, "c1-b1", "11:00", column, across)
    for match, clock in (("c1-b1", "09:10"), ("c9-b9", "09:00")):
        with pytest.raises(NotFound):
            put(stage, match, clock, "r1", seen="0")
    assert places(stage) == AS_BUILT


def test_a_link_is_changed_told_and_undone_and_no_script_passes_for_one(tmp_path):
    stage = published(tmp_path)
    old = session_view(stage.db, "sample", "c1-b1").card.entry.meeting.link

    def change(link: str):
        return set_link(
            stage.db, stage.settings, "sample", "c1-b1", link, seen=seen_of(stage, "c1-b1"), **HERE
        )

    done = change("https://meet.example/new")
    assert session_view(stage.db, "sample", "c1-b1").card.entry.meeting.link == "https://meet.example/new"
    assert [row[0] for row in stage.notices() if row[2] == 1] == ["update"] * 3
    take_back(stage, done)
    assert session_view(stage.db, "sample", "c1-b1").card.entry.meeting.link == old
    for odd in (
        "javascript:alert(1)",
        "https://x.example/\r\nBcc: y",
        "ftp://x.example",
        "https://",
        "x" * 600,
    ):
        with pytest.raises(BadInput):
            change(odd)


def test_nothing_is_booked_on_a_plan_that_is_being_built_anew(tmp_path):
    stage = planned(tmp_path)
    with stage.db.write() as work:
        draft, _plan = latest_plan(work, stage.fair)
        drafts.save_draft(work, replace(draft, state="building", plan=None))
    with pytest.raises(NoDraft):
        put(stage, "c1-b1", "10:00", "r1", seen="")
    assert stage.meetings() == []


def test_other_deeds_are_not_undone_here(tmp_path):
    stage = published(tmp_path)
    with stage.db.read() as work:
        number = board_rows.newest_number(work, "fair", stage.fair.id)
    with pytest.raises((NotFound, NotToBeUndone)):
        undo_all(stage.db, stage.settings, "sample", [number], **HERE)
    with pytest.raises(NotFound):
        undo_all(stage.db, stage.settings, "sample", [10**6], **HERE)
    booked = put(stage, "c1-b2", "10:00", "r1")
    moved = put(stage, "c1-b1", "11:00", "r1")
    with pytest.raises(NotToBeUndone):
        undo_all(stage.db, stage.settings, "sample", [*booked.deeds, *moved.deeds], **HERE)


@pytest.mark.parametrize("begun", [planned, published], ids=["planned", "published"])
def test_options_say_for_each_cell_what_it_costs_or_why_it_cannot_be(tmp_path, begun):
    stage = begun(tmp_path)

    def found(match: str, across: Across):
        asked = options_on_board(stage.db, "sample", match, day=FIRST_DAY, across=across, now=NOW)
        return {f"{one.slot.start_at + timedelta(hours=9):%H:%M}": one for one in asked.slots}, asked

    rooms, asked = found("c1-b1", Across.ROOM)
    assert [bool(one.why) for one in rooms.values()] == [False, True, False, False, False, False]
    assert set(rooms["10:00"].costs) == {"r1", "r2"}
    assert asked.days == {FIRST_DAY: 5}
    waiting, _ = found("c1-b2", Across.ROOM)
    assert {one: set(waiting["09:30"].closed) for one in ("09:30",)} == {"09:30": {"r2"}}
    people, _ = found("c1-b2", Across.INTERPRETER)
    assert (set(people["09:30"].costs), set(people["09:30"].closed)) == ({"i1"}, {"i2"})
    own, _ = found("c1-b1", Across.BUYER)
    assert set(own["10:00"].costs) == {"b1"}
    with pytest.raises(NotFound):
        found("c9-b9", Across.ROOM)


def test_a_session_without_interpreter_or_room_stands_in_a_column_of_its_own(tmp_path):
    alone = a_company("c3", attendance="own_office")
    match = replace(a_match(company="c3", buyer="b1"), legs=(), needs_room=False)
    stage = published(tmp_path, people_of_fair=(*the_people(), alone), matched=(*the_matches(), match))
    put(stage, "c3-b1", "11:00", "")
    put(stage, "c3-b1", "11:30", "", Across.INTERPRETER)
    by_room = board_view(stage.db, "sample", Look())
    by_person = board_view(stage.db, "sample", Look(across=Across.INTERPRETER))

    assert [one.id if one else None for one in by_room.columns] == ["r1", "r2", None]
    assert [one.id if one else None for one in by_person.columns] == ["i1", "i2", None]
    assert [card.id for card in by_room.rows[-1].cells[-1]] == ["c3-b1"]
    for across in (Across.ROOM, Across.INTERPRETER):
        asked = options_on_board(stage.db, "sample", "c3-b1", day=FIRST_DAY, across=across, now=NOW)
        assert {column for one in asked.slots for column in one.costs} == {""}


def test_an_own_pin_of_a_match_goes_along_when_its_session_moves(tmp_path):
    stage = planned(tmp_path)
    with stage.db.write() as work:
        matches.save_pin(work, stage.fair.id, the_plan().placements[0])
    publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)
    assert places(stage)["c1-b1"][3]
    put(stage, "c1-b1", "11:00", "r1")

    assert places(stage)["c1-b1"] == ("11:00", "r1", ("i1",), True)
    with stage.db.read() as work:
        assert matches.pins_of(work, stage.fair.id) == ()


def test_what_is_looked_for_stays_bright_and_is_counted_on_its_day(tmp_path):
    stage = published(tmp_path)
    pin(stage.db, "sample", "c1-b1", is_pinned=True, seen="0", **HERE)
    stage.change(replace(the_people()[0], hours=hours("Asia/Seoul", "10:00-12:00")))

    def bright(**look) -> tuple[list[str], int | None]:
        view = board_view(stage.db, "sample", Look(**look))
        cards = [card for row in view.rows for cell in row.cells for card in cell]
        return [card.id for card in cards if not card.is_off], view.hits

    assert bright() == (["c1-b1", "c2-b1"], None)
    assert bright(words="sample b1 i2") == (["c2-b1"], 1)
    assert bright(only=Only.PINNED) == (["c1-b1"], 1)
    assert bright(only=Only.CONFLICTS) == (["c1-b1"], 1)
    assert bright(only=Only.UNANSWERED) == (["c1-b1", "c2-b1"], 2)
    assert bright(only=Only.DECLINED) == ([], 0)
    assert bright(tongue="id")[1] == 2
    assert bright(tongue="en")[1] == 0
    counted = board_view(stage.db, "sample", Look()).counted
    assert (counted.unanswered, counted.declined, counted.pinned, counted.conflicts) == (2, 0, 1, 1)


def test_the_mark_changes_with_every_change_and_with_nothing_else(tmp_path):
    stage = published(tmp_path)
    marks = [mark_of_board(stage.db, "sample")]
    assert mark_of_board(stage.db, "sample") == marks[0]
    put(stage, "c1-b1", "10:00", "r1")
    marks.append(mark_of_board(stage.db, "sample"))
    pin(stage.db, "sample", "c1-b1", is_pinned=True, seen="1", **HERE)
    marks.append(mark_of_board(stage.db, "sample"))

    assert len(set(marks)) == 3


def test_of_many_columns_a_window_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("scheduler.services.board_view._CHECKED_UP_TO", 0)
    monkeypatch.setattr("scheduler.services.board_layout._ALL_UP_TO", 2)
    more = tuple(a_room(f"r{number}") for number in (3, 4, 5))
    stage = published(tmp_path, people_of_fair=(*the_people(), *more, an_interpreter("i3")))

    def window(first: int, across: Across = Across.ROOM) -> tuple[list[str | None], list[str], int]:
        view = board_view(stage.db, "sample", Look(first=first, count=2, across=across))
        cards = [card.id for row in view.rows for cell in row.cells for card in cell]
        return [one.id if one else None for one in view.columns], cards, view.column_count

    assert window(0) == (["r1", "r2"], ["c1-b1", "c2-b1"], 5)
    assert window(1) == (["r2", "r3"], ["c2-b1"], 5)
    assert window(99) == (["r4", "r5"], [], 5)
    assert window(0, Across.INTERPRETER) == (["i1", "i2"], ["c1-b1", "c2-b1"], 4)
    assert window(2, Across.INTERPRETER) == (["i3", None], [], 4)
    assert board_view(stage.db, "sample", Look()).counted.conflicts is None
    assert board_view(stage.db, "sample", Look(is_checked=True)).counted.conflicts == 0


def test_the_plan_of_a_changed_draft_is_still_one_that_can_be_published(tmp_path):
    stage = planned(tmp_path)
    put(stage, "c1-b1", "11:00", "r2")
    put(stage, "c1-b2", "10:00", "r1")
    with stage.db.read() as work:
        plan: Plan = latest_plan(work, stage.fair)[1]
    publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)

    assert [one.match_id for one in plan.left_out] == ["c2-b2"]
    assert [(row[0], row[4]) for row in stage.meetings()] == [
        ("c2-b1", "r2"),
        ("c1-b2", "r1"),
        ("c1-b1", "r2"),
    ]
    assert a_slot("11:00") == session_view(stage.db, "sample", "c1-b1").card.entry.slot
