"""What somebody at the pages sees of a fault: a busy database, and a worker that is dead."""

import sqlite3
from pathlib import Path

from scheduler.services.heartbeat import SILENT_AFTER, beat
from scheduler.storage.db import open_database
from scheduler.web import create_web
from tests.builders import a_slot
from tests.services.stage import NOW
from tests.web.visitors import COORDINATOR, Visitor, a_site


def test_database_locked_a_change_gets_503_leaves_nothing_and_works_again_by_itself(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    meeting, slot = site.meetings()["c1-b1"], a_slot("11:00")
    impatient = open_database(site.stage.settings.database_url, patience_seconds=0.1)
    visitor = Visitor(create_web(site.stage.settings, impatient, clock=site.clock).test_client())
    assert visitor.log_in(COORDINATOR).status_code == 303
    page = f"/meetings/{meeting.id}"
    given = {
        "csrf_token": visitor.token(page),
        "revision": "0",
        "slot": f"{slot.start_at.isoformat()}/{slot.end_at.isoformat()}",
    }
    lock = sqlite3.connect(site.stage.settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    refused = visitor.client.post(f"{page}/move", data=given)
    lock.execute("ROLLBACK")
    lock.close()
    assert (refused.status_code, site.meetings()["c1-b1"]) == (503, meeting)
    assert "지금은 이용할 수 없습니다" in visitor.text(refused)
    assert site.stage.rows("collected") == ()
    assert visitor.client.post(f"{page}/move", data=given).status_code == 303
    assert site.meetings()["c1-b1"].slot == slot
    impatient.dispose()


def test_worker_dead_the_page_of_the_notices_is_red_within_three_minutes(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    beat(site.stage.db, "worker", now=NOW)
    visitor = site.logged_in()
    site.clock.now = NOW + SILENT_AFTER - (SILENT_AFTER / 180)
    assert "발송 프로그램이 멈춰 있어" not in visitor.text(visitor.get("/fairs/sample/changes"))
    site.clock.now = NOW + SILENT_AFTER
    shown = visitor.get("/fairs/sample/changes")
    assert "발송 프로그램이 멈춰 있어" in visitor.text(shown)
    assert 'class="notice bad"' in shown.text
