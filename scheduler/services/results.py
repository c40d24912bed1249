"""What came of a session: stated by a side or noted on its word, and verified by a coordinator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.meeting import Meeting
from scheduler.booking.results import (
    Claim,
    NothingToState,
    Result,
    Side,
    Statement,
    Verification,
    refuse_to_state,
    verified_amount,
)
from scheduler.services.actor import Actor, Role
from scheduler.services.idempotency import Ticket, answer_once
from scheduler.storage import audit, meetings, results
from scheduler.storage.db import Database, new_id

_OWN_SIDE = {Role.COMPANY: Side.COMPANY, Role.BUYER: Side.BUYER}


@dataclass(frozen=True, kw_only=True)
class OwnResult:
    """What a side sees of its own session: whether it can state anything yet, and what it has stated."""

    can_state: bool
    statements: tuple[Statement, ...]
    verifications: Mapping[str, Verification]

    @property
    def standing(self) -> Statement | None:
        return self.statements[-1] if self.statements else None


def state_result(
    db: Database,
    meeting_id: str,
    claim: Claim,
    *,
    side: Side,
    now: datetime,
    actor: Actor,
    fair_id: str | None = None,
    ticket: Ticket | None = None,
) -> Statement:
    """Adds a statement; those before stay. A side speaks for itself, a coordinator for either.

    Raises NothingToState, NotFound (also for somebody else's session).
    """

    def deed(work: Session) -> Statement:
        meeting = meetings.get_meeting(work, meeting_id)
        _refuse_others(meeting, side, actor, fair_id)
        kept = answer_once(work, ticket, lambda: _stated(work, meeting, claim, side, now, actor), now=now)
        return results.get_statement(work, str(kept["statement_id"]))

    return db.carry_out(deed)


def verify_result(
    db: Database,
    meeting_id: str,
    statement_id: str,
    *,
    amount: str,
    note: str,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Verification:
    """Adds what a coordinator found, beside what is claimed. Raises BadInput, NotFound."""
    found = verified_amount(amount, note)

    def deed(work: Session) -> Verification:
        said = results.get_statement(work, statement_id)
        if said.meeting_id != meeting_id or said.side is not Side.COMPANY or said.claim.amount is None:
            raise NotFound(kind="statement", key=statement_id)
        seen = Verification(
            id=new_id("ver"),
            statement_id=said.id,
            amount=found,
            note=note.strip(),
            checked_at=now,
            checked_by=actor.label,
            by_name=actor.name,
        )

        def add() -> Mapping[str, Any]:
            results.add_verification(work, seen)
            told = {"statement": said.id, "claimed": said.claim.amount, "verified": found}
            audit.record(work, now, actor.label, "verify_result", "meeting", said.meeting_id, {}, told)
            return {"verification_id": seen.id}

        kept = answer_once(work, ticket, add, now=now)
        return results.get_verification(work, str(kept["verification_id"]))

    return db.carry_out(deed)


def own_result(db: Database, meeting_id: str, side: Side, *, now: datetime) -> OwnResult:
    """Of a session of one's own: who looks has been asked before."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        found = _result(work, meeting_id)
    return OwnResult(
        can_state=can_be_stated(meeting, now),
        statements=tuple(one for one in found.statements if one.side is side),
        verifications={one.statement_id: one for one in found.verifications},
    )


@dataclass(frozen=True, kw_only=True)
class SessionResult:
    """Everything stated of a session, for a coordinator."""

    can_state: bool
    result: Result


def session_result(db: Database, meeting_id: str, *, now: datetime) -> SessionResult:
    """Raises NotFound."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        found = _result(work, meeting_id)
    return SessionResult(can_state=can_be_stated(meeting, now), result=found)


def _result(work: Session, meeting_id: str) -> Result:
    return results.results_of(work, (meeting_id,)).get(meeting_id, Result())


def can_be_stated(meeting: Meeting, now: datetime) -> bool:
    try:
        refuse_to_state(meeting, now)
    except NothingToState:
        return False
    return True


def _refuse_others(meeting: Meeting, side: Side, actor: Actor, fair_id: str | None) -> None:
    its = meeting.company_id if side is Side.COMPANY else meeting.buyer_id
    own = _OWN_SIDE.get(actor.role)
    is_theirs = own is side and actor.resource_id == its
    is_of_fair = fair_id in (None, meeting.fair_id)
    if not (is_theirs or actor.role in (Role.COORDINATOR, Role.SYSTEM)) or not is_of_fair:
        raise NotFound(kind="meeting", key=meeting.id)


def _stated(
    work: Session, meeting: Meeting, claim: Claim, side: Side, now: datetime, actor: Actor
) -> Mapping[str, Any]:
    refuse_to_state(meeting, now)
    said = Statement(
        id=new_id("said"),
        meeting_id=meeting.id,
        side=side,
        claim=claim,
        said_at=now,
        said_by=actor.label,
        by_name=actor.name if actor.role is not Role.BUYER else "",
    )
    earlier = _result(work, meeting.id).standing(side)
    results.add_statement(work, said)
    audit.record(
        work,
        now,
        actor.label,
        "state_result",
        "meeting",
        meeting.id,
        _shown(earlier) if earlier is not None else {},
        _shown(said),
    )
    return {"statement_id": said.id}


def _shown(said: Statement) -> dict[str, object]:
    """As the audit trail keeps it: no free words in it."""
    return {
        "statement": said.id,
        "side": str(said.side),
        "stage": str(said.claim.stage),
        "amount": said.claim.amount,
    }
