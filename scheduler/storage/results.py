"""What came of sessions, what was verified of it, and which buyers have been checked. Only ever added to."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.results import Claim, Result, Side, Stage, Statement, Verification
from scheduler.storage.prepared import Listed, Prepared, among
from scheduler.storage.statements import pieces, upsert
from scheduler.storage.tables import (
    BuyerCheckTable,
    MeetingTable,
    NoShowTable,
    StatementTable,
    VerificationTable,
    table_of,
)

STATEMENT, VERIFICATION, MEETING, BUYER_CHECK, NO_SHOW = (
    table_of(StatementTable),
    table_of(VerificationTable),
    table_of(MeetingTable),
    table_of(BuyerCheckTable),
    table_of(NoShowTable),
)
# Made once: companies look at buyers all day.
_CHECKS = Prepared(
    select(BUYER_CHECK)
    .where(among(BUYER_CHECK.c.buyer_id, bindparam("buyers", type_=Listed())))
    .order_by(BUYER_CHECK.c.checked_at, BUYER_CHECK.c.id)
)


@dataclass(frozen=True, kw_only=True)
class BuyerCheck:
    """A coordinator says that a buyer was checked, or is no longer taken for verified; `note` says by what."""

    id: str
    buyer_id: str
    is_verified: bool
    note: str
    checked_at: datetime
    checked_by: str
    by_name: str = ""


def add_statement(work: Session, said: Statement) -> None:
    row = {
        "id": said.id,
        "meeting_id": said.meeting_id,
        "side": str(said.side),
        "stage": str(said.claim.stage),
        "amount": said.claim.amount,
        "note": said.claim.note,
        "said_at": said.said_at,
        "said_by": said.said_by,
        "by_name": said.by_name,
    }
    work.execute(insert(STATEMENT).values(row))


def add_verification(work: Session, seen: Verification) -> None:
    work.execute(insert(VERIFICATION).values(asdict(seen)))


def get_statement(work: Session, statement_id: str) -> Statement:
    """Raises NotFound."""
    row = work.execute(select(STATEMENT).where(STATEMENT.c.id == statement_id)).one_or_none()
    if row is None:
        raise NotFound(kind="statement", key=statement_id)
    return _statement_from(row)


def get_verification(work: Session, verification_id: str) -> Verification:
    """Raises NotFound."""
    row = work.execute(select(VERIFICATION).where(VERIFICATION.c.id == verification_id)).one_or_none()
    if row is None:
        raise NotFound(kind="verification", key=verification_id)
    return Verification(**row._mapping)


def results_of(work: Session, meeting_ids: Iterable[str]) -> dict[str, Result]:
    """Of those sessions of which anything is stated."""
    said: list[Statement] = []
    seen: list[Verification] = []
    for some in pieces(meeting_ids):
        theirs = STATEMENT.c.meeting_id.in_(some)
        said += map(_statement_from, work.execute(select(STATEMENT).where(theirs)))
        of_theirs = VERIFICATION.c.statement_id.in_(select(STATEMENT.c.id).where(theirs))
        rows = work.execute(select(VERIFICATION).where(of_theirs))
        seen += (Verification(**row._mapping) for row in rows)
    return _by_meeting(said, seen)


def results_of_fair(work: Session, fair_id: str) -> dict[str, Result]:
    """The same for a whole fair, in two queries."""
    of_fair = select(STATEMENT).join(MEETING, MEETING.c.id == STATEMENT.c.meeting_id)
    said = [_statement_from(row) for row in work.execute(of_fair.where(MEETING.c.fair_id == fair_id))]
    of_those = (
        select(VERIFICATION)
        .join(STATEMENT, STATEMENT.c.id == VERIFICATION.c.statement_id)
        .join(MEETING, MEETING.c.id == STATEMENT.c.meeting_id)
    )
    rows = work.execute(of_those.where(MEETING.c.fair_id == fair_id))
    return _by_meeting(said, [Verification(**row._mapping) for row in rows])


def add_buyer_check(work: Session, check: BuyerCheck) -> None:
    work.execute(insert(BUYER_CHECK).values(asdict(check)))


def buyer_checks(work: Session, buyer_ids: Iterable[str]) -> dict[str, tuple[BuyerCheck, ...]]:
    """All of each buyer who has any, in order of time."""
    found: dict[str, list[BuyerCheck]] = {}
    for row in _CHECKS.rows(work, buyers=sorted(set(buyer_ids))):
        found.setdefault(row.buyer_id, []).append(BuyerCheck(**row._asdict()))
    return {one: tuple(checks) for one, checks in found.items()}


def save_no_show(work: Session, meeting_id: str, side: str, now: datetime, noted_by: str) -> None:
    row = {"meeting_id": meeting_id, "side": side, "noted_at": now, "noted_by": noted_by}
    upsert(work, NO_SHOW, row)


def no_shows(work: Session, meeting_ids: Iterable[str]) -> dict[str, str]:
    """Which side did not come, of those of which it is noted."""
    found: dict[str, str] = {}
    for some in pieces(meeting_ids):
        rows = work.execute(select(NO_SHOW).where(NO_SHOW.c.meeting_id.in_(some)))
        found |= {row.meeting_id: row.side for row in rows}
    return found


def _by_meeting(said: Iterable[Statement], seen: Iterable[Verification]) -> dict[str, Result]:
    stated: dict[str, list[Statement]] = {}
    for one in sorted(said, key=lambda one: (one.said_at, one.id)):
        stated.setdefault(one.meeting_id, []).append(one)
    checked: dict[str, list[Verification]] = {}
    for each in sorted(seen, key=lambda one: (one.checked_at, one.id)):
        checked.setdefault(each.statement_id, []).append(each)
    return {
        meeting_id: Result(
            statements=tuple(found),
            verifications=tuple(each for one in found for each in checked.get(one.id, ())),
        )
        for meeting_id, found in stated.items()
    }


def _statement_from(row: Row[Any]) -> Statement:
    return Statement(
        id=row.id,
        meeting_id=row.meeting_id,
        side=Side(row.side),
        claim=Claim(stage=Stage(row.stage), amount=row.amount, note=row.note),
        said_at=row.said_at,
        said_by=row.said_by,
        by_name=row.by_name,
    )
