"""Reads on the shapes that other programs were measured on, beside what these gave: `python -m benchmarks.peers`.

Theirs: their recommended servers on PostgreSQL, two cores, a fast disk. Ours: gunicorn as in deploy/ on PostgreSQL,
the same number of clients, all on one machine of two cores.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import psutil

from benchmarks.demo import Visitor
from benchmarks.machine import machine_line
from benchmarks.tables import Table, milliseconds, percentile
from scheduler.booking.fair import Fair, FairState, slots_of
from scheduler.booking.meeting import Meeting
from scheduler.booking.people import Resource
from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.services.display import make_display
from scheduler.services.links import feed_address
from scheduler.services.picking_rules import set_picking_rules
from scheduler.services.record import ticks_of
from scheduler.settings import Settings
from scheduler.storage import claims, fairs, matches, meetings, people
from scheduler.storage.db import Database, open_database
from scheduler.timezones.clock import utc_now
from tests.builders import a_buyer, a_company, a_fair, a_match, a_meeting, a_room, an_interpreter, spans
from tests.postgres import find_installation, running_server
from tests.programs import gunicorn, shared_settings
from tests.services.stage import some_settings

CLIENTS, SECONDS, WARM_UP = 4, 10.0, 8
ROOMS, PEOPLE, PROCESSES = 15, 50, 4
PASSWORD = "several plain words"  # noqa: S105
WEEK, OF_A_DAY = 500, 200


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What is asked for, the words that the answer has to hold so often, and what others gave (requests a second)."""

    name: str
    path: str
    who: str
    holds: tuple[str, int]
    theirs: tuple[tuple[str, float], ...]
    wanted: float
    tag: bool = False


@dataclass(frozen=True, kw_only=True)
class Given:
    """Seconds of each request of all clients, over how long, and the seconds of processor of the server for one."""

    seconds: tuple[float, ...]
    lasted: float
    processor: float

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.lasted


def main() -> int:
    """0 when each is as far ahead as it is meant to be, 1 otherwise."""
    installation = find_installation()
    if installation is None:
        print("there is no PostgreSQL on this machine", file=sys.stderr)
        return 2
    print(machine_line(), end="\n\n", flush=True)
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB"}
    with (
        tempfile.TemporaryDirectory(prefix="sangdam-peers-") as name,
        running_server(installation, **durable) as server,
    ):
        folder, url = Path(name), server.url(server.create_database())
        settings = replace(some_settings(folder), database_url=url)
        db = open_database(url)
        shapes = _prepared(db, settings)
        environ = {**shared_settings(url, folder), "SANGDAM_WEB_PROCESSES": str(PROCESSES)}
        with gunicorn(environ) as web:
            found = [(one, _measured(one, web.port, web.process.pid)) for one in shapes]
        db.dispose()
    print(_table(found).text())
    return 0 if all(given.rate >= shape.wanted for shape, given in found) else 1


def _prepared(db: Database, settings: Settings) -> tuple[Shape, ...]:
    """A week with 500 sessions in 15 rooms, and tomorrow with 200."""
    db.migrate()
    today = utc_now().date()
    monday = today + timedelta(days=7 - today.weekday())
    week = _fair("week", tuple(monday + timedelta(days=number) for number in range(5)))
    one_day = _fair("one-day", (today + timedelta(days=1),))
    _fill(db, week, WEEK)
    _fill(db, one_day, OF_A_DAY)
    set_picking_rules(db, week.key, {"is_on": "yes", "reach": "everybody"}, now=utc_now(), actor=SYSTEM)
    for role, resource_id in (("coordinator", None), ("company", "week-c0")):
        add_account(
            db,
            email=f"{role}@city.example",
            name=role,
            role=role,
            password=PASSWORD,
            resource_id=resource_id,
            now=utc_now(),
            actor=SYSTEM,
        )
    with db.write() as work:
        feed = feed_address(work, settings, resource_id=None, fair_id=week.id, now=utc_now())
    display = make_display(db, settings, one_day.key, None, now=utc_now(), actor=SYSTEM)
    feed, display = (one.removeprefix(settings.base_address) for one in (feed, display))
    return _shapes(
        f"/my/fairs/{week.key}/buyers/week-b1",
        f"/fairs/{one_day.key}/board/?day=all",
        f"{display}.json",
        feed,
    )


def _shapes(free: str, board: str, display: str, feed: str) -> tuple[Shape, ...]:
    indico, pretalx = "Indico 3.2.9", "pretalx 2025.2.2"
    return (
        Shape(
            name="free moments of a pair, 15 rooms over 5 days",
            path=free,
            who="company",
            holds=('name="start"', 30),
            theirs=((f"{indico}, availability of the rooms", 10.0),),
            wanted=100.0,
        ),
        Shape(
            name="schedule of 200, made on the server",
            path=board,
            who="coordinator",
            holds=("/meetings/", OF_A_DAY),
            theirs=((f"{pretalx}, made on the server", 2.3),),
            wanted=23.0,
        ),
        Shape(
            name="schedule of 200, as data for a page",
            path=display,
            who="",
            holds=('"company"', OF_A_DAY),
            theirs=((f"{pretalx}, its own front end", 17.0),),
            wanted=170.0,
        ),
        Shape(
            name="calendar of 500",
            path=feed,
            who="",
            holds=("BEGIN:VEVENT", WEEK),
            theirs=((f"{indico}, uncached", 1.1), (f"{pretalx}, of 200", 2.3)),
            wanted=22.0,
        ),
        Shape(
            name="calendar of 500, unchanged",
            path=feed,
            who="",
            holds=("", 0),
            theirs=((f"{indico}, cached", 6.8),),
            wanted=68.0,
            tag=True,
        ),
    )


