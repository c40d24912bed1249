"""How good and how fast grids are: `python -m benchmarks.grid [--seconds 20] [--large]`.

Synthetic fairs, always the same ones. For each: its size, how full the rooms would be, seconds until the first full
plan and in all, what was placed and idle, with the bounds. The checker must have nothing against any plan.
"""

import argparse
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

from scheduler.booking.fair import Fair, slots_of
from scheduler.booking.match import Match
from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair, Room
from scheduler.grid.check import check
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.plan import Plan
from scheduler.grid.problem import Problem
from scheduler.grid.solve import solve
from scheduler.timezones.hours import Hours
from scheduler.timezones.span import WallSpan

SEOUL = "Asia/Seoul"
FIRST_DAY = date(2026, 6, 24)
KO_ID, KO_EN = LanguagePair("ko", "id"), LanguagePair("ko", "en")
COLUMNS = "{:24} {:>11} {:>7} {:>5} {:>7} {:>7} {:>6} {:>6} {:>5} {:>5} {:>4} {:10}"


@dataclass(kw_only=True)
class Stopwatch:
    """When the first plan with everything in it was there."""

    full_after: float | None = None
    stages: list[str] = field(default_factory=list)

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


CASES: dict[str, Callable[[], Problem]] = {
    "15 x 20": some_pairs,
    "17 x 12, 4 rooms": lambda: all_pairs(rooms=4, interpreters=5),
    "17 x 12, 8 rooms": lambda: all_pairs(rooms=8, interpreters=9),
    "17 x 12, limit 8 a day": lambda: all_pairs(rooms=4, interpreters=5, limit=8),
    "17 x 12, 3 rooms": lambda: all_pairs(rooms=3, interpreters=5),
    "60 x 40, 300 in 2 days": lambda: many_pairs(60, 40, 300, days=2, load=0.9),
}
LARGE: dict[str, Callable[[], Problem]] = {
    "870 x 223": lambda: many_pairs(870, 223, 2000, days=2, load=0.9),
}


def measure(name: str, problem: Problem, seconds: float) -> str:
    """One line of the table."""
    watch = Stopwatch()
    plan = solve(problem, Limits(seconds=seconds), progress=watch.hear)
    assert check(problem, plan) == (), "the checker refuses this plan"
    return COLUMNS.format(
        name,
        f"{len(problem.companies)} x {len(problem.buyers)}",
        plan.wanted,
        f"{_load(problem):.2f}",
        "-" if watch.full_after is None else f"{watch.full_after:.1f}",
        f"{plan.seconds:.1f}",
        plan.placed,
        plan.bound,
        plan.idle,
        plan.idle_bound,
        _gap(plan),
        plan.status.value,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="limit for each fair (default 20)")
    parser.add_argument("--large", action="store_true", help="also fairs beyond the exact solver")
    given = parser.parse_args()
    heads = (
        "fair",
        "size",
        "wanted",
        "load",
        "first s",
        "all s",
        "placed",
        "bound",
        "idle",
        "bound",
        "gap",
        "status",
    )
    print(COLUMNS.format(*heads))
    for name, make in {**CASES, **(LARGE if given.large else {})}.items():
        print(measure(name, make(), given.seconds), flush=True)


def _gap(plan: Plan) -> int:
    return plan.idle - plan.idle_bound


def _load(problem: Problem) -> float:
    country = problem.buyers[0].country
    return len(problem.matches) / (len(slots_of(problem.fair, country)) * len(problem.rooms))


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
