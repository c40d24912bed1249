"""A published instance as clauses for a SAT solver."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from itertools import combinations, product

from pysat.card import CardEnc, EncType
from pysat.formula import IDPool

from benchmarks.b2b_instance import Board, Instance

_FEW = 6
Term = int | bool
"""A literal, or what is known already."""


class Counting(Enum):
    """How it is counted what tables a slot takes.

    OWNERS: each meeting belongs to one of its two sides, chosen so that few sides own all, and the owners at work are
    as many as the meetings: a count of some thirty literals, most of which say when a participant is busy. Far quicker
    where participants' blocks of time are what has to fit. BUSY: all participants who could be busy, of whom there are
    two to a table. MEETINGS: those, and all meetings that could be there: better where nearly every table is taken.
    """

    OWNERS = "owners"
    BUSY = "busy"
    MEETINGS = "meetings"


class Clauses:
    """Meetings, participants, tables and order. `found` are the clauses so far."""

    def __init__(self, instance: Instance, counting: Counting) -> None:
        self.instance, self.counting = instance, counting
        self.pool = IDPool()
        self.found: list[list[int]] = []
        self.x = {
            (meeting, slot): self.pool.id(("meeting", meeting, slot))
            for meeting, options in enumerate(instance.options)
            for slot in options
        }
        self.busy: dict[tuple[int, int], int] = {}
        self._add_meetings()
        self._add_participants()
        if counting is Counting.OWNERS:
            self._count_owners()
        else:
            self._count_busy()
        if counting is Counting.MEETINGS:
            self._count_meetings()
        self._add_order()

    def add(self, *terms: Term) -> None:
        """One clause."""
        if not any(term is True for term in terms):
            self.found.append([term for term in terms if term is not False])

    def board(self, model: Iterable[int]) -> Board:
        """The board that an answer of the solver means."""
        true = {literal for literal in model if literal > 0}
        return {meeting: slot for (meeting, slot), taken in self.x.items() if taken in true}

    def _add_meetings(self) -> None:
        for meeting, options in enumerate(self.instance.options):
            places = [self.x[meeting, slot] for slot in options]
            self.add(*places)
            self._at_most_one(places)

    def _add_participants(self) -> None:
        """Nobody is in two meetings at once; a participant with one meeting is busy where that is."""
        for one in range(self.instance.participants):
            own = self.instance.meetings_of(one)
            for slot in range(self.instance.slots):
                places = [self.x[meeting, slot] for meeting in own if (meeting, slot) in self.x]
                if not places:
                    continue
                is_single = len(own) == 1
                self.busy[one, slot] = places[0] if is_single else self.pool.id(("busy", one, slot))
                if not is_single:
                    self._any(self.busy[one, slot], places)
                    self._at_most_one(places)

    def _count_meetings(self) -> None:
        for slot in range(self.instance.slots):
            taken = [place for (_, other), place in self.x.items() if other == slot]
            self.at_most(taken, self.instance.tables)

    def _count_busy(self) -> None:
        for slot in range(self.instance.slots):
            busy = [one for (_, other), one in self.busy.items() if other == slot]
            self.at_most(busy, 2 * self.instance.tables)

    def _count_owners(self) -> None:
        owned = defaultdict(list)
        for meeting, owner in owners_of(self.instance).items():
            owned[owner].append(meeting)
        for slot in range(self.instance.slots):
            at_work = [self._at_work(owner, mine, slot) for owner, mine in owned.items()]
            self.at_most([one for one in at_work if one is not None], self.instance.tables)

    def _at_work(self, owner: int, mine: Sequence[int], slot: int) -> int | None:
        """Whether the owner is in one of the meetings that belong to it."""
        places = [self.x[meeting, slot] for meeting in mine if (meeting, slot) in self.x]
        if not places:
            return None
        if len(mine) == len(self.instance.meetings_of(owner)):
            return self.busy[owner, slot]
        at_work: int = self.pool.id(("at work", owner, slot))
        self._any(at_work, places)
        return at_work

    def _add_order(self) -> None:
        for meeting, earlier in enumerate(self.instance.before):
            for one in earlier:
                for slot, other in product(self.instance.options[one], self.instance.options[meeting]):
                    if slot >= other:
                        self.add(-self.x[one, slot], -self.x[meeting, other])

    def _any(self, whether: int, causes: Sequence[int]) -> None:
        for cause in causes:
            self.add(-cause, whether)
        self.add(-whether, *causes)

    def at_most(self, literals: Sequence[int], most: int) -> None:
        """No more than so many of the literals are true."""
        if len(literals) > most:
            encoded = CardEnc.atmost(list(literals), most, vpool=self.pool, encoding=EncType.seqcounter)
            self.found += encoded.clauses

    def _at_most_one(self, literals: Sequence[int]) -> None:
        if len(literals) > _FEW:
            self.at_most(literals, 1)
            return
        for one, other in combinations(literals, 2):
            self.add(-one, -other)


def owners_of(instance: Instance) -> Mapping[int, int]:
    """For each meeting one of its two sides: again and again whoever has most of those that have no owner yet."""
    left, owners = set(range(len(instance.pairs))), dict[int, int]()
    every = [len(instance.meetings_of(one)) for one in range(instance.participants)]
    while left:
        open_to = Counter(one for meeting in left for one in instance.pairs[meeting])
        owner = max(open_to, key=lambda one: (open_to[one], every[one], -one))
        mine = {meeting for meeting in left if owner in instance.pairs[meeting]}
        owners.update(dict.fromkeys(sorted(mine), owner))
        left -= mine
    return owners
