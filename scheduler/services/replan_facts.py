"""What re-planning around an absence stands on: the published grid, and the problem that it no longer solves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound, Refusal
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.match import Priority
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Buyer, Company, Interpreter, Resource, Room
from scheduler.grid.plan import Plan
from scheduler.grid.problem import Problem
from scheduler.services.absence import Absence, Away, away_of, hours_without
from scheduler.services.agenda import plan_in, resources_of
from scheduler.services.build_grid import problem_in
from scheduler.services.roster import placement_of
from scheduler.storage import drafts, fairs, meetings
from scheduler.wording import Phrase

Somebody = TypeVar("Somebody", Company, Buyer, Interpreter, Room)


class NotPublished(Refusal):
    """There is nothing to re-plan before a grid is published."""

    phrase = Phrase("The grid is not published yet. Change the hours and build it again.")


class HeldInTheWay(Refusal):
    """A hold is between a person and us: nobody moves it behind their back."""

    def __init__(self, *, count: int) -> None:
        self.count = count
        self.phrase = Phrase.counted(
            "%(num)s session is only held then. Confirm or release it first.",
            "%(num)s sessions are only held then. Confirm or release them first.",
            count,
        )
        super().__init__(count)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A fair as one read shows it: `problem` is the whole with the absence in it, `standing` what to repair.

    `hit` are the matches with a session in the absence; `is_whole` when it lasts for the whole fair.
    """

    fair: Fair
    resource: Resource
    away: Away
    is_whole: bool
    hit: frozenset[str | None]
    problem: Problem
    standing: Problem
    earlier: Plan | None


def facts_of(work: Session, fair_key: str, absence: Absence, now: datetime) -> Facts:
    """Raises NotPublished, NotFound, BadInput for a stretch that makes no sense, and HeldInTheWay."""
    fair = fairs.get_fair(work, fair_key)
    if fair.state is not FairState.PUBLISHED:
        raise NotPublished
    resource = resources_of(work, fair.id).get(absence.resource_id)
    if resource is None:
        raise NotFound(kind="resource", key=absence.resource_id)
    stored = live_sessions(work, fair)
    own = [one for one in stored if resource.id in one.resource_ids]
    begun = [one.slot.end_at for one in own if one.slot.start_at <= now]
    away = away_of(fair, resource, absence, not_before=max([now, *begun]))
    gone = replace(resource, hours=hours_without(resource.hours, away))
    hit = [one for one in own if not gone.hours.covers(one.slot.start_at, one.slot.end_at)]
    held = sum(one.state is State.HELD for one in hit)
    if held:
        raise HeldInTheWay(count=held)
    problem = _with(problem_in(work, fair), gone)
    return Facts(
        fair=fair,
        resource=resource,
        away=away,
        is_whole=absence.on is None,
        hit=frozenset(one.match_id for one in hit),
        problem=problem,
        standing=_standing(problem, stored, frozenset(one.match_id for one in hit), now),
        earlier=plan_in(drafts.latest_draft(work, fair.id)),
    )


def _with(problem: Problem, gone: Resource) -> Problem:
    """The problem with one resource's hours as they are then."""

    def changed(all_of_a_kind: Sequence[Somebody]) -> tuple[Somebody, ...]:
        return tuple(replace(one, hours=gone.hours) if one.id == gone.id else one for one in all_of_a_kind)

    return replace(
        problem,
        companies=changed(problem.companies),
        buyers=changed(problem.buyers),
        interpreters=changed(problem.interpreters),
        rooms=changed(problem.rooms),
    )


def _standing(
    problem: Problem, stored: Sequence[Meeting], hit: frozenset[str | None], now: datetime
) -> Problem:
    """Only what stands is planned anew: a match without a session, or with a cancelled one, stays without.

    Holds, what has begun and what is pinned stay, except for pins that the absence itself undoes.
    """
    placed = {
        one.match_id: (one, placement) for one in stored if (placement := placement_of(one)) is not None
    }
    pinned = {pin.match_id for pin in problem.pins if placed.get(pin.match_id, (None, None))[1] == pin}
    fixed = {
        match_id
        for match_id, (one, _) in placed.items()
        if one.state is not State.CONFIRMED or one.slot.start_at <= now or match_id in pinned - hit
    }
    return replace(
        problem,
        matches=tuple(one for one in problem.matches if one.id in placed or one.priority is Priority.NEVER),
        published=tuple(placement for _, placement in placed.values()),
        pins=tuple(placement for match_id, (_, placement) in placed.items() if match_id in fixed),
    )


def live_sessions(work: Session, fair: Fair) -> tuple[Meeting, ...]:
    """Sessions of a fair that are held or confirmed, or have taken place."""
    return tuple(one for one in meetings.meetings_of_fair(work, fair.id) if one.is_live)
