"""Who interprets and which room: names for the sessions of a board, slot by slot in order of time.

In each slot the cheapest assignment is taken: the interpreter a buyer had before, the company's preferred room or the
one it sits in already. What the slots before have used up (limits per day, rest, change-over) is respected; where that
leads into a dead end, `shifts` plans all slots together first and the names follow that.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from scheduler.booking.assign import Placement
from scheduler.booking.fair import day_of
from scheduler.booking.match import Match
from scheduler.booking.people import Company, Interpreter, LanguagePair, Room, zone_of
from scheduler.booking.rules import claimed
from scheduler.grid.budget import Budget
from scheduler.grid.engine.assigning import IMPOSSIBLE, Costs, cheapest
from scheduler.grid.model import Model
from scheduler.grid.shifts import Allowed, planned_interpreters, planned_rooms

Named = dict[int, tuple[str, ...]]
"""For each match its interpreters in the order of its legs, or its one room."""
_KEEP_PUBLISHED = 100
_NO_LIMIT = 40


@dataclass(frozen=True)
class Task:
    """One name to find: for a leg of a match, or for its room (leg None)."""

    match: int
    position: int
    leg: LanguagePair | None


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names for a whole board."""

    interpreters: Named
    rooms: Named


class Desk:
    """Names the tasks of one slot after another; remembers who is taken and who was with whom."""

    def __init__(
        self, model: Model, resources: Sequence[Interpreter] | Sequence[Room], allowed: Allowed | None
    ) -> None:
        self.model = model
        self.resources = resources
        self.allowed = allowed
        self.named: dict[Task, str] = {}
        self._ticks: dict[str, set[int]] = defaultdict(set)
        self._sessions: dict[tuple[str, date], int] = defaultdict(int)
        self._slot_of: dict[Task, int] = {}

    def enter(self, task: Task, index: int, resource: Interpreter | Room) -> None:
        slot = self.model.slots[index]
        self.named[task] = resource.id
        self._ticks[resource.id].update(claimed(resource, slot).ticks())
        self._sessions[resource.id, day_of(slot, zone_of(resource))] += 1

    def sessions_on_day(self, resource: Interpreter | Room, index: int) -> int:
        return self._sessions[resource.id, day_of(self.model.slots[index], zone_of(resource))]

    def name_slot(self, tasks: Sequence[Task], index: int) -> bool:
        """Give every task of a slot a name of its own; False when there are not enough."""
        free = [one for one in self.resources if self._is_free(one, index)]
        costs = self.costs(tasks, index, free)
        able = {leg: self._able(leg, index, free) for leg in {task.leg for task in tasks}}
        for row, task in enumerate(tasks):
            costs[row, ~able[task.leg]] = IMPOSSIBLE
        chosen = cheapest(costs)
        if chosen is None:
            return False
        for task, column in zip(tasks, chosen, strict=True):
            self.enter(task, index, free[column])
            self.remember(task, index, free[column])
        return True

    def costs(self, tasks: Sequence[Task], index: int, free: Sequence[Interpreter | Room]) -> Costs:
        """[tasks, free]: what it costs to give a task to somebody."""
        raise NotImplementedError

    def remember(self, task: Task, index: int, one: Interpreter | Room) -> None:
        raise NotImplementedError

    def match(self, task: Task) -> Match:
        return self.model.matches[task.match]

    def _is_free(self, one: Interpreter | Room, index: int) -> bool:
        if index not in self.model.candidates.open_slots[one.id]:
            return False
        if not self._ticks[one.id].isdisjoint(claimed(one, self.model.slots[index]).ticks()):
            return False
        limit = one.daily_limit if isinstance(one, Interpreter) else None
        return limit is None or self.sessions_on_day(one, index) < limit

    def _able(
        self, leg: LanguagePair | None, index: int, free: Sequence[Interpreter | Room]
    ) -> NDArray[np.bool_]:
        """Who of them speaks the language, and is meant to work there."""
        able = [
            (leg is None or (isinstance(one, Interpreter) and leg in one.pairs))
            and (self.allowed is None or (leg, index, one.id) in self.allowed)
            for one in free
        ]
        return np.array(able, np.bool_)


class InterpreterDesk(Desk):
    """Prefers the interpreter the buyer had just before, then whoever has worked less that day."""

    _last: dict[tuple[str, LanguagePair | None], str]

    def __init__(self, model: Model, allowed: Allowed | None, wish: int) -> None:
        super().__init__(model, model.problem.interpreters, allowed)
        self._wish = 10 * wish
        self._last = {}
        self._told = {
            (one.match_id, position): name
            for one in model.problem.published
            for position, name in enumerate(one.interpreter_ids)
        }

    def costs(self, tasks: Sequence[Task], index: int, free: Sequence[Interpreter | Room]) -> Costs:
        spent = [self._spent(one, index) for one in free if isinstance(one, Interpreter)]
        costs = np.tile(np.array(spent, np.int64), (len(tasks), 1))
        column = {one.id: number for number, one in enumerate(free)}
        for row, task in enumerate(tasks):
            match = self.match(task)
            stays, told = (
                self._last.get((match.buyer_id, task.leg)),
                self._told.get((match.id, task.position)),
            )
            for name, gain in ((stays, self._wish), (told, _KEEP_PUBLISHED)):
                if name in column:
                    costs[row, column[name]] -= gain
        return costs

    def _spent(self, one: Interpreter, index: int) -> int:
        """The less somebody still can do, the dearer."""
        left = one.daily_limit if one.daily_limit is not None else _NO_LIMIT
        return self.sessions_on_day(one, index) + (len(one.pairs) > 1) - min(left, _NO_LIMIT)

    def remember(self, task: Task, index: int, one: Interpreter | Room) -> None:
        self._last[self.match(task).buyer_id, task.leg] = one.id


