"""The facts a decision needs, read from storage: the people of a fair, and what is taken already."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair, day_at
from scheduler.booking.match import Match
from scheduler.booking.meeting import LIVE, Meeting
from scheduler.booking.occupancy import Occupancy
from scheduler.booking.people import Interpreter, Kind, Room, zone_of
from scheduler.booking.rules import Roster, buffer_minutes, limit_per_day
from scheduler.booking.slot import Slot
from scheduler.storage import claims, matches, meetings, people

_ONE_DAY = timedelta(days=1)
# A day on which the clocks go back is longer than 24 hours.
_LONGEST_DAY = timedelta(hours=26)


FOUND = (Kind.INTERPRETER, Kind.ROOM)
"""The kinds that the system finds by itself where nobody has named any."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A fair as one read shows it, or as much of it as a decision needs: who, what is placed, what is taken."""

    fair: Fair
    roster: Roster
    placements: tuple[Placement, ...] = ()
    occupancy: Occupancy = field(default_factory=Occupancy)


def scene_of(work: Session, fair: Fair) -> Scene:
    """The whole fair: everybody, every match, everything placed. Its occupancy is left out."""
    roster = _roster_of(work, fair, matches.matches_of(work, fair.id))
    return Scene(fair=fair, roster=roster, placements=placements_of(meetings.meetings_of_fair(work, fair.id)))


def scene_around(
    work: Session,
    fair: Fair,
    match_id: str,
    slot: Slot,
    *,
    named: Collection[str] = (),
    finding: Collection[Kind] = FOUND,
    reach: Slot | None = None,
    without: str | None = None,
) -> Scene:
    """What it takes to book one match in one slot: its two sides, those `named`, and all of the kinds to find from.

    What the sides and the named have within a day of the slot is there too: daily limits, rests and change-overs
    reach no further; where the match itself stands is found in the whole fair. Of the others it is enough to know
    when they are taken and how often. What is taken is known within `reach`, by default within the slot. A meeting
    that is to move is left out. Raises NotFound for a match of another fair.
    """
    match = _get_match(work, fair, match_id)
    watched = {match.company_id, match.buyer_id, *named}
    roster = Roster(
        fair=fair,
        resources=people.some_of(work, fair.id, watched, finding),
        matches={match.id: match},
    )
    stretch = reach or slot
    first, last = stretch.start_at - _LONGEST_DAY, stretch.end_at + _LONGEST_DAY
    near = meetings.sessions_near(work, match.id, watched, first, last)
    live = [one for one in near if one.id != without]
    others = [one for one in roster.resources if one not in watched] if finding else []
    starts = meetings.starts_between(work, others, first, last, LIVE, without=without) if others else ()
    known = ((each, one.slot.start_at) for one in live for each in one.resource_ids if each in watched)
    return Scene(
        fair=fair,
        roster=roster,
        placements=placements_of(one for one in live if one.fair_id == fair.id),
        occupancy=Occupancy(
            ticks=_taken(work, roster, tuple(roster.resources), stretch, without) if finding else {},
            sessions=_counted([*known, *starts], roster),
        ),
    )


def scene_over(work: Session, fair: Fair, match_id: str, *, without: str | None = None) -> Scene:
    """What it takes to look for moments for one match in the whole fair: who could take part, and when they can.

    What is placed is left out: what is claimed says enough. Raises NotFound for a match of another fair.
    """
    scene = scene_with(work, fair, match_id)
    occupancy = occupancy_within(work, scene, match_id, Slot(*stretch_of(fair)), without=without)
    return replace(scene, occupancy=occupancy)


def scene_with(work: Session, fair: Fair, match_id: str) -> Scene:
    """Everybody and one match, before it is looked up what is taken. Raises NotFound for a match of another fair."""
    return scene_among(work, fair, (_get_match(work, fair, match_id),))


def scene_among(work: Session, fair: Fair, wanted: Iterable[Match]) -> Scene:
    """Everybody and these matches, stored or only thought of; it is not looked up yet what is taken."""
    return Scene(fair=fair, roster=_roster_of(work, fair, wanted))


