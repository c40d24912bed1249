"""A backup of everything the database keeps, made while it is used, and its restoring into an empty place.

One file: gzip around lines of JSON. The first line says what it is; each table is a line with its name and columns,
its rows, and their number; the last line has the SHA-256 of all before it, so a file that was cut off or changed is
refused. It is the same for SQLite and PostgreSQL: one can be restored into the other.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session

from scheduler.booking.errors import Refusal
from scheduler.settings import Settings
from scheduler.storage import audit, dump, outbox, soundness
from scheduler.storage.db import NEWEST, Database
from scheduler.wording import Phrase, Sayable

_FORMAT = "sangdam-backup"
_VERSION = 1


class BadBackup(Refusal):
    """A file that is no backup, or not whole any more; nothing was restored from it."""

    def __init__(self, why: Phrase) -> None:
        self.phrase = Phrase("This backup cannot be used: %(why)s", why=why)
        super().__init__(str(why))


class NotEmpty(Refusal):
    """A backup is restored into an empty place only."""

    phrase = Phrase("There is something in this database already. A backup is restored into an empty one.")


class Unsound(Refusal):
    """What was restored breaks what must be true; nothing was kept of it."""

    def __init__(self, faults: tuple[Sayable, ...]) -> None:
        self.faults_found = faults
        self.phrase = Phrase("What the backup holds is not sound: %(first)s", first=faults[0])
        super().__init__(str(faults[0]))


@dataclass(frozen=True, kw_only=True)
class Backup:
    """What a backup holds. `rows` by table; `same_secret`: links made before still open their pages."""

    made_at: datetime
    rows: Mapping[str, int]
    same_secret: bool = True
    held_back: int = 0
    """Notices that may have gone out since the backup was made: each waits for the coordinator's word."""

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def make_backup(db: Database, settings: Settings, path: Path, *, now: datetime) -> Backup:
    """Writes one moment of the database, while others go on writing. The file appears when it is whole, mode 600."""
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=5) as packed:
                rows = _write(db, settings, packed, now)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return Backup(made_at=now, rows=rows)


def restore_backup(db: Database, settings: Settings, path: Path, *, now: datetime) -> Backup:
    """Fills an empty database from a file, all or nothing, and sends nothing.

    Notices that were waiting when the backup was made and are due by `now` may have gone out since: they are marked
    as failed, for the coordinator to send again or not. Raises BadBackup, NotEmpty, Unsound.
    """
    made_at, fingerprint = _look_over(path)
    db.migrate()

    def deed(work: Session) -> Backup:
        if any(dump.count_rows(work).values()):
            raise NotEmpty
        rows = {table.name: dump.insert_lines(work, table, lines) for table, lines in _tables_in(path)}
        dump.number_on(work)
        held_back = outbox.hold_back(work, now, HELD_BACK)
        faults = tuple(soundness.faults_of(work))
        if faults:
            raise Unsound(faults)
        facts = {"made_at": made_at.isoformat(), "rows": sum(rows.values()), "held_back": held_back}
        audit.record(work, now, "system:system", "restore", "backup", path.name, {}, facts)
        same = fingerprint == _fingerprint(settings)
        return Backup(made_at=made_at, rows=rows, same_secret=same, held_back=held_back)

    with db.write() as work:
        return deed(work)


HELD_BACK = "restored from a backup: it may have gone out already; send it again if it has not"


def _write(db: Database, settings: Settings, packed: gzip.GzipFile, now: datetime) -> dict[str, int]:
    digest, rows = hashlib.sha256(), dict[str, int]()

    def put(line: str) -> None:
        written = line.encode() + b"\n"
        digest.update(written)
        packed.write(written)

    head = {
        "format": _FORMAT,
        "version": _VERSION,
        "revision": NEWEST,
        "made_at": now.isoformat(),
        "secret": _fingerprint(settings),
    }
    put(json.dumps(head))
    with db.read() as work:
        for table in dump.tables():
            put(json.dumps({"table": table.name, "columns": [one.name for one in table.columns]}))
            rows[table.name] = 0
            for line in dump.lines_of(work, table):
                put(line)
                rows[table.name] += 1
            put(json.dumps({"rows": rows[table.name]}))
    packed.write(json.dumps({"sha256": digest.hexdigest()}).encode() + b"\n")
    return rows


def _look_over(path: Path) -> tuple[datetime, str]:
    """When a backup was made and by which secret. Raises BadBackup when it is not whole or not ours."""
    digest, last = hashlib.sha256(), b""
    try:
        with gzip.open(path, "rb") as file:
            head = _object(file.readline())
            if head.get("format") != _FORMAT:
                raise BadBackup(Phrase("it is something else"))
            digest.update(json.dumps(head).encode() + b"\n")
            for line in file:
                digest.update(last)
                last = line
    except (OSError, EOFError, zlib.error) as damage:
        raise BadBackup(Phrase("it is damaged or was cut off")) from damage
    if _object(last).get("sha256") != digest.hexdigest():
        raise BadBackup(Phrase("it is damaged or was cut off"))
    if head.get("version") != _VERSION or head.get("revision") != NEWEST:
        raise BadBackup(
            Phrase(
                "it was made with tables of revision %(theirs)s, this program has %(ours)s: restore it with the "
                "version that made it, then bring that up to date",
                theirs=str(head.get("revision")),
                ours=NEWEST,
            )
        )
    return datetime.fromisoformat(str(head["made_at"])), str(head["secret"])


def _tables_in(path: Path) -> Iterator[tuple[Any, Iterator[str]]]:
    """Each table with its lines, which have to be read before the next."""
    known = {table.name: table for table in dump.tables()}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        file.readline()
        for line in file:
            said = json.loads(line)
            if "table" not in said:
                return
            table = known.get(said["table"])
            if table is None or [one.name for one in table.columns] != said["columns"]:
                raise BadBackup(Phrase("its tables are others"))
            yield table, _lines(file)


def _lines(file: IO[str]) -> Iterator[str]:
    """A row is a list, and what comes after the rows is none."""
    for line in file:
        if not line.startswith("["):
            return
        yield line


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadBackup(Phrase("it is damaged or was cut off"))
    return found


def _fingerprint(settings: Settings) -> str:
    """Tells whether two installations have one secret, and nothing about it."""
    return hashlib.sha256(b"sangdam backup:" + settings.secret_key.encode()).hexdigest()[:16]
