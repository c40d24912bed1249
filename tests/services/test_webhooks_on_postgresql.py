"""Two workers on one PostgreSQL tell a program each thing once, and count its failures together."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.services.book import book
from scheduler.services.webhook_calls import FAILURES_THAT_END, call_due
from scheduler.services.webhook_events import tell_of_publication
from scheduler.services.webhooks import all_webhooks, deliveries_of
from scheduler.storage import fairs, matches, people
from scheduler.storage.db import Database, open_database
from tests.builders import a_fair
from tests.postgres import find_installation, running_server
from tests.services.stage import COORDINATOR, NOW, Stage, some_settings, the_matches, the_people
from tests.services.test_webhooks import told_at
from tests.webhook_receiver import a_receiver

pytestmark = pytest.mark.postgres


def a_stage_on(db: Database, folder: Path) -> Stage:
    db.migrate()
    fair = a_fair()
    with db.write() as work:
        fairs.save_fair(work, fair, NOW)
        for position, one in enumerate(the_people()):
            people.save_resource(work, one, f"key:{one.id}", fair.id, position)
        for match in the_matches():
            matches.save_match(work, fair.id, match)
    return Stage(db=db, settings=some_settings(folder), fair=fair)


def test_two_workers_tell_each_thing_once_and_end_an_address_that_fails_for_long(tmp_path):
    installation = find_installation()
    if installation is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with running_server(installation) as server, a_receiver() as receiver:
        db = open_database(server.url(server.create_database()))
        stage = a_stage_on(db, tmp_path)
        webhook = told_at(stage, receiver.address)
        settings = replace(stage.settings, webhook_private=True)
        for match, clock in (("c1-b1", "09:00"), ("c2-b1", "09:30"), ("c1-b2", "11:00"), ("c2-b2", "11:30")):
            book(db, settings, stage.wish(match, clock), now=NOW, actor=COORDINATOR)
        with ThreadPoolExecutor(2) as workers:
            done = list(workers.map(lambda name: call_due(db, settings, now=NOW, owner=name), ("one", "two")))
        taken = sorted(row.state for row in deliveries_of(db, webhook.id).rows)
        receiver.status = 500
        failures_so_far = all_webhooks(db)[0].failures
        for hour in range(2 * FAILURES_THAT_END):
            if hour % 10 == 0:
                _something_happens(stage, hour)
            call_due(db, settings, now=NOW + timedelta(hours=4 * hour), owner="one")
        (ended,) = all_webhooks(db)
        db.dispose()

    assert sum(one.taken for one in done) == 4
    assert len(set(receiver.ids[:4])) == 4
    assert (taken, failures_so_far) == (["sent"] * 4, 0)
    assert (ended.failures, ended.ended_because) == (FAILURES_THAT_END, "HTTP 500")


def _something_happens(stage: Stage, hour: int) -> None:
    now = NOW + timedelta(hours=4 * hour)
    with stage.db.write() as work:
        tell_of_publication(work, stage.fair.id, {"added": hour}, now=now)
