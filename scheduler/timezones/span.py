"""A stretch of wall time within a day, such as 09:00-18:00."""

import re
from dataclasses import dataclass
from typing import Self

from scheduler.timezones.errors import TimeError
from scheduler.wording import Phrase

DAY_MINUTES = 24 * 60
_WRITTEN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–~]\s*(\d{1,2}):(\d{2})")


class UnreadableSpan(TimeError):
    def __init__(self, written: str) -> None:
        super().__init__(
            Phrase("“%(written)s” is no stretch of time. Write it like this: 09:00-18:00", written=written)
        )
        self.written = written


@dataclass(frozen=True, order=True)
class WallSpan:
    """``[start_minute, end_minute)``, counted from midnight of the date it belongs to.

    It may run over midnight, to the end of the next day at most (2880).
    """

    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < self.end_minute <= 2 * DAY_MINUTES:
            raise UnreadableSpan(f"{clock_of(self.start_minute)}-{clock_of(self.end_minute)}")

    @classmethod
    def parse(cls, written: str) -> Self:
        """``09:00-18:00``; over midnight ``22:00-26:00`` or ``22:00-02:00``. Else UnreadableSpan."""
        found = _WRITTEN.fullmatch(written.strip())
        if not found:
            raise UnreadableSpan(written)
        hour, minute, end_hour, end_minute = (int(part) for part in found.groups())
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        # An end before the start can only be on the next day; an equal one could be no time or a day.
        end += DAY_MINUTES if end < start else 0
        if max(minute, end_minute) > 59 or not 0 <= start < end <= 2 * DAY_MINUTES:
            raise UnreadableSpan(written)
        return cls(start, end)

    def text(self, language: str | None = None) -> str:
        """``09:00-18:00``, over midnight ``22:00-26:00``: the same in every language, read by ``parse``."""
        return f"{clock_of(self.start_minute)}-{clock_of(self.end_minute)}"


def clock_of(minute: int) -> str:
    """Minutes since midnight as ``09:05``; the next day goes on counting: ``26:00``."""
    return f"{minute // 60:02}:{minute % 60:02}"
