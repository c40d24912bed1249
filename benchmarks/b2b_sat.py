"""Proving how few breaks a published instance can have, by a SAT solver that is told whom to spare every break.

It begins with everybody: nobody has a break more than cannot be avoided. Where that is impossible the solver names
some of them who cannot all be spared (a core). So the bound is one higher, and of these one may have a break, later
two: they are counted from then on, and the count takes the place of the single wishes. The first board that keeps all
the wishes left has as many breaks as the bound. (The literature calls it OLL; Bofill et al. let UWrMaxSAT do it.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pysat.card import ITotalizer
from pysat.solvers import Solver

from benchmarks.b2b_clauses import Clauses, Counting
from benchmarks.b2b_instance import Board, Instance, least_alone, score
from benchmarks.b2b_runs import Runs

_TRIMS, _MINIMISING_CONFLICTS, _RAISING_CONFLICTS = 5, 1_000, 20_000
_WITHOUT_LIMITS = ("cadical195",)
"""Solvers that cannot be told to give up."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """How tables are counted, and the SAT solver, by python-sat's name."""

    counting: Counting
    solver: str

    @property
    def name(self) -> str:
        return f"{self.counting.value}, {self.solver}"


WAYS = (
    Way(counting=Counting.OWNERS, solver="glucose4"),
    Way(counting=Counting.BUSY, solver="cadical195"),
)
"""Each is quick where the other is slow."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The best board so far, its breaks, when it was found and in which way; no board has fewer than `bound`."""

    bound: int
    at: Board | None = None
    breaks: int | None = None
    found_after: float = 0.0
    by: str = ""

    @property
    def is_closed(self) -> bool:
        return self.breaks is not None and self.breaks <= self.bound

    def joined(self, other: "Proof", *, after: float) -> "Proof":
        """With what another has found by now, so many seconds after the start."""
        bound = max(self.bound, other.bound)
        if other.breaks is None or (self.breaks is not None and self.breaks <= other.breaks):
            return replace(self, bound=bound)
        return replace(other, bound=bound, found_after=after)


@dataclass(frozen=True)
class Count:
    """Literals of which one more is true with each break, in this order; the first `reached` may be true."""

    literals: Sequence[int]
    reached: int = 0

    @property
    def wish(self) -> int:
        return -self.literals[self.reached]

    def raised(self) -> "Count | None":
        more = Count(self.literals, self.reached + 1)
        return more if more.reached < len(self.literals) else None


Hear = Callable[[Proof], None]


def prove(instance: Instance, way: Way, *, hear: Hear = lambda _: None) -> Proof:
    """Raise the bound until there is a board with so few breaks; `hear` is told of each better board and bound."""
    clauses = Clauses(instance, way.counting)
    people = [one for one in range(instance.participants) if len(instance.meetings_of(one)) > 1]
    breaks = [Runs(clauses=clauses, participant=one).add() for one in people]
    with Solver(name=way.solver, bootstrap_with=clauses.found) as solver:
        return Cores(clauses, [Count(mine) for mine in breaks if mine], solver, way=way, hear=hear).run()


class Cores:
    """The wishes that are left, what takes the place of those that could not be kept, and what is known so far."""

    def __init__(
        self, clauses: Clauses, counts: Sequence[Count], solver: Solver, *, way: Way, hear: Hear
    ) -> None:
        self.clauses, self.instance, self.solver = clauses, clauses.instance, solver
        self.way, self.hear = way, hear
        self._is_patient = way.solver in _WITHOUT_LIMITS
        self.top = clauses.pool.top
        """The last variable in use: each count brings its own."""
        self.bound = least_alone(self.instance)
        self.wishes = {count.wish: count for count in counts}
        self.waiting: list[Count] = []
        self.best: Board | None = None

    @property
    def proof(self) -> Proof:
        """What is known so far."""
        # Runs allow everybody two breaks: right while somebody has none.
        bound = min(self.bound, self.instance.participants)
        breaks = None if self.best is None else score(self.instance, self.best)
        return Proof(at=self.best, breaks=breaks, bound=bound, by=self.way.name)

    def run(self) -> Proof:
        """First cores that share nobody, which gives boards on the way; then their counts are wishes as well."""
        while not self.proof.is_closed:
            if self._ask(list(self.wishes)):
                self._take(self.clauses.board(self.solver.get_model()))
                self.wishes |= {count.wish: count for count in self.waiting}
                self.waiting = []
                continue
            core = self.solver.get_core()
            if not core:
                # The rules alone leave no board.
                break
            self._relax(self._smaller(core))
            self.hear(self.proof)
        return self.proof

    def _take(self, board: Board) -> None:
        if self.best is None or score(self.instance, board) < score(self.instance, self.best):
            self.best = board
            self.hear(self.proof)

    def _smaller(self, core: Sequence[int]) -> Sequence[int]:
        """The same without wishes that have no part in it, as far as that shows quickly."""
        for _ in range(_TRIMS):
            self._ask(core)
            again = self.solver.get_core()
            if not again or len(again) >= len(core):
                break
            core = again
        for wish in list(core):
            rest = [other for other in core if other != wish]
            if wish in core and rest and self._ask(rest, _MINIMISING_CONFLICTS) is False:
                core = self.solver.get_core()
        return core

    def _relax(self, core: Sequence[int]) -> None:
        """One of these wishes at least is not kept, so it costs one; how many more is counted."""
        self.bound += 1
        raised = [self.wishes.pop(wish).raised() for wish in core]
        self.waiting += [count for count in raised if count is not None]
        if len(core) == 1:
            self.solver.add_clause([-core[0]])
            return
        broken = [-wish for wish in core]
        with ITotalizer(broken, ubound=len(core) - 1, top_id=self.top) as totals:
            self.top = max(self.top, totals.top_id)
            for clause in totals.cnf.clauses:
                self.solver.add_clause(clause)
            self._count(Count(tuple(totals.rhs), 1))

    def _count(self, count: Count | None) -> None:
        """Raise the bound as long as it is easily seen that still more of them are not kept."""
        while count is not None and self._ask([count.wish], _RAISING_CONFLICTS) is False:
            self.solver.add_clause([-count.wish])
            self.bound += 1
            count = count.raised()
        if count is not None:
            self.waiting.append(count)

    def _ask(self, wishes: Sequence[int], conflicts: int | None = None) -> bool | None:
        """Whether there is a board that keeps the wishes; None when so many conflicts did not suffice."""
        if conflicts is None:
            answer: bool | None = self.solver.solve(assumptions=list(wishes))
        elif self._is_patient:
            answer = None
        else:
            self.solver.conf_budget(conflicts)
            answer = self.solver.solve_limited(assumptions=list(wishes))
        return answer
