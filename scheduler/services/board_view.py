"""What the board shows: one day, a window of its columns, and how every session there stands.

Thousands of sessions are never read to show a few hundred: of a published grid only the day that is looked at.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair, FairState, day_at, day_of, slots_of
from scheduler.booking.match import Match, Priority, joins_from_room
from scheduler.booking.people import Interpreter, LanguagePair, Resource, Room
from scheduler.booking.slot import Slot
from scheduler.grid.plan import LeftOut, Plan
from scheduler.grid.texts import plan_from_text
from scheduler.services.agenda import WITH_PLAN, Proof, proof_of, zones_of
from scheduler.services.board import Across, Entry, Unplaced, entry_of, with_answers
from scheduler.services.board_cards import (
    Card,
    Look,
    Only,
    Part,
    card_of,
    planned_cards,
    searched,
    stored_cards,
    with_conflicts,
)
from scheduler.storage import answers, board_rows, drafts, fairs, matches, meetings, outbox, people
from scheduler.storage.db import Database
from scheduler.storage.drafts import Draft
from scheduler.storage.people import FairPeople
from scheduler.wording import Phrase

_ALL_UP_TO = 40
_CHECKED_UP_TO = 600
_TRAY = 60
_PAUSE = timedelta(minutes=30)
_TONES = 5


@dataclass(frozen=True, kw_only=True)
class Row:
    """A slot and what happens in it, a cell for each column. `is_after_pause` where time was free before it."""

    slot: Slot
    cells: tuple[tuple[Card, ...], ...]
    is_after_pause: bool = False


@dataclass(frozen=True, kw_only=True)
class DayTab:
    """A day with its number of sessions; `hits` of them are what is looked for."""

    day: date
    sessions: int
    hits: int | None = None


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many sessions of the day wait for a look; `conflicts` is None where nobody has looked for them yet."""

    unanswered: int = 0
    declined: int = 0
    pinned: int = 0
    conflicts: int | None = None


