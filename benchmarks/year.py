"""A year of the national agency, 31,020 sessions, beside the demonstration's 204: `python -m benchmarks.year`.

`pages` asks two servers in turn for the same pages: one has the demonstration alone, the other a year besides.
`restore` backs that year up and restores it, checked, into an empty SQLite file and an empty PostgreSQL.
"""

import shutil
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import update

from benchmarks.demo import Demo, Server, Visitor, free_port, served, the_demo
from benchmarks.machine import machine_line
from benchmarks.pages import Place, expected, places_of, processor_seconds, serving
from benchmarks.tables import Table, milliseconds, percentile
from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, FairState, day_of
from scheduler.booking.match import Match, legs_between
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Buyer, Company, Resource
from scheduler.scenarios.year import Year, year_of
from scheduler.services.backup import make_backup, restore_backup
from scheduler.services.notices import Change, RowState, tell
from scheduler.services.record import shown, ticks_of
from scheduler.storage import audit, claims, fairs, matches, meetings, people
from scheduler.storage.db import Database, open_database
from scheduler.storage.tables import OutboxTable, table_of
from scheduler.timezones.clock import utc_now
from tests.postgres import find_installation, running_server

OUTBOX = table_of(OutboxTable)
PARTS = ("pages", "restore")
REPEATS, WARM_UP = 20, 3
MOST = 1.5
LIMIT_SECONDS = 300
_WEEKS_BACK = 22
_REMINDERS = (1440, 60)


