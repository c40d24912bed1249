"""Rules of a fair that two people change at one moment."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest

from scheduler.booking.errors import ChangedMeanwhile
from scheduler.services.grid_wishes import grid_wishes_of, save_grid_wishes
from scheduler.services.picking_rules import picking_rules, set_picking_rules
from scheduler.services.remind import reminders_of, set_reminders
from scheduler.storage import fairs
from scheduler.storage.db import open_database
from tests.services.stage import COORDINATOR, NOW
from tests.services.test_webhooks_on_postgresql import a_stage_on


def _picking(stage, seen):
    set_picking_rules(stage.db, "sample", {"holds_at_once": "4"}, now=NOW, actor=COORDINATOR, seen=seen)


def _reminders(stage, seen):
    rules = {"buyer": ["30"]}
    set_reminders(stage.db, stage.settings, "sample", rules, now=NOW, actor=COORDINATOR, seen=seen)


def _wishes(stage, seen):
    chosen = {"waiting": "more"}
    save_grid_wishes(stage.db, stage.settings, "sample", chosen, now=NOW, actor=COORDINATOR, seen=seen)


READERS = {
    _picking: lambda stage: picking_rules(stage.db, "sample")[1],
    _reminders: lambda stage: reminders_of(stage.db, stage.settings, "sample"),
    _wishes: lambda stage: grid_wishes_of(stage.db, "sample"),
}


@pytest.mark.parametrize("change", [_picking, _reminders, _wishes])
def test_a_change_decided_on_rules_that_are_no_more_is_refused(stage, change):
    seen = READERS[change](stage)
    change(stage, seen)
    after = READERS[change](stage)

    with pytest.raises(ChangedMeanwhile):
        change(stage, seen)

    assert after != seen
    assert READERS[change](stage) == after
    change(stage, after)


@pytest.mark.postgres
def test_who_changes_other_rules_of_the_same_fair_waits_and_undoes_nothing(postgres_url, tmp_path):
    stage = a_stage_on(open_database(postgres_url), tmp_path)
    with ThreadPoolExecutor(1) as other, stage.db.write() as work:
        kept = fairs.settings_to_change(work, stage.fair.id)
        second = other.submit(_reminders, stage, None)
        early, _ = wait([second], timeout=0.5)
        fairs.save_fair_settings(work, stage.fair.id, {**kept, "picking": {"holds_at_once": 4}})
        work.commit()
        second.result(timeout=10)
    rules = picking_rules(stage.db, "sample")[1]
    reminders = reminders_of(stage.db, stage.settings, "sample")
    stage.db.dispose()

    assert not early
    assert (rules, reminders.own) == (replace(rules, holds_at_once=4), {"buyer": ("30",)})
