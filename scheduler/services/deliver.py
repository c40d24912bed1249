"""Carrying out the outbox: what is due is leased, decided from the database, sent, and marked one by one.

Mail can be repeated but never lost: a worker that dies between sending and marking leaves a row whose lease runs
out, and the repeat has the same Message-ID, UID and SEQUENCE.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.errors import Refusal
from scheduler.mail.message import FinalFailure, PassingFailure, Post, ServerAway
from scheduler.services.channels import Channel, MailChannel, Sending
from scheduler.services.letters import (
    MAIL,
    ByMail,
    Context,
    Silence,
    context_for,
    context_without_links,
    decide,
    organiser_of,
    pages_wanted,
)
from scheduler.services.links import buyer_addresses
from scheduler.services.notices import Kind
from scheduler.services.retrying import wait_before
from scheduler.settings import Settings
from scheduler.storage import meetings, outbox
from scheduler.storage.db import Database
from scheduler.storage.errors import StorageUnavailable
from scheduler.storage.meetings import Promise
from scheduler.storage.outbox import OutboxRow
from scheduler.timezones.wall import to_wall, zone_rules_version

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than a batch can take: the seconds of a batch, of its last mail (at most 150, with a new connection to
a server that answers each command just in time) and of the mark that follows it."""
BATCH = 50
BATCH_SECONDS = 90.0
MARK_SECONDS = 45.0
_FRESH_SECONDS = 2.0
_LONGEST_WAIT = timedelta(minutes=5)
_TRIES_BEFORE_MAIL = 3
"""After so many a reminder that cannot go as a text message goes by mail."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What became of the rows of one round. Those given back were not tried: somebody takes them up later."""

    sent: int = 0
    silent: int = 0
    retried: int = 0
    failed: int = 0
    given_back: int = 0
    server_away: bool = False

    @property
    def total(self) -> int:
        return self.sent + self.silent + self.retried + self.failed + self.given_back

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(
            sent=self.sent + other.sent,
            silent=self.silent + other.silent,
            retried=self.retried + other.retried,
            failed=self.failed + other.failed,
            given_back=self.given_back + other.given_back,
            server_away=self.server_away or other.server_away,
        )


def deliver_due(
    db: Database,
    settings: Settings,
    post: Post,
    *,
    now: datetime,
    owner: str,
    count: int = BATCH,
    batch_seconds: float = BATCH_SECONDS,
) -> Delivered:
    """Sends one batch of the mails that are due. Several workers may do so at once: a row is leased to one of them.

    A mail server that is away, or a batch that takes longer than `batch_seconds`, ends it: the rest is given back.
    """
    channel = MailChannel(post)
    return deliver_by(channel, db, settings, now=now, owner=owner, count=count, batch_seconds=batch_seconds)


def deliver_by(
    channel: Channel,
    db: Database,
    settings: Settings,
    *,
    now: datetime,
    owner: str,
    count: int = BATCH,
    batch_seconds: float = BATCH_SECONDS,
) -> Delivered:
    """The same by any channel. Each has its own rows, so that one that is slow or away holds up no other."""
    with db.write() as work:
        rows = outbox.lease_due(work, now, owner, now + LEASE, count, channel=channel.name)
    if not rows:
        return Delivered()
    this = _Round(db=db, settings=settings, channel=channel, owner=owner, began_at=now)
    return this.carry_out(rows, batch_seconds)


def deliver_all(
    db: Database,
    settings: Settings,
    post: Post,
    *,
    now: datetime,
    owner: str,
    on_progress: Callable[[Delivered], None] | None = None,
) -> Delivered:
    """Sends until nothing is due any more, or until the mail server is away."""
    total = Delivered()
    while (done := deliver_due(db, settings, post, now=now, owner=owner)).total:
        total += done
        if on_progress is not None:
            on_progress(total)
        if done.server_away:
            break
    return total


def send_texts_by_mail(db: Database) -> int:
    """Where there is no gateway any more, what waits for it goes by mail. How many that were."""
    with db.read() as work:
        if not outbox.has_texts(work):
            return 0
    with db.write() as work:
        return outbox.send_all_by_mail(work)


def send_again(db: Database, row_id: str, *, now: datetime) -> bool:
    """A notice that failed for good is due once more; False when there is no such notice."""
    with db.write() as work:
        return outbox.make_due(work, row_id, now)


