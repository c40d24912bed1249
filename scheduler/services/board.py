"""The grid board: one day of a fair, slots down, and rooms, companies, buyers or interpreters across."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, FairState, day_of, slots_of
from scheduler.booking.match import Match, Priority
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair, Resource, Room, zone_of
from scheduler.booking.slot import Slot
from scheduler.grid.plan import LeftOut, Plan
from scheduler.services.agenda import Proof, all_of, plan_in, proof_of, zones_of
from scheduler.services.roster import placements_of
from scheduler.storage import drafts, fairs, matches, meetings, people
from scheduler.storage.answers import Answer, answers_of_fair
from scheduler.storage.counts import Counts, counts_of
from scheduler.storage.db import Database
from scheduler.storage.people import FairPeople
from scheduler.wording import Phrase

_PAUSE = timedelta(minutes=30)


class Across(StrEnum):
    """What the columns of a board are."""

    ROOM = "room"
    COMPANY = "company"
    BUYER = "buyer"
    INTERPRETER = "interpreter"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One session on a board or in a schedule. `meeting` is None while it is only planned.

    `answers` are those that stand: person -> accepted, declined or tentative.
    """

    slot: Slot
    company: Company | None = None
    buyer: Buyer | None = None
    interpreters: tuple[Interpreter, ...] = ()
    room: Room | None = None
    legs: tuple[LanguagePair, ...] = ()
    meeting: Meeting | None = None
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def away_zone(self) -> str | None:
        """The zone of the other side."""
        return zone_of(self.buyer) if self.buyer is not None else None


