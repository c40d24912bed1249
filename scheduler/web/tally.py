"""What one process has answered, and how long it took: counted here, shown by /metrics."""

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends in seconds."""
Asked = tuple[str, str, str]
"""Endpoint, method, and the hundreds of the status, such as 2xx."""


@dataclass(kw_only=True)
class Tally:
    """What this process has answered since it began."""

    requests: Counter[Asked] = field(default_factory=Counter)
    buckets: dict[str, list[int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        with self._lock:
            self.requests[endpoint, method, f"{status // 100}xx"] += 1
            counts = self.buckets.setdefault(endpoint, [0] * (len(BUCKETS) + 1))
            counts[next((place for place, end in enumerate(BUCKETS) if seconds <= end), len(BUCKETS))] += 1
            self.seconds[endpoint] = self.seconds.get(endpoint, 0.0) + seconds
