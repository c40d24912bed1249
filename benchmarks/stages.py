"""Fresh databases for each round: the sample programme imported and planned, nothing booked yet."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import delete, insert, make_url, select, update

from benchmarks.demo import Demo
from scheduler.services.build_grid import latest_plan
from scheduler.services.choose import Wish
from scheduler.storage import fairs, people
from scheduler.storage.db import Database, open_database
from scheduler.storage.tables import Base
from tests.postgres import PostgresServer

ROWS_OF_A_BOOKING = ("meeting", "meeting_interpreter", "claim", "outbox", "audit")
_WITHOUT_BOOKINGS = ("programme", "fair", "resource", "participation", "match")
_UNDONE = ("claim", "outbox", "meeting_interpreter", "meeting")
_TABLES = Base.metadata.tables

# For each table of one booking: its columns and the rows.
Rows = Mapping[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]


class Stages(Protocol):
    """Where fresh databases come from."""

    name: str

    def fresh(self) -> AbstractContextManager[str]:
        """The address of a copy that goes away."""

    def rows_booked(self, url: str) -> list[Rows]:
        """What each booking has written, as the driver takes it again."""


@dataclass(frozen=True, kw_only=True)
class SqliteStages:
    folder: Path
    template: Path
    name: str = "SQLite"

    @classmethod
    def of(cls, demo: Demo, folder: Path) -> "SqliteStages":
        """The demonstration's database as it was before publishing."""
        template = folder / "template.sqlite"
        source = sqlite3.connect(demo.instance / "scheduler.sqlite")
        copy = sqlite3.connect(template)
        source.backup(copy)
        source.close()
        copy.close()
        database = open_database(f"sqlite:///{template}")
        with database.write() as work:
            for name in _UNDONE:
                work.execute(delete(_TABLES[name]))
            work.execute(update(_TABLES["fair"]).values(state="draft", published_at=None))
        database.dispose()
        return cls(folder=folder, template=template)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        file = self.folder / "round.sqlite"
        shutil.copy(self.template, file)
        try:
            yield f"sqlite:///{file}"
        finally:
            for each in self.folder.glob("round.sqlite*"):
                each.unlink()

    def rows_booked(self, url: str) -> list[Rows]:
        connection = sqlite3.connect(make_url(url).database or "")
        connection.row_factory = sqlite3.Row

        def all_of(name: str) -> list[Mapping[str, Any]]:
            return [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608

        found = _by_meeting({name: all_of(name) for name in ROWS_OF_A_BOOKING})
        connection.close()
        return found


@dataclass(frozen=True, kw_only=True)
class PostgresStages:
    server: PostgresServer
    template: str
    name: str = "PostgreSQL"

    @classmethod
    def of(cls, stages: SqliteStages, server: PostgresServer) -> "PostgresStages":
        """The same programme, copied."""
        template = server.create_database()
        source, target = open_database(f"sqlite:///{stages.template}"), open_database(server.url(template))
        target.migrate()
        with source.read() as found, target.write() as work:
            for name in _WITHOUT_BOOKINGS:
                rows = [dict(row._mapping) for row in found.execute(select(_TABLES[name]))]
                if rows:
                    work.execute(insert(_TABLES[name]), rows)
        source.dispose()
        target.dispose()
        return cls(server=server, template=template)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        name = self.server.create_database(template=self.template)
        try:
            yield self.server.url(name)
        finally:
            self.server.drop_database(name)

    def rows_booked(self, url: str) -> list[Rows]:
        with psycopg.connect(address_of(url), row_factory=dict_row) as connection:
            found = {
                name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608
                for name in ROWS_OF_A_BOOKING
            }
        return _by_meeting({name: [_adapted(row) for row in rows] for name, rows in found.items()})


def address_of(url: str) -> str:
    """A PostgreSQL address as psycopg takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def wishes_of(demo: Demo) -> tuple[Wish, ...]:
    """Every session of the plan, to be booked where the plan has it."""
    database = open_database(demo.settings.database_url)
    with database.read() as work:
        _, plan = latest_plan(work, fairs.get_fair(work, demo.key))
    database.dispose()
    return tuple(
        Wish(
            fair_key=demo.key,
            match_id=one.match_id,
            slot=one.slot,
            interpreter_ids=one.interpreter_ids,
            room_id=one.room_id,
        )
        for one in plan.placements
    )


def racers_among(demo: Demo, wishes: Sequence[Wish], count: int) -> tuple[tuple[Wish, ...], tuple[Wish, ...]]:
    """`count` matches that all want one room at one time and could have it, and the wishes left as they are."""
    database = open_database(demo.settings.database_url)
    able = {slot: _able(database, demo, wishes, slot) for slot in sorted({one.slot for one in wishes})}
    database.dispose()
    # Those whose place in the plan is this slot must not stand there already, so they race too.
    slot, racing = max(able.items(), key=lambda pair: len(pair[1]))
    at_that_time = [one for one in wishes if one.slot == slot]
    others = [one for one in racing if one not in at_that_time]
    chosen = (*at_that_time, *others)[:count]
    room_id = at_that_time[0].room_id
    moved = tuple(replace(one, slot=slot, room_id=room_id, interpreter_ids=None) for one in chosen)
    return moved, tuple(one for one in wishes if one not in chosen)


def _able(database: Database, demo: Demo, wishes: Sequence[Wish], slot: Any) -> list[Wish]:
    with database.read() as work:
        fair = fairs.get_fair(work, demo.key)
        everyone = {one.id: one for one in people.people_of(work, fair.id).everyone}
        sides = {
            row.id: (row.company_id, row.buyer_id)
            for row in work.execute(select(_TABLES["match"]).where(_TABLES["match"].c.fair_id == fair.id))
        }
    return [
        one
        for one in wishes
        if all(everyone[side].hours.covers(slot.start_at, slot.end_at) for side in sides[one.match_id])
    ]


def _by_meeting(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Rows]:
    meeting_ids = [row["id"] for row in found["meeting"]]
    grouped: dict[str, dict[str, list[Mapping[str, Any]]]] = {one: {} for one in meeting_ids}
    for name in ROWS_OF_A_BOOKING:
        for row in found[name]:
            owner = row["id"] if name == "meeting" else row.get("meeting_id") or row.get("subject_id")
            if owner in grouped:
                grouped[owner].setdefault(name, []).append(row)
    return [{name: _columns_and_rows(name, rows) for name, rows in each.items()} for each in grouped.values()]


def _columns_and_rows(
    name: str, rows: Sequence[Mapping[str, Any]]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    # The number of an entry of the audit trail is given by the database.
    columns = tuple(column for column in rows[0] if not (name == "audit" and column == "id"))
    return columns, [tuple(row[column] for column in columns) for row in rows]


def _adapted(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: Jsonb(value) if isinstance(value, dict | list) else value for key, value in row.items()}
