"""KDE's calendar core, the reader of KOrganizer and KMail: a small program compiled against the system's library."""

import json
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from tests.interop.icaljs import seen_from
from tests.interop.seen import Seen

SOURCE = Path(__file__).resolve().with_name("kde_reads.cpp")
_LIBRARIES = ("KF6CalendarCore", "KF5CalendarCore")


@lru_cache(maxsize=1)
def find_program() -> Path | None:
    """Compiled once for each run; None without the library or a compiler."""
    flags = next((found for found in map(_flags, _LIBRARIES) if found), None)
    if flags is None or shutil.which("g++") is None:
        return None
    program = Path(tempfile.mkdtemp(prefix="kde-")) / "kde_reads"
    command = ["g++", "-std=c++20", "-fPIC", "-w", "-o", str(program), str(SOURCE), *flags]
    done = subprocess.run(command, capture_output=True, check=False, timeout=240)
    return program if done.returncode == 0 else None


def _flags(library: str) -> list[str]:
    if shutil.which("pkg-config") is None:
        return []
    asked = ["pkg-config", "--cflags", "--libs", library]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()


class Kde:
    name = "KDE"

    def __init__(self, program: Path) -> None:
        self._program = program

    def read(self, calendar: bytes) -> Seen:
        run = subprocess.run(
            [str(self._program)], input=calendar, capture_output=True, check=True, timeout=60
        )
        return seen_from(json.loads(run.stdout))
