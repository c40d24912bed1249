"""Capability links: addresses that open one page or one feed. Of a token only its hash is kept."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, select
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.storage.prepared import Prepared
from scheduler.storage.statements import pieces, upsert
from scheduler.storage.tables import LinkTable, table_of

LINK = table_of(LinkTable)
# Made once: calendar apps ask for their feeds by it every hour.
_BY_HASH = Prepared(select(LINK).where(LINK.c.token_sha256 == bindparam("hash")))


@dataclass(frozen=True, kw_only=True)
class Link:
    """`kind` is buyer or feed. It opens what belongs to the resource, to the fair, or to both together."""

    id: str
    kind: str
    token_sha256: str
    created_at: datetime
    resource_id: str | None = None
    fair_id: str | None = None
    generation: int = 1
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def save_link(work: Session, link: Link) -> None:
    """Store a link, or what has changed of it."""
    upsert(work, LINK, asdict(link), keep=("created_at",))


def get_link(work: Session, link_id: str) -> Link:
    found = _find(work, LINK.c.id == link_id)
    if found is None:
        raise NotFound(kind="link", key=link_id)
    return found


def find_link(work: Session, token_sha256: str) -> Link | None:
    """By the hash of its token; revoked and expired ones too."""
    row = _BY_HASH.ask(work, hash=token_sha256).first()
    return None if row is None else Link(**row._asdict())


def find_link_for(work: Session, kind: str, resource_id: str | None, fair_id: str | None) -> Link | None:
    """The first that was made for exactly this, revoked or not."""
    given = {"kind": kind, "resource": resource_id, "fair": fair_id}
    asked = {name: value for name, value in given.items() if value is not None}
    row = _for(resource_id is not None, fair_id is not None).ask(work, **asked).first()
    return None if row is None else Link(**row._asdict())


@lru_cache(maxsize=4)
def _for(of_resource: bool, of_fair: bool) -> Prepared:
    """Made once: every schedule shows the calendar address of its reader."""
    exactly = (
        LINK.c.kind == bindparam("kind"),
        LINK.c.resource_id == bindparam("resource") if of_resource else LINK.c.resource_id.is_(None),
        LINK.c.fair_id == bindparam("fair") if of_fair else LINK.c.fair_id.is_(None),
    )
    return Prepared(select(LINK).where(*exactly).order_by(LINK.c.created_at, LINK.c.id).limit(1))


def links_for(
    work: Session, kind: str, resource_ids: Collection[str], fair_ids: Collection[str]
) -> dict[tuple[str, str], Link]:
    """Of each resource at each fair the first that was made, revoked or not."""
    found: dict[tuple[str, str], Link] = {}
    for piece in pieces(resource_ids):
        theirs = (LINK.c.kind == kind, LINK.c.resource_id.in_(piece), LINK.c.fair_id.in_(fair_ids))
        for row in work.execute(select(LINK).where(*theirs).order_by(LINK.c.created_at, LINK.c.id)):
            found.setdefault((row.resource_id, row.fair_id), _link_from(row))
    return found


def links_of_fair(work: Session, fair_id: str) -> tuple[Link, ...]:
    """All that open something of one fair."""
    rows = work.execute(select(LINK).where(LINK.c.fair_id == fair_id).order_by(LINK.c.created_at, LINK.c.id))
    return tuple(_link_from(row) for row in rows)


def links_of_kind(work: Session, kind: str) -> tuple[Link, ...]:
    """All of one kind, of whatever they open."""
    rows = work.execute(select(LINK).where(LINK.c.kind == kind).order_by(LINK.c.created_at, LINK.c.id))
    return tuple(_link_from(row) for row in rows)


def _find(work: Session, *conditions: ColumnElement[bool]) -> Link | None:
    statement = select(LINK).where(*conditions).order_by(LINK.c.created_at, LINK.c.id).limit(1)
    row = work.execute(statement).one_or_none()
    return None if row is None else _link_from(row)


def _link_from(row: Row[Any]) -> Link:
    return Link(**row._mapping)
