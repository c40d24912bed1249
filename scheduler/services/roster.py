"""The facts a decision needs, read from storage: the people of a fair, and what is taken already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, day_of
from scheduler.booking.meeting import Meeting
from scheduler.booking.occupancy import Occupancy
from scheduler.booking.people import zone_of
from scheduler.booking.rules import Roster
from scheduler.booking.slot import Slot
from scheduler.storage import claims, matches, meetings, people

_ONE_DAY = timedelta(days=1)


def roster_of(work: Session, fair: Fair) -> Roster:
    """Everybody and every match of a fair."""
    everyone = people.people_of(work, fair.id).everyone
    return Roster(
        fair=fair,
        resources={one.id: one for one in everyone},
        matches={match.id: match for match in matches.matches_of(work, fair.id)},
    )


def occupancy_between(
    work: Session, roster: Roster, first: datetime, last: datetime, *, without: str | None = None
) -> Occupancy:
    """What is claimed between two instants and a day around; a meeting that is to move can be left out."""
    stretch = Slot(first - _ONE_DAY, last + _ONE_DAY)
    ticks = claims.claims_between(
        work, tuple(roster.resources), stretch.ticks().start, stretch.ticks().stop, without=without
    )
    sessions: dict[tuple[str, date], int] = {}
    for meeting in meetings.meetings_between(work, stretch.start_at, stretch.end_at):
        if meeting.id == without:
            continue
        for resource_id in meeting.resource_ids:
            if resource_id in roster.resources:
                key = (resource_id, day_of(meeting.slot, zone_of(roster.resources[resource_id])))
                sessions[key] = sessions.get(key, 0) + 1
    return Occupancy(ticks=ticks, sessions=sessions)


def placement_of(meeting: Meeting) -> Placement | None:
    """A fair's meeting as the rules read it; None for a booking outside any fair."""
    if meeting.match_id is None or meeting.company_id is None or meeting.buyer_id is None:
        return None
    return Placement(
        match_id=meeting.match_id,
        company_id=meeting.company_id,
        buyer_id=meeting.buyer_id,
        slot=meeting.slot,
        interpreter_ids=meeting.interpreter_ids,
        room_id=meeting.room_id,
    )


def placements_of(stored: Iterable[Meeting]) -> tuple[Placement, ...]:
    """The live ones among them, as placements."""
    found = (placement_of(meeting) for meeting in stored if meeting.is_live)
    return tuple(placement for placement in found if placement is not None)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A fair with everybody in it and everything placed in it, as one read shows it."""

    fair: Fair
    roster: Roster
    placements: tuple[Placement, ...]


def scene_of(work: Session, fair: Fair, *, without: str | None = None) -> Scene:
    """The fair as it stands, a meeting that is to move left out."""
    stored = [one for one in meetings.meetings_of_fair(work, fair.id) if one.id != without]
    return Scene(fair=fair, roster=roster_of(work, fair), placements=placements_of(stored))
