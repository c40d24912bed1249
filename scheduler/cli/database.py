"""The database of the installation, opened for one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError

from scheduler.settings import BadSettings, Settings
from scheduler.storage.db import Database, open_database


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database with its tables up to date, closed at the end. Raises BadSettings for an address that is none."""
    try:
        db = open_database(settings.database_url)
    except (ArgumentError, ValueError) as wrong:
        raise BadSettings(f"DATABASE_URL: {wrong}") from None
    try:
        db.migrate()
        yield db
    finally:
        db.dispose()
