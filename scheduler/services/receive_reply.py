"""Answers that come back by mail: matched, put in order, kept; what is doubtful waits for a person.

An answer is matched by UID and ATTENDEE and ordered by SEQUENCE, then DTSTAMP. It counts as long as the time it
answered is still the session's time. A proposal of another time is shown with the feasible moments and never
applied by itself. Every mail is kept, whatever is in it.
"""

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.slot import Slot
from scheduler.invites.reply import Reply, UnreadableReply, read_reply
from scheduler.mail.incoming import IncomingMail, UnreadableMail, read_incoming
from scheduler.services.actor import SYSTEM, Actor
from scheduler.services.alerts import note_answer
from scheduler.services.notices import Kind, recipients_of
from scheduler.services.session_facts import contact_of, slot_in
from scheduler.storage import answers, audit, meetings, outbox, people
from scheduler.storage.answers import Answer, Incoming
from scheduler.storage.db import Database
from scheduler.storage.errors import StorageUnavailable
from scheduler.wording import Phrase

log = logging.getLogger(__name__)

KEPT_OCTETS = 64 * 1024
"""How much of a mail is kept: an answer is far smaller."""
_LONGEST_DETAIL = 300
_OLDEST = timedelta(days=3660)
_FURTHEST = timedelta(days=1100)
"""What proposes the year 1 or 9999 has no time that a clock elsewhere could show."""


class Arrived(StrEnum):
    """What became of a mail."""

    APPLIED = "applied"
    STALE = "stale"
    REVIEW = "review"
    UNREADABLE = "unreadable"
    SETTLED = "settled"


class Reason(StrEnum):
    """Why an answer was not simply taken over."""

    NONE = ""
    REPEATED = "repeated"
    OLDER = "older"
    TIME_CHANGED = "time_changed"
    CANCELLED = "cancelled"
    NO_CALENDAR = "no_calendar"
    AUTOMATIC = "automatic"
    SEVERAL = "several"
    FORGED = "forged"
    UNKNOWN_SESSION = "unknown_session"
    NOT_INVITED = "not_invited"
    OTHER_SENDER = "other_sender"
    NEVER_SENT = "never_sent"
    PROPOSAL = "proposal"
    UNDECIDED = "undecided"
    PASSED_ON = "passed_on"
    UNREADABLE = "unreadable"


REASONS: dict[Reason, Phrase] = {
    Reason.NONE: Phrase("The answer was taken over."),
    Reason.REPEATED: Phrase("The same answer had come before."),
    Reason.OLDER: Phrase("A later answer of this person had come before."),
    Reason.TIME_CHANGED: Phrase("It answers an earlier time of the session."),
    Reason.CANCELLED: Phrase("The session has been cancelled."),
    Reason.NO_CALENDAR: Phrase("It has no calendar answer in it: somebody wrote a letter."),
    Reason.AUTOMATIC: Phrase("It was written by an answering machine or a mail server."),
    Reason.SEVERAL: Phrase("It has several different answers in it."),
    Reason.FORGED: Phrase("The sender's mail domain says that it did not send this."),
    Reason.UNKNOWN_SESSION: Phrase("No session of ours is meant."),
    Reason.NOT_INVITED: Phrase("This person is not invited to the session."),
    Reason.OTHER_SENDER: Phrase("Somebody else sent it than the person it speaks for."),
    Reason.NEVER_SENT: Phrase("It answers an invitation that was never sent."),
    Reason.PROPOSAL: Phrase("Another time is proposed."),
    Reason.UNDECIDED: Phrase("It says neither yes nor no."),
    Reason.PASSED_ON: Phrase("They pass the invitation on to somebody else."),
    Reason.UNREADABLE: Phrase("It could not be read."),
}


@dataclass(frozen=True, kw_only=True)
class Received:
    """What became of one mail. `is_new` is False for the same mail once more."""

    id: str
    state: Arrived
    reason: Reason
    is_new: bool = True


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    state: Arrived
    reason: Reason
    meeting: Meeting | None = None
    recipient_id: str | None = None


def receive(db: Database, raw: bytes, *, now: datetime, size: int | None = None) -> Received:
    """Takes in one mail. `size` is its whole length where `raw` is its beginning only. Raises StorageUnavailable
    alone: then the mail must be handed over again.
    """
    kept = Incoming(
        id=f"in_{hashlib.sha256(raw).hexdigest()[:32]}",
        received_at=now,
        state=Arrived.UNREADABLE,
        raw=raw[:KEPT_OCTETS],
        size=len(raw) if size is None else size,
    )
    try:
        return _read_and_taken(db, kept, raw, now)
    except StorageUnavailable:
        raise
    except Exception as fault:
        # The next look begins with the same mail: one that fails whatever is done must not keep out all others.
        log.error("A mail could not be taken in: %s", kept.id, exc_info=fault)
        return _keep(db, _as_unreadable(kept, f"{type(fault).__name__}: {fault}"))


