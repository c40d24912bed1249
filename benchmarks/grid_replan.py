"""Re-planning the published sample of 204 sessions: how long a preview waits for it, what moves, what is proved."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

from benchmarks.tables import Table
from scheduler.grid.check import check
from scheduler.grid.child import solve_in_child
from scheduler.grid.limits import Limits
from scheduler.grid.problem import Problem
from scheduler.grid.repair import Repair
from scheduler.grid.replan_child import Standby, a_replan_child
from scheduler.scenarios import problem_of_scenario
from scheduler.timezones.span import WallSpan

HEAD = (
    "what",
    "hit",
    "waited s",
    "cold s",
    "left out",
    "at least",
    "other times",
    "at least",
    "told",
    "proved",
    "aimed at",
)
NOT_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
_DAY, _AFTERNOON = "00:00-24:00", "11:00-24:00"
_LOADING_SECONDS = 6.0
MOST_SECONDS = 1.0
"""For an interpreter who is ill, with a process that waits already."""
_NOTE = (
    "204 sessions, 4 rooms, 5 interpreters, rooms 94 % full. waited s: with a process that has loaded the solver "
    "already, as after opening the form; cold s: with one that has only been started. proved: that no plan keeps "
    "more sessions or moves fewer to another time. Aimed at for an interpreter: waited at most 1 s, and proved."
)


def absences(problem: Problem) -> Iterator[tuple[str, Problem]]:
    """What may happen on the second day, and a company that comes late."""
    for words, kind, number, span in (
        ("an interpreter is ill for a day", "interpreters", 0, _DAY),
        ("another interpreter is ill for a day", "interpreters", 4, _DAY),
        ("a room fails for a day", "rooms", 0, _DAY),
        ("a buyer loses an afternoon", "buyers", 3, _AFTERNOON),
        ("a buyer is away for a day", "buyers", 5, _DAY),
        ("a company is away for a day", "companies", 0, _DAY),
    ):
        some: list[Any] = list(getattr(problem, kind))
        hours = some[number].hours.without(problem.fair.days[1], WallSpan.parse(span))
        some[number] = replace(some[number], hours=hours)
        yield words, replace(problem, **{kind: tuple(some)})
    late = problem.companies[5].id
    told = tuple(one for one in problem.published if one.company_id != late)
    yield "a company comes late, with all its matches", replace(problem, published=told)


def table() -> Table:
    problem = problem_of_scenario("namdong-indonesia")
    plan = solve_in_child(problem, Limits(seconds=20))
    placed = {one.match_id for one in plan.placements}
    matches = tuple(match for match in problem.matches if match.id in placed)
    published = replace(problem, matches=matches, published=plan.placements)
    with closing(Standby()) as standby:
        rows = tuple(_row(words, published, gone, standby) for words, gone in absences(published))
    return Table(title="Re-planning", head=HEAD, rows=rows, note=_NOTE)


def _row(words: str, before: Problem, after: Problem, standby: Standby) -> tuple[str, ...]:
    _, cold = _replanned(after, None)
    standby.get_ready()
    sleep(_LOADING_SECONDS)
    repair, waited = _replanned(after, standby)
    hours = {one.id: one.hours for one in after.roster.resources.values()}
    hit = sum(
        not all(hours[name].covers(one.slot.start_at, one.slot.end_at) for name in one.resource_ids)
        for one in before.published
    )
    return (
        words,
        str(hit),
        f"{waited:.2f}",
        f"{cold:.2f}",
        str(repair.left_out.value),
        str(repair.left_out.bound),
        str(repair.other_times.value),
        str(repair.other_times.bound),
        str(repair.told.value),
        "yes" if repair.is_fewest_proved else "no",
        verdict(waited, is_proved=repair.is_fewest_proved) if "interpreter" in words else "-",
    )


def verdict(waited: float, *, is_proved: bool) -> str:
    """Whether that is what is aimed at, or by how much not."""
    if not is_proved:
        return "not proved"
    return "met" if waited <= MOST_SECONDS else f"missed by {waited - MOST_SECONDS:.1f} s"


def _replanned(problem: Problem, standby: Standby | None) -> tuple[Repair, float]:
    began = monotonic()
    with a_replan_child(standby) as child:
        repair = child.replan(problem, not_before=NOT_BEFORE)
    seconds = monotonic() - began
    if check(problem, repair.plan) != ():
        raise AssertionError("the checker refuses this plan")
    return repair, seconds
