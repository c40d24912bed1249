"""What is wrong with an installation, before people notice: one finding for each thing that was looked at."""

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scheduler.services.audit_trail import verify
from scheduler.services.heartbeat import pulse
from scheduler.settings import Settings
from scheduler.storage import outbox, soundness
from scheduler.storage.db import NEWEST, Database
from scheduler.storage.errors import StorageUnavailable
from scheduler.wording import Phrase

_OVERDUE = timedelta(minutes=15)
_OWN, _OF_THE_DATABASE = frozenset({"config.py", "secret.key", "mailbox"}), (".sqlite", "-wal", "-shm")
_LEAST_BYTES_FREE = 500 * 1024 * 1024


class Level(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, kw_only=True)
class Finding:
    level: Level
    phrase: Phrase


def examine(db: Database, settings: Settings, *, now: datetime) -> tuple[Finding, ...]:
    """Everything, also what is well. It only looks."""
    try:
        return (*_database(db, now), *_files(settings))
    except StorageUnavailable as refusal:
        return (_fault(refusal.phrase), *_files(settings))
    except DBAPIError as error:
        first = str(error.orig).splitlines()[0]
        damaged = Phrase("The database cannot be read: %(first)s", first=first)
        return (_fault(damaged), *_files(settings))


def _database(db: Database, now: datetime) -> tuple[Finding, ...]:
    revision = db.revision()
    if revision != NEWEST:
        asked = Phrase(
            "The tables are of revision %(theirs)s, the program needs %(ours)s: run “sangdam init”",
            theirs=revision or "-",
            ours=NEWEST,
        )
        return (_fault(asked),)
    with db.read() as work:
        missing = tuple(soundness.missing_in(work))
        if missing:
            wrong = Phrase("The database lacks what the program has made: %(names)s", names=missing)
            return (_fault(wrong),)
        found = [_fault(one) for one in soundness.faults_of(work)]
        overdue = list(_overdue(work, now))
    return (
        *(found or [_good(Phrase("Sessions, claims and notices agree with each other"))]),
        *_trail(db),
        *_worker(db, now),
        *_replica(db),
        *overdue,
    )


def _trail(db: Database) -> Iterator[Finding]:
    verdict = verify(db)
    yield from (_fault(fault) for fault in verdict.faults)
    if verdict.is_whole:
        yield _good(Phrase("The audit trail is whole: %(count)s entries", count=verdict.sealed))


def _worker(db: Database, now: datetime) -> Iterator[Finding]:
    seen = pulse(db, now=now)
    if seen.is_alive:
        yield _good(Phrase("A worker is at work"))
    elif seen.last_at is None:
        yield _warning(Phrase("No worker has ever been at work: nothing is sent"))
    else:
        minutes = int((now - seen.last_at).total_seconds() // 60)
        yield _fault(
            Phrase("No worker has been at work for %(count)s minutes: nothing is sent", count=minutes)
        )


def _replica(db: Database) -> Iterator[Finding]:
    if db.replica is None:
        return
    waited = db.replica.catches_up()
    if waited is None:
        wrong = Phrase(
            "The replica does not answer, is no standby, or is more than %(count)s seconds behind: "
            "all pages are read from the primary",
            count=int(db.replica.seconds),
        )
        yield _warning(wrong)
    else:
        yield _good(Phrase("The replica follows within %(count)s seconds", count=int(waited) + 1))


def _overdue(work: Session, now: datetime) -> Iterator[Finding]:
    late, failed = outbox.count_waiting(work, now - _OVERDUE)
    if late:
        yield _warning(
            Phrase("%(count)s notices have been due for more than a quarter of an hour", count=late)
        )
    if failed:
        yield _warning(Phrase("%(count)s notices have failed and wait for somebody's word", count=failed))


def _files(settings: Settings) -> Iterator[Finding]:
    for path in sorted(settings.instance.iterdir()):
        if path.name not in _OWN and not path.name.endswith(_OF_THE_DATABASE):
            continue
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            mode = "700" if path.is_dir() else "600"
            yield _fault(Phrase("%(name)s can be read by others: chmod %(mode)s", name=path.name, mode=mode))
    free = shutil.disk_usage(settings.instance).free
    if free < _LEAST_BYTES_FREE:
        yield _warning(Phrase("Only %(count)s MB are free on the disk", count=free // 1024 // 1024))
    if not settings.demo and not settings.is_served_by_tls:
        yield _warning(Phrase("BASE_ADDRESS begins with http://: logins travel unprotected"))


def _good(phrase: Phrase) -> Finding:
    return Finding(level=Level.GOOD, phrase=phrase)


def _warning(phrase: Phrase) -> Finding:
    return Finding(level=Level.WARNING, phrase=phrase)


def _fault(phrase: Phrase) -> Finding:
    return Finding(level=Level.FAULT, phrase=phrase)
