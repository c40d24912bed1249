"""The demonstration called again: it starts from what is there, doubles nothing, and goes on after a kill."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scheduler.storage.db import Database, open_database
from scheduler.storage.drafts import drafts_in
from scheduler.storage.fairs import find_fair
from scheduler.storage.meetings import meetings_of_fair
from scheduler.storage.people import people_of
from scheduler.timezones.clock import utc_now
from tests.command_line import CommandLine

KEY = "changwon-dallas"
WORDS = ("demo", KEY, "--no-serve", "--json", "--seconds", "20")
SESSIONS, MAILS = 28, 76
PATIENCE_SECONDS = 120


def opened(instance: Path) -> Database:
    return open_database(f"sqlite:///{instance / 'scheduler.sqlite'}")


def stock_of(instance: Path) -> dict[str, object]:
    """Everything that a second run could double."""
    db = opened(instance)
    with db.read() as work:
        fair = find_fair(work, KEY)
        assert fair is not None
        everyone = people_of(work, fair.id)
        stock = {
            "companies": len(everyone.companies),
            "buyers": len(everyone.buyers),
            "meetings": sorted(one.id for one in meetings_of_fair(work, fair.id)),
            "drafts": [one.id for one in drafts_in(work, "published")],
            "mails": sorted(path.name for path in (instance / "mailbox").glob("*.eml")),
        }
    db.dispose()
    return stock


def test_a_second_run_shows_the_same_and_doubles_nothing(tmp_path: Path) -> None:
    sangdam = CommandLine(instance=tmp_path)
    first = sangdam(*WORDS)
    stock = stock_of(tmp_path)

    second = sangdam(*WORDS)

    assert (first.code, second.code) == (0, 0)
    assert stock_of(tmp_path) == stock
    changed = {name for name in first.json if first.json[name] != second.json[name]}
    assert changed == {"logins"}
    assert all(one["password"] for one in first.json["logins"])
    assert [one["password"] for one in second.json["logins"]] == [None, None, None, None]


def test_people_are_told_how_to_get_a_new_password(tmp_path: Path) -> None:
    sangdam = CommandLine(instance=tmp_path)
    words = ("demo", KEY, "--no-serve", "--seconds", "20")

    first, second = sangdam(*words), sangdam(*words)

    assert "The passwords are shown this once." in first.out
    assert "“sangdam user password E-MAIL” sets a new one." in second.out
    assert "http://127.0.0.1:8000/b/" in second.out


def test_a_reader_whose_language_is_not_known_is_told_in_korean_then_english(tmp_path: Path) -> None:
    shown = CommandLine(instance=tmp_path)("demo", KEY, "--no-serve", "--seconds", "20", LANG="C")

    lines = shown.out.splitlines()
    korean = lines.index("상담 배정표가 준비되었습니다. 브라우저에서 이 주소를 여세요:")
    assert lines[korean + 1] == "The session grid is ready. Open this address in a browser:"


# What has just been done when the program is killed, by the line it says.
MOMENTS = [
    pytest.param("Imported ", marks=pytest.mark.long),
    "placing sessions",
    "Published ",
    pytest.param("mails sent", marks=pytest.mark.long),
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_half_way_it_goes_on_from_there(tmp_path: Path, moment: str) -> None:
    environ = {**os.environ, "SANGDAM_INSTANCE": str(tmp_path), "LANG": "en_US.UTF-8"}
    command = [sys.executable, "-c", "from scheduler.app import main; main()", *WORDS]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stderr is not None
        seen = next((line for line in program.stderr if moment in line), None)
        program.send_signal(signal.SIGKILL)
    assert seen is not None

    shown = CommandLine(instance=tmp_path, clock=utc_now)(*WORDS)

    assert shown.code == 0
    counts = {name: shown.json[name] for name in ("wanted", "placed", "violations", "mails")}
    assert counts == {"wanted": SESSIONS, "placed": SESSIONS, "violations": 0, "mails": MAILS}
    stock = stock_of(tmp_path)
    assert len(stock["meetings"]) == SESSIONS
    assert len(stock["mails"]) == MAILS
    assert len(stock["drafts"]) == 1


def test_it_starts_quickly_from_what_is_there(tmp_path: Path) -> None:
    sangdam = CommandLine(instance=tmp_path)
    sangdam(*WORDS)

    begun = time.process_time()
    sangdam(*WORDS)

    # Work of this process alone: how long it takes by the clock depends on what else the machine does.
    assert time.process_time() - begun < 5
