"""Whom a matching sheet names, and the matches found so far."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property

from scheduler.booking.match import Match, Priority, joins_from_room, legs_between
from scheduler.booking.people import Company, LanguagePair
from scheduler.sheets.buyers import BuyerLine
from scheduler.sheets.draft import buyer_key, company_key, match_key
from scheduler.sheets.fields import suggest
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.marks import is_no_match
from scheduler.sheets.reading import Expected, Suggestion
from scheduler.sheets.written import PRIORITY_WORDS
from scheduler.wording import Phrase

NO_NAME = re.compile(
    r"(?:합\s*계|총\s*계|소\s*계|계|비\s*고|순\s*위|연\s*번|번호|no\.?|total|sum|note|remarks?|[※*].*)",
    re.I | re.S,
)
LEAVE_OUT = Suggestion(answer="-", label=Phrase("Leave it out"))


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The companies and buyers there are, by key, to find those a matching table names."""

    companies: Mapping[str, Company]
    buyers: Mapping[str, BuyerLine]

    @cached_property
    def company_names(self) -> Mapping[str, str]:
        return {key: one.name for key, one in self.companies.items()}

    @cached_property
    def buyer_names(self) -> Mapping[str, str]:
        return {key: line.buyer.name for key, line in self.buyers.items()}

    def default_legs(self, company_id: str, buyer_id: str) -> tuple[LanguagePair, ...]:
        """A relay where the buyer asks for one, else what the languages of both sides take."""
        company, line = self.companies[company_id], self.buyers[buyer_id]
        legs = legs_between(company, line.buyer)
        return line.relay if legs and line.relay else legs


@dataclass
class Found:
    """Matches by their pair, in the order of the sheets."""

    ledger: Ledger
    sides: Sides
    by_pair: dict[str, Match] = field(default_factory=dict)

    def add(self, spot: Spot, match: Match) -> None:
        if match.id not in self.by_pair:
            self.by_pair[match.id] = match
        elif self.by_pair[match.id] != match:
            self.ledger.ask(
                spot,
                Phrase("This pair is in the file twice, with different wishes."),
                Phrase("Delete one of the two."),
                suggestions=(LEAVE_OUT,),
            )

    def match(self, company_id: str, buyer_id: str, priority: Priority, rank: int | None = None) -> Match:
        return Match(
            id=match_key(company_id, buyer_id),
            company_id=company_id,
            buyer_id=buyer_id,
            priority=priority,
            rank=rank,
            legs=self.sides.default_legs(company_id, buyer_id),
            needs_room=joins_from_room(self.sides.companies[company_id]),
        )

    def company(self, spot: Spot) -> str | None:
        names = self.sides.company_names
        return _known(
            spot,
            company_key(spot.text),
            names,
            self.ledger,
            Phrase("There is no company “%(name)s”.", name=spot.text),
        )

    def buyer(self, spot: Spot) -> str | None:
        names = self.sides.buyer_names
        return _known(
            spot,
            buyer_key(spot.text),
            names,
            self.ledger,
            Phrase("There is no buyer “%(name)s”.", name=spot.text),
        )


def _known(spot: Spot, key: str, names: Mapping[str, str], ledger: Ledger, wrong: Phrase) -> str | None:
    """The key a name stands for. Another spelling of it is noted; what is near is suggested, never taken."""
    if key in names:
        if names[key] != spot.text:
            ledger.note(spot, Phrase("The same as “%(name)s”", name=names[key]))
        return key
    if not is_no_match(spot.text):
        ledger.ask(
            spot,
            wrong,
            Phrase("Write the name as it stands in the list, or “-” to leave it out."),
            Expected.CHOICE,
            (*suggest(*_near(key, names)), LEAVE_OUT),
        )
    return None


def _near(key: str, names: Mapping[str, str]) -> list[str]:
    close = get_close_matches(key, list(names), n=3, cutoff=0.5)
    if close:
        return [names[one] for one in close]
    best = max(names, key=lambda one: SequenceMatcher(None, key, one).ratio(), default=None)
    return [names[best]] if best else []


def ask_mark(spot: Spot, ledger: Ledger) -> None:
    words = PRIORITY_WORDS["ko"].values()
    ledger.ask(
        spot,
        Phrase("The mark “%(mark)s” is not known.", mark=spot.text),
        Phrase("Write ◎ must, ○ wanted, △ if time allows, × never, or “-” for no match."),
        Expected.CHOICE,
        (*suggest(*words), Suggestion(answer="-", label=Phrase("No match"))),
    )
