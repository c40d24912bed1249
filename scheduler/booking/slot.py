"""Slots, and the ticks by which everything bookable is claimed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scheduler.timezones.wall import as_utc

TICK_MINUTES = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(minutes=TICK_MINUTES)


@dataclass(frozen=True, order=True)
class Slot:
    """A half-open stretch of time, [start_at, end_at), both instants in UTC."""

    start_at: datetime
    end_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start_at", as_utc(self.start_at))
        object.__setattr__(self, "end_at", as_utc(self.end_at))
        if self.start_at >= self.end_at:
            raise ValueError(f"a slot must end after it starts: {self.start_at} .. {self.end_at}")

    @classmethod
    def lasting(cls, start_at: datetime, minutes: int) -> "Slot":
        """The slot that begins at `start_at` and lasts so many minutes."""
        return cls(start_at, start_at + timedelta(minutes=minutes))

    @property
    def minutes(self) -> int:
        return int((self.end_at - self.start_at).total_seconds()) // 60

    def overlaps(self, other: "Slot") -> bool:
        """Back to back touches and does not overlap."""
        return self.start_at < other.end_at and other.start_at < self.end_at

    def with_buffer(self, *, after_minutes: int = 0, before_minutes: int = 0) -> "Slot":
        """The slot together with the change-over time around it."""
        if not (after_minutes or before_minutes):
            return self
        before, after = timedelta(minutes=before_minutes), timedelta(minutes=after_minutes)
        return Slot(self.start_at - before, self.end_at + after)

    def ticks(self) -> range:
        """Every tick touched. A slot off the 5-minute grid takes the whole ticks at its edges."""
        first = (self.start_at - _EPOCH) // _TICK
        last = -((_EPOCH - self.end_at) // _TICK)
        return range(first, last)


def tick_start(tick: int) -> datetime:
    """The instant at which a tick begins."""
    return _EPOCH + tick * _TICK


def free_between(open_: Iterable[Slot], busy: Iterable[Slot]) -> Iterator[Slot]:
    """What is left of the open stretches when the busy ones are taken out, in order of time."""
    taken = sorted(busy)
    for stretch in sorted(open_):
        start_at = stretch.start_at
        for block in taken:
            if block.end_at <= start_at or block.start_at >= stretch.end_at:
                continue
            if block.start_at > start_at:
                yield Slot(start_at, block.start_at)
            start_at = max(start_at, block.end_at)
        if start_at < stretch.end_at:
            yield Slot(start_at, stretch.end_at)
