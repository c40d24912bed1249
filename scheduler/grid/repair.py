"""A repair: the plan after somebody or something has dropped out, and what is proved about how little it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.booking.assign import Placement
from scheduler.grid.format import plan_to_json
from scheduler.grid.limits import Limits
from scheduler.grid.plan import Plan
from scheduler.grid.problem import Problem
from scheduler.grid.reading_plan import plan_from_json

BRIEF = Limits(seconds=30.0)
"""What a repair may spend where nothing is proved and the machine is busy; most take a second."""
GOALS = ("left_out", "other_times", "other_names", "told")


@dataclass(frozen=True, kw_only=True)
class Goal:
    """How often something happens, and how often it must at least, given that the goals before it are met as well."""

    value: int
    bound: int

    @property
    def is_proved(self) -> bool:
        return self.value == self.bound


@dataclass(frozen=True, kw_only=True)
class Repair:
    """The new plan, and its goals, each as small as can be before the next one is looked at.

    `left_out`: sessions that are not kept. `other_times`: published sessions at another time, those left out not
    counted. `other_names`: changes of interpreter or room, each counted. `told`: people with a session that
    changes or ends.
    """

    plan: Plan
    left_out: Goal
    other_times: Goal
    other_names: Goal
    told: Goal

    @property
    def is_fewest_proved(self) -> bool:
        """Whether no plan keeps more sessions, or as many with fewer at another time."""
        return self.left_out.is_proved and self.other_times.is_proved

    @property
    def is_proved(self) -> bool:
        """Whether nothing less would do in any of the goals."""
        return all(getattr(self, name).is_proved for name in GOALS)


def goals_of(problem: Problem, plan: Plan, bounds: Sequence[int]) -> Repair:
    """A plan with its goals counted, and `bounds` proved for each of them in their order."""
    before = {one.match_id: one for one in problem.published}
    after = {one.match_id: one for one in plan.placements}
    pairs = [(before[key], after[key]) for key in before if key in after]
    concerned = [one for pair in pairs if pair[0] != pair[1] for one in pair]
    begins = [one for key, one in after.items() if key not in before]
    ends = [one for key, one in before.items() if key not in after]
    counts = (
        len(plan.left_out),
        sum(old.slot != new.slot for old, new in pairs),
        sum(
            (old.interpreter_ids != new.interpreter_ids) + (old.room_id != new.room_id) for old, new in pairs
        ),
        len({person for one in (*concerned, *begins, *ends) for person in _people(one)}),
    )
    goals = (Goal(value=value, bound=min(value, bound)) for value, bound in zip(counts, bounds, strict=True))
    return Repair(plan=plan, **dict(zip(GOALS, goals, strict=True)))


def _people(one: Placement) -> tuple[str, ...]:
    return (one.company_id, one.buyer_id, *one.interpreter_ids)


def repair_to_json(repair: Repair) -> dict[str, Any]:
    """As plain lists and objects: the plan in the format of docs/grid-format.md, and value and bound of each goal."""
    return {"plan": plan_to_json(repair.plan), "goals": goals_to_json(repair)}


def repair_from_json(written: Mapping[str, Any]) -> Repair:
    """The repair that `repair_to_json` wrote."""
    return repair_of(plan_from_json(written["plan"]), written["goals"])


def goals_to_json(repair: Repair) -> dict[str, list[int]]:
    """Value and bound of each goal."""
    return {name: [getattr(repair, name).value, getattr(repair, name).bound] for name in GOALS}


def repair_of(plan: Plan, goals: Mapping[str, Any]) -> Repair:
    """A plan together with its goals as `goals_to_json` wrote them."""
    return Repair(
        plan=plan, **{name: Goal(value=int(goals[name][0]), bound=int(goals[name][1])) for name in GOALS}
    )
