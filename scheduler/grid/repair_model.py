"""The repair in the solver's terms: where each session goes, and whether it keeps its interpreters and its room.

A session that keeps its names in a slot has a variable for that; all others take any interpreter at work, and any
room in use, in their slot. So nothing needs a variable for each session, slot and name.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from ortools.sat.python import cp_model

from scheduler.booking.match import Priority
from scheduler.booking.people import LanguagePair, Resource, zone_of
from scheduler.booking.rules import buffer_minutes, limit_per_day
from scheduler.grid.constraints import by_day, overlapping
from scheduler.grid.standing import Standing

Place = tuple[int, int]
"""Match and slot."""
Places = dict[Place, cp_model.IntVar]
Shift = tuple[LanguagePair | None, int, str]
"""Language pair (None for a room), slot, and who."""
Has = Callable[[cp_model.IntVar], bool]
_HALF_HOUR = timedelta(minutes=30)
_WEIGHTS = {Priority.MUST: 10_000, Priority.WANTED: 1, Priority.IF_TIME_ALLOWS: 0, Priority.NEVER: 0}


class RepairModel:
    """The rules, over the slots in `options`: those of the standing sessions, or fewer."""

    def __init__(self, standing: Standing, options: Sequence[Sequence[int]]) -> None:
        self.standing, self.problem = standing, standing.problem
        self.cp = cp_model.CpModel()
        self._options = options
        self.x: Places = {
            (match, index): self.cp.new_bool_var("") for match, mine in enumerate(options) for index in mine
        }
        self.kept_interpreters = self._kept(standing.interpreters)
        self.kept_rooms = self._kept(standing.rooms)
        self.shifts: dict[Shift, cp_model.IntVar] = {}
        self.derived: list[tuple[cp_model.IntVar, Callable[[Has], bool]]] = []
        self._here: dict[int, list[int]] = defaultdict(list)
        for match, index in self.x:
            self._here[index].append(match)
        self._add_staff()
        for one in self.problem.roster.resources.values():
            self._add_resource(one)
        self._add_sessions()

    @property
    def choices(self) -> dict[str, Mapping[Any, cp_model.IntVar]]:
        """Everything that is chosen, under names that mean the same in another model of the same sessions."""
        return {
            "places": self.x,
            "interpreters": self.kept_interpreters,
            "rooms": self.kept_rooms,
            "shifts": self.shifts,
        }

    def places(self, match: int) -> list[cp_model.IntVar]:
        return [self.x[match, index] for index in self._options[match]]

    def keep(self, matches: Iterable[int]) -> None:
        """These sessions stay as they are."""
        for match in sorted(matches):
            stays = (match, self.standing.home[match])
            for places in (self.x, *self._names(match)):
                self.cp.add_bool_and(places[stays])

    def left_out(self) -> cp_model.LinearExprT:
        """How many matches have no place."""
        return len(self.standing.matches) - sum(self.x.values())

    def importance_lost(self) -> cp_model.LinearExprT:
        """What the matches without a place weigh, one that must be more than any number of others."""
        kept = sum(self.importance_of([match]) * taken for (match, _), taken in self.x.items())
        return self.importance_of(range(len(self.standing.matches))) - kept

    def importance_of(self, matches: Iterable[int]) -> int:
        return sum(_WEIGHTS[self.standing.matches[match].priority] for match in matches)

    def other_times(self) -> cp_model.LinearExprT:
        """How many published sessions have another time."""
        home, told = self.standing.home, self.standing.told
        return sum(taken for (m, index), taken in self.x.items() if m in told and home.get(m) != index)

    def distance(self) -> cp_model.LinearExprT:
        """How far sessions move, in half-hours."""
        slots, home = self.standing.slots, self.standing.home
        return sum(
            abs(slots[index].start_at - slots[home[match]].start_at) // _HALF_HOUR * taken
            for (match, index), taken in self.x.items()
            if match in home
        )

    def other_names(self) -> cp_model.LinearExprT:
        """How often a published session has another interpreter, or another room, at whatever time."""
        could = [
            taken for m in sorted(self.standing.told) for _ in self._names(m) for taken in self.places(m)
        ]
        return sum(could) - sum(self.kept_interpreters.values()) - sum(self.kept_rooms.values())

    def told(self) -> cp_model.LinearExprT:
        """How many people have a session that changes, begins or ends."""
        causes: dict[str, list[cp_model.IntVar]] = defaultdict(list)
        for match, one in enumerate(self.standing.matches):
            told = self.standing.told.get(match)
            changes = [self._changes(match)] if told is not None else self.places(match)
            for person in (one.company_id, one.buyer_id, *(told.interpreter_ids if told is not None else ())):
                causes[person] += changes
        for (leg, _, person), taken in self.shifts.items():
            if leg is not None:
                causes[person].append(taken)
        return sum(self._any(some) for some in causes.values())

    def _any(self, causes: Sequence[cp_model.IntVar]) -> cp_model.IntVar:
        found = self.cp.new_bool_var("")
        for cause in causes:
            self.cp.add_implication(cause, found)
        self.derived.append((found, lambda has: any(has(one) for one in causes)))
        return found

    def _changes(self, match: int) -> cp_model.IntVar:
        """Whether a published session does not stay as it is."""
        stays = (match, self.standing.home.get(match, -1))
        kept = [places.get(stays) for places in (self.x, *self._names(match))]
        changes = self.cp.new_bool_var("")
        for one in kept:
            self.cp.add_bool_or(changes, one) if one is not None else self.cp.add_bool_and(changes)
        self.derived.append((changes, lambda has: not all(one is not None and has(one) for one in kept)))
        return changes

    def _names(self, match: int) -> list[Places]:
        """What a session could keep beside its time."""
        one = self.standing.matches[match]
        return [self.kept_interpreters] * bool(one.legs) + [self.kept_rooms] * one.needs_room

    def _kept(self, names_of: Sequence[tuple[str, ...]]) -> Places:
        """For each place in which the names of before could be kept, whether they are."""
        standing, kept = self.standing, Places()
        for (match, index), taken in self.x.items():
            names = names_of[match]
            is_open = all(index in standing.open_slots[one] for one in names)
            if names and (is_open or match in standing.fixed):
                kept[match, index] = self.cp.new_bool_var("")
                self.cp.add_implication(kept[match, index], taken)
        return kept

    def _add_staff(self) -> None:
        """In each slot as many are at work anew as there are sessions that keep no name of before."""
        matches = self.standing.matches
        legs = {leg for match in matches for leg in match.legs}
        for index, here in sorted(self._here.items()):
            for leg in sorted(legs):
                able = [one.id for one in self.problem.interpreters if leg in one.pairs]
                needs = {match: Counter(matches[match].legs)[leg] for match in here}
                self._staff(leg, index, able, needs, self.kept_interpreters)
            rooms = [one.id for one in self.problem.rooms]
            self._staff(None, index, rooms, {m: int(matches[m].needs_room) for m in here}, self.kept_rooms)

    def _staff(
        self,
        leg: LanguagePair | None,
        index: int,
        able: Sequence[str],
        needs: Mapping[int, int],
        kept: Places,
    ) -> None:
        at_work = []
        for one in able:
            if index in self.standing.open_slots[one]:
                self.shifts[leg, index, one] = self.cp.new_bool_var("")
                at_work.append(self.shifts[leg, index, one])
        wanted = [
            need * (self.x[match, index] - kept.get((match, index), 0))
            for match, need in needs.items()
            if need
        ]
        if wanted or at_work:
            self.cp.add(sum(at_work) == sum(wanted))

    @cached_property
    def _loads(self) -> Mapping[str, Mapping[int, list[cp_model.IntVar]]]:
        """What takes up a person or a room in a slot."""
        loads: dict[str, dict[int, list[cp_model.IntVar]]] = defaultdict(lambda: defaultdict(list))
        for name, index, taken in self._taken():
            loads[name][index].append(taken)
        return loads

    def _taken(self) -> Iterator[tuple[str, int, cp_model.IntVar]]:
        for (match, index), taken in self.x.items():
            one = self.standing.matches[match]
            yield one.company_id, index, taken
            yield one.buyer_id, index, taken
        for kept, names_of in (
            (self.kept_interpreters, self.standing.interpreters),
            (self.kept_rooms, self.standing.rooms),
        ):
            for (match, index), taken in kept.items():
                yield from ((name, index, taken) for name in names_of[match])
        for (_, index, name), taken in self.shifts.items():
            yield name, index, taken

    def _add_resource(self, one: Resource) -> None:
        """One session at a time, rest and change-over included, and no more in a day than the limit."""
        loads = self._loads.get(one.id, {})
        for group in self._groups(buffer_minutes(one)):
            together = [taken for index in sorted(group) for taken in loads.get(index, ())]
            if len(together) > 1:
                self.cp.add_at_most_one(together)
        limit = limit_per_day(one, self.problem.fair)
        if limit is None:
            return
        for todays in by_day(loads, self.standing.slots, zone_of(one)).values():
            together = [taken for index in sorted(todays) for taken in loads[index]]
            if len(together) > limit:
                self.cp.add(sum(together) <= limit)

    def _groups(self, buffer: int) -> list[frozenset[int]]:
        if buffer not in self._overlapping:
            self._overlapping[buffer] = overlapping(self.standing.slots, buffer)
        return self._overlapping[buffer]

    @cached_property
    def _overlapping(self) -> dict[int, list[frozenset[int]]]:
        return {}

    def _add_sessions(self) -> None:
        """A session is placed once; one that is fixed stays with all its names."""
        for match in range(len(self.standing.matches)):
            self.cp.add_at_most_one(self.places(match))
        self.keep(match for match in self.standing.fixed if self._options[match])
