"""SQLite, the embedded default: one file, one writer at a time, readers that never wait."""

import os
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event

from scheduler.storage.errors import StorageBusy, StorageUnavailable
from scheduler.storage.json_text import dumps

# Recovery after a crash and the change to WAL take the file for a moment, and then connections must wait.
_OPENING_MS = 10_000
_LOG_SECONDS = 5
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_UNAVAILABLE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})


def writer(url: URL, *, patience_seconds: float, pool_size: int, max_overflow: int) -> Engine:
    """Each transaction takes the write lock at its beginning: what it reads still holds when it writes."""
    pool = _pool(patience_seconds, pool_size, max_overflow)
    # What is deleted is written over: an erased name is not to be read from the file.
    engine = _engine(url, "foreign_keys = ON", "secure_delete = ON", "busy_timeout = 0", **pool)
    _begin_with(engine, lambda connection: _begin_immediate(connection, patience_seconds))
    return engine


def reader(url: URL, *, patience_seconds: float, pool_size: int, max_overflow: int) -> Engine:
    """Each transaction sees one moment of the database; nothing can be written."""
    engine = _engine(url, "query_only = ON", **_pool(patience_seconds, pool_size, max_overflow))
    _begin_with(engine, lambda connection: connection.execute("BEGIN"))
    return engine


def glancing(reader: Engine) -> Engine:
    """The same: to begin and end a transaction costs nothing here."""
    return reader


def lightly(writer: Engine) -> Engine:
    """The same connections, whose commits last as long as the machine has power: other processes see them at once,
    and the next commit of any other kind makes them last for good.
    """
    return writer.execution_options(synchronous="NORMAL")


def migrator(url: URL) -> Engine:
    """For migrations: tables may be made anew, which foreign keys would stand in the way of."""
    engine = _engine(url, "foreign_keys = OFF", poolclass=NullPool)
    _begin_with(engine, lambda connection: connection.execute("BEGIN IMMEDIATE"))
    return engine


def leave_no_trace(url: URL) -> None:
    """What was deleted or written over is in the write-ahead log no longer. Where a reader is still looking at it after
    some seconds it stays until the log is next begun anew.
    """
    with closing(sqlite3.connect(url.database or "", timeout=_LOG_SECONDS)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def make_file(url: URL) -> None:
    """The file and its folder, readable by its owner only: SQLite gives its side files the same mode."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ValueError(f"the database has to be a file: {url.render_as_string()}")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A file that is there is not opened: closing it again would end every lock this process holds on it, and then
    # another process could take away the write-ahead log under open connections.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def lock_for_migration(connection: Connection) -> None:
    """Nothing to do: BEGIN IMMEDIATE lets one in at a time."""


def check_after_migration(connection: Connection) -> None:
    """Foreign keys were off, so they are looked over now."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migration left rows that refer to nothing: {broken[:10]}")


def insert_claims(connection: Connection, claims: Sequence[tuple[str, int, str]]) -> int:
    """Insert (resource, tick, meeting) where the key is free; how many went in."""
    statement = "INSERT INTO claim (resource_id, tick, meeting_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    return connection.exec_driver_sql(statement, list(claims)).rowcount


def wait_in_turn(_connection: Connection, _match_id: str, _resource_ids: Sequence[str], _tick: int) -> None:
    """Nothing to do: all who write wait for each other in any case."""


def driver_errors() -> tuple[type[Exception], ...]:
    """What the driver raises by itself."""
    return (sqlite3.Error,)


def refusal_of(error: BaseException | None) -> StorageUnavailable | None:
    """What a driver's error means to the person who asked; None for a mistake of the program."""
    code = _code(error)
    if code in _BUSY:
        return StorageBusy()
    return StorageUnavailable() if code in _UNAVAILABLE else None


def broken_key(error: BaseException | None) -> tuple[str, tuple[str, ...]] | None:
    """Table and columns of the unique key an insert broke."""
    head, found, columns = str(error).partition("UNIQUE constraint failed: ")
    if not found or head:
        return None
    pairs = [column.split(".") for column in columns.split(", ")]
    return pairs[0][0], tuple(pair[-1] for pair in pairs)


def _pool(patience_seconds: float, pool_size: int, max_overflow: int) -> dict[str, Any]:
    waits = max(patience_seconds, 0.001)
    return {"pool_size": pool_size, "max_overflow": max_overflow, "pool_timeout": waits}


def _engine(url: URL, *pragmas: str, **given: Any) -> Engine:
    engine = create_engine(url, json_serializer=dumps, hide_parameters=True, **given)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: object) -> None:
        # The driver's own idea of when a transaction begins loses updates; ours is `_begin_with`.
        connection.isolation_level = None
        # FULL: what was answered with "booked" survives a power cut. It costs one fsync for each commit.
        for pragma in (f"busy_timeout = {_OPENING_MS}", "journal_mode = WAL", "synchronous = FULL", *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine


def _begin_with(engine: Engine, begin: Callable[[sqlite3.Connection], object]) -> None:
    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        _set_synchronous(connection)
        begin(cast(sqlite3.Connection, connection.connection.dbapi_connection))


def _set_synchronous(connection: Connection) -> None:
    """Before the transaction begins, as SQLite wants it; a connection keeps it until another kind of use comes."""
    wanted, own = connection.get_execution_options().get("synchronous", "FULL"), connection.connection
    if own.info.get("synchronous", "FULL") != wanted:
        cast(sqlite3.Connection, own.dbapi_connection).execute(f"PRAGMA synchronous = {wanted}")
        own.info["synchronous"] = wanted


def _begin_immediate(connection: sqlite3.Connection, patience_seconds: float) -> None:
    """SQLite's own waiting is unfair: of 16 writers some wait for seconds. Short random waits are not."""
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if _code(error) not in _BUSY:
                raise
            if time.monotonic() > deadline:
                raise StorageBusy from error
        else:
            return
        time.sleep(random.uniform(0.001, 0.004))  # noqa: S311


def _code(error: BaseException | None) -> int | None:
    """The primary result code; the extended ones keep it in their low byte."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
