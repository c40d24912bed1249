"""A board being filled: who sits in which slot, what is still free, and who waits. Fast to change and to undo."""

from collections import defaultdict
from collections.abc import Mapping

from scheduler.grid.model import Model


class Board:
    """Matches on slots, by number. Only `put` on what `fits` keeps the counted rules; `put` itself does not look."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.at: dict[int, int] = {}
        self.sitting: dict[tuple[int, int], set[int]] = defaultdict(set)
        self._slots_of: dict[int, set[int]] = defaultdict(set)
        self._left = [packing.limit for packing in model.packings]
        self._option_loads: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}
        self._loads: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for number, packing in enumerate(model.packings):
            for owner, index, weight in packing.members:
                self._loads[owner, index].append((number, weight))
        self._masks = _masks(model)

    def fits(self, match: int, index: int) -> bool:
        """Whether the counted rules allow one more match there."""
        left = self._left
        for number, weight in self.loads(match, index):  # noqa: SIM110 - a generator takes twice as long
            if left[number] < weight:
                return False
        return True

    def loads(self, match: int, index: int) -> tuple[tuple[int, int], ...]:
        """The packings that an option loads, with the weight."""
        found = self._option_loads.get((match, index))
        if found is None:
            owners = self.model.owners[match]
            found = tuple(load for owner in owners for load in self._loads.get((owner, index), ()))
            self._option_loads[match, index] = found
        return found

    def full(self, match: int, index: int) -> list[int]:
        """The packings that have no place left for this option."""
        return [number for number, weight in self.loads(match, index) if self._left[number] < weight]

    def put(self, match: int, index: int) -> None:
        self.at[match] = index
        for number, weight in self.loads(match, index):
            self._left[number] -= weight
        for owner in self.model.owners[match]:
            self.sitting[owner, index].add(match)
            self._slots_of[owner].add(index)

    def take(self, match: int) -> int:
        """Take a match off the board; returns where it was."""
        index = self.at.pop(match)
        for number, weight in self.loads(match, index):
            self._left[number] += weight
        for owner in self.model.owners[match]:
            self.sitting[owner, index].discard(match)
            if not self.sitting[owner, index]:
                self._slots_of[owner].discard(index)
        return index

    def idle(self, owner: int) -> int:
        """The idle slots of one participant."""
        begun = goes_on = over = 0
        masks = self._masks.get(owner, _NOTHING)
        for index in self._slots_of[owner]:
            before, after, across = masks.get(index, (0, 0, 0))
            begun, goes_on, over = begun | before, goes_on | after, over | across
        return (begun & goes_on & ~over).bit_count()

    def waiting(self) -> int:
        """The idle slots of everybody."""
        return sum(self.idle(owner) for owner in self._masks)


Masks = Mapping[int, tuple[int, int, int]]
_NOTHING: Masks = {}


def _masks(model: Model) -> dict[int, dict[int, tuple[int, int, int]]]:
    """For each participant and slot: the own slots (as bits) it lies before, behind and across."""
    found: dict[int, dict[int, tuple[int, int, int]]] = defaultdict(dict)
    bits: dict[int, int] = defaultdict(int)
    for wait in model.waits:
        bit = bits[wait.owner]
        bits[wait.owner] += 1
        for index in wait.before | wait.after | wait.over:
            before, after, over = found[wait.owner].get(index, (0, 0, 0))
            found[wait.owner][index] = (
                before | (index in wait.before) << bit,
                after | (index in wait.after) << bit,
                over | (index in wait.over) << bit,
            )
    return found
