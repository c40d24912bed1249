"""Solving in a process of its own, so that the caller never loads the solver and a killed search harms nobody.

One line of JSON goes to the child: the problem and the limits. Lines of JSON come back: progress, at last the plan.
A second line tells the child to stop; when its input ends, its parent is gone and it ends too.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import IO, Any

from scheduler.booking.errors import Refusal
from scheduler.grid.format import problem_to_json
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.plan import Plan
from scheduler.grid.problem import Problem
from scheduler.grid.reading_plan import plan_from_json
from scheduler.wording import Phrase

_POLL_SECONDS = 0.1
_GRACE_SECONDS = 60.0
_MOST_SAID = 4000


class SolverDied(Refusal):
    """The solving process ended without a plan: killed, out of memory, or not to be stopped."""

    def __init__(self, *, exit_code: int, said: str) -> None:
        self.exit_code, self.said = exit_code, said
        self.phrase = Phrase(
            "The search for a grid was broken off. Nothing has changed; it can be started again."
        )
        super().__init__(exit_code, said)


def solve_in_child(
    problem: Problem,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """As `solve.solve`, in a process of its own. Raises SolverDied when that ends before it has a plan."""
    with _running() as (child, said):
        lines: SimpleQueue[str | None] = SimpleQueue()
        Thread(target=_listen, args=(child, lines), daemon=True).start()
        _tell(child, {"problem": problem_to_json(problem), "limits": asdict(limits or Limits())})
        for message in _messages(lines, child, should_stop or (lambda: False)):
            if "plan" in message:
                return plan_from_json(message["plan"])
            if on_progress is not None:
                on_progress(Progress(**message["progress"]))
        child.kill()
        exit_code = child.wait()
        said.seek(0)
        raise SolverDied(exit_code=exit_code, said=said.read()[-_MOST_SAID:])


@contextmanager
def _running() -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        command = [sys.executable, "-m", "scheduler.grid.solving"]
        pipe = subprocess.PIPE
        # In a group of its own: Ctrl-C in a terminal is for the caller, who asks for the best plan so far.
        with subprocess.Popen(  # noqa: S603
            command, stdin=pipe, stdout=pipe, stderr=said, encoding="utf-8", process_group=0
        ) as child:
            try:
                yield child, said
            finally:
                # Its answer has been read, or nobody wants it any more.
                child.kill()


def _messages(
    lines: "SimpleQueue[str | None]", child: subprocess.Popen[str], should_stop: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    """What the child says, until its output ends; passes on the wish to stop, and gives up waiting after a grace."""
    give_up_at: float | None = None
    while give_up_at is None or monotonic() < give_up_at:
        if give_up_at is None and should_stop():
            give_up_at = monotonic() + _GRACE_SECONDS
            _tell(child, "stop")
        try:
            line = lines.get(timeout=_POLL_SECONDS)
        except Empty:
            continue
        if line is None:
            return
        yield json.loads(line)


def _tell(child: subprocess.Popen[str], message: object) -> None:
    if child.stdin is None:
        return
    try:
        child.stdin.write(json.dumps(message) + "\n")
        child.stdin.flush()
    except BrokenPipeError:
        # It has died; the end of its output says so.
        return


def _listen(child: subprocess.Popen[str], lines: "SimpleQueue[str | None]") -> None:
    # The pipe is closed under the reader once the answer has been read.
    with suppress(ValueError):
        for line in child.stdout or ():
            lines.put(line)
    lines.put(None)
