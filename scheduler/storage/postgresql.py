"""PostgreSQL, for several machines: READ COMMITTED, where the claim key does the guarding."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, text

from scheduler.storage.errors import StorageBusy, StorageUnavailable
from scheduler.storage.json_text import dumps

# Any number will do, as long as every migration of this program takes the same.
_MIGRATION_LOCK = 7_263_264_326
_STATEMENT_MS, _IDLE_MS = 60_000, 60_000
# lock_not_available, deadlock_detected, serialization_failure, query_canceled, too_many_connections
_BUSY = frozenset({"55P03", "40P01", "40001", "57014", "53300"})
# disk full, read-only transaction (a standby), and what ends a connection
_UNAVAILABLE = frozenset({"53100", "25006", "57P01", "57P02", "57P03"})


def writer(url: URL, *, patience_seconds: float) -> Engine:
    """A pool that notices a restarted server; nobody waits for a lock longer than `patience_seconds`."""
    limits = {
        "lock_timeout": int(patience_seconds * 1000),
        "statement_timeout": _STATEMENT_MS,
        "idle_in_transaction_session_timeout": _IDLE_MS,
    }
    return _engine(
        url,
        limits,
        isolation_level="READ COMMITTED",
        pool_size=10,
        max_overflow=10,
        pool_timeout=patience_seconds,
        pool_recycle=1800,
        pool_pre_ping=True,
    )


def reader(engine: Engine) -> Engine:
    """The same pool; each transaction sees one moment of the database and can write nothing."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


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


def refusal_of(error: BaseException | None) -> StorageUnavailable | None:
    """What a driver's error means to the person who asked; None for a mistake of the program."""
    code = getattr(error, "sqlstate", None)
    if code in _BUSY:
        return StorageBusy()
    # A connection that was lost, or never made, has no code: the server could not send one.
    lost = code is None and type(error).__name__ == "OperationalError"
    return StorageUnavailable() if lost or code in _UNAVAILABLE or (code or "").startswith("08") else None


def broken_key(error: BaseException | None) -> str | None:
    """The name of the unique key an insert broke."""
    if getattr(error, "sqlstate", None) != "23505":
        return None
    return str(error.diag.constraint_name)  # type: ignore[union-attr]


def _engine(url: URL, limits: dict[str, int], **given: Any) -> Engine:
    settings = " ".join(f"-c {name}={value}" for name, value in {"timezone": "UTC", **limits}.items())
    own = url.query.get("options", "")
    options = " ".join([settings, *([own] if isinstance(own, str) else own)]).strip()
    return create_engine(url, json_serializer=dumps, connect_args={"options": options}, **given)
