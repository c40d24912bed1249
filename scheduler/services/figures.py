"""How an installation is doing, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scheduler.services.heartbeat import pulse
from scheduler.storage import meetings, outbox
from scheduler.storage.db import Database


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`notices` by state; `delay_seconds` of the oldest that is due; `worker_seconds` since a worker was seen."""

    notices: Mapping[str, int]
    delay_seconds: float
    sessions_ahead: int
    worker_seconds: float | None


def figures_of(db: Database, *, now: datetime) -> Figures:
    """Raises StorageUnavailable."""
    seen = pulse(db, now=now)
    with db.read() as work:
        oldest = outbox.oldest_due(work, now)
        return Figures(
            notices=outbox.count_by_state(work),
            delay_seconds=0.0 if oldest is None else (now - oldest).total_seconds(),
            sessions_ahead=meetings.count_ahead(work, now),
            worker_seconds=None if seen.last_at is None else (now - seen.last_at).total_seconds(),
        )
