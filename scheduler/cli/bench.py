"""The measurements of the source tree, from the command line."""

import subprocess
import sys
from pathlib import Path

from scheduler.booking.errors import Refusal
from scheduler.cli.call import Call
from scheduler.cli.parser import Parser
from scheduler.wording import Phrase

SOURCE = Path(__file__).resolve().parents[2]


class NoMeasurements(Refusal):
    """They measure against a plain planner, generated fairs and data given; an installed program carries none."""

    phrase = Phrase("The measurements are part of the source tree, and this program is not run from one.")


def grid_options(parser: Parser) -> None:
    parser.option(
        "--only", metavar="NAME", action="append", default=[], help=Phrase("only this fair; may be repeated")
    )
    parser.option(
        "--part",
        choices=["grids", "replan", "published"],
        action="append",
        default=[],
        help=Phrase("only this part; may be repeated"),
    )
    parser.option("--seconds", metavar="N", type=float, help=Phrase("how long to search at most"))
    parser.option("--b2b", metavar="FOLDER", type=Path, help=Phrase("a folder of published instances"))


def grid(call: Call) -> int:
    """As `make bench-grid`: the table goes to standard output, each line also to standard error as it is there."""
    if not (SOURCE / "benchmarks" / "grid.py").exists():
        raise NoMeasurements
    given = call.options
    command = [sys.executable, "-m", "benchmarks.grid"]
    command += [word for name in given.only for word in ("--only", name)]
    command += [word for name in given.part for word in ("--part", name)]
    command += ["--seconds", str(given.seconds)] if given.seconds is not None else []
    command += ["--b2b", str(given.b2b.resolve())] if given.b2b is not None else []
    return subprocess.run(command, cwd=SOURCE, check=False).returncode  # noqa: S603
