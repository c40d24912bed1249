"""How good and how fast grids are: `python -m benchmarks.grid [--part PART] [--only NAME] [--seconds N] [--b2b DIR]`.

Three parts, all of them unless `--part` names some: `grids`, real programmes and synthetic fairs, always the same ones;
`replan`, somebody away from a published grid; `published`, the instances of the literature, where a folder is given.
Each fair is solved in a process of its own. For each: its size, how full the scarcer of rooms and interpreters would
be, seconds from the start of that process and from the start of the search, what was placed and idle with the bounds
that were proved, peak memory, and what a plain planner reaches. The checker must have nothing against any plan.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import monotonic, process_time, time
from typing import Any

import psutil

from benchmarks import greedy, grid_replan, grid_targets
from benchmarks.grid_cases import CASES, LONGER
from benchmarks.grid_measured import HEAD, Measured
from benchmarks.machine import machine_line
from benchmarks.tables import Table
from scheduler.booking.rules import conflicts_of
from scheduler.grid.bounds import most_sessions
from scheduler.grid.check import check
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.model import Model, model_of
from scheduler.grid.problem import Problem
from scheduler.grid.solve import solve
from scheduler.grid.waiting import idle_of

PARTS = ("grids", "replan", "published")
SECONDS = 20.0
MEGABYTE = 1024
_NOTE = (
    "cold s: from the start of a process until its plan, everything loaded and read in between. full s: seconds of the "
    "search until everything that can be was in the plan, names of interpreters and rooms not counted. gap: idle slots "
    "above the bound that is proved, for each hundred placed. greedy: a plain planner, for comparison."
)


@dataclass(kw_only=True)
class Stopwatch:
    """When the first plan with everything in it was there."""

    full_after: float | None = None

    def hear(self, progress: Progress) -> None:
        if self.full_after is None and progress.placed == progress.bound:
            self.full_after = progress.seconds


def measure(name: str, seconds: float) -> Measured:
    """Peak memory is that of this process, with the problem and the solvers in it."""
    problem, watch = CASES[name](), Stopwatch()
    began = process_time()
    plan = solve(problem, Limits(seconds=seconds), progress=watch.hear)
    spent, peak = process_time() - began, getrusage(RUSAGE_SELF).ru_maxrss // MEGABYTE
    cold = time() - psutil.Process().create_time()
    if check(problem, plan) != ():
        raise AssertionError("the checker refuses this plan")
    return Measured(
        name=name,
        size=f"{len(problem.companies)} x {len(problem.buyers)}",
        wanted=plan.wanted,
        load=_load(model_of(problem)),
        cold=cold,
        full_after=watch.full_after,
        seconds=plan.seconds,
        cpu=spent,
        placed=plan.placed,
        bound=plan.bound,
        idle=plan.idle,
        idle_bound=plan.idle_bound,
        status=plan.status.value,
        peak_megabytes=peak,
        **_by_hand(problem),
    )


def _by_hand(problem: Problem) -> dict[str, Any]:
    """What the plain planner places, its idle slots, and its seconds."""
    began = monotonic()
    placements = greedy.placements_of(problem)
    seconds = monotonic() - began
    if conflicts_of(placements, problem.roster, problem.busy) != ():
        raise AssertionError("the plain planner breaks a rule")
    return {
        "greedy_placed": len(placements),
        "greedy_idle": idle_of(problem, placements),
        "greedy_seconds": seconds,
    }


def _load(model: Model) -> float:
    """How full the scarcest would be, rooms or the interpreters of a language, were everything placed."""
    problem, open_slots = model.problem, model.candidates.open_slots
    used = frozenset(index for options in model.options for index in options)
    loads = []
    if problem.rooms:
        possible = sum(most_sessions(one, used & open_slots[one.id], model) for one in problem.rooms)
        loads.append(sum(match.needs_room for match in model.matches) / possible)
    for leg in {leg for match in model.matches for leg in match.legs}:
        able = [one for one in problem.interpreters if leg in one.pairs]
        possible = sum(most_sessions(one, used & open_slots[one.id], model) for one in able)
        loads.append(sum(leg in match.legs for match in model.matches) / max(1, possible))
    return max(loads, default=0.0)


def measured_apart(name: str, seconds: float | None) -> Measured:
    """In a process of its own, so that memory and first use are its own."""
    limit = seconds or LONGER.get(name, SECONDS)
    command = [sys.executable, "-m", "benchmarks.grid", "--one", name, "--seconds", str(limit)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = Measured(**json.loads(answer.stdout))
    print(" | ".join(found.row()), file=sys.stderr, flush=True)
    return found


def grids(names: list[str], seconds: float | None) -> None:
    """The table of fairs, and beside what was aimed at."""
    found = [measured_apart(name, seconds) for name in names]
    print(Table(title="Grids", head=HEAD, rows=tuple(one.row() for one in found), note=_NOTE).text())
    print(grid_targets.table_of({one.name: one for one in found}).text(), flush=True)


def main() -> None:
    given = _parser().parse_args()
    if given.one:
        print(json.dumps(asdict(measure(given.one, given.seconds or SECONDS))))
        return
    print(machine_line(), end="\n\n", flush=True)
    parts = given.part or (["grids"] if given.only else PARTS)
    if "grids" in parts:
        grids(given.only or list(CASES), given.seconds)
    if "replan" in parts:
        print(grid_replan.table().text(), flush=True)
    if "published" in parts and given.b2b:
        # In a process of its own: it needs a SAT solver that the program itself does without.
        subprocess.run([sys.executable, "-m", "benchmarks.b2b", str(given.b2b)], check=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="only these parts")
    parser.add_argument("--only", action="append", choices=list(CASES), help="only these fairs")
    parser.add_argument(
        "--seconds", type=float, help=f"limit for each fair (default {SECONDS:g}, large ones more)"
    )
    parser.add_argument("--b2b", type=Path, help="folder of published instances")
    parser.add_argument("--one", choices=list(CASES), help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main()
