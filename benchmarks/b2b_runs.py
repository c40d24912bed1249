"""When a participant is busy, as clauses: so many slots in all, in runs, each run behind the first being a break.

Both are written so that little has to be guessed: how many slots are taken so far, and how far the participant has come
(before the first meeting, in the first run, in the first gap, in the second run ...), which only ever grows. Who may
have no break and is busy at ten and at twelve is then busy at eleven without any search.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.b2b_clauses import Clauses, Term
from benchmarks.b2b_instance import MOST_APART, Instance, least_of

STAGES = 2 * (MOST_APART + 1)
"""In the first run, in the first gap, ... behind the last run. Three breaks are more than anybody may have, as long as
somebody has none: and somebody has, on a board with fewer breaks than participants."""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """One participant with several meetings."""

    clauses: Clauses
    participant: int

    @property
    def instance(self) -> Instance:
        return self.clauses.instance

    def add(self) -> list[int]:
        """Add the clauses; returns literals that there is a break more than cannot be avoided, or two more."""
        options = [self.instance.options[meeting] for meeting in self.instance.meetings_of(self.participant)]
        self._count(options)
        self._walk()
        self._first_run(len(options))
        end, least = self.instance.slots, least_of(self.instance, self.participant)
        breaks = [self._stage(end, 2 * number + 1) for number in range(1, MOST_APART + 1)]
        for unavoidable in breaks[:least]:
            self.clauses.add(unavoidable)
        return [one for one in breaks[least:] if not isinstance(one, bool)]

    def _busy(self, slot: int) -> Term:
        return self.clauses.busy.get((self.participant, slot), False)

    def _taken(self, slot: int, count: int, options: Sequence[Sequence[int]]) -> Term:
        """Whether so many slots before this one are taken, of as many as there are meetings."""
        open_slots = {one for mine in options for one in mine}
        before, morning = sum(one < slot for one in open_slots), self.instance.morning
        early = sum(all(one < morning for one in mine) for mine in options)
        late = sum(all(one >= morning for one in mine) for mine in options)
        still_open = len(open_slots) - before
        if count <= max(0, len(options) - still_open, early if slot >= morning else 0):
            return True
        if count > min(before, len(options) - (late if slot <= morning else 0)):
            return False
        return self._named("taken", slot, count)

    def _count(self, options: Sequence[Sequence[int]]) -> None:
        add = self.clauses.add
        for slot in range(self.instance.slots):
            busy = self._busy(slot)
            before, after = (
                [self._taken(number, count, options) for count in range(len(options) + 1)]
                for number in (slot, slot + 1)
            )
            add(_not(busy), _not(before[-1]))
            for count in range(1, len(options) + 1):
                add(_not(before[count]), after[count])
                add(_not(after[count]), before[count - 1])
                add(_not(busy), _not(before[count - 1]), after[count])
                add(busy, _not(after[count]), before[count])
            if after[1] is not False:
                add(_not(after[1]), self._stage(slot + 1, 1))
                add(after[1], _not(self._stage(slot + 1, 1)))

    def _stage(self, slot: int, stage: int) -> Term:
        """Whether the participant has come so far after so many slots: one stage in each at most."""
        if stage <= 0:
            return True
        return stage <= slot and stage <= STAGES and self._named("stage", slot, stage)

    def _walk(self) -> None:
        add = self.clauses.add
        for slot in range(self.instance.slots):
            busy = self._busy(slot)
            add(_not(busy), self._stage(slot + 1, 1))
            for stage in range(1, STAGES + 1):
                here, before = self._stage(slot + 1, stage), self._stage(slot, stage)
                further = self._stage(slot + 1, stage + 1)
                add(_not(before), here)
                add(_not(here), self._stage(slot, stage - 1))
                add(_not(here), self._stage(slot + 1, stage - 1))
                # Odd stages are runs, even ones gaps.
                add(busy if stage % 2 else _not(busy), _not(here), further)

    def _first_run(self, meetings: int) -> None:
        """Without any break the one run is as long as there are meetings."""
        any_break, slots = self._stage(self.instance.slots, 3), self.instance.slots
        for slot in range(1, slots + 1):
            if slot + meetings < slots:
                self.clauses.add(_not(self._stage(slot, 1)), self._stage(slot + meetings, 2), any_break)
            began = slot - meetings
            self.clauses.add(_not(self._stage(slot, 2)), began > 0 and self._stage(began, 1), any_break)

    def _named(self, *name: object) -> int:
        number: int = self.clauses.pool.id((self.participant, *name))
        return number


def _not(term: Term) -> Term:
    return not term if isinstance(term, bool) else -term
