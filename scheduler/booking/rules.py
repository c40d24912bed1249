"""The hard rules of a booking. One rule set judges a hand booking, a solver's plan and test data alike.

Each rule is one function with the sentence a coordinator would say; its name labels the conflicts it finds.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from operator import attrgetter

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, day_of, is_open, slots_of
from scheduler.booking.match import Match, Priority
from scheduler.booking.people import (
    Buyer,
    Company,
    Interpreter,
    Kind,
    LanguagePair,
    Name,
    Resource,
    Room,
    kind_of,
    named,
    zone_of,
)
from scheduler.booking.slot import Slot
from scheduler.timezones.labels import both_sides
from scheduler.wording import Phrase, msgid
from scheduler.wording.tongues import TonguesText


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The facts that the rules look up. `fair` is None for a room booked outside any fair."""

    fair: Fair | None = None
    resources: Mapping[str, Resource] = field(default_factory=dict)
    matches: Mapping[str, Match] = field(default_factory=dict)

    @cached_property
    def interpreters(self) -> tuple[Interpreter, ...]:
        return tuple(one for one in self.resources.values() if isinstance(one, Interpreter))

    @cached_property
    def by_leg(self) -> Mapping[LanguagePair, tuple[Interpreter, ...]]:
        """Who works between the two languages of a leg."""
        found: dict[LanguagePair, list[Interpreter]] = defaultdict(list)
        for one in self.interpreters:
            for pair in dict.fromkeys(one.pairs):
                found[pair].append(one)
        return {pair: tuple(ones) for pair, ones in found.items()}

    @cached_property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(one for one in self.resources.values() if isinstance(one, Room))

    @cached_property
    def never_pairs(self) -> frozenset[tuple[str, str]]:
        """The pairs that must not meet, in whichever of their matches they are marked so."""
        return frozenset(
            (match.company_id, match.buyer_id)
            for match in self.matches.values()
            if match.priority is Priority.NEVER
        )


@dataclass(frozen=True, kw_only=True, order=True)
class Busy:
    """A stretch for which a resource is claimed elsewhere, buffers included."""

    resource_id: str
    slot: Slot


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A hard rule broken: the rule's name, the sentence, and what it concerns."""

    rule: str
    phrase: Phrase
    match_ids: tuple[str, ...] = ()
    resource_id: str | None = None
    slot: Slot | None = None


@dataclass(frozen=True)
class When:
    """A slot as a person reads it: in the fair's zone, and in the other side's where there is one."""

    slot: Slot
    home_zone: str
    away_zone: str | None = None

    def text(self, language: str) -> str:
        away = self.away_zone or self.home_zone
        return both_sides(self.slot.start_at, self.slot.end_at, self.home_zone, away, language)


def buffer_minutes(resource: Resource) -> int:
    """What follows a session and is claimed with it: an interpreter's rest, a room's change-over."""
    if isinstance(resource, Interpreter):
        return resource.rest_minutes
    if isinstance(resource, Room):
        return resource.change_over_minutes
    return 0


def claimed(resource: Resource, slot: Slot) -> Slot:
    """The stretch a session takes from a resource, buffer included."""
    return _with_buffer(slot, buffer_minutes(resource))


@lru_cache(maxsize=16384)
def _with_buffer(slot: Slot, minutes: int) -> Slot:
    return slot.with_buffer(after_minutes=minutes)


def conflicts_of(
    placements: Sequence[Placement], roster: Roster, busy: Iterable[Busy] = ()
) -> tuple[Conflict, ...]:
    """Every conflict in a whole grid, in the order of the rules."""
    single = [conflict for rule in PLACEMENT_RULES for one in placements for conflict in rule(one, roster)]
    together = [conflict for rule in GRID_RULES for conflict in rule(placements, roster, None)]
    return (*single, *together, *busy_elsewhere(placements, roster, busy))


