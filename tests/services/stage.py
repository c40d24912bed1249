"""A fair in a real database, ready to be booked: what most tests of use cases begin with."""

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from scheduler.booking.fair import Fair
from scheduler.booking.match import Match
from scheduler.booking.people import Buyer, Company, Contact, Interpreter, Resource, Room
from scheduler.services.actor import Actor, Role
from scheduler.services.choose import Wish
from scheduler.settings import Settings
from scheduler.storage import audit, fairs, matches, meetings, outbox, people
from scheduler.storage.db import Database, open_database
from scheduler.storage.outbox import OutboxRow
from tests.builders import DALLAS, a_buyer, a_company, a_fair, a_match, a_room, a_slot, an_interpreter, at

NOW = at("12:00", day=-7)
COORDINATOR = Actor(role=Role.COORDINATOR, name="코디", account_id="acc_1")
COMPANY = Actor(role=Role.COMPANY, name="남동산업", account_id="acc_2", resource_id="c1")


@lru_cache(maxsize=1)
def _empty_database() -> Path:
    """Migrated once, then copied: a test needs its own file, not its own migration."""
    path = Path(mkdtemp(prefix="sangdam-test-")) / "empty.sqlite"
    database = open_database(f"sqlite:///{path}")
    database.migrate()
    database.dispose()
    return path


def an_empty_database(folder: Path) -> Database:
    path = folder / "scheduler.sqlite"
    shutil.copy(_empty_database(), path)
    return open_database(f"sqlite:///{path}")


def some_settings(folder: Path, **given: Any) -> Settings:
    defaults = {
        "instance": folder,
        "database_url": f"sqlite:///{folder / 'scheduler.sqlite'}",
        "secret_key": "a secret of at least thirty-two characters",
        "base_address": "https://fair.example",
    }
    return Settings(**{**defaults, **given})


@dataclass(frozen=True)
class Outgoing:
    """A post that keeps what it is given, and refuses what it is told to refuse."""

    kept: list[EmailMessage]
    refusals: list[Exception]

    def send(self, message: EmailMessage) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.kept.append(message)

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """Recipient and subject of each mail, in order."""
        return [(str(one["To"]), str(one["Subject"])) for one in self.kept]


def a_post(*refusals: Exception) -> Outgoing:
    return Outgoing([], list(refusals))


def mailed(resource: Any, language: str = "ko") -> Any:
    """The same person with an address of their own."""
    return replace(
        resource, contact=Contact(email=f"{resource.id}@mail.example", person="", language=language)
    )


@dataclass(frozen=True)
class Stage:
    """Two companies, two buyers (Jakarta and Dallas), two interpreters, two rooms, all pairs matched."""

    db: Database
    settings: Settings
    fair: Fair

    def wish(self, match: str = "c1-b1", clock: str = "09:00", **given: Any) -> Wish:
        return Wish(fair_key=self.fair.key, match_id=match, slot=a_slot(clock), **given)

    def meetings(self) -> list[tuple[str, str, int, tuple[str, ...], str | None]]:
        """Match, state, revision, interpreters and room of each, in order of time."""
        with self.db.read() as work:
            stored = meetings.meetings_of_fair(work, self.fair.id)
        return [
            (one.match_id or "", str(one.state), one.revision, one.interpreter_ids, one.room_id)
            for one in stored
        ]

    def rows(self, state: str | None = None) -> tuple[OutboxRow, ...]:
        with self.db.read() as work:
            found = outbox.list_rows(work, state=state, limit=1000)
        return tuple(sorted(found, key=lambda row: (row.kind, row.recipient_id, row.revision)))

    def notices(self) -> list[tuple[str, str, int, str]]:
        """Kind, recipient, revision and state of each row that is no reminder."""
        rows = [row for row in self.rows() if not row.kind.startswith("reminder")]
        return [(row.kind, row.recipient_id, row.revision, row.state) for row in rows]

    def trail(self, subject_kind: str, subject_id: str) -> list[tuple[str, str]]:
        with self.db.read() as work:
            return [(one.actor, one.action) for one in audit.trail_of(work, subject_kind, subject_id)]

    def change(self, resource: Resource) -> None:
        """Stores a person or a room anew, with other facts."""
        with self.db.write() as work:
            people.save_resource(work, resource, f"key:{resource.id}", self.fair.id)


def a_stage(
    folder: Path,
    *,
    fair: Fair | None = None,
    people_of_fair: tuple[Resource, ...] | None = None,
    matched: tuple[Match, ...] | None = None,
    now: datetime = NOW,
    db: Database | None = None,
    **settings: Any,
) -> Stage:
    """In a file of its own, or in `db`, which has its tables already."""
    db = db or an_empty_database(folder)
    fair = fair or a_fair()
    with db.write() as work:
        fairs.save_fair(work, fair, now)
        for position, one in enumerate(people_of_fair or the_people()):
            people.save_resource(work, one, f"key:{one.id}", fair.id, position)
        for match in matched if matched is not None else the_matches():
            matches.save_match(work, fair.id, match)
    return Stage(db=db, settings=some_settings(folder, **settings), fair=fair)


def the_people() -> tuple[Resource, ...]:
    companies: tuple[Company, ...] = (mailed(a_company("c1")), mailed(a_company("c2")))
    buyers: tuple[Buyer, ...] = (
        mailed(a_buyer("b1"), "en"),
        mailed(a_buyer("b2", zone=DALLAS, country="US", languages=("en",)), "en"),
    )
    interpreters: tuple[Interpreter, ...] = (mailed(an_interpreter("i1")), mailed(an_interpreter("i2")))
    rooms: tuple[Room, ...] = (a_room("r1"), a_room("r2"))
    return (*companies, *buyers, *interpreters, *rooms)


def the_matches() -> tuple[Match, ...]:
    return tuple(a_match(company=company, buyer=buyer) for company in ("c1", "c2") for buyer in ("b1", "b2"))
