"""Sealing the audit trail, and telling whether anybody has meddled with it."""

from dataclasses import dataclass

from scheduler.storage import audit_chain
from scheduler.storage.db import Database
from scheduler.storage.errors import AlreadyThere
from scheduler.wording import Phrase


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What an examination of the whole chain found. `head` is its newest seal, to be kept elsewhere."""

    sealed: int
    unsealed: int
    head: str
    faults: tuple[Phrase, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.faults


def seal(db: Database) -> int:
    """Seals what is new; the worker calls it. Another worker that was faster leaves nothing to do."""
    count = 0
    while True:
        try:
            with db.write() as work:
                sealed = audit_chain.seal_new(work)
        except AlreadyThere:
            return count
        count += sealed
        if not sealed:
            return count


def verify(db: Database, *, known_head: str | None = None) -> Verdict:
    """Goes through the whole chain. With a head that was kept elsewhere, also whether its end was cut off."""
    faults: list[Phrase] = []
    number, newest, heads = 0, audit_chain.BEGINNING, set()
    with db.read() as work:
        for link in audit_chain.links(work):
            faults += _faults_of(link, after=number)
            number, newest = link.number, link.hash
            if newest == known_head:
                heads.add(newest)
        unsealed = audit_chain.count_unsealed(work)
    if known_head is not None and known_head not in heads:
        faults.append(
            Phrase(
                "The seal %(head)s is not in the chain: its end was cut off or made anew.", head=known_head
            )
        )
    return Verdict(sealed=number, unsealed=unsealed, head=newest, faults=tuple(faults))


def _faults_of(link: audit_chain.Link, *, after: int) -> list[Phrase]:
    if link.number != after + 1:
        return [Phrase("Seals %(first)s to %(last)s are missing.", first=after + 1, last=link.number - 1)]
    if link.expected is None:
        return [
            Phrase(
                "Entry %(entry)s, sealed as number %(number)s, is gone.",
                entry=link.audit_id,
                number=link.number,
            )
        ]
    if link.expected != link.hash:
        return [
            Phrase(
                "Entry %(entry)s, sealed as number %(number)s, is not what was sealed.",
                entry=link.audit_id,
                number=link.number,
            )
        ]
    return []
