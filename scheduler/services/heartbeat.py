"""Whether the worker is alive, as the health page says it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.storage import heartbeat
from scheduler.storage.db import Database

SILENT_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """When a worker was last heard of; None when there never was one."""

    last_at: datetime | None
    is_alive: bool


def beat(db: Database, name: str, *, now: datetime) -> None:
    """Notes that a worker is alive."""
    with db.write() as work:
        heartbeat.beat(work, name, now)


def count_alive(db: Database, *, now: datetime) -> int:
    """How many workers are at work."""
    with db.read() as work:
        return sum(now - one.at < SILENT_AFTER for one in heartbeat.heartbeats(work))


def pulse(db: Database, *, now: datetime) -> Pulse:
    """The last sign of life of any worker."""
    with db.read() as work:
        beats = heartbeat.heartbeats(work)
    last_at = max((one.at for one in beats), default=None)
    return Pulse(last_at=last_at, is_alive=last_at is not None and now - last_at < SILENT_AFTER)
