"""Signs of life: when each worker was last at work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.storage.statements import upsert
from scheduler.storage.tables import HeartbeatTable, table_of

HEARTBEAT = table_of(HeartbeatTable)


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    name: str
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)


def beat(work: Session, name: str, now: datetime, facts: Mapping[str, Any] | None = None) -> None:
    """Note that `name` is alive."""
    upsert(work, HEARTBEAT, {"name": name, "at": now, "facts": dict(facts or {})})


def heartbeats(work: Session) -> tuple[Heartbeat, ...]:
    """The last of each, by name."""
    rows = work.execute(select(HEARTBEAT).order_by(HEARTBEAT.c.name))
    return tuple(Heartbeat(**row._mapping) for row in rows)
