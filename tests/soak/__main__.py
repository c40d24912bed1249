"""`python -m tests.soak`: the last slot and the long proof on both databases, then the controls that have to fail."""

import argparse
import math
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.machine import machine_line
from benchmarks.tables import Table
from tests.soak import last_slot, machine
from tests.soak.actor import DEFERRED, NO_KEY, OUTBOX_APART
from tests.soak.last_slot import Race
from tests.soak.run import POSTGRESQL, SQLITE, Result, Size, prove, together

CONTROLS = {SQLITE: (NO_KEY, DEFERRED, OUTBOX_APART), POSTGRESQL: (NO_KEY, OUTBOX_APART)}
PARTS = ("race", "model", "proof", "controls")
SOUND, UNSOUND, NOT_DONE = 0, 1, 3
_STEPS = 50
_CONTROL = Size(commits=2000, kills=0, seconds=300)


def main(arguments: list[str]) -> int:
    """0 when the proof holds and every control failed, 1 otherwise; 3 when the proof holds so far and is to go on."""
    asked = _parser().parse_args(arguments)
    databases = [asked.only] if asked.only else [SQLITE, POSTGRESQL]
    parts = {"race": _races, "model": _beside_the_model, "proof": _proofs, "controls": _controls}
    print(machine_line(), end="\n\n", flush=True)
    ends = [parts[name](asked, databases) for name in asked.part or PARTS]
    return UNSOUND if UNSOUND in ends else max(ends)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--commits", type=int, default=30_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument(
        "--databases",
        type=int,
        default=10,
        help="how many fresh databases share them: thousands of cancelled sessions at the same slots make one slow",
    )
    parser.add_argument("--hours", type=float, default=2.0, help="the longest that one database may take")
    parser.add_argument(
        "--examples", type=int, default=500, help="how many of 50 steps run beside the plain model"
    )
    parser.add_argument("--rounds", type=int, default=100, help="how often 200 ask for the last slot")
    parser.add_argument("--only", choices=(SQLITE, POSTGRESQL))
    parser.add_argument("--part", action="append", choices=PARTS, help="these parts alone")
    parser.add_argument(
        "--kept",
        type=Path,
        help="a folder in which the proof goes on where it ended the last time, with --hours for each sitting",
    )
    return parser


def _races(asked: argparse.Namespace, databases: list[str]) -> int:
    races = [last_slot.race(one, last_slot.Size(rounds=asked.rounds)) for one in databases]
    rows = tuple(map(_race_row, races))
    print(Table(title="The last slot", head=_RACE_HEAD, rows=rows, note=_RACE_NOTE).text(), flush=True)
    return UNSOUND if any(one.faults for one in races) else SOUND


def _proofs(asked: argparse.Namespace, databases: list[str]) -> int:
    whole = Size(commits=asked.commits, kills=asked.kills)
    proofs = [_told(_proof(one, asked, whole)) for one in databases]
    rows = tuple(map(_row, proofs))
    print(Table(title="The proof of booking", head=_HEAD, rows=rows, note=_NOTE).text(), flush=True)
    if any(one.faults for one in proofs):
        return UNSOUND
    return SOUND if all(one.is_of(whole) for one in proofs) else NOT_DONE


def _proof(database: str, asked: argparse.Namespace, whole: Size) -> Result:
    """One fresh database after the other, until together they have come so far or the time is up."""
    share = Size(
        commits=math.ceil(asked.commits / asked.databases),
        kills=math.ceil(asked.kills / asked.databases),
        latest=_spread(asked),
    )
    until, done = time.monotonic() + 3600 * asked.hours, list[Result]()
    while not done or (done[-1].is_of(share) and not together(done).is_of(whole)):
        folder = asked.kept and asked.kept / database.lower() / str(len(done) + 1)
        left = max(1.0, until - time.monotonic())
        done.append(prove(database, replace(share, seconds=left), kept=folder))
    return together(done)


def _controls(_asked: argparse.Namespace, databases: list[str]) -> int:
    controls = [_told(prove(one, _CONTROL, control=each)) for one in databases for each in CONTROLS[one]]
    rows = tuple(map(_control_row, controls))
    print(Table(title="Controls that have to fail", head=_CONTROL_HEAD, rows=rows, note="").text())
    return SOUND if all(one.faults for one in controls) else UNSOUND


