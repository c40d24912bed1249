"""The published instances of business-to-business meeting scheduling: `python -m benchmarks.b2b FOLDER`.

Scored by the literature's definition (`b2b_instance`), which is not how a grid counts waiting. SAT solvers raise the
bound (`b2b_sat`), in two ways beside each other (`b2b_beside`), until there is a board with as few breaks. Needs
python-sat beside the program's own libraries.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import monotonic

from benchmarks.b2b_beside import prove_beside
from benchmarks.b2b_instance import Instance, faults, read, score
from benchmarks.b2b_sat import WAYS, Proof
from benchmarks.tables import Table

PUBLISHED = "MaxSAT"
SECONDS = 60.0
HEAD = (
    "instance",
    "breaks",
    "bound",
    "published",
    "found s",
    "proved s",
    "CPU s",
    "published s",
    "by",
)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was reached, and seconds until it was done."""

    proof: Proof
    seconds: float


def solve(instance: Instance, *, seconds: float) -> Result:
    """All ways beside each other; raises AssertionError for a board that breaks a rule."""
    began = monotonic()
    proof = prove_beside(instance, WAYS, seconds=seconds)
    if proof.at is not None and (faults(instance, proof.at) or score(instance, proof.at) != proof.breaks):
        raise AssertionError(faults(instance, proof.at))
    return Result(proof=proof, seconds=monotonic() - began)


def published(folder: Path) -> dict[str, tuple[str, str]]:
    """For each instance the seconds and breaks of the best published solver."""
    with (folder / "published.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["solver"] == PUBLISHED]
    return {row["instance"]: (row["seconds"], row["breaks"]) for row in rows}


def table_of(
    folder: Path,
    *,
    hear: Callable[[str], None],
    only: Collection[str] = (),
    seconds: float = SECONDS,
) -> Table:
    """All instances of a folder whose published results are there too, or `only` some of them."""
    rows = []
    for name, theirs in sorted(published(folder).items()):
        if only and name not in only:
            continue
        rows.append(_row(read(folder / f"{name}.json"), theirs, seconds))
        hear(" | ".join(rows[-1]))
    found = sum(row[1] == row[3] for row in rows)
    proved = [row for row in rows if row[1] == row[2]]
    ours, published_sum = (sum(float(row[column]) for row in proved) for column in (5, 7))
    is_met = found == len(proved) == len(rows) and ours <= published_sum
    note = (
        f"{found} of {len(rows)} published optima found, {len(proved)} proved, in {ours:.0f} s in sum; published for "
        f"the same: {published_sum:.0f} s. Aimed at: all found within {seconds:g} s each, and all proved in no more "
        f"than the published seconds: {'met' if is_met else 'not met'}. "
        "Published: UWrMaxSAT on a Xeon E3-1220v2 (Bofill et al., JAIR 74, 2022)."
    )
    title = "Published instances (breaks as the literature counts them)"
    return Table(title=title, head=HEAD, rows=tuple(rows), note=note)


def _row(instance: Instance, theirs: tuple[str, str], seconds: float) -> tuple[str, ...]:
    spent = _spent()
    one = solve(instance, seconds=seconds)
    proof = one.proof
    return (
        instance.name,
        "-" if proof.breaks is None else str(proof.breaks),
        str(proof.bound),
        theirs[1],
        f"{proof.found_after:.1f}",
        f"{one.seconds:.1f}" if proof.is_closed else f"not in {one.seconds:.0f}",
        f"{_spent() - spent:.1f}",
        theirs[0],
        proof.by,
    )


def _spent() -> float:
    """Processor seconds of this process and of its children that have ended."""
    every = (getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in every)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", default=[], help="only this instance; may be repeated")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="seconds for each")
    given = parser.parse_args()
    table = table_of(
        given.folder,
        hear=lambda line: print(line, file=sys.stderr, flush=True),
        only=given.only,
        seconds=given.seconds,
    )
    print(table.text())


if __name__ == "__main__":
    main()
