"""Publishing a plan: everything in one transaction, or nothing and the reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.booking.assign import Placement
from scheduler.grid.plan import Plan
from scheduler.grid.texts import plan_text
from scheduler.services.book import RoomWish, book_room
from scheduler.services.build_grid import NoDraft, check_fair, discard_draft
from scheduler.services.deliver import deliver_all
from scheduler.services.publish import (
    PlacementsTaken,
    PlanOutdated,
    Published,
    preview_publication,
    publish,
)
from scheduler.storage import drafts, fairs
from scheduler.storage.drafts import Draft
from tests.builders import a_buyer, a_match, a_placement, a_slot, at, hours
from tests.services.stage import COORDINATOR, NOW, Stage, a_post, mailed

FIRST = (
    a_placement(a_match(company="c1", buyer="b1"), a_slot("09:00"), interpreter_ids=("i1",), room_id="r1"),
    a_placement(a_match(company="c2", buyer="b2"), a_slot("09:00"), interpreter_ids=("i2",), room_id="r2"),
    a_placement(a_match(company="c1", buyer="b2"), a_slot("09:30"), interpreter_ids=("i1",), room_id="r1"),
)


def drafted(stage: Stage, placements: tuple[Placement, ...], *, number: int = 1) -> None:
    """A plan as a build would have left it."""
    with stage.db.write() as work:
        drafts.add_draft(
            work,
            Draft(
                id=f"draft_{number}",
                fair_id="fair-1",
                state="ready",
                problem="{}",
                plan=plan_text(Plan(placements=placements, wanted=4, bound=4)),
                created_at=NOW + timedelta(minutes=number),
            ),
        )


def published(stage: Stage, placements: tuple[Placement, ...] = FIRST, *, number: int = 1) -> Published:
    drafted(stage, placements, number=number)
    return publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)


def test_publishing_makes_meetings_claims_and_invites(stage: Stage) -> None:
    done = published(stage)
    assert (done.added, done.moved, done.cancelled, done.unchanged, done.notices) == (3, 0, 0, 0, 9)
    assert sorted(stage.meetings()) == [
        ("c1-b1", "confirmed", 0, ("i1",), "r1"),
        ("c1-b2", "confirmed", 0, ("i1",), "r1"),
        ("c2-b2", "confirmed", 0, ("i2",), "r2"),
    ]
    with stage.db.read() as work:
        assert fairs.get_fair(work, "sample").state == "published"


def test_a_published_grid_has_no_conflicts(stage: Stage) -> None:
    published(stage)
    assert check_fair(stage.db, "sample") == ()


def test_without_a_plan_there_is_nothing_to_publish(stage: Stage) -> None:
    with pytest.raises(NoDraft):
        publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)
    with pytest.raises(NoDraft):
        preview_publication(stage.db, stage.settings, "sample", now=NOW)


def test_a_discarded_plan_is_not_published(stage: Stage) -> None:
    drafted(stage, FIRST)
    discard_draft(stage.db, "draft_1", now=NOW, actor=COORDINATOR)
    with pytest.raises(NoDraft):
        publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)


def test_the_preview_says_who_gets_what_and_changes_nothing(stage: Stage) -> None:
    drafted(stage, FIRST)
    preview = preview_publication(stage.db, stage.settings, "sample", now=NOW)
    assert (preview.added, preview.conflicts) == (3, ())
    assert {one.resource_id: one.requests for one in preview.told} == {
        "c1": 2,
        "c2": 1,
        "b1": 1,
        "b2": 2,
        "i1": 2,
        "i2": 1,
    }
    assert (stage.meetings(), stage.rows()) == ([], ())


def test_a_placement_taken_meanwhile_stops_the_whole_publication(stage: Stage) -> None:
    book_room(
        stage.db, stage.settings, RoomWish(room_id="r2", slot=a_slot("09:10")), now=NOW, actor=COORDINATOR
    )
    before = stage.rows()
    drafted(stage, FIRST)
    with pytest.raises(PlacementsTaken) as refused:
        publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)
    assert [(one.match_id, [by.name for by in taken]) for one, taken in refused.value.taken] == [
        ("c2-b2", ["상담실 r2"])
    ]
    assert (stage.meetings(), stage.rows()) == ([], before)


def test_a_plan_made_for_other_hours_is_outdated(stage: Stage) -> None:
    drafted(stage, FIRST)
    stage.change(mailed(a_buyer("b1", hours=hours("Asia/Jakarta", "13:00-15:00")), "en"))
    with pytest.raises(PlanOutdated) as refused:
        publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)
    assert [one.rule for one in refused.value.conflicts] == ["buyer_hours"]


def test_a_plan_whose_day_has_begun_is_outdated(stage: Stage) -> None:
    drafted(stage, FIRST)
    with pytest.raises(PlanOutdated) as refused:
        publish(stage.db, stage.settings, "sample", now=at("09:10"), actor=COORDINATOR)
    assert [one.rule for one in refused.value.conflicts] == ["in_the_past", "in_the_past"]


def test_publishing_the_same_plan_again_tells_nobody(stage: Stage) -> None:
    published(stage)
    before = stage.rows()
    done = published(stage, number=2)
    assert (done.added, done.moved, done.cancelled, done.unchanged, done.notices) == (0, 0, 0, 3, 0)
    assert stage.rows() == before


def test_a_new_plan_changes_only_what_differs_and_may_swap_two_sessions(stage: Stage) -> None:
    published(stage)
    deliver_all(stage.db, stage.settings, a_post(), now=NOW, owner="test")
    swapped = (
        replace(FIRST[0], room_id="r2"),
        replace(FIRST[1], room_id="r1"),
        a_placement(
            a_match(company="c2", buyer="b1"), a_slot("10:00"), interpreter_ids=("i1",), room_id="r1"
        ),
    )
    done = published(stage, swapped, number=2)
    assert (done.added, done.moved, done.cancelled, done.unchanged) == (1, 2, 1, 0)
    assert sorted(stage.meetings()) == [
        ("c1-b1", "confirmed", 1, ("i1",), "r2"),
        ("c1-b2", "cancelled", 1, ("i1",), "r1"),
        ("c2-b1", "confirmed", 0, ("i1",), "r1"),
        ("c2-b2", "confirmed", 1, ("i2",), "r1"),
    ]
    assert check_fair(stage.db, "sample") == ()
    post = a_post()
    assert deliver_all(stage.db, stage.settings, post, now=NOW, owner="test").sent == 12


def test_publication_stands_in_the_audit_trail(stage: Stage) -> None:
    published(stage)
    assert stage.trail("fair", "fair-1") == [("coordinator:acc_1", "publish")]


def test_check_finds_a_session_that_no_longer_fits(stage: Stage) -> None:
    published(stage)
    stage.change(mailed(a_buyer("b1", hours=hours("Asia/Jakarta", "13:00-15:00")), "en"))
    assert [one.rule for one in check_fair(stage.db, "sample")] == ["buyer_hours"]
