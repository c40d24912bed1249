"""A person's own calendar address, as their page shows it: looked up on reading, made only when asked for."""

from datetime import datetime

from scheduler.services.actor import Actor
from scheduler.services.links import Purpose, feed_address, token_of
from scheduler.settings import Settings
from scheduler.storage import audit, links
from scheduler.storage.db import Database


def find_subscription(
    db: Database, settings: Settings, *, resource_id: str | None, fair_id: str | None = None
) -> str | None:
    """The address, if it has been made and not been revoked. Changes nothing."""
    with db.read() as work:
        link = links.find_link_for(work, str(Purpose.FEED), resource_id, fair_id)
    if link is None or link.revoked_at is not None:
        return None
    return f"{settings.base_address}/feeds/{token_of(settings, link)}.ics"


def subscriptions_of_fair(db: Database, settings: Settings, fair_id: str) -> dict[str | None, str]:
    """Every address that was made for one fair, by the room or person it is for; None is the whole fair's."""
    with db.read() as work:
        made = links.links_of_fair(work, fair_id)
    return {
        one.resource_id: f"{settings.base_address}/feeds/{token_of(settings, one)}.ics"
        for one in made
        if one.kind == Purpose.FEED and one.revoked_at is None
    }


def make_subscription(
    db: Database,
    settings: Settings,
    *,
    resource_id: str | None,
    fair_id: str | None = None,
    now: datetime,
    actor: Actor,
) -> str:
    """The address, made now if it was not there; asked for twice, it is the same."""
    with db.write() as work:
        address = feed_address(work, settings, resource_id=resource_id, fair_id=fair_id, now=now)
        subject = ("resource", resource_id) if resource_id is not None else ("fair", fair_id or "")
        audit.record(work, now, actor.label, "make_feed", *subject, {}, {})
        return address
