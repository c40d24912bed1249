"""With a year's 31,020 sessions, no query of the daily work looks through all sessions, claims or notices."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from scheduler.booking.errors import Refusal
from scheduler.services.agenda import overview_of
from scheduler.services.board_whole import whole_board_of
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_due
from scheduler.services.feeds import open_feed
from scheduler.services.hold import hold, release_lapsed_holds
from scheduler.services.links import feed_address
from scheduler.services.move import Target, move
from scheduler.services.notices import send_changes
from scheduler.services.options import options_of_match
from scheduler.services.swap import swap
from scheduler.services.what_if import Swap, what_if
from scheduler.storage import fairs, matches, people
from scheduler.storage.db import Database, open_database
from scheduler.storage.outbox import is_any_due
from tests.builders import a_fair, a_slot
from tests.postgres import find_installation, running_server
from tests.services.stage import COORDINATOR, NOW, Stage, a_post, some_settings, the_matches, the_people

BIG = ("meeting", "claim", "outbox")
SESSIONS = 31_020
# Of a year: sessions of 40 fairs, each with a claim of four resources and three notices.
YEAR = (
    "INSERT INTO fair SELECT 'f' || n, 'year' || n, programme_id, name, name_en, zone, days, opening, slot_minutes, "
    "break_minutes, country_rules, company_daily_limit, buyer_daily_limit, organiser, organiser_email, venue, note, "
    "state, created_at, published_at, settings FROM fair, generate_series(1, 40) AS n WHERE fair.key = 'sample'",
    "INSERT INTO resource SELECT kind || n, kind, 'year' || n, name, name_en, person, email, phone, language, "
    "country, city, hours, details, is_active FROM resource, generate_series(1, 300) AS n "
    "WHERE id IN ('c1', 'b1', 'i1', 'r1')",
    "INSERT INTO meeting (id, uid, fair_id, company_id, buyer_id, room_id, start_at, end_at, state, revision, legs, "
    "link, title, is_pinned, note, created_at, updated_at) "
    "SELECT 'y' || n, 'y' || n, 'f' || (1 + n % 40), 'company' || (1 + n % 300), 'buyer' || (1 + n % 299), "
    "'room' || (1 + n % 15), timestamptz '2026-02-02' + n * interval '10 minutes', "
    "timestamptz '2026-02-02' + n * interval '10 minutes' + interval '40 minutes', 'confirmed', 0, '[]', '', '', "
    "false, '', now(), now() FROM generate_series(1, :sessions) AS n",
    "INSERT INTO meeting_interpreter SELECT 'y' || n, 0, 'interpreter' || (1 + n % 290) "
    "FROM generate_series(1, :sessions) AS n",
    "INSERT INTO claim SELECT kind || (n % 1000), 10000000 + n / 1000, 'y' || n "
    "FROM generate_series(1, :sessions) AS n, "
    "unnest(array['company', 'buyer', 'interpreter', 'room']) AS kind",
    "INSERT INTO outbox (id, meeting_id, fair_id, revision, kind, recipient_id, state, due_at, leased_by, attempts, "
    "error, facts, message_id, created_at) "
    "SELECT kind || n, 'y' || n, 'f' || (1 + n % 40), 0, 'request', kind, 'sent', now() - n * interval '1 minute', "
    "'', 1, '', '{}', '', now() FROM generate_series(1, :sessions) AS n, "
    "unnest(array['company', 'buyer', 'interpreter']) AS kind",
    "ANALYZE",
)


# What SQLite's ANALYZE notes of that year: rows, and how many of them share each column of an index.
STATISTICS = {
    "audit": {"ix_audit_subject_kind_subject_id": "31232 10411 1"},
    "claim": {"ix_claim_meeting_id": "1140972 37", "claim": "1140972 52 1"},
    "match": {
        "ix_match_fair_id_buyer_id": "31224 710 1",
        "sqlite_autoindex_match_2": "31224 710 1 1",
        "sqlite_autoindex_match_1": "31224 1",
    },
    "meeting": {
        "uq_meeting_live_match": "31224 1",
        "ix_meeting_start_at": "31224 9",
        "ix_meeting_room_id_start_at": "31224 2402 2",
        "ix_meeting_match_id": "31224 1",
        "ix_meeting_fair_id_start_at": "31224 710 9",
        "ix_meeting_company_id_start_at": "31224 5 1",
        "ix_meeting_buyer_id_start_at": "31224 3 1",
        "sqlite_autoindex_meeting_2": "31224 1",
        "sqlite_autoindex_meeting_1": "31224 1",
    },
    "meeting_interpreter": {
        "ix_meeting_interpreter_interpreter_id": "26370 433",
        "sqlite_autoindex_meeting_interpreter_2": "26370 1 1",
        "sqlite_autoindex_meeting_interpreter_1": "26370 1 1",
    },
    "outbox": {
        "ix_outbox_state_due_at": "266454 133227 57",
        "ix_outbox_fair_id_state": "266454 6056 5922",
        "sqlite_autoindex_outbox_2": "266454 9 9 3 1",
        "sqlite_autoindex_outbox_1": "266454 1",
    },
    "participation": {
        "ix_participation_resource_id": "63902 3",
        "sqlite_autoindex_participation_1": "63902 1453 1",
    },
    "resource": {"sqlite_autoindex_resource_2": "22214 5554 1", "sqlite_autoindex_resource_1": "22214 1"},
}


@contextmanager
def overheard(db: Database) -> Iterator[list[tuple[str, Any]]]:
    """Every statement, with its values, that the database is asked."""
    said: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        said.append((statement, values[0] if many else values))

    for engine in (db.writer, db.reader):
        event.listen(engine, "before_cursor_execute", note)
    yield said
    for engine in (db.writer, db.reader):
        event.remove(engine, "before_cursor_execute", note)


def a_days_work(stage: Stage) -> None:
    """What people and the worker ask for, again and again."""
    db, settings, given = stage.db, stage.settings, {"now": NOW, "actor": COORDINATOR}
    first = book(db, settings, stage.wish(), **given)
    with suppress(Refusal):
        book(db, settings, stage.wish("c1-b2"), **given)
    hold(db, settings, stage.wish("c2-b2"), **given)
    release_lapsed_holds(db, now=NOW + timedelta(hours=1), actor=COORDINATOR)
    moved = move(db, settings, first.id, Target(slot=a_slot("10:00")), seen_revision=0, **given)
    other = book(db, settings, stage.wish("c2-b1", "09:00"), **given)
    options_of_match(db, "sample", "c1-b1", now=NOW)
    what_if(db, "sample", Swap(first_id="c1-b1", second_id="c2-b1"), now=NOW)
    moved, _ = swap(
        db, settings, moved.id, other.id, seen_revisions=(moved.revision, other.revision), **given
    )
    with db.read() as work:
        is_any_due(work, NOW, "mail")
    deliver_due(db, settings, a_post(), now=NOW, owner="worker")
    cancel(db, moved.id, seen_revision=moved.revision, **given)
    send_changes(db, "sample", **given)
    overview_of(db, "sample", language="ko")
    whole_board_of(db, "sample")
    with db.write() as work:
        address = feed_address(work, settings, resource_id="c1", fair_id=None, now=NOW)
    open_feed(db, settings, address.rpartition("/")[2].removesuffix(".ics"), now=NOW).content()


def test_sqlite_looks_things_up(stage: Stage) -> None:
    with overheard(stage.db) as said:
        a_days_work(stage)
    with stage.db.reader.connect() as connection:
        found = {_short(one) for one, values in said if _scans_on_sqlite(connection, one, values)}
    assert (len(said) > 60, found) == (True, set())


def test_sqlite_looks_things_up_when_it_has_counted_a_year(stage: Stage) -> None:
    _as_counted(stage.db)
    with overheard(stage.db) as said:
        a_days_work(stage)
    with stage.db.reader.connect() as connection:
        found = {_short(one) for one, values in said if _scans_on_sqlite(connection, one, values)}
    assert (len(said) > 60, found) == (True, set())


def _as_counted(db: Database) -> None:
    """As after ANALYZE in a database with a year's sessions; whoever opens it from now on plans by that."""
    rows = [(table, index, stat) for table, those in STATISTICS.items() for index, stat in those.items()]
    with db.write() as work:
        connection = work.connection()
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("DELETE FROM sqlite_stat1")
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)
    db.dispose()


