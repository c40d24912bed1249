"""The database: how it is opened, the one transaction of a use case, and new ids.

The two databases differ in `sqlite` and `postgresql` only; all else is the same for both.
"""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from sqlalchemy import URL, Engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import Session

from scheduler.storage import postgresql, sqlite
from scheduler.storage.errors import AlreadyThere, StorageBusy, StorageUnavailable
from scheduler.storage.keys import key_named

__all__ = ["Database", "StorageBusy", "StorageUnavailable", "new_id", "open_database"]

PATIENCE_SECONDS = 8.0
NEWEST = "0006"
"""The revision of the tables this program is written for."""


def new_id(prefix: str) -> str:
    """`prefix` and 80 random bits as 16 characters (a-z, 2-7): no id in an address leads to another."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(10)).decode('ascii').lower()}"


def open_database(url: str, *, patience_seconds: float = PATIENCE_SECONDS) -> "Database":
    """Open `sqlite:///path` (made with its folder when missing, mode 600) or `postgresql://...`.

    Nobody waits for a lock or a connection longer than `patience_seconds`: then comes StorageBusy.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        sqlite.make_file(parsed)
        return Database(
            url=parsed,
            dialect=backend,
            writer=sqlite.writer(parsed, patience_seconds=patience_seconds),
            reader=sqlite.reader(parsed, patience_seconds=patience_seconds),
            own=sqlite,
        )
    if backend in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
        writer = postgresql.writer(parsed, patience_seconds=patience_seconds)
        reader = postgresql.reader(writer)
        return Database(url=parsed, dialect="postgresql", writer=writer, reader=reader, own=postgresql)
    raise ValueError(f"only sqlite:/// and postgresql:// are known, not {backend}")


@dataclass(frozen=True, kw_only=True)
class Database:
    """An open database; safe to share between threads, to be opened anew in each process."""

    url: URL
    dialect: str
    writer: Engine
    reader: Engine
    own: ModuleType

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The one transaction of a use case: committed at the end, rolled back by any exception.

        Raises StorageBusy, StorageUnavailable, and AlreadyThere for a unique key that was broken.
        """
        with self._answering(), Session(self.writer, autoflush=False) as work:
            work.connection()  # SQLite's write lock is taken here, before anything is read
            yield work
            work.commit()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One moment of the database, as a whole. Writing is refused by the database."""
        with self._answering(), Session(self.reader, autoflush=False) as work:
            yield work

    def migrate(self) -> None:
        """Bring the tables up to date. Several programs may do so at once: one does, the others wait."""
        with self._answering():
            if self.revision() != NEWEST:
                # Alembic takes a second to load and is needed once in a release, not at each start.
                import_module("scheduler.storage.migrate").upgrade(self.url, self.own)

    def revision(self) -> str | None:
        """Which revision the tables have; None for an empty database."""
        with self._answering(), self.reader.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            number: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return number

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        self.writer.dispose()
        self.reader.dispose()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except PoolExhausted as error:
            raise StorageBusy from error
        except DBAPIError as error:
            raise self._refusal(error) or error from error

    def _refusal(self, error: DBAPIError) -> StorageUnavailable | AlreadyThere | None:
        key = self.own.broken_key(error.orig)
        if key is not None:
            table, columns = key if isinstance(key, tuple) else key_named(key)
            return AlreadyThere(table=table, columns=columns)
        refusal: StorageUnavailable | None = self.own.refusal_of(error.orig)
        return refusal
