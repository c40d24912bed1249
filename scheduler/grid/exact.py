"""The exact solver: one boolean for each match and slot, given to CP-SAT in stages.

Each stage has a goal and keeps what the stages before it have reached. Interpreters and rooms are counted; where
counting has proved too coarse, `shifts` puts their names into the model.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import partial

from ortools.sat.python import cp_model

from scheduler.booking.people import Kind
from scheduler.grid.budget import Budget
from scheduler.grid.model import Model, Wait
from scheduler.grid.shifts import Shift, Shifts, add_interpreters, add_rooms
from scheduler.grid.stopping import stopping

Seats = Set[tuple[int, int]]
"""Which owner is loaded in which slot."""
Heard = Callable[[int | None, int | None], None]
"""Told of a better value, or of a better bound."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a stage found: `at` maps matches to slots and is None when nothing was found.

    `bound` is proved: no board reaches a better `value`.
    """

    at: Mapping[int, int] | None = None
    value: int = 0
    bound: int = 0
    is_proved: bool = False
    is_impossible: bool = False


class ExactModel:
    """The grid in the solver's terms."""

    def __init__(self, model: Model, *, named: Iterable[Kind] = ()) -> None:
        self.model = model
        self.cp = cp_model.CpModel()
        self.x = {
            (match, index): self.cp.new_bool_var(f"x{match}_{index}")
            for match, options in enumerate(model.options)
            for index in options
        }
        self._derived: list[tuple[cp_model.IntVar, Callable[[Seats], bool]]] = []
        self._loads: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        for (match, index), taken in self.x.items():
            for owner in model.owners[match]:
                self._loads[owner, index].append(taken)
        self.shifts: Shifts = {}
        self._add_rules(frozenset(named))

    def loads(self, owner: int, index: int) -> list[cp_model.IntVar]:
        """The options that load an owner in a slot."""
        return self._loads.get((owner, index), [])

    def places(self, match: int) -> list[cp_model.IntVar]:
        return [self.x[match, index] for index in self.model.options[match]]

    def hint(self, at: Mapping[int, int], at_work: Set[Shift] | None = None) -> None:
        """Where to begin the search; `at_work` are the names in use, where they are known."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        for (match, index), taken in self.x.items():
            self.cp.add_hint(taken, at.get(match) == index)
        seats = {(owner, index) for match, index in at.items() for owner in self.model.owners[match]}
        for derived, value in self._derived:
            self.cp.add_hint(derived, value(seats))
        if at_work is not None:
            for shift, taken in self.shifts.items():
                self.cp.add_hint(taken, shift in at_work)

    def waiting(self) -> cp_model.LinearExprT:
        """The idle slots of everybody: begun before, going on after, in no session meanwhile."""
        begun = self._reached(self.model.waits, lambda wait: wait.before)
        goes_on = self._reached(tuple(reversed(self.model.waits)), lambda wait: wait.after)
        idle = []
        for wait in self.model.waits:
            waits = self.cp.new_bool_var("")
            over = [taken for index in sorted(wait.over) for taken in self.loads(wait.owner, index)]
            self.cp.add(waits >= begun[wait] + goes_on[wait] - 1 - sum(over))
            self._derived.append((waits, partial(_is_idle, wait)))
            idle.append(waits)
        return sum(idle)

    def discomfort(self) -> cp_model.LinearExprT:
        """Half-hours outside comfortable hours, summed over both sides."""
        return sum(
            cost * taken
            for (owner, index), cost in self.model.discomfort.items()
            for taken in self.loads(owner, index)
        )

    def unfairness(self) -> cp_model.LinearExprT:
        """What is left out, shared: the second match left out of the same participant counts 2, the third 3, ..."""
        costs = []
        for owner in self.model.people:
            own = [match for match, owners in enumerate(self.model.owners) if owner in owners]
            left = len(own) - sum(taken for match in own for taken in self.places(match))
            for step in range(len(own)):
                beyond = self.cp.new_int_var(0, len(own), "")
                self.cp.add(beyond >= left - step)
                costs.append(beyond)
        return sum(costs)

    def _reached(
        self, waits: tuple[Wait, ...], side: Callable[[Wait], frozenset[int]]
    ) -> dict[Wait, cp_model.IntVar]:
        """For each own slot whether a session lies on that side of it, carried on from slot to slot of a day."""
        found: dict[Wait, cp_model.IntVar] = {}
        last: Wait | None = None
        for wait in waits:
            if wait in found:
                # Two own slots that nobody can meet in between: what holds for one holds for the other.
                continue
            found[wait] = self.cp.new_bool_var("")
            self._derived.append((found[wait], partial(_sits_in, wait.owner, side(wait))))
            known: frozenset[int] = frozenset()
            if last is not None and last.owner == wait.owner and side(last) <= side(wait):
                known = side(last)
                self.cp.add_implication(found[last], found[wait])
            for index in sorted(side(wait) - known):
                self.cp.add(sum(self.loads(wait.owner, index)) <= found[wait])
            last = wait
        return found

    def _add_rules(self, named: frozenset[Kind]) -> None:
        for match in range(len(self.model.options)):
            self.cp.add_at_most_one(self.places(match))
        for packing in self.model.packings:
            loads = [
                (one, weight) for owner, index, weight in packing.members for one in self.loads(owner, index)
            ]
            if packing.limit == 1 and all(weight == 1 for _, weight in loads):
                self.cp.add_at_most_one(one for one, _ in loads)
            else:
                self.cp.add(sum(weight * one for one, weight in loads) <= packing.limit)
        for match in self.model.pinned:
            self.cp.add_exactly_one(self.places(match))
        if Kind.INTERPRETER in named:
            self.shifts |= add_interpreters(self.cp, self.model, self.loads)
        if Kind.ROOM in named:
            self.shifts |= add_rooms(self.cp, self.model, self.loads)


def _sits_in(owner: int, indices: frozenset[int], seats: Seats) -> bool:
    return any((owner, index) in seats for index in indices)


def _is_idle(wait: Wait, seats: Seats) -> bool:
    sits = partial(_sits_in, wait.owner, seats=seats)
    return sits(wait.before) and sits(wait.after) and not sits(wait.over)


def waiting_on(model: Model, at: Mapping[int, int]) -> int:
    """The idle slots of a board."""
    seats = {(owner, index) for match, index in at.items() for owner in model.owners[match]}
    return sum(_is_idle(wait, seats) for wait in model.waits)


def solve_stage(exact: ExactModel, budget: Budget, share: float, heard: Heard | None = None) -> Outcome:
    """Solve for the goal set in the model, within a share (0 to 1) of what the budget still allows."""
    if not budget.goes_on():
        return Outcome()
    solver = cp_model.CpSolver()
    _configure(solver, budget, share)
    listener = _Listener(heard)
    if heard is not None and exact.cp.has_objective():
        solver.best_bound_callback = listener.on_bound
    with stopping(solver, budget):
        status = solver.solve(exact.cp, listener)
    budget.spend(solver.response_proto.deterministic_time)
    if status == cp_model.INFEASIBLE:
        return Outcome(is_impossible=True)
    if status == cp_model.MODEL_INVALID:
        raise AssertionError(exact.cp.validate())
    has_goal = exact.cp.has_objective()
    bound = round(solver.best_objective_bound) if has_goal else 0
    if status == cp_model.UNKNOWN:
        return Outcome(bound=bound)
    at = {match: index for (match, index), taken in exact.x.items() if solver.boolean_value(taken)}
    value = round(solver.objective_value) if has_goal else 0
    return Outcome(at=at, value=value, bound=bound, is_proved=status == cp_model.OPTIMAL)


class _Listener(cp_model.CpSolverSolutionCallback):
    def __init__(self, heard: Heard | None) -> None:
        super().__init__()
        self._heard = heard

    def on_solution_callback(self) -> None:
        if self._heard is not None:
            self._heard(round(self.objective_value), None)

    def on_bound(self, bound: float) -> None:
        if self._heard is not None:
            self._heard(None, round(bound))


def _configure(solver: cp_model.CpSolver, budget: Budget, share: float) -> None:
    parameters = solver.parameters
    # Where work is given, the clock must not decide before it: the same work has to give the same plan.
    parameters.max_time_in_seconds = budget.seconds_left * (share if budget.work_left is None else 1.0)
    parameters.random_seed = budget.limits.seed
    parameters.num_workers = budget.limits.workers
    if budget.work_left is not None:
        parameters.max_deterministic_time = budget.work_left * share
        parameters.interleave_search = True
