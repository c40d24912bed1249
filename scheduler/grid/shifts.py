"""Interpreters and rooms by name, as variables: who works in which language, and which room is used, in each slot.

Any session of a language may take any of its interpreters, so names need no variable for each match: a slot has as
many sessions in a language as interpreters at work in it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from ortools.sat.python import cp_model

from scheduler.booking.match import Priority
from scheduler.booking.people import Interpreter, Kind, LanguagePair, Room, zone_of
from scheduler.booking.rules import buffer_minutes
from scheduler.grid.budget import Budget
from scheduler.grid.constraints import by_day, counts_all_languages, overlapping
from scheduler.grid.model import Model
from scheduler.grid.stopping import stopping

Sessions = Callable[[int, int], Sequence[cp_model.LinearExprT]]
"""What loads an owner in a slot: variables, or a number."""
Shift = tuple[LanguagePair | None, int, str]
"""Language pair (None for a room), slot, and who."""
Shifts = dict[Shift, cp_model.IntVar]
Allowed = frozenset[Shift]
_PLANNING_WORK = 10.0
_WORTH = {Priority.MUST: 100, Priority.WANTED: 10, Priority.IF_TIME_ALLOWS: 1, Priority.NEVER: 0}


def add_interpreters(cp: cp_model.CpModel, model: Model, sessions: Sessions) -> Shifts:
    """Enough interpreters at work in each language and slot, none twice, within their rest and limit."""
    wanted = sorted({leg for demand in model.demands.values() for leg in demand.legs})
    shifts: Shifts = {
        (leg, index, one.id): cp.new_bool_var("")
        for one in model.problem.interpreters
        for leg in wanted
        if leg in one.pairs
        for index in sorted(model.candidates.open_slots[one.id])
    }
    for leg in wanted:
        weights = {owner: demand.legs.count(leg) for owner, demand in model.demands.items()}
        _match_demand(cp, model, shifts, leg, weights, sessions)
    for one in model.problem.interpreters:
        own = _own(shifts, one)
        _once_at_a_time(cp, model, one, own)
        _within_limit(cp, model, one, own)
    for pin in model.problem.pins:
        legs = model.problem.roster.matches[pin.match_id].legs
        for leg, interpreter_id in zip(legs, pin.interpreter_ids, strict=True):
            cp.add(shifts[leg, model.slots.index(pin.slot), interpreter_id] == 1)
    return shifts


def add_rooms(cp: cp_model.CpModel, model: Model, sessions: Sessions) -> Shifts:
    """As many rooms in use as there are sessions that need one, none twice, change-over included."""
    uses: Shifts = {
        (None, index, room.id): cp.new_bool_var("")
        for room in model.problem.rooms
        for index in sorted(model.candidates.open_slots[room.id])
    }
    weights = {owner: int(demand.needs_room) for owner, demand in model.demands.items()}
    _match_demand(cp, model, uses, None, weights, sessions)
    for room in model.problem.rooms:
        _once_at_a_time(cp, model, room, _own(uses, room))
    for pin in model.problem.pins:
        if pin.room_id is not None:
            cp.add(uses[None, model.slots.index(pin.slot), pin.room_id] == 1)
    return uses


def planned_interpreters(model: Model, at: Mapping[int, int], budget: Budget) -> Allowed | None:
    """Who works when so that a board can be named; None when nobody found a way."""
    return _planned(model, at, budget, add_interpreters)


def planned_rooms(model: Model, at: Mapping[int, int], budget: Budget) -> Allowed | None:
    """Which room is used when so that a board can be named; None when nobody found a way."""
    return _planned(model, at, budget, add_rooms)


def _planned(
    model: Model,
    at: Mapping[int, int],
    budget: Budget,
    add: Callable[[cp_model.CpModel, Model, Sessions], Shifts],
) -> Allowed | None:
    if not budget.goes_on():
        return None
    cp, solver = cp_model.CpModel(), cp_model.CpSolver()
    counts = Counter((model.owners[match][2], index) for match, index in at.items())
    shifts = add(cp, model, lambda owner, index: [counts[owner, index]])
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = _PLANNING_WORK
    with stopping(solver, budget):
        status = solver.solve(cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return frozenset(key for key, taken in shifts.items() if solver.boolean_value(taken))


def _match_demand(
    cp: cp_model.CpModel,
    model: Model,
    shifts: Shifts,
    leg: LanguagePair | None,
    weights: Mapping[int, int],
    sessions: Sessions,
) -> None:
    at_work: dict[int, list[cp_model.IntVar]] = {index: [] for index in range(len(model.slots))}
    for (working_in, index, _), taken in shifts.items():
        if working_in == leg:
            at_work[index].append(taken)
    for index, able in at_work.items():
        demanded = [
            weight * load for owner, weight in weights.items() if weight for load in sessions(owner, index)
        ]
        cp.add(sum(able) == sum(demanded))


def _own(shifts: Shifts, one: Interpreter | Room) -> dict[int, list[cp_model.IntVar]]:
    own: dict[int, list[cp_model.IntVar]] = {}
    for (_, index, name), taken in shifts.items():
        if name == one.id:
            own.setdefault(index, []).append(taken)
    return own


def _once_at_a_time(
    cp: cp_model.CpModel, model: Model, one: Interpreter | Room, own: Mapping[int, Sequence[cp_model.IntVar]]
) -> None:
    for group in overlapping(model.slots, buffer_minutes(one)):
        cp.add_at_most_one(taken for index in sorted(group) for taken in own.get(index, ()))


def _within_limit(
    cp: cp_model.CpModel, model: Model, one: Interpreter, own: Mapping[int, Sequence[cp_model.IntVar]]
) -> None:
    if one.daily_limit is None:
        return
    for todays in by_day(own, model.slots, zone_of(one)).values():
        cp.add(sum(taken for index in sorted(todays) for taken in own[index]) <= one.daily_limit)


def kinds_to_name(model: Model) -> frozenset[Kind]:
    """Where counting often lets through what cannot be named: people or rooms that differ and whose sessions are
    tied together beyond one slot, by a limit per day or a buffer that reaches over."""
    problem, found = model.problem, set()
    demanded = {leg for demand in model.demands.values() for leg in demand.legs}
    limited = any(one.daily_limit is not None for one in problem.interpreters)
    tied = limited or _reach_over(model, problem.interpreters)
    differ = (
        len(
            {
                (one.pairs, one.rest_minutes, one.daily_limit, model.candidates.open_slots[one.id])
                for one in problem.interpreters
            }
        )
        > 1
    )
    if (tied and differ) or not counts_all_languages(demanded, problem.interpreters):
        found.add(Kind.INTERPRETER)
    if (
        _reach_over(model, problem.rooms)
        and len({(one.change_over_minutes, model.candidates.open_slots[one.id]) for one in problem.rooms}) > 1
    ):
        found.add(Kind.ROOM)
    return frozenset(found)


def _reach_over(model: Model, resources: Sequence[Interpreter] | Sequence[Room]) -> bool:
    """Whether a session can be in the way of another slot."""
    longest = max((buffer_minutes(one) for one in resources), default=0)
    return any(len(group) > 1 for group in overlapping(model.slots, longest))


def largest_nameable(model: Model, at: Mapping[int, int], budget: Budget) -> dict[int, int]:
    """As much of a board as can be given interpreters and rooms, the more important first; the pins at least."""
    cp, solver = cp_model.CpModel(), cp_model.CpSolver()
    kept = {match: cp.new_bool_var("") for match in at}
    loads: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
    for match, index in at.items():
        loads[model.owners[match][2], index].append(kept[match])
    for add in (add_interpreters, add_rooms):
        add(cp, model, lambda owner, index: loads.get((owner, index), []))
    for match in model.pinned:
        cp.add(kept[match] == 1)
    cp.maximize(sum(_WORTH[model.matches[match].priority] * one for match, one in kept.items()))
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = _PLANNING_WORK
    with stopping(solver, budget):
        status = solver.solve(cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return dict(model.pinned)
    return {match: index for match, index in at.items() if solver.boolean_value(kept[match])}
