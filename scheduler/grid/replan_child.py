"""Re-planning in a process of its own, so that the caller never loads the solver and a killed one harms nobody."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

from scheduler.grid.child import SolverDied
from scheduler.grid.format import problem_to_json
from scheduler.grid.limits import Limits
from scheduler.grid.problem import Problem
from scheduler.grid.repair import BRIEF, Repair, repair_from_json

_GRACE_SECONDS = 60.0
_MOST_SAID = 4000


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


@contextmanager
def a_replan_child() -> Iterator[ReplanChild]:
    """The process, started at once; it ends with the block, whatever happens in it."""
    command = [sys.executable, "-m", "scheduler.grid.replanning"]
    pipe = subprocess.PIPE
    # In a group of its own: Ctrl-C in a terminal is for the caller.
    with subprocess.Popen(  # noqa: S603
        command, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8", process_group=0
    ) as child:
        try:
            yield ReplanChild(child)
        finally:
            child.kill()
