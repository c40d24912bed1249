"""Grid problems and plans in files."""

import json
from pathlib import Path

from scheduler.grid.format import plan_to_json, problem_to_json
from scheduler.grid.json_text import MOST_BYTES, loads
from scheduler.grid.plan import Plan
from scheduler.grid.problem import Problem
from scheduler.grid.reading_plan import plan_from_json
from scheduler.grid.reading_problem import problem_from_json


def read_problem(path: Path) -> Problem:
    """Raises BadInput with everything that is wrong with the file."""
    return problem_from_json(loads(_bytes_of(path)))


def read_plan(path: Path) -> Plan:
    """Raises BadInput with everything that is wrong with the file."""
    return plan_from_json(loads(_bytes_of(path)))


def _bytes_of(path: Path) -> bytes:
    """What is in a file; of one that is too large just enough to see that it is."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def written_problem(problem: Problem) -> str:
    return json.dumps(problem_to_json(problem), ensure_ascii=False, indent=1)


def written_plan(plan: Plan) -> str:
    return json.dumps(plan_to_json(plan), ensure_ascii=False, indent=1)
