"""The process that re-plans: `python -m scheduler.grid.replanning`, started by `replan_child`."""

import json
import sys
from datetime import datetime
from typing import IO

from scheduler.grid.limits import Limits
from scheduler.grid.reading_problem import problem_from_json
from scheduler.grid.repair import repair_to_json
from scheduler.grid.replan import replan
from scheduler.grid.replan_wait import wait_for
from scheduler.timezones.wall import as_utc


def main(stdin: IO[str], stdout: IO[str]) -> None:
    """Read a problem and from when on sessions may move, and write the repair; nothing when nobody asks."""
    asked = wait_for(stdin)
    if not asked:
        return
    given = json.loads(asked)
    repair = replan(
        problem_from_json(given["problem"]),
        Limits(**given["limits"]),
        not_before=as_utc(datetime.fromisoformat(given["not_before"])),
    )
    json.dump(repair_to_json(repair), stdout)


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
