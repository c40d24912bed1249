"""The solving process: `python -m scheduler.grid.solving`, spoken to by `child`."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from threading import Event, Lock, Thread
from typing import IO, Any

from scheduler.grid.format import plan_to_json
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.reading_problem import problem_from_json
from scheduler.grid.solve import solve


def main(stdin: IO[str], stdout: IO[str]) -> None:
    """Read a problem, solve it, write progress and the plan."""
    given: Mapping[str, Any] = json.loads(stdin.readline())
    stop, lock = Event(), Lock()

    def write(message: object) -> None:
        with lock:
            stdout.write(json.dumps(message) + "\n")
            stdout.flush()

    def tell(progress: Progress) -> None:
        write({"progress": asdict(progress)})

    Thread(target=_await_stop, args=(stdin, stop), daemon=True).start()
    plan = solve(
        problem_from_json(given["problem"]), Limits(**given["limits"]), progress=tell, should_stop=stop.is_set
    )
    write({"plan": plan_to_json(plan)})


def _await_stop(stdin: IO[str], stop: Event) -> None:
    if not stdin.readline():
        # The parent is gone: nobody waits for the plan.
        os._exit(1)
    stop.set()


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
