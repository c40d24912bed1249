"""What is left of the time and the work that a search may spend."""

from collections.abc import Callable
from time import monotonic

from scheduler.grid.limits import Limits


class Budget:
    """Counts down from the limits; `is_stopped` once somebody has asked to stop."""

    def __init__(self, limits: Limits, should_stop: Callable[[], bool] | None = None) -> None:
        self.limits = limits
        self._should_stop = should_stop or (lambda: False)
        self._started = monotonic()
        self._work_left = limits.work
        self._kept_back = 0.0
        self.is_stopped = False

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return monotonic() - self._started

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.limits.seconds - self._kept_back - self.seconds)

    def keep_back(self, seconds: float) -> None:
        """Leave so much of the time for what comes after the search."""
        self._kept_back = min(seconds, 0.1 * self.limits.seconds)

    @property
    def work_left(self) -> float | None:
        """In the solver's own deterministic units; None when only the clock limits."""
        return None if self._work_left is None else max(0.0, self._work_left)

    def spend(self, work: float) -> None:
        if self._work_left is not None:
            self._work_left -= work

    def goes_on(self) -> bool:
        """Whether there is time left and nobody has asked to stop."""
        self.is_stopped = self.is_stopped or self._should_stop()
        spent = self._work_left is not None and self._work_left <= 0
        return not self.is_stopped and not spent and self.seconds_left > 0
