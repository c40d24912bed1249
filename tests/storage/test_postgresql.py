"""What only a server can do to us."""

import threading

import pytest
from sqlalchemy import text

from scheduler.storage.db import Database
from scheduler.storage.errors import StorageBusy, StorageUnavailable
from scheduler.storage.settings import read_setting, save_setting
from tests.postgres import PostgresServer


def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(server_database: Database) -> None:
    with server_database.write() as work:
        save_setting(work, "a", 0)
        save_setting(work, "b", 0)
    both_have_one, outcome = threading.Barrier(2), []

    def change(first: str, second: str) -> None:
        try:
            with server_database.write() as work:
                save_setting(work, first, first)
                both_have_one.wait(20)
                save_setting(work, second, first)
            outcome.append("kept")
        except StorageBusy:
            outcome.append("busy")

    threads = [threading.Thread(target=change, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["busy", "kept"]
    with server_database.read() as work:
        assert read_setting(work, "a") == read_setting(work, "b")


def test_a_connection_that_the_server_ends_loses_the_transaction_and_nothing_else(
    server_database: Database, postgres: PostgresServer
) -> None:
    with pytest.raises(StorageUnavailable), server_database.write() as work:
        save_setting(work, "colour", "green")
        number = work.scalar(text("SELECT pg_backend_pid()"))
        with postgres.connect() as other:
            other.execute("SELECT pg_terminate_backend(%s)", [number])
        save_setting(work, "colour", "red")
    with server_database.write() as work:
        assert read_setting(work, "colour") is None


def test_a_pooled_connection_that_died_is_replaced_unseen(
    server_database: Database, postgres: PostgresServer
) -> None:
    with server_database.read() as work:
        number = work.scalar(text("SELECT pg_backend_pid()"))
    with postgres.connect() as other:
        other.execute("SELECT pg_terminate_backend(%s, 20000)", [number])
    with server_database.write() as work:
        save_setting(work, "colour", "green")
        assert read_setting(work, "colour") == "green"


def test_reading_and_writing_have_their_isolation(server_database: Database) -> None:
    shown = text("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
    with server_database.write() as work:
        assert tuple(work.execute(shown).one()) == ("read committed", "off")
    with server_database.read() as work:
        assert tuple(work.execute(shown).one()) == ("repeatable read", "on")
    with server_database.write() as work:
        assert tuple(work.execute(shown).one()) == ("read committed", "off")
