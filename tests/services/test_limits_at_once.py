"""Limits of a day hold whatever is decided at the same moment: one booking, or a whole plan."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest

from scheduler.booking.errors import RulesBroken
from scheduler.services.book import book, book_in
from scheduler.services.hold import hold
from scheduler.services.publish import PlanOutdated, preview_publication, publish
from scheduler.services.self_pick import _hold_in, hold_slot
from scheduler.services.swap import swap
from scheduler.storage import fairs
from scheduler.storage.db import open_database
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_stage
from tests.services.test_self_pick import a_pick, with_rules
from tests.services.test_webhooks_on_postgresql import a_stage_on
from tests.web.visitors import keep_plan, the_plan


def limited(stage: Stage) -> Stage:
    """One session a day for each company, and a plan that gives each of them one: c1 at nine, c2 at half past."""
    with stage.db.write() as work:
        fairs.save_fair(work, replace(stage.fair, company_daily_limit=1), NOW)
    keep_plan(stage, the_plan())
    return stage


def live(stage: Stage) -> list[str]:
    return sorted(match for match, state, *_ in stage.meetings() if state != "cancelled")


@pytest.mark.postgres
def test_a_plan_that_is_published_while_somebody_books_sees_their_session(postgres_url, tmp_path):
    stage = limited(a_stage_on(open_database(postgres_url), tmp_path))
    with ThreadPoolExecutor(1) as other, stage.db.write() as work:
        book_in(work, stage.settings, stage.wish("c1-b2", "11:00"), now=NOW, actor=COORDINATOR)
        publishing = other.submit(publish, stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)
        early, _ = wait([publishing], timeout=0.7)
        work.commit()
        done = publishing.result(timeout=20)
    standing = live(stage)
    stage.db.dispose()

    assert not early
    # What stands beside the plan is cancelled by it, as the preview says: c1 has one session and not two.
    assert (standing, done.added, done.cancelled) == (["c1-b1", "c2-b1"], 2, 1)


@pytest.mark.postgres
def test_two_sessions_are_exchanged_when_nobody_who_may_be_in_them_is_being_booked(postgres_url, tmp_path):
    stage = a_stage_on(open_database(postgres_url), tmp_path)
    first, second = (
        book(stage.db, stage.settings, stage.wish(match, clock), now=NOW, actor=COORDINATOR)
        for match, clock in (("c1-b1", "09:00"), ("c2-b1", "09:30"))
    )
    given = {"seen_revisions": (0, 0), "now": NOW, "actor": COORDINATOR}
    with ThreadPoolExecutor(1) as other, stage.db.write() as work:
        book_in(work, stage.settings, stage.wish("c1-b2", "11:00"), now=NOW, actor=COORDINATOR)
        swapping = other.submit(swap, stage.db, stage.settings, first.id, second.id, **given)
        early, _ = wait([swapping], timeout=0.7)
        work.commit()
        after = swapping.result(timeout=20)
    stage.db.dispose()

    assert not early
    assert [one.slot for one in after] == [second.slot, first.slot]


@pytest.mark.postgres
def test_a_company_that_clicks_many_times_at_one_moment_holds_no_more_than_its_quota(postgres_url, tmp_path):
    stage = a_stage_on(open_database(postgres_url), tmp_path)
    with_rules(stage, is_on="yes", holds_at_once="1")
    with ThreadPoolExecutor(1) as other, stage.db.write() as work:
        _hold_in(work, stage.settings, a_pick("09:00"), now=NOW, actor=COMPANY)
        again = other.submit(
            hold_slot, stage.db, stage.settings, a_pick("11:00", buyer="b2"), now=NOW, actor=COMPANY
        )
        early, _ = wait([again], timeout=0.7)
        work.commit()
        refusal = again.exception(timeout=20)
    standing = live(stage)
    stage.db.dispose()

    assert not early
    assert isinstance(refusal, RulesBroken)
    assert ([one.rule for one in refusal.conflicts], standing) == (["holds_at_once"], ["c1-b1"])


def test_a_hold_that_stands_beside_a_plan_counts(tmp_path):
    stage = limited(a_stage(tmp_path))
    hold(stage.db, stage.settings, stage.wish("c1-b2", "11:00"), now=NOW, actor=COORDINATOR)

    with pytest.raises(PlanOutdated):
        publish(stage.db, stage.settings, "sample", now=NOW, actor=COORDINATOR)

    preview = preview_publication(stage.db, stage.settings, "sample", now=NOW)
    assert [one.rule for one in preview.conflicts] == ["company_daily_limit"]
    assert live(stage) == ["c1-b2"]