def _fair(key: str, days: Sequence[date]) -> Fair:
    return a_fair(
        id=key, key=key, name=key, days=tuple(days), opening=spans("09:00-18:00"), state=FairState.PUBLISHED
    )


def _fill(db: Database, fair: Fair, count: int) -> None:
    """The sessions, spread over all slots; nobody and no room is in two at once."""
    everybody: dict[str, Resource] = {
        one.id: one
        for one in (
            *(a_company(f"{fair.key}-c{number}") for number in range(PEOPLE)),
            *(a_buyer(f"{fair.key}-b{number}") for number in range(PEOPLE)),
            *(an_interpreter(f"{fair.key}-i{number}") for number in range(ROOMS)),
            *(a_room(f"{fair.key}-r{number}") for number in range(ROOMS)),
        )
    }
    slots = slots_of(fair, "ID")
    made = [_session(fair.key, number, len(slots)) for number in range(count)]
    stored = [
        replace(one, fair_id=fair.id, slot=slots[number % len(slots)]) for number, one in enumerate(made)
    ]
    now = utc_now()
    with db.write() as work:
        fairs.save_fair(work, fair, now)
        for position, one in enumerate(everybody.values()):
            people.save_resource(work, one, f"key:{one.id}", fair.id, position)
        matches.save_match(work, fair.id, a_match(f"{fair.key}-m", f"{fair.key}-c0", f"{fair.key}-b1"))
        meetings.add_meetings(work, stored, now)
        claims.take_all_claims(work, {one.id: ticks_of(one, everybody) for one in stored})


def _session(key: str, number: int, slots: int) -> Meeting:
    at, beside = number % slots, number // slots
    return a_meeting(
        f"{key}-{number}",
        match_id=None,
        company_id=f"{key}-c{(at + 8 * beside) % PEOPLE}",
        buyer_id=f"{key}-b{(3 * at + 8 * beside) % PEOPLE}",
        interpreter_ids=(f"{key}-i{(at + beside) % ROOMS}",),
        room_id=f"{key}-r{(2 * at + beside) % ROOMS}",
        link=f"https://video.sangdam.example/{number}",
    )


def _measured(shape: Shape, port: int, pid: int) -> Given:
    """All clients ask again and again, each on a connection of its own."""
    visitors = [Visitor(port=port) for _ in range(CLIENTS)]
    for visitor in visitors:
        if shape.who:
            visitor.log_in({"email": f"{shape.who}@city.example", "password": PASSWORD})
    first = visitors[0].get(shape.path)
    words, count = shape.holds
    assert first.status == 200, (shape.path, first.status)
    assert not words or first.text.count(words) >= count, (
        shape.name,
        first.text.count(words),
        first.text[:2000],
    )
    headers = {"If-None-Match": first.headers["ETag"]} if shape.tag else {}
    for visitor in visitors:
        for _ in range(WARM_UP):
            visitor.get(shape.path, headers)
    taken: list[float] = []
    before, began = _processor(pid), time.perf_counter()
    threads = [threading.Thread(target=_ask, args=(one, shape, headers, began, taken)) for one in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - began
    return Given(
        seconds=tuple(taken), lasted=lasted, processor=(_processor(pid) - before) / max(1, len(taken))
    )


def _ask(visitor: Visitor, shape: Shape, headers: dict[str, str], began: float, taken: list[float]) -> None:
    wanted = 304 if shape.tag else 200
    while time.perf_counter() - began < SECONDS:
        answer = visitor.get(shape.path, headers)
        assert answer.status == wanted, answer.status
        taken.append(answer.seconds)


def _processor(pid: int) -> float:
    """Of gunicorn and all its processes."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(one.cpu_times().user + one.cpu_times().system for one in family)


def _table(found: Sequence[tuple[Shape, Given]]) -> Table:
    rows = tuple(
        (
            shape.name,
            f"{given.rate:.1f}",
            milliseconds(statistics.median(given.seconds)),
            milliseconds(percentile(given.seconds, 0.95)),
            milliseconds(given.processor),
            "; ".join(f"{name}: {rate:g}" for name, rate in shape.theirs),
            f"{given.rate / shape.theirs[0][1]:.0f}",
            f"{shape.wanted:g}",
            "yes" if given.rate >= shape.wanted else "**no**",
        )
        for shape, given in found
    )
    return Table(
        title="Reads that others were measured on",
        head=(
            "what",
            "requests/s",
            "p50 ms",
            "p95 ms",
            "CPU ms",
            "others, requests/s",
            "times",
            "wanted/s",
            "met",
        ),
        rows=rows,
        note=(
            f"{CLIENTS} clients for {SECONDS:.0f} s each, {PROCESSES} gunicorn processes on PostgreSQL. The figures of "
            "the others were measured on two cores with their recommended servers, PostgreSQL and a fast disk, by four "
            "clients where nothing else is said; they are not measured anew in this run. `times` is beside the first."
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