def _spread(asked: argparse.Namespace) -> int:
    """The latest commit of a process to die at, so that the kills are spread over the run."""
    return max(60, int(asked.commits / max(1, asked.kills)))


def _told(result: Result) -> Result:
    print(
        f"{result.database} {result.control or 'proof'}: {result.commits} in {result.seconds:.0f} s, "
        f"{len(result.faults)} faults",
        file=sys.stderr,
        flush=True,
    )
    for fault in result.faults[:20] if not result.control else ():
        print(f"  {fault}", file=sys.stderr, flush=True)
    return result


_RACE_HEAD = (
    "database",
    "rounds",
    "at once",
    "got it (by page)",
    "409 with the reason",
    "5xx or nothing",
    "p50 ms",
    "p95 ms",
    "slowest ms",
    "faults",
)
_RACE_NOTE = (
    "One slot is left of the one buyer. Programs ask by the interface, some companies by their page, all connected "
    "before anybody speaks; SQLite behind `sangdam serve`, PostgreSQL behind gunicorn with four processes."
)
_HEAD = (
    "database",
    "operations",
    "kills (before commit, after commit, after DATA)",
    "server crashes",
    "done",
    "refused",
    "unknown",
    "operations/s",
    "databases, sittings",
    "faults",
)
_CONTROL_HEAD = ("database", "control", "operations", "caught", "first fault")
_NOTE = (
    "8 processes, 12 people and rooms, 13 slots. After every commit: no overlap with its buffers, claims equal live "
    "sessions, a row of the outbox for everybody who has to hear, daily limits kept. At the end: every operation that "
    "was acknowledged is there once, what was refused left nothing, the trail replays to the tables. Unknown: the "
    "connection was lost while committing, or a server crashed."
)


def _beside_the_model(asked: argparse.Namespace, _databases: list[str]) -> int:
    """Raises at the first example in which the database and the model differ, in its shortest form."""
    print(_model_table(asked.examples, machine.fresh_seed()).text(), flush=True)
    return SOUND


def _model_table(examples: int, seed: int) -> Table:
    began = time.monotonic()
    heard = machine.run(examples=examples, steps=_STEPS, number=seed)
    refused = ", ".join(f"{count:,} {name}" for name, count in heard.most_common() if name != "done")
    taken = f"{time.monotonic() - began:.0f}"
    return Table(
        title="Beside a plain model",
        head=("examples", "steps at most", "seed", "done", "refused as the model refuses", "s"),
        rows=((str(examples), str(_STEPS), str(seed), f"{heard['done']:,}", refused, taken),),
        note="A state machine on SQLite; tables and claims are compared after every step. SEED=… repeats a run.",
    )


def _race_row(one: Race) -> tuple[str, ...]:
    got = sum(count for (status, _), count in one.heard.items() if status in (201, 303))
    failed = sum(count for (status, _), count in one.heard.items() if status == 0 or status >= 500)
    for fault in one.faults[:20]:
        print(f"  {fault}", file=sys.stderr, flush=True)
    return (
        one.database,
        str(one.size.rounds),
        str(one.size.requests),
        f"{got} ({one.winners_by_page})",
        f"{one.heard[409, 'slot-taken']:,}",
        str(failed),
        f"{one.percentile(0.5):.0f}",
        f"{one.percentile(0.95):.0f}",
        f"{1000 * max(one.seconds):.0f}",
        str(len(one.faults)),
    )


def _row(one: Result) -> tuple[str, ...]:
    points = ", ".join(str(one.kills[point]) for point in ("before commit", "after commit", "after DATA"))
    return (
        one.database,
        f"{one.commits:,}",
        f"{one.kills.total()} ({points})",
        str(one.crashes),
        f"{one.heard['done']:,}",
        f"{one.heard['refused']:,}",
        f"{one.heard['unknown']:,}",
        f"{one.commits / one.seconds:.0f}",
        f"{one.databases}, {one.sittings}",
        str(len(one.faults)),
    )


def _control_row(one: Result) -> tuple[str, ...]:
    first = next(iter(one.faults), "").split(" is in ")[0][:60]
    return one.database, one.control, str(one.commits), "yes" if one.faults else "NO", first


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
