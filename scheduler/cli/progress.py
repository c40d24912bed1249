"""Long work on the screen: how far it is, and how to stop it."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from scheduler.cli.screen import Screen
from scheduler.grid.limits import Progress
from scheduler.wording import Phrase

_STAGES = {
    "placing": Phrase("placing sessions"),
    "keeping": Phrase("keeping what is published"),
    "waiting": Phrase("shortening waits"),
    "hours": Phrase("looking for better hours"),
    "sharing": Phrase("sharing out what is left"),
}


_SEARCHING = Phrase("looking for a grid")


class Line:
    """One line that is written over on a terminal; elsewhere a line of its own for each news."""

    def __init__(self, screen: Screen) -> None:
        self._screen, self._last = screen, ""
        self._is_terminal = screen.err.isatty()
        self._lock = threading.Lock()

    def write(self, text: str) -> None:
        # The solver tells from threads of its own.
        with self._lock:
            if self._is_terminal:
                print(f"\r\x1b[K{text}", end="", file=self._screen.err, flush=True)
            elif text != self._last:
                self._screen.tell(text)
            self._last = text

    def end(self) -> None:
        if self._is_terminal and self._last:
            self._screen.tell("")


class BuildLine(Line):
    """The solver's progress."""

    def __call__(self, progress: Progress) -> None:
        self.write(self._text(progress))

    def _text(self, progress: Progress) -> str:
        stage = _STAGES.get(progress.stage, _SEARCHING)
        placed = Phrase(
            "%(stage)s: %(placed)s of %(wanted)s", stage=stage, placed=progress.placed, wanted=progress.wanted
        )
        if progress.idle is None:
            return self._screen.text(placed)
        idle = Phrase(
            "%(idle)s idle slots (at least %(bound)s)", idle=progress.idle, bound=progress.idle_bound or 0
        )
        return f"{self._screen.text(placed)}, {self._screen.text(idle)}"


@contextmanager
def stopped_by_interrupt() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed; pressed a second time it interrupts as usual."""
    pressed = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
