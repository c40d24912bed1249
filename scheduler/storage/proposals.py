"""What people propose: the slots of a fair in which they say they are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.slot import Slot
from scheduler.storage.tables import ProposalTable, table_of

PROPOSAL = table_of(ProposalTable)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """`state` is open, accepted, declined, or replaced by a later one of the same person at the same fair."""

    id: str
    fair_id: str
    resource_id: str
    slots: tuple[Slot, ...]
    created_at: datetime
    created_by: str
    comment: str = ""
    state: str = "open"
    settled_at: datetime | None = None
    settled_by: str = ""


def add_proposal(work: Session, proposal: Proposal) -> None:
    """The person's open one at that fair, if there is any, is replaced."""
    theirs = [
        PROPOSAL.c.fair_id == proposal.fair_id,
        PROPOSAL.c.resource_id == proposal.resource_id,
        PROPOSAL.c.state == "open",
    ]
    work.execute(update(PROPOSAL).where(*theirs).values(state="replaced", settled_at=proposal.created_at))
    work.execute(insert(PROPOSAL).values(_row_of(proposal)))


def get_proposal(work: Session, proposal_id: str) -> Proposal:
    row = work.execute(select(PROPOSAL).where(PROPOSAL.c.id == proposal_id)).one_or_none()
    if row is None:
        raise NotFound(kind="proposal", key=proposal_id)
    return _proposal_from(row)


def latest_proposal(work: Session, resource_id: str, fair_id: str) -> Proposal | None:
    """The last one of a person at a fair, whatever became of it."""
    theirs = select(PROPOSAL).where(PROPOSAL.c.resource_id == resource_id, PROPOSAL.c.fair_id == fair_id)
    newest = theirs.order_by(PROPOSAL.c.created_at.desc(), PROPOSAL.c.id.desc()).limit(1)
    row = work.execute(newest).one_or_none()
    return None if row is None else _proposal_from(row)


def list_proposals(work: Session, states: Sequence[str], *, limit: int = 100) -> tuple[Proposal, ...]:
    """Those in one of the states, the newest first."""
    order = (PROPOSAL.c.created_at.desc(), PROPOSAL.c.id)
    found = select(PROPOSAL).where(PROPOSAL.c.state.in_(states)).order_by(*order).limit(limit)
    return tuple(_proposal_from(row) for row in work.execute(found))


def count_open(work: Session) -> int:
    return work.scalar(select(func.count()).where(PROPOSAL.c.state == "open")) or 0


def settle_proposal(work: Session, proposal_id: str, *, state: str, now: datetime, actor: str) -> bool:
    """False when it was open no more."""
    still_open = (PROPOSAL.c.id == proposal_id, PROPOSAL.c.state == "open")
    settled = update(PROPOSAL).where(*still_open).values(state=state, settled_at=now, settled_by=actor)
    return work.execute(settled.returning(PROPOSAL.c.id)).one_or_none() is not None


def _row_of(proposal: Proposal) -> dict[str, Any]:
    slots = [[one.start_at.isoformat(), one.end_at.isoformat()] for one in proposal.slots]
    return {**vars(proposal), "slots": slots}


def _proposal_from(row: Row[Any]) -> Proposal:
    kept = dict(row._mapping)
    slots = tuple(
        Slot(datetime.fromisoformat(start_at), datetime.fromisoformat(end_at))
        for start_at, end_at in kept.pop("slots")
    )
    return Proposal(**kept, slots=slots)
