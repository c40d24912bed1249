"""The smallest set of facts is as small as brute force finds, none of it can be spared, and changes do let in."""

import random
from functools import reduce
from itertools import combinations, product
from operator import or_

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.booking.assign import Placement
from scheduler.booking.match import Match
from scheduler.booking.occupancy import candidate_slots, find_placement
from scheduler.booking.people import kind_of
from scheduler.booking.rules import Conflict, conflicts_of, conflicts_with
from scheduler.grid.candidates import wanted_matches
from scheduler.grid.changes import Remedies, changed
from scheduler.grid.explain import taken_up
from scheduler.grid.facts import IN_ANY_PLAN, Fact, Facts, smallest_set
from scheduler.grid.problem import Problem
from tests.unit.grid.random_problems import a_random_problem

_SESSIONS = ("interpreter_rest", "room_change_over")


def some_plan(problem: Problem) -> tuple[Placement, ...]:
    """Each match in the first place there is; a plan as good as a person's first try."""
    placed: tuple[Placement, ...] = ()
    for match in wanted_matches(problem):
        slots = candidate_slots(match, problem.roster)
        found = (find_placement(match, slot, problem.roster, taken_up(problem, placed)) for slot in slots)
        placed += tuple(one for one in found if one is not None)[:1]
    return placed


def fact_of(problem: Problem, conflict: Conflict) -> Fact | None:
    """The fact behind a conflict of the booking rules; None for what could not be otherwise."""
    if conflict.resource_id is None:
        return None
    kind = kind_of(problem.roster.resources[conflict.resource_id]).name
    if conflict.rule.endswith("_hours"):
        return Fact[f"{kind}_HOURS"]
    if conflict.rule.endswith("_once_at_a_time") or conflict.rule in _SESSIONS:
        return Fact[f"{kind}_SESSIONS"]
    if conflict.rule.endswith("_daily_limit"):
        return Fact[f"{kind}_LIMIT"]
    return Fact[f"{kind}_ELSEWHERE"] if conflict.rule == "busy_elsewhere" else None


def all_places(problem: Problem, placed: tuple[Placement, ...], match: Match) -> list[Fact]:
    """For every slot with every team and room: the facts against it, by the rules of booking."""
    able = [[one.id for one in problem.interpreters if leg in one.pairs] for leg in match.legs]
    teams = [team for team in product(*able) if len(set(team)) == len(team)]
    rooms = [room.id for room in problem.rooms] if match.needs_room else [None]
    found = []
    for slot, team, room in product(candidate_slots(match, problem.roster), teams, rooms):
        one = Placement(
            match_id=match.id,
            company_id=match.company_id,
            buyer_id=match.buyer_id,
            slot=slot,
            interpreter_ids=team,
            room_id=room,
        )
        conflicts = conflicts_with(one, placed, problem.roster, problem.busy)
        facts = (fact_of(problem, conflict) for conflict in conflicts)
        found.append(reduce(or_, (fact for fact in facts if fact is not None), Fact.NONE))
    return found


def rules_out(places: list[Fact], facts: Fact) -> bool:
    return all(place & facts for place in places)


def smallest_by_trying_all(places: list[Fact], universe: Fact) -> int:
    single = [one for one in Fact if one & universe]
    sizes = (
        size
        for size in range(len(single) + 1)
        if any(rules_out(places, reduce(or_, some, Fact.NONE)) for some in combinations(single, size))
    )
    return next(sizes)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_no_smaller_set_of_facts_rules_a_match_out_and_none_of_it_can_be_spared(seed: int) -> None:
    problem = a_random_problem(random.Random(seed))
    placed = some_plan(problem)
    facts = Facts(problem, placed)
    for match in wanted_matches(problem):
        if match.id in {one.match_id for one in placed}:
            continue
        places = all_places(problem, placed, match)
        smallest = smallest_set(facts.in_slots(match))
        if smallest is None:
            assert Fact.NONE in places
            continue
        assert rules_out(places, smallest)
        universe = IN_ANY_PLAN if rules_out(places, IN_ANY_PLAN) else ~Fact.NONE
        assert smallest & universe == smallest
        assert smallest.bit_count() == smallest_by_trying_all(places, universe)
        for one in Fact:
            assert not one & smallest or not rules_out(places, smallest & ~one), (match.id, one)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_change_lets_the_match_in_with_everything_else_where_it_is(seed: int) -> None:
    problem = a_random_problem(random.Random(seed))
    placed = some_plan(problem)
    remedies = Remedies(Facts(problem, placed), placed)
    for match in wanted_matches(problem):
        if match.id in {one.match_id for one in placed}:
            continue
        mend = remedies.cheapest(match)
        if mend is None:
            continue
        then = changed(problem, mend.changes)
        assert mend.placement.match_id == match.id
        assert conflicts_of((*placed, mend.placement), then.roster, then.busy) == ()
        for some in combinations(mend.changes, len(mend.changes) - 1):
            # Every change is needed: with one of them left out it does not fit there.
            less = changed(problem, some)
            occupancy = taken_up(less, placed)
            assert (
                find_placement(match, mend.placement.slot, less.roster, occupancy) is None or not mend.changes
            )
