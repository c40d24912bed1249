"""A streaming standby that pages may be read from, and how old what it says can be at most.

No clock of another machine is believed, and no privilege is needed: the primary is asked how far its log has come,
the standby how much of that it has. What stood in the log at a moment that is known, and is there, is no older.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from scheduler.storage import postgresql

_ASK_EVERY_SECONDS = 1.0
_LEFT_ALONE_SECONDS = 10.0
_PATIENCE_SECONDS = 2.0
_KEPT = 64
_COME_TO = text("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")
_HAS = text("SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') END")


class Replica:
    """`reader` is its pool. Safe to share between threads."""

    def __init__(
        self,
        url: URL,
        *,
        primary: Engine,
        seconds: float,
        pool_size: int = 10,
        max_overflow: int = 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing that is older than `seconds` is to be read."""
        known = url.set(drivername="postgresql+psycopg")
        if "connect_timeout" not in known.query:
            # Who is away is not waited for: the primary is there.
            known = known.update_query_dict({"connect_timeout": str(int(_PATIENCE_SECONDS))})
        limits = {"patience_seconds": _PATIENCE_SECONDS, "pool_size": pool_size, "max_overflow": max_overflow}
        self.reader = postgresql.reader(postgresql.writer(known, **limits))  # type: ignore[arg-type]
        self.seconds = seconds
        self._primary, self._clock, self._asking = primary, clock, threading.Lock()
        self._seen: deque[tuple[float, int]] = deque(maxlen=_KEPT)
        self._asked_at = self._left_until = self._whole_at = float("-inf")

    def is_fresh(self) -> bool:
        """Whether it is there, and has all that was there `seconds` ago. Asks both databases, at most once a second."""
        now = self._clock()
        if now < self._left_until:
            return False
        # Whoever comes while another thread asks goes by what was known before.
        if now - self._asked_at >= _ASK_EVERY_SECONDS and self._asking.acquire(blocking=False):
            try:
                self._ask(now)
            finally:
                self._asking.release()
        return now - self._whole_at < self.seconds

    def leave_alone(self) -> None:
        """It did not answer: nobody is sent there for a while."""
        self._left_until = self._clock() + _LEFT_ALONE_SECONDS

    def catches_up(self) -> float | None:
        """Seconds until it has what the primary has now; None when it takes longer than `seconds`, or is no standby.

        Waits as long; for whoever looks an installation over.
        """
        try:
            wanted, began = self._come_to(), time.monotonic()
            while (waited := time.monotonic() - began) < self.seconds:
                has = self._has()
                if has is None or has >= wanted:
                    return None if has is None else waited
                time.sleep(0.05)
        except (DBAPIError, PoolExhausted):
            pass
        return None

    def _ask(self, now: float) -> None:
        self._asked_at = now
        try:
            self._seen.append((now, self._come_to()))
            has = self._has()
        except (DBAPIError, PoolExhausted):
            self.leave_alone()
            return
        if has is None:
            self._whole_at = float("-inf")
            return
        self._whole_at = max(
            (moment for moment, come_to in self._seen if come_to <= has), default=self._whole_at
        )

    def _come_to(self) -> int:
        with self._primary.connect() as connection:
            return int(connection.scalar(_COME_TO) or 0)

    def _has(self) -> int | None:
        """How much of the log it has; None for a database that is no standby."""
        with self.reader.connect() as connection:
            found = connection.scalar(_HAS)
        return None if found is None else int(found)