@dataclass(frozen=True, kw_only=True)
class Column:
    """`resource` is None for the sessions that have none of this kind, such as those without a room."""

    resource: Resource | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A slot and what happens in it, a cell for each column. `is_after_pause` where time was free before it."""

    slot: Slot
    cells: tuple[tuple[Entry, ...], ...]
    is_after_pause: bool = False


@dataclass(frozen=True, kw_only=True)
class Unplaced:
    """A match that has no session, why, and what would let it in."""

    match: Match
    company: Resource
    buyer: Resource
    reasons: tuple[Phrase, ...] = ()
    changes: tuple[Phrase, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DayTable:
    """One day's sessions: its slots down, the columns across."""

    day: date
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Board:
    """`days` come with the number of sessions on each; `day` is the one shown, None for the whole fair.

    `zones` are the buyers', to be shown beside the fair's own.
    """

    fair: Fair
    across: Across
    days: tuple[tuple[date, int], ...] = ()
    day: date | None = None
    zones: tuple[str, ...] = ()
    tables: tuple[DayTable, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    proof: Proof | None = None
    counts: Counts = field(default_factory=Counts)
    tones: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_published(self) -> bool:
        return self.fair.state is not FairState.DRAFT


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a board is made from, as one read found it."""

    fair: Fair
    everyone: FairPeople
    wanted: tuple[Match, ...]
    stored: tuple[Meeting, ...]
    plan: Plan | None
    counts: Counts
    answers: tuple[Answer, ...] = ()


def board_of(db: Database, key: str, *, day: date | None = None, across: Across = Across.ROOM) -> Board:
    """One day of a fair: of its sessions once there are any, of its newest plan before. Raises NotFound.

    A day that the fair does not have is as if none was asked for: the first day with sessions.
    """
    facts = _facts(db, key)
    by_day = _by_day(facts)
    busy = [one for one, entries in by_day.items() if entries]
    shown = day if day in by_day else next(iter(busy or by_day), None)
    return replace(_board(facts, by_day, [shown] if shown else [], across), day=shown)


def whole_board_of(db: Database, key: str, *, across: Across = Across.ROOM) -> Board:
    """All days of a fair one below the other, to be printed or looked through. Raises NotFound."""
    facts = _facts(db, key)
    by_day = _by_day(facts)
    return _board(facts, by_day, [one for one, entries in by_day.items() if entries], across)


def _board(
    facts: Facts, by_day: Mapping[date, Sequence[Entry]], shown: Iterable[date], across: Across
) -> Board:
    return Board(
        fair=facts.fair,
        across=across,
        days=tuple((one, len(entries)) for one, entries in by_day.items()),
        zones=zones_of(facts.everyone),
        tables=tuple(_table(facts, one, by_day[one], across) for one in shown),
        unplaced=_unplaced(facts),
        proof=_proof(facts),
        counts=facts.counts,
        tones={zone: min(number, 5) for number, zone in enumerate(zones_of(facts.everyone))},
    )


def _table(facts: Facts, day: date, entries: Sequence[Entry], across: Across) -> DayTable:
    columns = _columns(facts, across, entries)
    return DayTable(day=day, columns=columns, rows=_rows(facts, day, entries, columns, across))


def _by_day(facts: Facts) -> dict[date, list[Entry]]:
    by_day: dict[date, list[Entry]] = {day: [] for day in facts.fair.days}
    for entry in _entries(facts):
        by_day.setdefault(day_of(entry.slot, facts.fair.zone), []).append(entry)
    return dict(sorted(by_day.items()))


def _facts(db: Database, key: str) -> Facts:
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        return Facts(
            fair=fair,
            everyone=people.people_of(work, fair.id),
            wanted=tuple(
                one for one in matches.matches_of(work, fair.id) if one.priority is not Priority.NEVER
            ),
            stored=meetings.meetings_of_fair(work, fair.id),
            plan=plan_in(drafts.latest_draft(work, fair.id)),
            counts=counts_of(work, fair.id),
            answers=answers_of_fair(work, fair.id),
        )


def with_answers(entries: Iterable[Entry], known: Iterable[Answer]) -> tuple[Entry, ...]:
    """Sessions with what people have answered to each."""
    said: dict[str, dict[str, str]] = {}
    for one in known:
        said.setdefault(one.meeting_id, {})[one.recipient_id] = one.partstat
    return tuple(
        replace(one, answers=said[one.meeting.id]) if one.meeting and one.meeting.id in said else one
        for one in entries
    )


def entry_of(
    one: Meeting | Placement, resources: Mapping[str, Resource], legs: tuple[LanguagePair, ...] = ()
) -> Entry:
    """A session with the people in it; those that are not among the resources are left out."""
    company, buyer = resources.get(one.company_id or ""), resources.get(one.buyer_id or "")
    room = resources.get(one.room_id or "")
    interpreters = (resources.get(each) for each in one.interpreter_ids)
    return Entry(
        slot=one.slot,
        company=company if isinstance(company, Company) else None,
        buyer=buyer if isinstance(buyer, Buyer) else None,
        interpreters=tuple(each for each in interpreters if isinstance(each, Interpreter)),
        room=room if isinstance(room, Room) else None,
        legs=one.legs if isinstance(one, Meeting) else legs,
        meeting=one if isinstance(one, Meeting) else None,
    )


def _entries(facts: Facts) -> tuple[Entry, ...]:
    resources = {one.id: one for one in all_of(facts.everyone)}
    live = [one for one in facts.stored if one.is_live]
    if live or facts.plan is None or facts.fair.state is not FairState.DRAFT:
        return with_answers((entry_of(one, resources) for one in live), facts.answers)
    legs = {match.id: match.legs for match in facts.wanted}
    planned = sorted(facts.plan.placements, key=lambda one: (one.slot, one.match_id))
    return tuple(entry_of(one, resources, legs.get(one.match_id, ())) for one in planned)


def _columns(facts: Facts, across: Across, entries: Sequence[Entry]) -> tuple[Column, ...]:
    of_kind: dict[Across, tuple[Resource, ...]] = {
        Across.ROOM: facts.everyone.rooms,
        Across.COMPANY: facts.everyone.companies,
        Across.BUYER: facts.everyone.buyers,
        Across.INTERPRETER: facts.everyone.interpreters,
    }
    columns = tuple(Column(resource=one) for one in of_kind[across])
    without = any(not _of(entry, across) for entry in entries)
    return (*columns, Column(resource=None)) if without else columns


def _rows(
    facts: Facts, day: date, entries: Sequence[Entry], columns: Sequence[Column], across: Across
) -> tuple[Row, ...]:
    by_start = {slot.start_at: slot for slot in _slots_on(facts, day)}
    for entry in entries:
        by_start.setdefault(entry.slot.start_at, entry.slot)
    cells: dict[tuple[object, str | None], list[Entry]] = {}
    for entry in entries:
        for resource_id in _of(entry, across) or (None,):
            cells.setdefault((entry.slot.start_at, resource_id), []).append(entry)
    rows: list[Row] = []
    for start_at in sorted(by_start):
        slot = by_start[start_at]
        before = rows[-1].slot.end_at if rows else slot.start_at
        rows.append(
            Row(
                slot=slot,
                cells=tuple(
                    tuple(cells.get((start_at, one.resource.id if one.resource else None), ()))
                    for one in columns
                ),
                is_after_pause=slot.start_at - before >= _PAUSE,
            )
        )
    return tuple(rows)


def _slots_on(facts: Facts, day: date) -> Iterable[Slot]:
    countries = {one.country for one in facts.everyone.buyers} or {""}
    found = {slot for country in countries for slot in slots_of(facts.fair, country)}
    return sorted((slot for slot in found if day_of(slot, facts.fair.zone) == day), reverse=True)


def _of(entry: Entry, across: Across) -> tuple[str, ...]:
    if across is Across.INTERPRETER:
        return tuple(one.id for one in entry.interpreters)
    found = {Across.ROOM: entry.room, Across.COMPANY: entry.company, Across.BUYER: entry.buyer}[across]
    return (found.id,) if found is not None else ()


def _unplaced(facts: Facts) -> tuple[Unplaced, ...]:
    resources = {one.id: one for one in all_of(facts.everyone)}
    if facts.fair.state is FairState.DRAFT and facts.plan is None:
        return ()
    left_out = {one.match_id: one for one in facts.plan.left_out} if facts.plan is not None else {}
    placed = _placed(facts)
    cancelled = {
        one.match_id for one in facts.stored if one.state is State.CANCELLED and not one.was_only_held
    }
    return tuple(
        Unplaced(
            match=match,
            company=resources[match.company_id],
            buyer=resources[match.buyer_id],
            reasons=_reasons(match, left_out.get(match.id), match.id in cancelled),
        )
        for match in facts.wanted
        if match.id not in placed
    )


def _reasons(match: Match, left_out: LeftOut | None, is_cancelled: bool) -> tuple[Phrase, ...]:
    if is_cancelled:
        return (Phrase("The session was cancelled."),)
    if left_out is not None and left_out.reasons:
        return left_out.reasons
    return (Phrase("This match came after the grid was built."),)


def _placed(facts: Facts) -> frozenset[str]:
    live = placements_of(facts.stored)
    if live or facts.plan is None or facts.fair.state is not FairState.DRAFT:
        return frozenset(one.match_id for one in live)
    return frozenset(one.match_id for one in facts.plan.placements)


def _proof(facts: Facts) -> Proof | None:
    placed = _placed(facts)
    if not placed and facts.plan is None:
        return None
    live = placements_of(facts.stored)
    as_planned = facts.plan is not None and (not live or set(live) == set(facts.plan.placements))
    if facts.plan is None or not as_planned:
        return Proof(placed=len(placed), wanted=len(facts.wanted))
    return replace(proof_of(facts.plan), placed=len(placed), wanted=len(facts.wanted))
