"""Addresses of programs that are told what happens: made by coordinators, seen with what they were told, ended."""

import base64
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from scheduler.booking.errors import BadInput, Fault, NotFound
from scheduler.outgoing import leads_inside
from scheduler.services.actor import Actor
from scheduler.services.webhook_events import Event
from scheduler.settings import Settings
from scheduler.storage import audit, outbox, webhooks
from scheduler.storage.db import Database, new_id
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.webhooks import Webhook
from scheduler.wording import Phrase

PREFIX = "whsec_"
MOST = 20
"""As many may be told at once: each change writes a row for each of them."""
LAST = 50
_LONGEST = 2000
BY_HAND = "by hand"


@dataclass(frozen=True, kw_only=True)
class Deliveries:
    """One webhook and what it was told last, the newest first."""

    webhook: Webhook
    rows: tuple[OutboxRow, ...]


def make_webhook(
    db: Database,
    settings: Settings,
    *,
    address: str,
    events: Collection[str],
    now: datetime,
    actor: Actor,
) -> tuple[Webhook, str]:
    """A new webhook of the coordinator who makes it, and its secret. BadInput names every fault."""
    wanted = address.strip()
    with db.write() as work:
        going = [one for one in webhooks.list_webhooks(work) if one.ended_at is None]
        faults = [*_address_faults(wanted, settings), *_event_faults(events), *_count_faults(len(going))]
        if faults:
            raise BadInput(faults)
        webhook = Webhook(
            id=new_id("hook"),
            account_id=actor.account_id or "",
            address=wanted,
            events=" ".join(one for one in Event if one in events),
            created_at=now,
        )
        webhooks.add_webhook(work, webhook)
        # The host only: an address may hold a secret of the other side.
        facts = {"host": urlsplit(wanted).hostname or "", "events": webhook.events}
        audit.record(work, now, actor.label, "make_webhook", "webhook", webhook.id, {}, facts)
    return webhook, secret_of(settings, webhook.id)


def secret_of(settings: Settings, webhook_id: str) -> str:
    """What deliveries are signed with. It is made from the installation's secret, and so kept nowhere."""
    digest = hmac.new(settings.secret_key.encode(), f"webhook:{webhook_id}".encode(), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(digest).decode()


def signature(secret: str, delivery_id: str, seconds: int, body: bytes) -> str:
    """As https://www.standardwebhooks.com has it: over id, seconds since 1970 and body, with dots between."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{delivery_id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def end_webhook(db: Database, webhook_id: str, *, now: datetime, actor: Actor) -> None:
    """It is told nothing from this moment, not even what waits. Raises NotFound."""
    with db.write() as work:
        webhooks.get_webhook(work, webhook_id)
        if webhooks.end_webhook(work, webhook_id, now, BY_HAND):
            audit.record(work, now, actor.label, "end_webhook", "webhook", webhook_id, {}, {})


def all_webhooks(db: Database) -> tuple[Webhook, ...]:
    """Those of all coordinators, the newest first."""
    with db.read() as work:
        return webhooks.list_webhooks(work)


def deliveries_of(db: Database, webhook_id: str) -> Deliveries:
    """Raises NotFound."""
    with db.read() as work:
        webhook = webhooks.get_webhook(work, webhook_id)
        return Deliveries(webhook=webhook, rows=webhooks.deliveries_of(work, webhook_id, LAST))


def deliver_again(db: Database, webhook_id: str, row_id: str, *, now: datetime, actor: Actor) -> None:
    """What failed for good is due once more, under the id it had. Raises NotFound."""
    with db.write() as work:
        row = outbox.get_row(work, row_id)
        webhook = webhooks.get_webhook(work, webhook_id)
        if row is None or row.recipient_id != webhook.id or not outbox.make_due(work, row_id, now):
            raise NotFound(kind="delivery", key=row_id)
        audit.record(work, now, actor.label, "deliver_again", "webhook", webhook_id, {}, {"row": row_id})


def _address_faults(address: str, settings: Settings) -> list[Fault]:
    schemes = {"https", "http"} if settings.webhook_private else {"https"}
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return [_bad_address()]
    odd = "@" in parts.netloc or bool(parts.fragment) or not address.isascii() or " " in address
    if parts.scheme not in schemes or not host or odd or len(address) > _LONGEST:
        return [_bad_address()]
    if leads_inside(host) and not settings.webhook_private:
        wrong = Phrase("This address leads into a private network.")
        return [Fault(place="address", wrong=wrong)]
    return []


def _bad_address() -> Fault:
    return Fault(
        place="address",
        wrong=Phrase("This is no address that a program can be told at."),
        mend=Phrase(
            "It begins with https:// and has no user name, for example https://crm.example.kr/sangdam"
        ),
    )


def _event_faults(events: Collection[str]) -> list[Fault]:
    if events and set(events) <= set(Event):
        return []
    return [Fault(place="events", wrong=Phrase("Choose what it is told of."))]


def _count_faults(count: int) -> list[Fault]:
    if count < MOST:
        return []
    return [Fault(place="address", wrong=Phrase("There are %(count)s already: end one first.", count=count))]
