"""Re-planning in a process of its own, so that the caller never loads the solver and a killed one harms nobody."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from threading import Lock
from time import monotonic

from scheduler.grid.child import SolverDied
from scheduler.grid.format import problem_to_json
from scheduler.grid.limits import Limits
from scheduler.grid.problem import Problem
from scheduler.grid.repair import BRIEF, Repair, repair_from_json
from scheduler.grid.replan_wait import PATIENCE_SECONDS

_GRACE_SECONDS = 60.0
_MOST_SAID = 4000
_SURELY_WAITING_SECONDS = PATIENCE_SECONDS - 60


class ReplanChild:
    """A process that loads the solver while its caller still gathers the facts."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self._child = child

    def replan(self, problem: Problem, *, not_before: datetime, limits: Limits = BRIEF) -> Repair:
        """As `replan.replan`. Raises SolverDied when the process ends without an answer, or not in time."""
        asked = {
            "problem": problem_to_json(problem),
            "limits": asdict(limits),
            "not_before": not_before.isoformat(),
        }
        try:
            answer, said = self._child.communicate(json.dumps(asked), timeout=limits.seconds + _GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            answer, said = self._child.communicate()
        if self._child.returncode != 0:
            raise SolverDied(exit_code=self._child.returncode, said=said[-_MOST_SAID:])
        return repair_from_json(json.loads(answer))


class Standby:
    """At most one process that has loaded the solver already and waits to be asked; it answers once.

    It ends by itself when nobody asks it for some minutes, or when its parent is gone.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: subprocess.Popen[str] | None = None
        self._since = 0.0

    def get_ready(self) -> None:
        """Start a process, unless one waits already. Returns at once."""
        with self._lock:
            if not self._is_waiting():
                self._dismiss()
                self._waiting, self._since = _started(), monotonic()

    def take(self) -> "subprocess.Popen[str]":
        """The process that waits, or one that has only begun to load; it is the caller's from now on."""
        with self._lock:
            if not self._is_waiting():
                self._dismiss()
            child, self._waiting = self._waiting, None
        return child or _started()

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._lock:
            self._dismiss()

    def _is_waiting(self) -> bool:
        if self._waiting is None or self._waiting.poll() is not None:
            return False
        return monotonic() - self._since < _SURELY_WAITING_SECONDS

    def _dismiss(self) -> None:
        if self._waiting is not None:
            _end(self._waiting)
            self._waiting = None


@contextmanager
def a_replan_child(standby: Standby | None = None) -> Iterator[ReplanChild]:
    """The process, one that waits already where there is one; it ends with the block, whatever happens in it."""
    child = standby.take() if standby is not None else _started()
    try:
        yield ReplanChild(child)
    finally:
        _end(child)


def _started() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "scheduler.grid.replanning"]
    pipe = subprocess.PIPE
    # In a group of its own: Ctrl-C in a terminal is for the caller.
    return subprocess.Popen(  # noqa: S603
        command, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8", process_group=0
    )


def _end(child: "subprocess.Popen[str]") -> None:
    child.kill()
    with child:
        # Closes its pipes and waits for it.
        return
