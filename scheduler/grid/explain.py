"""Why a match is left out, in the coordinator's words: the smallest set of facts, and the cheapest change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from scheduler.booking.assign import Placement
from scheduler.booking.match import Match
from scheduler.booking.occupancy import Occupancy, candidate_slots, occupancy_of
from scheduler.booking.people import LanguagePair, Resource, named, zone_of
from scheduler.booking.rules import Roster, limit_per_day
from scheduler.booking.slot import Slot
from scheduler.grid.changes import Mend, Remedies
from scheduler.grid.facts import BUYER, COMPANY, INTERPRETER, ROLES, Fact, Facts, InSlot, Role, smallest_set
from scheduler.grid.model import Model
from scheduler.grid.plan import LeftOut, Plan
from scheduler.grid.problem import Problem
from scheduler.timezones.hours import Hours
from scheduler.timezones.intervals import Interval
from scheduler.timezones.labels import BothSidesText
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase, msgid
from scheduler.wording.tongues import TonguesText

_DAY = timedelta(days=1)
MOST_CHANGES = 300
"""For so many matches, in their order, a change is looked for; nobody reads through more."""


def reasons_for(problem: Problem, plan: Plan, match_id: str) -> tuple[Phrase, ...]:
    """Why this match has no place in a plan, whoever made it."""
    return Explainer(problem, plan.placements).reasons(problem.roster.matches[match_id])


def change_for(problem: Problem, plan: Plan, match_id: str) -> Mend | None:
    """The cheapest change that lets this match in with everything else where it is, if a small one does."""
    return Explainer(problem, plan.placements).change(problem.roster.matches[match_id])


def left_out(
    model: Model, placements: Sequence[Placement], *, most_changes: int = MOST_CHANGES
) -> tuple[LeftOut, ...]:
    """Every wanted match without a place, with its reasons, and the first of them with what would let them in."""
    placed = {one.match_id for one in placements}
    rest = [match for match in model.matches if match.id not in placed]
    if not rest:
        return ()
    explainer = Explainer(model.problem, placements)
    return tuple(explainer.left_out(match, number < most_changes) for number, match in enumerate(rest))


def taken_up(problem: Problem, placements: Sequence[Placement]) -> Occupancy:
    """Who is free when beside these placements and what is booked elsewhere."""
    claims: dict[str, set[int]] = {}
    for busy in problem.busy:
        claims.setdefault(busy.resource_id, set()).update(busy.slot.ticks())
    return occupancy_of(placements, problem.roster, claims)


@dataclass(frozen=True)
class PairsText:
    """Language pairs as a coordinator says them, Korean first: ``한국어–인도네시아어``."""

    legs: tuple[LanguagePair, ...]

    def text(self, language: str) -> str:
        pairs = (sorted((leg.first, leg.second), key=lambda code: code != "ko") for leg in self.legs)
        return ", ".join(TonguesText(codes=tuple(pair)).text(language) for pair in pairs)


class Explainer:
    """Explains matches beside the placements of a plan."""

    def __init__(self, problem: Problem, placements: Sequence[Placement]) -> None:
        self.problem = problem
        self.facts = Facts(problem, placements)
        self.remedies = Remedies(self.facts, placements)

    def left_out(self, match: Match, with_change: bool = True) -> LeftOut:
        mend = self.change(match) if with_change else None
        return LeftOut(
            match_id=match.id,
            reasons=self.reasons(match),
            changes=tuple(one.phrase for one in mend.changes) if mend is not None else (),
        )

    def change(self, match: Match) -> Mend | None:
        """What would let it in; None for a match that fits as it is, too."""
        if any(not one.needs for one in self.facts.in_slots(match)):
            return None
        return self.remedies.cheapest(match)

    def reasons(self, match: Match) -> tuple[Phrase, ...]:
        """The facts of the smallest set that rules the match out, each as a sentence."""
        roster = self.problem.roster
        if (match.company_id, match.buyer_id) in roster.never_pairs:
            return (_never(match, roster),)
        slots = self.facts.in_slots(match)
        smallest = smallest_set(slots)
        if smallest is None:
            free = next(one.slot for one in slots if not one.needs)
            return (self._would_fit(match, free),)
        if not smallest:
            return (self._nobody_at_all(match, slots),)
        return tuple(self._sentences(match, slots, smallest))

    def _nobody_at_all(self, match: Match, slots: Sequence[InSlot]) -> Phrase:
        """There is no slot, or nobody of a kind to be had."""
        if not slots:
            buyer = self.problem.roster.resources[match.buyer_id]
            return Phrase("The fair has no slot for buyers from the country of %(name)s", name=buyer.name)
        if any(role == INTERPRETER and not choices for one in slots for role, choices in one.needs):
            return Phrase("The fair has no interpreters for %(pairs)s", pairs=PairsText(match.legs))
        return Phrase("The fair has no room")

    def _sentences(self, match: Match, slots: Sequence[InSlot], smallest: Fact) -> Iterator[Phrase]:
        is_alone = smallest.bit_count() == 1
        for role in ROLES:
            own = (role.hours, role.elsewhere, role.limit, role.sessions)
            named = [fact for fact in own if fact & smallest]
            for fact in named:
                blocked = [one.slot for one in slots if fact & one.against(role, smallest)]
                if role in (COMPANY, BUYER):
                    yield self._about_person(match, role, fact, blocked, len(slots), is_alone=is_alone)
                else:
                    yield _about_staff(match, role, fact, len(blocked), len(slots), is_one_of=len(named))

    def _about_person(
        self, match: Match, role: Role, fact: Fact, blocked: Sequence[Slot], total: int, *, is_alone: bool
    ) -> Phrase:
        key = match.company_id if role == COMPANY else match.buyer_id
        resource = self.problem.roster.resources[key]
        if fact == role.hours and is_alone:
            return self._outside(resource, candidate_slots(match, self.problem.roster))
        if fact == role.hours:
            hours = Phrase("%(name)s is available %(hours)s", name=named(resource), hours=resource.hours)
            return _outside_of(hours, len(blocked), total)
        limit = limit_per_day(resource, self.problem.fair)
        said = Phrase(_PERSON[_kind_of(role, fact)], name=named(resource), limit=limit or 0)
        return _counted(said, len(blocked), total)

    def _outside(self, one: Resource, slots: Sequence[Slot]) -> Phrase:
        """How a participant's hours and the fair's slots miss each other, on the day they come nearest."""
        home, away = self.problem.fair.zone, zone_of(one)
        gaps = [
            (max(opens_at - slot.end_at, slot.start_at - closes_at), slot, opens_at, closes_at)
            for slot in slots
            for opens_at, closes_at in _around(one.hours, slots)
        ]
        if not gaps:
            return Phrase("%(name)s has no hours on the days of the fair", name=named(one))
        _, slot, opens_at, closes_at = min(gaps)
        if closes_at <= slot.start_at:
            return Phrase(
                "The day of %(name)s ends at %(ends)s; the next session begins at %(begins)s",
                name=named(one),
                ends=BothSidesText(start_at=closes_at, home_zone=home, away_zone=away),
                begins=BothSidesText(start_at=slot.start_at, home_zone=home, away_zone=away),
            )
        if opens_at >= slot.end_at:
            return Phrase(
                "The day of %(name)s begins at %(begins)s; the last session before ends at %(ends)s",
                name=named(one),
                begins=BothSidesText(start_at=opens_at, home_zone=home, away_zone=away),
                ends=BothSidesText(start_at=slot.end_at, home_zone=home, away_zone=away),
            )
        return Phrase("The hours of %(name)s hold no whole session of the fair", name=named(one))

    def _would_fit(self, match: Match, slot: Slot) -> Phrase:
        buyer = self.problem.roster.resources[match.buyer_id]
        when = BothSidesText(
            start_at=slot.start_at,
            end_at=slot.end_at,
            home_zone=self.problem.fair.zone,
            away_zone=zone_of(buyer),
        )
        return Phrase("It fits at %(when)s and can be placed there by hand", when=when)


_PERSON = {
    "elsewhere": msgid("%(name)s is booked elsewhere"),
    "limit": msgid("%(name)s has reached its limit of %(limit)s sessions a day"),
    "sessions": msgid("%(name)s is in another session"),
}
_STAFF = {
    ("interpreters", "hours"): msgid("no interpreter for %(pairs)s works then"),
    ("interpreters", "elsewhere"): msgid("interpreters for %(pairs)s are booked elsewhere"),
    ("interpreters", "limit"): msgid("interpreters for %(pairs)s have reached their limit for the day"),
    ("interpreters", "sessions"): msgid("interpreters for %(pairs)s are in other sessions"),
    ("rooms", "hours"): msgid("rooms are closed"),
    ("rooms", "elsewhere"): msgid("rooms are booked elsewhere"),
    ("rooms", "sessions"): msgid("rooms are taken"),
}


_SOME_STAFF = {
    ("interpreters", "hours"): msgid("some interpreters for %(pairs)s do not work then"),
    ("interpreters", "elsewhere"): msgid("some interpreters for %(pairs)s are booked elsewhere"),
    ("interpreters", "limit"): msgid("some interpreters for %(pairs)s have reached their limit for the day"),
    ("interpreters", "sessions"): msgid("some interpreters for %(pairs)s are in other sessions"),
    ("rooms", "hours"): msgid("some rooms are closed"),
    ("rooms", "elsewhere"): msgid("some rooms are booked elsewhere"),
    ("rooms", "sessions"): msgid("some rooms are taken"),
}
"""Where only several facts together leave nobody."""


def _about_staff(match: Match, role: Role, fact: Fact, count: int, total: int, *, is_one_of: int) -> Phrase:
    kind = "interpreters" if role == INTERPRETER else "rooms"
    words = _STAFF if is_one_of == 1 else _SOME_STAFF
    said = Phrase(words[kind, _kind_of(role, fact)], pairs=PairsText(match.legs))
    return _counted(said, count, total)


def _kind_of(role: Role, fact: Fact) -> str:
    names = {role.hours: "hours", role.elsewhere: "elsewhere", role.sessions: "sessions"}
    return names.get(fact, "limit")


def _counted(fact: Phrase, count: int, total: int) -> Phrase:
    if count == total:
        return Phrase("%(fact)s in every slot", fact=fact)
    return Phrase("%(fact)s (in %(count)s of %(total)s slots)", fact=fact, count=count, total=total)


def _outside_of(fact: Phrase, count: int, total: int) -> Phrase:
    return Phrase("%(fact)s (%(count)s of %(total)s slots lie outside)", fact=fact, count=count, total=total)


def _around(hours: Hours, slots: Sequence[Slot]) -> tuple[Interval, ...]:
    """All open time that can matter to the slots."""
    first = to_wall(slots[0].start_at, hours.zone).date() - _DAY
    last = to_wall(slots[-1].end_at, hours.zone).date() + _DAY
    return hours.intervals(first, last)


def _never(match: Match, roster: Roster) -> Phrase:
    return Phrase(
        "%(company)s and %(buyer)s are marked never to meet",
        company=named(roster.resources[match.company_id]),
        buyer=roster.resources[match.buyer_id].name,
    )
