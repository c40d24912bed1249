"""A company and a buyer of one fair, and the match between them, stored or only thought of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair
from scheduler.booking.match import Match, Priority, joins_from_room, legs_between
from scheduler.booking.people import Buyer, Company, Kind, Resource
from scheduler.storage import fairs, matches, people
from scheduler.storage.db import new_id


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Both sides; `is_matched` says whether the match is stored already. `around` are they, and whoever was found."""

    fair: Fair
    company: Company
    buyer: Buyer
    match: Match
    is_matched: bool
    around: Mapping[str, Resource] = field(default_factory=dict)


def pair_in(
    work: Session, fair_key: str, company_id: str, buyer_id: str, *, finding: Collection[Kind] = ()
) -> Pair:
    """Raises NotFound when one does not take part, or the two are marked never to meet.

    All of the kinds to find from are read as well.
    """
    fair = fairs.get_fair(work, fair_key)
    around = people.some_of(work, fair.id, (company_id, buyer_id), finding)
    company, buyer = around.get(company_id), around.get(buyer_id)
    if not isinstance(company, Company):
        raise NotFound(kind="fair", key=fair_key)
    stored = matches.find_match(work, fair.id, company_id, buyer_id)
    if not isinstance(buyer, Buyer) or (stored is not None and stored.priority is Priority.NEVER):
        # A company does not learn with whom it is not to meet.
        raise NotFound(kind="buyer", key=buyer_id)
    match = stored or match_between(company, buyer)
    return Pair(
        fair=fair,
        company=company,
        buyer=buyer,
        match=match,
        is_matched=stored is not None,
        around=around,
    )


def match_between(
    company: Company, buyer: Buyer, *, priority: Priority = Priority.IF_TIME_ALLOWS, rank: int | None = None
) -> Match:
    """A new match of two, with the interpretation and the room that they take by default."""
    return Match(
        id=new_id("mat"),
        company_id=company.id,
        buyer_id=buyer.id,
        priority=priority,
        rank=rank,
        legs=legs_between(company, buyer),
        needs_room=joins_from_room(company),
    )