@dataclass(frozen=True, kw_only=True)
class _Round:
    """One batch on its way. Time goes on while a mail server dawdles, so it is counted from the beginning."""

    db: Database
    settings: Settings
    channel: Channel
    owner: str
    began_at: datetime
    _stopwatch: float = field(default_factory=time.monotonic)
    _promised: dict[str, Promise] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._stopwatch

    @property
    def now(self) -> datetime:
        return self.began_at + timedelta(seconds=int(self.seconds))

    def carry_out(self, rows: Sequence[OutboxRow], batch_seconds: float) -> Delivered:
        done, context, read_at = Delivered(), self._context(rows), self.seconds
        for position, row in enumerate(rows):
            if done.server_away or self.seconds > batch_seconds:
                return done + self._give_back(rows[position:], done)
            if self.seconds - read_at > _FRESH_SECONDS:
                # What has been cancelled meanwhile must not go out.
                context, read_at = self._context(rows[position:]), self.seconds
            done += self._deliver(row, context)
        return done

    def _context(self, rows: Sequence[OutboxRow]) -> Context:
        """Read without keeping anybody from writing, unless somebody's page has no address yet."""
        with self.db.read() as work:
            found = context_without_links(work, self.settings, rows, now=self.now)
            wanted = pages_wanted(rows, found.resources)
            known = buyer_addresses(work, self.settings, wanted)
        if wanted <= set(known):
            return replace(found, pages=known)
        with self.db.write() as work:
            return context_for(work, self.settings, rows, now=self.now)

    def _deliver(self, row: OutboxRow, context: Context) -> Delivered:
        try:
            decision = decide(row, context)
            if isinstance(decision, Silence):
                return self._silent(row, decision)
            if isinstance(decision, ByMail):
                return self._by_mail(row, decision.reason.text("en"))
            send = self.channel.ready(row, decision, context)
        except StorageUnavailable:
            raise
        except Exception as fault:
            # A row that nothing can be made of fails with its reason; the rest of the queue goes on.
            return self._failed(row, fault)
        return self._send(row, send, context)

    def _send(self, row: OutboxRow, send: Sending, context: Context) -> Delivered:
        try:
            message_id = send()
        except PassingFailure as failure:
            if self.channel.name != MAIL and row.attempts >= _TRIES_BEFORE_MAIL:
                away = isinstance(failure, ServerAway)
                return replace(self._by_mail(row, str(failure)), server_away=away)
            return self._try_again(row, failure)
        except (FinalFailure, Refusal) as failure:
            if self.channel.name != MAIL:
                return self._by_mail(row, str(failure))
            return self._failed(row, failure)
        # The people of a session come one after the other, and are promised the same.
        promise = {key: one for key, one in _promise(row, context).items() if self._promised.get(key) != one}

        def mark(work: Session) -> None:
            outbox.mark_sent(work, row.id, self.now, message_id)
            meetings.save_promises(work, promise)

        # Forgotten in a power cut, the mail is sent again; to wait for the disk each time would halve the pace.
        self._keep(mark, self.db.note)
        self._promised.update(promise)
        return Delivered(sent=1)

    def _silent(self, row: OutboxRow, silence: Silence) -> Delivered:
        mark = outbox.mark_superseded if silence.is_superseded else outbox.mark_suppressed
        self._keep(lambda work: mark(work, row.id, silence.reason.text("en")))
        return Delivered(silent=1)

    def _by_mail(self, row: OutboxRow, reason: str) -> Delivered:
        # A reminder helps only in time: whatever else is wrong is mended afterwards.
        self._keep(lambda work: outbox.send_by_mail(work, row.id, self.now, reason))
        return Delivered(retried=1)

    def _try_again(self, row: OutboxRow, failure: PassingFailure) -> Delivered:
        retry_at = self.now + wait_before(row.attempts, longest=_LONGEST_WAIT)
        self._keep(
            lambda work: outbox.mark_failed(work, row.id, str(failure), retry_at=retry_at, owner=self.owner)
        )
        return Delivered(retried=1, server_away=isinstance(failure, ServerAway))

    def _failed(self, row: OutboxRow, fault: Exception) -> Delivered:
        reason = str(fault)
        if not isinstance(fault, FinalFailure | Refusal):
            log.error("An outbox row cannot be made into a mail: %s", row.id, exc_info=fault)
            reason = f"{type(fault).__name__}: {fault}"
        self._keep(lambda work: outbox.mark_failed(work, row.id, reason, owner=self.owner))
        return Delivered(failed=1)

    def _give_back(self, rows: Sequence[OutboxRow], done: Delivered) -> Delivered:
        due_at = self.now + (wait_before(0, longest=_LONGEST_WAIT) if done.server_away else timedelta())
        self._keep(lambda work: outbox.give_back(work, [row.id for row in rows], self.owner, due_at))
        return Delivered(given_back=len(rows))

    def _keep(
        self,
        mark: Callable[[Session], None],
        begin: Callable[[], AbstractContextManager[Session]] | None = None,
    ) -> None:
        """Writes down what has happened, also when the database is busy for a while: a mail that went out must
        not go out again because of that.
        """
        give_up = self.seconds + MARK_SECONDS
        while True:
            try:
                with (begin or self.db.write)() as work:
                    return mark(work)
            except StorageUnavailable:
                if self.seconds > give_up:
                    raise
                time.sleep(random.uniform(0.05, 0.25))  # noqa: S311


def _promise(row: OutboxRow, context: Context) -> dict[str, Promise]:
    """What local times an invite or update tells of, and by which edition of the zones' rules. A reminder promises
    nothing new: were it to count, a change of the rules would pass unnoticed.
    """
    if row.meeting_id is None or row.kind not in _PROMISING:
        return {}
    told = Promise(
        zone_rules=zone_rules_version(),
        local_times=_local_times(row.meeting_id, context),
        organiser=organiser_of(context.meetings[row.meeting_id], context),
    )
    return {row.meeting_id: told}


def _local_times(meeting_id: str, context: Context) -> dict[str, str]:
    meeting = context.meetings[meeting_id]
    zones = {context.resources[one].hours.zone for one in meeting.resource_ids if one in context.resources}
    return {zone: to_wall(meeting.slot.start_at, zone).isoformat(" ", "minutes") for zone in sorted(zones)}


_PROMISING = frozenset({Kind.REQUEST, Kind.UPDATE})
