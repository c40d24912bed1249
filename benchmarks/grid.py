"""How good and how fast grids are: `python -m benchmarks.grid [--only NAME] [--seconds 60] [--b2b FOLDER]`.

Real programmes and synthetic fairs, always the same ones, each solved in a process of its own. For each: its size, how
full the scarcer of rooms and interpreters would be, seconds until the first plan with everything in it that can be,
what was placed and idle, with the bounds that were proved, and what a plain planner reaches. The checker must have
nothing against any plan.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from time import monotonic, process_time

from benchmarks import greedy
from benchmarks.machine import machine_line
from benchmarks.tables import Table
from scheduler.booking.fair import Fair, slots_of
from scheduler.booking.match import Match
from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair, Room
from scheduler.booking.rules import conflicts_of
from scheduler.grid.bounds import most_sessions
from scheduler.grid.check import check
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.model import Model, model_of
from scheduler.grid.problem import Problem
from scheduler.grid.solve import solve
from scheduler.grid.waiting import idle_of
from scheduler.scenarios import problem_of_scenario
from scheduler.timezones.hours import Hours
from scheduler.timezones.span import WallSpan

SEOUL = "Asia/Seoul"
FIRST_DAY = date(2026, 6, 24)
KO_ID, KO_EN = LanguagePair("ko", "id"), LanguagePair("ko", "en")
MEGABYTE = 1024


@dataclass(kw_only=True)
class Stopwatch:
    """When the first plan with everything in it was there."""

    full_after: float | None = None

    def hear(self, progress: Progress) -> None:
        if self.full_after is None and progress.placed == progress.bound:
            self.full_after = progress.seconds


def all_pairs(*, rooms: int, interpreters: int, limit: int | None = None, rest: int = 0) -> Problem:
    """17 companies and 12 buyers in three zones of Indonesia who all meet: 204 sessions in six days of nine slots."""
    zones = ["Asia/Jakarta"] * 8 + ["Asia/Makassar"] * 2 + ["Asia/Jayapura"] * 2
    buyers = tuple(
        Buyer(
            id=f"b{number}",
            name=f"PT Sample {number}",
            country="ID",
            languages=("id",),
            hours=_hours(zone, "07:00-17:00"),
        )
        for number, zone in enumerate(zones)
    )
    companies = _companies(17)
    pairs = [(company.id, buyer.id) for company, buyer in product(companies, buyers)]
    return Problem(
        fair=_fair(6, "09:00-12:00", "13:00-17:00", minutes=40, pause=5),
        companies=companies,
        buyers=buyers,
        interpreters=_interpreters(interpreters, KO_ID, limit=limit, rest=rest),
        rooms=_rooms(rooms),
        matches=_matches(pairs, KO_ID),
    )


def some_pairs() -> Problem:
    """15 companies, 20 American buyers in four zones, 63 sessions in six Korean mornings, six rooms."""
    zones = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
    buyers = tuple(
        Buyer(
            id=f"b{number}",
            name=f"Sample Inc. {number}",
            country="US",
            hours=_hours(zones[number % 4], "14:00-22:00"),
        )
        for number in range(20)
    )
    companies = _companies(15)
    return Problem(
        fair=_fair(6, "07:00-12:00", minutes=40, pause=10),
        companies=companies,
        buyers=buyers,
        interpreters=_interpreters(4, KO_EN),
        rooms=_rooms(6),
        matches=_matches(_drawn(companies, buyers, 63, seed=1), KO_EN),
    )


def many_pairs(companies: int, buyers: int, sessions: int, *, days: int, load: float) -> Problem:
    """A large fair drawn at random, rooms and interpreters filled to `load`."""
    sellers = _companies(companies)
    others = tuple(
        Buyer(
            id=f"b{number}",
            name=f"Sample {number}",
            country="VN",
            hours=_hours("Asia/Ho_Chi_Minh", "07:00-17:00"),
        )
        for number in range(buyers)
    )
    fair = _fair(days, "09:00-12:00", "13:00-18:00", minutes=30, pause=0)
    rooms = -(-sessions // round(len(slots_of(fair, "VN")) * load))
    return Problem(
        fair=fair,
        companies=sellers,
        buyers=others,
        interpreters=_interpreters(rooms, KO_EN),
        rooms=_rooms(rooms),
        matches=_matches(_drawn(sellers, others, sessions, seed=2), KO_EN),
    )


def _programme(key: str) -> Callable[[], Problem]:
    return lambda: problem_of_scenario(key)


CASES: dict[str, Callable[[], Problem]] = {
    "15 x 20": some_pairs,
    "17 x 12, 4 rooms": lambda: all_pairs(rooms=4, interpreters=5),
    "17 x 12, 8 rooms": lambda: all_pairs(rooms=8, interpreters=9),
    "17 x 12, limit 8 a day": lambda: all_pairs(rooms=4, interpreters=5, limit=8),
    "17 x 12, 3 rooms": lambda: all_pairs(rooms=3, interpreters=5),
    "60 x 40": lambda: many_pairs(60, 40, 300, days=2, load=0.9),
    **{
        key: _programme(key)
        for key in (
            "namdong-indonesia",
            "namdong-dubai",
            "changwon-dallas",
            "icheon-usa",
            "icheon-seasia",
            "kotra-2020-04-08",
            "kotra-room-day",
            "boomup-2019",
            "boomup-2023",
            "synthetic-10000",
        )
    },
    "870 x 223": lambda: many_pairs(870, 223, 2000, days=2, load=0.6),
    "870 x 223, tight": lambda: many_pairs(870, 223, 2000, days=2, load=0.97),
    "1,500 x 400": lambda: many_pairs(1500, 400, 4200, days=2, load=0.6),
    "1,500 x 400, tight": lambda: many_pairs(1500, 400, 4200, days=2, load=0.97),
    "3,000 x 1,000": lambda: many_pairs(3000, 1000, 10_000, days=4, load=0.6),
    "3,000 x 1,000, tight": lambda: many_pairs(3000, 1000, 10_000, days=4, load=0.97),
}
HEAD = (
    "fair",
    "companies x buyers",
    "wanted",
    "load",
    "full s",
    "all s",
    "CPU s",
    "placed",
    "bound",
    "idle",
    "bound",
    "gap",
    "status",
    "peak MB",
    "greedy placed",
    "idle",
    "s",
)


def measure(name: str, seconds: float) -> list[str]:
    """One line of the table. Peak memory is that of this process, with the problem and the solvers in it."""
    problem, watch = CASES[name](), Stopwatch()
    began = process_time()
    plan = solve(problem, Limits(seconds=seconds), progress=watch.hear)
    spent, peak = process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE
    if check(problem, plan) != ():
        raise AssertionError("the checker refuses this plan")
    load = _load(model_of(problem))
    return [
        name,
        f"{len(problem.companies)} x {len(problem.buyers)}",
        str(plan.wanted),
        f"{load:.2f}",
        "-" if watch.full_after is None else f"{watch.full_after:.1f}",
        f"{plan.seconds:.1f}",
        f"{spent:.1f}",
        str(plan.placed),
        str(plan.bound),
        str(plan.idle),
        str(plan.idle_bound),
        f"{(plan.idle - plan.idle_bound) / max(1, plan.placed):.1%}",
        plan.status.value,
        str(peak),
        *_by_hand(problem),
    ]


def _by_hand(problem: Problem) -> tuple[str, str, str]:
    """What the plain planner places, its idle slots, and its seconds."""
    began = monotonic()
    placements = greedy.placements_of(problem)
    seconds = monotonic() - began
    if conflicts_of(placements, problem.roster, problem.busy) != ():
        raise AssertionError("the plain planner breaks a rule")
    return str(len(placements)), str(idle_of(problem, placements)), f"{seconds:.1f}"


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


def rows(names: list[str], seconds: float) -> list[tuple[str, ...]]:
    """Each fair in a process of its own, so that memory and first use are its own."""
    found = []
    for name in names:
        command = [sys.executable, "-m", "benchmarks.grid", "--one", name, "--seconds", str(seconds)]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found.append(tuple(json.loads(answer.stdout)))
        print(" | ".join(found[-1]), file=sys.stderr, flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="limit for each fair (default 60)")
    parser.add_argument("--only", action="append", choices=list(CASES), help="only these fairs")
    parser.add_argument("--b2b", type=Path, help="folder of published instances")
    parser.add_argument("--one", choices=list(CASES), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.seconds)))
        return
    print(machine_line(), end="\n\n", flush=True)
    found = rows(given.only or list(CASES), given.seconds)
    print(Table(title="Grids", head=HEAD, rows=tuple(found), note=_NOTE).text())
    if given.b2b:
        # In a process of its own: it needs a SAT solver that the program itself does without.
        subprocess.run([sys.executable, "-m", "benchmarks.b2b", str(given.b2b)], check=True)


_NOTE = (
    "full s: seconds until everything that can be was in the plan, names of interpreters and rooms not counted. "
    "gap: idle slots above the bound that is proved, for each hundred placed. greedy: a plain planner, for comparison."
)


def _fair(days: int, *opening: str, minutes: int, pause: int) -> Fair:
    working = [
        day for day in (FIRST_DAY + timedelta(days=number) for number in range(2 * days)) if day.weekday() < 5
    ]
    return Fair(
        id="fair",
        key="sample",
        name="Sample",
        days=tuple(working[:days]),
        opening=tuple(WallSpan.parse(span) for span in opening),
        slot_minutes=minutes,
        break_minutes=pause,
    )


def _hours(zone: str, span: str) -> Hours:
    return Hours.every_day(zone, [WallSpan.parse(span)])


def _companies(count: int) -> tuple[Company, ...]:
    return tuple(
        Company(id=f"c{number}", name=f"Sample {number}", hours=Hours.always(SEOUL))
        for number in range(count)
    )


def _interpreters(
    count: int, pair: LanguagePair, *, limit: int | None = None, rest: int = 0
) -> tuple[Interpreter, ...]:
    return tuple(
        Interpreter(
            id=f"i{number}",
            name=f"Sample {number}",
            hours=Hours.always(SEOUL),
            pairs=(pair,),
            daily_limit=limit,
            rest_minutes=rest,
        )
        for number in range(count)
    )


def _rooms(count: int) -> tuple[Room, ...]:
    return tuple(
        Room(id=f"r{number}", name=f"Room {number}", hours=Hours.always(SEOUL)) for number in range(count)
    )


def _drawn(
    companies: tuple[Company, ...], buyers: tuple[Buyer, ...], count: int, *, seed: int
) -> list[tuple[str, str]]:
    pairs = [(company.id, buyer.id) for company, buyer in product(companies, buyers)]
    return sorted(random.Random(seed).sample(pairs, count))


def _matches(pairs: list[tuple[str, str]], leg: LanguagePair) -> tuple[Match, ...]:
    return tuple(
        Match(id=f"{one}-{other}", company_id=one, buyer_id=other, legs=(leg,)) for one, other in pairs
    )


if __name__ == "__main__":
    main()
