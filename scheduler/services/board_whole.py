"""A whole fair on one page, all its days one below the other: to be printed or looked through."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from scheduler.booking.fair import Fair, FairState, day_of
from scheduler.booking.match import Match, Priority
from scheduler.booking.meeting import LIVE
from scheduler.booking.people import Resource
from scheduler.services.agenda import Proof, zones_of
from scheduler.services.board import Across, Entry, Unplaced, entry_of, ids_across, with_answers
from scheduler.services.board_layout import Columns, Row, columns_of, rows_of, slots_on, tones_of, with_others
from scheduler.services.board_plan import NewestPlan, newest_plan, proof_now
from scheduler.services.board_tray import missing_matches, unplaced_of
from scheduler.storage import answers, board_rows, fairs, matches, meetings, outbox, people
from scheduler.storage.db import Database
from scheduler.storage.people import FairPeople


@dataclass(frozen=True, kw_only=True)
class DayTable:
    """One day's sessions: its slots down, the columns across."""

    day: date
    columns: Columns
    rows: tuple[Row[Entry], ...]


@dataclass(frozen=True, kw_only=True)
class WholeBoard:
    """`days` come with the number of sessions on each, `tables` are of those that have any.

    `zones` are the buyers', to be shown beside the fair's own.
    """

    fair: Fair
    across: Across
    days: tuple[tuple[date, int], ...] = ()
    zones: tuple[str, ...] = ()
    tables: tuple[DayTable, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    proof: Proof | None = None
    unsent: int = 0
    tones: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_published(self) -> bool:
        return self.fair.state is not FairState.DRAFT


def whole_board_of(db: Database, key: str, *, across: Across = Across.ROOM) -> WholeBoard:
    """Its sessions once there are any, its newest plan before. Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        everyone = people.people_of(work, fair.id)
        resources = {one.id: one for one in everyone.everyone}
        wanted = {
            one.id: one for one in matches.matches_of(work, fair.id) if one.priority is not Priority.NEVER
        }
        stored = _stored(work, fair, resources)
        planned = newest_plan(work, fair, has_sessions=bool(stored))
        entries = _planned(planned, resources, wanted) if planned.is_shown else stored
        missing = missing_matches(work, fair, planned) if planned.draft is not None or stored else frozenset()
        tray = [one for one in wanted.values() if one.id in missing]
        by_day = _by_day(fair, entries)
        zones = zones_of(everyone)
        return WholeBoard(
            fair=fair,
            across=across,
            days=tuple((day, len(todays)) for day, todays in by_day.items()),
            zones=zones,
            tables=tuple(
                _table(fair, everyone, day, todays, across) for day, todays in by_day.items() if todays
            ),
            unplaced=unplaced_of(tray, planned, resources, board_rows.cancelled_matches(work, fair.id)),
            proof=proof_now(work, fair, planned, len(entries)),
            unsent=outbox.counts(work, fair.id).get("collected", 0),
            tones=tones_of(zones),
        )


def _stored(work: Session, fair: Fair, resources: Mapping[str, Resource]) -> tuple[Entry, ...]:
    live = meetings.meetings_of_fair(work, fair.id, LIVE)
    return with_answers((entry_of(one, resources) for one in live), answers.answers_of_fair(work, fair.id))


def _planned(
    planned: NewestPlan, resources: Mapping[str, Resource], wanted: Mapping[str, Match]
) -> tuple[Entry, ...]:
    placements = planned.plan.placements if planned.plan is not None else ()
    legs = {one.id: one.legs for one in wanted.values()}
    ordered = sorted(placements, key=lambda one: (one.slot, one.match_id))
    return tuple(entry_of(one, resources, legs.get(one.match_id, ())) for one in ordered)


def _by_day(fair: Fair, entries: Iterable[Entry]) -> dict[date, list[Entry]]:
    by_day: dict[date, list[Entry]] = {day: [] for day in fair.days}
    for entry in entries:
        by_day.setdefault(day_of(entry.slot, fair.zone), []).append(entry)
    return dict(sorted(by_day.items()))


def _table(fair: Fair, everyone: FairPeople, day: date, entries: list[Entry], across: Across) -> DayTable:
    """Columns in which nothing stands all day would make a printed page wider for nothing, but for rooms."""
    taken = {one for entry in entries for one in ids_across(entry, across)}
    every = with_others(columns_of(everyone, across), entries, across)
    columns = tuple(one for one in every if across is Across.ROOM or one is None or one.id in taken)
    slots = slots_on(fair, everyone, day)
    return DayTable(
        day=day, columns=columns, rows=rows_of(slots, ((one, one) for one in entries), columns, across)
    )
