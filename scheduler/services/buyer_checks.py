"""Verified buyers: a coordinator has checked that a buyer is who they say, and when; it can be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound
from scheduler.booking.fair import Fair
from scheduler.booking.people import Buyer
from scheduler.booking.results import note_faults
from scheduler.services.actor import Actor
from scheduler.services.idempotency import Ticket, answer_once
from scheduler.storage import audit, fairs, people, results
from scheduler.storage.db import Database, new_id
from scheduler.storage.results import BuyerCheck
from scheduler.wording import Phrase


@dataclass(frozen=True, kw_only=True)
class CheckPage:
    """A buyer of a fair and what was ever said of them, the newest last."""

    fair: Fair
    buyer: Buyer
    checks: tuple[BuyerCheck, ...]

    @property
    def newest(self) -> BuyerCheck | None:
        return self.checks[-1] if self.checks else None


def check_page(db: Database, fair_key: str, buyer_id: str) -> CheckPage:
    """Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        buyer = next((one for one in people.buyers_of(work, fair.id) if one.id == buyer_id), None)
        if buyer is None:
            raise NotFound(kind="buyer", key=buyer_id)
        checks = results.buyer_checks(work, (buyer_id,)).get(buyer_id, ())
    return CheckPage(fair=fair, buyer=buyer, checks=checks)


def newest_checks(db: Database, fair_id: str) -> dict[str, BuyerCheck]:
    """What was said last of each buyer of a fair of whom anything was said."""
    with db.read() as work:
        buyer_ids = [one.id for one in people.buyers_of(work, fair_id)]
        found = results.buyer_checks(work, buyer_ids)
    return {buyer_id: checks[-1] for buyer_id, checks in found.items()}


def newest_check(db: Database, buyer_id: str) -> BuyerCheck | None:
    """What was said last of one buyer."""
    with db.read() as work:
        return next(reversed(results.buyer_checks(work, (buyer_id,)).get(buyer_id, ())), None)


def note_check(
    db: Database,
    fair_key: str,
    buyer_id: str,
    *,
    is_verified: str,
    note: str,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> None:
    """Marks a buyer as verified (`yes`), or takes that back (`no`), once for a ticket: what was said before stays.

    Raises BadInput, NotFound.
    """
    faults: list[Fault] = []
    if is_verified not in ("yes", "no"):
        faults.append(Fault(place="is_verified", wrong=Phrase("Choose one of the two.")))
    if not note.strip():
        faults.append(Fault(place="note", wrong=Phrase("Say how it was checked, or why it holds no longer.")))
    faults += note_faults(note)
    if faults:
        raise BadInput(faults)
    check_page(db, fair_key, buyer_id)
    check = BuyerCheck(
        id=new_id("check"),
        buyer_id=buyer_id,
        is_verified=is_verified == "yes",
        note=note.strip(),
        checked_at=now,
        checked_by=actor.label,
        by_name=actor.name,
    )

    def add(work: Session) -> Mapping[str, Any]:
        results.add_buyer_check(work, check)
        told = {"check": check.id, "is_verified": check.is_verified}
        audit.record(work, now, actor.label, "check_buyer", "resource", buyer_id, {}, told)
        return {"check_id": check.id}

    db.carry_out(lambda work: answer_once(work, ticket, lambda: add(work), now=now))
