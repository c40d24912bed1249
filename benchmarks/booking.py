"""Bookings per second through HTTP and by the use case, beside the same done bare, and the race for one slot.

`python -m benchmarks.booking`. SQLite as it is used; PostgreSQL with the settings of a server that must not lose
anything. Every round begins with a fresh copy of the sample programme before it was published.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from statistics import median

from benchmarks.booked_by_http import book_by_http
from benchmarks.bookers import Booked, book_all, insert_all, race
from benchmarks.demo import Demo, the_demo
from benchmarks.replayed import recorded, replay
from benchmarks.stages import PostgresStages, SqliteStages, Stages, racers_among, wishes_of
from benchmarks.tables import Table, milliseconds, percentile
from scheduler.services.choose import Wish
from tests.postgres import find_installation, running_server

ROUNDS = 3
PROCESSES = (1, 8)
P99_LIMITS = {"SQLite": 150, "PostgreSQL": 60}
RACES = 5
RACERS = 50
# What a server has that may not lose a booking in a power cut.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def measure() -> Iterator[Table]:
    demo = the_demo()
    with tempfile.TemporaryDirectory(prefix="bookings-") as folder, _stages(demo, Path(folder)) as stages:
        wishes = wishes_of(demo)
        yield by_http(demo, stages, wishes)
        yield rates(demo, stages, wishes)
        yield races(demo, stages, wishes)


def by_http(demo: Demo, stages: Sequence[Stages], wishes: Sequence[Wish]) -> Table:
    return Table(
        title="Bookings through HTTP, beside the same statements sent by the driver alone",
        head=(
            "database",
            "writers",
            "HTTP bookings/s",
            "p50 ms",
            "p99 ms",
            "p99 limit",
            "bare/s",
            "bare p50 ms",
            "bare p99 ms",
            "bare : HTTP",
        ),
        rows=tuple(_http_row(demo, one, wishes, writers) for one in stages for writers in PROCESSES),
        note=(
            f"{len(wishes)} bookings a round, {ROUNDS} rounds of each in turn, the median of the rates. Bare: for each "
            "booking every statement that the program sends for it, reads included, in the same transactions. Wanted: "
            "at least half the bare rate. SQLite is served by one process, PostgreSQL by gunicorn with two; clients "
            "and servers share the processors."
        ),
    )


def _http_row(demo: Demo, stages: Stages, wishes: Sequence[Wish], writers: int) -> tuple[str, ...]:
    with stages.fresh() as url:
        bookings = recorded(url, demo.instance, wishes)
    ours: list[Booked] = []
    bare: list[Booked] = []
    for _ in range(ROUNDS):
        with stages.fresh() as url:
            ours.append(book_by_http(url, demo.instance, wishes, clients=writers))
        with stages.fresh() as url:
            bare.append(replay(url, bookings, writers=writers))
    rate, bare_rate = (median(one.rate for one in each) for each in (ours, bare))
    return (
        stages.name,
        str(writers),
        f"{rate:.0f}",
        *_latencies(ours),
        f"{P99_LIMITS[stages.name]} ms" if writers > 1 else "–",
        f"{bare_rate:.0f}",
        *_latencies(bare),
        f"{bare_rate / rate:.1f}",
    )


def rates(demo: Demo, stages: Sequence[Stages], wishes: Sequence[Wish]) -> Table:
    rows = [_rate_row(demo, one, wishes, processes) for one in stages for processes in PROCESSES]
    return Table(
        title="Bookings through services.book, beside the same rows inserted bare",
        head=(
            "database",
            "processes",
            "bookings/s",
            "p50 ms",
            "p99 ms",
            "bare/s",
            "bare p50 ms",
            "bare p99 ms",
            "bare : ours",
        ),
        rows=tuple(rows),
        note=(
            f"{len(wishes)} bookings a round, {ROUNDS} rounds of each in turn, the median of the rates. Each booking: "
            "a session, its interpreter, its claims, the notices and reminders, the audit trail; one transaction. "
            "Ours also reads the fair, looks for who is free and judges the rules."
        ),
    )


def races(demo: Demo, stages: Sequence[Stages], wishes: Sequence[Wish]) -> Table:
    return Table(
        title=f"{RACERS} requests at once for one room at one time",
        head=("database", "rounds", "winners in each round", "refused", "p50 ms", "p95 ms", "slowest ms"),
        rows=tuple(_race_row(demo, one, wishes) for one in stages),
        note=(
            f"{PROCESSES[-1]} processes, a thread for each request, the other sessions of the fair booked before. The "
            "losers are told which resource was taken and the nearest free moments; that is part of their time."
        ),
    )


def _rate_row(demo: Demo, stages: Stages, wishes: Sequence[Wish], processes: int) -> tuple[str, ...]:
    ours: list[Booked] = []
    bare: list[Booked] = []
    for _ in range(ROUNDS):
        with stages.fresh() as url:
            ours.append(book_all(url, demo.instance, wishes, processes=processes))
            rows = stages.rows_booked(url)
        with stages.fresh() as url:
            bare.append(insert_all(url, rows, processes=processes))
    rate, bare_rate = (median(one.rate for one in each) for each in (ours, bare))
    return (
        stages.name,
        str(processes),
        f"{rate:.0f}",
        *_latencies(ours),
        f"{bare_rate:.0f}",
        *_latencies(bare),
        f"{bare_rate / rate:.1f}",
    )


def _latencies(rounds: Sequence[Booked]) -> tuple[str, str]:
    seconds = list(chain.from_iterable(one.seconds for one in rounds))
    return milliseconds(median(seconds)), milliseconds(percentile(seconds, 0.99))


def _race_row(demo: Demo, stages: Stages, wishes: Sequence[Wish]) -> tuple[str, ...]:
    racing, before = racers_among(demo, wishes, RACERS)
    winners: list[int] = []
    refused: dict[str, int] = {}
    seconds: list[float] = []
    for _ in range(RACES):
        with stages.fresh() as url:
            book_all(url, demo.instance, before, processes=1)
            outcomes = race(url, demo.instance, racing, processes=PROCESSES[-1])
        winners.append(sum(1 for one in outcomes if one.answer == "booked"))
        seconds += [one.seconds for one in outcomes]
        for one in outcomes:
            if one.answer != "booked":
                refused[one.answer] = refused.get(one.answer, 0) + 1
    assert winners == [1] * RACES, winners
    return (
        stages.name,
        str(RACES),
        ", ".join(map(str, sorted(set(winners)))),
        ", ".join(f"{count} {name}" for name, count in sorted(refused.items())),
        milliseconds(median(seconds)),
        milliseconds(percentile(seconds, 0.95)),
        milliseconds(max(seconds)),
    )


@contextmanager
def _stages(demo: Demo, folder: Path) -> Iterator[tuple[Stages, ...]]:
    sqlite = SqliteStages.of(demo, folder)
    installation = find_installation()
    if installation is None:
        yield (sqlite,)
        return
    with running_server(installation, **DURABLE) as server:
        yield (sqlite, PostgresStages.of(sqlite, server))


if __name__ == "__main__":
    for table in measure():
        print(table.text(), flush=True)
