"""Somebody did not come: who could be called forward into the freed time, and the word that does it.

Candidates are matches that wait for a session, and sessions later that day. The session nobody came to is cut short
in the same transaction, and everybody concerned is told at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import NotFound, Refusal, SlotTaken, StaleRevision
from scheduler.booking.fair import Fair, day_of
from scheduler.booking.forward import as_walk_in, cut_short, first_opening
from scheduler.booking.match import Match, Priority
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.occupancy import Occupancy
from scheduler.booking.people import Interpreter, Resource
from scheduler.booking.rules import Roster
from scheduler.booking.slot import Slot
from scheduler.services.actor import Actor
from scheduler.services.board import Entry, entry_of
from scheduler.services.book import book_in
from scheduler.services.choose import Wish
from scheduler.services.hand import beside, without
from scheduler.services.idempotency import Ticket, answer_once
from scheduler.services.move import movable, placed_anew
from scheduler.services.notices import RowState
from scheduler.services.record import Keeping, keep_changed
from scheduler.services.roster import (
    FOUND,
    Scene,
    limited_within,
    occupancy_among,
    placement_of,
    scene_among,
)
from scheduler.settings import Settings
from scheduler.storage import fairs, matches, meetings, people, results
from scheduler.storage.db import Database
from scheduler.timezones.wall import begin_of_day
from scheduler.wording import Phrase

MOST = 30
"""How many pairs are listed: the day does not wait for the thousandth."""
_REACH = timedelta(hours=6)
"""How far behind the freed time what is taken is looked up: longer than any session lasts."""


class NothingFreed(Refusal):
    """The session is not one that somebody did not come to, or its time is over."""

    phrase = Phrase("Only the time of a session that somebody did not come to can be given to others.")


class NoLongerFree(Refusal):
    """Since it was looked at, somebody is not free any more, or too little of the time is left."""

    phrase = Phrase("This pair can no longer be called forward. Look at the list again.")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A pair that could come now. `later` is its session later that day, None where it waits without one."""

    match: Match
    company: Resource
    buyer: Resource
    placement: Placement
    later: Meeting | None = None

    @property
    def slot(self) -> Slot:
        return self.placement.slot


@dataclass(frozen=True, kw_only=True)
class ForwardPage:
    """A session that somebody did not come to, and who could be called into its time."""

    fair: Fair
    entry: Entry
    absent: str
    candidates: tuple[Caller, ...]


def forward_page(db: Database, meeting_id: str, *, now: datetime) -> ForwardPage:
    """Raises NotFound, NothingFreed. Always the same number of queries."""
    with db.read() as work:
        freed, fair, absent = _freed(work, meeting_id)
        named = people.resources_by_id(work, freed.resource_ids, fair.id)
        found = tuple(islice(_candidates(work, fair, freed, absent, now), MOST))
    return ForwardPage(fair=fair, entry=entry_of(freed, named), absent=absent, candidates=found)


