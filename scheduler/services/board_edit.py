"""What a coordinator does on the board: place, put back, pin, change the link. Each is one use case of its own.

A change of the published grid is a change of a meeting (`move`, `cancel`, `book`), with its revision checked; before
that it is one of the plan. Either way its deeds are named by their numbers in the audit trail, to be undone by them.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound, Refusal, StaleRevision
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.match import Match
from scheduler.booking.meeting import Meeting
from scheduler.booking.occupancy import candidate_slots
from scheduler.booking.people import Interpreter
from scheduler.booking.rules import Roster
from scheduler.booking.slot import Slot
from scheduler.services.actor import Actor
from scheduler.services.board import Across
from scheduler.services.board_cards import planned_mark
from scheduler.services.board_draft import (
    StalePlace,
    pin_planned,
    place_planned,
    put_back_planned,
    swap_planned,
)
from scheduler.services.board_places import NO_COLUMN, Stand, leg_of, planned_of, planned_stand
from scheduler.services.book import book
from scheduler.services.build_grid import NoDraft
from scheduler.services.cancel import cancel
from scheduler.services.choose import Wish
from scheduler.services.idempotency import Ticket, find_answer
from scheduler.services.move import Target, movable, move
from scheduler.services.notices import row_state_for
from scheduler.services.record import Keeping, keep_changed
from scheduler.services.roster import placement_of
from scheduler.services.swap import swap
from scheduler.settings import Settings
from scheduler.storage import audit, board_rows, fairs, matches, meetings, people
from scheduler.storage.db import Database
from scheduler.wording import Phrase

_LONGEST_LINK = 500


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A cell of the board: a row, and a column of a kind."""

    start_at: datetime
    across: Across
    column: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was changed: the match, and the numbers of the deeds that can be taken back.

    `other_id` is the match that it changed places with.
    """

    match_id: str
    deeds: tuple[int, ...]
    other_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A session as somebody saw it before they changed it."""

    match_id: str
    seen: str


class WrongColumn(Refusal):
    """A session was put where it does not belong."""

    phrase = Phrase("This session cannot stand in that column.")