@pytest.mark.long
@pytest.mark.postgres
def test_postgresql_looks_things_up(tmp_path: Path) -> None:
    installation = find_installation()
    if installation is None:
        pytest.skip("there is no PostgreSQL on this machine")
    # As docs/running.md asks for on disks without heads.
    with running_server(installation, random_page_cost="1.1") as server:
        db = open_database(server.url(server.create_database()))
        stage = _a_year(db, tmp_path)
        with overheard(db) as said:
            a_days_work(stage)
        with db.writer.connect() as connection:
            found = {_short(one) for one, values in said if _scans_on_postgresql(connection, one, values)}
        db.dispose()
    assert (len(said) > 60, found) == (True, set())


def _a_year(db: Database, folder: Path) -> Stage:
    db.migrate()
    stage = Stage(db=db, settings=some_settings(folder), fair=a_fair())
    with db.write() as work:
        fairs.save_fair(work, stage.fair, NOW)
        for position, one in enumerate(the_people()):
            people.save_resource(work, one, f"key:{one.id}", stage.fair.id, position)
        for match in the_matches():
            matches.save_match(work, stage.fair.id, match)
        for statement in YEAR:
            work.execute(text(statement), {"sessions": SESSIONS} if ":sessions" in statement else {})
    return stage


def _scans_on_sqlite(connection: Connection, statement: str, values: Any) -> bool:
    if not _is_query(statement):
        return False
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    # An index that is gone through from end to end is no looking up either.
    return any(re.match(rf"SCAN ({'|'.join(BIG)})\b", row[3]) for row in plan)


def _scans_on_postgresql(connection: Connection, statement: str, values: Any) -> bool:
    if not _is_query(statement):
        return False
    [[plan]] = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).all()
    return any(
        node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG
        for node in _nodes((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for one in node.get("Plans", ()):
        yield from _nodes(one)


def _is_query(statement: str) -> bool:
    return statement.lstrip().split(" ", 1)[0].upper() in {"SELECT", "UPDATE", "DELETE", "WITH"}


def _short(statement: str) -> str:
    return " ".join(statement.split())[-300:]
