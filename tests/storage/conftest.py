"""The same tests on SQLite and on PostgreSQL, each in a database of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.storage.db import Database, open_database
from tests.postgres import PostgresServer
from tests.storage.stage import set_the_stage

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "scheduler.sqlite"
    migrated = open_database(f"sqlite:///{path}")
    migrated.migrate()
    migrated.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres: PostgresServer) -> str:
    name = postgres.create_database()
    migrated = open_database(postgres.url(name))
    migrated.migrate()
    migrated.dispose()
    return name


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'instance' / 'scheduler.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with tables, and nothing in them."""
    if request.param == "sqlite":
        path = tmp_path / "scheduler.sqlite"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        name = server.create_database(template=request.getfixturevalue("migrated_template"))
        yield server.url(name)
        server.drop_database(name)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url, patience_seconds=20)
    yield opened
    opened.dispose()


@pytest.fixture
def staged(database: Database) -> Database:
    """With a fair in it, two of each kind who take part, and the four matches of the two pairs."""
    with database.write() as work:
        set_the_stage(work)
    return database


@pytest.fixture
def server_database(postgres: PostgresServer, migrated_template: str) -> Iterator[Database]:
    name = postgres.create_database(template=migrated_template)
    opened = open_database(postgres.url(name), patience_seconds=20)
    yield opened
    opened.dispose()
    postgres.drop_database(name)