def main(parts: Sequence[str]) -> int:
    """0 when all asked for was met, 1 otherwise, 2 for a part that is none."""
    if not set(parts) <= set(PARTS):
        print(f"there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    wanted = parts or PARTS
    print(machine_line(), end="\n\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="sangdam-year-") as name:
        small, big = the_demo(), with_a_year(the_demo(), Path(name) / "big")
        tables = [
            *([pages(small, big)] if "pages" in wanted else []),
            *(restores(big) if "restore" in wanted else []),
        ]
    for table, _met in tables:
        print(table.text(), flush=True)
    return 0 if all(met for _, met in tables) else 1


def with_a_year(demo: Demo, folder: Path) -> Demo:
    """A copy of the demonstration whose database has a year besides: weekly fairs, half of them past."""
    shutil.copytree(demo.instance, folder, ignore=shutil.ignore_patterns("scheduler.sqlite*"))
    source, copy = (
        sqlite3.connect(demo.instance / "scheduler.sqlite"),
        sqlite3.connect(folder / "scheduler.sqlite"),
    )
    source.backup(copy)
    source.close()
    copy.close()
    made = replace(demo, instance=folder)
    db = open_database(made.settings.database_url)
    began = time.process_time()
    count = put_a_year_in(db)
    print(f"a year put in: {time.process_time() - began:.0f} s of processor", file=sys.stderr, flush=True)
    with db.write() as work:
        work.connection().exec_driver_sql("ANALYZE")
    db.dispose()
    assert count == 31_020
    return made


def put_a_year_in(db: Database) -> int:
    """The sessions with their claims, notices that were sent, reminders and trail; how many sessions."""
    today = utc_now().date()
    year = year_of(today - timedelta(days=today.weekday(), weeks=_WEEKS_BACK))
    everybody = {one.id: one for one in (*year.companies, *year.buyers, *year.interpreters, *year.rooms)}
    weeks: dict[date, list[Placement]] = defaultdict(list)
    for one in year.sessions():
        day = day_of(one.slot, year.fair.zone)
        weeks[day - timedelta(days=day.weekday())].append(one)
    with db.write() as work:
        for one in everybody.values():
            people.save_resource(work, one, f"year:{one.id}")
    for number, (monday, placed) in enumerate(sorted(weeks.items()), start=1):
        _put_a_week_in(db, _fair_of(year, monday, number), placed, everybody)
    return sum(map(len, weeks.values()))


def _fair_of(year: Year, monday: date, number: int) -> Fair:
    days = tuple(day for day in year.fair.days if monday <= day < monday + timedelta(weeks=1))
    named = {"id": f"year-{number}", "key": f"week-{number}", "name": f"화상상담 {number}주"}
    return replace(year.fair, **named, days=days, state=FairState.PUBLISHED)


def _put_a_week_in(
    db: Database, fair: Fair, placed: Sequence[Placement], everybody: Mapping[str, Resource]
) -> None:
    made_at = utc_now() - timedelta(weeks=_WEEKS_BACK + 2)
    taking_part = sorted({one for each in placed for one in each.resource_ids})
    pairs = [(one, _match_of(one, everybody, fair)) for one in placed]
    stored = [_meeting_of(one, match, fair) for one, match in pairs]
    changes = [Change(before=None, after=one) for one in stored]
    with db.write() as work:
        fairs.save_fair(work, fair, made_at)
        for position, one in enumerate(taking_part):
            people.save_resource(work, everybody[one], f"year:{one}", fair.id, position)
        for _, match in pairs:
            matches.save_match(work, fair.id, match)
        meetings.add_meetings(work, stored, made_at)
        claims.take_all_claims(work, {one.id: ticks_of(one, everybody) for one in stored})
        tell(work, changes, state=RowState.DUE, reminders=_REMINDERS, now=made_at)
        # All that was due has gone out, and nothing of the benchmark is to be sent.
        sent = {"state": "sent", "message_id": OUTBOX.c.id, "sent_at": utc_now()}
        work.execute(update(OUTBOX).where(OUTBOX.c.fair_id == fair.id).values(sent))
        audit.record_all(work, (_entry(one, made_at) for one in stored))


def _match_of(placed: Placement, everybody: Mapping[str, Resource], fair: Fair) -> Match:
    company, buyer = everybody[placed.company_id], everybody[placed.buyer_id]
    assert isinstance(company, Company)
    assert isinstance(buyer, Buyer)
    return Match(
        id=f"{fair.id}:{placed.match_id}",
        company_id=company.id,
        buyer_id=buyer.id,
        legs=legs_between(company, buyer),
        needs_room=placed.room_id is not None,
    )


def _meeting_of(placed: Placement, match: Match, fair: Fair) -> Meeting:
    meeting_id = f"mtg_{fair.id}_{placed.slot.start_at:%m%d%H%M}_{placed.company_id}"
    return Meeting(
        id=meeting_id,
        uid=f"{meeting_id}@sangdam",
        slot=placed.slot,
        state=State.CONFIRMED,
        fair_id=fair.id,
        match_id=match.id,
        company_id=placed.company_id,
        buyer_id=placed.buyer_id,
        interpreter_ids=placed.interpreter_ids,
        room_id=placed.room_id,
        legs=match.legs,
        link=f"https://video.sangdam.example/{meeting_id}",
    )


def _entry(meeting: Meeting, at: datetime) -> audit.AuditEntry:
    return audit.AuditEntry(
        at=at,
        actor="system:system",
        action="book",
        subject_kind="meeting",
        subject_id=meeting.id,
        after=shown(meeting),
    )


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One page in both databases: seconds of each request, and of the servers' processors for one."""

    who: str
    name: str
    small: tuple[float, ...]
    big: tuple[float, ...]
    processor: tuple[float, float]

    @property
    def ratio(self) -> float:
        return median(self.big) / median(self.small)

    @property
    def row(self) -> tuple[str, ...]:
        small, big = self.processor
        return (
            self.who,
            self.name,
            milliseconds(median(self.small)),
            milliseconds(median(self.big)),
            milliseconds(percentile(self.big, 0.95)),
            f"{self.ratio:.2f}",
            milliseconds(small),
            milliseconds(big),
            "yes" if self.ratio <= MOST else "**no**",
        )


def pages(small: Demo, big: Demo) -> tuple[Table, bool]:
    """Each page of the demonstration from both servers, in turn."""
    with _server(small) as one, _server(big) as other:
        askers = (_visitors(small, one), _visitors(big, other))
        places = zip(places_of(small, askers[0]), places_of(big, askers[1]), strict=True)
        found = [_measured(each, askers, (one, other)) for each in places]
    over = [one.name for one in found if one.ratio > MOST]
    said = f"Above {MOST}: {', '.join(over)}." if over else f"None is above {MOST} times."
    head = (
        "who",
        "page",
        "204: p50 ms",
        "31,020: p50 ms",
        "p95 ms",
        "ratio",
        "204: CPU ms",
        "31,020: CPU ms",
        "met",
    )
    note = f"{len(found)} pages, {REPEATS} requests each from both servers in turn, one client. {said}"
    table = Table(
        title="The same pages with a year's 31,020 sessions in the database",
        head=head,
        rows=tuple(one.row for one in found),
        note=note,
    )
    return table, not over


def _server(demo: Demo) -> AbstractContextManager[Server]:
    port = free_port()
    return served(serving(demo, port), port=port, first="/login", environment=demo.environment)


def _visitors(demo: Demo, server: Server) -> dict[str, Visitor]:
    visitors = {"": Visitor(port=server.port)}
    for role in ("coordinator", "company", "interpreter"):
        visitors[role] = Visitor(port=server.port)
        visitors[role].log_in(demo.login(role))
    return visitors


def _measured(
    places: tuple[Place, Place],
    askers: tuple[Mapping[str, Visitor], Mapping[str, Visitor]],
    servers: tuple[Server, Server],
) -> Pair:
    """A page that needs a tag is asked for with the one of its own database."""
    visitors = [known.get(place.who, known[""]) for known, place in zip(askers, places, strict=True)]
    for visitor, place in zip(visitors, places, strict=True):
        for _ in range(WARM_UP):
            expected(visitor.get(place.path, place.headers), 304 if place.headers else 200, place)
    before = [processor_seconds(one) for one in servers]
    taken = [
        tuple(
            visitor.get(place.path, place.headers).seconds
            for visitor, place in zip(visitors, places, strict=True)
        )
        for _ in range(REPEATS)
    ]
    after = [processor_seconds(one) for one in servers]
    small, big = ((late - early) / REPEATS for early, late in zip(before, after, strict=True))
    return Pair(
        who=places[0].who,
        name=places[0].name,
        small=tuple(one[0] for one in taken),
        big=tuple(one[1] for one in taken),
        processor=(small, big),
    )


def restores(big: Demo) -> Iterator[tuple[Table, bool]]:
    """One backup, restored into an empty place of each kind; each restore checks what it holds before it keeps it."""
    with tempfile.TemporaryDirectory(prefix="sangdam-restore-") as name:
        folder = Path(name)
        file = folder / "year.backup"
        source = open_database(big.settings.database_url)
        began = time.perf_counter()
        made = make_backup(source, big.settings, file, now=utc_now())
        backed_up = time.perf_counter() - began
        print(f"backed up: {backed_up:.0f} s", file=sys.stderr, flush=True)
        source.dispose()
        taken = dict(_restored(big, file, folder, made.total))
        size = file.stat().st_size / 1024 / 1024
    rows = tuple(
        (
            kind,
            f"{made.total:,}",
            f"{size:.0f}",
            f"{backed_up:.0f}",
            f"{one:.0f}",
            "yes" if one < LIMIT_SECONDS else "**no**",
        )
        for kind, one in taken.items()
    )
    table = Table(
        title="A year backed up and restored, checked",
        head=("into", "rows", "backup MB", "backup s", "restore s", f"< {LIMIT_SECONDS} s"),
        rows=rows,
        note="31,020 sessions with their claims, notices, reminders and trail. PostgreSQL with fsync on.",
    )
    yield table, all(one < LIMIT_SECONDS for one in taken.values())


def _restored(big: Demo, file: Path, folder: Path, total: int) -> Iterator[tuple[str, float]]:
    for kind, place in (("SQLite", _empty_file(folder)), ("PostgreSQL", _empty_server())):
        with place as url:
            db = open_database(url)
            began = time.perf_counter()
            done = restore_backup(db, replace(big.settings, database_url=url), file, now=utc_now())
            taken = time.perf_counter() - began
            print(f"restored into {kind}: {taken:.0f} s", file=sys.stderr, flush=True)
            yield kind, taken
            db.dispose()
        assert done.total == total


@contextmanager
def _empty_file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/restored.sqlite"


@contextmanager
def _empty_server() -> Iterator[str]:
    installation = find_installation()
    assert installation is not None, "there is no PostgreSQL on this machine"
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "256MB"}
    with running_server(installation, **durable) as server:
        yield server.url(server.create_database())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
