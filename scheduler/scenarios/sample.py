"""The sample of a programme: its fair with everybody in it, as a workbook would say it."""

from dataclasses import replace
from datetime import date

from scheduler.booking.fair import Fair, Programme
from scheduler.booking.match import Match, Priority, joins_from_room, legs_between
from scheduler.booking.people import Buyer, Company
from scheduler.grid.problem import Problem
from scheduler.scenarios.dates import days_from
from scheduler.scenarios.facts import Facts
from scheduler.scenarios.pairs import even_pairs, evenly_marked
from scheduler.scenarios.people import buyers_of, companies_of, interpreters_of, rooms_of, spans
from scheduler.sheets.draft import FairDraft, match_key


def draft_of(facts: Facts, start: date) -> FairDraft:
    """The same facts and start give the same draft, on every machine."""
    days = days_from(start, facts.days, facts.weekdays)
    companies, buyers = companies_of(facts), buyers_of(facts)
    matches = _matches(facts, companies, buyers)
    return FairDraft(
        fair=_fair(facts, days),
        programme=_programme(facts),
        companies=companies,
        buyers=buyers,
        interpreters=interpreters_of(facts, days, matches),
        rooms=rooms_of(facts),
        matches=matches,
    )


def problem_of(draft: FairDraft) -> Problem:
    """The grid problem of a draft, without a database."""
    return Problem(
        fair=draft.fair,
        companies=draft.companies,
        buyers=draft.buyers,
        interpreters=draft.interpreters,
        rooms=draft.rooms,
        matches=draft.matches,
        pins=draft.pins,
    )


def _fair(facts: Facts, days: tuple[date, ...]) -> Fair:
    return Fair(
        id=facts.key,
        key=facts.key,
        name=facts.name,
        name_en=facts.name_en,
        days=days,
        opening=spans(facts.opening),
        slot_minutes=facts.slot_minutes,
        break_minutes=facts.break_minutes,
        company_daily_limit=facts.company_daily_limit,
        buyer_daily_limit=facts.buyer_daily_limit,
        programme_id=facts.programme[0] if facts.programme else None,
        organiser=facts.organiser,
        organiser_email=f"fair@{facts.key}.example",
        venue=facts.venue,
    )


def _programme(facts: Facts) -> Programme | None:
    if facts.programme is None:
        return None
    key, name, name_en = facts.programme
    return Programme(id=key, key=key, name=name, name_en=name_en)


def _matches(facts: Facts, companies: tuple[Company, ...], buyers: tuple[Buyer, ...]) -> tuple[Match, ...]:
    pairs = even_pairs(len(companies), len(buyers), facts.sessions, facts.key)
    walk_ins = evenly_marked(len(pairs), facts.walk_ins)
    matches = (
        _match(companies[company], buyers[buyer], number) for number, (company, buyer) in enumerate(pairs)
    )
    return tuple(replace(one, is_walk_in=number in walk_ins) for number, one in enumerate(matches))


def _match(company: Company, buyer: Buyer, number: int) -> Match:
    # Every fifth pair is one that both sides asked for, every seventh one that may fall out.
    priority = Priority.MUST if number % 5 == 0 else Priority.WANTED
    return Match(
        id=match_key(company.id, buyer.id),
        company_id=company.id,
        buyer_id=buyer.id,
        priority=Priority.IF_TIME_ALLOWS if number % 7 == 6 else priority,
        legs=legs_between(company, buyer),
        needs_room=joins_from_room(company),
    )
