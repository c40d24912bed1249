"""What the processes of a race do. Each opens the database for itself."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.errors import StaleRevision
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.slot import Slot
from scheduler.storage import audit, claims, meetings, outbox
from scheduler.storage.db import Database, new_id, open_database
from scheduler.storage.errors import ClaimsTaken, StorageBusy
from tests.builders import a_meeting, at
from tests.storage.invariants import claims_that_differ, doubles_of, shown
from tests.storage.stage import NOW, ticks_of

PATIENCE = 60


def racers() -> ForkServerContext:
    """Processes that have loaded the program already, so that they start together."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.storage.racing"])
    return context


def migrate_at_once(url: str) -> str | None:
    database = open_database(url)
    database.migrate()
    try:
        return database.revision()
    finally:
        database.dispose()


def race_for_slots(url: str, name: str, barrier: Barrier, rounds: int, results: Any) -> None:
    """Books slot after slot, each at the same moment as the other process."""
    database = open_database(url, patience_seconds=PATIENCE)
    for number in range(rounds):
        slot = Slot.lasting(at("09:00", day=number), 30)
        meeting = a_meeting(f"{name}-{number}", slot=slot, match_id=None)
        barrier.wait(PATIENCE)
        try:
            with database.write() as work:
                meetings.add_meeting(work, meeting, NOW)
                claims.take_claims(work, meeting.id, ticks_of(meeting))
            results.put((number, name, None))
        except ClaimsTaken as lost:
            results.put((number, name, lost.taken))
    database.dispose()


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What one process did, and the double bookings and wrong claims it saw after its commits."""

    commits: int = 0
    refused: int = 0
    doubles: int = 0
    wrong_claims: int = 0


def work_hard(url: str, seed: int, operations: int, results: Any) -> None:
    """Books, moves, cancels, holds and lets lapse on hot resources; looks at everything after each commit."""
    database = open_database(url, patience_seconds=PATIENCE)
    chance, tally = random.Random(seed), Tally()
    for _ in range(operations):
        try:
            with database.write() as work:
                chance.choice((_book, _book, _book, _hold, _move, _cancel, _lapse))(work, chance)
            tally = _looked_at(database, replace(tally, commits=tally.commits + 1))
        except (ClaimsTaken, StaleRevision, StorageBusy):
            tally = replace(tally, refused=tally.refused + 1)
    database.dispose()
    results.put(tally)


def lease_until_empty(url: str, owner: str, results: Any) -> None:
    """Takes rows from the outbox, a few at a time, until there are no more."""
    database = open_database(url, patience_seconds=PATIENCE)
    taken: list[str] = []
    while True:
        with database.write() as work:
            rows = outbox.lease_due(work, NOW, owner, NOW + timedelta(minutes=5), 7)
        if not rows:
            break
        with database.write() as work:
            for row in rows:
                outbox.mark_sent(work, row.id, NOW)
        taken += [row.id for row in rows]
    database.dispose()
    results.put((owner, taken))


def _looked_at(database: Database, tally: Tally) -> Tally:
    with database.read() as work:
        doubles, wrong = doubles_of(work), claims_that_differ(work)
    return replace(tally, doubles=tally.doubles + len(doubles), wrong_claims=tally.wrong_claims + len(wrong))


def _book(work: Session, chance: random.Random) -> None:
    _keep_new(work, _wish(chance))


def _hold(work: Session, chance: random.Random) -> None:
    _keep_new(work, replace(_wish(chance), state=State.HELD, lapses_at=NOW))


def _move(work: Session, chance: random.Random) -> None:
    before = _one_of(work, chance)
    if before is None:
        return
    wish = _wish(chance)
    after = replace(
        before,
        revision=before.revision + 1,
        slot=wish.slot,
        room_id=wish.room_id,
        interpreter_ids=wish.interpreter_ids,
    )
    meetings.save_meeting(work, after, NOW)
    claims.release_claims(work, after.id)
    claims.take_claims(work, after.id, ticks_of(after))
    _record(work, after)


def _cancel(work: Session, chance: random.Random) -> None:
    before = _one_of(work, chance)
    if before is None:
        return
    after = replace(before.to_state(State.CANCELLED), revision=before.revision + 1)
    meetings.save_meeting(work, after, NOW)
    claims.release_claims(work, after.id)
    _record(work, after)


def _lapse(work: Session, chance: random.Random) -> None:
    for meeting in claims.release_lapsed(work, NOW):
        _record(work, meeting)


def _keep_new(work: Session, meeting: Meeting) -> None:
    meetings.add_meeting(work, meeting, NOW)
    claims.take_claims(work, meeting.id, ticks_of(meeting))
    _record(work, meeting)


def _wish(chance: random.Random) -> Meeting:
    """Unequal lengths and shifted starts, on two of each kind."""
    start_at = at("09:00") + timedelta(minutes=5 * chance.randrange(72))
    return a_meeting(
        new_id("mtg"),
        slot=Slot.lasting(start_at, chance.choice((20, 30, 45))),
        match_id=None,
        company_id=chance.choice(("c1", "c2")),
        buyer_id=chance.choice(("b1", "b2")),
        interpreter_ids=(chance.choice(("i1", "i2")),),
        room_id=chance.choice(("r1", "r2")),
    )


def _one_of(work: Session, chance: random.Random) -> Meeting | None:
    found = meetings.meetings_of_fair(work, "fair-1", states=(State.HELD, State.CONFIRMED))
    return chance.choice(found) if found else None


def _record(work: Session, meeting: Meeting) -> None:
    audit.record(work, NOW, "racer", "change", "meeting", meeting.id, {}, shown(meeting))
