"""The audit trail: sealed in a chain, so that whoever meddles with it is found out."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from scheduler.services.audit_trail import seal, verify
from scheduler.storage import audit, audit_chain
from scheduler.storage.db import open_database
from tests.services.stage import NOW, Stage, a_stage
from tests.services.test_webhooks_on_postgresql import a_stage_on


def a_trail(folder) -> Stage:
    """A stage with some new entries, all sealed."""
    return with_entries(a_stage(folder))


def with_entries(stage: Stage, *, entries: int = 5) -> Stage:
    with stage.db.write() as work:
        for number in range(entries):
            at = NOW + timedelta(seconds=number)
            audit.record(
                work, at, "company:가나다", "move", "meeting", f"m{number}", {"a": 1.5}, {"한": [number]}
            )
    seal(stage.db)
    return stage


def by_force(stage: Stage, statement: str) -> None:
    """As somebody would who has the file and takes the guards away."""
    with closing(sqlite3.connect(stage.settings.instance / "scheduler.sqlite")) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()


def test_a_trail_nobody_touched_is_whole_and_its_newest_seal_can_be_kept(tmp_path):
    stage = a_trail(tmp_path)
    first = verify(stage.db)
    with stage.db.write() as work:
        audit.record(work, NOW, "system", "cancel", "meeting", "m1")

    later = verify(stage.db, known_head=first.head)

    assert first.is_whole
    assert (later.is_whole, later.unsealed, later.sealed) == (True, 1, first.sealed)
    assert seal(stage.db) == 1
    assert seal(stage.db) == 0


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit_seal"])
def test_the_database_refuses_a_change(tmp_path, statement):
    stage = a_trail(tmp_path)

    with pytest.raises(DBAPIError), stage.db.write() as work:
        work.connection().exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE subject_id = 'm2'", "is not what was sealed"),
        ("UPDATE audit SET \"after\" = '{}' WHERE subject_id = 'm2'", "is not what was sealed"),
        (
            "UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE subject_id = 'm2'",
            "is not what was sealed",
        ),
        ("DELETE FROM audit WHERE subject_id = 'm2'", "is gone"),
        ("DELETE FROM audit_seal WHERE number = 2", "Seals 2 to 2 are missing"),
        ("UPDATE audit_seal SET hash = 'f00' WHERE number = 2", "is not what was sealed"),
    ],
)
def test_whatever_is_done_by_force_is_found_out(tmp_path, statement, said):
    stage = a_trail(tmp_path)

    by_force(stage, statement)

    verdict = verify(stage.db)
    assert not verdict.is_whole
    assert said in " ".join(fault.text("en") for fault in verdict.faults)


def test_an_end_that_was_cut_off_is_found_out_by_a_seal_kept_elsewhere(tmp_path):
    stage = a_trail(tmp_path)
    kept = verify(stage.db).head

    by_force(stage, "DELETE FROM audit_seal WHERE number = (SELECT max(number) FROM audit_seal)")

    assert verify(stage.db).is_whole
    assert not verify(stage.db, known_head=kept).is_whole


def test_two_who_seal_at_once_make_one_chain(tmp_path):
    stage = a_trail(tmp_path)
    with stage.db.write() as work:
        audit.record(work, NOW, "system", "cancel", "meeting", "m9")
        audit_chain.seal_new(work)

    assert seal(stage.db) == 0
    assert verify(stage.db).is_whole


@pytest.mark.postgres
def test_postgresql_refuses_a_change_too_and_what_is_done_by_force_is_found_out(postgres_url, tmp_path):
    stage = with_entries(a_stage_on(open_database(postgres_url), tmp_path))
    changes = ("UPDATE {} SET {} = '2'", "DELETE FROM {}", "TRUNCATE {} CASCADE")
    refused = []
    for table, column in (("audit", "actor"), ("audit_seal", "hash")):
        for change in changes:
            with pytest.raises(DBAPIError) as refusal, stage.db.write() as work:
                work.connection().exec_driver_sql(change.format(table, column))
            refused.append("audit trail is" in str(refusal.value))
    whole = verify(stage.db)
    with stage.db.write() as work:
        for statement in (
            "ALTER TABLE audit DISABLE TRIGGER ALL",
            "UPDATE audit SET actor = 'nobody' WHERE subject_id = 'm2'",
            "DELETE FROM audit WHERE subject_id = 'm4'",
        ):
            work.connection().exec_driver_sql(statement)
    said = [fault.text("en") for fault in verify(stage.db).faults]
    stage.db.dispose()

    assert (refused, whole.is_whole) == ([True] * 6, True)
    assert ["is not what was sealed" in one for one in said] == [True, False]
    assert said[1].endswith("is gone.")
