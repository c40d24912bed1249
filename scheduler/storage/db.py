"""The database: how it is opened, the one transaction of a use case, and new ids.

The two databases differ in `sqlite` and `postgresql` only; all else is the same for both.
"""

import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import product
from string import ascii_lowercase
from types import ModuleType
from typing import TypeVar

from sqlalchemy import URL, Engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import Session

from scheduler.storage import postgresql, sqlite
from scheduler.storage.errors import (
    AlreadyThere,
    ConnectionLost,
    StorageBusy,
    StorageUnavailable,
    TakenBack,
)
from scheduler.storage.keys import key_named
from scheduler.storage.replica import Replica

__all__ = ["Database", "StorageBusy", "StorageUnavailable", "new_id", "open_database"]

_T = TypeVar("_T")
PATIENCE_SECONDS = 8.0
_TRIES = 6
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.02, 1.0
_LETTERS = ascii_lowercase + "234567"
_PAIRS = tuple(map("".join, product(_LETTERS, repeat=2)))
NEWEST = "0012"
"""The revision of the tables this program is written for."""


def new_id(prefix: str) -> str:
    """`prefix` and 80 random bits as 16 characters (a-z, 2-7): no id in an address leads to another."""
    number = secrets.randbits(80)
    return f"{prefix}_{''.join([_PAIRS[number >> shift & 1023] for shift in range(0, 80, 10)])}"


@dataclass(frozen=True, kw_only=True)
class Pool:
    """How many connections a process keeps open to a database, and how many more it may open for a while."""

    size: int = 10
    overflow: int = 20


def open_database(
    url: str,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    pool: Pool | None = None,
    replica_url: str = "",
    replica_seconds: float = 5,
) -> "Database":
    """Open `sqlite:///path` (made with its folder when missing, mode 600) or `postgresql://...`.

    Nobody waits for a lock or a connection longer than `patience_seconds`: then comes StorageBusy. `replica_url` is
    a standby of that PostgreSQL, for what may be `replica_seconds` old.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    size, overflow = (pool or Pool()).size, (pool or Pool()).overflow
    if backend == "sqlite":
        sqlite.make_file(parsed)
        writer = sqlite.writer(
            parsed, patience_seconds=patience_seconds, pool_size=size, max_overflow=overflow
        )
        reader = sqlite.reader(
            parsed, patience_seconds=patience_seconds, pool_size=size, max_overflow=overflow
        )
        line = _Line(patience_seconds)
        return Database(url=parsed, dialect=backend, writer=writer, reader=reader, own=sqlite, line=line)
    if backend in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
        writer = postgresql.writer(
            parsed, patience_seconds=patience_seconds, pool_size=size, max_overflow=overflow
        )
        reader = postgresql.reader(writer)
        standby = _replica(replica_url, writer, replica_seconds, size, overflow)
        return Database(
            url=parsed, dialect="postgresql", writer=writer, reader=reader, own=postgresql, replica=standby
        )
    raise ValueError(f"only sqlite:/// and postgresql:// are known, not {backend}")


def _replica(url: str, primary: Engine, seconds: float, size: int, overflow: int) -> Replica | None:
    if not url:
        return None
    parsed = make_url(url)
    return Replica(parsed, primary=primary, seconds=seconds, pool_size=size, max_overflow=overflow)


class _Line:
    """The threads of one process wait for SQLite's write lock one behind the other: only the first asks the file."""

    def __init__(self, patience_seconds: float) -> None:
        self._turn, self._patience = threading.Lock(), patience_seconds

    @contextmanager
    def turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self._patience):
            raise StorageBusy
        try:
            yield
        finally:
            self._turn.release()


