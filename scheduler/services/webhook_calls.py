"""Telling programs: what is due is leased, signed, posted, and marked one by one.

A delivery can be repeated but never lost: a worker that dies between posting and marking leaves a row whose lease
runs out, and the repeat has the same id.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.invites.text import Letter, Row, plain_letter
from scheduler.outgoing import LookUp, Patience, PrivateAddress, Unreachable, post
from scheduler.services.notices import RowState
from scheduler.services.retrying import wait_before
from scheduler.services.webhooks import secret_of, signature
from scheduler.settings import Settings
from scheduler.storage import audit, outbox, webhooks
from scheduler.storage.db import Database, new_id
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.webhooks import Webhook
from scheduler.wording import Phrase

LEASE = timedelta(minutes=5)
BATCH = 15
"""As many as fit into a lease even when each takes as long as it may."""
PATIENCE = Patience(connect=5.0, read=10.0)
MOST_ATTEMPTS = 14
"""With the waits between them about a day."""
_LONGEST_WAIT = timedelta(hours=3)
FAILURES_THAT_END, DAYS_THAT_END = 25, timedelta(days=1)
ENDED = "webhook_ended"
"""The kind of the row that tells a coordinator that their webhook has ended."""
_GONE = 410
_INSIDE, _ENDED = Phrase("the address leads into a private network"), Phrase("the webhook has ended")
_KINDS: dict[str, Phrase] = {
    "gaierror": Phrase("the name is not known"),
    "NewConnectionError": Phrase("nobody answers there"),
    "ConnectTimeoutError": Phrase("nobody answers there"),
    "ReadTimeoutError": Phrase("no answer in time"),
    "TimeoutError": Phrase("no answer in time"),
    "SSLError": Phrase("its certificate is not trusted"),
}
REASONS = {one.text("en"): one for one in (_INSIDE, _ENDED, *_KINDS.values())}
"""Why something was not taken, as it stands in the outbox. Others are the status, or the kind of the failure."""


@dataclass(frozen=True, kw_only=True)
class Called:
    """What became of one round."""

    taken: int = 0
    failed: int = 0
    given_back: int = 0

    @property
    def total(self) -> int:
        return self.taken + self.failed + self.given_back


def call_due(
    db: Database,
    settings: Settings,
    *,
    now: datetime,
    owner: str,
    look_up: LookUp | None = None,
) -> Called:
    """Posts one batch of what is due. Several workers may do so at once."""
    with db.read() as work:
        if not outbox.is_any_due(work, now, webhooks.CHANNEL):
            return Called()
    with db.write() as work:
        rows = outbox.lease_due(work, now, owner, now + LEASE, BATCH, channel=webhooks.CHANNEL)
        known = webhooks.webhooks_by_id(work, {row.recipient_id for row in rows})
        told = {key for key, _ in webhooks.listening(work)}
    this = _Round(db=db, settings=settings, now=now, owner=owner, look_up=look_up)
    return this.carry_out(rows, {key: one for key, one in known.items() if key in told})


def body_of(row: OutboxRow) -> bytes:
    """What is posted: the same each time."""
    return json.dumps({"id": row.id, "event": row.kind, **row.facts}, ensure_ascii=False).encode()


@dataclass(frozen=True, kw_only=True)
class _Round:
    db: Database
    settings: Settings
    now: datetime
    owner: str
    look_up: LookUp | None
    _away: set[str] = field(default_factory=set)

    def carry_out(self, rows: Sequence[OutboxRow], known: dict[str, Webhook]) -> Called:
        counts = {"taken": 0, "failed": 0, "given_back": 0}
        for row in rows:
            webhook = known.get(row.recipient_id)
            if webhook is None:
                self._drop(row)
                counts["failed"] += 1
            elif webhook.id in self._away:
                # One address that nobody answers at holds up none of the others.
                self._give_back(row)
                counts["given_back"] += 1
            else:
                wrong, status = self._post(row, webhook)
                counts["failed" if wrong else "taken"] += 1
                self._keep(row, webhook, wrong, status)
        return Called(**counts)

    def _post(self, row: OutboxRow, webhook: Webhook) -> tuple[str, int]:
        """Why it was not taken, empty when it was, and the status."""
        body, seconds = body_of(row), int(self.now.timestamp())
        signed = signature(secret_of(self.settings, webhook.id), row.id, seconds, body)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept-Encoding": "identity",
            "Webhook-Id": row.id,
            "Webhook-Timestamp": str(seconds),
            "Webhook-Signature": signed,
        }
        private = self.settings.webhook_private
        try:
            answer = post(
                webhook.address,
                body,
                headers,
                is_private_allowed=private,
                patience=PATIENCE,
                look_up=self.look_up,
            )
        except PrivateAddress:
            return _INSIDE.text("en"), 0
        except Unreachable as error:
            known = _KINDS.get(error.reason)
            return (error.reason if known is None else known.text("en")), 0
        return ("" if 200 <= answer.status < 300 else f"HTTP {answer.status}"), answer.status

    def _keep(self, row: OutboxRow, webhook: Webhook, wrong: str, status: int) -> None:
        with self.db.write() as work:
            if not wrong:
                outbox.mark_sent(work, row.id, self.now)
                webhooks.note_taken(work, webhook.id)
                return
            self._away.add(webhook.id)
            last = row.attempts >= MOST_ATTEMPTS
            retry_at = None if last else self.now + wait_before(row.attempts, longest=_LONGEST_WAIT)
            outbox.mark_failed(work, row.id, wrong, retry_at, owner=self.owner)
            after = webhooks.note_failure(work, webhook.id, self.now)
            if after is not None and (status == _GONE or _is_hopeless(after, self.now)):
                self._end(work, after, wrong)

    def _end(self, work: Session, webhook: Webhook, wrong: str) -> None:
        if not webhooks.end_webhook(work, webhook.id, self.now, wrong):
            return
        facts = {"because": wrong, "failures": webhook.failures}
        audit.record(work, self.now, "system:system", "end_webhook", "webhook", webhook.id, {}, facts)
        row = OutboxRow(
            id=new_id("out"),
            meeting_id=None,
            fair_id=None,
            revision=0,
            kind=ENDED,
            recipient_id=webhook.account_id,
            state=str(RowState.DUE),
            due_at=self.now,
            created_at=self.now,
            facts={"webhook_id": webhook.id, "because": wrong},
        )
        outbox.add_once(work, row)

    def _drop(self, row: OutboxRow) -> None:
        with self.db.write() as work:
            outbox.mark_suppressed(work, row.id, _ENDED.text("en"))

    def _give_back(self, row: OutboxRow) -> None:
        with self.db.write() as work:
            due_at = self.now + wait_before(0, longest=_LONGEST_WAIT)
            outbox.give_back(work, [row.id], self.owner, due_at)


def ended_letter(work: Session, row: OutboxRow, language: str, settings: Settings) -> Letter | Phrase:
    """What the mail about a webhook that has ended says, or why it says nothing."""
    found = webhooks.webhooks_by_id(work, (str(row.facts["webhook_id"]),)).get(str(row.facts["webhook_id"]))
    if found is None:
        return Phrase("the webhook has been removed")
    page = f"{settings.base_address}/webhooks/{found.id}"
    subject = Phrase("A program is not told any more what happens")
    opening = Phrase(
        "It has not taken anything for long, so it is told nothing from now on. "
        "When it is back, register its address again."
    )
    rows = (
        Row(Phrase("Address").text(language), found.address),
        Row(Phrase("Last failure").text(language), str(row.facts["because"])),
        Row(Phrase("What it was told last").text(language), page, page),
    )
    return plain_letter(language, subject.text(language), (opening.text(language),), rows)


def _is_hopeless(webhook: Webhook, now: datetime) -> bool:
    since = webhook.failing_since
    return webhook.failures >= FAILURES_THAT_END and since is not None and now - since >= DAYS_THAT_END
