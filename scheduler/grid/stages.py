"""The stages of the exact solver: first place, then meet one wish after the other, giving up nothing reached before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from scheduler.booking.match import Priority
from scheduler.booking.people import Kind
from scheduler.grid.budget import Budget
from scheduler.grid.exact import ExactModel, Outcome, solve_stage, waiting_on
from scheduler.grid.limits import Progress
from scheduler.grid.model import Model
from scheduler.grid.naming import names_for, shifts_of
from scheduler.grid.problem import Weights

_FORCING_SHARE, _POLISH_SHARE = 0.4, 0.1
Tell = Callable[[Progress], None]


@dataclass(kw_only=True)
class Climb:
    """The best board so far and what is proved about it; grows stage by stage."""

    model: Model
    budget: Budget
    tell: Tell
    at: Mapping[int, int]
    bound: int
    idle_bound: int = 0
    named: frozenset[Kind] = frozenset()
    exact: ExactModel = field(init=False)

    def __post_init__(self) -> None:
        self.exact = ExactModel(self.model, named=self.named)

    @property
    def waiting(self) -> int:
        return waiting_on(self.model, self.at)

    @property
    def is_possible(self) -> bool:
        """Whether the board so far keeps what is in the exact model: counts alone, or names as well."""
        return not self.named or names_for(self.model, self.at, self.budget) is not None

    def hint(self) -> None:
        """Let the solver begin with the board so far, and its names where they are in the model."""
        names = names_for(self.model, self.at, self.budget) if self.named else None
        at_work = None if names is None else shifts_of(self.model, self.at, names)
        self.exact.hint(self.at, at_work)

    def report(self, stage: str, *, placed: int | None = None, idle: int | None = None) -> None:
        self.tell(
            Progress(
                stage=stage,
                seconds=self.budget.seconds,
                wanted=len(self.model.matches),
                placed=len(self.at) if placed is None else placed,
                bound=self.bound,
                idle=self.waiting if idle is None else idle,
                idle_bound=self.idle_bound,
            )
        )


def climb(state: Climb) -> None:
    """Make the board better within the budget, one wish after the other."""
    before = len(state.at)
    _place(state)
    if len(state.at) != before:
        state.idle_bound = 0
    if state.model.problem.published:
        _keep_published(state)
    for name in wishes(state.model.problem.weights):
        if state.budget.goes_on():
            _WISHES[name](state)


def _place(state: Climb) -> None:
    model = state.model
    if len(state.at) < len(model.matches) and not (state.bound == len(model.matches) and _place_all(state)):
        _place_most(state)
        return
    state.bound = len(model.matches)
    for match in range(len(model.matches)):
        state.exact.cp.add_exactly_one(state.exact.places(match))


def _place_all(state: Climb) -> bool:
    """Force every match into a slot; on failure the model is built anew without that."""
    exact = state.exact
    for match in range(len(state.model.matches)):
        exact.cp.add_exactly_one(exact.places(match))
    state.hint()
    outcome = solve_stage(exact, state.budget, _FORCING_SHARE)
    state.exact = ExactModel(state.model, named=state.named)
    if outcome.is_impossible:
        state.bound = len(state.model.matches) - 1
    if outcome.at is None:
        return False
    state.at = outcome.at
    return True


def _place_most(state: Climb) -> None:
    """As many as can be, the more important before the others."""
    exact, model = state.exact, state.model
    exact.cp.add(sum(exact.x.values()) <= state.bound)
    bounds, is_proved = 0, True
    for own in _tiers(model):
        outcome = _place_tier(state, own)
        # A bound counts only on top of proved counts of the more important ones.
        bounds += min(len(own), outcome.bound) if is_proved and outcome.at is not None else len(own)
        is_proved = is_proved and outcome.is_proved
        exact.cp.add(_placed(exact, own) >= sum(match in state.at for match in own))
    state.bound = max(len(state.at), min(state.bound, bounds))


def _place_tier(state: Climb, own: Sequence[int]) -> Outcome:
    """As many of these as can be; a board that has as many already is left as it is."""
    before, had = state.at, sum(match in state.at for match in own)
    if not state.budget.goes_on():
        return Outcome()
    stands = state.is_possible
    is_last = own == _tiers(state.model)[-1]
    if stands and (had == len(own) or (is_last and len(before) == state.bound)):
        return Outcome(at=before, value=had, bound=had, is_proved=True)
    outcome = _reach(state, _placed(state.exact, own), "placing", maximize=True)
    if stands and outcome.value <= had:
        # Another board with as many would lose what little waiting this one has.
        state.at = before
    return outcome


def _tiers(model: Model) -> list[list[int]]:
    """The matches by importance."""
    tiers = ([m for m, one in enumerate(model.matches) if one.priority is tier] for tier in Priority)
    return [own for own in tiers if own]


def _placed(exact: ExactModel, own: Iterable[int]) -> cp_model.LinearExprT:
    return sum(taken for match in own for taken in exact.places(match))


def _reach(
    state: Climb, goal: cp_model.LinearExprT, stage: str, *, maximize: bool, share: float = 1.0
) -> Outcome:
    """Solve for one goal from the board so far and keep what is better."""
    exact = state.exact
    (exact.cp.maximize if maximize else exact.cp.minimize)(goal)
    state.hint()

    def heard(value: int | None, bound: int | None) -> None:
        if stage == "placing" and value is not None:
            state.report(stage, placed=max(value, len(state.at)))
        if stage == "waiting":
            state.idle_bound = max(state.idle_bound, bound or 0)
            state.report(stage, idle=value)

    outcome = solve_stage(exact, state.budget, share, heard)
    exact.cp.clear_objective()  # type: ignore[no-untyped-call]
    if outcome.at is not None:
        state.at = outcome.at
    return outcome


def _keep_published(state: Climb) -> None:
    """Move as few published sessions as can be."""
    number = {match.id: index for index, match in enumerate(state.model.matches)}
    slots = {slot: index for index, slot in enumerate(state.model.slots)}
    keys = {(number.get(one.match_id), slots.get(one.slot)) for one in state.model.problem.published}
    kept = sum(taken for key, taken in state.exact.x.items() if key in keys)
    if isinstance(kept, int):
        return
    outcome = _reach(state, kept, "keeping", maximize=True, share=0.5)
    if outcome.at is not None:
        state.exact.cp.add(kept >= outcome.value)


def _wait_less(state: Climb) -> None:
    """Fewer idle slots."""
    idle = state.exact.waiting()
    before, waited = state.at, state.waiting
    if waited > state.idle_bound:
        outcome = _reach(state, idle, "waiting", maximize=False)
        state.idle_bound = max(state.idle_bound, outcome.bound)
        # Without names for the board it began with, the solver may have found only worse ones.
        state.at = before if state.waiting > waited else state.at
    state.exact.cp.add(idle <= state.waiting)


def _meet_at_better_hours(state: Climb) -> None:
    """Fewer half-hours outside comfortable hours."""
    if not state.model.discomfort:
        return
    discomfort = state.exact.discomfort()
    outcome = _reach(state, discomfort, "hours", maximize=False, share=_POLISH_SHARE)
    if outcome.at is not None:
        state.exact.cp.add(discomfort <= outcome.value)


def _share_out(state: Climb) -> None:
    """What is left out, not all from the same participant."""
    if len(state.at) == len(state.model.matches):
        return
    unfair = state.exact.unfairness()
    outcome = _reach(state, unfair, "sharing", maximize=False, share=_POLISH_SHARE)
    if outcome.at is not None:
        state.exact.cp.add(unfair <= outcome.value)


_WISHES: dict[str, Callable[[Climb], None]] = {
    "waiting": _wait_less,
    "hours": _meet_at_better_hours,
    "sharing": _share_out,
}


def wishes(weights: Weights) -> tuple[str, ...]:
    """The wishes that count, the weightier first."""
    named = {"waiting": weights.waiting, "hours": weights.early_or_late_hours, "sharing": weights.sharing_out}
    return tuple(
        sorted((name for name, weight in named.items() if weight > 0), key=lambda name: -named[name])
    )
