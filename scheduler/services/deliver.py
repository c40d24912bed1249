"""Carrying out the outbox: what is due is leased, decided from the database, sent, and marked one by one.

Mail can be repeated but never lost: a worker that dies between sending and marking leaves a row whose lease runs
out, and the repeat has the same Message-ID, UID and SEQUENCE.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.booking.errors import Refusal
from scheduler.invites.calendar import invite
from scheduler.invites.text import letter
from scheduler.mail.headers import Mailbox
from scheduler.mail.message import (
    CalendarPart,
    Draft,
    FinalFailure,
    PassingFailure,
    Post,
    compose,
    message_id_for,
)
from scheduler.services.letters import Context, Dispatch, Silence, context_for, decide
from scheduler.settings import Settings
from scheduler.storage import meetings, outbox
from scheduler.storage.db import Database
from scheduler.storage.meetings import Promise
from scheduler.storage.outbox import OutboxRow
from scheduler.timezones.wall import to_wall, zone_rules_version

LEASE = timedelta(minutes=5)
"""Longer than a batch can take, however slow the mail server: each mail has its own time-out."""
BATCH = 20
_FIRST_WAIT = timedelta(seconds=20)
_LONGEST_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What became of the rows of one round."""

    sent: int = 0
    silent: int = 0
    retried: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.sent + self.silent + self.retried + self.failed

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(
            sent=self.sent + other.sent,
            silent=self.silent + other.silent,
            retried=self.retried + other.retried,
            failed=self.failed + other.failed,
        )


def deliver_due(
    db: Database, settings: Settings, post: Post, *, now: datetime, owner: str, count: int = BATCH
) -> Delivered:
    """Sends one batch of what is due. Several workers may do so at once: a row is leased to one of them."""
    with db.write() as work:
        rows = outbox.lease_due(work, now, owner, now + LEASE, count)
        context = context_for(work, settings, rows, now=now) if rows else None
    if context is None:
        return Delivered()
    done = Delivered()
    for row in rows:
        done += _carry_out(db, post, row, context)
    _keep_promises(db, rows, context)
    return done


def deliver_all(
    db: Database,
    settings: Settings,
    post: Post,
    *,
    now: datetime,
    owner: str,
    on_progress: Callable[[Delivered], None] | None = None,
) -> Delivered:
    """Sends until nothing is due any more."""
    total = Delivered()
    while (done := deliver_due(db, settings, post, now=now, owner=owner)).total:
        total += done
        if on_progress is not None:
            on_progress(total)
    return total


def _carry_out(db: Database, post: Post, row: OutboxRow, context: Context) -> Delivered:
    try:
        decision = decide(row, context)
        if isinstance(decision, Silence):
            return _silent(db, row, decision)
        return _send(db, post, row, decision, context)
    except PassingFailure as failure:
        return _try_again(db, row, str(failure), context.now)
    except (FinalFailure, Refusal) as failure:
        # A row that cannot be sent fails with its reason; the rest of the queue goes on.
        with db.write() as work:
            outbox.mark_failed(work, row.id, str(failure), retry_at=None)
        return Delivered(failed=1)


def _send(db: Database, post: Post, row: OutboxRow, dispatch: Dispatch, context: Context) -> Delivered:
    facts, notice = dispatch.facts, dispatch.notice
    words = letter(facts, notice)
    message_id = message_id_for(
        meeting_id=row.meeting_id or "",
        revision=row.revision,
        kind=row.kind,
        recipient=facts.reader.email,
        domain=facts.organiser_email.rpartition("@")[2],
    )
    method = notice.method
    post.send(
        compose(
            Draft(
                message_id=message_id,
                sent_at=context.now,
                sender=Mailbox(email=facts.organiser_email, name=facts.organiser_name),
                recipient=Mailbox(email=facts.reader.email, name=facts.reader.name),
                subject=words.subject,
                text=words.text,
                html=words.html,
                language=facts.reader.language,
                calendar=CalendarPart(content=invite(facts, notice), method=method) if method else None,
            )
        )
    )
    with db.write() as work:
        outbox.mark_sent(work, row.id, context.now, message_id)
    return Delivered(sent=1)


def _silent(db: Database, row: OutboxRow, silence: Silence) -> Delivered:
    mark = outbox.mark_superseded if silence.is_superseded else outbox.mark_suppressed
    with db.write() as work:
        mark(work, row.id, silence.reason.text("en"))
    return Delivered(silent=1)


def _try_again(db: Database, row: OutboxRow, reason: str, now: datetime) -> Delivered:
    # Twice as long each time up to a few minutes, and never all at one moment.
    wait = min(_FIRST_WAIT * 2**row.attempts, _LONGEST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311
    with db.write() as work:
        outbox.mark_failed(work, row.id, reason, retry_at=now + wait)
    return Delivered(retried=1)


def _keep_promises(db: Database, rows: Iterable[OutboxRow], context: Context) -> None:
    """What local times people have been told of, and by which edition of the zones' rules."""
    told = {row.meeting_id for row in rows if row.meeting_id is not None}
    promises = {
        meeting_id: Promise(zone_rules=zone_rules_version(), local_times=_local_times(meeting_id, context))
        for meeting_id in told
        if meeting_id in context.meetings
    }
    with db.write() as work:
        meetings.save_promises(work, promises)


def _local_times(meeting_id: str, context: Context) -> dict[str, str]:
    meeting = context.meetings[meeting_id]
    zones = {context.resources[one].hours.zone for one in meeting.resource_ids if one in context.resources}
    return {zone: to_wall(meeting.slot.start_at, zone).isoformat(" ", "minutes") for zone in sorted(zones)}
