"""Addresses of programs that are told what happens; what they are told stands in the outbox."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.storage.accounts import ACCOUNT
from scheduler.storage.outbox import OUTBOX, OutboxRow
from scheduler.storage.prepared import Prepared
from scheduler.storage.tables import WebhookTable, table_of

WEBHOOK = table_of(WebhookTable)
CHANNEL = "webhook"
"""What stands in the rows of the outbox that go to a webhook, whose id is their recipient."""


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """One address. `events` are words with spaces between; `failures` are tries in a row, since `failing_since`."""

    id: str
    account_id: str
    address: str
    events: str
    created_at: datetime
    failures: int = 0
    failing_since: datetime | None = None
    ended_at: datetime | None = None
    ended_because: str = ""


_LISTENING = Prepared(
    select(WEBHOOK.c.id, WEBHOOK.c.events)
    .join(ACCOUNT, ACCOUNT.c.id == WEBHOOK.c.account_id)
    .where(WEBHOOK.c.ended_at.is_(None), ACCOUNT.c.is_active, ACCOUNT.c.role == "coordinator")
    .order_by(WEBHOOK.c.created_at, WEBHOOK.c.id)
)


def listening(work: Session) -> tuple[tuple[str, frozenset[str]], ...]:
    """Id and events of each webhook that is told, in the order they were made. Those whose maker may not log in any
    more are told nothing.
    """
    return tuple((row.id, frozenset(row.events.split())) for row in _LISTENING.rows(work))


def add_webhook(work: Session, webhook: Webhook) -> None:
    work.execute(insert(WEBHOOK).values(asdict(webhook)))


def get_webhook(work: Session, webhook_id: str) -> Webhook:
    """Raises NotFound."""
    found = webhooks_by_id(work, (webhook_id,)).get(webhook_id)
    if found is None:
        raise NotFound(kind="webhook", key=webhook_id)
    return found


def webhooks_by_id(work: Session, webhook_ids: Iterable[str]) -> dict[str, Webhook]:
    wanted = select(WEBHOOK).where(WEBHOOK.c.id.in_(sorted(set(webhook_ids))))
    return {row.id: Webhook(**row._mapping) for row in work.execute(wanted)}


def list_webhooks(work: Session) -> tuple[Webhook, ...]:
    """All of them, the newest first."""
    rows = work.execute(select(WEBHOOK).order_by(WEBHOOK.c.created_at.desc(), WEBHOOK.c.id))
    return tuple(Webhook(**row._mapping) for row in rows)


def note_taken(work: Session, webhook_id: str) -> None:
    """It has taken something: failures are counted from the beginning again."""
    failing = and_(WEBHOOK.c.id == webhook_id, WEBHOOK.c.failures > 0)
    work.execute(update(WEBHOOK).where(failing).values(failures=0, failing_since=None))


def note_failure(work: Session, webhook_id: str, now: datetime) -> Webhook | None:
    """One more failure in a row; the webhook as it stands then, None when it is gone."""
    counted = {
        "failures": WEBHOOK.c.failures + 1,
        "failing_since": func.coalesce(WEBHOOK.c.failing_since, now),
    }
    work.execute(update(WEBHOOK).where(WEBHOOK.c.id == webhook_id).values(counted))
    return webhooks_by_id(work, (webhook_id,)).get(webhook_id)


def end_webhook(work: Session, webhook_id: str, now: datetime, reason: str) -> bool:
    """It is told nothing any more; False when it had ended before."""
    going = and_(WEBHOOK.c.id == webhook_id, WEBHOOK.c.ended_at.is_(None))
    ended = update(WEBHOOK).where(going).values(ended_at=now, ended_because=reason)
    return work.execute(ended.returning(WEBHOOK.c.id)).one_or_none() is not None


def deliveries_of(work: Session, webhook_id: str, limit: int) -> tuple[OutboxRow, ...]:
    """What it was told last, the newest first."""
    its = (OUTBOX.c.channel == CHANNEL, OUTBOX.c.recipient_id == webhook_id)
    order = (OUTBOX.c.created_at.desc(), OUTBOX.c.id)
    rows = work.execute(select(OUTBOX).where(*its).order_by(*order).limit(limit))
    return tuple(OutboxRow(**row._mapping) for row in rows)
