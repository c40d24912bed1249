"""What invited people have answered, and the mails that came in."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.storage.prepared import Listed, Prepared, among
from scheduler.storage.statements import insert_into, pieces, upsert
from scheduler.storage.tables import AnswerTable, IncomingTable, MeetingTable, table_of

ANSWER = table_of(AnswerTable)
INCOMING = table_of(IncomingTable)
MEETING = table_of(MeetingTable)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The last word of one person on one session, as it was at `start_at`. `partstat` is accepted, declined or
    tentative.
    """

    meeting_id: str
    recipient_id: str
    partstat: str
    sequence: int
    stamped_at: datetime
    received_at: datetime
    comment: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None

    @property
    def age(self) -> tuple[int, datetime]:
        """By this answers are ordered: the later one holds."""
        return self.sequence, self.stamped_at


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One mail that came in: `raw` is its beginning, `size` its whole length in octets."""

    id: str
    received_at: datetime
    state: str
    reason: str = ""
    detail: str = ""
    sender: str = ""
    subject: str = ""
    raw: bytes = b""
    size: int = 0
    meeting_id: str | None = None
    attendee: str = ""
    partstat: str = ""
    sequence: int = 0
    stamped_at: datetime | None = None
    comment: str = ""
    proposed_start_at: datetime | None = None
    proposed_end_at: datetime | None = None
    settled_at: datetime | None = None
    settled_by: str = ""


def save_answer(work: Session, answer: Answer) -> None:
    """In place of an earlier one of the same person to the same session."""
    upsert(work, ANSWER, asdict(answer))


def find_answer(work: Session, meeting_id: str, recipient_id: str) -> Answer | None:
    its = (ANSWER.c.meeting_id == meeting_id, ANSWER.c.recipient_id == recipient_id)
    row = work.execute(select(ANSWER).where(*its)).one_or_none()
    return None if row is None else Answer(**row._mapping)


def answers_of(work: Session, meeting_ids: Iterable[str]) -> tuple[Answer, ...]:
    """All answers to these sessions, by session and person."""
    order = (ANSWER.c.meeting_id, ANSWER.c.recipient_id)
    return tuple(
        Answer(**row._mapping)
        for piece in pieces(meeting_ids)
        for row in work.execute(select(ANSWER).where(ANSWER.c.meeting_id.in_(piece)).order_by(*order))
    )


def answers_standing(work: Session, meeting_ids: Iterable[str]) -> tuple[Answer, ...]:
    """Those to the time that their session still has, by session and person."""
    asked = sorted(set(meeting_ids))
    rows = _STANDING_OF.rows(work, meetings=asked) if asked else ()
    return tuple(Answer(**row._asdict()) for row in rows)


def answers_of_fair(work: Session, fair_id: str) -> tuple[Answer, ...]:
    """The same for all confirmed sessions of a fair, in one query."""
    return tuple(Answer(**row._mapping) for row in work.execute(_STANDING_AT, {"fair": fair_id}))


def answers_to_come(work: Session, now: datetime, partstats: Sequence[str]) -> tuple[Answer, ...]:
    """Of those kinds, to confirmed sessions that are not over and have not moved since, in order of their time."""
    found = (
        _standing()
        .where(MEETING.c.end_at > now, MEETING.c.state == "confirmed", ANSWER.c.partstat.in_(partstats))
        .order_by(MEETING.c.start_at, ANSWER.c.meeting_id, ANSWER.c.recipient_id)
    )
    return tuple(Answer(**row._mapping) for row in work.execute(found))


def _standing() -> Select[Any]:
    same_time = and_(ANSWER.c.start_at == MEETING.c.start_at, ANSWER.c.end_at == MEETING.c.end_at)
    joined = select(*ANSWER.c).join(MEETING, MEETING.c.id == ANSWER.c.meeting_id)
    return joined.where(or_(ANSWER.c.start_at.is_(None), same_time))


# Made once: every schedule and every board asks.
_BY_PERSON = _standing().order_by(ANSWER.c.meeting_id, ANSWER.c.recipient_id)
_STANDING_OF = Prepared(_BY_PERSON.where(among(ANSWER.c.meeting_id, bindparam("meetings", type_=Listed()))))
_STANDING_AT = _BY_PERSON.where(MEETING.c.fair_id == bindparam("fair"), MEETING.c.state == "confirmed")


def keep_incoming(work: Session, mail: Incoming) -> bool:
    """Whether it is new: the same mail twice is kept once, as it was first."""
    statement = insert_into(work, INCOMING).values(asdict(mail)).on_conflict_do_nothing(index_elements=["id"])
    return work.execute(statement.returning(INCOMING.c.id)).one_or_none() is not None


def has_incoming(work: Session, mail_id: str) -> bool:
    return work.scalar(select(INCOMING.c.id).where(INCOMING.c.id == mail_id)) is not None


def get_incoming(work: Session, mail_id: str) -> Incoming:
    row = work.execute(select(INCOMING).where(INCOMING.c.id == mail_id)).one_or_none()
    if row is None:
        raise NotFound(kind="incoming", key=mail_id)
    return Incoming(**row._mapping)


def list_incoming(
    work: Session, states: Sequence[str], *, limit: int, offset: int = 0
) -> tuple[Incoming, ...]:
    """Those in one of the states, the newest first, without their bytes."""
    columns = [column for column in INCOMING.c if column.name != "raw"]
    found = select(*columns).where(INCOMING.c.state.in_(states))
    ordered = found.order_by(INCOMING.c.received_at.desc(), INCOMING.c.id).limit(limit).offset(offset)
    return tuple(Incoming(**row._mapping) for row in work.execute(ordered))


def incoming_counts(work: Session) -> dict[str, int]:
    """State -> how many."""
    found = work.execute(select(INCOMING.c.state, func.count()).group_by(INCOMING.c.state))
    return {row[0]: row[1] for row in found}


def settle_incoming(work: Session, mail_id: str, *, state: str, now: datetime, actor: str) -> bool:
    """Somebody has looked at it; False when it had been settled before."""
    open_ones = (INCOMING.c.id == mail_id, INCOMING.c.state.in_(("review", "unreadable", "stale")))
    settled = update(INCOMING).where(*open_ones).values(state=state, settled_at=now, settled_by=actor)
    return work.execute(settled.returning(INCOMING.c.id)).one_or_none() is not None
