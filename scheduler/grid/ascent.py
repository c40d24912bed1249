"""The compiled search as the first part of solving: everything placed, then little waiting, and names for it all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scheduler.grid.bounds import most_placed
from scheduler.grid.budget import Budget
from scheduler.grid.cutting import cut_to_names
from scheduler.grid.engine.searching import Search
from scheduler.grid.limits import Progress
from scheduler.grid.model import Model
from scheduler.grid.naming import Names, names_for
from scheduler.grid.shifts import largest_nameable
from scheduler.grid.stages import wishes

PLACING_STEPS = 400
FIRST_STEPS, TIMES_LONGER = 100, 3
POLISH_STEPS = 60
"""For each match."""
MOST_BOARDS = 3
MORE_ROUNDS = 2
"""Where something has to be left out: whom, is a choice that the exact solver is slow with."""
_POLISH_WARM = 0.3
_HALF_HOUR_BESIDE_IDLE = 0.05
_MANY = 1 << 40
_SURELY = 0.9
_NAMING_SECONDS = 2e-4
"""About what it takes to name one session and to write it into the plan."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A board with its names, and what is proved: for as many placed, no fewer idle slots than `idle_bound`."""

    at: Mapping[int, int]
    names: Names
    idle: int
    bound: int
    idle_bound: int = 0

    @property
    def is_proved(self) -> bool:
        return len(self.at) == self.bound and self.idle == self.idle_bound


class Ascent:
    """One problem's way from nothing to a board that can be named.

    `most_rounds`: how often to anneal where everything is placed, each time longer; None as long as the budget lasts.
    """

    def __init__(
        self,
        model: Model,
        budget: Budget,
        tell: Callable[[Progress], None],
        *,
        most_rounds: int | None = None,
    ) -> None:
        self.model, self.budget, self.tell = model, budget, tell
        self.bound, self.idle_bound = most_placed(model), 0
        self._rounds_left = most_rounds
        self._stage = "placing"
        self.search = Search(model, budget)

    def found(self) -> Found:
        """The best board that the search reaches and that can be named."""
        self.budget.keep_back(_NAMING_SECONDS * len(self.model.matches))
        self._place()
        self._wait_less()
        self.budget.keep_back(0)
        names = names_for(self.model, self.search.at, self.budget)
        for _ in range(MOST_BOARDS):
            if names is not None or not self.budget.goes_on():
                break
            # Another board that is as good may have names.
            self._improve(FIRST_STEPS * TIMES_LONGER * len(self.model.matches), enough=-1)
            names = names_for(self.model, self.search.at, self.budget)
        return self._cut_back() if names is None else self._found(names)

    @property
    def keeps_published(self) -> bool:
        """Whether everything published, as far as it is wanted, stands where it was."""
        return len(self._standing()) == sum(match.id in self._told() for match in self.model.matches)

    def _place(self) -> None:
        self.search.add(self._told_slots())
        self.search.fill()
        self._report(len(self.search.at), self.search.idle)
        steps = PLACING_STEPS * len(self.model.matches)
        self.search.place(most=self.bound, steps=steps, heard=self._report)
        self._report(len(self.search.at), self.search.idle)
        if len(self.search.at) == len(self.model.matches):
            self.idle_bound = self.search.least_waiting()

    def _wait_less(self) -> None:
        """Anneal again and again, each time longer, then look after the hours."""
        self._stage, wanted = "waiting", wishes(self.model.problem.weights)
        if wanted[:1] != ("waiting",):
            return
        if self._rounds_left is not None and len(self.search.at) < len(self.model.matches):
            self._rounds_left += MORE_ROUNDS
        steps = FIRST_STEPS * len(self.model.matches)
        while self.search.idle > self.idle_bound and self.budget.goes_on() and self._rounds_left != 0:
            began = self.budget.seconds
            done = self._improve(steps, enough=self.idle_bound)
            if done == 0:
                break
            steps = self._next_steps(done, self.budget.seconds - began)
            self._rounds_left = None if self._rounds_left is None else self._rounds_left - 1
        if "hours" in wanted:
            self._polish()

    def _next_steps(self, done: int, seconds: float) -> int:
        """Longer than the last time, but no longer than the clock allows: half cooled is too warm."""
        longer = TIMES_LONGER * done
        if self.budget.work_left is not None:
            return longer
        fitting = int(_SURELY * done * self.budget.seconds_left / max(seconds, 1e-3))
        # What would be left for another time after this one would be too short to be of use.
        return longer if fitting > 2 * longer else max(1, fitting)

    def _improve(self, steps: int, *, enough: int) -> int:
        return self.search.improve(
            steps=steps, enough=(enough, _MANY), heard=self._report, still=self._standing()
        )

    def _polish(self) -> None:
        """More comfortable hours, at no cost in waiting."""
        self.search.improve(
            steps=POLISH_STEPS * len(self.model.matches),
            enough=(self.search.idle, least_outside(self.model)),
            heard=self._report,
            cost=(1.0, _HALF_HOUR_BESIDE_IDLE),
            warm=_POLISH_WARM,
            still=self._standing(),
        )

    def _cut_back(self) -> Found:
        """As much of the board as can be named; once time is up, as much as is soon found."""
        at: Mapping[int, int] = self.search.at
        names = None
        if self.budget.goes_on():
            at = largest_nameable(self.model, at, self.budget)
            names = names_for(self.model, at, self.budget)
        if names is None:
            at, names = cut_to_names(self.model, self.search.at)
        self.search.begin_with(at)
        self.idle_bound = 0
        return self._found(names)

    def _found(self, names: Names) -> Found:
        return Found(
            at=self.search.at,
            names=names,
            idle=self.search.idle,
            bound=self.bound,
            idle_bound=self.idle_bound,
        )

    def _told(self) -> dict[str, int]:
        number = {slot: index for index, slot in enumerate(self.model.slots)}
        return {one.match_id: number.get(one.slot, -1) for one in self.model.problem.published}

    def _told_slots(self) -> dict[int, int]:
        """The published slots of matches, where they are open to them."""
        told = self._told()
        return {
            match: told[one.id]
            for match, one in enumerate(self.model.matches)
            if one.id in told and told[one.id] in self.model.options[match]
        }

    def _standing(self) -> list[int]:
        """Those published who are where they were."""
        at = self.search.at if self.model.problem.published else {}
        return [match for match, slot in self._told_slots().items() if at.get(match) == slot]

    def _report(self, placed: int, idle: int) -> None:
        self.tell(
            Progress(
                stage=self._stage,
                seconds=self.budget.seconds,
                wanted=len(self.model.matches),
                placed=placed,
                bound=self.bound,
                idle=idle,
                idle_bound=self.idle_bound,
            )
        )


def least_outside(model: Model) -> int:
    """No board that holds every match has fewer half-hours outside comfortable hours: each match in its best slot."""
    outside = model.discomfort
    return sum(
        min(outside.get((company, index), 0) + outside.get((buyer, index), 0) for index in options)
        for (company, buyer, _), options in zip(model.owners, model.options, strict=True)
        if options
    )
