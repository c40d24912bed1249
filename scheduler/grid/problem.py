"""The grid problem: what is to be placed, and all the facts that decide where."""

from dataclasses import dataclass, field
from functools import cached_property

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair
from scheduler.booking.match import Match
from scheduler.booking.people import Buyer, Company, Interpreter, Resource, Room
from scheduler.booking.rules import Busy, Roster


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much each wish counts against the others; 0 leaves it out. Placing matches always comes first."""

    waiting: int = 100
    early_or_late_hours: int = 10
    sharing_out: int = 5
    same_interpreter: int = 2
    room_changes: int = 1


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fair's matches and everything they compete for.

    `pins` must be kept as they are. `published` are the placements people have been told of: a new plan moves
    as few as it can. `busy` is what the same people and rooms are already booked for outside this grid.
    """

    fair: Fair
    companies: tuple[Company, ...]
    buyers: tuple[Buyer, ...]
    interpreters: tuple[Interpreter, ...]
    rooms: tuple[Room, ...]
    matches: tuple[Match, ...]
    pins: tuple[Placement, ...] = ()
    published: tuple[Placement, ...] = ()
    busy: tuple[Busy, ...] = ()
    weights: Weights = field(default_factory=Weights)

    @cached_property
    def roster(self) -> Roster:
        """The same facts as the booking rules read them."""
        everybody: tuple[Resource, ...] = (*self.companies, *self.buyers, *self.interpreters, *self.rooms)
        return Roster(
            fair=self.fair,
            resources={one.id: one for one in everybody},
            matches={match.id: match for match in self.matches},
        )
