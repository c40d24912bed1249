"""One session of the board by itself: its card, and who and which rooms could take part in it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.match import Match
from scheduler.booking.people import Interpreter, LanguagePair, Resource, Room
from scheduler.services.agenda import zones_of
from scheduler.services.board import entry_of, with_answers
from scheduler.services.board_cards import Card, card_of, planned_cards
from scheduler.services.board_plan import newest_plan
from scheduler.storage import answers, board_rows, fairs, matches, meetings, people
from scheduler.storage.db import Database
from scheduler.storage.people import FairPeople


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """One session apart from the board; `card` is None for a match without a place.

    `interpreters` and `rooms` are those of the fair that could be asked for.
    """

    fair: Fair
    match: Match
    company: Resource
    buyer: Resource
    zones: tuple[str, ...]
    card: Card | None = None
    interpreters: tuple[Interpreter, ...] = ()
    rooms: tuple[Room, ...] = ()

    def speakers(self, leg: LanguagePair) -> tuple[Interpreter, ...]:
        """Who could take this leg."""
        return tuple(one for one in self.interpreters if leg in one.pairs)


def session_view(db: Database, key: str, match_id: str) -> SessionView:
    """A session, or a match without a place, as it stands now. Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        match = matches.find_match_of_fair(work, fair.id, match_id)
        if match is None:
            raise NotFound(kind="match", key=match_id)
        everyone = people.people_of(work, fair.id)
        resources = people.resources_by_id(work, (match.company_id, match.buyer_id), fair.id)
        return SessionView(
            fair=fair,
            match=match,
            company=resources[match.company_id],
            buyer=resources[match.buyer_id],
            zones=zones_of(everyone),
            card=_card(work, fair, match, everyone),
            interpreters=everyone.interpreters,
            rooms=everyone.rooms,
        )


def _card(work: Session, fair: Fair, match: Match, everyone: FairPeople) -> Card | None:
    resources = {one.id: one for one in everyone.everyone}
    pins = [one for one in matches.pins_of(work, fair.id) if one.match_id == match.id]
    meeting = meetings.live_meeting_of_match(work, match.id)
    if meeting is not None:
        standing = answers.answers_standing(work, [meeting.id])
        (entry,) = with_answers([entry_of(meeting, resources)], standing)
        return card_of(meeting, entry, {one.match_id: one for one in pins})
    if fair.state is not FairState.DRAFT or board_rows.starts_of(work, fair.id):
        return None
    plan = newest_plan(work, fair, has_sessions=False).plan
    placed = [one for one in plan.placements if one.match_id == match.id] if plan is not None else []
    cards = planned_cards(placed, pins, resources, {match.id: match})
    return next(iter(cards), None)