def wish_at(db: Database, key: str, match_id: str, spot: Spot) -> Wish:
    """What dropping a session into a cell asks for. Raises WrongColumn, NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        match = _match(work, fair, match_id)
        wish = Wish(fair_key=key, match_id=match_id, slot=_slot_at(work, fair, match, spot.start_at))
        if spot.across is Across.ROOM:
            return replace(wish, room_id=_room_id(match, spot.column))
        if spot.across is Across.INTERPRETER:
            return replace(wish, interpreter_ids=_team(work, fair, match, spot.column))
    if spot.column != (match.company_id if spot.across is Across.COMPANY else match.buyer_id):
        raise WrongColumn
    return wish


def place(
    db: Database,
    settings: Settings,
    wish: Wish,
    *,
    seen: str,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Done:
    """Puts a session, or a match without one, where it is wished. The same ticket twice does it once.

    Raises StaleRevision or StalePlace, SlotTaken with the nearest moments, RulesBroken, NotFound.
    """
    with db.write() as work:
        answer = find_answer(work, ticket)
        if answer is not None:
            return _done(work, "meeting", str(answer["meeting_id"]), wish.match_id)
        fair, stand = _planned_stand(work, wish.fair_key, wish.match_id)
        if stand is not None:
            place_planned(work, fair, stand, wish, seen=seen, now=now, actor=actor)
            return _done(work, "match", wish.match_id, wish.match_id)
        meeting = meetings.live_meeting_of_match(work, wish.match_id)
        if meeting is not None:
            _refuse_stale(meeting, seen)
            _pin_itself(work, fair, meeting)
    if meeting is None:
        if seen:
            raise StalePlace
        meeting = book(db, settings, wish, now=now, actor=actor, ticket=ticket)
    else:
        target = Target(slot=wish.slot, interpreter_ids=wish.interpreter_ids, room_id=wish.room_id)
        revision = meeting.revision
        meeting = move(
            db,
            settings,
            meeting.id,
            target,
            seen_revision=revision,
            now=now,
            actor=actor,
            ticket=ticket,
        )
    with db.read() as work:
        return _done(work, "meeting", meeting.id, wish.match_id)


def put_back(db: Database, key: str, match_id: str, *, seen: str, now: datetime, actor: Actor) -> Done:
    """Cancels a session, so that its match is without a place again. Raises as `place` does."""
    with db.write() as work:
        fair, stand = _planned_stand(work, key, match_id)
        if stand is not None:
            put_back_planned(work, fair, stand, seen=seen, now=now, actor=actor)
            return _done(work, "match", match_id, match_id)
        meeting = _meeting(work, match_id, seen)
    cancel(db, meeting.id, seen_revision=meeting.revision, now=now, actor=actor)
    with db.read() as work:
        return _done(work, "meeting", meeting.id, match_id)


def swap_places(
    db: Database, settings: Settings, key: str, first: Seen, second: Seen, *, now: datetime, actor: Actor
) -> Done:
    """Two sessions exchange their times. Raises StaleRevision or StalePlace, RulesBroken, SlotTaken, NotFound."""
    with db.write() as work:
        fair = fairs.get_fair(work, key)
        planned = planned_of(work, fair)
        if planned is not None:
            other = planned_stand(work, fair, planned, second.match_id).placement
            if other is None or planned_mark(other) != second.seen:
                raise StalePlace
            stand = planned_stand(work, fair, planned, first.match_id, without=second.match_id)
            swap_planned(work, fair, stand, other, seen=first.seen, now=now, actor=actor)
            return _done_both(work, "match", (first.match_id, second.match_id), first, second)
        pair = [_meeting_of(work, fair, one.match_id, one.seen) for one in (first, second)]
    revisions = (pair[0].revision, pair[1].revision)
    swap(db, settings, pair[0].id, pair[1].id, seen_revisions=revisions, now=now, actor=actor)
    with db.read() as work:
        return _done_both(work, "meeting", (pair[0].id, pair[1].id), first, second)


def pin(
    db: Database, key: str, match_id: str, *, is_pinned: bool, seen: str, now: datetime, actor: Actor
) -> Done:
    """Pins a session to its place, or lets it go: a new plan keeps what is pinned. Nobody is told."""
    with db.write() as work:
        fair, stand = _planned_stand(work, key, match_id)
        if stand is not None:
            pin_planned(work, fair, stand, is_pinned=is_pinned, seen=seen, now=now, actor=actor)
            return _done(work, "match", match_id, match_id)
        meeting = _meeting(work, match_id, seen)
        board_rows.set_pinned(work, meeting.id, is_pinned=is_pinned)
        matches.remove_pin(work, match_id)
        before, after = {"is_pinned": meeting.is_pinned}, {"is_pinned": is_pinned}
        action = "pin" if is_pinned else "unpin"
        audit.record(work, now, actor.label, action, "meeting", meeting.id, before, after)
        return _done(work, "meeting", meeting.id, match_id)


def set_link(
    db: Database,
    settings: Settings,
    key: str,
    match_id: str,
    link: str,
    *,
    seen: str,
    now: datetime,
    actor: Actor,
) -> Done:
    """Another video link for one session; people hear of it as of any change. Raises BadInput, StaleRevision."""
    _refuse_odd(link)
    with db.write() as work:
        fair = fairs.get_fair(work, key)
        _match(work, fair, match_id)
        found = _meeting(work, match_id, seen)
        meeting = movable(work, found.id, found.revision, now)
        resources = people.resources_by_id(work, meeting.resource_ids, fair.id)
        state = row_state_for(actor, is_published=fair.state is FairState.PUBLISHED)
        keeping = Keeping(actor=actor, now=now, state=state, reminders=settings.reminder_minutes)
        keep_changed(work, meeting, replace(meeting, link=link), resources, keeping, "move")
        return _done(work, "meeting", meeting.id, match_id)


def _planned_stand(work: Session, key: str, match_id: str) -> tuple[Fair, Stand | None]:
    fair = fairs.get_fair(work, key)
    _match(work, fair, match_id)
    planned = planned_of(work, fair)
    if planned is not None:
        return fair, planned_stand(work, fair, planned, match_id)
    if fair.state is FairState.DRAFT and not meetings.meetings_of_fair(work, fair.id):
        # A new grid is being built: what the page still shows is no plan any more.
        raise NoDraft
    return fair, None


def _match(work: Session, fair: Fair, match_id: str) -> Match:
    match = matches.find_match_of_fair(work, fair.id, match_id)
    if match is None:
        raise NotFound(kind="match", key=match_id)
    return match


def _meeting(work: Session, match_id: str, seen: str) -> Meeting:
    meeting = meetings.live_meeting_of_match(work, match_id)
    if meeting is None:
        raise StalePlace
    _refuse_stale(meeting, seen)
    return meeting


def _meeting_of(work: Session, fair: Fair, match_id: str, seen: str) -> Meeting:
    _match(work, fair, match_id)
    return _meeting(work, match_id, seen)


def _refuse_stale(meeting: Meeting, seen: str) -> None:
    if str(meeting.revision) != seen:
        revision = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
        raise StaleRevision(meeting_id=meeting.id, seen=revision, current=meeting.revision)


def _pin_itself(work: Session, fair: Fair, meeting: Meeting) -> None:
    """A session that its match is pinned for is pinned itself from now on: the pin goes where it goes."""
    pinned = next((one for one in matches.pins_of(work, fair.id) if one.match_id == meeting.match_id), None)
    if pinned is None:
        return
    if pinned == placement_of(meeting):
        board_rows.set_pinned(work, meeting.id, is_pinned=True)
    matches.remove_pin(work, pinned.match_id)


def _slot_at(work: Session, fair: Fair, match: Match, start_at: datetime) -> Slot:
    """The slot that begins then, as this match would take it."""
    roster = Roster(
        fair=fair,
        resources=people.resources_by_id(work, [match.buyer_id], fair.id),
        matches={match.id: match},
    )
    for slot in candidate_slots(match, roster):
        if slot.start_at == start_at:
            return slot
    raise NotFound(kind="slot", key=start_at.isoformat())


def _room_id(match: Match, column: str) -> str | None:
    if match.needs_room != (column != NO_COLUMN):
        raise WrongColumn
    return column or None


def _team(work: Session, fair: Fair, match: Match, column: str) -> tuple[str, ...] | None:
    """Who interprets when a session is put into the column of an interpreter: of a relay the other stays."""
    if not match.legs and column == NO_COLUMN:
        return None
    found = people.resources_by_id(work, [column], fair.id).get(column)
    leg = leg_of(match, found) if isinstance(found, Interpreter) else None
    if found is None or leg is None:
        raise WrongColumn
    if len(match.legs) == 1:
        return (found.id,)
    meeting = meetings.live_meeting_of_match(work, match.id)
    if meeting is None or len(meeting.interpreter_ids) != len(match.legs):
        raise WrongColumn
    return tuple(found.id if number == leg else one for number, one in enumerate(meeting.interpreter_ids))


def _refuse_odd(link: str) -> None:
    """A link of a web page and nothing else: what runs in a browser or breaks a calendar line is refused."""
    parts = urlsplit(link)
    is_web = parts.scheme in ("https", "http") and bool(parts.hostname) and len(link) <= _LONGEST_LINK
    if is_web and link.isprintable() and " " not in link:
        return
    wrong = Phrase("This is no address of a web page.")
    mend = Phrase("Copy it from the video service, for example https://meet.example/room.")
    raise BadInput([Fault(place="link", wrong=wrong, mend=mend)])


def _done_both(work: Session, kind: str, ids: tuple[str, str], first: Seen, second: Seen) -> Done:
    deeds = tuple(board_rows.newest_number(work, kind, one) for one in ids)
    return Done(match_id=first.match_id, deeds=deeds, other_id=second.match_id)


def _done(work: Session, kind: str, subject_id: str, match_id: str) -> Done:
    return Done(match_id=match_id, deeds=(board_rows.newest_number(work, kind, subject_id),))
