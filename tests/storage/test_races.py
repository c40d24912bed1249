"""Real processes against one database."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from scheduler.booking.slot import Slot
from scheduler.storage.claims import claims_between
from scheduler.storage.db import Database, new_id
from scheduler.storage.meetings import meetings_of_fair
from scheduler.storage.outbox import OutboxRow, add_rows, counts
from tests.builders import at
from tests.storage import racing
from tests.storage.invariants import claims_that_differ, doubles_at_any_commit, doubles_of
from tests.storage.racing import Tally
from tests.storage.stage import NOW


def run_together(count: int, work: Callable[..., None], arguments: Callable[[int], tuple[Any, ...]]) -> None:
    context = racing.racers()
    processes = [context.Process(target=work, args=arguments(number)) for number in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * count


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def test_of_two_processes_racing_for_a_slot_one_wins_and_the_other_hears_what_was_taken(
    staged: Database,
) -> None:
    rounds, context = 15, racing.racers()
    barrier, results = context.Barrier(2), context.SimpleQueue()
    run_together(
        2,
        racing.race_for_slots,
        lambda number: (url_of(staged), "ab"[number], barrier, rounds, results),
    )
    outcome: dict[int, dict[str, Any]] = {}
    for _ in range(2 * rounds):
        number, name, taken = results.get()
        outcome.setdefault(number, {})[name] = taken
    for number, told in outcome.items():
        (winner,) = [name for name, taken in told.items() if taken is None]
        (loser,) = set("ab") - {winner}
        slot = Slot.lasting(at("09:00", day=number), 30)
        everything = [(one, tick) for one in ("b1", "c1", "i1", "r1") for tick in slot.ticks()]
        assert told[loser] == tuple((one, tick, f"{winner}-{number}") for one, tick in everything)
    with staged.read() as work:
        assert len(meetings_of_fair(work, "fair-1")) == rounds
        assert claims_that_differ(work) == set()


def test_eight_processes_on_hot_resources_never_book_twice_at_any_commit(staged: Database) -> None:
    tallies = hard_work(staged, processes=8, operations=60)
    assert sum(tally.commits for tally in tallies) > 8 * 60 / 4
    assert sum(tally.refused for tally in tallies) > 0
    assert [(tally.doubles, tally.wrong_claims) for tally in tallies] == [(0, 0)] * 8
    with staged.read() as work:
        assert doubles_of(work) == []
        assert claims_that_differ(work) == set()
        if staged.dialect == "sqlite":
            assert doubles_at_any_commit(work) == []


def test_without_the_key_the_checker_finds_double_bookings(staged: Database) -> None:
    drop_the_claim_key(staged)
    tallies = hard_work(staged, processes=2, operations=40)
    assert sum(tally.doubles for tally in tallies) > 0
    if staged.dialect == "sqlite":
        with staged.read() as work:
            assert doubles_at_any_commit(work) != []


def test_no_row_of_the_outbox_goes_to_two_workers(staged: Database) -> None:
    rows = [a_row(number) for number in range(120)]
    with staged.write() as work:
        add_rows(work, rows)
    results = racing.racers().SimpleQueue()
    run_together(3, racing.lease_until_empty, lambda number: (url_of(staged), f"w{number}", results))
    taken = [row_id for _ in range(3) for row_id in results.get()[1]]
    assert sorted(taken) == sorted(row.id for row in rows)
    with staged.read() as work:
        assert counts(work) == {"sent": 120}


def hard_work(database: Database, *, processes: int, operations: int) -> list[Tally]:
    results = racing.racers().SimpleQueue()
    run_together(processes, racing.work_hard, lambda number: (url_of(database), number, operations, results))
    return [results.get() for _ in range(processes)]


def drop_the_claim_key(database: Database) -> None:
    with database.write() as work:
        if database.dialect == "sqlite":
            work.execute(text("DROP TABLE claim"))
            work.execute(text("CREATE TABLE claim (resource_id TEXT, tick INTEGER, meeting_id TEXT)"))
        else:
            work.execute(text("ALTER TABLE claim DROP CONSTRAINT pk_claim"))
        assert claims_between(work, ["c1"], 0, 10**7) == {}


def a_row(number: int) -> OutboxRow:
    return OutboxRow(
        id=new_id("out"),
        meeting_id=None,
        fair_id="fair-1",
        revision=number,
        kind="request",
        recipient_id="c1",
        state="due",
        due_at=NOW,
        created_at=NOW,
    )