@dataclass(frozen=True, kw_only=True)
class Database:
    """An open database; safe to share between threads, to be opened anew in each process."""

    url: URL
    dialect: str
    writer: Engine
    reader: Engine
    own: ModuleType
    line: _Line | None = None
    replica: Replica | None = None
    moment: Session | None = None
    """What all reads share where they are to see one moment together: of one thread only."""

    @property
    def has_one_writer(self) -> bool:
        """Whether everybody who writes waits for everybody else who does, whatever it is about."""
        return self.dialect == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The one transaction of a use case: committed at the end, rolled back by any exception.

        Raises StorageBusy, StorageUnavailable, and AlreadyThere for a unique key that was broken.
        """
        with self._answering(), self._turn(), Session(self.writer, autoflush=False) as work:
            work.connection()  # SQLite's write lock is taken here, before anything is read
            yield work
            work.commit()

    @contextmanager
    def note(self) -> Iterator[Session]:
        """A transaction for what may be forgotten in a power cut and is then done again: no fsync is waited for.

        It survives the end of the process, by whatever signal. Raises what `write` does.
        """
        with self._answering(), self._turn(), Session(self.own.lightly(self.writer), autoflush=False) as work:
            work.connection()
            yield work
            work.commit()

    def carry_out(self, deed: Callable[[Session], _T]) -> _T:
        """`deed` in one transaction, begun anew where the database has given it up as a whole.

        That is after a deadlock, after a failed serialisation, and after a connection that was lost before the
        commit was asked for. When it is lost during the commit nobody knows what was kept, so that is not
        repeated: ConnectionLost is raised. `deed` must do nothing but work on the database.
        """
        wait = _FIRST_WAIT_SECONDS
        for _ in range(_TRIES - 1):
            asked = threading.Event()
            try:
                return self._once(deed, asked)
            except TakenBack:
                pass
            except ConnectionLost:
                if asked.is_set():
                    raise
                wait = max(wait, _LONGEST_WAIT_SECONDS / 4)
            time.sleep(random.uniform(wait / 2, wait))  # noqa: S311
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
        return self._once(deed, threading.Event())

    def _once(self, deed: Callable[[Session], _T], asked: threading.Event) -> _T:
        """`asked` is set when the commit is asked for."""
        with self.write() as work:
            done = deed(work)
            asked.set()
        return done

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One moment of the database, as a whole. Writing is refused by the database."""
        with self._answering(), self._reading(self.reader) as work:
            yield work

    @contextmanager
    def glance(self) -> Iterator[Session]:
        """For a single question, which sees one moment by itself: from a server it needs no transaction around it."""
        with self._answering(), self._reading(self.own.glancing(self.reader)) as work:
            yield work

    @contextmanager
    def at_one_moment(self) -> Iterator["Database"]:
        """The same database, all of whose reads see one moment: for a page that several use cases make together.

        It is for pages that change nothing: what is written meanwhile, also by this thread, is not seen.
        """
        with self.read() as work:
            yield replace(self, moment=work)

    def somewhat_old(self) -> "Database | None":
        """The same database, whose reads may be some seconds old; None where there is no replica, or none that is
        fresh. What it does not have may be there all the same, and what it writes goes to the primary.
        """
        if self.replica is None or not self.replica.is_fresh():
            return None
        return replace(self, reader=self.replica.reader, moment=None)

    def leave_no_trace(self) -> None:
        """What has been deleted is to be gone from the database's own files too, as far as a program can see to it."""
        self.own.leave_no_trace(self.url)

    def migrate(self) -> None:
        """Bring the tables up to date. Several programs may do so at once: one does, the others wait.

        Tables that a newer program has added to are left alone: this one goes on with what it knows.
        """
        with self._answering():
            if (self.revision() or "") < NEWEST:
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
        if self.replica is not None:
            self.replica.reader.dispose()

    def _reading(self, engine: Engine) -> AbstractContextManager[Session]:
        return Session(engine, autoflush=False) if self.moment is None else nullcontext(self.moment)

    def _turn(self) -> AbstractContextManager[None]:
        return nullcontext() if self.line is None else self.line.turn()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except PoolExhausted as error:
            raise StorageBusy from error
        except DBAPIError as error:
            raise self._refusal(error.orig) or error from error
        except self.own.driver_errors() as error:
            # Of a prepared statement. SQLAlchemy has not seen it, so it is for us to drop what was lost.
            refusal = self._refusal(error)
            if isinstance(refusal, ConnectionLost):
                self.writer.dispose()
            raise refusal or error from error

    def _refusal(self, error: BaseException | None) -> StorageUnavailable | AlreadyThere | None:
        key = self.own.broken_key(error)
        if key is not None:
            table, columns = key if isinstance(key, tuple) else key_named(key)
            return AlreadyThere(table=table, columns=columns)
        refusal: StorageUnavailable | None = self.own.refusal_of(error)
        return refusal
