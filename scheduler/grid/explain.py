"""Why a match is left out, in the coordinator's words: the facts that leave it no slot, the strongest first."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from scheduler.booking.assign import Placement
from scheduler.booking.match import Match
from scheduler.booking.occupancy import Occupancy, find_interpreters, occupancy_of
from scheduler.booking.people import LanguagePair, Resource, zone_of
from scheduler.booking.rules import Roster
from scheduler.booking.slot import Slot
from scheduler.grid.bounds import shortages
from scheduler.grid.candidates import interpreted_slots
from scheduler.grid.model import Model, model_of
from scheduler.grid.plan import LeftOut, Plan
from scheduler.grid.problem import Problem
from scheduler.timezones.labels import BothSidesText
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase

_DAY = timedelta(days=1)


def reasons_for(problem: Problem, plan: Plan, match_id: str) -> tuple[Phrase, ...]:
    """Why this match has no place in a plan, whoever made it."""
    match = problem.roster.matches[match_id]
    if (match.company_id, match.buyer_id) in problem.roster.never_pairs:
        return (_never(match, problem.roster),)
    model = model_of(problem)
    return Explainer(model, plan.placements).reasons(match)


def left_out(model: Model, placements: Sequence[Placement]) -> tuple[LeftOut, ...]:
    """Every wanted match without a place, with its reasons."""
    placed = {one.match_id for one in placements}
    rest = [match for match in model.matches if match.id not in placed]
    if not rest:
        return ()
    explainer = Explainer(model, placements)
    return tuple(LeftOut(match_id=match.id, reasons=explainer.reasons(match)) for match in rest)


class Explainer:
    """Looks for the facts, with what a plan has taken up."""

    def __init__(self, model: Model, placements: Sequence[Placement]) -> None:
        self.model, self.problem = model, model.problem
        self._short: dict[str, list[Phrase]] = {}
        for shortage in shortages(model):
            for match_id in shortage.match_ids:
                self._short.setdefault(match_id, []).append(shortage.phrase)
        self._occupancy = taken_up(self.problem, placements)
        staff: tuple[Resource, ...] = (*self.problem.interpreters, *self.problem.rooms)
        self._staff = Roster(fair=self.problem.fair, resources={one.id: one for one in staff})
        self._interpreted: dict[tuple[tuple[LanguagePair, ...], Slot], bool] = {}
        self._roomy: dict[Slot, bool] = {}

    def reasons(self, match: Match) -> tuple[Phrase, ...]:
        options = self.model.candidates.options[match.id]
        if not options:
            return self._never_possible(match)
        return (*self._short.get(match.id, ()), *self._taken(match, options))

    def _never_possible(self, match: Match) -> tuple[Phrase, ...]:
        """No slot is open to it, whatever else is placed."""
        candidates, resources = self.model.candidates, self.problem.roster.resources
        offered = frozenset(candidates.offered[match.id])
        company, buyer = resources[match.company_id], resources[match.buyer_id]
        if not offered:
            return (Phrase("The fair has no slot for buyers from the country of %(name)s", name=buyer.name),)
        closed = [one for one in (company, buyer) if not offered & candidates.open_slots[one.id]]
        if closed:
            return tuple(self._outside(one, sorted(offered)) for one in closed)
        common = offered & candidates.open_slots[company.id] & candidates.open_slots[buyer.id]
        if not common:
            return (
                Phrase(
                    "%(company)s and %(buyer)s are never free in the same slot",
                    company=company.name,
                    buyer=buyer.name,
                ),
            )
        return self._no_staff(match, common)

    def _outside(self, one: Resource, offered: Sequence[int]) -> Phrase:
        """How a participant's hours and the fair's slots miss each other, on the day they come nearest."""
        slots = [self.model.slots[index] for index in offered]
        home, away = self.problem.fair.zone, zone_of(one)
        first = to_wall(slots[0].start_at, away).date() - _DAY
        last = to_wall(slots[-1].end_at, away).date() + _DAY
        free = one.hours.intervals(first, last)
        if any(one.hours.covers(slot.start_at, slot.end_at) for slot in slots):
            return Phrase("%(name)s is booked elsewhere in every slot of the fair", name=one.name)
        gaps = [
            (max(opens_at - slot.end_at, slot.start_at - closes_at), slot, opens_at, closes_at)
            for slot in slots
            for opens_at, closes_at in free
        ]
        if not gaps:
            return Phrase("%(name)s has no hours on the days of the fair", name=one.name)
        _, slot, opens_at, closes_at = min(gaps)
        if closes_at <= slot.start_at:
            return Phrase(
                "The day of %(name)s ends at %(ends)s; the next session begins at %(begins)s",
                name=one.name,
                ends=BothSidesText(start_at=closes_at, home_zone=home, away_zone=away),
                begins=BothSidesText(start_at=slot.start_at, home_zone=home, away_zone=away),
            )
        if opens_at >= slot.end_at:
            return Phrase(
                "The day of %(name)s begins at %(begins)s; the last session before ends at %(ends)s",
                name=one.name,
                begins=BothSidesText(start_at=opens_at, home_zone=home, away_zone=away),
                ends=BothSidesText(start_at=slot.end_at, home_zone=home, away_zone=away),
            )
        return Phrase("The hours of %(name)s hold no whole session of the fair", name=one.name)

    def _no_staff(self, match: Match, common: frozenset[int]) -> tuple[Phrase, ...]:
        found = []
        if not common & interpreted_slots(self.problem, match.legs, self.model.candidates.open_slots):
            pairs = ", ".join(str(leg) for leg in match.legs)
            found.append(Phrase("No interpreter for %(pairs)s works when both sides are free", pairs=pairs))
        if match.needs_room and not any(
            common & self.model.candidates.open_slots[room.id] for room in self.problem.rooms
        ):
            found.append(Phrase("No room is open when both sides are free"))
        return tuple(found) or (Phrase("Interpreters and rooms are never free in the same slot"),)

    def _taken(self, match: Match, options: Sequence[int]) -> tuple[Phrase, ...]:
        """What is in the way in the slots open to it: each obstacle with the number of slots it blocks."""
        counts: Counter[Phrase] = Counter()
        free: list[int] = []
        for index in options:
            obstacles = self._obstacles(match, self.model.slots[index])
            counts.update(obstacles)
            free += [] if obstacles else [index]
        if free:
            return (self._would_fit(match, self.model.slots[free[0]]),)
        total = len(options)
        return tuple(
            Phrase("%(fact)s (%(count)s of %(total)s possible slots)", fact=fact, count=count, total=total)
            for fact, count in counts.most_common()
        )

    def _obstacles(self, match: Match, slot: Slot) -> list[Phrase]:
        resources = self.problem.roster.resources
        found = []
        for side in (resources[match.company_id], resources[match.buyer_id]):
            if self._occupancy.has_claims(side, slot):
                found.append(Phrase("%(name)s is in another session", name=side.name))
            elif not self._occupancy.is_free(side, slot, self.problem.fair):
                found.append(Phrase("%(name)s has reached its limit of sessions for the day", name=side.name))
        if not self._is_interpreted(match.legs, slot):
            pairs = ", ".join(str(leg) for leg in match.legs)
            found.append(Phrase("no interpreter for %(pairs)s is free", pairs=pairs))
        if match.needs_room and not self._has_room(slot):
            found.append(Phrase("all rooms are taken"))
        return found

    def _is_interpreted(self, legs: tuple[LanguagePair, ...], slot: Slot) -> bool:
        if (legs, slot) not in self._interpreted:
            names = find_interpreters(legs, slot, self._staff, self._occupancy)
            self._interpreted[legs, slot] = names is not None
        return self._interpreted[legs, slot]

    def _has_room(self, slot: Slot) -> bool:
        if slot not in self._roomy:
            rooms = self.problem.rooms
            self._roomy[slot] = any(self._occupancy.is_free(room, slot, self.problem.fair) for room in rooms)
        return self._roomy[slot]

    def _would_fit(self, match: Match, slot: Slot) -> Phrase:
        buyer = self.problem.roster.resources[match.buyer_id]
        when = BothSidesText(
            start_at=slot.start_at,
            end_at=slot.end_at,
            home_zone=self.problem.fair.zone,
            away_zone=zone_of(buyer),
        )
        return Phrase("It fits at %(when)s and can be placed there by hand", when=when)


def _never(match: Match, roster: Roster) -> Phrase:
    return Phrase(
        "%(company)s and %(buyer)s are marked never to meet",
        company=roster.resources[match.company_id].name,
        buyer=roster.resources[match.buyer_id].name,
    )


def taken_up(problem: Problem, placements: Sequence[Placement]) -> Occupancy:
    """Who is free when beside these placements and what is booked elsewhere."""
    claims: dict[str, set[int]] = {}
    for busy in problem.busy:
        claims.setdefault(busy.resource_id, set()).update(busy.slot.ticks())
    return occupancy_of(placements, problem.roster, claims)
