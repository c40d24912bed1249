"""The published instances of business-to-business meeting scheduling: `python -m benchmarks.b2b FOLDER`.

Scored by the literature's definition (`b2b_instance`), which is not how a grid counts waiting. First the compiled
search of the grid, then a SAT solver for what is left to prove. Needs python-sat beside the program's own libraries.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, process_time

from benchmarks import b2b_sat, b2b_search
from benchmarks.b2b_instance import Instance, faults, least_alone, read, score
from benchmarks.tables import Table

PUBLISHED = "MaxSAT"
SEARCH_SECONDS, PROOF_SECONDS = 5.0, 55.0
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
    """What was reached: breaks (None without a full board), a bound that is proved, and seconds until each."""

    breaks: int | None
    bound: int
    found_after: float
    seconds: float
    by: str

    @property
    def is_proved(self) -> bool:
        return self.breaks == self.bound


def solve(instance: Instance, *, search_seconds: float, proof_seconds: float) -> Result:
    """Search first, then prove what is left to prove; raises AssertionError for a board that breaks a rule."""
    began, bound = monotonic(), least_alone(instance)
    at, found_after = b2b_search.search(instance, seconds=search_seconds, enough=bound)
    by, most = "search", len(instance.pairs) if at is None else score(instance, at)
    if most > bound:
        by, proof = "SAT", b2b_sat.prove(instance, bound=bound, most=most, seconds=proof_seconds)
        bound = proof.bound
        if proof.at is not None:
            at, found_after = proof.at, monotonic() - began
    if at is not None and faults(instance, at):
        raise AssertionError(faults(instance, at))
    return Result(
        breaks=None if at is None else score(instance, at),
        bound=bound,
        found_after=found_after,
        seconds=monotonic() - began,
        by=by,
    )


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
    search_seconds: float = SEARCH_SECONDS,
    proof_seconds: float = PROOF_SECONDS,
) -> Table:
    """All instances of a folder whose published results are there too, or `only` some of them."""
    rows = []
    for name, theirs in sorted(published(folder).items()):
        if only and name not in only:
            continue
        rows.append(_row(read(folder / f"{name}.json"), theirs, search_seconds, proof_seconds))
        hear(" | ".join(rows[-1]))
    found = sum(row[1] == row[3] for row in rows)
    proved = [row for row in rows if row[1] == row[2]]
    ours, published_sum = (sum(float(row[column]) for row in proved) for column in (5, 7))
    note = (
        f"{found} of {len(rows)} published optima found, {len(proved)} proved, in {ours:.0f} s in sum; published for "
        f"the same: {published_sum:.0f} s. "
        "Published: UWrMaxSAT on a Xeon E3-1220v2 (Bofill et al., JAIR 74, 2022)."
    )
    title = "Published instances (breaks as the literature counts them)"
    return Table(title=title, head=HEAD, rows=tuple(rows), note=note)


def _row(
    instance: Instance, theirs: tuple[str, str], search_seconds: float, proof_seconds: float
) -> tuple[str, ...]:
    spent = process_time()
    one = solve(instance, search_seconds=search_seconds, proof_seconds=proof_seconds)
    return (
        instance.name,
        "-" if one.breaks is None else str(one.breaks),
        str(one.bound),
        theirs[1],
        f"{one.found_after:.1f}",
        f"{one.seconds:.1f}" if one.is_proved else f"not in {one.seconds:.0f}",
        f"{process_time() - spent:.1f}",
        theirs[0],
        one.by,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", default=[], help="only this instance; may be repeated")
    parser.add_argument("--search", type=float, default=SEARCH_SECONDS, help="seconds of search for each")
    parser.add_argument("--proof", type=float, default=PROOF_SECONDS, help="seconds of proof for each")
    given = parser.parse_args()
    table = table_of(
        given.folder,
        hear=lambda line: print(line, file=sys.stderr, flush=True),
        only=given.only,
        search_seconds=given.search,
        proof_seconds=given.proof,
    )
    print(table.text())


if __name__ == "__main__":
    main()
