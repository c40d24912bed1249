import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from scheduler.storage.db import NEWEST, Database, open_database
from scheduler.storage.migrate import MIGRATIONS, downgrade, upgrade
from scheduler.storage.tables import Base
from tests.storage.racing import migrate_at_once, racers

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = open_database(empty_url)
    yield database
    database.dispose()


def tables_in(database: Database) -> set[str]:
    return set(inspect(database.writer).get_table_names())


def test_an_empty_database_gets_every_table(empty: Database) -> None:
    assert empty.revision() is None
    empty.migrate()
    assert tables_in(empty) == {*Base.metadata.tables, "alembic_version"}
    assert empty.revision() == NEWEST


def test_the_newest_revision_is_the_one_the_program_is_written_for() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [NEWEST]


def test_the_migrations_make_what_the_mappings_say(database: Database) -> None:
    with database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_that_is_up_to_date_is_opened_without_loading_alembic(url: str) -> None:
    program = (
        "import sys; from scheduler.storage.db import open_database;"
        "open_database(sys.argv[1]).migrate(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, url], cwd=ROOT, check=False).returncode == 0


def test_migrating_again_changes_nothing(empty: Database) -> None:
    empty.migrate()
    with empty.write() as work:
        work.execute(text("INSERT INTO setting (key, value) VALUES ('kept', '1')"))
    empty.migrate()
    upgrade(empty.url, empty.own)
    with empty.read() as work:
        assert work.scalar(text("SELECT key FROM setting")) == "kept"


def test_all_the_way_down_and_up_again(empty: Database) -> None:
    empty.migrate()
    downgrade(empty.url, empty.own)
    assert tables_in(empty) == {"alembic_version"}
    empty.migrate()
    assert tables_in(empty) == {*Base.metadata.tables, "alembic_version"}


def test_two_programs_that_start_at_once_migrate_once(empty_url: str) -> None:
    with racers().Pool(2) as pool:
        assert pool.map(migrate_at_once, [empty_url, empty_url], chunksize=1) == [NEWEST, NEWEST]
