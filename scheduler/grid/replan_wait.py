"""How long a process that re-plans waits to be asked."""

import selectors
from typing import IO

PATIENCE_SECONDS = 600.0


def wait_for(stdin: IO[str], seconds: float = PATIENCE_SECONDS) -> str:
    """What is asked, up to the end of the input; empty when nobody asks in time, or the asker is gone."""
    with selectors.PollSelector() as selector:
        selector.register(stdin, selectors.EVENT_READ)
        return stdin.read() if selector.select(seconds) else ""
