"""Stopping a solver that is at work: it looks up seldom, so somebody looks beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from ortools.sat.python import cp_model

from scheduler.grid.budget import Budget

_POLL_SECONDS = 0.05


@contextmanager
def stopping(solver: cp_model.CpSolver, budget: Budget) -> Iterator[None]:
    """Watch beside the solver whether it is to stop."""
    done = Event()

    def watch() -> None:
        while not done.wait(_POLL_SECONDS):
            if not budget.goes_on():
                solver.stop_search()
                return

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
