"""An answer given on a page: the same word as one by mail, and the later of the two holds."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound, Refusal
from scheduler.booking.meeting import Meeting, State
from scheduler.services.actor import Actor
from scheduler.services.alerts import note_answer
from scheduler.services.notices import recipients_of
from scheduler.services.receive_reply import told_slots
from scheduler.storage import answers, audit, meetings, outbox
from scheduler.storage.answers import Answer
from scheduler.storage.db import Database
from scheduler.wording import Phrase

ANSWERS = ("accepted", "declined")
LONGEST_COMMENT = 500


class NothingToAnswer(Refusal):
    """The session has been cancelled, or has begun."""

    phrase = Phrase("This session is cancelled or has begun already, so there is nothing to answer any more.")


class OtherTime(Refusal):
    """The session has been moved since the page with the question was opened."""

    phrase = Phrase("This session has been moved meanwhile. Look at its new time, then answer.")


def answer(
    db: Database,
    meeting_id: str,
    recipient_id: str,
    said: str,
    *,
    seen_start_at: datetime,
    comment: str = "",
    fair_id: str | None = None,
    now: datetime,
    actor: Actor,
) -> Meeting:
    """Keeps what one invited person says to a session at the time they saw; said twice, it is there once.

    `fair_id` narrows it to the sessions of one fair. Raises NotFound for a session that is not theirs, OtherTime,
    NothingToAnswer, BadInput.
    """
    comment = " ".join(comment.split())
    _refuse_unreadable(said, comment)
    with db.write() as work:
        meeting = _open_meeting(work, meeting_id, recipient_id, fair_id, seen_start_at, now)
        _keep(work, meeting, recipient_id, said, comment, now, actor)
    return meeting


def accept_all(
    db: Database,
    recipient_id: str,
    seen: Mapping[str, datetime],
    *,
    fair_id: str | None = None,
    now: datetime,
    actor: Actor,
) -> int:
    """Says yes to several sessions, each at the start the person saw; how many there were.

    All or none: raises NotFound, OtherTime or NothingToAnswer for the first that cannot be answered.
    """
    with db.write() as work:
        for meeting_id, start_at in sorted(seen.items()):
            meeting = _open_meeting(work, meeting_id, recipient_id, fair_id, start_at, now)
            _keep(work, meeting, recipient_id, "accepted", "", now, actor)
    return len(seen)


def _refuse_unreadable(said: str, comment: str) -> None:
    faults = []
    if said not in ANSWERS:
        faults.append(Fault(place="answer", wrong=Phrase("Say whether you come or not.")))
    if len(comment) > LONGEST_COMMENT:
        wrong = Phrase("This is too long: at most %(count)s characters.", count=LONGEST_COMMENT)
        faults.append(Fault(place="comment", wrong=wrong))
    if faults:
        raise BadInput(faults)


def _open_meeting(
    work: Session,
    meeting_id: str,
    recipient_id: str,
    fair_id: str | None,
    seen_start_at: datetime,
    now: datetime,
) -> Meeting:
    meeting = meetings.get_meeting(work, meeting_id)
    is_theirs = recipient_id in recipients_of(meeting) and meeting.state is not State.HELD
    if not is_theirs or (fair_id is not None and meeting.fair_id != fair_id):
        raise NotFound(kind="meeting", key=meeting_id)
    if meeting.state is not State.CONFIRMED or meeting.slot.start_at <= now:
        raise NothingToAnswer
    if meeting.slot.start_at != seen_start_at:
        raise OtherTime
    return meeting


def _keep(
    work: Session,
    meeting: Meeting,
    recipient_id: str,
    said: str,
    comment: str,
    now: datetime,
    actor: Actor,
) -> None:
    before = answers.find_answer(work, meeting.id, recipient_id)
    given = Answer(
        meeting_id=meeting.id,
        recipient_id=recipient_id,
        partstat=said,
        sequence=_sequence(work, meeting, recipient_id),
        stamped_at=now,
        received_at=now,
        comment=comment,
        start_at=meeting.slot.start_at,
        end_at=meeting.slot.end_at,
    )
    if before is not None and _says_the_same(before, given):
        return
    answers.save_answer(work, given)
    was = {"recipient_id": recipient_id, "partstat": before.partstat} if before is not None else {}
    told = {"recipient_id": recipient_id, "partstat": said}
    audit.record(work, now, actor.label, "answer", "meeting", meeting.id, was, told)
    note_answer(work, meeting, recipient_id, before, said, now=now)


def _sequence(work: Session, meeting: Meeting, recipient_id: str) -> int:
    """That of the last invite they have, so that a later answer by mail to it is the later word."""
    told = told_slots(outbox.rows_of_meeting(work, meeting.id)).get(recipient_id, {})
    now = (meeting.slot.start_at, meeting.slot.end_at)
    return max((number for number, slot in told.items() if slot == now), default=meeting.revision)


def _says_the_same(before: Answer, given: Answer) -> bool:
    facts = ("partstat", "comment", "start_at", "end_at")
    return all(getattr(before, one) == getattr(given, one) for one in facts)
