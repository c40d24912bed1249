"""Each hard rule at its boundary: a problem that is just possible, and the same with one fact too much."""

from dataclasses import replace

import pytest

from scheduler.booking.match import Priority
from scheduler.booking.people import LanguagePair
from scheduler.booking.rules import Busy
from scheduler.grid.check import check
from scheduler.grid.limits import Limits
from scheduler.grid.problem import Problem
from scheduler.grid.solve import solve
from tests.builders import (
    JAKARTA,
    KO_ID,
    SEOUL,
    a_buyer,
    a_company,
    a_fair,
    a_match,
    a_placement,
    a_problem,
    a_room,
    a_slot,
    an_interpreter,
    hours,
    spans,
)
from tests.unit.grid.test_check import BROKEN

KO_EN, EN_TH = LanguagePair("ko", "en"), LanguagePair("en", "th")
ABOUT_THE_PLAN_ALONE = {
    "known_names",
    "right_people",
    "match_once",
    "all_accounted_for",
    "true_counts",
    "true_idle",
}
"""No problem makes a solver break these; a plan made by hand may."""


def one_slot(**given: object) -> Problem:
    """One session in the only slot there is, 09:00-09:30 in Korea."""
    usual = {"fair": a_fair(opening=spans("09:00-09:30")), "matches": (a_match(),)}
    return a_problem(**{**usual, **given})


def apart_at_once(**given: object) -> Problem:
    """Two sessions of four different people in the only slot there is."""
    return one_slot(**{"matches": (a_match(), a_match(company="c2", buyer="b2")), **given})


def one_after_another(**given: object) -> Problem:
    """The same two with two slots, back to back, for one interpreter in one room."""
    fair, team, rooms = a_fair(opening=spans("09:00-10:00")), (an_interpreter(),), (a_room(),)
    return apart_at_once(**{"fair": fair, "interpreters": team, "rooms": rooms, **given})


def twice(company: str, other_company: str, buyer: str, other_buyer: str, **given: object) -> Problem:
    matches = (a_match(company=company, buyer=buyer), a_match(company=other_company, buyer=other_buyer))
    return one_after_another(matches=matches, **given)


def at_nine(who: str, span: str) -> Problem:
    """One session, and the hours of one of the four who take part."""
    usual = {
        "companies": a_company("c1"),
        "buyers": a_buyer("b1"),
        "interpreters": an_interpreter("i1"),
        "rooms": a_room("r1"),
    }
    zone = JAKARTA if who == "buyers" else SEOUL
    usual[who] = replace(usual[who], hours=hours(zone, span))
    return one_slot(**{kind: (one,) for kind, one in usual.items()})


def pinned_beside_who_comes_first(clock: str) -> Problem:
    """The first session is pinned; the second could only be at 09:00."""
    pin = a_placement(a_match(), a_slot(clock), interpreter_ids=("i1",), room_id="r1")
    early = a_company("c2", hours=hours(SEOUL, "09:00-09:30"))
    return one_after_another(companies=(a_company("c1"), early), pins=(pin,))


RELAY = (a_match(legs=(KO_EN, EN_TH)),)
BOTH = (KO_EN, EN_TH)
PAIRS: dict[str, list[tuple[Problem, Problem]]] = {
    "company_hours": [(at_nine("companies", "09:00-09:30"), at_nine("companies", "09:05-12:00"))],
    "buyer_hours": [(at_nine("buyers", "07:00-07:30"), at_nine("buyers", "07:05-12:00"))],
    "interpreter_hours": [(at_nine("interpreters", "09:00-09:30"), at_nine("interpreters", "09:00-09:25"))],
    "room_hours": [(at_nine("rooms", "09:00-09:30"), at_nine("rooms", "09:00-09:25"))],
    "slot_of_the_fair": [(one_slot(), one_slot(fair=a_fair(opening=spans("09:00-09:25"))))],
    "never_pair": [
        (one_slot(), one_slot(matches=(a_match(), a_match("other", priority=Priority.NEVER)))),
    ],
    "languages": [
        (one_slot(), one_slot(interpreters=(an_interpreter(pairs=(KO_EN,)),))),
        (
            one_slot(matches=RELAY, interpreters=tuple(an_interpreter(f"i{n}", pairs=BOTH) for n in (1, 2))),
            one_slot(matches=RELAY, interpreters=(an_interpreter(pairs=BOTH),)),
        ),
        (
            one_slot(matches=(a_match(legs=()),), interpreters=()),
            one_slot(matches=(a_match(legs=(KO_ID,)),), interpreters=()),
        ),
    ],
    "room_or_own_office": [
        (one_slot(matches=(a_match(needs_room=False),), rooms=()), one_slot(rooms=())),
    ],
    "company_once_at_a_time": [
        (apart_at_once(), apart_at_once(matches=(a_match(), a_match(company="c1", buyer="b2")))),
    ],
    "buyer_once_at_a_time": [
        (apart_at_once(), apart_at_once(matches=(a_match(), a_match(company="c2", buyer="b1")))),
    ],
    "interpreter_once_at_a_time": [(apart_at_once(), apart_at_once(interpreters=(an_interpreter(),)))],
    "room_once_at_a_time": [(apart_at_once(), apart_at_once(rooms=(a_room(),)))],
    "interpreter_rest": [
        (one_after_another(), one_after_another(interpreters=(an_interpreter(rest_minutes=5),))),
    ],
    "room_change_over": [(one_after_another(), one_after_another(rooms=(a_room(change_over_minutes=5),)))],
    "company_daily_limit": [
        (
            twice("c1", "c1", "b1", "b2", companies=(a_company("c1", daily_limit=2),)),
            twice("c1", "c1", "b1", "b2", companies=(a_company("c1", daily_limit=1),)),
        )
    ],
    "buyer_daily_limit": [
        (
            twice("c1", "c2", "b1", "b1", buyers=(a_buyer("b1", daily_limit=2),)),
            twice("c1", "c2", "b1", "b1", buyers=(a_buyer("b1", daily_limit=1),)),
        )
    ],
    "interpreter_daily_limit": [
        (
            one_after_another(interpreters=(an_interpreter(daily_limit=2),)),
            one_after_another(interpreters=(an_interpreter(daily_limit=1),)),
        )
    ],
    "busy_elsewhere": [
        (
            one_slot(rooms=(a_room(),), busy=(Busy(resource_id="r1", slot=a_slot("08:50", minutes=10)),)),
            one_slot(rooms=(a_room(),), busy=(Busy(resource_id="r1", slot=a_slot("08:55", minutes=10)),)),
        )
    ],
    "pins_kept": [(pinned_beside_who_comes_first("09:30"), pinned_beside_who_comes_first("09:00"))],
}


@pytest.mark.parametrize(("rule", "number"), [(rule, n) for rule in PAIRS for n in range(len(PAIRS[rule]))])
def test_what_keeps_a_rule_exactly_is_placed_and_one_fact_more_is_not(rule: str, number: int) -> None:
    allowed, refused = (
        (problem, solve(problem, Limits(seconds=60, work=5, workers=1))) for problem in PAIRS[rule][number]
    )

    for problem, plan in (allowed, refused):
        assert check(problem, plan) == ()
    assert allowed[1].placed == allowed[1].wanted
    assert refused[1].placed == allowed[1].placed - 1


def test_every_rule_of_the_checker_has_such_a_pair_unless_it_is_about_the_plan_alone() -> None:
    assert set(PAIRS) == set(BROKEN) - ABOUT_THE_PLAN_ALONE
