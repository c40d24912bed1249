"""Capability links: an address that opens one buyer's page, or one feed, and nothing else.

A token is derived from the installation secret, so an address can be written into a mail whenever needed,
while the database keeps its SHA-256 only. Raising the generation makes a new address and kills the old one.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduler.booking.errors import Refusal
from scheduler.services.actor import Actor
from scheduler.settings import Settings
from scheduler.storage import audit, links
from scheduler.storage.db import Database, new_id
from scheduler.storage.links import Link
from scheduler.wording import Phrase


class Purpose(StrEnum):
    BUYER = "buyer"
    FEED = "feed"
    DISPLAY = "display"


class LinkUnknown(Refusal):
    """No such address: never made, rotated away, or mistyped. The same answer for all."""

    phrase = Phrase(
        "This address does not exist. Check that the whole link was copied, or ask the organiser for it."
    )


class LinkGone(Refusal):
    """The address was right once and has been revoked or has run out."""

    phrase = Phrase("This link is no longer valid. Please ask the organiser for a new one.")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a link opens."""

    purpose: Purpose
    resource_id: str | None
    fair_id: str | None


def buyer_address(work: Session, settings: Settings, *, buyer_id: str, fair_id: str, now: datetime) -> str:
    """The address of a buyer's page for one fair; made the first time it is asked for."""
    link = _ensure(work, settings, Purpose.BUYER, resource_id=buyer_id, fair_id=fair_id, now=now)
    return f"{settings.base_address}/b/{token_of(settings, link)}"


def buyer_addresses(
    work: Session, settings: Settings, wanted: Collection[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """The same for several (buyer, fair), of those that are made already."""
    known = links.links_for(
        work, str(Purpose.BUYER), {buyer for buyer, _fair in wanted}, {fair for _buyer, fair in wanted}
    )
    return {
        key: f"{settings.base_address}/b/{token_of(settings, link)}"
        for key, link in known.items()
        if key in wanted
    }


def feed_address(
    work: Session, settings: Settings, *, resource_id: str | None, fair_id: str | None, now: datetime
) -> str:
    """The address of a calendar feed: a person's or a room's (all fairs, or one), or a whole fair's."""
    link = _ensure(work, settings, Purpose.FEED, resource_id=resource_id, fair_id=fair_id, now=now)
    return f"{settings.base_address}/feeds/{token_of(settings, link)}.ics"


def display_address(
    work: Session, settings: Settings, *, room_id: str | None, fair_id: str | None, now: datetime
) -> str:
    """The address of the screen at a room's door, or of a whole fair's in the waiting area."""
    link = _ensure(work, settings, Purpose.DISPLAY, resource_id=room_id, fair_id=fair_id, now=now)
    return f"{settings.base_address}/display/{token_of(settings, link)}"


def token_of(settings: Settings, link: Link) -> str:
    """128 random-looking bits that only the installation's secret can make."""
    message = f"{link.kind}:{link.id}:{link.generation}".encode()
    digest = hmac.new(settings.secret_key.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def open_link(work: Session, token: str, purpose: Purpose, *, now: datetime) -> Opened:
    """What the address opens. LinkUnknown or LinkGone otherwise; nothing is changed or spent."""
    link = links.find_link(work, hash_of(token))
    if link is None or link.kind != purpose:
        raise LinkUnknown
    if link.revoked_at is not None or (link.expires_at is not None and link.expires_at <= now):
        raise LinkGone
    return Opened(purpose=Purpose(link.kind), resource_id=link.resource_id, fair_id=link.fair_id)


def rotate_link(db: Database, settings: Settings, link_id: str, *, now: datetime, actor: Actor) -> None:
    """A new address for the same thing; the old one is unknown from this moment."""
    with db.write() as work:
        link = links.get_link(work, link_id)
        fresh = replace(link, generation=link.generation + 1, revoked_at=None)
        links.save_link(work, replace(fresh, token_sha256=hash_of(token_of(settings, fresh))))
        audit.record(
            work, now, actor.label, "rotate_link", "link", link_id, {}, {"generation": fresh.generation}
        )


def revoke_link(db: Database, link_id: str, *, now: datetime, actor: Actor) -> None:
    """The address answers "no longer valid" from this moment."""
    with db.write() as work:
        links.save_link(work, replace(links.get_link(work, link_id), revoked_at=now))
        audit.record(work, now, actor.label, "revoke_link", "link", link_id, {}, {})


def hash_of(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _ensure(
    work: Session,
    settings: Settings,
    purpose: Purpose,
    *,
    resource_id: str | None,
    fair_id: str | None,
    now: datetime,
) -> Link:
    found = links.find_link_for(work, str(purpose), resource_id, fair_id)
    if found is not None:
        return found
    draft = Link(
        id=new_id("link"),
        kind=str(purpose),
        token_sha256="",
        resource_id=resource_id,
        fair_id=fair_id,
        generation=1,
        created_at=now,
    )
    link = replace(draft, token_sha256=hash_of(token_of(settings, draft)))
    links.save_link(work, link)
    return link
