"""`python -m benchmarks [pages booking ...]`: runs the named measurements, or all, each in a process of its own.

A measurement is a program here: `python -m benchmarks.pages` runs one alone.
"""

import subprocess
import sys
from importlib.util import find_spec

from benchmarks.machine import machine_line

MEASUREMENTS = ("pages", "feeds", "mails", "booking", "grid")


def main(wanted: list[str]) -> int:
    """0 when all ran to their end, 1 when one failed, 2 for a name that is none."""
    there = [name for name in MEASUREMENTS if find_spec(f"benchmarks.{name}") is not None]
    unknown = sorted(set(wanted) - set(there))
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(there)}", file=sys.stderr)
        return 2
    print(machine_line(), end="\n\n", flush=True)
    done = [subprocess.run([sys.executable, "-m", f"benchmarks.{name}"]) for name in wanted or there]
    return 1 if any(one.returncode for one in done) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
