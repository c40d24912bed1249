"""What machines ask of the program: is it alive, is it ready, how is it doing, and what has it logged."""

import io
import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from scheduler.services.heartbeat import beat
from scheduler.storage.db import NEWEST, open_database
from scheduler.storage.errors import StorageUnavailable
from scheduler.web import create_web
from scheduler.web.request_log import JsonLines
from tests.services.stage import NOW
from tests.web.visitors import FIRST_COMPANY, PASSWORD, Site, a_site


def figures(site: Site) -> dict[str, float]:
    page = site.visitor().get("/metrics")
    assert page.status_code == 200
    return {
        " ".join(
            [one.name, *(f"{key}={value}" for key, value in one.labels.items() if key != "process")]
        ): one.value
        for family in text_string_to_metric_families(page.text)
        for one in family.samples
    }


def test_it_lives_and_is_ready(tmp_path: Path) -> None:
    visitor = a_site(tmp_path).visitor()
    answers = [visitor.get(path) for path in ("/healthz", "/readyz")]
    assert [(one.status_code, one.text) for one in answers] == [(200, "ok\n"), (200, "ready\n")]
    assert {one.headers["Cache-Control"] for one in answers} == {"no-store"}


def test_it_lives_but_is_not_ready_while_the_tables_are_old(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    with site.stage.db.write() as work:
        work.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    visitor = site.visitor()
    assert [visitor.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 503]


def test_a_program_newer_tables_were_made_for_still_serves(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    with site.stage.db.write() as work:
        work.execute(
            text("UPDATE alembic_version SET version_num = :next"), {"next": f"{int(NEWEST) + 1:04}"}
        )
    assert site.visitor().get("/readyz").status_code == 200


def test_the_figures_say_what_waits_and_how_long_the_worker_was_silent(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    beat(site.stage.db, "worker", now=NOW)
    site.clock.go_on(seconds=90)
    site.visitor().get("/login")
    found = figures(site)
    assert found["sangdam_database_up"] == 1
    assert found["sangdam_worker_silence_seconds"] == 90
    assert found["sangdam_notice_delay_seconds"] == 90
    assert found["sangdam_notices state=due"] > 0
    assert found["sangdam_sessions_ahead"] == len(site.meetings())
    assert found["sangdam_requests_total endpoint=auth.login method=GET status=2xx"] == 1
    assert found["sangdam_request_seconds_count endpoint=auth.login"] == 1


@pytest.mark.parametrize(("allowed", "status"), [("", 404), ("10.0.0.0/8", 404), ("127.0.0.0/8, ::1", 200)])
def test_the_figures_are_for_the_networks_that_are_named(tmp_path: Path, allowed: str, status: int) -> None:
    site = a_site(tmp_path, metrics_from=allowed)
    assert site.visitor().get("/metrics").status_code == status
    assert site.visitor().get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == status


def test_each_answer_names_its_request_and_only_a_trusted_proxy_may_name_it(tmp_path: Path) -> None:
    given = {"X-Request-ID": "from-the-proxy-1"}
    open_to_all = a_site(tmp_path).visitor()
    first, second = (open_to_all.get("/healthz", headers=given).headers["X-Request-ID"] for _ in range(2))
    assert len({first, second, "from-the-proxy-1"}) == 3
    (tmp_path / "behind").mkdir()
    behind = a_site(tmp_path / "behind", proxies=1).visitor()
    assert behind.get("/healthz", headers=given).headers["X-Request-ID"] == "from-the-proxy-1"
    bad = {"X-Request-ID": "x" * 65}
    assert behind.get("/healthz", headers=bad).headers["X-Request-ID"] != "x" * 65


def logged(app: Flask, deed: str, **given: str) -> list[dict[str, object]]:
    """What is written while something is asked for."""
    written, root = io.StringIO(), logging.getLogger("scheduler")
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    before = root.level
    root.setLevel(logging.INFO)
    try:
        client = app.test_client()
        client.post(deed, data=given) if given else client.get(deed)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_of_the_log_has_neither_address_nor_what_was_typed(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    lines = [
        *logged(site.app, site.buyer_path() + "?note=secret"),
        *logged(site.app, "/login", email=FIRST_COMPANY, password=PASSWORD),
    ]
    assert [line["endpoint"] for line in lines] == ["buyer.schedule", "auth.login"]
    written = json.dumps(lines)
    for one in (site.buyer_path().rpartition("/")[2], "secret", FIRST_COMPANY, PASSWORD):
        assert one not in written


def test_an_error_is_logged_by_its_kind_and_place_and_not_by_its_values(tmp_path: Path) -> None:
    site = a_site(tmp_path)

    def breaks() -> str:
        with site.stage.db.read() as work:
            work.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "이름\nforged"})
        return ""

    site.app.view_functions["health.alive"] = breaks
    lines = logged(site.app, "/healthz")
    [failed] = [line for line in lines if line["level"] == "error"]
    assert failed["error"] == "OperationalError"
    assert "forged" not in json.dumps(lines)


def test_several_web_processes_count_failed_logins_together(tmp_path: Path) -> None:
    site = a_site(tmp_path, throttle_storage="sangdam://")
    other_database = open_database(site.stage.settings.database_url)
    apps = [site.app, create_web(site.stage.settings, other_database, clock=site.clock)]
    statuses = []
    for number in range(12):
        visitor = replace(site, app=apps[number % 2]).visitor()
        statuses.append(visitor.log_in(FIRST_COMPANY, "wrong password here").status_code)
    other_database.dispose()
    assert statuses == [400] * 10 + [429] * 2


def test_what_cannot_be_reached_is_a_503_and_not_a_failure(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    away = open_database("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1", patience_seconds=1)
    with pytest.raises(StorageUnavailable), away.read() as work:
        work.execute(text("SELECT 1"))
    app = create_web(replace(site.stage.settings, throttle_storage="memory://"), away, clock=site.clock)
    client = app.test_client()
    assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 503]
    assert "sangdam_database_up 0.0" in client.get("/metrics").text
    away.dispose()