@dataclass(frozen=True, kw_only=True)
class BoardView:
    """`columns` are those of the window, of `column_count` in all; None stands for "has none of this kind".

    `is_planned` while the sessions are a plan that is not published. `tray` holds the first of `tray_count`.
    """

    fair: Fair
    look: Look
    mark: str
    day: date | None
    days: tuple[DayTab, ...]
    zones: tuple[str, ...]
    tongues: tuple[str, ...]
    columns: tuple[Resource | None, ...] = ()
    column_count: int = 0
    rows: tuple[Row, ...] = ()
    tray: tuple[Unplaced, ...] = ()
    tray_count: int = 0
    proof: Proof | None = None
    unsent: int = 0
    counted: Counted = field(default_factory=Counted)
    tones: Mapping[str, int] = field(default_factory=dict)
    is_planned: bool = False

    @property
    def is_published(self) -> bool:
        return self.fair.state is not FairState.DRAFT

    @property
    def across(self) -> Across:
        return self.look.across

    @property
    def hits(self) -> int | None:
        return sum(one.hits or 0 for one in self.days) if self.look.is_searching else None


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """The newest draft with a plan, and whether it is what the board shows."""

    draft: Draft | None
    is_shown: bool

    @property
    def plan(self) -> Plan | None:
        return plan_read(self.draft.plan) if self.draft is not None and self.draft.plan else None


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What one read found. `cards` are those of the day, or of the whole fair where something is looked for."""

    fair: Fair
    look: Look
    everyone: FairPeople
    day: date | None
    sessions: Mapping[date, int]
    cards: tuple[Card, ...]
    columns: tuple[Resource | None, ...]
    is_checked: bool
    is_whole_day: bool


def board_view(db: Database, key: str, look: Look) -> BoardView:
    """One day of a fair: of its sessions once there are any, of its newest plan before. Raises NotFound.

    A day that the fair does not have is as if none was asked for: the first day with sessions.
    """
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        everyone = people.people_of(work, fair.id)
        starts = board_rows.starts_of(work, fair.id)
        planned = _planned(work, fair, has_sessions=bool(starts))
        if planned.is_shown and planned.plan is not None:
            starts = tuple(Counter(one.slot.start_at for one in planned.plan.placements).items())
        sessions = _by_day(fair, starts)
        missing = _missing(work, fair, planned)
        is_checked = (
            look.is_checked or look.only is Only.CONFLICTS or sum(sessions.values()) <= _CHECKED_UP_TO
        )
        wanted = _wanted(work, fair, None if planned.is_shown or is_checked else missing)
        day = _day(look, sessions)
        columns = _columns(everyone, look.across)
        part = Part(day=None if look.is_searching else day, across=look.across)
        if not (look.is_searching or is_checked):
            # Whether anybody goes without an interpreter is not looked up: there is a column for them.
            columns = (*columns, None) if look.across is Across.INTERPRETER else columns
            window = _window(columns, look.first, look.count)
            part = replace(part, column_ids=tuple(one.id if one else None for one in window))
        cards = _cards(work, fair, part, everyone, wanted, planned)
        if is_checked:
            cards = with_conflicts(cards, fair, _by_id(everyone), wanted)
        facts = _Facts(
            fair=fair,
            look=look,
            everyone=everyone,
            day=day,
            sessions=sessions,
            cards=searched(cards, look) if look.is_searching else cards,
            columns=columns,
            is_checked=is_checked,
            is_whole_day=part.column_ids is None,
        )
        tray = [one for one in wanted.values() if one.id in missing] if planned.draft or starts else []
        cancelled = board_rows.cancelled_matches(work, fair.id) if tray else frozenset()
        return _view(
            facts,
            mark=board_rows.board_mark(work, fair.id),
            tray=_unplaced(tray, planned, everyone, cancelled),
            tray_count=len(tray),
            proof=_proof(work, fair, planned, sum(sessions.values())),
            unsent=outbox.counts(work, fair.id).get("collected", 0),
            is_planned=planned.is_shown,
        )


def mark_of_board(db: Database, key: str) -> str:
    """Differs when anything on the board has changed; costs hardly any work. Raises NotFound."""
    with db.read() as work:
        return board_rows.board_mark(work, fairs.get_fair(work, key).id)


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
    resources = _by_id(everyone)
    pins = [one for one in matches.pins_of(work, fair.id) if one.match_id == match.id]
    meeting = meetings.live_meeting_of_match(work, match.id)
    if meeting is not None:
        standing = answers.answers_standing(work, [meeting.id])
        (entry,) = with_answers([entry_of(meeting, resources)], standing)
        return card_of(meeting, entry, {one.match_id: one for one in pins})
    if fair.state is not FairState.DRAFT or board_rows.starts_of(work, fair.id):
        return None
    plan = _planned(work, fair, has_sessions=False).plan
    placed = [one for one in plan.placements if one.match_id == match.id] if plan is not None else []
    cards = planned_cards(placed, pins, resources, {match.id: match})
    return next(iter(cards), None)


@lru_cache(maxsize=4)
def plan_read(text: str) -> Plan:
    """A plan of thousands of placements takes its time to be read; the same text is the same plan."""
    return plan_from_text(text)


def _planned(work: Session, fair: Fair, *, has_sessions: bool) -> _Plan:
    draft = drafts.latest_draft(work, fair.id)
    if draft is None or draft.plan is None or draft.state not in WITH_PLAN:
        return _Plan(draft=None, is_shown=False)
    return _Plan(draft=draft, is_shown=not has_sessions and fair.state is FairState.DRAFT)


def _by_day(fair: Fair, starts: Iterable[tuple[datetime, int]]) -> dict[date, int]:
    sessions = dict.fromkeys(fair.days, 0)
    for start_at, count in starts:
        on = day_at(start_at, fair.zone)
        sessions[on] = sessions.get(on, 0) + count
    return dict(sorted(sessions.items()))


def _day(look: Look, sessions: Mapping[date, int]) -> date | None:
    if look.day in sessions:
        return look.day
    busy = (on for on, count in sessions.items() if count)
    return next(busy, next(iter(sessions), None))


def _missing(work: Session, fair: Fair, planned: _Plan) -> frozenset[str]:
    missing = board_rows.matches_without_session(work, fair.id)
    if planned.is_shown and planned.plan is not None:
        return missing - {one.match_id for one in planned.plan.placements}
    return missing


def _wanted(work: Session, fair: Fair, only: frozenset[str] | None) -> dict[str, Match]:
    found = matches.matches_of(work, fair.id) if only is None else matches.matches_by_id(work, fair.id, only)
    return {one.id: one for one in found if one.priority is not Priority.NEVER}


def _cards(
    work: Session,
    fair: Fair,
    part: Part,
    everyone: FairPeople,
    wanted: Mapping[str, Match],
    planned: _Plan,
) -> tuple[Card, ...]:
    resources = _by_id(everyone)
    if not planned.is_shown or planned.plan is None:
        return stored_cards(work, fair, part, resources)
    cards = planned_cards(planned.plan.placements, matches.pins_of(work, fair.id), resources, wanted)
    return cards if part.day is None else tuple(one for one in cards if _is_on(one, fair, part.day))


def _by_id(everyone: FairPeople) -> dict[str, Resource]:
    return {one.id: one for one in everyone.everyone}


def _is_on(card: Card, fair: Fair, day: date | None) -> bool:
    return day_of(card.entry.slot, fair.zone) == day


def _proof(work: Session, fair: Fair, planned: _Plan, placed: int) -> Proof | None:
    """What the solver has proved holds for as long as nobody has changed its grid."""
    if planned.draft is None and not placed:
        return None
    wanted = board_rows.wanted_count(work, fair.id)
    is_as_planned = planned.draft is not None and (
        planned.is_shown or not placed or _is_as_published(work, fair, planned.draft)
    )
    if not is_as_planned or planned.plan is None or (placed and planned.plan.placed != placed):
        return Proof(placed=placed, wanted=wanted)
    said = proof_of(planned.plan)
    return Proof(placed=placed, wanted=wanted, idle=said.idle, is_optimal=said.is_optimal)


def _is_as_published(work: Session, fair: Fair, draft: Draft) -> bool:
    published_at = fairs.published_at(work, fair.id)
    return draft.state == "published" and not board_rows.changed_since_publication(
        work, fair.id, published_at
    )


def _unplaced(
    tray: Sequence[Match], planned: _Plan, everyone: FairPeople, cancelled: frozenset[str]
) -> tuple[Unplaced, ...]:
    if not tray:
        return ()
    left_out = {one.match_id: one for one in planned.plan.left_out} if planned.plan is not None else {}
    resources = _by_id(everyone)
    there = (one for one in tray if one.company_id in resources and one.buyer_id in resources)
    return tuple(
        Unplaced(
            match=match,
            company=resources[match.company_id],
            buyer=resources[match.buyer_id],
            reasons=_reasons(match, left_out.get(match.id), match.id in cancelled),
            changes=_changes(left_out.get(match.id), match.id in cancelled),
        )
        for match, _ in zip(there, range(_TRAY), strict=False)
    )


def _reasons(match: Match, left_out: LeftOut | None, is_cancelled: bool) -> tuple[Phrase, ...]:
    if is_cancelled:
        return (Phrase("The session was cancelled."),)
    if left_out is not None and left_out.reasons:
        return left_out.reasons
    return (Phrase("This match came after the grid was built."),)


def _changes(left_out: LeftOut | None, is_cancelled: bool) -> tuple[Phrase, ...]:
    """What was found to let it in when the grid was built; whoever was cancelled was in already."""
    return left_out.changes if left_out is not None and not is_cancelled else ()


def _view(
    facts: _Facts,
    *,
    mark: str,
    tray: tuple[Unplaced, ...],
    tray_count: int,
    proof: Proof | None,
    unsent: int,
    is_planned: bool,
) -> BoardView:
    todays = [one for one in facts.cards if _is_on(one, facts.fair, facts.day)]
    every_column = _with_others(facts, todays)
    columns = _window(every_column, facts.look.first, facts.look.count)
    zones = zones_of(facts.everyone)
    return BoardView(
        fair=facts.fair,
        look=facts.look,
        mark=mark,
        day=facts.day,
        days=_days(facts),
        zones=zones,
        tongues=_tongues(facts.everyone),
        columns=columns,
        column_count=len(every_column),
        rows=_rows(facts, todays, columns),
        tray=tray,
        tray_count=tray_count,
        proof=proof,
        unsent=unsent,
        counted=_counted(todays, is_checked=facts.is_checked) if facts.is_whole_day else Counted(),
        tones={zone: min(number, _TONES) for number, zone in enumerate(zones)},
        is_planned=is_planned,
    )


def _days(facts: _Facts) -> tuple[DayTab, ...]:
    if not facts.look.is_searching:
        return tuple(DayTab(day=on, sessions=count) for on, count in facts.sessions.items())
    hits = Counter(day_of(one.entry.slot, facts.fair.zone) for one in facts.cards if not one.is_off)
    return tuple(DayTab(day=on, sessions=count, hits=hits[on]) for on, count in facts.sessions.items())


def _counted(cards: Iterable[Card], *, is_checked: bool) -> Counted:
    found = tuple(cards)
    return Counted(
        unanswered=sum(1 for one in found if one.is_unanswered),
        declined=sum(1 for one in found if one.has_declined),
        pinned=sum(1 for one in found if one.is_pinned),
        conflicts=sum(1 for one in found if one.conflicts) if is_checked else None,
    )


def _columns(everyone: FairPeople, across: Across) -> tuple[Resource | None, ...]:
    of_kind: dict[Across, tuple[Resource, ...]] = {
        Across.ROOM: everyone.rooms,
        Across.COMPANY: everyone.companies,
        Across.BUYER: everyone.buyers,
        Across.INTERPRETER: everyone.interpreters,
    }
    has_others = across is Across.ROOM and any(not joins_from_room(one) for one in everyone.companies)
    return (*of_kind[across], None) if has_others else of_kind[across]


def _with_others(facts: _Facts, cards: Iterable[Card]) -> tuple[Resource | None, ...]:
    """One more column where sessions have nobody of the kind."""
    known = {one.id for one in facts.columns if one is not None}
    if None in facts.columns or all(
        known.intersection(ids_across(one.entry, facts.look.across)) for one in cards
    ):
        return facts.columns
    return (*facts.columns, None)


def _window(columns: tuple[Resource | None, ...], first: int, count: int) -> tuple[Resource | None, ...]:
    if len(columns) <= _ALL_UP_TO:
        return columns
    begin = max(0, min(first, len(columns) - count))
    return columns[begin : begin + count]


def window_start(view: BoardView) -> int:
    """The number of the first column of the window, from 0."""
    if view.column_count == len(view.columns):
        return 0
    return max(0, min(view.look.first, view.column_count - view.look.count))


def ids_across(entry: Entry, across: Across) -> tuple[str, ...]:
    """In which columns a session stands; none where it has nobody of the kind."""
    if across is Across.INTERPRETER:
        return tuple(one.id for one in entry.interpreters)
    found = {Across.ROOM: entry.room, Across.COMPANY: entry.company, Across.BUYER: entry.buyer}[across]
    return (found.id,) if found is not None else ()


def _rows(facts: _Facts, cards: Iterable[Card], columns: Sequence[Resource | None]) -> tuple[Row, ...]:
    by_start = {slot.start_at: slot for slot in slots_on(facts.fair, facts.everyone, facts.day)}
    cells: dict[tuple[datetime, str | None], list[Card]] = {}
    for card in cards:
        by_start.setdefault(card.entry.slot.start_at, card.entry.slot)
        for column_id in ids_across(card.entry, facts.look.across) or (None,):
            cells.setdefault((card.entry.slot.start_at, column_id), []).append(card)
    keys = [one.id if one is not None else None for one in columns]
    rows: list[Row] = []
    for _, slot in sorted(by_start.items()):
        before = rows[-1].slot.end_at if rows else slot.start_at
        found = tuple(tuple(cells.get((slot.start_at, key), ())) for key in keys)
        rows.append(Row(slot=slot, cells=found, is_after_pause=slot.start_at - before >= _PAUSE))
    return tuple(rows)


def slots_on(fair: Fair, everyone: FairPeople, day: date | None) -> tuple[Slot, ...]:
    """The slots of one day for the buyers who take part, the last first; of two that begin at once the longer first."""
    own_rules = {rule.country for rule in fair.country_rules}
    there = {one.country for one in everyone.buyers}
    countries = (there & own_rules) | ({""} if not there or there - own_rules else set())
    found = {slot for country in countries for slot in slots_of(fair, country)}
    return tuple(sorted((slot for slot in found if day_of(slot, fair.zone) == day), reverse=True))


def _tongues(everyone: FairPeople) -> tuple[str, ...]:
    spoken: set[LanguagePair] = {pair for one in everyone.interpreters for pair in one.pairs}
    codes = {code for pair in spoken for code in (pair.first, pair.second)} - {"ko"}
    return tuple(sorted(codes))
