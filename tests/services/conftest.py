"""A stage for each test that asks for one."""

from pathlib import Path

import pytest

from scheduler.storage.db import open_database
from tests.postgres import PostgresServer
from tests.services.stage import Stage, a_stage


@pytest.fixture(scope="session")
def migrated_template(postgres: PostgresServer) -> str:
    """A database of the server with all tables and nothing in them, to be copied."""
    name = postgres.create_database()
    migrated = open_database(postgres.url(name))
    migrated.migrate()
    migrated.dispose()
    return name


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return a_stage(tmp_path)
