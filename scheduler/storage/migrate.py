"""Bringing the tables up to date, and back, with Alembic: the whole way in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: URL, own: ModuleType, revision: str = "head") -> None:
    """From whatever there is, an empty database too, to `revision`. `own` is the database's own module."""
    with _migrating(url, own) as connection:
        if revision != "head" or not is_up_to_date(connection):
            command.upgrade(configured(connection), revision)


def downgrade(url: URL, own: ModuleType, revision: str = "base") -> None:
    with _migrating(url, own) as connection:
        command.downgrade(configured(connection), revision)


def is_up_to_date(connection: Connection) -> bool:
    """Whether the database is at the newest revision this program knows."""
    wanted = ScriptDirectory(str(MIGRATIONS)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(wanted)


def configured(connection: Connection) -> Config:
    """Alembic's configuration for a connection that is in its transaction already."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _migrating(url: URL, own: ModuleType) -> Iterator[Connection]:
    engine = own.migrator(url)
    try:
        with engine.begin() as connection:
            own.lock_for_migration(connection)
            yield connection
            own.check_after_migration(connection)
    finally:
        engine.dispose()