def conflicts_with(
    placement: Placement, others: Sequence[Placement], roster: Roster, busy: Iterable[Busy] = ()
) -> tuple[Conflict, ...]:
    """What one more placement would break; conflicts among those that stand already are left aside."""
    single = [conflict for rule in PLACEMENT_RULES for conflict in rule(placement, roster)]
    # Of those who meet the others only, nothing has to be known: what is new concerns one of these.
    wanted = frozenset(placement.resource_ids)
    near = [
        one for one in others if not wanted.isdisjoint(one.resource_ids) or one.match_id == placement.match_id
    ]
    after = [conflict for rule in GRID_RULES for conflict in rule([*near, placement], roster, wanted)]
    # Mostly there is none, and then it need not be found out which of them were there before.
    before = {conflict for rule in GRID_RULES for conflict in rule(near, roster, wanted)} if after else set()
    fresh = [conflict for conflict in after if conflict not in before]
    return (*single, *fresh, *busy_elsewhere([placement], roster, busy))


def slot_of_the_fair(placement: Placement, roster: Roster) -> Iterator[Conflict]:
    """A session takes one of the fair's slots for the buyer's country; a walk-in lies in its hours."""
    buyer = roster.resources[placement.buyer_id]
    if roster.fair is None or not isinstance(buyer, Buyer):
        return
    if roster.matches[placement.match_id].is_walk_in:
        fits = is_open(roster.fair, buyer.country, placement.slot)
    else:
        fits = placement.slot in _slots_for(roster.fair, buyer.country)
    if not fits:
        yield _conflict(
            "slot_of_the_fair",
            placement,
            roster,
            Phrase("%(when)s is no slot of this fair", when=_when(placement, roster)),
        )


def right_people(placement: Placement, roster: Roster) -> Iterator[Conflict]:
    """A session brings together the company and the buyer of its match."""
    match = roster.matches[placement.match_id]
    if (placement.company_id, placement.buyer_id) != (match.company_id, match.buyer_id):
        yield _conflict(
            "right_people", placement, roster, Phrase("The session is not between the two sides of its match")
        )


def never_pair(placement: Placement, roster: Roster) -> Iterator[Conflict]:
    """A pair marked never does not meet, whichever of its matches says so."""
    if (placement.company_id, placement.buyer_id) in roster.never_pairs:
        yield _conflict(
            "never_pair",
            placement,
            roster,
            Phrase(
                "%(company)s and %(buyer)s are marked never to meet",
                company=_name(roster, placement.company_id),
                buyer=_name(roster, placement.buyer_id),
            ),
        )


def inside_hours(placement: Placement, roster: Roster) -> Iterator[Conflict]:
    """Everybody meets inside their own hours, given in their own zone; a room is used while it is open."""
    for resource_id in placement.resource_ids:
        found = outside_hours(roster.resources[resource_id], placement.slot, home_zone(roster))
        if found is not None:
            yield replace(found, match_ids=(placement.match_id,))


def outside_hours(resource: Resource, slot: Slot, home_zone: str) -> Conflict | None:
    """The conflict of one resource's hours with a slot, if any; its label names the kind of resource."""
    if resource.hours.covers(slot.start_at, slot.end_at):
        return None
    kind = kind_of(resource)
    phrase = Phrase(_HOURS[kind], name=named(resource), when=When(slot, home_zone, zone_of(resource)))
    return Conflict(rule=f"{kind}_hours", phrase=phrase, resource_id=resource.id, slot=slot)


def in_the_past(slot: Slot, home_zone: str) -> Conflict:
    """The conflict of a slot that has begun already."""
    return Conflict(
        rule="in_the_past", phrase=Phrase("%(when)s is past", when=When(slot, home_zone)), slot=slot
    )


def languages(placement: Placement, roster: Roster) -> Iterator[Conflict]:
    """For each leg of the interpretation there is one interpreter who works between its two languages."""
    legs = roster.matches[placement.match_id].legs
    if len(placement.interpreter_ids) != len(legs) or len(set(placement.interpreter_ids)) != len(legs):
        yield _conflict(
            "languages",
            placement,
            roster,
            Phrase(
                "The session needs %(needed)s interpreters and has %(given)s",
                needed=len(legs),
                given=len(set(placement.interpreter_ids)),
            ),
        )
        return
    for leg, interpreter_id in zip(legs, placement.interpreter_ids, strict=True):
        interpreter = roster.resources[interpreter_id]
        if not isinstance(interpreter, Interpreter) or leg not in interpreter.pairs:
            phrase = Phrase(
                "%(name)s does not interpret %(pair)s", name=named(interpreter), pair=_spoken(leg)
            )
            yield _conflict("languages", placement, roster, phrase, interpreter_id)


