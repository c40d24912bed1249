"""What stands before a repair: each published session with its slot and names, and where else it could go."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from scheduler.booking.assign import Placement
from scheduler.booking.fair import day_at, day_of
from scheduler.booking.match import Match
from scheduler.booking.people import zone_of
from scheduler.booking.rules import limit_per_day
from scheduler.booking.slot import Slot
from scheduler.grid.candidates import candidates_of, wanted_matches
from scheduler.grid.problem import Problem

Day = tuple[str, date]
"""Whose day (somebody's, or that of a zone) and which."""
_LONGEST_BUFFER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Matches and slots go by number. `options[m]` are the slots of match m, `home[m]` the one it stands in.

    `told` are the placements people know of; a match without one is new. What is in `fixed` stays as it is.
    `interpreters[m]` and `rooms[m]` are the names people know of, as far as they still suit the match.
    """

    problem: Problem
    slots: tuple[Slot, ...]
    open_slots: Mapping[str, frozenset[int]]
    matches: tuple[Match, ...]
    options: tuple[tuple[int, ...], ...]
    told: Mapping[int, Placement]
    home: Mapping[int, int]
    fixed: frozenset[int]
    interpreters: tuple[tuple[str, ...], ...]
    rooms: tuple[tuple[str, ...], ...]

    @cached_property
    def homes(self) -> tuple[tuple[int, ...], ...]:
        """The options when no published session may have another time."""
        return tuple(
            tuple(index for index in options if match not in self.told or index == self.home.get(match))
            for match, options in enumerate(self.options)
        )

    @property
    def hit(self) -> frozenset[int]:
        """Published sessions that cannot stay as they are: somebody or the room is away, or does not suit any more."""
        return frozenset(m for m in self.told if m not in self.fixed and not self._may_stay(m))

    def meeting_the_same_as(self, matches: Iterable[int]) -> frozenset[int]:
        """All sessions of the companies and buyers of these."""
        sides = {side for m in matches for side in (self.matches[m].company_id, self.matches[m].buyer_id)}
        return frozenset(
            m for m, one in enumerate(self.matches) if one.company_id in sides or one.buyer_id in sides
        )

    def _may_stay(self, match: int) -> bool:
        home, one = self.home.get(match), self.matches[match]
        suits = bool(self.interpreters[match]) == bool(one.legs) and bool(self.rooms[match]) == one.needs_room
        names = self.told[match].resource_ids
        return (
            suits and home in self.options[match] and all(home in self.open_slots.get(n, ()) for n in names)
        )


def near_to(standing: Standing) -> frozenset[int]:
    """The sessions that share a day, or somebody's day, with one that is hit, directly or through others.

    What is not among them need not change as long as nothing comes to its days. New matches may go anywhere.
    """
    if len(standing.told) < len(standing.matches):
        return frozenset(range(len(standing.matches)))
    days = {match: frozenset(days_of(standing, match)) for match in standing.told}
    near, touched = standing.hit, frozenset[Day]()
    while wider := frozenset().union(*(days[match] for match in near)) - touched:
        touched |= wider
        near |= {match for match, own in days.items() if own & wider}
    return near


def free_slots(standing: Standing, at: Mapping[int, int]) -> Iterator[int]:
    """The slots in which a room is open and not taken by the sessions on a board."""
    taken = Counter(index for match, index in at.items() if standing.matches[match].needs_room)
    for index in range(len(standing.slots)):
        rooms = sum(index in standing.open_slots[room.id] for room in standing.problem.rooms)
        if taken[index] < rooms:
            yield index


def apart(days: Mapping[int, Iterable[Day]]) -> list[frozenset[int]]:
    """Sessions by their days, in groups that share no day: each can be looked at alone as long as all keep to them."""
    groups: list[tuple[frozenset[int], frozenset[Day]]] = []
    for match, own in sorted(days.items()):
        members, shared = frozenset({match}), frozenset(own)
        for group in [one for one in groups if one[1] & shared]:
            groups.remove(group)
            members, shared = members | group[0], shared | group[1]
        groups.append((members, shared))
    return [members for members, _ in groups]


def days_in(slot: Slot, zones: Iterable[str]) -> Iterator[Day]:
    """The days that a session in this slot has part in: of these zones, its rest and change-over included."""
    for zone in zones:
        yield zone, day_of(slot, zone)
        yield zone, day_at(slot.end_at + _LONGEST_BUFFER, zone)


def days_of(standing: Standing, match: int) -> Iterator[Day]:
    """The fair's day, and the days by which somebody's limit counts elsewhere in the world."""
    one, fair = standing.told[match], standing.problem.fair
    yield from days_in(one.slot, (fair.zone,))
    for name in one.resource_ids:
        person = standing.problem.roster.resources[name]
        if limit_per_day(person, fair) is not None:
            yield name, day_of(one.slot, zone_of(person))


def standing_of(problem: Problem, not_before: datetime) -> Standing:
    """Read a problem whose pins keep the rules. A session moves only to slots that begin at `not_before` or later."""
    candidates, matches = candidates_of(problem), wanted_matches(problem)
    pins = {pin.match_id for pin in problem.pins}
    placed = {one.match_id: one for one in (*problem.published, *problem.pins)}
    number = {slot: index for index, slot in enumerate(candidates.slots)}
    told = {m: placed[match.id] for m, match in enumerate(matches) if match.id in placed}
    home = {m: number[one.slot] for m, one in told.items() if one.slot in number}
    fixed = frozenset(m for m, match in enumerate(matches) if match.id in pins)
    ahead = frozenset(index for index, slot in enumerate(candidates.slots) if slot.start_at >= not_before)
    return Standing(
        problem=problem,
        slots=candidates.slots,
        open_slots=candidates.open_slots,
        matches=matches,
        options=tuple(
            (home[m],) if m in fixed else _among(candidates.options[match.id], ahead)
            for m, match in enumerate(matches)
        ),
        told=told,
        home=home,
        fixed=fixed,
        interpreters=tuple(_interpreters(problem, match, told.get(m)) for m, match in enumerate(matches)),
        rooms=tuple(_rooms(match, told.get(m)) for m, match in enumerate(matches)),
    )


def _interpreters(problem: Problem, match: Match, told: Placement | None) -> tuple[str, ...]:
    if told is None or len(told.interpreter_ids) != len(match.legs):
        return ()
    able = {one.id: one.pairs for one in problem.interpreters}
    pairs = zip(match.legs, told.interpreter_ids, strict=True)
    return told.interpreter_ids if all(leg in able.get(name, ()) for leg, name in pairs) else ()


def _rooms(match: Match, told: Placement | None) -> tuple[str, ...]:
    return (told.room_id,) if told is not None and told.room_id is not None and match.needs_room else ()


def _among(options: Iterable[int], ahead: frozenset[int]) -> tuple[int, ...]:
    return tuple(index for index in options if index in ahead)
