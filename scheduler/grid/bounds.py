"""How many matches could be placed at best, counted without searching.

Each bound looks at one scarce thing alone, so it is true for every plan, and quick.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from scheduler.booking.people import LanguagePair, Resource, zone_of
from scheduler.booking.rules import buffer_minutes, limit_per_day
from scheduler.booking.slot import Slot
from scheduler.grid.constraints import by_day, one_after_another
from scheduler.grid.model import Model


def most_placed(model: Model) -> int:
    """No plan can place more than this."""
    able = [match for match, options in enumerate(model.options) if options]
    per_side = [_most_by_side(model, able, side) for side in (0, 1)]
    in_rooms = [match for match in able if model.matches[match].needs_room]
    by_rooms = len(able) - len(in_rooms) + min(len(in_rooms), _room_sessions(model))
    return min(len(able), *per_side, by_rooms, *_by_languages(model, able))


def most_sessions(resource: Resource, indices: Iterable[int], model: Model) -> int:
    """As many sessions as fit one after another, buffers between them, within the limit of each day."""
    limit = limit_per_day(resource, model.problem.fair)
    kind = (frozenset(indices), zone_of(resource), buffer_minutes(resource), limit)
    # Most companies, buyers and rooms of a fair are alike.
    if kind not in model.sessions_of:
        model.sessions_of[kind] = _most_sessions(model.slots, *kind)
    return model.sessions_of[kind]


def _most_sessions(
    slots: tuple[Slot, ...], indices: frozenset[int], zone: str, buffer: int, limit: int | None
) -> int:
    days = by_day(indices, slots, zone)
    fitting = [one_after_another([slots[index] for index in todays], buffer) for todays in days.values()]
    return sum(count if limit is None else min(count, limit) for count in fitting)


def _most_by_side(model: Model, able: Sequence[int], side: int) -> int:
    own = _matches_of(model, able)
    sides = {model.owners[match][side] for match in able}
    return sum(
        min(len(own[owner]), most_sessions(model.people[owner], _slots_of(model, own[owner]), model))
        for owner in sides
    )


def _matches_of(model: Model, matches: Iterable[int]) -> dict[int, list[int]]:
    own: dict[int, list[int]] = defaultdict(list)
    for match in matches:
        for owner in model.owners[match][:2]:
            own[owner].append(match)
    return own


def _slots_of(model: Model, matches: Iterable[int]) -> set[int]:
    return {index for match in matches for index in model.options[match]}


def _room_sessions(model: Model) -> int:
    wanting = [match for match, one in enumerate(model.matches) if one.needs_room]
    return _sessions(model, model.problem.rooms, _slots_of(model, wanting))


def _interpreted(model: Model, leg: LanguagePair) -> int:
    wanting = [match for match, one in enumerate(model.matches) if leg in one.legs]
    able = [one for one in model.problem.interpreters if leg in one.pairs]
    return _sessions(model, able, _slots_of(model, wanting))


def _sessions(model: Model, resources: Sequence[Resource], used: set[int]) -> int:
    """The sessions that all of them together can take in these slots."""
    open_slots = model.candidates.open_slots
    return sum(most_sessions(one, used & open_slots[one.id], model) for one in resources)


def _by_languages(model: Model, able: Sequence[int]) -> Iterator[int]:
    for leg in {leg for match in able for leg in model.matches[match].legs}:
        wanting = sum(leg in model.matches[match].legs for match in able)
        yield len(able) - wanting + min(wanting, _interpreted(model, leg))
