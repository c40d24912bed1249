"""A board that cannot be named as it is, and no time to look for a better one: what can be named of it at once."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from scheduler.grid.model import Model
from scheduler.grid.naming import Desk, InterpreterDesk, Named, Names, RoomDesk, Task


def cut_to_names(model: Model, at: Mapping[int, int]) -> tuple[dict[int, int], Names]:
    """In each slot, in order of time, as many as find names, the more important first; the pins in any case."""
    left, interpreters = _cut(
        model,
        at,
        InterpreterDesk(model, None, 0),
        lambda match: [Task(match, position, leg) for position, leg in enumerate(model.matches[match].legs)],
        {pin.match_id: pin.interpreter_ids for pin in model.problem.pins},
    )
    left, rooms = _cut(
        model,
        left,
        RoomDesk(model, None, interpreters),
        lambda match: [Task(match, 0, None)] if model.matches[match].needs_room else [],
        {pin.match_id: (pin.room_id,) for pin in model.problem.pins if pin.room_id is not None},
    )
    interpreters = {match: names for match, names in interpreters.items() if match in left}
    return left, Names(interpreters=interpreters, rooms=rooms)


def _cut(
    model: Model,
    at: Mapping[int, int],
    desk: Desk,
    tasks_of: Callable[[int], list[Task]],
    pins: Mapping[str, tuple[str, ...]],
) -> tuple[dict[int, int], Named]:
    tasks, by_id = {match: tasks_of(match) for match in at}, {one.id: one for one in desk.resources}
    here: dict[int, list[int]] = defaultdict(list)
    for match in sorted(at):
        pinned = pins.get(model.matches[match].id)
        if match not in model.pinned:
            here[at[match]].append(match)
        elif pinned is not None:
            for task in tasks[match]:
                desk.enter(task, at[match], by_id[pinned[task.position]])
    kept = {match for match in at if match in model.pinned}
    for index in sorted(here, key=lambda one: model.slots[one]):
        kept.update(_named(desk, here[index], tasks, index))
    left = {match: index for match, index in at.items() if match in kept}
    return left, {match: tuple(desk.named[task] for task in tasks[match]) for match in left if tasks[match]}


def _named(desk: Desk, matches: Sequence[int], tasks: Mapping[int, Sequence[Task]], index: int) -> list[int]:
    """Matches come in order of importance, so the last of them goes first."""
    staying = list(matches)
    while staying and not desk.name_slot([task for match in staying for task in tasks[match]], index):
        staying.pop()
    return staying
