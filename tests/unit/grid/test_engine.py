"""The compiled search: its boards, its counts, and its machine code."""

import json
import os
import random
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.booking.rules import conflicts_of
from scheduler.grid.bounds import most_placed
from scheduler.grid.budget import Budget
from scheduler.grid.check import check
from scheduler.grid.engine import compiling
from scheduler.grid.engine.assigning import IMPOSSIBLE, cheapest
from scheduler.grid.engine.compiling import COMPLETE, folder
from scheduler.grid.engine.prepare import prepare
from scheduler.grid.engine.searching import Search
from scheduler.grid.exact import ExactModel, solve_stage, waiting_on
from scheduler.grid.limits import Limits
from scheduler.grid.model import model_of
from scheduler.grid.naming import names_for, placements_of
from scheduler.grid.solve import solve
from scheduler.grid.waiting import idle_of
from tests.builders import SEOUL, a_buyer, a_company, a_match, a_problem, hours
from tests.unit.grid.boards import TIGHT, a_search, boards
from tests.unit.grid.random_problems import a_random_problem

SEEDS = st.integers(0, 10**6)
LITTLE = Limits(seconds=60, work=0.2, workers=1)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_nothing_is_wrong_with_any_plan_and_no_other_crosses_its_bounds(seed: int) -> None:
    problem = a_random_problem(random.Random(seed))
    plan = solve(problem, LITTLE)
    other = solve(problem, Limits(seconds=60, work=0.02, workers=1, seed=2))

    assert check(problem, plan) == ()
    assert check(problem, other) == ()
    assert max(plan.placed, other.placed) <= min(plan.bound, other.bound)
    if plan.placed == other.placed:
        assert max(plan.idle_bound, other.idle_bound) <= min(plan.idle, other.idle)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_the_search_counts_as_the_checker_does(seed: int) -> None:
    problem = a_random_problem(random.Random(seed))
    model = model_of(problem)
    search = a_search(model, seed)
    names = names_for(model, search.at, Budget(LITTLE))

    assert len(search.at) <= most_placed(model)
    assert search.idle == waiting_on(model, search.at)
    if names is not None:
        placements = placements_of(model, search.at, names)
        assert conflicts_of(placements, problem.roster, problem.busy) == ()
        assert search.idle == idle_of(problem, placements)
    if len(search.at) == len(model.matches):
        assert search.least_waiting() <= search.idle


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_a_pin_from_any_plan_can_be_kept(seed: int) -> None:
    problem = a_random_problem(random.Random(seed))
    pins = solve(problem, LITTLE).placements[:2]
    pinned = a_problem(**{name: getattr(problem, name) for name in _PARTS}, pins=pins)

    assert check(pinned, solve(pinned, LITTLE)) == ()


def test_the_same_seed_gives_the_same_board_and_another_seed_another() -> None:
    model = model_of(TIGHT)

    assert a_search(model, 1).at == a_search(model, 1).at
    assert a_search(model, 1).at != a_search(model, 2).at


def test_machine_code_and_plain_python_make_the_same_boards() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.unit.grid.boards"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert json.loads(run.stdout) == json.loads(json.dumps(boards()))


def test_others_make_room_until_every_place_is_taken() -> None:
    model = model_of(TIGHT)
    search = Search(model, Budget(Limits(seconds=600)))
    told: list[tuple[int, int]] = []
    search.place(most=24, steps=5000, heard=lambda placed, idle: told.append((placed, idle)))

    assert len(search.at) == 24
    assert told[-1] == (24, search.idle)


def test_a_search_that_may_not_go_on_leaves_its_board_as_it_is() -> None:
    model = model_of(TIGHT)
    search = Search(model, Budget(Limits(), lambda: True))
    search.fill()
    before = search.at
    search.place(most=24, steps=5000, heard=lambda *_: None)

    assert search.improve(steps=5000, enough=(0, 0), heard=lambda *_: None) == 0
    assert search.at == before


def test_those_who_must_stay_do_not_move() -> None:
    model = model_of(TIGHT)
    search = Search(model, Budget(Limits(seconds=600)))
    search.fill()
    before = search.at
    still = sorted(before)[:6]
    search.improve(steps=20_000, enough=(-1, -1), heard=lambda *_: None, still=still)

    assert {match: search.at[match] for match in still} == {match: before[match] for match in still}


def test_a_wait_that_nobody_can_avoid_is_known_before_searching() -> None:
    early, late = hours(SEOUL, "09:00-09:30"), hours(SEOUL, "11:00-11:30")
    buyers = (a_buyer("b1", zone=SEOUL, hours=early), a_buyer("b2", zone=SEOUL, hours=late))
    problem = a_problem(companies=(a_company(),), buyers=buyers, matches=(a_match(), a_match(buyer="b2")))

    assert a_search(model_of(problem)).least_waiting() == 3
    plan = solve(problem, LITTLE)
    assert (plan.idle, plan.idle_bound) == (3, 3)


def test_the_exact_solver_counts_each_of_several_slots_in_which_nobody_can_be_met() -> None:
    early, late = hours(SEOUL, "09:00-09:30"), hours(SEOUL, "11:00-11:30")
    buyers = (a_buyer("b1", zone=SEOUL, hours=early), a_buyer("b2", zone=SEOUL, hours=late))
    problem = a_problem(companies=(a_company(),), buyers=buyers, matches=(a_match(), a_match(buyer="b2")))
    exact = ExactModel(model_of(problem))
    for match in range(2):
        exact.cp.add_exactly_one(exact.places(match))
    exact.cp.minimize(exact.waiting())
    outcome = solve_stage(exact, Budget(LITTLE), 1.0)

    assert outcome.at is not None
    assert (outcome.value, outcome.bound, waiting_on(exact.model, outcome.at)) == (3, 3, 3)


@pytest.mark.parametrize("seed", range(40))
def test_the_cheapest_assignment_is_the_cheapest_of_all(seed: int) -> None:
    dice = random.Random(seed)
    rows, columns = dice.randint(1, 4), dice.randint(1, 5)
    drawn = [[dice.choice([IMPOSSIBLE, dice.randint(-9, 9), 0]) for _ in range(columns)] for _ in range(rows)]
    costs = np.array(drawn, np.int64)
    sums = [
        sum(int(costs[row, column]) for row, column in enumerate(each))
        for each in permutations(range(columns), rows)
    ]
    found = cheapest(costs)

    if found is None:
        assert min(sums, default=IMPOSSIBLE) > IMPOSSIBLE // 2
    else:
        assert sum(int(costs[row, column]) for row, column in enumerate(found)) == min(sums)


def test_after_preparing_nothing_is_compiled_any_more() -> None:
    prepare()
    before = sorted(path.name for path in folder().iterdir())
    subprocess.run([sys.executable, "-m", "tests.unit.grid.boards"], stdout=subprocess.DEVNULL, check=True)
    prepare()

    assert COMPLETE in before
    assert sorted(path.name for path in folder().iterdir()) == before


def test_machine_code_goes_elsewhere_where_its_own_folder_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(compiling, "__file__", str(tmp_path / "file" / "compiling.py"))
    monkeypatch.setattr(compiling, "_key", lambda: "key")
    monkeypatch.setenv("HOME", str(tmp_path))
    found = [compiling.folder.__wrapped__()]
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    found.append(compiling.folder.__wrapped__())

    assert found[0] == tmp_path / ".cache" / "sangdam" / "key"
    assert found[1].is_dir() and found[1].name.startswith("sangdam-")


_PARTS = ("fair", "companies", "buyers", "interpreters", "rooms", "matches", "busy")
