"""What can be said before solving: whether rooms, interpreters and everybody's hours can suffice for what is wanted.

Every number of possible sessions is an upper bound: it looks at one scarce thing alone and forgets all others, so that
no plan can have more. When it is too small, no search will help, and it is said what would be right.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from scheduler.booking.people import Buyer, Interpreter, Kind, LanguagePair, Resource, Room, kind_of, named
from scheduler.booking.rules import Conflict, buffer_minutes
from scheduler.grid.bounds import most_placed, most_sessions
from scheduler.grid.contradictions import contradictions_in
from scheduler.grid.explain import PairsText
from scheduler.grid.model import Model, model_of
from scheduler.grid.pools import MOST_LEGS, pools_of
from scheduler.grid.problem import Problem
from scheduler.timezones.hours import Hours
from scheduler.wording import Phrase

_MOST_WINDOWS = 200
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Supply:
    """Sessions that something scarce allows at most, and how many are wanted of it.

    `legs` are the language pairs when interpreters are meant; `buyers` those whom the rooms or interpreters could meet
    only in some slots; `resource` a company or a buyer. `mend` says what would be right, where it cannot suffice.
    """

    kind: Kind
    wanted: int
    possible: int
    legs: tuple[LanguagePair, ...] = ()
    buyers: tuple[Buyer, ...] = ()
    resource: Resource | None = None
    mend: Phrase | None = None

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.possible)

    @property
    def what(self) -> Phrase:
        """Whose capacity it is."""
        if self.resource is not None:
            return Phrase("%(name)s", name=named(self.resource))
        if self.buyers:
            names = tuple(one.name for one in self.buyers[:_NAMED])
            more = len(self.buyers) - len(names)
            told = Phrase("%(names)s and %(more)s more", names=names, more=more) if more else names
            if self.kind is Kind.ROOM:
                return Phrase("Rooms when %(buyers)s can meet", buyers=told)
            return Phrase(
                "Interpreters for %(pairs)s when %(buyers)s can meet", pairs=PairsText(self.legs), buyers=told
            )
        if self.kind is Kind.ROOM:
            return Phrase("Rooms")
        return Phrase("Interpreters for %(pairs)s", pairs=PairsText(self.legs))

    @property
    def phrase(self) -> Phrase:
        """The shortage in one sentence, with what would be right."""
        said = Phrase(
            "%(what)s: %(wanted)s sessions are wanted, at most %(possible)s are possible",
            what=self.what,
            wanted=self.wanted,
            possible=self.possible,
        )
        return Phrase("%(said)s. %(mend)s", said=said, mend=self.mend) if self.mend is not None else said


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The fair before solving. `most`: no plan places more. `supplies` are rooms and languages, also where there is
    plenty; `shortages` everything that cannot suffice; `contradictions` the pins that break rules.
    """

    wanted: int
    most: int
    supplies: tuple[Supply, ...] = ()
    shortages: tuple[Supply, ...] = ()
    contradictions: tuple[Conflict, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether nothing is known that forbids placing everything."""
        return self.most == self.wanted and not self.contradictions


def outlook_of(problem: Problem) -> Outlook:
    """All of it, without a search: for thousands of matches in less than a second."""
    contradictions = contradictions_in(problem)
    if contradictions:
        return Outlook(wanted=0, most=0, contradictions=contradictions)
    model = model_of(problem)
    supplies = (*_rooms(model), *_languages(model))
    groups = (*supplies, *_several_languages(model), *_windows(model))
    # Where nobody interprets, or there is no room, the hours of companies and buyers are not to blame.
    is_staffed = all(one.possible for one in supplies)
    people = tuple(_people(model, _slots_of if is_staffed else _common_slots))
    deepest = max((-(-one.missing // _legs_at_most(model, one)) for one in groups), default=0)
    return Outlook(
        wanted=len(model.matches),
        most=min(most_placed(model), len(model.matches) - deepest),
        supplies=supplies,
        shortages=tuple(one for one in (*groups, *people) if one.missing),
    )


def _rooms(model: Model) -> Iterator[Supply]:
    own = [match for match, one in enumerate(model.matches) if one.needs_room]
    if own:
        yield _supply(model, Kind.ROOM, model.problem.rooms, _used(model, own), len(own))


def _languages(model: Model) -> Iterator[Supply]:
    for leg in sorted({leg for match in model.matches for leg in match.legs}):
        yield _for_legs(model, (leg,))


def _several_languages(model: Model) -> Iterator[Supply]:
    """Languages that share interpreters may be short together, though none is short alone."""
    wanted = {leg for match in model.matches for leg in match.legs}
    for pool in pools_of(wanted, model.problem.interpreters):
        if len(pool) <= MOST_LEGS:
            sets = (some for size in range(2, len(pool) + 1) for some in combinations(pool, size))
            yield from (_for_legs(model, some) for some in sets)


def _windows(model: Model) -> Iterator[Supply]:
    """What can only take place in some slots, and what is open in just those: early buyers all want the same hours."""
    by_window: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for match, options in enumerate(model.options):
        if options:
            by_window[options].append(match)
    windows = sorted(by_window, key=lambda one: -len(by_window[one]))[:_MOST_WINDOWS]
    for window in windows if len(by_window) > 1 else ():
        inside = frozenset(window)
        own = [match for options in windows if inside.issuperset(options) for match in by_window[options]]
        if len(own) == len(model.matches):
            continue
        buyers = _buyers_of(model, own)
        rooms = [match for match in own if model.matches[match].needs_room]
        yield _supply(model, Kind.ROOM, model.problem.rooms, inside, len(rooms), buyers=buyers)
        for leg in sorted({leg for match in own for leg in model.matches[match].legs}):
            spoken = [match for match in own if leg in model.matches[match].legs]
            able = [one for one in model.problem.interpreters if leg in one.pairs]
            speaking = _buyers_of(model, spoken)
            yield _supply(model, Kind.INTERPRETER, able, inside, len(spoken), legs=(leg,), buyers=speaking)


def _people(model: Model, open_to: Callable[[Model, list[int]], set[int]]) -> Iterator[Supply]:
    """A company or a buyer with more matches than their hours and limits hold in the slots open to these."""
    own: dict[int, list[int]] = defaultdict(list)
    for match, owners in enumerate(model.owners):
        for owner in owners[:2]:
            own[owner].append(match)
    for owner, person in model.people.items():
        possible = most_sessions(person, open_to(model, own[owner]), model)
        missing = len(own[owner]) - possible
        yield Supply(
            kind=kind_of(person),
            wanted=len(own[owner]),
            possible=possible,
            resource=person,
            mend=_mend_of(model, person, own[owner], missing) if missing > 0 else None,
        )


def _mend_of(model: Model, person: Resource, own: list[int], missing: int) -> Phrase:
    """Whose hours would have to be longer: their own, or those of rooms and interpreters."""
    if most_sessions(person, _common_slots(model, own), model) >= len(own):
        return Phrase("Rooms and interpreters for longer would do: the hours of both sides suffice.")
    return Phrase.counted(
        "Longer hours or a higher limit for %(num)s session more would do, or %(num)s session fewer.",
        "Longer hours or a higher limit for %(num)s sessions more would do, or %(num)s sessions fewer.",
        missing,
    )


def _for_legs(model: Model, legs: tuple[LanguagePair, ...]) -> Supply:
    own = [match for match, one in enumerate(model.matches) if not set(legs).isdisjoint(one.legs)]
    wanted = sum(leg in legs for match in own for leg in model.matches[match].legs)
    able = [one for one in model.problem.interpreters if not set(legs).isdisjoint(one.pairs)]
    return _supply(model, Kind.INTERPRETER, able, _used(model, own), wanted, legs=legs)


def _supply(
    model: Model,
    kind: Kind,
    resources: Sequence[Room] | Sequence[Interpreter],
    used: AbstractSet[int],
    wanted: int,
    *,
    legs: tuple[LanguagePair, ...] = (),
    buyers: tuple[Buyer, ...] = (),
) -> Supply:
    open_slots = model.candidates.open_slots
    possible = sum(most_sessions(one, used & open_slots[one.id], model) for one in resources)
    missing = wanted - possible
    return Supply(
        kind=kind,
        wanted=wanted,
        possible=possible,
        legs=legs,
        buyers=buyers,
        mend=_mend(model, kind, resources, used, missing) if missing > 0 else None,
    )


def _mend(
    model: Model, kind: Kind, resources: Sequence[Resource], used: AbstractSet[int], missing: int
) -> Phrase:
    """How many more of the kind, there for the whole fair and with the longest buffer of those there are."""
    buffer = max((buffer_minutes(one) for one in resources), default=0)
    hours = Hours.always(model.problem.fair.zone)
    newcomer: Resource = (
        Room(id="", name="", hours=hours, change_over_minutes=buffer)
        if kind is Kind.ROOM
        else Interpreter(id="", name="", hours=hours, pairs=(), rest_minutes=buffer)
    )
    each = most_sessions(newcomer, used, model)
    if not each:
        return Phrase("Those who are to meet have no common hours: look at the reasons.")
    more = -(-missing // each)
    if kind is Kind.ROOM:
        return Phrase.counted(
            "%(num)s room more, open for the whole fair, would do.",
            "%(num)s rooms more, open for the whole fair, would do.",
            more,
        )
    return Phrase.counted(
        "%(num)s interpreter more, there for the whole fair, would do.",
        "%(num)s interpreters more, there for the whole fair, would do.",
        more,
    )


def _slots_of(model: Model, matches: Iterable[int]) -> set[int]:
    return set().union(*(model.options[match] for match in matches))


def _common_slots(model: Model, matches: Iterable[int]) -> set[int]:
    """The slots in which both sides can meet, whether or not there is a room or anybody to interpret."""
    offered, open_slots = model.candidates.offered, model.candidates.open_slots
    found = (model.matches[match] for match in matches)
    return set().union(
        *(open_slots[one.company_id] & open_slots[one.buyer_id] & frozenset(offered[one.id]) for one in found)
    )


def _used(model: Model, matches: Sequence[int]) -> set[int]:
    """The slots open to these; where there is none, for want of something else as well, those of both sides."""
    return _slots_of(model, matches) or _common_slots(model, matches)


def _buyers_of(model: Model, matches: Iterable[int]) -> tuple[Buyer, ...]:
    resources = model.problem.roster.resources
    found = dict.fromkeys(model.matches[match].buyer_id for match in matches)
    return tuple(one for key in found if isinstance(one := resources[key], Buyer))


def _legs_at_most(model: Model, supply: Supply) -> int:
    """How much one session can take of it: a relay takes two interpreters."""
    if not supply.legs or supply.buyers:
        return 1
    return max((sum(leg in supply.legs for leg in one.legs) for one in model.matches), default=1) or 1