class RoomDesk(Desk):
    """Prefers the company's own wish, then the room it sits in, then the one its interpreter sits in."""

    def __init__(self, model: Model, allowed: Allowed | None, interpreters: Named) -> None:
        super().__init__(model, model.problem.rooms, allowed)
        self._interpreters = interpreters
        self._last: dict[str, str] = {}
        self._told = {one.match_id: one.room_id for one in model.problem.published}

    def costs(self, tasks: Sequence[Task], index: int, free: Sequence[Interpreter | Room]) -> Costs:
        wish = self.model.problem.weights.room_changes
        costs = np.zeros((len(tasks), len(free)), np.int64)
        column = {one.id: number for number, one in enumerate(free)}
        for row, task in enumerate(tasks):
            match = self.match(task)
            company = self.model.problem.roster.resources[match.company_id]
            gains = [(self._last.get(name), wish) for name in self._interpreters.get(task.match, ())]
            gains += [
                (self._last.get(match.company_id), 10 * wish),
                (self._told.get(match.id), _KEEP_PUBLISHED),
            ]
            if isinstance(company, Company):
                gains.append((company.preferred_room_id, 40 * wish))
            for name, gain in gains:
                if name in column:
                    costs[row, column[name]] -= gain
        return costs

    def remember(self, task: Task, index: int, one: Interpreter | Room) -> None:
        for name in (self.match(task).company_id, *self._interpreters.get(task.match, ())):
            self._last[name] = one.id


def name_interpreters(model: Model, at: Mapping[int, int], budget: Budget) -> Named | None:
    """Interpreters for all sessions; None when there is no way to give everybody one."""
    tasks = {
        match: [Task(match, position, leg) for position, leg in enumerate(model.matches[match].legs)]
        for match in at
    }
    pins = {pin.match_id: pin.interpreter_ids for pin in model.problem.pins}
    wish = model.problem.weights.same_interpreter
    for each in (wish, 0):
        # With the same interpreter for a buyer some are at their limit too soon; then all take turns.
        desk = InterpreterDesk(model, None, each)
        if _name_all(desk, at, tasks, pins):
            return _gathered(desk, tasks)
    allowed = planned_interpreters(model, at, budget)
    if allowed is None:
        return None
    desk = InterpreterDesk(model, allowed, wish)
    return _gathered(desk, tasks) if _name_all(desk, at, tasks, pins) else None


def name_rooms(model: Model, at: Mapping[int, int], interpreters: Named, budget: Budget) -> Named | None:
    """Rooms for all sessions that need one; None when there is no way."""
    tasks = {match: [Task(match, 0, None)] for match in at if model.matches[match].needs_room}
    pins = {pin.match_id: (pin.room_id,) for pin in model.problem.pins if pin.room_id is not None}
    desk = RoomDesk(model, None, interpreters)
    if _name_all(desk, at, tasks, pins):
        return _gathered(desk, tasks)
    allowed = planned_rooms(model, at, budget)
    if allowed is None:
        return None
    desk = RoomDesk(model, allowed, interpreters)
    return _gathered(desk, tasks) if _name_all(desk, at, tasks, pins) else None


def names_for(model: Model, at: Mapping[int, int], budget: Budget) -> Names | None:
    """Interpreters and rooms for a whole board; None when there is no way, or no time to look for one."""
    interpreters = name_interpreters(model, at, budget)
    rooms = None if interpreters is None else name_rooms(model, at, interpreters, budget)
    return None if interpreters is None or rooms is None else Names(interpreters=interpreters, rooms=rooms)


def shifts_of(model: Model, at: Mapping[int, int], names: Names) -> Allowed:
    """The same names as shifts: who works in which language, and which room is used, in each slot."""
    interpreting = {
        (leg, at[match], name)
        for match, mine in names.interpreters.items()
        for leg, name in zip(model.matches[match].legs, mine, strict=True)
    }
    return frozenset(
        interpreting | {(None, at[match], name) for match, mine in names.rooms.items() for name in mine}
    )


def placements_of(model: Model, at: Mapping[int, int], names: Names) -> tuple[Placement, ...]:
    """The board with its names, in order of time."""
    found = [
        Placement(
            match_id=model.matches[match].id,
            company_id=model.matches[match].company_id,
            buyer_id=model.matches[match].buyer_id,
            slot=model.slots[index],
            interpreter_ids=names.interpreters.get(match, ()),
            room_id=next(iter(names.rooms.get(match, ())), None),
        )
        for match, index in at.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.slot, one.room_id or "", one.match_id)))


def _name_all(
    desk: Desk,
    at: Mapping[int, int],
    tasks: Mapping[int, Sequence[Task]],
    pins: Mapping[str, tuple[str, ...]],
) -> bool:
    by_id = {one.id: one for one in desk.resources}
    here: dict[int, list[Task]] = defaultdict(list)
    for match, mine in tasks.items():
        pinned = pins.get(desk.model.matches[match].id)
        for task in mine:
            if pinned is None:
                here[at[match]].append(task)
            else:
                desk.enter(task, at[match], by_id[pinned[task.position]])
    in_time = sorted(here, key=lambda index: desk.model.slots[index])
    return all(desk.name_slot(here[index], index) for index in in_time)


def _gathered(desk: Desk, tasks: Mapping[int, Sequence[Task]]) -> Named:
    return {match: tuple(desk.named[task] for task in mine) for match, mine in tasks.items()}
