"""How long something that failed waits before it is tried again."""

import random
from datetime import timedelta

_FIRST_WAIT = timedelta(seconds=20)
_DOUBLINGS = 12


def wait_before(attempts: int, *, longest: timedelta) -> timedelta:
    """Twice as long each time up to `longest`, and never all at one moment."""
    wait: timedelta = min(_FIRST_WAIT * 2 ** min(attempts, _DOUBLINGS), longest)
    return wait * random.uniform(0.5, 1.0)  # noqa: S311
