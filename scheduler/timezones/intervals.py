"""Sets of instants as sorted, disjoint, half-open intervals."""

from collections.abc import Iterable
from datetime import datetime

Interval = tuple[datetime, datetime]


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sorted, and what overlaps or touches made one."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> tuple[Interval, ...]:
    """What is left of ``intervals`` after ``taken`` is cut out."""
    left = list(merged(intervals))
    for cut_start, cut_end in taken:
        left = [piece for interval in left for piece in _cut(interval, cut_start, cut_end)]
    return tuple(left)


def _cut(interval: Interval, cut_start: datetime, cut_end: datetime) -> Iterable[Interval]:
    start, end = interval
    if cut_end <= start or end <= cut_start:
        yield interval
        return
    if start < cut_start:
        yield start, cut_start
    if cut_end < end:
        yield cut_end, end
