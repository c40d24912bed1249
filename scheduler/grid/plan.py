"""A plan: the placements that a solver (or a person) proposes, with the proof of how good they are."""

from dataclasses import dataclass, field
from enum import StrEnum

from scheduler.booking.assign import Placement
from scheduler.wording import Phrase


class Status(StrEnum):
    """What is known about a plan.

    OPTIMAL: nothing better exists in placing and waiting, proved. FEASIBLE: it keeps every hard rule.
    INFEASIBLE: the pins contradict the rules. STOPPED: interrupted on request, with the best plan so far.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A match that found no place, the smallest set of facts that rules it out, and what would let it in.

    `changes` would have to be made all together; they are the cheapest, and none where no small change helps.
    """

    match_id: str
    reasons: tuple[Phrase, ...]
    changes: tuple[Phrase, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Placements and their proof.

    `bound`: no plan that puts the more important matches first places more. `idle` counts the free slots between
    a participant's first and last session of each day, summed over companies and buyers (`waiting` has the exact
    words); `idle_bound`: no plan that places as many has fewer. `weights` is how much each wish counted.
    """

    placements: tuple[Placement, ...]
    left_out: tuple[LeftOut, ...] = ()
    status: Status = Status.FEASIBLE
    wanted: int = 0
    bound: int = 0
    idle: int = 0
    idle_bound: int = 0
    seconds: float = 0.0
    seed: int = 0
    solver: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)

    @property
    def placed(self) -> int:
        return len(self.placements)
