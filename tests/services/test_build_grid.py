"""Building a plan: in a process of its own, kept as a draft, claiming nothing."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil

from scheduler.grid.limits import Limits, Progress
from scheduler.grid.texts import plan_from_text
from scheduler.services.actor import SYSTEM
from scheduler.services.book import RoomWish, book, book_room
from scheduler.services.build_grid import (
    Watch,
    begin_build,
    build_grid,
    build_state,
    carry_out_build,
    check_fair,
    check_plan,
    discard_draft,
    problem_of,
    stop_build,
    take_build,
)
from scheduler.services.cancel import cancel
from scheduler.services.publish import publish
from scheduler.storage import drafts
from tests.builders import a_room, a_slot
from tests.services.stage import COORDINATOR, NOW, Stage, a_stage, the_people

BRIEF = Limits(seconds=10, workers=1)


def built(stage: Stage) -> drafts.Draft:
    return build_grid(stage.db, "sample", limits=BRIEF, now=NOW, actor=COORDINATOR)


def placed_in(draft: drafts.Draft) -> list[str]:
    return sorted(one.match_id for one in plan_from_text(draft.plan or "").placements)


def test_a_built_plan_places_everything_and_claims_nothing(stage: Stage) -> None:
    seen: list[Progress] = []
    draft = build_grid(stage.db, "sample", limits=BRIEF, now=NOW, actor=COORDINATOR, on_progress=seen.append)
    assert (draft.state, placed_in(draft)) == ("ready", ["c1-b1", "c1-b2", "c2-b1", "c2-b2"])
    assert (stage.meetings(), stage.rows(), check_plan(stage.db, "sample")) == ([], (), ())
    assert check_fair(stage.db, "sample") == ()
    assert build_state(stage.db, draft.id) == draft
    assert seen


def test_a_build_plans_around_what_is_booked_elsewhere(tmp_path: Path) -> None:
    rooms = (a_room("r1"),)
    others = tuple(one for one in the_people() if one.id not in ("r1", "r2"))
    stage = a_stage(tmp_path, people_of_fair=(*others, *rooms))
    wish = RoomWish(room_id="r1", slot=a_slot("09:10", minutes=10))
    book_room(stage.db, stage.settings, wish, now=NOW, actor=SYSTEM)
    problem = problem_of(stage.db, "sample")
    assert [(one.resource_id, one.slot) for one in problem.busy] == [("r1", a_slot("09:10", minutes=10))]
    plan = plan_from_text(built(stage).plan or "")
    assert a_slot("09:00") not in {one.slot for one in plan.placements}


def test_what_has_taken_place_is_kept_by_a_new_plan(stage: Stage) -> None:
    built(stage)
    publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)
    assert problem_of(stage.db, "sample").pins == ()
    assert len(problem_of(stage.db, "sample").published) == 4
    assert problem_of(stage.db, "sample").busy == ()


def test_a_build_asked_for_is_taken_by_one_worker(stage: Stage) -> None:
    draft = begin_build(stage.db, "sample", now=NOW, actor=COORDINATOR)
    first = take_build(stage.db, owner="one", now=NOW, limits=BRIEF)
    assert first is not None
    assert first.id == draft.id
    assert take_build(stage.db, owner="two", now=NOW, limits=BRIEF) is None
    later = NOW + timedelta(minutes=3)
    assert take_build(stage.db, owner="two", now=later, limits=BRIEF) is not None


def test_a_build_that_somebody_carries_out_is_left_alone_by_the_worker(stage: Stage) -> None:
    built(stage)
    assert take_build(stage.db, owner="one", now=NOW, limits=BRIEF) is None


def test_a_stopped_build_keeps_the_best_plan_so_far(stage: Stage) -> None:
    draft = begin_build(stage.db, "sample", now=NOW, actor=COORDINATOR)
    stop_build(stage.db, draft.id)
    done = carry_out_build(stage.db, draft.id, limits=BRIEF, now=NOW, watch=Watch(stage.db, draft.id))
    assert (done.state in ("ready", "stopped"), done.plan is not None) == (True, True)


def test_a_problem_that_cannot_be_read_leaves_a_failed_draft_and_nothing_claimed(stage: Stage) -> None:
    draft = begin_build(stage.db, "sample", now=NOW, actor=COORDINATOR)
    with stage.db.write() as work:
        drafts.save_draft(work, replace(draft, problem='{"format": "nonsense"}'))
    done = carry_out_build(stage.db, draft.id, limits=BRIEF, now=NOW)
    assert (done.state, done.plan, stage.meetings()) == ("failed", None, [])


def test_a_killed_solver_leaves_a_failed_draft_and_nothing_claimed(stage: Stage) -> None:
    def killed_before_it_has_a_plan() -> bool:
        living = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
        for child in living:
            if any(part.startswith("scheduler.grid.") for part in child.cmdline()):
                child.kill()
        return False

    draft = build_grid(
        stage.db,
        "sample",
        limits=BRIEF,
        now=NOW,
        actor=COORDINATOR,
        should_stop=killed_before_it_has_a_plan,
    )
    assert (draft.state, draft.plan, stage.meetings()) == ("failed", None, [])

    discard_draft(stage.db, draft.id, now=NOW, actor=COORDINATOR)
    assert build_state(stage.db, draft.id).state == "discarded"
    assert built(stage).state == "ready"


def test_a_build_whose_worker_was_killed_can_be_thrown_away_or_carried_out_by_another(stage: Stage) -> None:
    thrown_away, kept = (begin_build(stage.db, "sample", now=NOW, actor=COORDINATOR) for _ in range(2))
    for draft in (thrown_away, kept):
        with stage.db.write() as work:
            drafts.lease_build(work, draft.id, "killed", NOW, NOW + timedelta(minutes=2))
    discard_draft(stage.db, thrown_away.id, now=NOW, actor=COORDINATOR)
    assert take_build(stage.db, owner="two", now=NOW, limits=BRIEF) is None

    later = NOW + timedelta(minutes=3)
    taken = take_build(stage.db, owner="two", now=later, limits=BRIEF)
    assert taken is not None
    assert taken.id == kept.id
    done = carry_out_build(stage.db, taken.id, limits=BRIEF, now=later)
    assert (done.state, len(placed_in(done)), stage.meetings(), stage.rows()) == ("ready", 4, [], ())


def test_a_build_thrown_away_while_it_runs_stops_and_stays_thrown_away(stage: Stage) -> None:
    draft = begin_build(stage.db, "sample", now=NOW, actor=COORDINATOR)
    discard_draft(stage.db, draft.id, now=NOW, actor=COORDINATOR)
    watch = Watch(stage.db, draft.id)
    assert watch.should_stop()
    assert carry_out_build(stage.db, draft.id, limits=BRIEF, now=NOW, watch=watch).state == "discarded"
    assert build_state(stage.db, draft.id).state == "discarded"


def test_a_session_booked_by_hand_is_what_a_new_plan_stays_near(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish("c1-b1", "10:00"), now=NOW, actor=COORDINATOR)
    assert [one.match_id for one in problem_of(stage.db, "sample").published] == ["c1-b1"]
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert problem_of(stage.db, "sample").published == ()