def scene_for(work: Session, fair: Fair, match_id: str) -> Scene:
    """One match, its two sides, and those who could take part in it, before it is looked up what is taken."""
    match = _get_match(work, fair, match_id)
    resources = people.some_of(work, fair.id, (match.company_id, match.buyer_id), FOUND)
    return Scene(fair=fair, roster=Roster(fair=fair, resources=resources, matches={match.id: match}))


def occupancy_within(
    work: Session, scene: Scene, match_id: str, stretch: Slot, *, without: str | None = None
) -> Occupancy:
    """What is taken in a stretch of time of those whom a session of the match could need."""
    match = scene.roster.matches[match_id]
    sides = (match.company_id, match.buyer_id)
    asked = tuple(
        one.id
        for one in scene.roster.resources.values()
        if one.id in sides or isinstance(one, Interpreter | Room)
    )
    return occupancy_among(work, scene, asked, stretch, without=without)


def occupancy_among(
    work: Session, scene: Scene, asked: tuple[str, ...], stretch: Slot, *, without: str | None = None
) -> Occupancy:
    """What is taken in a stretch of time of those asked about."""
    first, last = stretch.start_at - _LONGEST_DAY, stretch.end_at + _LONGEST_DAY
    starts = meetings.starts_between(work, asked, first, last, LIVE, without=without)
    return Occupancy(
        ticks=_taken(work, scene.roster, asked, stretch, without), sessions=_counted(starts, scene.roster)
    )


def limited_within(
    work: Session, scene: Scene, asked: tuple[str, ...], stretch: Slot, *, without: str | None = None
) -> Occupancy:
    """The same for a list of what is free: sessions are counted only of those who have a limit.

    Who of several interpreters has the fewest is of no account there, and that is most of the rows.
    """
    resources, fair = scene.roster.resources, scene.fair
    limited = tuple(one for one in asked if limit_per_day(resources[one], fair) is not None)
    first, last = stretch.start_at - _LONGEST_DAY, stretch.end_at + _LONGEST_DAY
    starts = meetings.starts_between(work, limited, first, last, LIVE, without=without) if limited else ()
    return Occupancy(
        ticks=_taken(work, scene.roster, asked, stretch, without), sessions=_counted(starts, scene.roster)
    )


def stretch_of(fair: Fair) -> tuple[datetime, datetime]:
    """From a day before a fair to a day after it, so that every zone's days lie inside."""
    days = sorted(fair.days)
    first = datetime.combine(days[0], time(), UTC) - _ONE_DAY
    return first, datetime.combine(days[-1], time(), UTC) + 2 * _ONE_DAY


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


def _get_match(work: Session, fair: Fair, match_id: str) -> Match:
    match = matches.find_match_of_fair(work, fair.id, match_id)
    if match is None:
        raise NotFound(kind="match", key=match_id)
    return match


def _roster_of(work: Session, fair: Fair, wanted: Iterable[Match]) -> Roster:
    everyone = people.people_of(work, fair.id).everyone
    return Roster(
        fair=fair,
        resources={one.id: one for one in everyone},
        matches={match.id: match for match in wanted},
    )


def _taken(
    work: Session, roster: Roster, resource_ids: tuple[str, ...], stretch: Slot, without: str | None
) -> dict[str, frozenset[int]]:
    """The claims that a session inside the stretch could meet with, its buffers included."""
    longest = max((buffer_minutes(one) for one in roster.resources.values()), default=0)
    reach = stretch.with_buffer(after_minutes=longest).ticks()
    return claims.claims_between(work, resource_ids, reach.start, reach.stop, without=without)


def _counted(starts: Iterable[tuple[str, datetime]], roster: Roster) -> dict[tuple[str, date], int]:
    """How many sessions each has on each of their own days."""
    zones = {one.id: zone_of(one) for one in roster.resources.values()}
    return Counter((one, day_at(start_at, zones[one])) for one, start_at in starts if one in zones)
