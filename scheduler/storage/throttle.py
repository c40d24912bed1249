"""How often something was tried, counted in the database for all web processes together."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, delete, select
from sqlalchemy.orm import Session

from scheduler.storage.prepared import Prepared
from scheduler.storage.statements import insert_into
from scheduler.storage.tables import ThrottleTable, table_of

THROTTLE = table_of(ThrottleTable)
# Made once: it is asked before every page that an address opens by itself.
_COUNTED = Prepared(
    select(THROTTLE).where(THROTTLE.c.key == bindparam("key"), THROTTLE.c.ends_at > bindparam("now"))
)


def count_once_more(work: Session, key: str, now: datetime, seconds: int, amount: int) -> int:
    """How often by now. A count begins anew when its time is over."""
    ends_at = now + timedelta(seconds=seconds)
    statement = insert_into(work, THROTTLE).values(key=key, count=amount, ends_at=ends_at)
    is_over = THROTTLE.c.ends_at <= now
    changed = {
        "count": case((is_over, amount), else_=THROTTLE.c.count + amount),
        "ends_at": case((is_over, ends_at), else_=THROTTLE.c.ends_at),
    }
    counted = statement.on_conflict_do_update(index_elements=["key"], set_=changed)
    return int(work.execute(counted.returning(THROTTLE.c.count)).scalar_one())


def find_count(work: Session, key: str, now: datetime) -> tuple[int, datetime]:
    """How often, and until when that counts."""
    row = _COUNTED.ask(work, key=key, now=now).first()
    return (0, now) if row is None else (row[1], row[2])


def forget_counts(work: Session, *, before: datetime | None = None, key: str | None = None) -> int:
    """Those that ended before a moment, or one, or all; how many."""
    gone = delete(THROTTLE)
    if before is not None:
        gone = gone.where(THROTTLE.c.ends_at <= before)
    if key is not None:
        gone = gone.where(THROTTLE.c.key == key)
    return len(work.scalars(gone.returning(THROTTLE.c.key)).all())
