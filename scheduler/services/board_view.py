"""What the board shows: one day, a window of its columns, and how every session there stands.

Thousands of sessions are never read to show a few hundred: of a published grid only the day that is looked at.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduler.booking.fair import Fair, FairState, day_at, day_of
from scheduler.booking.match import Match, Priority
from scheduler.booking.people import LanguagePair, Resource
from scheduler.services.agenda import Proof, zones_of
from scheduler.services.board import Across, Unplaced
from scheduler.services.board_cards import (
    Card,
    Look,
    Only,
    Part,
    planned_cards,
    searched,
    stored_cards,
    with_conflicts,
)
from scheduler.services.board_layout import (
    Columns,
    Row,
    columns_of,
    rows_of,
    slots_on,
    tones_of,
    window_of,
    window_start,
    with_others,
)
from scheduler.services.board_plan import NewestPlan, newest_plan, proof_now
from scheduler.services.board_tray import missing_matches, unplaced_of
from scheduler.storage import board_rows, fairs, matches, outbox, people
from scheduler.storage.db import Database
from scheduler.storage.people import FairPeople

_CHECKED_UP_TO = 600
_TRAY = 60


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
    columns: Columns = ()
    column_count: int = 0
    rows: tuple[Row[Card], ...] = ()
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
    def first(self) -> int:
        """The number of the first column of the window, from 0."""
        return window_start(self.column_count, self.look.first, self.look.count)

    @property
    def hits(self) -> int | None:
        return sum(one.hits or 0 for one in self.days) if self.look.is_searching else None


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What one read found. `cards` are those of the day, or of the whole fair where something is looked for."""

    fair: Fair
    look: Look
    everyone: FairPeople
    day: date | None
    sessions: Mapping[date, int]
    cards: tuple[Card, ...]
    columns: Columns
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
        planned = newest_plan(work, fair, has_sessions=bool(starts))
        if planned.shown is not None:
            starts = tuple(Counter(one.slot.start_at for one in planned.shown.placements).items())
        sessions = _by_day(fair, starts)
        missing = missing_matches(work, fair, planned)
        is_checked = (
            look.is_checked or look.only is Only.CONFLICTS or sum(sessions.values()) <= _CHECKED_UP_TO
        )
        wanted = _wanted(work, fair, None if planned.is_shown or is_checked else missing)
        day = _day(look, sessions)
        columns = columns_of(everyone, look.across)
        part = Part(day=None if look.is_searching else day, across=look.across)
        if not (look.is_searching or is_checked):
            # Whether anybody goes without an interpreter is not looked up: there is a column for them.
            columns = (*columns, None) if look.across is Across.INTERPRETER else columns
            window = window_of(columns, look.first, look.count)
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
            tray=unplaced_of(tray, planned, _by_id(everyone), cancelled, _TRAY),
            tray_count=len(tray),
            proof=proof_now(work, fair, planned, sum(sessions.values())),
            unsent=outbox.counts(work, fair.id).get("collected", 0),
            is_planned=planned.is_shown,
        )


def mark_of_board(db: Database, key: str) -> str:
    """Differs when anything on the board has changed; costs hardly any work. Raises NotFound."""
    with db.read() as work:
        return board_rows.board_mark(work, fairs.get_fair(work, key).id)


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


def _wanted(work: Session, fair: Fair, only: frozenset[str] | None) -> dict[str, Match]:
    found = matches.matches_of(work, fair.id) if only is None else matches.matches_by_id(work, fair.id, only)
    return {one.id: one for one in found if one.priority is not Priority.NEVER}


def _cards(
    work: Session,
    fair: Fair,
    part: Part,
    everyone: FairPeople,
    wanted: Mapping[str, Match],
    planned: NewestPlan,
) -> tuple[Card, ...]:
    resources = _by_id(everyone)
    if planned.shown is None:
        return stored_cards(work, fair, part, resources)
    cards = planned_cards(planned.shown.placements, matches.pins_of(work, fair.id), resources, wanted)
    return cards if part.day is None else tuple(one for one in cards if _is_on(one, fair, part.day))


def _by_id(everyone: FairPeople) -> dict[str, Resource]:
    return {one.id: one for one in everyone.everyone}


def _is_on(card: Card, fair: Fair, day: date | None) -> bool:
    return day_of(card.entry.slot, fair.zone) == day


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
    look = facts.look
    every_column = with_others(facts.columns, (one.entry for one in todays), look.across)
    columns = window_of(every_column, look.first, look.count)
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
        rows=rows_of(
            slots_on(facts.fair, facts.everyone, facts.day),
            ((one.entry, one) for one in todays),
            columns,
            look.across,
        ),
        tray=tray,
        tray_count=tray_count,
        proof=proof,
        unsent=unsent,
        counted=_counted(todays, is_checked=facts.is_checked) if facts.is_whole_day else Counted(),
        tones=tones_of(zones),
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


def _tongues(everyone: FairPeople) -> tuple[str, ...]:
    spoken: set[LanguagePair] = {pair for one in everyone.interpreters for pair in one.pairs}
    codes = {code for pair in spoken for code in (pair.first, pair.second)} - {"ko"}
    return tuple(sorted(codes))
