"""Solving in a process of its own."""

import io
import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from scheduler.grid.check import check
from scheduler.grid.child import SolverDied, solve_in_child
from scheduler.grid.format import problem_to_json
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.plan import Status
from scheduler.grid.reading_plan import plan_from_json
from scheduler.grid.solving import main
from tests.builders import a_buyer, a_company, a_problem, a_room, all_pairs

COMPANIES = tuple(a_company(f"c{number}") for number in range(6))
BUYERS = tuple(a_buyer(f"b{number}") for number in range(6))
BIG = a_problem(companies=COMPANIES, buyers=BUYERS, matches=all_pairs(COMPANIES, BUYERS), rooms=(a_room(),))


def test_the_child_gives_the_plan_and_its_progress() -> None:
    told: list[Progress] = []
    plan = solve_in_child(a_problem(), Limits(workers=1), told.append)

    assert (plan.status, plan.placed) == (Status.OPTIMAL, 4)
    assert check(a_problem(), plan) == ()
    assert told[0].stage == "placing"


def test_a_child_told_to_stop_gives_what_it_has() -> None:
    plan = solve_in_child(BIG, Limits(seconds=600, workers=1), should_stop=lambda: True)

    assert check(BIG, plan) == ()
    assert plan.seconds < 300


def test_a_child_that_is_killed_is_reported() -> None:
    def kill(_: Progress) -> None:
        for solver in _solvers():
            solver.kill()

    with pytest.raises(SolverDied) as refusal:
        solve_in_child(BIG, Limits(seconds=600, workers=1), kill)

    assert refusal.value.exit_code == -signal.SIGKILL
    assert "broken off" in str(refusal.value)


def test_the_child_answers_line_by_line() -> None:
    reading, writing = os.pipe()
    answer = io.StringIO()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "w") as parent:
        parent.write(json.dumps({"problem": problem_to_json(a_problem()), "limits": {"workers": 1}}) + "\n")
        parent.write("stop\n")
        parent.flush()
        main(stdin, answer)

    told = [json.loads(line) for line in answer.getvalue().splitlines()]
    assert [next(iter(one)) for one in told] == ["progress"] * (len(told) - 1) + ["plan"]
    assert plan_from_json(told[-1]["plan"]).placed == 4


def test_a_child_dies_with_its_parent() -> None:
    child = subprocess.Popen([sys.executable, "-m", "scheduler.grid.solving"], stdin=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.close()

    assert child.wait(timeout=120) != 0


def test_the_problem_and_its_checker_do_not_load_the_solver() -> None:
    modules = "check, child, explain, format, problem, plan, texts, bounds"
    code = f"import sys; from scheduler.grid import {modules}; sys.exit('ortools' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _solvers() -> list[psutil.Process]:
    """Those alone: the test process has other children, which other tests still need."""
    living = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
    return [one for one in living if any(part.startswith("scheduler.grid.") for part in one.cmdline())]
