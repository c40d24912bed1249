"""The machine that the figures are of: without it they say nothing."""

import os
import platform
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

_SECONDS = 1.0


def machine_line() -> str:
    """Date, cores, load, Python, SQLite, and how often a second the disk of the temporary folder makes sure."""
    rate = fsync_rate(Path(tempfile.gettempdir()))
    load = os.getloadavg()[0]
    parts = (
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{os.cpu_count()} cores ({_processor()}), load {load:.1f} at the start",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"{rate:,.0f} fdatasync/s",
    )
    return " · ".join(parts)


def fsync_rate(folder: Path) -> float:
    """Writes of 4 KB, each made sure of before the next, in a second."""
    block = b"x" * 4096
    with tempfile.TemporaryFile(dir=folder) as file:
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < _SECONDS:
            os.write(file.fileno(), block)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - began)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")
