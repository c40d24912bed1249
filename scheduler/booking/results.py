"""What came of a session: what each side states, what coordinators verified of it, and the totals by stage.

A statement is never written over. A later one of the same side counts in its stead, and the earlier stays to be read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.booking.errors import BadInput, Fault, Refusal
from scheduler.booking.meeting import BOOKED, Meeting, State
from scheduler.wording import Phrase

MOST_USD = 999_999_999
LONGEST_NOTE = 500
_MONEY_SIGNS = ("US$", "USD", "$", "달러", "불")


class Stage(StrEnum):
    """How far it has come. Amounts of one stage are never added to those of another."""

    NOT_HELD = "not_held"
    CONSULTED = "consulted"
    IN_PROGRESS = "in_progress"
    CONTRACTED = "contracted"


class Side(StrEnum):
    """Whose word a statement is, whoever wrote it down."""

    COMPANY = "company"
    BUYER = "buyer"


MONEY_STAGES = (Stage.CONSULTED, Stage.IN_PROGRESS, Stage.CONTRACTED)


class NothingToState(Refusal):
    """The session has not begun, was cancelled, or has not two sides."""

    phrase = Phrase("What came of a session can be stated from its start on, unless it was cancelled.")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What somebody states. `amount` is in whole US dollars; None where none is stated."""

    stage: Stage
    amount: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A claim as it is kept. `said_by` is who wrote it down, as the audit trail names them, `by_name` their name."""

    id: str
    meeting_id: str
    side: Side
    claim: Claim
    said_at: datetime
    said_by: str
    by_name: str = ""

    @property
    def is_noted_for_them(self) -> bool:
        """A coordinator wrote it down on the side's word."""
        return self.said_by.startswith("coordinator:")


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The amount of one statement as a coordinator found it; `note` says by what."""

    id: str
    statement_id: str
    amount: int
    note: str
    checked_at: datetime
    checked_by: str
    by_name: str = ""


@dataclass(frozen=True, kw_only=True)
class Result:
    """Everything stated of one session and verified of it, in order of time."""

    statements: tuple[Statement, ...] = ()
    verifications: tuple[Verification, ...] = ()

    def standing(self, side: Side) -> Statement | None:
        """What counts of a side."""
        return next((one for one in reversed(self.statements) if one.side is side), None)

    @property
    def claimed(self) -> Statement | None:
        """What counts in the totals: the company's word."""
        return self.standing(Side.COMPANY)

    @property
    def by_buyer(self) -> Statement | None:
        return self.standing(Side.BUYER)

    @property
    def verified(self) -> Verification | None:
        """Of what is claimed now. What was verified of an earlier statement says nothing of a later one."""
        return self.verification_of(self.claimed) if self.claimed is not None else None

    @property
    def differs(self) -> bool:
        """Both sides have spoken, and not of the same stage."""
        sides = (self.claimed, self.by_buyer)
        return all(sides) and len({one.claim.stage for one in sides if one is not None}) > 1

    def verification_of(self, statement: Statement) -> Verification | None:
        """The newest of a statement."""
        its = (one for one in reversed(self.verifications) if one.statement_id == statement.id)
        return next(its, None)


@dataclass(frozen=True, kw_only=True)
class Total:
    """One stage: how many sessions claim it, and for how much; how many of them are verified, and for how much."""

    stage: Stage
    sessions: int = 0
    claimed: int = 0
    verified_sessions: int = 0
    verified: int = 0


def refuse_to_state(meeting: Meeting, now: datetime) -> None:
    """Raises NothingToState."""
    is_whole = meeting.company_id is not None and meeting.buyer_id is not None
    if not is_whole or meeting.state not in BOOKED or meeting.slot.start_at > now:
        raise NothingToState


def took_place(meeting: Meeting, now: datetime) -> bool:
    """As far as anybody knows: it is noted, or the session is over and nobody has noted otherwise."""
    is_whole = meeting.company_id is not None and meeting.buyer_id is not None
    is_over = meeting.state is State.CONFIRMED and meeting.slot.end_at <= now
    return is_whole and (meeting.state is State.COMPLETED or is_over)


