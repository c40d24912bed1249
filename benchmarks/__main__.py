"""`python -m benchmarks [pages booking ...]`: runs the named measurements, or all, each in a process of its own.

A measurement is a program here: `python -m benchmarks.pages` runs one alone.
"""

import subprocess
import sys

from benchmarks.machine import machine_line

MEASUREMENTS = ("pages", "feeds", "booking", "load", "mails", "absence", "grid")


def main(wanted: list[str]) -> int:
    """0 when all ran to their end, 1 when one failed, 2 for a name that is none."""
    unknown = sorted(set(wanted) - set(MEASUREMENTS))
    if unknown:
        print(
            f"unknown: {', '.join(unknown)}; there are: {', '.join(MEASUREMENTS)}",
            file=sys.stderr,
        )
        return 2
    print(machine_line(), end="\n\n", flush=True)
    done = [subprocess.run([sys.executable, "-m", f"benchmarks.{name}"]) for name in wanted or MEASUREMENTS]
    return 1 if any(one.returncode for one in done) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
