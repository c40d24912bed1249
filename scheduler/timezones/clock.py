"""The one place that asks the clock. Everything else is told what time it is."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
