"""PostgreSQL, for several machines: READ COMMITTED, where the claim key does the guarding."""

import select
import time
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError

from scheduler.storage.errors import ConnectionLost, StorageBusy, StorageUnavailable, TakenBack
from scheduler.storage.json_text import dumps

# Any number will do, as long as every migration of this program takes the same.
_MIGRATION_LOCK = 7_263_264_326
_STATEMENT_MS, _IDLE_MS = 60_000, 60_000
_SURE_SECONDS = 5
_TAKEN_BACK = frozenset({"40P01", "40001"})  # deadlock_detected, serialization_failure
_BUSY = frozenset({"55P03", "57014", "53300"})  # lock_not_available, query_canceled, too_many_connections
# read-only transaction (a standby), admin_shutdown, crash_shutdown, cannot_connect_now, idle timeout
_LOST = frozenset({"25006", "57P01", "57P02", "57P03", "25P03"})
_DISK_FULL = "53100"


def writer(url: URL, *, patience_seconds: float, pool_size: int, max_overflow: int) -> Engine:
    """A pool that notices a restarted server; nobody waits for a lock longer than `patience_seconds`."""
    limits = {
        "lock_timeout": int(patience_seconds * 1000),
        "statement_timeout": _STATEMENT_MS,
        "idle_in_transaction_session_timeout": _IDLE_MS,
    }
    engine = _engine(
        url,
        limits,
        isolation_level="READ COMMITTED",
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=patience_seconds,
        pool_recycle=1800,
    )
    event.listen(engine, "begin", _set_synchronous)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _look_whether_it_lives)
    return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _look_whether_it_lives(connection: Any, record: Any, _proxy: Any) -> None:
    """A server that hangs up says so on the connection at once: whoever has just used it only has to listen. It is
    asked, which takes a way there and back, where it has been idle or has said anything.
    """
    idle_seconds = time.monotonic() - record.info.get("used_at", time.monotonic())
    if idle_seconds < _SURE_SECONDS and not _has_something_to_say(connection):
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("")
        connection.rollback()
    except import_module("psycopg").OperationalError as error:
        raise InvalidatePoolError from error


def _has_something_to_say(connection: Any) -> bool:
    ear = select.poll()
    ear.register(connection.fileno(), select.POLLIN)
    return bool(ear.poll(0))


def reader(engine: Engine) -> Engine:
    """The same pool; each transaction sees one moment of the database and can write nothing."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@lru_cache(maxsize=8)
def glancing(reader: Engine) -> Engine:
    """The same pool; each statement stands for itself."""
    return reader.execution_options(isolation_level="AUTOCOMMIT")


def lightly(writer: Engine) -> Engine:
    """The same pool; a commit is answered before it is on the disk."""
    return writer.execution_options(synchronous="OFF")


def _set_synchronous(connection: Connection) -> None:
    if connection.get_execution_options().get("synchronous") == "OFF":
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")


def leave_no_trace(_url: URL) -> None:
    """Nothing that a program could do: the server's own vacuum takes away what was deleted."""


def migrator(url: URL) -> Engine:
    return _engine(url, {}, poolclass=NullPool)


def lock_for_migration(connection: Connection) -> None:
    """One program at a time; given back with the transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})


def check_after_migration(connection: Connection) -> None:
    """Nothing to do: foreign keys were on."""


def insert_claims(connection: Connection, claims: Sequence[tuple[str, int, str]]) -> int:
    """Insert (resource, tick, meeting) where the key is free, in the order given; how many went in.

    Whoever wants a key that another transaction has just inserted or deleted waits for the end of that one.
    """
    statement = (
        "INSERT INTO claim (resource_id, tick, meeting_id) "
        "SELECT * FROM unnest(%s::text[], %s::integer[], %s::text[]) ON CONFLICT DO NOTHING"
    )
    columns = tuple([claim[place] for claim in claims] for place in range(3))
    return connection.exec_driver_sql(statement, columns).rowcount


def wait_in_turn(connection: Connection, match_id: str, resource_ids: Sequence[str], tick: int) -> None:
    """A lock for both sides of a match and each of these, with the tick; given back with the transaction.

    All take them in one order, so that none wait for each other in a circle.
    """
    statement = (
        "SELECT pg_advisory_xact_lock(hashtextextended(sought.resource_id, %s)) FROM ("
        "SELECT unnest(%s::text[]) AS resource_id"
        " UNION SELECT unnest(ARRAY[company_id, buyer_id]) FROM match WHERE id = %s"
        " ORDER BY 1) AS sought"
    )
    connection.exec_driver_sql(statement, (tick, list(resource_ids), match_id))


def driver_errors() -> tuple[type[Exception], ...]:
    """What the driver raises by itself."""
    return (import_module("psycopg").Error,)


def refusal_of(error: BaseException | None) -> StorageUnavailable | None:
    """What a driver's error means to the person who asked; None for a mistake of the program."""
    code = getattr(error, "sqlstate", None)
    if code in _TAKEN_BACK:
        return TakenBack()
    if code in _BUSY:
        return StorageBusy()
    # A connection that was lost, or never made, has no code: the server could not send one.
    lost = code is None and type(error).__name__ == "OperationalError"
    if lost or code in _LOST or (code or "").startswith("08"):
        return ConnectionLost()
    return StorageUnavailable() if code == _DISK_FULL else None


def broken_key(error: BaseException | None) -> str | None:
    """The name of the unique key an insert broke."""
    if getattr(error, "sqlstate", None) != "23505":
        return None
    return str(error.diag.constraint_name)  # type: ignore[union-attr]


def _engine(url: URL, limits: dict[str, int], **given: Any) -> Engine:
    settings = " ".join(f"-c {name}={value}" for name, value in {"timezone": "UTC", **limits}.items())
    own = url.query.get("options", "")
    options = " ".join([settings, *([own] if isinstance(own, str) else own)]).strip()
    # A machine that is switched off does not hang up: without these a pool would wait for it for minutes. What the
    # address itself says goes first.
    alive = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    asked = {name: value for name, value in alive.items() if name not in url.query}
    # What is stored is people's own: an error names the statement, and none of its values.
    arguments = {**asked, "options": options}
    return create_engine(url, json_serializer=dumps, hide_parameters=True, connect_args=arguments, **given)
