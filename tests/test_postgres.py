"""The server that the storage tests run on is a real one, and each test has a database of its own."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.postgres import PostgresServer, ServerFailed, find_installation, running_server


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]
    finally:
        engine.dispose()


def test_each_test_gets_an_empty_database_in_utf8_and_utc(postgres_url: str) -> None:
    tables = query(postgres_url, "SELECT * FROM pg_tables WHERE schemaname = 'public'")
    facts = query(postgres_url, "SELECT getdatabaseencoding(), current_setting('timezone')")

    assert (tables, facts) == ([], [("UTF8", "UTC")])


def test_a_database_is_a_copy_of_its_template(postgres: PostgresServer) -> None:
    template = postgres.create_database()
    with postgres.connect(template) as connection:
        connection.execute("CREATE TABLE fair (name text)")
        connection.execute("INSERT INTO fair VALUES ('남동구 화상상담회')")

    copy = postgres.create_database(template=template)

    assert query(postgres.url(copy), "SELECT name FROM fair") == [("남동구 화상상담회",)]
    for name in (copy, template):
        postgres.drop_database(name)


def test_a_dropped_database_is_gone_even_with_a_connection_left_open(postgres: PostgresServer) -> None:
    name = postgres.create_database()
    with postgres.connect(name) as left_open:
        postgres.drop_database(name)
        with pytest.raises(psycopg.OperationalError):
            left_open.execute("SELECT 1")

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        postgres.connect(name)


def test_the_server_leaves_nothing_behind() -> None:
    installation = find_installation()
    assert installation is not None
    with running_server(installation) as server:
        folder, pid = server.folder, int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
        assert Path(f"/proc/{pid}").exists() or not Path("/proc").exists()

    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name in ("initdb", "postgres"):
        (binaries / name).write_text("#!/bin/sh\necho 'the disk is full' >&2\nexit 1\n")
        (binaries / name).chmod(0o755)

    with pytest.raises(ServerFailed, match="the disk is full"), running_server(tmp_path):
        pass
