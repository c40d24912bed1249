"""What only a server can do to us."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from scheduler.storage.claims import standing_in_the_way, wait_in_turn
from scheduler.storage.db import Database
from scheduler.storage.errors import StorageBusy, StorageUnavailable
from scheduler.storage.outbox import add_rows, lease_due
from scheduler.storage.settings import read_setting, save_setting
from tests.builders import a_meeting, a_slot
from tests.postgres import PostgresServer
from tests.storage.stage import NOW, book, set_the_stage
from tests.storage.test_races import a_row


def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(server_database: Database) -> None:
    with server_database.write() as work:
        save_setting(work, "a", 0)
        save_setting(work, "b", 0)
    both_have_one, outcome = threading.Barrier(2), []

    def change(first: str, second: str) -> None:
        try:
            with server_database.write() as work:
                save_setting(work, first, first)
                both_have_one.wait(20)
                save_setting(work, second, first)
            outcome.append("kept")
        except StorageBusy:
            outcome.append("busy")

    threads = [threading.Thread(target=change, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["busy", "kept"]
    with server_database.read() as work:
        assert read_setting(work, "a") == read_setting(work, "b")


def test_a_connection_that_the_server_ends_loses_the_transaction_and_nothing_else(
    server_database: Database, postgres: PostgresServer
) -> None:
    with pytest.raises(StorageUnavailable), server_database.write() as work:
        save_setting(work, "colour", "green")
        number = work.scalar(text("SELECT pg_backend_pid()"))
        with postgres.connect() as other:
            other.execute("SELECT pg_terminate_backend(%s)", [number])
        save_setting(work, "colour", "red")
    with server_database.write() as work:
        assert read_setting(work, "colour") is None


def test_a_pooled_connection_that_died_is_replaced_unseen(
    server_database: Database, postgres: PostgresServer
) -> None:
    with server_database.read() as work:
        number = work.scalar(text("SELECT pg_backend_pid()"))
    with postgres.connect() as other:
        other.execute("SELECT pg_terminate_backend(%s, 20000)", [number])
    with server_database.write() as work:
        save_setting(work, "colour", "green")
        assert read_setting(work, "colour") == "green"


def test_reading_and_writing_have_their_isolation(server_database: Database) -> None:
    shown = text("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
    with server_database.write() as work:
        assert tuple(work.execute(shown).one()) == ("read committed", "off")
    with server_database.read() as work:
        assert tuple(work.execute(shown).one()) == ("repeatable read", "on")
    with server_database.write() as work:
        assert tuple(work.execute(shown).one()) == ("read committed", "off")


@pytest.mark.parametrize(
    ("match_id", "named", "time", "waits"),
    [
        ("c1-b2", [], "09:00", True),
        ("c2-b1", [], "09:00", True),
        ("c2-b2", ["r1"], "09:00", True),
        ("c2-b2", ["r2"], "09:00", False),
        ("c1-b1", ["r1"], "09:30", False),
    ],
    ids=["the company", "the buyer", "the room", "nobody in common", "another moment"],
)
def test_who_wants_the_same_people_at_the_same_moment_waits_and_then_sees_what_is_taken(
    server_database: Database, match_id: str, named: list[str], time: str, waits: bool
) -> None:
    with server_database.write() as work:
        set_the_stage(work)
    ticks, order = a_slot(time).ticks(), []
    begun, asked = threading.Event(), threading.Event()

    def come_later() -> None:
        begun.wait(20)
        with server_database.write() as work:
            asked.set()
            wait_in_turn(work, match_id, named, ticks.start)
            order.append("the later")
            taken = standing_in_the_way(work, match_id, named, ticks, NOW)
            order.append(sorted({resource_id for resource_id, _tick, _meeting in taken}))

    later = threading.Thread(target=come_later)
    later.start()
    with server_database.write() as work:
        wait_in_turn(work, "c1-b1", ["r1", "i1"], a_slot("09:00").ticks().start)
        begun.set()
        asked.wait(20)
        book(work, a_meeting("m1", slot=a_slot("09:00")))
        later.join(0.5 if waits else 20)
        order.append("the first")
    later.join(20)

    shared = sorted({"c1", "b1", "r1", "i1"} & {*match_id.split("-"), *named})
    expected = ["the first", "the later", shared] if waits else ["the later", [], "the first"]
    assert order == expected


def test_many_who_want_overlapping_groups_at_once_all_come_to_their_turn(server_database: Database) -> None:
    with server_database.write() as work:
        set_the_stage(work)
    groups = [
        (f"c{company}-b{buyer}", [room, "i1"])
        for company in (1, 2)
        for buyer in (1, 2)
        for room in ("r2", "r1")
    ]
    came, together = [], threading.Barrier(len(groups))

    def come(match_id: str, named: list[str]) -> None:
        together.wait(20)
        for tick in range(20):
            with server_database.write() as work:
                wait_in_turn(work, match_id, named, tick)
        came.append((match_id, named))

    threads = [threading.Thread(target=come, args=one) for one in groups]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(came) == sorted(groups)


def test_a_row_that_another_has_leased_since_it_was_looked_for_is_left_to_them(
    server_database: Database,
) -> None:
    rows = [a_row(number) for number in range(1500)]
    with server_database.write() as work:
        set_the_stage(work)
        add_rows(work, rows)
    together, taken = threading.Barrier(4), []

    def lease(owner: str) -> None:
        together.wait(20)
        until = NOW + timedelta(minutes=5)
        for _ in range(120):
            # To put all in order takes longer than others take to lease the first of them.
            with server_database.write() as work:
                taken.extend(one.id for one in lease_due(work, NOW, owner, until, 3))

    threads = [threading.Thread(target=lease, args=(f"w{number}",)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert (len(taken), len(set(taken))) == (4 * 120 * 3, 4 * 120 * 3)