def _read_and_taken(db: Database, kept: Incoming, raw: bytes, now: datetime) -> Received:
    try:
        mail = _whole(raw, kept.size)
    except UnreadableMail as unreadable:
        return _keep(db, _as_unreadable(kept, unreadable.reason))
    kept = replace(kept, sender=mail.sender, subject=mail.subject)
    try:
        replies = tuple(dict.fromkeys(read_reply(one, sender=mail.sender) for one in mail.calendars))
    except UnreadableReply as unreadable:
        return _keep(db, _as_unreadable(kept, unreadable.reason))
    if len(replies) != 1:
        return _keep(db, _without_one_answer(db, kept, mail, count=len(replies)))
    return _take(db, kept, mail, replies[0], now)


def settle(db: Database, mail_id: str, *, now: datetime, actor: Actor) -> None:
    """A person has seen to it. Raises NotFound."""
    with db.write() as work:
        _settle(work, mail_id, Arrived.SETTLED, now, actor)


def accept_for(db: Database, mail_id: str, recipient_id: str, *, now: datetime, actor: Actor) -> None:
    """A person says for whom a doubtful answer speaks: it then counts as that person's. Raises NotFound."""
    with db.write() as work:
        mail = answers.get_incoming(work, mail_id)
        meeting = meetings.get_meeting(work, mail.meeting_id or "")
        if recipient_id not in recipients_of(meeting) or not mail.partstat:
            raise NotFound(kind="recipient", key=recipient_id)
        _settle(work, mail_id, Arrived.APPLIED, now, actor)
        _save(work, meeting, recipient_id, mail, now, actor)


def _take(db: Database, kept: Incoming, mail: IncomingMail, reply: Reply, now: datetime) -> Received:
    stamped_at = max(min(reply.stamped_at or now, now), now - _OLDEST)
    proposal = reply.proposal if reply.proposal is not None and _is_of_our_days(reply.proposal, now) else None
    kept = replace(
        kept,
        attendee=reply.attendee,
        partstat=reply.partstat,
        sequence=reply.sequence,
        stamped_at=stamped_at,
        comment=reply.comment,
        detail=reply.passed_to[:_LONGEST_DETAIL],
        proposed_start_at=proposal.start_at if proposal is not None else None,
        proposed_end_at=proposal.end_at if proposal is not None else None,
    )
    with db.write() as work:
        if answers.has_incoming(work, kept.id):
            return _again(work, kept.id)
        verdict = _judge(work, mail, reply, stamped_at)
        about = verdict.meeting.id if verdict.meeting is not None else None
        kept = replace(kept, state=verdict.state, reason=verdict.reason, meeting_id=about)
        answers.keep_incoming(work, kept)
        if verdict.recipient_id is not None and verdict.meeting is not None:
            _save(work, verdict.meeting, verdict.recipient_id, kept, now, SYSTEM)
    return Received(id=kept.id, state=verdict.state, reason=verdict.reason)


def _is_of_our_days(proposal: Slot, now: datetime) -> bool:
    return now - _FURTHEST < proposal.start_at and proposal.end_at < now + _FURTHEST


def _judge(work: Session, mail: IncomingMail, reply: Reply, stamped_at: datetime) -> _Verdict:
    meeting = meetings.find_meeting_by_uid(work, reply.uid)
    if meeting is None:
        return _Verdict(state=Arrived.REVIEW, reason=Reason.UNKNOWN_SESSION)
    doubt = Reason.FORGED if mail.is_forged else None
    recipient_id = _recipient(work, meeting, reply.attendee)
    if recipient_id is None:
        doubt = doubt or Reason.NOT_INVITED
    elif mail.sender != reply.attendee:
        doubt = doubt or Reason.OTHER_SENDER
    if doubt is not None or recipient_id is None:
        return _Verdict(state=Arrived.REVIEW, reason=doubt or Reason.NOT_INVITED, meeting=meeting)
    return _in_order(work, meeting, recipient_id, reply, stamped_at)


def _in_order(
    work: Session, meeting: Meeting, recipient_id: str, reply: Reply, stamped_at: datetime
) -> _Verdict:
    """An answer of somebody who was asked: does it still count, and is it their last word?"""
    of_meeting = _Verdict(state=Arrived.STALE, reason=Reason.NONE, meeting=meeting)
    if meeting.state is not State.CONFIRMED:
        return replace(of_meeting, reason=Reason.CANCELLED)
    told = told_slots(outbox.rows_of_meeting(work, meeting.id)).get(recipient_id, {})
    if reply.sequence > max(told, default=-1):
        return replace(of_meeting, state=Arrived.REVIEW, reason=Reason.NEVER_SENT)
    if not answers_this_time(meeting, told, reply.sequence):
        return replace(of_meeting, reason=Reason.TIME_CHANGED)
    known = answers.find_answer(work, meeting.id, recipient_id)
    if known is not None and known.age >= (reply.sequence, stamped_at):
        same = (known.age, known.partstat) == ((reply.sequence, stamped_at), reply.partstat)
        if not (same and reply.is_counter):
            return replace(of_meeting, reason=Reason.REPEATED if same else Reason.OLDER)
    if not reply.partstat:
        reason = Reason.PASSED_ON if reply.passed_to else Reason.UNDECIDED
        return replace(of_meeting, state=Arrived.REVIEW, reason=reason)
    if reply.is_counter:
        proposed = replace(of_meeting, state=Arrived.REVIEW, reason=Reason.PROPOSAL)
        return replace(proposed, recipient_id=recipient_id)
    return replace(of_meeting, state=Arrived.APPLIED, recipient_id=recipient_id)


