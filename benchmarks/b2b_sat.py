"""Proving how few breaks a published instance can have: clauses, and a SAT solver asked with one break more each time.

Beside the rules there are the two implied ones that the literature found to matter: a participant is busy in as many
slots as there are meetings, and in a slot no more participants are busy than two for each table.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from threading import Timer
from time import monotonic

from pysat.card import CardEnc, EncType, ITotalizer
from pysat.formula import IDPool
from pysat.solvers import Solver

from benchmarks.b2b_instance import MOST_APART, Board, Instance, least_of

SOLVER = "glucose4"
_FEW = 6
Literals = Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A board with `bound` breaks where one was found; no board has fewer than `bound`."""

    at: Board | None
    bound: int


class Clauses:
    """The instance as clauses. `breaks` are literals, as many of them true as there are breaks at least."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.pool = IDPool()
        self.found: list[list[int]] = []
        self.x = {
            (meeting, slot): self.pool.id(("meeting", meeting, slot))
            for meeting, options in enumerate(instance.options)
            for slot in options
        }
        self.busy: dict[tuple[int, int], int] = {}
        self.breaks: list[int] = []
        self._add_meetings()
        self._add_participants()
        self._add_tables()
        self._add_order()

    def _add_meetings(self) -> None:
        for meeting, options in enumerate(self.instance.options):
            places = [self.x[meeting, slot] for slot in options]
            self.found.append(places)
            self._at_most_one(places)

    def _add_participants(self) -> None:
        for one in range(self.instance.participants):
            own = self.instance.meetings_of(one)
            for slot in range(self.instance.slots):
                self._add_busy(one, slot, [self.x[m, slot] for m in own if (m, slot) in self.x])
            mine = [self.busy[one, slot] for slot in range(self.instance.slots) if (one, slot) in self.busy]
            if own:
                self._add(
                    CardEnc.equals(mine, len(own), vpool=self.pool, encoding=EncType.seqcounter).clauses
                )
            if len(own) > 1:
                self._count_breaks(one)

    def _add_busy(self, one: int, slot: int, places: Literals) -> None:
        """A participant is busy in a slot when one of the meetings is there."""
        if not places:
            return
        busy = self.busy[one, slot] = self.pool.id(("busy", one, slot))
        self._add([-place, busy] for place in places)
        self.found.append([-busy, *places])
        self._at_most_one(places)

    def _count_breaks(self, one: int) -> None:
        """Runs of busy slots, counted to four; each behind the first is a break, a third break is unfair."""
        counted: list[int] | None = None
        for slot in range(self.instance.slots):
            if (one, slot) not in self.busy:
                continue
            begins, here = self.pool.id(("begins", one, slot)), self.busy[one, slot]
            before = self.busy.get((one, slot - 1))
            self._add([[-here, begins] if before is None else [-here, before, begins], [-begins, here]])
            if before is not None:
                self.found.append([-begins, -before])
            counted = self._counted(begins, counted, (one, slot))
        if counted is not None:
            self.found.append([counted[0]])
            self._add([-counted[number + 1], counted[number]] for number in range(MOST_APART))
            self.breaks += counted[1:]
            self._add([counted[number + 1]] for number in range(least_of(self.instance, one)))

    def _counted(self, begins: int, before: list[int] | None, key: tuple[int, int]) -> list[int]:
        """Literals that so many runs have begun: 1, 2, 3; a fourth may not."""
        now = [self.pool.id(("runs", key, number)) for number in range(MOST_APART + 1)]
        self.found.append([-begins, now[0]])
        if before is None:
            return now
        self._add([-then, then_too] for then, then_too in zip(before, now, strict=True))
        self._add([-begins, -before[number], now[number + 1]] for number in range(MOST_APART))
        self.found.append([-begins, -before[MOST_APART]])
        return now

    def _add_tables(self) -> None:
        for slot in range(self.instance.slots):
            meetings = [taken for (_, other), taken in self.x.items() if other == slot]
            busy = [taken for (_, other), taken in self.busy.items() if other == slot]
            self._at_most(meetings, self.instance.tables)
            self._at_most(busy, 2 * self.instance.tables)

    def _add_order(self) -> None:
        for meeting, earlier in enumerate(self.instance.before):
            for one in earlier:
                for slot, other in product(self.instance.options[one], self.instance.options[meeting]):
                    if slot >= other:
                        self.found.append([-self.x[one, slot], -self.x[meeting, other]])

    def _at_most(self, literals: Literals, most: int) -> None:
        if len(literals) > most:
            encoded = CardEnc.atmost(list(literals), most, vpool=self.pool, encoding=EncType.seqcounter)
            self._add(encoded.clauses)

    def _at_most_one(self, literals: Literals) -> None:
        if len(literals) > _FEW:
            self._at_most(literals, 1)
            return
        self._add([-one, -other] for number, one in enumerate(literals) for other in literals[:number])

    def _add(self, clauses: Iterable[Sequence[int]]) -> None:
        self.found += [list(clause) for clause in clauses]


def prove(instance: Instance, *, bound: int, most: int, seconds: float) -> Proof:
    """Raise the bound until there is a board with so few breaks, or time is up; `most` are known to suffice."""
    ends_at, clauses = monotonic() + seconds, Clauses(instance)
    with ITotalizer(clauses.breaks, ubound=most, top_id=clauses.pool.top) as totals:
        every = [*clauses.found, *totals.cnf.clauses]
        with Solver(name=SOLVER, bootstrap_with=every) as solver:
            while bound < most and monotonic() < ends_at:
                answer = _ask(solver, [-totals.rhs[bound]], ends_at - monotonic())
                if answer is None:
                    break
                if answer:
                    return Proof(at=_board(clauses, solver.get_model()), bound=bound)
                bound += 1
    return Proof(at=None, bound=bound)


def _ask(solver: Solver, assumed: list[int], seconds: float) -> bool | None:
    """Whether there is a board; None when time was up."""
    timer = Timer(seconds, solver.interrupt)
    timer.start()
    answer: bool | None = solver.solve_limited(assumptions=assumed, expect_interrupt=True)
    timer.cancel()
    solver.clear_interrupt()
    return answer


def _board(clauses: Clauses, model: Iterable[int]) -> Board:
    true = {literal for literal in model if literal > 0}
    slots: dict[int, int] = defaultdict(int)
    slots.update({meeting: slot for (meeting, slot), taken in clauses.x.items() if taken in true})
    return dict(slots)
