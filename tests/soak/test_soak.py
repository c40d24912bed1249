"""The proof of booking, shortly. `make soak` runs the long one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from tests.postgres import find_installation
from tests.soak.actor import NO_KEY, OUTBOX_APART
from tests.soak.last_slot import Size as RaceSize
from tests.soak.last_slot import race
from tests.soak.machine import run as run_beside_the_model
from tests.soak.run import POSTGRESQL, SQLITE, Size, prove

_T = TypeVar("_T")
SHORT = Size(commits=60, kills=3, processes=4, seconds=240, soonest=2, latest=8)
CONTROL = Size(commits=400, kills=0, processes=3, seconds=240)


def apart(work: Callable[[], _T]) -> _T:
    """In a thread of its own: a browser that other tests have opened keeps an event loop running in this one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()


def test_nothing_is_lost_doubled_or_half_done_when_processes_are_killed() -> None:
    result = prove(SQLITE, SHORT)
    assert result.faults == ()
    assert result.commits >= SHORT.commits
    assert result.kills.total() >= SHORT.kills


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.skipif(find_installation() is None, reason="there is no PostgreSQL on this machine")
def test_nothing_is_lost_when_the_server_crashes_as_well() -> None:
    result = prove(POSTGRESQL, SHORT)
    assert result.faults == ()
    assert (result.commits >= SHORT.commits, result.crashes > 0) == (True, True)


@pytest.mark.parametrize(("control", "named"), [(NO_KEY, "double"), (OUTBOX_APART, "outbox")])
def test_the_proof_fails_where_the_program_is_made_wrong(control: str, named: str) -> None:
    result = prove(SQLITE, CONTROL, control=control)
    assert any(fault.startswith(named) for fault in result.faults)


def test_of_many_who_ask_for_the_last_slot_one_gets_it_and_the_others_hear_why() -> None:
    run = apart(lambda: race(SQLITE, RaceSize(requests=40, by_page=2, rounds=3)))
    assert (run.faults, sum(run.heard.values())) == ([], 120)


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.skipif(find_installation() is None, reason="there is no PostgreSQL on this machine")
def test_the_last_slot_goes_to_one_of_many_whom_several_processes_answer() -> None:
    run = apart(lambda: race(POSTGRESQL, RaceSize(requests=40, by_page=2, rounds=3)))
    assert (run.faults, sum(run.heard.values())) == ([], 120)


def test_the_database_says_what_a_plain_model_says_whatever_order_things_happen_in() -> None:
    # Always the same examples here; make soak draws new ones each time.
    heard = apart(lambda: run_beside_the_model(examples=25, steps=30, number=20_260_624))
    assert {"done", "SlotTaken", "RulesBroken", "StaleRevision", "IllegalMove"} <= set(heard)
