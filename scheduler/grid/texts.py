"""Problems and plans as JSON texts: what a file holds, and what the database keeps of a draft."""

import json

from scheduler.grid.format import plan_to_json, problem_to_json
from scheduler.grid.json_text import loads
from scheduler.grid.plan import Plan
from scheduler.grid.problem import Problem
from scheduler.grid.reading_plan import plan_from_json
from scheduler.grid.reading_problem import problem_from_json


def problem_text(problem: Problem) -> str:
    """The problem in the format of docs/grid-format.md."""
    return json.dumps(problem_to_json(problem), ensure_ascii=False)


def plan_text(plan: Plan) -> str:
    """The plan with its proof, in the same format."""
    return json.dumps(plan_to_json(plan), ensure_ascii=False)


def problem_from_text(text: str | bytes) -> Problem:
    """Raises BadInput with every fault and its place."""
    return problem_from_json(loads(text))


def plan_from_text(text: str | bytes) -> Plan:
    """Raises BadInput with every fault and its place."""
    return plan_from_json(loads(text))
