"""Pages are tested through the application itself, over a real SQLite file."""

from collections.abc import Iterator

import pytest

from scheduler.web.throttle import limiter


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> Iterator[None]:
    """What one test tried too often must not make the next one wait."""
    yield
    if limiter.initialized:
        limiter.reset()
