"""What other placements cost beside those that stand: waiting, early or late hours, other names, people concerned."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduler.booking.assign import Placement
from scheduler.booking.people import Name, Resource, named, zone_of
from scheduler.booking.slot import Slot
from scheduler.grid.model import half_hours_outside
from scheduler.grid.problem import Problem, Weights
from scheduler.grid.waiting import idle_within, own_slots
from scheduler.wording import Phrase

Share = tuple[tuple[str, int], ...]
"""Somebody's id and how much more or (negative) less it is for them; only those for whom it changes."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The price of a change.

    `waits`: idle slots; `outside`: half-hours outside the comfortable hours of their own day. `other_interpreters`
    and `other_rooms` count sessions that had others before. `concerned`: people with a session that changes, begins
    or ends. `total` weighs all of it by the fair's wishes; less is better, and 0 is as it stands.
    """

    waits: Share = ()
    outside: Share = ()
    other_interpreters: int = 0
    other_rooms: int = 0
    concerned: tuple[str, ...] = ()
    total: int = 0

    @property
    def idle(self) -> int:
        return sum(more for _, more in self.waits)

    @property
    def half_hours_outside(self) -> int:
        return sum(more for _, more in self.outside)


class Reckoner:
    """Compares placements with those that stand. Only the people of the problem's matches are looked at."""

    def __init__(self, problem: Problem, standing: Iterable[Placement]) -> None:
        self._problem = problem
        self._own = own_slots(problem)
        self._taken: dict[str, list[Slot]] = defaultdict(list)
        for one in standing:
            for person in _sides(one):
                self._taken[person].append(one.slot)
        self._idle_now: dict[str, int] = {}

    def cost(self, before: Sequence[Placement], after: Sequence[Placement]) -> Cost:
        """What it costs to have `after` in the stead of `before`, which are among those that stand."""
        lost, gained = _slots_by_person(before), _slots_by_person(after)
        people = tuple(dict.fromkeys((*lost, *gained)))
        waits = _share((one, self._more_idle(one, lost.get(one, []), gained.get(one, []))) for one in people)
        outside = _share(
            (one, self._outside(one, gained.get(one, [])) - self._outside(one, lost.get(one, [])))
            for one in people
        )
        was = {one.match_id: one for one in before}
        pairs = [(was[one.match_id], one) for one in after if one.match_id in was]
        cost = Cost(
            waits=waits,
            outside=outside,
            other_interpreters=sum(old.interpreter_ids != new.interpreter_ids for old, new in pairs),
            other_rooms=sum(old.room_id != new.room_id for old, new in pairs),
            concerned=_concerned(before, after),
        )
        return _weighed(cost, self._problem.weights)

    def _more_idle(self, person: str, lost: Sequence[Slot], gained: Sequence[Slot]) -> int:
        if person not in self._idle_now:
            self._idle_now[person] = self._idle(person, self._taken[person])
        left = list(self._taken[person])
        for slot in lost:
            left.remove(slot)
        return self._idle(person, [*left, *gained]) - self._idle_now[person]

    def _idle(self, person: str, taken: Sequence[Slot]) -> int:
        return len(idle_within(self._own.get(person, ()), taken, self._zone(person)))

    def _outside(self, person: str, slots: Iterable[Slot]) -> int:
        return sum(half_hours_outside(slot, self._zone(person)) for slot in slots)

    def _zone(self, person: str) -> str:
        return zone_of(self._problem.roster.resources[person])


def words_of(cost: Cost, resources: Mapping[str, Resource]) -> tuple[Phrase, ...]:
    """The price in sentences; nothing for what costs nothing. Who is told is not said here."""
    said = [_waiting(named(resources[one]), more) for one, more in cost.waits]
    said += [_hours(named(resources[one]), more) for one, more in cost.outside]
    if cost.other_interpreters:
        said.append(
            Phrase.counted(
                "another interpreter", "other interpreters in %(num)s sessions", cost.other_interpreters
            )
        )
    if cost.other_rooms:
        said.append(Phrase.counted("another room", "other rooms for %(num)s sessions", cost.other_rooms))
    return tuple(said)


def _waiting(name: Name | str, more: int) -> Phrase:
    if more > 0:
        return Phrase.counted(
            "%(name)s waits %(num)s slot more", "%(name)s waits %(num)s slots more", more, name=name
        )
    return Phrase.counted(
        "%(name)s waits %(num)s slot less", "%(name)s waits %(num)s slots less", -more, name=name
    )


def _hours(name: Name | str, more: int) -> Phrase:
    if more > 0:
        return Phrase.counted(
            "%(name)s: %(num)s half-hour more before 09:00 or after 18:00",
            "%(name)s: %(num)s half-hours more before 09:00 or after 18:00",
            more,
            name=name,
        )
    return Phrase.counted(
        "%(name)s: %(num)s half-hour less before 09:00 or after 18:00",
        "%(name)s: %(num)s half-hours less before 09:00 or after 18:00",
        -more,
        name=name,
    )


def _weighed(cost: Cost, weights: Weights) -> Cost:
    total = (
        weights.waiting * cost.idle
        + weights.early_or_late_hours * cost.half_hours_outside
        + weights.same_interpreter * cost.other_interpreters
        + weights.room_changes * cost.other_rooms
    )
    return replace(cost, total=total)


def _sides(one: Placement) -> tuple[str, str]:
    return one.company_id, one.buyer_id


def _slots_by_person(placements: Iterable[Placement]) -> dict[str, list[Slot]]:
    found: dict[str, list[Slot]] = defaultdict(list)
    for one in placements:
        for person in _sides(one):
            found[person].append(one.slot)
    return found


def _share(found: Iterable[tuple[str, int]]) -> Share:
    return tuple((person, more) for person, more in found if more)


def _concerned(before: Sequence[Placement], after: Sequence[Placement]) -> tuple[str, ...]:
    same = set(before) & set(after)
    changed = (one for one in (*before, *after) if one not in same)
    people = ((one.company_id, one.buyer_id, *one.interpreter_ids) for one in changed)
    return tuple(dict.fromkeys(person for group in people for person in group))
