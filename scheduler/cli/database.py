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
        db = open_database(
            settings.database_url,
            replica_url=settings.replica_url,
            replica_seconds=settings.replica_seconds,
        )
    except (ArgumentError, ValueError) as wrong:
        named = "DATABASE_URL or REPLICA_URL" if settings.replica_url else "DATABASE_URL"
        raise BadSettings(f"{named}: {wrong}") from None
    try:
        db.migrate()
        yield db
    finally:
        db.dispose()
