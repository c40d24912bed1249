"""A company picks its own slots: the rules of the fair, the quota, the race, one click that counts once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.booking.errors import BadInput, IllegalMove, NotFound, RulesBroken, SlotTaken
from scheduler.booking.fair import FairState
from scheduler.booking.match import Priority
from scheduler.booking.meeting import Meeting
from scheduler.services.actor import Actor, Role
from scheduler.services.book import book
from scheduler.services.hold import release_lapsed_holds
from scheduler.services.pick_pages import Search, buyer_page, pick_page
from scheduler.services.picking_rules import picking_rules, set_picking_rules, written_rules
from scheduler.services.self_pick import (
    Pick,
    cancel_own,
    confirm_hold,
    hold_slot,
    move_own,
    own_meeting,
    release_hold,
)
from scheduler.services.timetable import timetable_of
from scheduler.storage import fairs, matches
from tests.builders import DALLAS, a_buyer, a_company, a_fair, a_match, a_room, a_slot, an_interpreter, at
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_stage

OTHER = Actor(role=Role.COMPANY, name="둘째", account_id="acc_3", resource_id="c2")
ACTORS = {"c1": COMPANY, "c2": OTHER}


@pytest.fixture
def picking(tmp_path: Path) -> Stage:
    return a_picking_stage(tmp_path)


def a_picking_stage(folder: Path, rules: dict[str, str] | None = None, **given: Any) -> Stage:
    stage = a_stage(folder, **given)
    with_rules(stage, is_on="yes", **(rules or {}))
    return stage


def with_rules(stage: Stage, **given: str) -> None:
    set_picking_rules(stage.db, "sample", given, now=NOW, actor=COORDINATOR)


def a_pick(clock: str = "09:00", *, company: str = "c1", buyer: str = "b1", page: str = "one page") -> Pick:
    return Pick(
        fair_key="sample", company_id=company, buyer_id=buyer, start_at=at(clock), token=f"{page} {clock}"
    )


def held(stage: Stage, clock: str = "09:00", **given: str) -> Meeting:
    actor = OTHER if given.get("company") == "c2" else COMPANY
    return hold_slot(stage.db, stage.settings, a_pick(clock, **given), now=NOW, actor=actor)


def confirmed(stage: Stage, clock: str = "09:00", **given: str) -> Meeting:
    meeting = held(stage, clock, **given)
    company = meeting.company_id or ""
    return confirm_hold(stage.db, stage.settings, company, meeting.id, now=NOW, actor=COMPANY)


def rules_of(refused: pytest.ExceptionInfo[RulesBroken]) -> list[str]:
    return [one.rule for one in refused.value.conflicts]


def test_one_click_holds_with_interpreter_and_room_found(picking: Stage) -> None:
    meeting = held(picking)
    assert (meeting.state, meeting.lapses_at, meeting.interpreter_ids, meeting.room_id) == (
        "held",
        NOW + timedelta(minutes=10),
        ("i1",),
        "r1",
    )
    assert picking.notices() == []


def test_the_fair_says_how_long_a_hold_lasts(tmp_path: Path) -> None:
    stage = a_picking_stage(tmp_path, {"hold_minutes": "25"})
    assert held(stage).lapses_at == NOW + timedelta(minutes=25)


def test_the_same_click_twice_is_one_hold(picking: Stage) -> None:
    first, second = held(picking), held(picking)
    assert first.id == second.id
    assert len(picking.meetings()) == 1


def test_the_same_click_after_confirming_is_still_the_same_session(picking: Stage) -> None:
    first = confirmed(picking)
    assert held(picking).id == first.id
    assert [one[1] for one in picking.meetings()] == ["confirmed"]


def test_another_moment_for_the_same_buyer_takes_the_place_of_the_first(picking: Stage) -> None:
    held(picking, "09:00")
    second = held(picking, "10:00")
    assert second.slot == a_slot("10:00")
    assert [one[:2] for one in picking.meetings()] == [("c1-b1", "cancelled"), ("c1-b1", "held")]


def test_a_lost_race_leaves_the_first_hold_and_names_the_nearest_moments(picking: Stage) -> None:
    held(picking, "09:00")
    held(picking, "10:00", company="c2")
    with pytest.raises(SlotTaken) as refused:
        held(picking, "10:00")
    assert [one.resource_id for one in refused.value.taken] == ["b1"]
    assert refused.value.nearest == (a_slot("09:30"), a_slot("10:30"), a_slot("09:00"), a_slot("11:00"))
    assert sorted(one[:2] for one in picking.meetings()) == [("c1-b1", "held"), ("c2-b1", "held")]


def test_nobody_picks_where_the_organiser_assigns(stage: Stage) -> None:
    with pytest.raises(RulesBroken) as refused:
        held(stage)
    assert rules_of(refused) == ["picking_off"]


@pytest.mark.parametrize(
    ("closes_at", "rule"), [("2026-06-17T12:00", ["picking_closed"]), ("2026-06-17T12:01", [])]
)
def test_picking_ends_at_its_deadline_and_not_before(tmp_path: Path, closes_at: str, rule: list[str]) -> None:
    stage = a_picking_stage(tmp_path, {"closes_at": closes_at})
    assert [one.rule for one in pick_page(stage.db, "sample", "c1", now=NOW).closed] == rule
    if not rule:
        held(stage)
        return
    with pytest.raises(RulesBroken) as refused:
        held(stage)
    assert rules_of(refused) == rule


def test_a_slot_is_picked_up_to_the_hour_the_fair_names(tmp_path: Path) -> None:
    stage = a_picking_stage(tmp_path, {"pick_hours": "2"})
    in_time, late = at("07:00"), at("07:01")
    with pytest.raises(RulesBroken) as refused:
        hold_slot(stage.db, stage.settings, a_pick(), now=late, actor=COMPANY)
    assert rules_of(refused) == ["picked_in_time"]
    assert hold_slot(stage.db, stage.settings, a_pick(), now=in_time, actor=COMPANY).state == "held"


def test_a_company_holds_no_more_than_its_quota(tmp_path: Path) -> None:
    stage = a_picking_stage(tmp_path, {"holds_at_once": "1"})
    held(stage, "09:00")
    with pytest.raises(RulesBroken) as refused:
        held(stage, "10:00", buyer="b2")
    assert rules_of(refused) == ["holds_at_once"]
    later = NOW + timedelta(minutes=10)
    pick = a_pick("10:00", buyer="b2")
    assert hold_slot(stage.db, stage.settings, pick, now=later, actor=COMPANY).state == "held"


def test_a_pair_that_meets_already_is_told_when(picking: Stage) -> None:
    confirmed(picking)
    with pytest.raises(RulesBroken) as refused:
        held(picking, "10:00")
    assert rules_of(refused) == ["match_once"]


def test_a_buyer_who_has_not_agreed_can_be_picked_only_where_the_fair_lets_everybody_be(
    tmp_path: Path,
) -> None:
    stage = a_picking_stage(tmp_path, matched=(a_match(company="c1", buyer="b2"),))
    with pytest.raises(RulesBroken) as refused:
        held(stage)
    assert rules_of(refused) == ["not_matched"]
    with_rules(stage, reach="everybody")
    meeting = held(stage)
    with stage.db.read() as work:
        match = matches.get_match(work, meeting.match_id or "")
    assert (match.company_id, match.buyer_id, match.priority) == ("c1", "b1", Priority.IF_TIME_ALLOWS)


def test_a_pair_marked_never_does_not_exist_for_the_company(tmp_path: Path) -> None:
    never = replace(a_match(company="c1", buyer="b2"), priority=Priority.NEVER)
    stage = a_picking_stage(tmp_path, {"reach": "everybody"}, matched=(never,))
    with pytest.raises(NotFound):
        held(stage, buyer="b2")
    assert [one.buyer.id for one in pick_page(stage.db, "sample", "c1", now=NOW).shown] == ["b1"]


def test_a_moment_that_is_no_slot_of_the_fair_is_refused(picking: Stage) -> None:
    with pytest.raises(RulesBroken) as refused:
        held(picking, "09:10")
    assert rules_of(refused) == ["slot_of_the_fair"]


def test_what_is_listed_as_free_is_what_can_be_held(picking: Stage) -> None:
    confirmed(picking, "09:30", buyer="b2")
    book(picking.db, picking.settings, picking.wish("c2-b1", "10:00"), now=NOW, actor=COORDINATOR)
    [(_, moments)] = buyer_page(picking.db, "sample", "c1", "b1", now=NOW).days
    listed = {one.slot: [each.rule for each in one.obstacles] for one in moments}
    assert listed == {
        a_slot("09:00"): [],
        a_slot("09:30"): ["company_once_at_a_time"],
        a_slot("10:00"): ["buyer_once_at_a_time"],
        a_slot("10:30"): [],
        a_slot("11:00"): [],
        a_slot("11:30"): [],
    }


def test_confirming_twice_is_one_session_with_one_invite_each(picking: Stage) -> None:
    meeting = confirmed(picking)
    again = confirm_hold(picking.db, picking.settings, "c1", meeting.id, now=NOW, actor=COMPANY)
    assert again == meeting
    assert [row[:2] for row in picking.notices()] == [("request", "b1"), ("request", "c1"), ("request", "i1")]


def test_a_lapsed_hold_cannot_be_confirmed_and_shows_up_nowhere(picking: Stage) -> None:
    meeting = held(picking)
    late = NOW + timedelta(minutes=10)
    with pytest.raises(IllegalMove):
        confirm_hold(picking.db, picking.settings, "c1", meeting.id, now=late, actor=COMPANY)
    release_lapsed_holds(picking.db, now=late, actor=COMPANY)
    assert [timetable_of(picking.db, one).count for one in ("c1", "b1", "i1")] == [0, 0, 0]


def test_a_released_hold_may_be_released_again_and_nobody_sees_it(picking: Stage) -> None:
    meeting = held(picking)
    for _ in range(2):
        released = release_hold(picking.db, "c1", meeting.id, now=NOW, actor=COMPANY)
    assert (released.state, released.revision, released.was_only_held) == ("cancelled", 1, True)
    assert [timetable_of(picking.db, one).count for one in ("c1", "b1", "i1")] == [0, 0, 0]


def test_another_company_s_hold_and_session_do_not_exist(picking: Stage) -> None:
    meeting = held(picking)
    session = confirmed(picking, "10:00", buyer="b2")
    for call in (
        lambda: confirm_hold(picking.db, picking.settings, "c2", meeting.id, now=NOW, actor=OTHER),
        lambda: release_hold(picking.db, "c2", meeting.id, now=NOW, actor=OTHER),
        lambda: own_meeting(picking.db, "c2", meeting.id),
        lambda: cancel_own(picking.db, "c2", session.id, seen_revision=1, now=NOW, actor=OTHER),
        lambda: move_own(
            picking.db,
            picking.settings,
            "c2",
            session.id,
            at("11:00"),
            seen_revision=1,
            now=NOW,
            actor=OTHER,
        ),
    ):
        with pytest.raises(NotFound):
            call()
    assert [one[1:3] for one in picking.meetings()] == [("held", 0), ("confirmed", 1)]


def test_a_session_is_moved_and_the_same_click_again_changes_nothing(picking: Stage) -> None:
    meeting = confirmed(picking)
    for _ in range(2):
        moved = move_own(
            picking.db,
            picking.settings,
            "c1",
            meeting.id,
            at("11:00"),
            seen_revision=1,
            now=NOW,
            actor=COMPANY,
        )
    assert (moved.slot, moved.revision) == (a_slot("11:00"), 2)


@pytest.mark.parametrize(("clock", "rule"), [("09:00", None), ("09:01", "moved_in_time")])
def test_a_session_moves_up_to_the_hour_the_fair_names(picking: Stage, clock: str, rule: str | None) -> None:
    meeting = confirmed(picking)
    now = at(clock, day=-1)

    def change() -> Meeting:
        return move_own(
            picking.db,
            picking.settings,
            "c1",
            meeting.id,
            at("11:00"),
            seen_revision=1,
            now=now,
            actor=COMPANY,
        )

    if rule is None:
        assert change().slot == a_slot("11:00")
        return
    with pytest.raises(RulesBroken) as refused:
        change()
    assert rules_of(refused) == [rule]


@pytest.mark.parametrize(("clock", "rule"), [("09:00", None), ("09:01", "cancelled_in_time")])
def test_a_session_is_cancelled_up_to_the_hour_the_fair_names(
    picking: Stage, clock: str, rule: str | None
) -> None:
    meeting = confirmed(picking)
    now = at(clock, day=-1)
    if rule is None:
        for _ in range(2):
            after = cancel_own(picking.db, "c1", meeting.id, seen_revision=1, now=now, actor=COMPANY)
        assert (after.state, after.revision, after.was_only_held) == ("cancelled", 2, False)
        return
    with pytest.raises(RulesBroken) as refused:
        cancel_own(picking.db, "c1", meeting.id, seen_revision=1, now=now, actor=COMPANY)
    assert rules_of(refused) == [rule]


def test_giving_up_is_possible_after_picking_has_ended(tmp_path: Path) -> None:
    stage = a_picking_stage(tmp_path)
    meeting = confirmed(stage)
    with_rules(stage, closes_at="2026-06-17T12:00")
    cancelled = cancel_own(stage.db, "c1", meeting.id, seen_revision=1, now=NOW, actor=COMPANY)
    assert cancelled.state == "cancelled"


def test_a_closed_fair_takes_no_picks(picking: Stage) -> None:
    with picking.db.write() as work:
        fairs.set_fair_state(work, picking.fair.id, FairState.CLOSED, NOW)
    with pytest.raises(RulesBroken) as refused:
        held(picking)
    assert rules_of(refused) == ["picking_closed"]


def test_the_rules_are_written_as_they_are_read(picking: Stage) -> None:
    given = {"closes_at": "2026-06-20T18:00", "hold_minutes": "7", "reach": "everybody", "move_hours": "48"}
    with_rules(picking, **given)
    fair, rules = picking_rules(picking.db, "sample")
    assert written_rules(fair, rules) == {
        "is_on": "yes",
        "takes_requests": "no",
        "holds_at_once": "2",
        "pick_hours": "2",
        "cancel_hours": "24",
        "wishes_close_at": "",
        "request_hours": "72",
        "offer_minutes": "120",
        **given,
    }
    assert (rules.closes_at, picking.trail("fair", fair.id)[-1]) == (
        at("18:00", day=-4),
        ("coordinator:acc_1", "set_picking"),
    )


def test_all_faults_of_the_rules_come_at_once_and_nothing_is_kept(picking: Stage) -> None:
    before = picking_rules(picking.db, "sample")
    wrong = {
        "hold_minutes": "1",
        "holds_at_once": "many",
        "pick_hours": "-1",
        "closes_at": "tomorrow",
        "reach": "nobody",
        "is_on": "no",
    }
    with pytest.raises(BadInput) as refused:
        with_rules(picking, **wrong)
    assert {one.place for one in refused.value.faults} == set(wrong) - {"is_on"}
    assert picking_rules(picking.db, "sample") == before


def test_importing_the_fair_again_leaves_the_rules_alone(picking: Stage) -> None:
    with picking.db.write() as work:
        fairs.save_fair(work, a_fair(name="Renamed"), NOW)
    assert picking_rules(picking.db, "sample")[1].is_on


def test_many_buyers_come_thirty_at_a_time_and_are_narrowed_by_country_and_words(tmp_path: Path) -> None:
    buyers = [a_buyer(f"b{number}", name=f"Buyer {number:02}", interests="bolts") for number in range(31)]
    dallas = a_buyer("bd", zone=DALLAS, country="US", name="Lone Star", interests="Bolts, nuts")
    everybody = (a_company("c1"), an_interpreter("i1"), a_room("r1"), *buyers, dallas)
    stage = a_picking_stage(tmp_path, {"reach": "everybody"}, people_of_fair=everybody, matched=())

    def found(**search: Any) -> tuple[int, int, bool, tuple[str, ...]]:
        page = pick_page(stage.db, "sample", "c1", now=NOW, search=Search(**search))
        return page.found, len(page.shown), page.has_more, page.countries

    assert found() == (32, 30, True, ("ID", "US"))
    assert found(page=1) == (32, 2, False, ("ID", "US"))
    assert found(country="US") == (1, 1, False, ("ID", "US"))
    assert found(words="nuts BOLTS") == (1, 1, False, ("ID", "US"))
    assert found(words="screws") == (0, 0, False, ("ID", "US"))
    assert found(page=9999) == (32, 0, False, ("ID", "US"))
