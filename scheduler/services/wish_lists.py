"""A company's wish list: which buyers it would like to meet, in its own order, for the grid to go by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import RulesBroken
from scheduler.booking.match import Match, Priority
from scheduler.booking.people import Buyer, Company
from scheduler.booking.picking import wishes_closed
from scheduler.services.actor import Actor
from scheduler.services.pairs import match_between, pair_in
from scheduler.services.picking_rules import rules_in
from scheduler.storage import audit, fairs, matches, people, wishes
from scheduler.storage.db import Database


def place_wish(
    db: Database,
    fair_key: str,
    company_id: str,
    buyer_id: str,
    position: int | None,
    *,
    now: datetime,
    actor: Actor,
) -> tuple[str, ...]:
    """Puts a buyer at a place of the list (from 1; behind the last is the end), or takes them off with None.

    Saying it twice changes nothing more. Returns the buyers in order. Raises RulesBroken after the deadline,
    NotFound for a buyer whom this company does not see.
    """
    with db.write() as work:
        pair = pair_in(work, fair_key, company_id, buyer_id)
        rules = rules_in(work, pair.fair.id)
        if not rules.takes_wishes(pair.fair, now):
            raise RulesBroken([wishes_closed(rules, pair.fair)])
        before = wishes.wishes_of(work, pair.fair.id, company_id)
        after = _placed(before, buyer_id, position)
        if after == before:
            return after
        wishes.save_wishes(work, pair.fair.id, company_id, after)
        _rank(work, pair.fair.id, company_id, after, known=(*before, *after))
        audit.record(
            work,
            now,
            actor.label,
            "wish",
            "company",
            company_id,
            {"buyers": list(before)},
            {"buyers": list(after)},
        )
        return after


def rank_by_wishes(work: Session, fair_id: str) -> None:
    """Gives the matches of a fair the ranks of the wish lists again, after somebody else has written matches."""
    for company_id, listed in wishes.wishes_of_fair(work, fair_id).items():
        _rank(work, fair_id, company_id, listed, known=listed)


@dataclass(frozen=True, kw_only=True)
class WishList:
    """A company's list; each buyer with whether the two are matched."""

    company: Company
    buyers: tuple[tuple[Buyer, bool], ...]

    @property
    def unmatched(self) -> int:
        return sum(not is_matched for _, is_matched in self.buyers)


def wish_lists(db: Database, fair_key: str) -> tuple[WishList, ...]:
    """Those that have anybody on them, in the order of the companies. Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        everyone = people.people_of(work, fair.id)
        known = {(one.company_id, one.buyer_id) for one in matches.matches_of(work, fair.id)}
        listed = wishes.wishes_of_fair(work, fair.id)
    buyers = {one.id: one for one in everyone.buyers}
    return tuple(
        WishList(
            company=company,
            buyers=tuple(
                (buyers[one], (company.id, one) in known) for one in listed[company.id] if one in buyers
            ),
        )
        for company in everyone.companies
        if company.id in listed
    )


def match_all_wishes(db: Database, fair_key: str, *, now: datetime, actor: Actor) -> int:
    """Makes a match of every wish that has none, so that the grid places them; how many. Raises NotFound."""
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        everyone = people.people_of(work, fair.id)
        companies = {one.id: one for one in everyone.companies}
        buyers = {one.id: one for one in everyone.buyers}
        known = {(one.company_id, one.buyer_id) for one in matches.matches_of(work, fair.id)}
        made = [
            match_between(companies[company_id], buyers[buyer_id], priority=Priority.WANTED, rank=rank)
            for company_id, listed in wishes.wishes_of_fair(work, fair.id).items()
            for rank, buyer_id in enumerate(listed, start=1)
            if (company_id, buyer_id) not in known and company_id in companies and buyer_id in buyers
        ]
        for match in made:
            matches.save_match(work, fair.id, match)
        audit.record(work, now, actor.label, "match_wishes", "fair", fair.id, {}, {"matches": len(made)})
        return len(made)


def _placed(before: Sequence[str], buyer_id: str, position: int | None) -> tuple[str, ...]:
    others = [one for one in before if one != buyer_id]
    if position is None:
        return tuple(others)
    at = max(0, position - 1)
    return (*others[:at], buyer_id, *others[at:])


def _rank(
    work: Session, fair_id: str, company_id: str, listed: Sequence[str], *, known: Sequence[str]
) -> None:
    positions = {one: number for number, one in enumerate(listed, start=1)}
    for match in matches.matches_of(work, fair_id):
        if match.company_id == company_id and match.buyer_id in known:
            ranked = _ranked(match, positions.get(match.buyer_id))
            if ranked != match:
                matches.save_match(work, fair_id, ranked)


def _ranked(match: Match, position: int | None) -> Match:
    """What is on the list is wanted; what must be or must never be is the organiser's word and stays."""
    if match.priority is Priority.IF_TIME_ALLOWS and position is not None:
        return replace(match, rank=position, priority=Priority.WANTED)
    return replace(match, rank=position)