def told_slots(rows: tuple[outbox.OutboxRow, ...]) -> dict[str, dict[int, tuple[datetime, datetime]]]:
    """Recipient -> SEQUENCE -> start and end, of the invites and updates of one session that went out."""
    told: dict[str, dict[int, tuple[datetime, datetime]]] = {}
    for row in rows:
        if row.state == "sent" and row.kind in (Kind.REQUEST, Kind.UPDATE):
            slot = slot_in(row.facts)
            told.setdefault(row.recipient_id, {})[row.revision] = (slot.start_at, slot.end_at)
    return told


def answers_this_time(meeting: Meeting, told: dict[int, tuple[datetime, datetime]], sequence: int) -> bool:
    """Whether the invite with this SEQUENCE named the time that the session still has."""
    asked = max((one for one in told if one <= sequence), default=None)
    return asked is not None and told[asked] == (meeting.slot.start_at, meeting.slot.end_at)


def _recipient(work: Session, meeting: Meeting, attendee: str) -> str | None:
    found = people.resources_by_id(work, recipients_of(meeting))
    return next((key for key, one in found.items() if contact_of(one).email.lower() == attendee), None)


def _save(
    work: Session, meeting: Meeting, recipient_id: str, mail: Incoming, now: datetime, actor: Actor
) -> None:
    before = answers.find_answer(work, meeting.id, recipient_id)
    answers.save_answer(
        work,
        Answer(
            meeting_id=meeting.id,
            recipient_id=recipient_id,
            partstat=mail.partstat,
            sequence=mail.sequence,
            stamped_at=mail.stamped_at or mail.received_at,
            received_at=mail.received_at,
            comment=mail.comment,
            start_at=meeting.slot.start_at,
            end_at=meeting.slot.end_at,
        ),
    )
    was = {"recipient_id": recipient_id, "partstat": before.partstat} if before is not None else {}
    told = {"recipient_id": recipient_id, "partstat": mail.partstat}
    audit.record(work, now, actor.label, "answer", "meeting", meeting.id, was, told)
    note_answer(work, meeting, recipient_id, before, mail.partstat, now=now)


def _settle(work: Session, mail_id: str, state: Arrived, now: datetime, actor: Actor) -> None:
    if not answers.settle_incoming(work, mail_id, state=state, now=now, actor=actor.label):
        raise NotFound(kind="incoming", key=mail_id)
    audit.record(work, now, actor.label, "settle_reply", "incoming", mail_id, {}, {"state": str(state)})


def _whole(raw: bytes, size: int) -> IncomingMail:
    if size > len(raw):
        raise UnreadableMail(f"it has {size} octets")
    return read_incoming(raw)


def _as_unreadable(kept: Incoming, detail: str) -> Incoming:
    # A surrogate or a NUL in it could not be stored.
    shown = detail.encode("utf-8", "replace").decode().replace("\x00", "")[:_LONGEST_DETAIL]
    return replace(kept, state=Arrived.UNREADABLE, reason=Reason.UNREADABLE, detail=shown)


def _without_one_answer(db: Database, kept: Incoming, mail: IncomingMail, *, count: int) -> Incoming:
    if count > 1:
        return replace(kept, state=Arrived.REVIEW, reason=Reason.SEVERAL)
    if mail.is_automatic:
        return replace(kept, state=Arrived.SETTLED, reason=Reason.AUTOMATIC)
    letter = replace(kept, state=Arrived.REVIEW, reason=Reason.NO_CALENDAR)
    if not mail.answers_to:
        return letter
    with db.read() as work:
        answered = outbox.find_sent_as(work, mail.answers_to)
    return replace(letter, meeting_id=answered.meeting_id) if answered is not None else letter


def _keep(db: Database, kept: Incoming) -> Received:
    with db.write() as work:
        if not answers.keep_incoming(work, kept):
            return _again(work, kept.id)
    return Received(id=kept.id, state=Arrived(kept.state), reason=Reason(kept.reason))


def _again(work: Session, mail_id: str) -> Received:
    known = answers.get_incoming(work, mail_id)
    return Received(id=known.id, state=Arrived(known.state), reason=Reason(known.reason), is_new=False)
