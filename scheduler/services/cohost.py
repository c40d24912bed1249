"""A co-host abroad, such as a chamber of commerce: it sees and helps the buyers in its care, and nobody else."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Buyer
from scheduler.services.actor import Actor, Role
from scheduler.services.link_letter import send_link
from scheduler.settings import Settings
from scheduler.storage import accounts, answers, audit, cohosts, fairs, meetings, people
from scheduler.storage.accounts import Account
from scheduler.storage.db import Database


@dataclass(frozen=True, kw_only=True)
class CareLine:
    """One buyer at one fair, with the sessions to come and what has been answered to them."""

    buyer: Buyer
    sessions: int = 0
    accepted: int = 0
    declined: int = 0

    @property
    def unanswered(self) -> int:
        return self.sessions - self.accepted - self.declined


@dataclass(frozen=True, kw_only=True)
class CareFair:
    """A fair in which buyers of the co-host take part."""

    fair: Fair
    lines: tuple[CareLine, ...]


@dataclass(frozen=True, kw_only=True)
class Cohost:
    """An account of a co-host, and the buyers in its care."""

    account: Account
    buyers: frozenset[str]


def care_page(db: Database, account_id: str, *, now: datetime) -> tuple[CareFair, ...]:
    """The co-host's buyers by fair, the newest fair first. Always the same number of queries."""
    with db.read() as work:
        care = cohosts.buyers_in_care(work, account_id)
        taking_part = cohosts.fairs_of(work, care)
        of_fairs = [one for one in fairs.list_fairs(work) if one.id in taking_part]
        named = people.resources_by_id(work, care)
        booked = meetings.meetings_of_buyers(work, care, (State.CONFIRMED,))
        ahead = [one for one in booked if one.slot.start_at > now]
        said = _said(work, ahead)
    sessions = Counter((one.fair_id, one.buyer_id) for one in ahead)
    return tuple(
        CareFair(
            fair=fair,
            lines=tuple(
                CareLine(
                    buyer=buyer,
                    sessions=sessions[fair.id, buyer.id],
                    accepted=said[fair.id, buyer.id, "accepted"],
                    declined=said[fair.id, buyer.id, "declined"],
                )
                for buyer in (named[one] for one in taking_part[fair.id])
                if isinstance(buyer, Buyer)
            ),
        )
        for fair in of_fairs
    )


def buyer_in_care(db: Database, account_id: str, fair_key: str, buyer_id: str) -> tuple[Fair, Buyer]:
    """A buyer of the co-host at a fair. Anybody else's is as if there were none: NotFound."""
    with db.read() as work:
        return _buyer_in_care(work, account_id, fair_key, buyer_id)


def send_link_again(
    db: Database,
    settings: Settings,
    account_id: str,
    fair_key: str,
    buyer_id: str,
    *,
    now: datetime,
    actor: Actor,
) -> None:
    """The buyer's link by mail. Raises NotFound."""
    with db.write() as work:
        fair, buyer = _buyer_in_care(work, account_id, fair_key, buyer_id)
        send_link(work, settings, buyer.id, fair.id, now=now, actor=actor)


def cohosts_of(db: Database) -> tuple[Cohost, ...]:
    """Every co-host who can log in, for the coordinator."""
    with db.read() as work:
        care = cohosts.care_by_account(work)
        found = [one for one in accounts.list_accounts(work) if one.role == Role.COHOST and one.is_active]
    return tuple(Cohost(account=one, buyers=care.get(one.id, frozenset())) for one in found)


def choose_buyers(
    db: Database, fair_key: str, account_id: str, chosen: Iterable[str], *, now: datetime, actor: Actor
) -> None:
    """Of the buyers of a fair, exactly these are in the co-host's care; those of other fairs stay. Raises NotFound."""
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        account = accounts.get_account(work, account_id)
        if account.role != Role.COHOST:
            raise NotFound(kind="account", key=account_id)
        here = {one.id for one in people.buyers_of(work, fair.id)}
        wanted = set(chosen)
        if not wanted <= here:
            raise NotFound(kind="buyer", key=min(wanted - here))
        before = sorted(cohosts.buyers_in_care(work, account_id) & here)
        cohosts.set_care(work, account_id, give=wanted, take=here - wanted)
        told: dict[str, object] = {"fair_id": fair.id, "buyers": sorted(wanted)}
        audit.record(work, now, actor.label, "choose_buyers", "account", account_id, {"buyers": before}, told)


def _buyer_in_care(work: Session, account_id: str, fair_key: str, buyer_id: str) -> tuple[Fair, Buyer]:
    if buyer_id not in cohosts.buyers_in_care(work, account_id):
        raise NotFound(kind="buyer", key=buyer_id)
    fair = next((one for one in fairs.list_fairs(work) if one.key == fair_key), None)
    if fair is None or fair.id not in people.fair_ids_of(work, buyer_id):
        # A fair that its buyers are not in is none of the co-host's business, not even its existence.
        raise NotFound(kind="buyer", key=buyer_id)
    buyer = people.get_resource(work, buyer_id, fair.id)
    if not isinstance(buyer, Buyer):
        raise NotFound(kind="buyer", key=buyer_id)
    return fair, buyer


def _said(work: Session, ahead: Iterable[Meeting]) -> Counter[tuple[str | None, str | None, str]]:
    by_id = {one.id: one for one in ahead}
    return Counter(
        (by_id[one.meeting_id].fair_id, one.recipient_id, one.partstat)
        for one in answers.answers_standing(work, list(by_id))
        if one.recipient_id == by_id[one.meeting_id].buyer_id
    )
