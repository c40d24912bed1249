"""Bookings as the database sees them: every statement of each one kept, then sent again by the driver alone.

The same transactions, without the program that decides on them: how fast they are is what the database allows.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy import event

from benchmarks.bookers import Booked, bare_connection, begin_sqlite, together
from scheduler.services.actor import SYSTEM
from scheduler.services.book import book
from scheduler.services.choose import Wish
from scheduler.services.idempotency import ticket_for
from scheduler.settings import read_settings
from scheduler.storage.db import Database, open_database
from scheduler.timezones.clock import utc_now


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement as the driver got it; `parameters` holds several sets where it is sent for many rows."""

    words: str
    parameters: Any
    is_many: bool


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """What was sent between begin and commit; one that only read ends without waiting for the disk."""

    writes: bool
    statements: tuple[Statement, ...]


Booking = tuple[Transaction, ...]


def recorded(url: str, instance: Path, wishes: Sequence[Wish]) -> list[Booking]:
    """Books every wish with an idempotency key, as programs do, and keeps what the database was sent for each."""
    settings = replace(read_settings({}, instance=instance), database_url=url)
    database = open_database(url)
    found = []
    with _listening(database) as heard:
        for number, one in enumerate(wishes):
            ticket = ticket_for(SYSTEM, f"key-{number}", "book", one.match_id)
            book(database, settings, one, now=utc_now(), actor=SYSTEM, ticket=ticket)
            found.append(_transactions(heard))
            heard.clear()
    database.dispose()
    return found


def replay(url: str, bookings: Sequence[Booking], *, writers: int) -> Booked:
    """Sends them again to a fresh copy, shared out among processes."""
    shares = [bookings[number::writers] for number in range(writers)]
    return together(_replay_share, [(url, share) for share in shares])


@contextmanager
def _listening(database: Database) -> Iterator[list[tuple[bool, Statement | None]]]:
    """Statements in their order, with None where a transaction ended; True for those of the writing engine."""
    heard: list[tuple[bool, Statement | None]] = []

    def note(writes: bool) -> Callable[..., None]:
        def hear(_c: Any, _cursor: Any, words: str, parameters: Any, _context: Any, many: bool) -> None:
            heard.append((writes, Statement(words=words, parameters=parameters, is_many=many)))

        return hear

    def end(writes: bool) -> Callable[..., None]:
        return lambda _connection: heard.append((writes, None))

    # On PostgreSQL both are one pool: whoever listens to one hears the other.
    apart = database.dialect == "sqlite"
    for engine, writes in ((database.writer, True), *([(database.reader, False)] if apart else [])):
        event.listen(engine, "before_cursor_execute", note(writes))
        event.listen(engine, "commit", end(writes))
        event.listen(engine, "rollback", end(writes))
    yield heard


def _transactions(heard: Sequence[tuple[bool, Statement | None]]) -> Booking:
    found: list[Transaction] = []
    statements: list[Statement] = []
    for writes, one in heard:
        if one is not None:
            statements.append(one)
        elif statements:
            found.append(Transaction(writes=writes, statements=tuple(statements)))
            statements = []
    return tuple(found)


def _replay_share(url: str, bookings: Sequence[Booking], gate: Barrier) -> Booked:
    connection = bare_connection(url)
    send = _sqlite if isinstance(connection, sqlite3.Connection) else _psycopg
    gate.wait()
    seconds, began_at = [], time.monotonic()
    for each in bookings:
        began = time.monotonic()
        for one in each:
            send(connection, one)
        seconds.append(time.monotonic() - began)
    connection.close()
    return Booked(seconds=tuple(seconds), began_at=began_at, ended_at=time.monotonic())


def _sqlite(connection: sqlite3.Connection, one: Transaction) -> None:
    begin_sqlite(connection, "BEGIN IMMEDIATE" if one.writes else "BEGIN")
    _send(connection.cursor(), one)
    connection.execute("COMMIT" if one.writes else "ROLLBACK")


def _psycopg(connection: Any, one: Transaction) -> None:
    with connection.cursor() as cursor:
        _send(cursor, one)
    connection.commit()


def _send(cursor: Any, one: Transaction) -> None:
    for statement in one.statements:
        if statement.is_many:
            cursor.executemany(statement.words, statement.parameters)
            continue
        cursor.execute(statement.words, statement.parameters)
        if cursor.description is not None:
            cursor.fetchall()
