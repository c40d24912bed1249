"""Telling the coordinators that somebody declines: in one mail what comes within a few minutes.

What it says is decided when it is sent: who has said yes since, or whose session has moved, is left out.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.meeting import Meeting
from scheduler.services.actor import Role
from scheduler.services.briefing import briefing_of
from scheduler.services.notices import RowState
from scheduler.services.webhook_events import tell_of_answer
from scheduler.storage import accounts, outbox
from scheduler.storage.accounts import Account
from scheduler.storage.answers import Answer
from scheduler.storage.db import new_id
from scheduler.storage.outbox import OutboxRow

DECLINES = "declines"
"""The kind of these rows. Their recipients are accounts; each decline stands in the facts once."""
COLLECTED_FOR = timedelta(minutes=5)


def alert_of_decline(work: Session, meeting: Meeting, person_id: str, *, now: datetime) -> None:
    """For every coordinator who wants to hear of it, in the transaction that keeps the answer."""
    decline = {"meeting_id": meeting.id, "person_id": person_id}
    for account in coordinators(work):
        if briefing_of(work, account.id).alerts:
            _add(work, account, meeting.fair_id, decline, now)


def note_answer(
    work: Session, meeting: Meeting, person_id: str, before: Answer | None, said: str, *, now: datetime
) -> None:
    """After an answer is kept, whichever way it came: a decline that was not one before is news."""
    was_known = before is not None and (before.partstat, before.start_at) == (said, meeting.slot.start_at)
    if said == "declined" and not was_known:
        alert_of_decline(work, meeting, person_id, now=now)
    if not was_known:
        tell_of_answer(work, meeting, person_id, said, now=now)


def coordinators(work: Session) -> tuple[Account, ...]:
    """Those who can log in."""
    return tuple(
        one for one in accounts.list_accounts(work) if one.is_active and one.role == Role.COORDINATOR
    )


def declines_in(row: OutboxRow) -> tuple[tuple[str, str], ...]:
    """Session and person of each decline that a row is about."""
    return tuple((one["meeting_id"], one["person_id"]) for one in _listed(row))


def _add(
    work: Session, account: Account, fair_id: str | None, decline: dict[str, str], now: datetime
) -> None:
    waiting = outbox.find_waiting(work, kind=DECLINES, recipient_id=account.id, fair_id=fair_id)
    if waiting is not None:
        known = [one for one in _listed(waiting) if one != decline]
        outbox.save_facts(work, waiting.id, {"declines": [*known, decline]})
        return
    row = OutboxRow(
        id=new_id("out"),
        meeting_id=None,
        fair_id=fair_id,
        revision=0,
        kind=DECLINES,
        recipient_id=account.id,
        state=str(RowState.DUE),
        due_at=now + COLLECTED_FOR,
        created_at=now,
        facts={"declines": [decline]},
    )
    outbox.add_once(work, row)


def _listed(row: OutboxRow) -> list[dict[str, str]]:
    return list(row.facts.get("declines", ()))