def call_forward(
    db: Database,
    settings: Settings,
    meeting_id: str,
    match_id: str,
    *,
    seen_revision: int,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Meeting:
    """Moves the pair's session there, or books one. Raises NoLongerFree, NothingFreed, StaleRevision, NotFound."""

    def called(work: Session) -> Meeting:
        freed, fair, absent = _freed(work, meeting_id)
        if freed.revision != seen_revision:
            raise StaleRevision(meeting_id=meeting_id, seen=seen_revision, current=freed.revision)
        chosen = _find_candidate(work, fair, freed, absent, match_id, now)
        if chosen is None:
            raise NoLongerFree
        _cut_short(work, fair, freed, chosen.slot, now, actor)
        matches.save_match(work, fair.id, as_walk_in(chosen.match))
        return _placed(work, settings, fair, chosen, now, actor)

    def attempt(work: Session) -> Meeting:
        # Which session it will be, a later one or a new one, is only known when it is done.
        answer = answer_once(work, ticket, lambda: {"meeting_id": called(work).id}, now=now)
        return meetings.get_meeting(work, str(answer["meeting_id"]))

    try:
        return db.carry_out(attempt)
    except SlotTaken:
        raise NoLongerFree from None


def _freed(work: Session, meeting_id: str) -> tuple[Meeting, Fair, str]:
    """The session, its fair, and who did not come, where that is noted."""
    meeting = meetings.get_meeting(work, meeting_id)
    if meeting.fair_id is None:
        raise NotFound(kind="meeting", key=meeting_id)
    if meeting.state is not State.NO_SHOW:
        raise NothingFreed
    absent = results.no_shows(work, (meeting.id,)).get(meeting.id, "")
    return meeting, fairs.get_fair_by_id(work, meeting.fair_id), absent


def _cut_short(work: Session, fair: Fair, freed: Meeting, slot: Slot, now: datetime, actor: Actor) -> None:
    resources = people.resources_by_id(work, freed.resource_ids, fair.id)
    after = cut_short(freed, before=slot.start_at, resources=resources.values())
    keeping = Keeping(actor=actor, now=now, state=RowState.DUE)
    keep_changed(work, freed, after, resources, keeping, "cut_short")
    if freed.match_id is not None:
        matches.save_match(work, fair.id, as_walk_in(matches.get_match(work, freed.match_id)))


def _placed(
    work: Session, settings: Settings, fair: Fair, chosen: Caller, now: datetime, actor: Actor
) -> Meeting:
    wish = Wish(
        fair_key=fair.key,
        match_id=chosen.match.id,
        slot=chosen.slot,
        interpreter_ids=chosen.placement.interpreter_ids,
        room_id=chosen.placement.room_id,
    )
    if chosen.later is None:
        return book_in(work, settings, wish, now=now, actor=actor, told=RowState.DUE)
    before = movable(work, chosen.later.id, chosen.later.revision, now)
    after, scene = placed_anew(work, settings, before, wish, now)
    keeping = Keeping(actor=actor, now=now, state=RowState.DUE, reminders=settings.reminder_minutes)
    return keep_changed(work, before, after, scene.roster.resources, keeping, "call_forward")


def _candidates(work: Session, fair: Fair, freed: Meeting, absent: str, now: datetime) -> Iterator[Caller]:
    """First those that have no session, the important ones before the others; then later sessions by their time."""
    ends_at = begin_of_day(day_of(freed.slot, fair.zone) + timedelta(days=1), fair.zone)
    ahead = {
        one.match_id: one
        for one in meetings.meetings_of_fair(
            work, fair.id, states=(State.CONFIRMED,), first=freed.slot.start_at, last=ends_at
        )
        if one.match_id is not None and _is_ahead(one, fair, freed, now)
    }
    waiting = matches.matches_without_session(work, fair.id)
    later = matches.matches_by_id(work, fair.id, ahead)
    wanted = [(one, ahead.get(one.id)) for one in (*waiting, *later) if _is_wanted(one, freed, absent)]
    scene = scene_among(work, fair, (one for one, _ in wanted))
    taken = limited_within(work, scene, tuple(scene.roster.resources), _stretch(freed))
    yield from _those_who_can(wanted, freed, absent, scene.roster, taken, now)


def _find_candidate(
    work: Session, fair: Fair, freed: Meeting, absent: str, match_id: str, now: datetime
) -> Caller | None:
    """One of them, without looking at any other."""
    match = matches.find_match_of_fair(work, fair.id, match_id)
    if match is None or not _is_wanted(match, freed, absent):
        return None
    sides = (match.company_id, match.buyer_id)
    near = meetings.sessions_near(work, match.id, sides, freed.slot.start_at, freed.slot.end_at)
    live = next((one for one in near if one.match_id == match.id), None)
    if live is not None and not _is_ahead(live, fair, freed, now):
        return None
    around = people.some_of(work, fair.id, (*sides, *freed.resource_ids), FOUND)
    roster = Roster(fair=fair, resources=around, matches={match.id: match})
    taken = occupancy_among(work, Scene(fair=fair, roster=roster), tuple(around), _stretch(freed))
    return next(_those_who_can([(match, live)], freed, absent, roster, taken, now), None)


def _those_who_can(
    wanted: Iterable[tuple[Match, Meeting | None]],
    freed: Meeting,
    absent: str,
    roster: Roster,
    taken: Occupancy,
    now: datetime,
) -> Iterator[Caller]:
    """Of these the ones for whom everybody is free, where the freed session ends before they begin."""
    there = replace(roster, resources=_those_there(roster.resources, _away(freed, absent)))
    kept = placement_of(cut_short(freed, before=freed.slot.start_at, resources=()))
    occupancy = beside(without(taken, freed, there), [kept] if kept is not None else [], there)
    for match, later in sorted(wanted, key=lambda one: _urgency(*one)):
        if not there.resources.keys() >= {match.company_id, match.buyer_id}:
            continue
        known = without(occupancy, later, there) if later is not None else occupancy
        found = first_opening(match, freed, there, known, now=now)
        if found is not None:
            yield Caller(
                match=match,
                company=there.resources[match.company_id],
                buyer=there.resources[match.buyer_id],
                placement=found,
                later=later,
            )


def _stretch(freed: Meeting) -> Slot:
    return Slot(freed.slot.start_at, freed.slot.end_at + _REACH)


def _is_wanted(match: Match, freed: Meeting, absent: str) -> bool:
    """Another pair than the freed one, and nobody of it is known to be away."""
    is_other = match.priority is not Priority.NEVER and match.id != freed.match_id
    return is_other and _away(freed, absent).isdisjoint((match.company_id, match.buyer_id))


def _is_ahead(live: Meeting, fair: Fair, freed: Meeting, now: datetime) -> bool:
    """A session that is still to come on the same day."""
    is_same_day = day_of(live.slot, fair.zone) == day_of(freed.slot, fair.zone)
    return (
        live.state is State.CONFIRMED and is_same_day and live.slot.start_at > max(now, freed.slot.start_at)
    )


def _urgency(match: Match, live: Meeting | None) -> tuple[bool, datetime | int, str]:
    if live is None:
        return False, int(match.priority), match.id
    return True, live.slot.start_at, match.id


def _away(freed: Meeting, absent: str) -> frozenset[str]:
    """Who is known not to be there."""
    sides = {
        "company": (freed.company_id,),
        "buyer": (freed.buyer_id,),
        "both": (freed.company_id, freed.buyer_id),
        "interpreter": freed.interpreter_ids,
    }.get(absent, ())
    return frozenset(one for one in sides if one is not None)


def _those_there(resources: Mapping[str, Resource], away: frozenset[str]) -> dict[str, Resource]:
    """Everybody but interpreters who are away; who is away of the two sides stands in no match that is looked at."""
    return {key: one for key, one in resources.items() if not (key in away and isinstance(one, Interpreter))}
