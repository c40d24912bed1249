"""The processes that book: through the use case, bare, and all at once for one slot."""

import multiprocessing
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks.stages import ROWS_OF_A_BOOKING, Rows, address_of
from scheduler.booking.errors import Refusal
from scheduler.booking.slot import Slot
from scheduler.services.actor import SYSTEM
from scheduler.services.book import book
from scheduler.services.choose import Wish, nearest_for
from scheduler.settings import Settings, read_settings
from scheduler.storage.db import Database, open_database
from scheduler.timezones.clock import utc_now

_PATIENCE = 120


@dataclass(frozen=True, kw_only=True)
class Booked:
    """How long each booking took, and when the first began and the last ended, by one clock for all processes."""

    seconds: tuple[float, ...]
    began_at: float
    ended_at: float

    @property
    def rate(self) -> float:
        return len(self.seconds) / (self.ended_at - self.began_at)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one racer heard, `booked` or the name of the refusal, and after how long."""

    answer: str
    seconds: float


def book_all(url: str, instance: Path, wishes: Sequence[Wish], *, processes: int) -> Booked:
    """Books every wish through the use case, shared out among processes."""
    return together(_book_share, [(url, instance, share) for share in _shares(wishes, processes)])


def insert_all(url: str, rows: Sequence[Rows], *, processes: int) -> Booked:
    """Writes the same rows with the driver alone, a transaction for each booking."""
    return together(_insert_share, [(url, share) for share in _shares(rows, processes)])


def race(url: str, instance: Path, wishes: Sequence[Wish], *, processes: int) -> list[Outcome]:
    """All wishes at once, a thread for each, in several processes as behind a web server."""
    found: list[list[Outcome]] = _in_processes(
        _race_share, [(url, instance, share) for share in _shares(wishes, processes)]
    )
    return [one for each in found for one in each]


def together(target: Callable[..., Booked], given: Sequence[tuple[Any, ...]]) -> Booked:
    """Runs the target in a process for each of the arguments, all let go at one moment."""
    parts: list[Booked] = _in_processes(target, given)
    return Booked(
        seconds=tuple(one for part in parts for one in part.seconds),
        began_at=min(part.began_at for part in parts),
        ended_at=max(part.ended_at for part in parts),
    )


def _in_processes(target: Callable[..., Any], given: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Runs the target once for each of the arguments, all let go at one moment; what each returned."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.bookers"])
    gate, results = context.Barrier(len(given)), context.SimpleQueue()
    started = [
        context.Process(target=_run, args=(target, arguments, gate, results), daemon=True)
        for arguments in given
    ]
    for one in started:
        one.start()
    found = [results.get() for _ in started]
    for one in started:
        one.join(_PATIENCE)
    failed = next((one for one in found if isinstance(one, BaseException)), None)
    if failed is not None:
        raise failed
    return found


def _run(target: Callable[..., Any], arguments: tuple[Any, ...], gate: Barrier, results: Any) -> None:
    try:
        results.put(target(*arguments, gate))
    except Exception as error:
        gate.abort()
        results.put(error)


def _book_share(url: str, instance: Path, wishes: Sequence[Wish], gate: Barrier) -> Booked:
    database, settings = _opened(url, instance)
    gate.wait(_PATIENCE)
    booked = _timed(
        [lambda one=one: book(database, settings, one, now=utc_now(), actor=SYSTEM) for one in wishes]
    )
    database.dispose()
    return booked


def _insert_share(url: str, rows: Sequence[Rows], gate: Barrier) -> Booked:
    connection = bare_connection(url)
    insert = _insertion(connection)
    gate.wait(_PATIENCE)
    booked = _timed([lambda one=one: insert(one) for one in rows])
    connection.close()
    return booked


def _race_share(url: str, instance: Path, wishes: Sequence[Wish], gate: Barrier) -> list[Outcome]:
    database, settings = _opened(url, instance)
    together, start, outcomes = threading.Barrier(len(wishes)), threading.Barrier(len(wishes) + 1), []

    def ask(wish: Wish) -> None:
        with database.read() as work:
            work.connection()
            together.wait(_PATIENCE)
        _rehearse(database, settings, wish)
        start.wait(_PATIENCE)
        began = time.monotonic()
        try:
            book(database, settings, wish, now=utc_now(), actor=SYSTEM)
            answer = "booked"
        except Refusal as refusal:
            answer = type(refusal).__name__
        outcomes.append(Outcome(answer=answer, seconds=time.monotonic() - began))

    threads = [threading.Thread(target=ask, args=(wish,)) for wish in wishes]
    for one in threads:
        one.start()
    gate.wait(_PATIENCE)
    start.wait(_PATIENCE)
    for one in threads:
        one.join(_PATIENCE)
    database.dispose()
    return outcomes


def _rehearse(database: Database, settings: Settings, wish: Wish) -> None:
    """As on a server that has answered before: connected, its statements put together, its people read."""
    long_ago = Slot.lasting(wish.slot.start_at - timedelta(days=3650), wish.slot.minutes)
    for one in (wish, replace(wish, slot=long_ago)):
        nearest_for(database, one, now=utc_now())
    with suppress(Refusal):
        book(database, settings, replace(wish, slot=long_ago), now=utc_now(), actor=SYSTEM)


def _opened(url: str, instance: Path) -> tuple[Database, Settings]:
    """Open and warm: the first connection and the first reading are no booking."""
    settings = replace(read_settings({}, instance=instance), database_url=url)
    # On a loaded machine a booking is to be slow, not refused.
    database = open_database(url, patience_seconds=_PATIENCE)
    database.revision()
    return database, settings


def _timed(bookings: Sequence[Callable[[], object]]) -> Booked:
    seconds, began_at = [], time.monotonic()
    for each in bookings:
        began = time.monotonic()
        each()
        seconds.append(time.monotonic() - began)
    return Booked(seconds=tuple(seconds), began_at=began_at, ended_at=time.monotonic())


def bare_connection(url: str) -> Any:
    """The driver's own, with the settings ours has."""
    if not url.startswith("sqlite"):
        return psycopg.connect(address_of(url))
    file = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    for pragma in ("busy_timeout = 0", "synchronous = FULL", "foreign_keys = ON"):
        file.execute(f"PRAGMA {pragma}")
    return file


def _insertion(connection: Any) -> Callable[[Rows], None]:
    """What writes the rows of one booking."""
    insert = _insert_by_sqlite3 if isinstance(connection, sqlite3.Connection) else _insert_by_psycopg
    return lambda rows: insert(connection, rows)


def _insert_by_sqlite3(connection: sqlite3.Connection, rows: Rows) -> None:
    begin_sqlite(connection)
    for name in ROWS_OF_A_BOOKING:
        columns, values = rows[name]
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", values)  # noqa: S608
    connection.execute("COMMIT")


def begin_sqlite(connection: sqlite3.Connection, words: str = "BEGIN IMMEDIATE") -> None:
    """Waits as ours does: by asking again, in random steps."""
    while True:
        try:
            connection.execute(words)
        except sqlite3.OperationalError:
            time.sleep(random.uniform(0.001, 0.004))
        else:
            return


def _insert_by_psycopg(connection: "psycopg.Connection[Any]", rows: Rows) -> None:
    with connection.cursor() as cursor:
        for name in ROWS_OF_A_BOOKING:
            columns, values = rows[name]
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", values)  # noqa: S608
    connection.commit()


def _shares(items: Sequence[Any], count: int) -> list[Sequence[Any]]:
    return [items[number::count] for number in range(count)]
