"""The search on one problem: a first board, everything placed, then less and less waiting, as long as it may go on.

Machine code runs in short turns; between them it is asked whether to go on. Everything that is chosen follows from the
seed and the number of steps.
"""

from collections.abc import Callable, Iterable, Mapping
from time import monotonic

import numpy as np

from scheduler.grid.engine import fields
from scheduler.grid.engine.annealing import anneal
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
_FIRST_TURN = 20_000
Heard = Callable[[int, int], None]
"""Told of matches placed and idle slots."""


class Search:
    """A board that gets better. Each method goes on from where the one before stopped."""

    def __init__(
        self, model: Model, *, seed: int, goes_on: Callable[[], bool], spend: Callable[[float], None]
    ) -> None:
        self.model = model
        self._layout = Layout(model, seed)
        self._goes_on, self._spend = goes_on, spend
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
        where = np.full(len(self.model.matches), -1, np.int64)
        where[list(at)] = list(at.values())
        self._put(where)

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
        able = np.diff(self._list(fields.OPTION_START)) > 0
        left = np.flatnonzero((self._at < 0) & able)
        suffices = max(0, int(able.sum()) - most)
        waiting, barred = np.zeros(len(able) + 64, np.int64), np.zeros(len(able), np.int64)
        waiting[: len(left)] = left
        count, done, kept, best = len(left), 0, self._at.copy(), self._weight
        while count > suffices and done < steps and self._goes_on():
            turn, began = min(steps - done, 1 + self._turn // ROOM_STEP), monotonic()
            count = make_room(self._b, waiting, count, barred, done, turn)
            done += turn
            self._spend(ROOM_STEP * turn / STEPS_PER_UNIT)
            self._pace(monotonic() - began)
            if self._weight > best:
                best, kept = self._weight, self._at.copy()
                heard(int((kept >= 0).sum()), self.idle)
        if self._weight < best:
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
        movable = np.flatnonzero((self._at >= 0) & (self._list(fields.FIXED) == 0))
        best, kept = np.array([self.idle, self.outside, *enough], np.int64), self._at.copy()
        done, warmth = 0, warm
        while len(movable) and done < steps and _is_wanted(best) and self._goes_on():
            turn, began, before = min(self._turn, steps - done), monotonic(), int(best[0])
            cooler = warm * (COOL / warm) ** ((done + turn) / steps)
            anneal(self._b, movable, best, kept, turn, warmth, cooler, *cost)
            warmth, done = cooler, done + turn
            self._spend(turn / STEPS_PER_UNIT)
            self._pace(monotonic() - began)
            if best[0] < before:
                heard(int((kept >= 0).sum()), int(best[0]))
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

    @property
    def _weight(self) -> int:
        return int(self._b[fields.PLACED])

    def _list(self, field: int) -> Arena:
        return self._layout.lists[field]

    def _put(self, where: Arena) -> None:
        self._layout.clear()
        put_all(self._b, where)

    def _pace(self, seconds: float) -> None:
        """Longer or shorter turns, so that somebody who wants to stop is soon heard."""
        change = min(2.0, max(0.5, _TURN_SECONDS / max(seconds, 1e-4)))
        self._turn = int(min(1_000_000, max(1000, self._turn * change)))


def _is_wanted(best: Arena) -> bool:
    return bool(best[0] > best[2] or best[1] > best[3])
