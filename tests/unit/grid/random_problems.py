"""Problems at random, with hard rules of every kind, small enough to be solved many times."""

import random
from datetime import date

from scheduler.booking.fair import CountryRule
from scheduler.booking.match import Match, Priority
from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair
from scheduler.booking.rules import Busy
from scheduler.grid.problem import Problem
from tests.builders import (
    DALLAS,
    FIRST_DAY,
    JAKARTA,
    KO_ID,
    SEOUL,
    a_buyer,
    a_company,
    a_fair,
    a_match,
    a_problem,
    a_room,
    a_slot,
    an_interpreter,
    hours,
    spans,
)

KO_EN, EN_TH = LanguagePair("ko", "en"), LanguagePair("en", "th")
_LEGS = ((), (KO_ID,), (KO_ID,), (KO_EN,), (KO_EN, EN_TH))


def a_random_problem(dice: random.Random) -> Problem:
    """Up to six companies and six buyers on one day or two, in three zones; American buyers have other slots."""
    companies = tuple(_company(dice, number) for number in range(dice.randint(1, 6)))
    buyers = tuple(_buyer(dice, number) for number in range(dice.randint(1, 6)))
    days = (FIRST_DAY, date(2026, 6, 25))[: dice.randint(1, 2)]
    rules = (CountryRule(country="US", slot_minutes=45),)
    everybody = [*(one.id for one in companies), *(one.id for one in buyers), "i0", "r0"]
    return a_problem(
        fair=a_fair(
            days=days,
            opening=spans("08:00-12:00"),
            country_rules=dice.choice([(), rules]),
            company_daily_limit=dice.choice([None, None, 3]),
        ),
        companies=companies,
        buyers=buyers,
        interpreters=tuple(_interpreter(dice, number) for number in range(dice.randint(0, 4))),
        rooms=tuple(
            a_room(f"r{number}", change_over_minutes=dice.choice([0, 5, 10]))
            for number in range(dice.randint(0, 3))
        ),
        matches=_matches(dice, companies, buyers),
        busy=tuple(
            Busy(resource_id=dice.choice(everybody), slot=a_slot(dice.choice(["08:30", "10:10"]), minutes=20))
            for _ in range(dice.randint(0, 2))
        ),
    )


def _company(dice: random.Random, number: int) -> Company:
    open_ = dice.choice([hours(), hours(SEOUL, "09:30-12:00"), hours(SEOUL, "08:00-09:30", "11:00-12:00")])
    return a_company(f"c{number}", hours=open_)


def _buyer(dice: random.Random, number: int) -> Buyer:
    if dice.random() < 0.3:
        return a_buyer(f"b{number}", zone=DALLAS, country="US", hours=hours(DALLAS, "17:00-21:00"))
    open_ = dice.choice([hours(JAKARTA, "06:00-10:00"), hours(JAKARTA, "07:00-08:30")])
    return a_buyer(f"b{number}", hours=open_, daily_limit=dice.choice([None, None, 2]))


def _interpreter(dice: random.Random, number: int) -> Interpreter:
    return an_interpreter(
        f"i{number}",
        pairs=tuple(dice.sample([KO_ID, KO_EN, EN_TH], dice.randint(1, 3))),
        rest_minutes=dice.choice([0, 0, 10]),
        daily_limit=dice.choice([None, 3, 5]),
    )


def _matches(
    dice: random.Random, companies: tuple[Company, ...], buyers: tuple[Buyer, ...]
) -> tuple[Match, ...]:
    return tuple(
        a_match(
            company=company.id,
            buyer=buyer.id,
            legs=dice.choice(_LEGS),
            priority=dice.choice(
                [Priority.WANTED] * 7 + [Priority.MUST, Priority.IF_TIME_ALLOWS, Priority.NEVER]
            ),
            needs_room=dice.random() < 0.8,
        )
        for company in companies
        for buyer in buyers
        if dice.random() < 0.8
    )
