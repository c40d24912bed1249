"""A model laid out in the one array of the compiled search, with nobody on the board."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate

import numpy as np

from scheduler.booking.fair import day_of
from scheduler.booking.match import Priority
from scheduler.booking.people import zone_of
from scheduler.booking.rules import limit_per_day
from scheduler.booking.slot import Slot
from scheduler.grid.constraints import Packing
from scheduler.grid.engine import fields
from scheduler.grid.engine.fields import Arena
from scheduler.grid.model import Model, half_hours_outside

WEIGHT = {Priority.MUST: 1 << 32, Priority.WANTED: 1 << 16, Priority.IF_TIME_ALLOWS: 1, Priority.NEVER: 0}
_NO_LIMIT = 1 << 20
_FAR = 1 << 20


class Layout:
    """A model in one array; `lists[field]` are its parts, to be read and written by name."""

    def __init__(self, model: Model, seed: int) -> None:
        self._seed = seed
        parts = {**_fixed_parts(model), **_changing_parts(model)}
        where = list(accumulate((len(part) for part in parts.values()), initial=fields.LAST_FIELD + 1))
        self.b: Arena = np.concatenate([np.zeros(where[0], np.int64), *parts.values()])
        self.lists: dict[int, Arena] = {}
        for field, begins, part in zip(parts, where, parts.values(), strict=False):
            self.b[field] = begins
            self.lists[field] = self.b[begins : begins + len(part)]
        sizes = (len(model.matches), len(model.slots), len(model.people), _days_of(model), _widest(model))
        self.b[: len(sizes) + 1] = (*sizes, _words(model))
        self.b[fields.DICE] = seed * 2654435761 % 0xFFFFFFFF + 1
        self.b[fields.DICE_STEP] = seed % 0xFFFFFFFF
        self._limits = self.lists[fields.LEFT].copy()

    def clear(self) -> None:
        """Take everybody off the board; the dice go on from where they are."""
        for field in (fields.AT, fields.WHO):
            self.lists[field][:] = -1
        for field in (fields.TODAY, fields.IDLE_ON, fields.FILLED, fields.MARK, fields.SEEN):
            self.lists[field][:] = 0
        self.lists[fields.LEFT][:] = self._limits
        self.b[[fields.PLACED, fields.IDLE, fields.OUTSIDE_SUM, fields.CLOCK]] = 0


def _fixed_parts(model: Model) -> dict[int, Arena]:
    zones = _zones(model)
    day, first, last = _days(model.slots, zones)
    chain, after, before = _ways_to_wait(model)
    demands = {demand: number for number, demand in enumerate(model.demands)}
    load_start, loads = _ends(_loads(model, model.shared))
    loads = loads.reshape(-1, 2)
    option_start, options = _ends(model.options)
    own_start, own = _ends(_matches_of(model))
    near_start, near = _ends(neighbours(model.slots))
    everybody = model.people.values()
    fair = model.problem.fair
    return {
        fields.SIDES: _flat([one[:2] for one in model.owners]),
        fields.WEIGHT: _flat([WEIGHT[match.priority] for match in model.matches]),
        fields.FIXED: _flat([match in model.pinned for match in range(len(model.matches))]),
        fields.OPEN: _open(model),
        fields.OPTION_START: option_start,
        fields.OPTION: options,
        fields.OWN_START: own_start,
        fields.OWN: own,
        fields.NEAR_START: near_start,
        fields.NEAR: near,
        fields.DEMAND: _flat([demands[one[2]] * len(model.slots) for one in model.owners]),
        fields.LOAD_START: load_start,
        fields.LOAD: loads[:, 0],
        fields.LOAD_WEIGHT: loads[:, 1],
        fields.ZONE: _flat([zones[zone_of(one)] for one in everybody]),
        fields.MOST: _flat([_most(limit_per_day(one, fair)) for one in everybody]),
        fields.CHAIN: _flat(chain),
        fields.DAY: day,
        fields.OUTSIDE: _flat([half_hours_outside(slot, zone) for zone in zones for slot in model.slots]),
        fields.DAY_FIRST: first,
        fields.DAY_LAST: last,
        fields.AFTER: after,
        fields.BEFORE: before,
    }


def _changing_parts(model: Model) -> dict[int, Arena]:
    matches, slots, people, days = len(model.matches), len(model.slots), len(model.people), _days_of(model)
    return {
        fields.AT: np.full(matches, -1, np.int64),
        fields.WHO: np.full(people * slots, -1, np.int64),
        fields.LEFT: _flat([packing.limit for packing in model.shared]),
        fields.TODAY: np.zeros(people * days, np.int64),
        fields.IDLE_ON: np.zeros(people * days, np.int64),
        fields.ROW: np.zeros(slots * _widest(model), np.int64),
        fields.FILLED: np.zeros(slots, np.int64),
        fields.PLACE: np.zeros(matches, np.int64),
        fields.MARK: np.zeros(matches, np.int64),
        fields.SEEN: np.zeros(people, np.int64),
        fields.MOVES: np.zeros(max(matches, 64), np.int64),
        fields.FRESH: np.zeros(12 * max(matches, 1), np.int64),
    }


def slots_used(model: Model) -> Arena:
    """[P, S], flat: 1 for the slots of each person."""
    found = np.zeros((len(model.people), len(model.slots)), np.int64)
    for owner in model.people:
        found[owner, list(model.load.used[owner])] = 1
    return found.ravel()


def neighbours(slots: Sequence[Slot]) -> list[list[int]]:
    """For each slot the others that it overlaps; slots are in order of time."""
    found: list[list[int]] = [[] for _ in slots]
    for index, slot in enumerate(slots):
        for later in range(index + 1, len(slots)):
            if slots[later].start_at >= slot.end_at:
                break
            found[index].append(later)
            found[later].append(index)
    return found


def _zones(model: Model) -> dict[str, int]:
    names = sorted({zone_of(one) for one in model.people.values()})
    return {zone: number for number, zone in enumerate(names)}


def _days_of(model: Model) -> int:
    """As many days as any zone has."""
    return max((len({day_of(slot, zone) for slot in model.slots}) for zone in _zones(model)), default=0)


def _widest(model: Model) -> int:
    """More matches than that are never in one slot: two may stand there before it is seen that it is too full."""
    companies, buyers = ({one[side] for one in model.owners} for side in (0, 1))
    return 2 * min(len(companies), len(buyers)) + 2


def _words(model: Model) -> int:
    return -(-len(model.slots) // 32)


def _ways_to_wait(model: Model) -> tuple[list[int], Arena, Arena]:
    # Those who wait alike share one tuple of own slots, so it need not be compared slot by slot.
    ways: dict[tuple[int, str], int] = {}
    owned: list[tuple[Slot, ...]] = []
    chain = []
    for one in model.people.values():
        own = model.own_slots.get(one.id, ())
        number = ways.setdefault((id(own), zone_of(one)), len(ways))
        owned += [own] if number == len(owned) else []
        chain.append(number)
    after = np.full((len(ways), len(model.slots)), _FAR, np.int64)
    before = np.full((len(ways), len(model.slots)), -_FAR, np.int64)
    for (_, zone), way in ways.items():
        _lay_chain(owned[way], zone, model.slots, after[way], before[way])
    return chain, after.ravel(), before.ravel()


def _lay_chain(own: Sequence[Slot], zone: str, slots: Sequence[Slot], after: Arena, before: Arena) -> None:
    """The own slots of the same day that lie next behind and before each slot."""
    days = [day_of(slot, zone) for slot in own]
    starts = np.array([slot.start_at.timestamp() for slot in own])
    ends = np.array([slot.end_at.timestamp() for slot in own])
    for index, slot in enumerate(slots):
        behind = int(np.searchsorted(starts, slot.end_at.timestamp(), "left"))
        ahead = int(np.searchsorted(ends, slot.start_at.timestamp(), "right")) - 1
        today = day_of(slot, zone)
        if behind < len(own) and days[behind] == today:
            after[index] = behind
        if ahead >= 0 and days[ahead] == today:
            before[index] = ahead


def _days(slots: Sequence[Slot], zones: Iterable[str]) -> tuple[Arena, Arena, Arena]:
    """[Z, S]: the number of the day; [Z, N]: its first and last slot, none as 0 and -1."""
    numbered = [_numbered([day_of(slot, zone) for slot in slots]) for zone in zones]
    most = max((max(days, default=-1) for days in numbered), default=-1) + 1
    first = np.zeros((len(numbered), most), np.int64)
    last = np.full((len(numbered), most), -1, np.int64)
    for zone, days in enumerate(numbered):
        for index, day in enumerate(days):
            if last[zone, day] < 0:
                first[zone, day] = index
            last[zone, day] = index
    return _flat(numbered), first.ravel(), last.ravel()


def _numbered(days: Sequence[date]) -> list[int]:
    numbers = {day: number for number, day in enumerate(sorted(set(days)))}
    return [numbers[day] for day in days]


def _loads(model: Model, packings: Sequence[Packing]) -> list[list[tuple[int, int]]]:
    """For each demand and slot which packings it loads, and how much."""
    found: list[list[tuple[int, int]]] = [[] for _ in range(len(model.demands) * len(model.slots))]
    demands = {demand: number for number, demand in enumerate(model.demands)}
    for number, packing in enumerate(packings):
        for owner, index, weight in packing.members:
            found[demands[owner] * len(model.slots) + index].append((number, weight))
    return found


def _matches_of(model: Model) -> list[list[int]]:
    own: list[list[int]] = [[] for _ in model.people]
    for match, owners in enumerate(model.owners):
        for owner in owners[:2]:
            own[owner].append(match)
    return own


def _open(model: Model) -> Arena:
    words = np.zeros((len(model.matches), _words(model)), np.int64)
    alike: dict[int, Arena] = {}
    for match, mine in enumerate(model.options):
        if id(mine) not in alike:
            alike[id(mine)] = _in_words(mine, _words(model))
        words[match] = alike[id(mine)]
    return words.ravel()


def _in_words(slots: Iterable[int], count: int) -> Arena:
    words = np.zeros(count, np.int64)
    for index in slots:
        words[index >> 5] |= 1 << (index & 31)
    return words


def _ends(lists: Sequence[Sequence[object]]) -> tuple[Arena, Arena]:
    """Lists end to end, and where each begins."""
    return _flat(list(accumulate((len(one) for one in lists), initial=0))), _flat(
        [value for one in lists for value in one]
    )


def _flat(values: Sequence[object]) -> Arena:
    return np.array(values, np.int64).ravel()


def _most(limit: int | None) -> int:
    return _NO_LIMIT if limit is None else limit
