"""Evolution's data server: its own reading of events, called in the Python that the system has bindings for."""

import json
import os
import subprocess
from pathlib import Path

from tests.interop.icaljs import seen_from
from tests.interop.seen import Seen

SCRIPT = Path(__file__).resolve().with_name("evolution_reads.py")
_PYTHONS = (os.environ.get("SYSTEM_PYTHON", ""), "/usr/bin/python3")


def find_python() -> str | None:
    """An interpreter that knows Evolution's library; None when there is none."""
    return next((one for one in _PYTHONS if one and Path(one).exists() and _knows(one)), None)


def _knows(python: str) -> bool:
    check = "import gi; gi.require_version('ECal', '2.0'); from gi.repository import ECal, ICalGLib"
    return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


class Evolution:
    name = "Evolution"

    def __init__(self, python: str) -> None:
        self._python = python

    def read(self, calendar: bytes) -> Seen:
        run = subprocess.run(
            [self._python, str(SCRIPT)], input=calendar, capture_output=True, check=True, timeout=60
        )
        return seen_from(json.loads(run.stdout))
