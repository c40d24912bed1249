"""`python -m tests.audit`: what the tools say of the source, the libraries, the interface and the pages."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.tables import Table
from scheduler import __version__
from tests.audit.findings import Explanation, Judged, Look, explanations, judge, unused
from tests.audit.interface import look_at_interface
from tests.audit.libraries import look_at_libraries
from tests.audit.pages import look_at_pages
from tests.audit.source import look_at_source
from tests.audit.stage import Stage, Visitor, staged, stranger

HEAD = ("tool", "version", "looked at", "findings", "explained", "unexplained")


def main(arguments: list[str]) -> int:
    """0 when every tool has looked, and everything found has been mended or explained; 1 when something found has not
    been; 2 when a tool could not look, which is neither.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("--only", choices=("source", "libraries", "interface", "pages"))
    asked = parser.parse_args(arguments)
    known = explanations()
    looks = tuple(_looks(asked.only))
    judged = [judge(one, known) for one in looks]
    idle = unused(known, [one for one in looks if one.tool in _SAME_EACH_TIME])
    print(_table(judged).text())
    for one in judged:
        _tell(one)
    for stale in idle:
        print(f"EXPLAINED BUT NOT FOUND: {stale.tool} {stale.kind} at {stale.where}: {stale.what}")
    return verdict(judged, idle)


def verdict(judged: Sequence[Judged], idle: Sequence[Explanation]) -> int:
    if idle or any(one.unexplained for one in judged):
        return 1
    return 2 if any(one.look.not_done for one in judged) else 0


_SAME_EACH_TIME = frozenset({"bandit", "pip-audit", "pypi.org"})
"""Others try what chance gives them, so that not each of their findings shows in each run."""


def _looks(only: str | None) -> Iterator[Look]:
    if only in (None, "source"):
        yield _timed("source", look_at_source)
    if only in (None, "libraries"):
        yield _timed("libraries", look_at_libraries)
    if only in (None, "interface", "pages"):
        yield from _running(only)


def _running(only: str | None) -> Iterator[Look]:
    with tempfile.TemporaryDirectory(prefix="sangdam-audit-") as name, staged(Path(name)) as stage:
        if only in (None, "pages"):
            visitors = (stranger(stage.address), stage.visitors["company"], stage.visitors["coordinator"])
            with ThreadPoolExecutor(len(visitors)) as all_at_once:
                yield from all_at_once.map(lambda who: _pages(stage, who, Path(name)), visitors)
        if only in (None, "interface"):
            yield _timed("interface", lambda: look_at_interface(stage, Path(name)))
        yield Look(tool="program", version=__version__, at="its own log meanwhile", findings=stage.failures())


def _pages(stage: Stage, visitor: Visitor, folder: Path) -> Look:
    return _timed(f"pages as {visitor.role}", lambda: look_at_pages(stage, visitor, folder))


def _timed(what: str, look: Callable[[], Look]) -> Look:
    began = datetime.now(UTC)
    found = look()
    print(f"{what}: {(datetime.now(UTC) - began).seconds} s", file=sys.stderr, flush=True)
    return found


def _table(judged: list[Judged]) -> Table:
    rows = tuple(
        (
            one.look.tool,
            one.look.version,
            one.look.at if not one.look.not_done else f"NOT DONE: {one.look.not_done}",
            str(len(one.look.findings)) if not one.look.not_done else "unknown",
            str(len(one.explained)),
            str(len(one.unexplained)),
        )
        for one in judged
    )
    return Table(title=f"What the tools say, {datetime.now(UTC).date()}", head=HEAD, rows=rows)


def _tell(judged: Judged) -> None:
    for one in judged.unexplained:
        print(f"UNEXPLAINED: {one}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
