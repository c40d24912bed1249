"""A process that has loaded the solver before anybody asks it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from scheduler.grid import replan_child
from scheduler.grid.replan_child import Standby, a_replan_child
from scheduler.grid.replan_wait import wait_for
from tests.unit.grid.test_replan import BEFORE, repaired, standing, without


@pytest.fixture
def standby() -> Iterator[Standby]:
    standby = Standby()
    yield standby
    standby.close()


def test_one_process_waits_however_often_it_is_asked_for(standby: Standby) -> None:
    standby.get_ready()
    waiting = standby._waiting
    standby.get_ready()

    assert standby._waiting is waiting
    assert waiting is not None


def test_the_process_that_waits_gives_the_answer_once(standby: Standby) -> None:
    problem = without(standing(), "i1", "09:30-12:00")
    standby.get_ready()
    waiting = standby._waiting
    assert waiting is not None
    with a_replan_child(standby) as child:
        repair = child.replan(problem, not_before=BEFORE)

    assert repair.plan.placements == repaired(problem).plan.placements
    assert (standby._waiting, waiting.returncode) == (None, 0)


def test_one_that_has_died_or_waited_long_is_not_asked(
    standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    standby.get_ready()
    dead = standby._waiting
    assert dead is not None
    dead.kill()
    dead.wait()
    standby.get_ready()
    old = standby._waiting
    assert old is not None and old is not dead
    monkeypatch.setattr(replan_child, "_SURELY_WAITING_SECONDS", 0.0)
    taken = standby.take()

    assert taken not in (dead, old)
    assert old.returncode is not None
    taken.kill()
    taken.communicate()


def test_who_is_not_asked_in_time_or_has_lost_the_asker_ends_by_itself() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "w"):
        assert wait_for(stdin, 0) == ""
    left_alone = subprocess.run(
        [sys.executable, "-m", "scheduler.grid.replanning"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )

    assert (left_alone.returncode, left_alone.stdout, left_alone.stderr) == (0, b"", b"")
