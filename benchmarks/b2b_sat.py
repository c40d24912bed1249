"""Proving how few breaks a published instance can have, by a SAT solver that is told whom to spare every break.

It begins with everybody: nobody has a break more than cannot be avoided. Where that is impossible the solver names
some of them who cannot all be spared (a core). So the bound is one higher, and of these one may have a break, later
two: they are counted from then on, and the count takes the place of the single wishes. The first board that keeps all
the wishes left has as many breaks as the bound. (The literature calls it OLL; Bofill et al. let UWrMaxSAT do it.)
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from threading import Lock, Timer
from time import monotonic

from pysat.card import ITotalizer
from pysat.solvers import Solver

from benchmarks.b2b_clauses import Clauses, Counting
from benchmarks.b2b_instance import Board, Instance, least_alone, score
from benchmarks.b2b_runs import Runs

SOLVER = "glucose4"
_TRIMS, _MINIMISING_CONFLICTS, _RAISING_CONFLICTS = 5, 1_000, 20_000


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The best board found, if any, with seconds until then and who found it; none has fewer breaks than `bound`."""

    at: Board | None
    bound: int
    found_after: float
    by: str


Beside = Callable[[Callable[[Proof], None]], AbstractContextManager[None]]
"""Given a listener: a context in which it hears what is found elsewhere."""


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


def prove(
    instance: Instance,
    counting: Counting,
    *,
    seconds: float,
    known: Proof | None = None,
    beside: Beside | None = None,
) -> Proof:
    """Raise the bound until there is a board with so few breaks, or time is up.

    It begins with what is `known`; while it goes on, `beside` may offer what was found elsewhere.
    """
    began = monotonic()
    clauses = Clauses(instance, counting)
    people = [one for one in range(instance.participants) if len(instance.meetings_of(one)) > 1]
    breaks = [Runs(clauses=clauses, participant=one).add() for one in people]
    with Solver(name=SOLVER, bootstrap_with=clauses.found) as solver:
        cores = Cores(clauses, [Count(mine) for mine in breaks if mine], solver, began, seconds)
        if known is not None:
            cores.offer(known)
        with beside(cores.offer) if beside is not None else nullcontext():
            return cores.run()


class Cores:
    """The wishes that are left, what takes the place of those that could not be kept, and what is known so far."""

    def __init__(
        self, clauses: Clauses, counts: Sequence[Count], solver: Solver, began: float, seconds: float
    ) -> None:
        self.clauses, self.instance, self.solver = clauses, clauses.instance, solver
        self.began, self.ends_at = began, began + seconds
        self.lock = Lock()
        self.top = clauses.pool.top
        """The last variable in use: each count brings its own."""
        self.bound = self.known_bound = least_alone(self.instance)
        self.wishes = {count.wish: count for count in counts}
        self.waiting: list[Count] = []
        self.best: Board | None = None
        self.found_after, self.by = 0.0, ""

    def offer(self, found: Proof) -> None:
        """What was found elsewhere, from any thread. When it closes the gap it ends the proof."""
        if found.at is not None:
            self._take(found.at, found.by)
        self.known_bound = max(self.known_bound, found.bound)
        if self._is_proved:
            self.solver.interrupt()

    def _take(self, board: Board, by: str) -> None:
        with self.lock:
            if self.best is None or score(self.instance, board) < score(self.instance, self.best):
                self.best, self.by, self.found_after = board, by, monotonic() - self.began

    def run(self) -> Proof:
        """First cores that share nobody, which gives boards on the way; then their counts are wishes as well."""
        answer: bool | None = True
        while answer is not None and not self._is_proved:
            answer = self._ask(list(self.wishes))
            if answer is False:
                core = self.solver.get_core()
                if not core:
                    # The rules alone leave no board.
                    break
                self._relax(self._smaller(core))
            elif answer:
                self._take(self.clauses.board(self.solver.get_model()), self.clauses.counting.value)
                self.wishes |= {count.wish: count for count in self.waiting}
                self.waiting = []
        # Runs allow everybody two breaks: right while somebody has none.
        bound = min(max(self.bound, self.known_bound), self.instance.participants)
        return Proof(at=self.best, bound=bound, found_after=self.found_after, by=self.by)

    @property
    def _is_proved(self) -> bool:
        return self.best is not None and score(self.instance, self.best) <= max(self.bound, self.known_bound)

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
        """Whether there is a board that keeps the wishes; None when time, or so many conflicts, did not suffice."""
        timer = Timer(max(0.0, self.ends_at - monotonic()), self.solver.interrupt)
        timer.start()
        self.solver.conf_budget(-1 if conflicts is None else conflicts)
        answer: bool | None = self.solver.solve_limited(assumptions=list(wishes), expect_interrupt=True)
        timer.cancel()
        self.solver.clear_interrupt()
        return answer
