"""The search on one problem: a first board, everything placed, then less and less waiting, as long as it may go on.

Machine code runs in short turns; between them it is asked whether to go on. Everything that is chosen follows from the
seed and the number of steps, wherever a turn ends.
"""

from collections.abc import Callable, Iterable, Mapping
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from scheduler.grid.budget import Budget
from scheduler.grid.engine import fields
from scheduler.grid.engine.annealing import BLOCK, anneal
from scheduler.grid.engine.fields import Arena
from scheduler.grid.engine.layout import Layout, slots_used
from scheduler.grid.engine.placing import fill, make_room
from scheduler.grid.engine.seats import put_all
from scheduler.grid.engine.waiting_bound import least_waiting
from scheduler.grid.model import Model

STEPS_PER_UNIT = 4_000_000
"""Steps that count as one unit of work, about as long as one of the exact solver's."""
ROOM_STEP = 20
"""Making room takes about so many steps of annealing each time."""
WARM, COOL = 1.2, 0.08
_TURN_SECONDS = 0.04
_ANY = 1 << 60
_FIRST_TURN, _LONGEST_TURN = 20 * BLOCK, 4000 * BLOCK
Heard = Callable[[int, int], None]
"""Told of matches placed and idle slots."""


class Search:
    """A board that gets better. Each method goes on from where the one before stopped."""

    def __init__(self, model: Model, budget: Budget) -> None:
        self.model, self._budget = model, budget
        self._layout = Layout(model, budget.limits.seed)
        self._turn = _FIRST_TURN
        self.begin_with(model.pinned)

    @property
    def at(self) -> dict[int, int]:
        """The board: match -> slot."""
        return {match: slot for match, slot in enumerate(self._at.tolist()) if slot >= 0}

    @property
    def idle(self) -> int:
        return int(self._b[fields.IDLE])

    @property
    def outside(self) -> int:
        """Half-hours outside comfortable hours."""
        return int(self._b[fields.OUTSIDE_SUM])

    def begin_with(self, at: Mapping[int, int]) -> None:
        """A board with these matches on it, which must fit together."""
        self._layout.clear()
        self.add(at)

    def add(self, at: Mapping[int, int]) -> None:
        """Put more matches on the board, each where it fits in."""
        where = np.full(len(self.model.matches), -1, np.int64)
        where[list(at)] = list(at.values())
        put_all(self._b, where)

    def fill(self) -> None:
        """The rest of the matches by importance, the one with the fewest slots first."""
        weight, options = self._list(fields.WEIGHT), np.diff(self._list(fields.OPTION_START))
        fill(self._b, np.lexsort((np.arange(len(options)), options, -weight)))

    def place(self, *, most: int, steps: int, heard: Heard) -> None:
        """Make room for what is left until `most` are placed, in so many steps; the board with the most remains."""
        able, end = self._is_able(), min(steps, self._affordable(ROOM_STEP))
        left = np.flatnonzero((self._at < 0) & able)
        waiting, barred = np.zeros(len(able) + 64, np.int64), np.zeros(len(able), np.int64)
        waiting[: len(left)] = left
        suffices = max(0, int(able.sum()) - most)
        best, kept = np.array([len(left), self._b[fields.PLACED], suffices]), self._at.copy()
        done = 0
        while best[0] > suffices and done < end and self._budget.goes_on():
            began, before = monotonic(), int(best[1])
            done = make_room(
                self._b, waiting, barred, best, kept, done, min(end, done + 1 + self._turn // ROOM_STEP)
            )
            self._pace(monotonic() - began)
            if best[1] > before:
                heard(int((kept >= 0).sum()), self.idle)
        self._budget.spend(ROOM_STEP * done / STEPS_PER_UNIT)
        if self._b[fields.PLACED] < best[1]:
            self._put(kept)

    def improve(
        self,
        *,
        steps: int,
        enough: tuple[int, int],
        heard: Heard,
        cost: tuple[float, float] = (1.0, 0.0),
        warm: float = WARM,
        still: Iterable[int] = (),
    ) -> int:
        """Anneal in so many steps, or until there are `enough` few idle slots and half-hours outside comfortable hours.

        `cost`: of each of these; what costs more goes first. `still` stay where they are. The best board remains.
        Returns the steps done.
        """
        held = self._list(fields.FIXED).copy()
        self._list(fields.FIXED)[list(still)] = 1
        movable = np.flatnonzero(self._is_able() & (self._list(fields.FIXED) == 0))
        best, kept = np.array([self.idle, self.outside, *enough], np.int64), self._at.copy()
        done, end = 0, min(steps, self._affordable(1)) if len(movable) else 0
        while done < end and _is_wanted(best) and self._budget.goes_on():
            began, before = monotonic(), int(best[0])
            last = min(end, done + self._turn)
            done = anneal(self._b, movable, best, kept, done, last, steps, warm, COOL, *cost)
            self._pace(monotonic() - began)
            if best[0] < before:
                heard(int((kept >= 0).sum()), int(best[0]))
        self._budget.spend(done / STEPS_PER_UNIT)
        self._list(fields.FIXED)[:] = held
        self._put(kept)
        return done

    def least_waiting(self) -> int:
        """No board that holds every match has fewer idle slots: each participant looked at alone."""
        counts = np.diff(self._list(fields.OWN_START))
        total, today = np.zeros((2, int(counts.max(initial=0)) + 1), np.int64)
        reach, least = np.zeros(2 * len(self.model.slots), np.int64), np.zeros(len(counts), np.int64)
        least_waiting(self._b, slots_used(self.model), counts, total, today, reach, least)
        return int(least.sum())

    @property
    def _b(self) -> Arena:
        return self._layout.b

    @property
    def _at(self) -> Arena:
        return self._list(fields.AT)

    def _list(self, field: int) -> Arena:
        return self._layout.lists[field]

    def _is_able(self) -> NDArray[np.bool_]:
        """[M]: which matches have a slot open to them at all."""
        able: NDArray[np.bool_] = np.diff(self._list(fields.OPTION_START)) > 0
        return able

    def _affordable(self, price: int) -> int:
        """How many steps the work that is left pays for; with the clock alone, any number."""
        left = self._budget.work_left
        return _ANY if left is None else int(left * STEPS_PER_UNIT / price)

    def _put(self, where: Arena) -> None:
        self._layout.clear()
        put_all(self._b, where)

    def _pace(self, seconds: float) -> None:
        """Longer or shorter turns, so that somebody who wants to stop is soon heard."""
        change = min(2.0, max(0.5, _TURN_SECONDS / max(seconds, 1e-4)))
        blocks = int(self._turn * change) // BLOCK
        self._turn = min(_LONGEST_TURN, max(1, blocks) * BLOCK)


def _is_wanted(best: Arena) -> bool:
    return bool(best[0] > best[2] or best[1] > best[3])
