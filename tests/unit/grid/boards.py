"""Boards of the compiled search, made in this process: `python -m tests.unit.grid.boards` prints those of another."""

import json
import random

import numpy as np

from scheduler.grid.bounds import most_placed
from scheduler.grid.budget import Budget
from scheduler.grid.engine.assigning import cheapest
from scheduler.grid.engine.searching import Search
from scheduler.grid.limits import Limits
from scheduler.grid.model import Model, model_of
from tests.builders import a_buyer, a_company, a_problem, a_room, all_pairs
from tests.unit.grid.random_problems import a_random_problem

_COSTS = np.array([[4, 1, 3], [2, 0, 5]], np.int64)
COMPANIES = tuple(a_company(f"c{number}") for number in range(5))
BUYERS = tuple(a_buyer(f"b{number}") for number in range(6))
TIGHT = a_problem(
    companies=COMPANIES,
    buyers=BUYERS,
    matches=all_pairs(COMPANIES, BUYERS, legs=()),
    rooms=tuple(a_room(f"r{number}") for number in range(4)),
)
"""Thirty matches on twenty-four places, so that some must make room for others."""


def a_search(model: Model, seed: int = 1, *, steps: int = 2000) -> Search:
    """A search that has filled, placed and improved."""
    search = Search(model, Budget(Limits(seconds=600, seed=seed)))
    search.fill()
    search.place(most=most_placed(model), steps=200, heard=_silent)
    search.improve(steps=steps, enough=(0, 0), heard=_silent, cost=(1.0, 0.05))
    return search


def boards() -> list[object]:
    """What the search makes of a few problems, and what it proves."""
    found: list[object] = []
    problems = [TIGHT, *(a_random_problem(random.Random(seed)) for seed in (3, 4, 5))]
    for problem in problems:
        search = a_search(model_of(problem))
        found.append([sorted(search.at.items()), search.idle, search.outside, search.least_waiting()])
    return [*found, cheapest(_COSTS)]


def _silent(_placed: int, _idle: int) -> None:
    return


def _main() -> None:
    print(json.dumps(boards()))


if __name__ == "__main__":
    _main()
