"""Whole transactions are begun anew where the database gave them up, and never where they may have been kept."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from scheduler.storage.db import NEWEST, Database, Pool, open_database
from scheduler.storage.errors import ConnectionLost, StorageBusy, StorageUnavailable
from tests.postgres import PostgresServer


@pytest.fixture
def counted(postgres: PostgresServer) -> Iterator[Database]:
    """Two counters, a and b."""
    opened = open_database(postgres.url(postgres.create_database()), patience_seconds=10)
    with opened.write() as work:
        work.execute(text("CREATE TABLE counter (name text PRIMARY KEY, count integer NOT NULL)"))
        work.execute(text("INSERT INTO counter VALUES ('a', 0), ('b', 0)"))
    yield opened
    opened.dispose()


def count_up(work: Session, name: str) -> None:
    work.execute(text("UPDATE counter SET count = count + 1 WHERE name = :name"), {"name": name})


def counts_in(db: Database) -> dict[str, int]:
    with db.read() as work:
        return {row[0]: row[1] for row in work.execute(text("SELECT name, count FROM counter"))}


@pytest.mark.postgres
def test_two_that_wait_for_each_other_in_a_circle_both_get_done(counted: Database) -> None:
    meeting, tries = threading.Barrier(2), {"ab": 0, "ba": 0}

    def both(order: str) -> None:
        def deed(work: Session) -> None:
            tries[order] += 1
            count_up(work, order[0])
            if tries[order] == 1:
                meeting.wait(20)
            count_up(work, order[1])

        counted.carry_out(deed)

    threads = [threading.Thread(target=both, args=(order,)) for order in tries]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert counts_in(counted) == {"a": 2, "b": 2}
    assert sorted(tries.values()) == [1, 2]


def end_others(postgres: PostgresServer, db: Database) -> None:
    with postgres.connect(str(db.url.database)) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.postgres
def test_a_connection_lost_before_the_commit_is_made_up_for(
    postgres: PostgresServer, counted: Database
) -> None:
    tries = []

    def deed(work: Session) -> None:
        count_up(work, "a")
        tries.append(1)
        if len(tries) == 1:
            end_others(postgres, counted)
            count_up(work, "b")

    counted.carry_out(deed)
    assert (len(tries), counts_in(counted)) == (2, {"a": 1, "b": 0})


@pytest.mark.postgres
def test_a_connection_that_was_idle_when_the_server_ended_it_is_noticed(
    postgres: PostgresServer, counted: Database
) -> None:
    end_others(postgres, counted)
    with counted.write() as work:
        count_up(work, "a")
    assert counts_in(counted)["a"] == 1


@pytest.mark.postgres
def test_a_connection_lost_in_the_commit_is_not_tried_again(
    postgres: PostgresServer, counted: Database
) -> None:
    tries = []

    def deed(work: Session) -> None:
        tries.append(1)
        count_up(work, "a")
        end_others(postgres, counted)

    with pytest.raises(ConnectionLost):
        counted.carry_out(deed)
    assert len(tries) == 1


@pytest.mark.postgres
def test_a_server_that_stays_away_is_given_up_after_a_while() -> None:
    away = open_database("postgresql://nobody@127.0.0.1:1/nothing", patience_seconds=1)
    with pytest.raises(StorageUnavailable):
        away.carry_out(lambda work: None)
    away.dispose()


def test_no_more_connections_are_opened_than_was_said(tmp_path: Path) -> None:
    small = open_database(
        f"sqlite:///{tmp_path}/one.sqlite", patience_seconds=0.2, pool=Pool(size=1, overflow=0)
    )
    with small.read() as first:
        first.execute(text("SELECT 1"))
        with pytest.raises(StorageBusy), small.read() as second:
            second.execute(text("SELECT 1"))
    small.dispose()


def test_the_threads_of_a_process_wait_for_their_turn_and_not_for_ever(tmp_path: Path) -> None:
    db = open_database(f"sqlite:///{tmp_path}/one.sqlite", patience_seconds=0.2)
    entered, leave, heard = threading.Event(), threading.Event(), []

    def hold() -> None:
        with db.write():
            entered.set()
            leave.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert entered.wait(30)
    try:
        with db.write():
            heard.append("in")
    except StorageBusy:
        heard.append("busy")
    leave.set()
    holder.join(30)
    with db.write():
        heard.append("in")
    assert heard == ["busy", "in"]
    db.dispose()


def test_tables_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    db = open_database(f"sqlite:///{tmp_path}/one.sqlite")
    db.migrate()
    newer = f"{int(NEWEST) + 1:04}"
    with db.write() as work:
        work.execute(text("UPDATE alembic_version SET version_num = :newer"), {"newer": newer})
    db.migrate()
    assert db.revision() == newer
    db.dispose()