def room_or_own_office(placement: Placement, roster: Roster) -> Iterator[Conflict]:
    """A company that comes to the room has one; a company that joins from its own office takes none."""
    needs_room = roster.matches[placement.match_id].needs_room
    if needs_room and placement.room_id is None:
        phrase = Phrase("%(name)s comes to the room and has none", name=_name(roster, placement.company_id))
        yield _conflict("room_or_own_office", placement, roster, phrase, placement.company_id)
    if not needs_room and placement.room_id is not None:
        phrase = Phrase(
            "%(name)s joins from its own office and takes up a room", name=_name(roster, placement.company_id)
        )
        yield _conflict("room_or_own_office", placement, roster, phrase, placement.room_id)


def once_at_a_time(
    placements: Sequence[Placement], roster: Roster, of: Collection[str] | None = None
) -> Iterator[Conflict]:
    """Nobody and no room is in two sessions at one moment, rest and change-over included."""
    for resource_id, taken in _by_resource(placements, of).items():
        resource = roster.resources[resource_id]
        for first, second in _overlapping(taken, resource):
            yield Conflict(
                rule=_overlap_label(resource, first, second),
                phrase=_overlap_phrase(resource, first, second, roster),
                match_ids=(first.match_id, second.match_id),
                resource_id=resource_id,
                slot=second.slot,
            )


def daily_limit(
    placements: Sequence[Placement], roster: Roster, of: Collection[str] | None = None
) -> Iterator[Conflict]:
    """Nobody has more sessions on one of their days than their limit."""
    for resource_id, taken in _by_resource(placements, of).items():
        resource = roster.resources[resource_id]
        limit = limit_per_day(resource, roster.fair)
        if limit is None:
            continue
        for day, todays in _by_day(taken, zone_of(resource)).items():
            if len(todays) > limit:
                phrase = Phrase(
                    "%(name)s has %(count)s sessions on %(day)s; the limit is %(limit)s",
                    name=named(resource),
                    count=len(todays),
                    day=day.isoformat(),
                    limit=limit,
                )
                yield Conflict(
                    rule=f"{kind_of(resource)}_daily_limit",
                    phrase=phrase,
                    resource_id=resource_id,
                    match_ids=tuple(one.match_id for one in todays),
                    slot=todays[-1].slot,
                )


def match_once(
    placements: Sequence[Placement], roster: Roster, of: Collection[str] | None = None
) -> Iterator[Conflict]:
    """A match is placed once."""
    seen: dict[str, Placement] = {}
    for one in placements:
        if one.match_id in seen:
            yield _conflict(
                "match_once",
                one,
                roster,
                Phrase(
                    "%(company)s and %(buyer)s are placed twice",
                    company=_name(roster, one.company_id),
                    buyer=_name(roster, one.buyer_id),
                ),
            )
        seen[one.match_id] = one


def busy_elsewhere(
    placements: Sequence[Placement], roster: Roster, busy: Iterable[Busy]
) -> Iterator[Conflict]:
    """Nobody and no room is taken by another fair or booking at the same moment."""
    blocks: dict[str, list[Slot]] = defaultdict(list)
    for block in busy:
        blocks[block.resource_id].append(block.slot)
    for one in placements if blocks else ():
        for resource_id in one.resource_ids:
            resource = roster.resources[resource_id]
            mine = claimed(resource, one.slot)
            if any(mine.overlaps(block) for block in blocks.get(resource_id, ())):
                phrase = Phrase(
                    "%(name)s is booked elsewhere at %(when)s", name=named(resource), when=_when(one, roster)
                )
                yield _conflict("busy_elsewhere", one, roster, phrase, resource_id)


PlacementRule = Callable[[Placement, Roster], Iterator[Conflict]]
GridRule = Callable[[Sequence[Placement], Roster, Collection[str] | None], Iterator[Conflict]]
"""Its third argument names the resources that are asked about; None for everybody."""

PLACEMENT_RULES: tuple[PlacementRule, ...] = (
    right_people,
    never_pair,
    slot_of_the_fair,
    inside_hours,
    languages,
    room_or_own_office,
)
OVERLAPS = frozenset(
    {f"{kind}_once_at_a_time" for kind in Kind} | {"interpreter_rest", "room_change_over", "busy_elsewhere"}
)
"""Names of the rules that say somebody or a room is taken at that moment."""
GRID_RULES: tuple[GridRule, ...] = (match_once, once_at_a_time, daily_limit)


