"""The search for a repair: with nobody's time changed, then with few sessions free to move, then with more.

What must lose its time at least is counted first, on a small model in which a session stays in its slot or goes; so an
answer from few free sessions is proved to be the best of all as soon as it reaches that count.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial

from ortools.sat.python import cp_model

from scheduler.booking.people import zone_of
from scheduler.grid.bounds import most_placed
from scheduler.grid.budget import Budget
from scheduler.grid.counted_moves import Counted, fewest_moves
from scheduler.grid.model import model_of
from scheduler.grid.repair import Goal
from scheduler.grid.repair_climb import RUNG_WORK, Choice, Climb
from scheduler.grid.repair_model import RepairModel
from scheduler.grid.standing import Standing, apart, days_in, days_of, free_slots, near_to

# In the solver's own units, as RUNG_WORK.
_PROOF_WORK = 0.1
_NAMES_WORK = 0.1
_ASKING_WORK = 0.15
_POLISH_WORK = 0.03
_COUNTING_WORK, _INTO_FREE_WORK = 2.0, 0.5
_SMALL = 4000
"""Variables up to which a model needs no help with its names."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """The best plan, still as the answer of a model. `bounds` are proved, in the order of the goals of a repair."""

    climb: Climb
    bounds: tuple[int, int, int, int]


class Search:
    """For the plan that changes least."""

    def __init__(self, standing: Standing, budget: Budget) -> None:
        self.standing, self.budget = standing, budget
        # Each session stays in its slot or goes: whoever goes must have another time, or is left out.
        lost = sum(not options for options in standing.options)
        self._counting = model_of(standing.problem)
        shortage = len(standing.matches) - most_placed(self._counting)
        self._least_left_out = max(lost, shortage)
        self._is_short = shortage > lost
        self._all = frozenset(range(len(standing.matches)))
        self._near: Set[int] = near_to(standing)
        self._staying = self._staying_climb()
        self._settled_names: Goal | None = None
        self._best: Climb | None = None
        self._times: int = 0
        self._least_times: int = 0

    def run(self) -> Found | None:
        """None when nothing is found that keeps what is fixed."""
        going = self._going()
        if going is None:
            return None
        if going.value == self._least_left_out and self._spares_the_important():
            return self._finished(self._staying)
        self._least_times = going.bound - self._least_left_out
        for rung in self._rungs():
            if self.budget.goes_on() and not self._is_proved:
                rung()
        if self._best is None and going.value > self._least_left_out:
            return self._finished(self._with_more_left_out())
        return self._finished(self._best or self._staying)

    def _going(self) -> Goal | None:
        """How many sessions cannot stay in their slot."""
        parts = apart({m: days_of(self.standing, m) for m in self._near}) if self._is_all_told else []
        if len(parts) > 1 and (going := self._going_in_parts(parts)) is not None:
            return going
        going = self._staying.least(self._staying.model.left_out(), at_least=self._least_left_out)
        if going is None and self._staying.is_impossible:
            # What stands breaks a rule on another day too.
            self._near = self._all
            self._staying = self._staying_climb()
            going = self._staying.least(self._staying.model.left_out(), at_least=self._least_left_out)
        return going

    def _going_in_parts(self, parts: Sequence[Set[int]]) -> Goal | None:
        """The same for days apart from each other, one after the other: far quicker than all at once."""
        choices, least = self._untouched(), [0, 0, 0]
        for part in parts:
            homes = tuple(home if m in part else () for m, home in enumerate(self.standing.homes))
            climb = Climb(model=RepairModel(self.standing, homes), budget=self.budget)
            others = len(self._all - part), climb.model.importance_of(self._all - part), 0
            for number, goal in enumerate(_staying_goals(climb.model)):
                reached = climb.least(goal, work=_ASKING_WORK)
                if reached is None or not reached.is_proved:
                    return None
                least[number] += reached.value - others[number]
            choices |= climb.chosen
        goals = zip(_staying_goals(self._staying.model), least, strict=True)
        if not self._staying.settle(choices, goals):
            self._staying = self._staying_climb()
            return None
        self._settled_names = Goal(value=least[2], bound=least[2])
        return Goal(value=least[0], bound=least[0])

    def _untouched(self) -> set[Choice]:
        standing = self.standing
        stays = [(match, standing.home[match]) for match in self._all - self._near]
        return {(kind, place) for kind in ("places", "interpreters", "rooms") for place in stays}

    @property
    def _is_all_told(self) -> bool:
        return self._all == self.standing.told.keys()

    @property
    def _is_proved(self) -> bool:
        return self._best is not None and self._times == self._least_times

    def _spares_the_important(self) -> bool:
        """Whether all that goes is of the kind that goes first, so that moving others would not help."""
        if not self._is_short:
            return True
        if self._settled_names is None:
            self._staying.least(self._staying.model.importance_lost())
        matches, options, at = self.standing.matches, self.standing.options, self._staying.at
        lowest = max(match.priority for match in matches)
        return all(one.priority is lowest for m, one in enumerate(matches) if m not in at and options[m])

    def _rungs(self) -> Iterator[Callable[[], None]]:
        """What is tried, one after the other, until the fewest moves are proved.

        At first only those may have another time that must move or are hit, and nobody changes on days that nothing
        touches; then everybody may move, interpreters and rooms counted; at last everybody by name.
        """
        everybody = self._all
        if self._is_short:
            yield partial(self._free, self._near, everybody)
            return
        forced = self._forced()
        gone = everybody - self._staying.at.keys()
        few = forced | gone | self.standing.hit
        yield partial(self._free, few, self._near)
        if len(forced) == len(gone):
            yield partial(self._free, forced, everybody)
        yield partial(self._count_into_free, gone | forced)
        yield partial(self._count_one_by_one, gone | forced)
        yield self._count
        for movers, others in (
            (self._near, self._near),
            (few, everybody),
            (self._near, everybody),
            (few | self.standing.meeting_the_same_as(few), everybody),
            (everybody, everybody),
        ):
            if self._best is None:
                yield partial(self._free, movers, others)

    def _count(self) -> None:
        """Everybody may move, and names are given afterwards; what counting rules out, names rule out too."""
        counted = self._counted(self.standing.options, _COUNTING_WORK)
        if counted.is_impossible:
            self._least_left_out += 1
            return
        self._least_times = max(self._least_times, counted.bound)
        self._take(counted)

    def _count_into_free(self, displaced: Set[int]) -> None:
        """Those without a place may go anywhere; who makes room for them only to where a room is free."""
        at = {match: index for match, index in self._staying.at.items() if match not in displaced}
        self._take(self._counted(self._into_free(at, displaced), _INTO_FREE_WORK))

    def _count_one_by_one(self, displaced: Set[int]) -> None:
        """The same for one after the other, where that was too much at once."""
        if self._best is not None:
            return
        at = {match: index for match, index in self._staying.at.items() if match not in displaced}
        for match in sorted(displaced & {m for m, mine in enumerate(self.standing.options) if mine}):
            options = self._into_free(at, {match})
            found = fewest_moves(
                self.standing,
                self._counting,
                self.budget,
                options=options,
                home=at,
                at_least=0,
                work=_INTO_FREE_WORK,
            )
            if found.at is None:
                return
            at = dict(found.at)
        home = self.standing.home
        moves = sum(home.get(match) != index for match, index in at.items() if match in self.standing.told)
        self._take(Counted(at=at, moves=moves))

    def _into_free(self, at: Mapping[int, int], displaced: Set[int]) -> list[list[int]]:
        """Any slot for those without a place; for those on the board their own and the free ones."""
        free = frozenset(free_slots(self.standing, at))
        return [
            list(mine)
            if match in displaced
            else [i for i in mine if match in at and (i in free or i == at[match])]
            for match, mine in enumerate(self.standing.options)
        ]

    def _counted(self, options: Sequence[Sequence[int]], work: float) -> Counted:
        return fewest_moves(
            self.standing,
            self._counting,
            self.budget,
            options=options,
            home=self.standing.home,
            at_least=self._least_times,
            work=work,
        )

    def _take(self, counted: Counted) -> None:
        """A counted board as the best plan so far, if it is better and there are names for it."""
        if counted.at is None or (self._best is not None and counted.moves >= self._times):
            return
        slots = {match: (index,) for match, index in counted.at.items()}
        options = tuple(slots.get(match, ()) for match in range(len(self._all)))
        climb = Climb(model=RepairModel(self.standing, options), budget=self.budget)
        climb.model.cp.add(climb.model.left_out() == len(self._all) - len(slots))
        if climb.least(climb.model.other_names()) is not None:
            self._best, self._times = climb, counted.moves

    def _free(self, movers: Set[int], others: Set[int]) -> None:
        """Look for something better than the best so far with these sessions free to change."""
        climb = self._climb(movers, others)
        climb.model.cp.add(climb.model.left_out() <= self._least_left_out)
        if self._best is not None:
            climb.model.cp.add(climb.model.other_times() < self._times)
        is_for_proof = self._best is not None and len(movers) == len(self._all)
        work = _PROOF_WORK if self._is_short or is_for_proof else RUNG_WORK
        if self._is_short and climb.least(climb.model.importance_lost(), work=work) is None:
            return
        is_first = self._best is None
        times = climb.least(climb.model.other_times(), at_least=self._least_times, work=work)
        if times is not None:
            self._best, self._times = climb, times.value
        if len(movers) == len(self._all):
            proved = times.bound if times is not None else self._times if climb.is_impossible else 0
            self._least_times = max(self._least_times, proved)
        elif is_first and climb.is_impossible and movers == self._forced() and len(others) == len(self._all):
            # Had those that must go been enough, nobody else would have gone.
            self._least_times = max(self._least_times, len(movers) - self._least_left_out + 1)

    def _with_more_left_out(self) -> Climb:
        """Not all that could be kept by counting can be; or it was not found in time."""
        climb = self._climb(self._near, self._all)
        for goal in (climb.model.left_out, climb.model.importance_lost, climb.model.other_times):
            if climb.least(goal()) is None and not climb.answer:
                return self._staying
        return climb

    def _finished(self, climb: Climb) -> Found:
        """The last goals: who else has another interpreter or room, and who hears of it."""
        left_out = len(self.standing.matches) - len(climb.at)
        least_times = self._least_times if left_out == self._least_left_out else 0
        last = self._last_goals(climb)
        climb.least(climb.model.distance(), work=_POLISH_WORK)
        return Found(climb=climb, bounds=(self._least_left_out, least_times, *last))

    def _last_goals(self, climb: Climb) -> tuple[int, int]:
        """What is proved of names and people told: their least where each session stays in its slot or goes."""
        if climb is self._staying:
            names = self._settled_names or climb.least(climb.model.other_names())
            told = climb.least(climb.model.told(), work=_ASKING_WORK)
            return names.bound if names else 0, told.bound if told else 0
        asked = self._staying_climb()
        asked.model.cp.add(
            asked.model.left_out() == len(self.standing.matches) - len(self._in_their_slot(climb))
        )
        least = asked.least(asked.model.other_names(), work=_ASKING_WORK)
        names_bound = least.bound if least is not None else 0
        if len(climb.model.cp.proto.variables) > _SMALL:
            self._settle_names(climb)
        names = climb.least(climb.model.other_names(), at_least=names_bound, work=_NAMES_WORK)
        told_bound = 0
        if names is not None and least is not None and names.value == least.value:
            fewest = asked.least(asked.model.told(), work=_ASKING_WORK)
            told_bound = fewest.bound if fewest is not None else 0
        climb.least(climb.model.told(), at_least=told_bound, work=2 * _ASKING_WORK)
        return names_bound, told_bound

    def _settle_names(self, climb: Climb) -> None:
        """The fewest changes of names for the slots found, day by day; the search for fewer begins with them."""
        at, choices, names = climb.at, set[Choice](), 0
        zones = {zone_of(one) for one in self.standing.problem.interpreters} | {
            self.standing.problem.fair.zone
        }
        for part in apart({m: days_in(self.standing.slots[index], zones) for m, index in at.items()}):
            slots = tuple((at[match],) if match in part else () for match in range(len(self._all)))
            named = Climb(model=RepairModel(self.standing, slots), budget=self.budget)
            named.model.cp.add(named.model.left_out() == len(self._all - part))
            reached = named.least(named.model.other_names(), work=_ASKING_WORK)
            if reached is None:
                return
            names, choices = names + reached.value, choices | named.chosen
        if climb.settle(choices, ()):
            climb.model.cp.add(climb.model.other_names() <= names)

    def _in_their_slot(self, climb: Climb) -> list[int]:
        return [match for match, index in climb.at.items() if index == self.standing.home.get(match)]

    def _staying_climb(self) -> Climb:
        """Each published session stays in its slot or goes; those on days that nothing touches stay as they are."""
        homes = self.standing.homes
        climb = Climb(model=RepairModel(self.standing, homes), budget=self.budget)
        climb.model.keep(self._all - self._near)
        return climb

    def _climb(self, movers: Set[int], others: Set[int]) -> Climb:
        options = tuple(
            self.standing.options[match] if match in movers else home
            for match, home in enumerate(self.standing.homes)
        )
        climb = Climb(model=RepairModel(self.standing, options), budget=self.budget)
        climb.model.keep(self._all - movers - others)
        return climb

    def _forced(self) -> set[int]:
        """Published sessions that cannot stay in their slot, whoever steps in."""
        return {match for match, homes in enumerate(self.standing.homes) if not homes}


def _staying_goals(model: RepairModel) -> tuple[cp_model.LinearExprT, ...]:
    return model.left_out(), model.importance_lost(), model.other_names()