def is_overdue(meeting: Meeting, result: Result, *, days: int, now: datetime) -> bool:
    """It took place, and the company has stated nothing within so many days."""
    said = result.claimed
    return took_place(meeting, now) and (said is None or said.said_at <= now - timedelta(days=days))


def claim_of(*, stage: str, amount: str, note: str, side: Side) -> Claim:
    """What a form says. Raises BadInput with every fault. A buyer states no amount; of a consultation none is 0."""
    known = next((one for one in Stage if one == stage), None)
    faults = [] if known is not None else [Fault(place="stage", wrong=Phrase("Choose how far it has come."))]
    has_amount = side is Side.COMPANY and known is not Stage.NOT_HELD
    written = "0" if known is Stage.CONSULTED and not amount.strip() else amount
    stated = _amount(written, faults) if has_amount else None
    if has_amount and stated is not None and known is not None:
        faults += _amount_faults(known, stated)
    faults += note_faults(note)
    if faults or known is None:
        raise BadInput(faults)
    return Claim(stage=known, amount=stated, note=note.strip())


def verified_amount(written: str, note: str) -> int:
    """What a coordinator found. Raises BadInput with every fault: a word on the evidence is needed."""
    faults: list[Fault] = []
    amount = _amount(written, faults)
    if amount is not None and amount > MOST_USD:
        faults.append(_too_much())
    if not note.strip():
        faults.append(
            Fault(place="note", wrong=Phrase("Say what it was checked by: a contract, an order, a call."))
        )
    faults += note_faults(note)
    if faults or amount is None:
        raise BadInput(faults)
    return amount


def totals(results: Iterable[Result]) -> tuple[Total, ...]:
    """By stage, claimed and verified apart."""
    found = [(one.claimed, one.verified) for one in results if one.claimed is not None]
    return tuple(
        _total(stage, [(said, seen) for said, seen in found if said.claim.stage is stage])
        for stage in MONEY_STAGES
    )


def _total(stage: Stage, found: Sequence[tuple[Statement, Verification | None]]) -> Total:
    seen = [one for _, one in found if one is not None]
    return Total(
        stage=stage,
        sessions=len(found),
        claimed=sum(said.claim.amount or 0 for said, _ in found),
        verified_sessions=len(seen),
        verified=sum(one.amount for one in seen),
    )


def _amount(written: str, faults: list[Fault]) -> int | None:
    """`1,806,000`, `US$ 1806000`: whole dollars as people write them."""
    plain = written.strip()
    for sign in _MONEY_SIGNS:
        plain = plain.removeprefix(sign).removesuffix(sign).strip()
    digits = plain.replace(",", "")
    if digits.isascii() and digits.isdecimal() and len(digits) <= 20:
        return int(digits)
    wrong = Phrase("Write the amount in whole US dollars, as in 25,000.")
    faults.append(Fault(place="amount", wrong=wrong))
    return None


def _amount_faults(stage: Stage, amount: int) -> list[Fault]:
    if amount > MOST_USD:
        return [_too_much()]
    if amount == 0 and stage is not Stage.CONSULTED:
        wrong = Phrase("For this stage there has to be an amount; without one it is a consultation.")
        return [Fault(place="amount", wrong=wrong)]
    return []


def _too_much() -> Fault:
    return Fault(
        place="amount", wrong=Phrase("The amount is at most %(most)s US dollars.", most=f"{MOST_USD:,}")
    )


def note_faults(note: str) -> list[Fault]:
    """What is wrong with a free text: at most that it is too long."""
    if len(note.strip()) <= LONGEST_NOTE:
        return []
    wrong = Phrase("A text has at most %(count)s characters.", count=LONGEST_NOTE)
    return [Fault(place="note", wrong=wrong)]
