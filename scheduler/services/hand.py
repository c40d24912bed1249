"""What hand work begins with: what stands, in sessions or in a draft, and who is free beside it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, FairState, day_of
from scheduler.booking.meeting import LIVE, Meeting
from scheduler.booking.occupancy import Occupancy, occupancy_of
from scheduler.booking.people import Buyer, Company, Interpreter, Room, zone_of
from scheduler.booking.rules import Busy, Roster, claimed
from scheduler.booking.slot import Slot
from scheduler.grid.problem import Problem
from scheduler.services.agenda import plan_in
from scheduler.services.grid_wishes import weights_in
from scheduler.services.roster import Scene, occupancy_among, placement_of, placements_of, stretch_of
from scheduler.storage import drafts, matches, meetings


def planned_in(work: Session, fair: Fair) -> tuple[Placement, ...]:
    """The placements of the newest draft, as long as the board shows that: before anything is published or booked."""
    if fair.state is not FairState.DRAFT or placements_of(meetings.meetings_of_fair(work, fair.id, LIVE)):
        return ()
    plan = plan_in(drafts.latest_draft(work, fair.id))
    return plan.placements if plan is not None else ()


def booked_of(work: Session, fair: Fair, sides: Iterable[str]) -> tuple[Meeting, ...]:
    """Every live session of these people around the fair, each once, in it and elsewhere."""
    first, last = stretch_of(fair)
    found = [one for side in sides for one in meetings.meetings_of_resource(work, side, first, last, LIVE)]
    return tuple({one.id: one for one in found}.values())


def free_beside(
    work: Session, scene: Scene, planned: Sequence[Placement], gone: Sequence[Meeting], sides: Sequence[str]
) -> Occupancy:
    """What is taken of the sides, the interpreters and the rooms, without the meetings `gone`.

    `planned` are placements of a draft that stay.
    """
    asked = tuple(
        one.id
        for one in scene.roster.resources.values()
        if one.id in sides or isinstance(one, Interpreter | Room)
    )
    first = gone[0].id if gone else None
    occupancy = occupancy_among(work, scene, asked, Slot(*stretch_of(scene.fair)), without=first)
    for meeting in gone[1:]:
        occupancy = without(occupancy, meeting, scene.roster)
    return beside(occupancy, planned, scene.roster)


def beside(occupancy: Occupancy, placements: Iterable[Placement], roster: Roster) -> Occupancy:
    """What is taken, with placements on top of it. Those of people who left the fair take nothing."""
    known = [one for one in placements if all(key in roster.resources for key in one.resource_ids)]
    if not known:
        return occupancy
    on_top = occupancy_of(known, roster, occupancy.ticks)
    sessions: Counter[tuple[str, date]] = Counter(occupancy.sessions)
    sessions.update(on_top.sessions)
    return replace(on_top, sessions=sessions)


def problem_for(
    work: Session, fair: Fair, roster: Roster, sides: Sequence[str], booked: Iterable[Meeting]
) -> Problem:
    """The problem as far as it says how long these people wait, and in which hours they sit."""
    theirs = matches.matches_with(work, fair.id, sides)
    elsewhere = [one for one in booked if one.fair_id != fair.id]
    concerned = {side for one in theirs for side in (one.company_id, one.buyer_id)}
    people = [one for key, one in roster.resources.items() if key in concerned]
    return Problem(
        fair=fair,
        companies=tuple(one for one in people if isinstance(one, Company)),
        buyers=tuple(one for one in people if isinstance(one, Buyer)),
        interpreters=(),
        rooms=(),
        matches=theirs,
        busy=tuple(
            Busy(resource_id=side, slot=one.slot)
            for one in elsewhere
            for side in sides
            if side in one.resource_ids
        ),
        weights=weights_in(work, fair.id),
    )


def without(occupancy: Occupancy, meeting: Meeting, roster: Roster) -> Occupancy:
    """A tick is claimed once, so that what one meeting has of it can simply be taken out."""
    placement = placement_of(meeting)
    if placement is None:
        return occupancy
    ticks, sessions = dict(occupancy.ticks), dict(occupancy.sessions)
    for key in placement.resource_ids:
        resource = roster.resources.get(key)
        if resource is None:
            continue
        ticks[key] = ticks.get(key, frozenset()) - frozenset(claimed(resource, placement.slot).ticks())
        day = key, day_of(placement.slot, zone_of(resource))
        sessions[day] = sessions.get(day, 0) - 1
    return Occupancy(ticks=ticks, sessions=sessions)
