"""One model climbed goal by goal, and the plan reached so far."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from scheduler.grid.budget import Budget
from scheduler.grid.repair import Goal
from scheduler.grid.repair_model import RepairModel
from scheduler.grid.repair_solver import a_solver

RUNG_WORK = 2.0
"""In the solver's own units, the same however busy the machine is: two or three seconds on a free one."""
Choice = tuple[str, Any]
"""The name of a kind of choice and its key, as in `RepairModel.choices`."""


@dataclass(kw_only=True)
class Climb:
    """One goal after the other on one model, giving up nothing reached before. `answer` is the best plan so far."""

    model: RepairModel
    budget: Budget
    answer: list[int] = field(default_factory=list)
    is_impossible: bool = False

    def least(self, goal: cp_model.LinearExprT, *, at_least: int = 0, work: float = RUNG_WORK) -> Goal | None:
        """As little of one goal as can be; None when no plan was found."""
        cp = self.model.cp
        cp.add(goal >= at_least)
        cp.minimize(goal)
        self._hint()
        solver = a_solver(self.budget, work)
        status = solver.solve(cp)
        cp.clear_objective()  # type: ignore[no-untyped-call]
        self.is_impossible = status == cp_model.INFEASIBLE
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        self.answer = list(solver.response_proto.solution)
        reached = Goal(
            value=round(solver.objective_value), bound=max(at_least, round(solver.best_objective_bound))
        )
        cp.add(goal <= reached.value)
        return reached

    def settle(self, choices: Set[Choice], goals: Iterable[tuple[cp_model.LinearExprT, int]]) -> bool:
        """Take over a plan that is known to be the best for these goals."""
        cp = self.model.cp
        cp.clear_hints()  # type: ignore[no-untyped-call]
        for goal, value in goals:
            cp.add(goal == value)
        for name, own in self.model.choices.items():
            for key, taken in own.items():
                cp.add_hint(taken, (name, key) in choices)
        solver = a_solver(self.budget, RUNG_WORK)
        solver.parameters.fix_variables_to_their_hinted_value = True
        is_found = solver.solve(cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        self.answer = list(solver.response_proto.solution) if is_found else self.answer
        return is_found

    def has(self, taken: cp_model.IntVar) -> bool:
        return bool(self.answer[taken.index])

    @property
    def chosen(self) -> frozenset[Choice]:
        """The answer, so that another model can begin with it."""
        every = self.model.choices.items()
        return frozenset((name, key) for name, own in every for key, taken in own.items() if self.has(taken))

    @property
    def at(self) -> dict[int, int]:
        """The slot of each match that has one."""
        return {match: index for (match, index), taken in self.model.x.items() if self.has(taken)}

    def _hint(self) -> None:
        """Begin with the best plan so far, at first with everything as it stands."""
        cp, model = self.model.cp, self.model
        cp.clear_hints()  # type: ignore[no-untyped-call]
        for number, value in enumerate(self.answer):
            cp.add_hint(cp.get_int_var_from_proto_index(number), value)
        for name, choices in model.choices.items() if not self.answer else ():
            for key, taken in choices.items():
                if name != "shifts":
                    cp.add_hint(taken, model.standing.home.get(key[0]) == key[1])
        known = len(self.answer)
        values: dict[int, bool] = {}
        for derived, truth in model.derived if self.answer else ():
            if derived.index >= known:
                values[derived.index] = truth(
                    lambda one: values[one.index] if one.index >= known else self.has(one)
                )
                cp.add_hint(derived, values[derived.index])