def limit_per_day(resource: Resource, fair: Fair | None) -> int | None:
    """A resource's own limit, else the fair's; None where there is none. Rooms have none."""
    if isinstance(resource, Room):
        return None
    if resource.daily_limit is not None or fair is None:
        return resource.daily_limit
    if isinstance(resource, Company):
        return fair.company_daily_limit
    return fair.buyer_daily_limit if isinstance(resource, Buyer) else None


_HOURS: dict[Kind, str] = {
    Kind.COMPANY: msgid("%(name)s cannot attend at %(when)s"),
    Kind.BUYER: msgid("%(when)s is outside the hours of %(name)s"),
    Kind.INTERPRETER: msgid("Interpreter %(name)s does not work at %(when)s"),
    Kind.ROOM: msgid("%(name)s is closed at %(when)s"),
}


@lru_cache(maxsize=1024)
def _slots_for(fair: Fair, country: str) -> frozenset[Slot]:
    return frozenset(slots_of(fair, country))


_IN_TIME = attrgetter("slot.start_at", "slot.end_at")


def _by_resource(placements: Iterable[Placement], of: Collection[str] | None) -> dict[str, list[Placement]]:
    taken: dict[str, list[Placement]] = defaultdict(list)
    for one in sorted(placements, key=_IN_TIME):
        for resource_id in one.resource_ids:
            if of is None or resource_id in of:
                taken[resource_id].append(one)
    return taken


def _by_day(taken: Iterable[Placement], zone: str) -> dict[date, list[Placement]]:
    days: dict[date, list[Placement]] = defaultdict(list)
    for one in taken:
        days[day_of(one.slot, zone)].append(one)
    return days


def _overlapping(taken: Sequence[Placement], resource: Resource) -> Iterator[tuple[Placement, Placement]]:
    # Neighbours in order of time are enough to find that something overlaps; a slot that lasts over several
    # others is carried along so that each of those is named too.
    last: tuple[Placement, Slot] | None = None
    for one in taken:
        mine = claimed(resource, one.slot)
        if last is not None and _meet(last[1], mine):
            yield last[0], one
        if last is None or mine.end_at > last[1].end_at:
            last = (one, mine)


def _meet(first: Slot, second: Slot) -> bool:
    one, two = first.ticks(), second.ticks()
    return one.start < two.stop and two.start < one.stop


def _overlap_label(resource: Resource, first: Placement, second: Placement) -> str:
    if first.slot.overlaps(second.slot) or not buffer_minutes(resource):
        return f"{kind_of(resource)}_once_at_a_time"
    return "interpreter_rest" if isinstance(resource, Interpreter) else "room_change_over"


def _overlap_phrase(resource: Resource, first: Placement, second: Placement, roster: Roster) -> Phrase:
    label = _overlap_label(resource, first, second)
    text = _OVERLAPS.get(label, msgid("%(name)s is in two sessions at %(when)s"))
    return Phrase(text, name=named(resource), minutes=buffer_minutes(resource), when=_when(second, roster))


_OVERLAPS = {
    "interpreter_rest": msgid(
        "Interpreter %(name)s has less than %(minutes)s minutes of rest before %(when)s"
    ),
    "room_change_over": msgid("%(name)s needs %(minutes)s minutes of change-over before %(when)s"),
}


def _spoken(leg: LanguagePair) -> TonguesText:
    return TonguesText(codes=(leg.first, leg.second))


def _name(roster: Roster, resource_id: str) -> Name | str:
    return named(roster.resources[resource_id])


def home_zone(roster: Roster) -> str:
    """The zone the roster's fair is held in."""
    return roster.fair.zone if roster.fair is not None else "Asia/Seoul"


def _when(placement: Placement, roster: Roster) -> When:
    # The other session of two that meet may be with a buyer about whom nothing else has to be known.
    buyer = roster.resources.get(placement.buyer_id)
    return When(placement.slot, home_zone(roster), zone_of(buyer) if buyer is not None else None)


def _conflict(
    rule: str, placement: Placement, roster: Roster, phrase: Phrase, resource_id: str | None = None
) -> Conflict:
    return Conflict(
        rule=rule,
        phrase=phrase,
        match_ids=(placement.match_id,),
        resource_id=resource_id,
        slot=placement.slot,
    )
