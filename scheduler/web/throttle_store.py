"""The store of the throttle in our own database: several web processes count together, and nothing else is needed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from limits.storage import Storage

from scheduler.storage import throttle
from scheduler.storage.db import Database
from scheduler.storage.errors import StorageUnavailable
from scheduler.timezones.clock import utc_now

SCHEME = "sangdam"
_TIDY_AFTER = timedelta(minutes=10)


class DatabaseStorage(Storage):
    """Counts in fixed windows, each from its first try."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  (read by the library)

    def __init__(self, uri: str | None = None, *, database: Database, **_: Any) -> None:
        super().__init__(uri)
        self._database = database
        self._tidied_at = datetime.min.replace(tzinfo=UTC)

    @property
    def base_exceptions(self) -> type[Exception]:
        return StorageUnavailable

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = utc_now()
        if now - self._tidied_at > _TIDY_AFTER:
            self._tidied_at = now
            self._database.carry_out(lambda work: throttle.forget_counts(work, before=now))
        return self._database.carry_out(lambda work: throttle.count_once_more(work, key, now, expiry, amount))

    def get(self, key: str) -> int:
        with self._database.glance() as work:
            return throttle.find_count(work, key, utc_now())[0]

    def get_expiry(self, key: str) -> float:
        with self._database.glance() as work:
            return throttle.find_count(work, key, utc_now())[1].timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        return self._database.carry_out(throttle.forget_counts)

    def clear(self, key: str) -> None:
        self._database.carry_out(lambda work: throttle.forget_counts(work, key=key))
