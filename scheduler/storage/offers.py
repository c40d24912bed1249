"""Offers of slots that were given up, each to one match that has no session yet."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.slot import Slot
from scheduler.storage.prepared import Prepared
from scheduler.storage.tables import OfferTable, table_of

OFFER = table_of(OfferTable)
_IN_ORDER = select(OFFER).order_by(OFFER.c.start_at, OFFER.c.id)
# Made once: every schedule asks.
_TO = Prepared(
    _IN_ORDER.where(
        OFFER.c.recipient_id == bindparam("recipient"),
        OFFER.c.state == "open",
        OFFER.c.expires_at > bindparam("now"),
    )
)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """`freed_id` is the session that was given up; `state` is open, accepted, declined or gone."""

    id: str
    freed_id: str
    fair_id: str
    match_id: str
    recipient_id: str
    start_at: datetime
    end_at: datetime
    state: str
    expires_at: datetime
    created_at: datetime
    created_by: str
    answered_at: datetime | None = None

    @property
    def slot(self) -> Slot:
        return Slot(self.start_at, self.end_at)

    def is_open(self, now: datetime) -> bool:
        """It lapses at its moment, not after it, and with the beginning of the slot at the latest."""
        return self.state == "open" and now < min(self.expires_at, self.start_at)


def add_offers(work: Session, offers: Iterable[Offer]) -> None:
    work.execute(insert(OFFER), [asdict(one) for one in offers])


def get_offer(work: Session, offer_id: str, *, for_change: bool = False) -> Offer:
    """`for_change`: nobody else changes it before this transaction ends. Raises NotFound."""
    found = _find(work, OFFER.c.id == offer_id, for_change=for_change)
    if not found:
        raise NotFound(kind="offer", key=offer_id)
    return found[0]


def offers_of_freed(work: Session, freed_id: str, *, for_change: bool = False) -> tuple[Offer, ...]:
    """All of one slot, in one order, so that two transactions cannot wait for each other."""
    return _find(work, OFFER.c.freed_id == freed_id, for_change=for_change)


def offers_to(work: Session, recipient_id: str, now: datetime) -> tuple[Offer, ...]:
    """Those that somebody can still accept, in order of time."""
    theirs = (Offer(**row._asdict()) for row in _TO.rows(work, recipient=recipient_id, now=now))
    return tuple(one for one in theirs if one.is_open(now))


def open_offers_of_fair(work: Session, fair_id: str, now: datetime) -> tuple[Offer, ...]:
    """Those of a fair that somebody can still accept, in order of time."""
    its = (OFFER.c.fair_id == fair_id, OFFER.c.state == "open", OFFER.c.expires_at > now)
    return tuple(one for one in _find(work, *its) if one.is_open(now))


def settle_offer(work: Session, offer_id: str, state: str, now: datetime) -> None:
    work.execute(update(OFFER).where(OFFER.c.id == offer_id).values(state=state, answered_at=now))


def _find(work: Session, *conditions: ColumnElement[bool], for_change: bool = False) -> tuple[Offer, ...]:
    statement = _IN_ORDER.where(*conditions)
    rows = work.execute(statement.with_for_update() if for_change else statement).all()
    return tuple(_offer_from(row) for row in rows)


def _offer_from(row: Row[Any]) -> Offer:
    return Offer(**row._mapping)
