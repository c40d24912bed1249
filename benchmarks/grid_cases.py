"""The fairs that are measured: real programmes and synthetic ones, always the same."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

from scheduler.booking.fair import Fair, slots_of
from scheduler.booking.match import Match
from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair, Room
from scheduler.grid.problem import Problem
from scheduler.scenarios import problem_of_scenario
from scheduler.timezones.hours import Hours
from scheduler.timezones.span import WallSpan

SEOUL = "Asia/Seoul"
FIRST_DAY = date(2026, 6, 24)
KO_ID, KO_EN = LanguagePair("ko", "id"), LanguagePair("ko", "en")


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

LONGER = {
    "kotra-room-day": 30.0,
    "boomup-2023": 60.0,
    "synthetic-10000": 60.0,
    "870 x 223, tight": 30.0,
    "1,500 x 400, tight": 60.0,
    "3,000 x 1,000": 60.0,
    "3,000 x 1,000, tight": 60.0,
}
"""Seconds for those that go on getting better."""


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
