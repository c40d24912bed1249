"""Serving pages and working, as real processes that are interrupted."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from scheduler.cli.grid_files import read_plan, written_problem
from scheduler.grid.plan import Status
from scheduler.scenarios import problem_of_scenario

PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(*words: str, instance: Path) -> Iterator[subprocess.Popen[str]]:
    """The program as a terminal runs it: in a group of its own, to which Ctrl-C goes as a whole."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Tests that run in the background ignore Ctrl-C, and whatever they start would do so too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    environ = {**os.environ, "SANGDAM_INSTANCE": str(instance), "LANG": "en_US.UTF-8"}
    command = [sys.executable, "-c", "from scheduler.app import main; main()", *words]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def wait_for_page(address: str) -> int:
    """The status of the first answer; other things on the machine may slow the start."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        try:
            return int(urlopen(address, timeout=PATIENCE_SECONDS).status)
        except HTTPError as answer:
            return answer.code
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(address)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_pages_are_served_until_the_program_is_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with running("serve", "--port", str(port), instance=tmp_path) as program:
        status = wait_for_page(f"http://127.0.0.1:{port}/login")
        program.send_signal(number)
        out, err = program.communicate(timeout=PATIENCE_SECONDS)

    assert status == 200
    assert (program.returncode, out, err) == (
        0,
        f"Sangdam is at http://127.0.0.1:{port}. Ctrl-C ends it.\n",
        "",
    )


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_an_address_that_is_taken_is_said_at_once(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = int(other.getsockname()[1])
        with running(command, "--port", str(port), instance=tmp_path) as program:
            out, err = program.communicate(timeout=PATIENCE_SECONDS)

    assert (program.returncode, out) == (1, "")
    assert err.startswith(f"127.0.0.1:{port} is taken: something else is listening there")
    assert not (tmp_path / "mailbox").exists()


def test_the_worker_works_until_it_is_interrupted(tmp_path: Path) -> None:
    with running("worker", instance=tmp_path) as program:
        assert program.stderr is not None
        begun = program.stderr.readline()
        time.sleep(0.5)
        program.send_signal(signal.SIGTERM)
        out, err = program.communicate(timeout=PATIENCE_SECONDS)

    assert begun == "The worker is working. Ctrl-C ends it.\n"
    assert (program.returncode, out, err) == (0, "", "")


def test_ctrl_c_while_a_grid_is_built_gives_the_best_plan_so_far(tmp_path: Path) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_text(written_problem(problem_of_scenario("kotra-room-day")), encoding="utf-8")

    with running(
        "grid", "solve", str(problem), "-o", str(plan), "--seconds", "100", instance=tmp_path
    ) as program:
        assert program.stderr is not None
        begun = next((line for line in program.stderr if "69 of 69" in line), None)
        os.killpg(program.pid, signal.SIGINT)
        program.communicate(timeout=PATIENCE_SECONDS)

    assert begun is not None
    assert program.returncode == 0
    assert (read_plan(plan).placed, read_plan(plan).status) == (69, Status.STOPPED)
