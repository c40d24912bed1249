"""One process of the proof: it books, moves, cancels, holds, publishes and sends, until it is told to stop or to die.

It writes down what it asks before it asks, and what it heard after it heard.
"""

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, select, text
from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import Refusal
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.rules import conflicts_with
from scheduler.booking.slot import Slot
from scheduler.grid.plan import Plan
from scheduler.grid.texts import plan_text
from scheduler.services.actor import Actor, Role
from scheduler.services.book import RoomWish, book, book_room
from scheduler.services.cancel import cancel
from scheduler.services.choose import Wish
from scheduler.services.deliver import deliver_due
from scheduler.services.hold import confirm, hold, release, release_lapsed_holds
from scheduler.services.idempotency import ticket_for
from scheduler.services.move import Target, move
from scheduler.services.notices import send_changes
from scheduler.services.publish import publish
from scheduler.services.roster import scene_of
from scheduler.storage import audit, drafts, fairs, meetings, outbox, people, sqlite
from scheduler.storage.db import Database, new_id
from scheduler.storage.drafts import Draft
from scheduler.storage.errors import ConnectionLost, StorageUnavailable
from scheduler.storage.tables import LIVE_STATES, MeetingTable, table_of
from tests.builders import spans
from tests.services.stage import NOW, some_settings
from tests.soak.checker import faults_now
from tests.soak.world import FAIR, HOLD_MINUTES, INTERPRETERS, MATCHES, PACE, ROOMS, SLOTS, World

MEETING = table_of(MeetingTable)
BEFORE_COMMIT, AFTER_COMMIT, AFTER_DATA = "before commit", "after commit", "after DATA"
POINTS = (BEFORE_COMMIT, AFTER_COMMIT, AFTER_DATA)
NO_KEY, DEFERRED, OUTBOX_APART = "no unique key", "begin deferred", "outbox outside the transaction"


@dataclass(frozen=True, kw_only=True)
class Part:
    """What the driver asks of one process. `dies` is a point and a count, or None."""

    url: str
    folder: str
    name: str
    life: int
    began: float
    dies: tuple[str, int] | None = None
    control: str = ""
    deliveries: bool = True


def run_part(part: Part) -> None:
    """What one process does, until it is told to stop or until it dies."""
    world = World(url=part.url, folder=Path(part.folder))
    database = world.open()
    _check_every_commit(database, world, part)
    if part.dies is not None:
        _die_at(database, *part.dies)
    if part.control == DEFERRED:
        _begin_deferred(database)
    if part.control == OUTBOX_APART:
        _write_the_outbox_apart()
    _Actor(part=part, world=world, database=database).run()


def _check_every_commit(database: Database, world: World, part: Part) -> None:
    """On SQLite inside the transaction, a moment before its commit: nobody else can write, so that is what is kept.

    PostgreSQL has other writers: there, after each commit, everything is looked at in one snapshot.
    """

    def look(connection: Connection) -> None:
        faults = faults_now(connection)
        if faults:
            _append(world.folder / f"{part.name}.faults", {"part": part.name, "faults": faults[:5]})

    if database.dialect == "sqlite":
        event.listen(database.writer, "commit", look)
        return

    def look_again(work: Session) -> None:
        if work.get_bind() is database.writer:
            with database.reader.connect() as connection:
                look(connection)

    event.listen(Session, "after_commit", look_again)


def _die_at(database: Database, point: str, count: int) -> None:
    left = [count]

    def step(*_: object) -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if point == BEFORE_COMMIT:
        event.listen(database.writer, "commit", step)
    elif point == AFTER_COMMIT:
        event.listen(
            Session, "after_commit", lambda work: step() if work.get_bind() is database.writer else None
        )
    else:
        _Outbound.step = staticmethod(step)


def _begin_deferred(database: Database) -> None:
    """A negative control: the write lock is taken with the first write, after everything was read."""
    sqlite._begin_immediate = lambda connection, _patience: connection.execute("BEGIN")  # type: ignore[assignment]
    object.__setattr__(database, "line", None)
    database.dispose()


def _write_the_outbox_apart() -> None:
    """A negative control: notices are written in a transaction of their own, after the other."""
    add_rows, once = outbox.add_rows, Database._once
    waiting: list[Any] = []

    def then_the_outbox(self: Database, deed: Any, asked: Any) -> Any:
        waiting.clear()
        done = once(self, deed, asked)
        with self.write() as other:
            add_rows(other, waiting)
        return done

    outbox.add_rows = lambda _work, rows: waiting.extend(rows)
    Database._once = then_the_outbox  # type: ignore[method-assign]


@dataclass(frozen=True, kw_only=True)
class _Outbound:
    """The mail server: it has a mail as soon as it stands in its file."""

    path: Path
    step = staticmethod(lambda: None)

    def send(self, message: EmailMessage) -> None:
        _append(self.path, {"message_id": str(message["Message-ID"]), "to": str(message["To"])})
        self.step()


@dataclass(kw_only=True)
class _Actor:
    part: Part
    world: World
    database: Database
    number: int = 0
    said: Actor = field(init=False)

    def run(self) -> None:
        self.settings = replace(
            some_settings(self.world.folder), database_url=self.part.url, hold_minutes=HOLD_MINUTES
        )
        self.chance = random.Random(f"{self.part.name} {self.part.life}")
        self.journal = self.world.folder / f"{self.part.name}.journal"
        self.post = _Outbound(path=self.world.folder / f"{self.part.name}.mail")
        self.number = self._once_more()
        deeds: tuple[Callable[[], str | None], ...] = (
            *(self.book,) * 5,
            *(self.book_named,) * 3,
            *(self.hold,) * 2,
            self.confirm,
            self.release,
            *(self.move,) * 4,
            *(self.swap_interpreter,) * 2,
            *(self.cancel,) * 3,
            *(self.book_room,) * 2,
            self.lapse,
        )
        while not (self.world.folder / "stop").exists():
            self.number += 1
            rare = self.chance.random()
            if rare < 0.004:
                self._do(self.publish)
            elif rare < 0.02:
                self._do(self.close_a_room)
            elif rare < 0.03:
                self._do(self.send_changes)
            elif rare < 0.10 and self.part.deliveries:
                self._do(self.deliver)
            else:
                self._do(self.chance.choice(deeds))
        self.database.dispose()

    @property
    def now(self) -> datetime:
        return NOW + timedelta(seconds=PACE * (time.time() - self.part.began))

    def _do(self, deed: Callable[[], str | None]) -> None:
        """Asks, and writes down what it heard."""
        account = f"{self.part.name}-{self.number}"
        self.said = Actor(role=Role.COORDINATOR, name="proof", account_id=account)
        asked = {"number": self.number, "deed": deed.__name__, "actor": self.said.label}
        _append(self.journal, {**asked, "phase": "asked"})
        try:
            subject = deed()
        except ConnectionLost:
            # Nobody knows what was kept: as after a crash, the next life of the request will see.
            _append(self.journal, {**asked, "phase": "unknown"})
        except StorageUnavailable as error:
            _append(self.journal, {**asked, "phase": "busy", "error": repr(error)})
        except Refusal as refusal:
            _append(self.journal, {**asked, "phase": "refused", "why": type(refusal).__name__})
        except Exception as error:
            _append(self.journal, {**asked, "phase": "wrong", "error": repr(error)[:500]})
        else:
            _append(self.journal, {**asked, "phase": "done", "subject": subject})

    def _once_more(self) -> int:
        """After a crash, as a browser does: the last request again with the same key. It may have been done before."""
        if not self.journal.exists():
            return 0
        entries = [json.loads(line) for line in self.journal.read_text(encoding="utf-8").splitlines()]
        last = entries[-1]
        repeat = self.world.folder / f"{self.part.name}.last"
        if last["phase"] != "asked" or last["deed"] not in ("book", "hold") or not repeat.exists():
            return int(last["number"])
        kept = json.loads(repeat.read_text(encoding="utf-8"))
        if kept["number"] == last["number"]:
            self.number = int(last["number"])
            wish = _wish_read(kept["wish"])
            target = {"book": self._book, "hold": self._hold}[last["deed"]]

            def again() -> str | None:
                return target(wish).id

            again.__name__ = str(last["deed"])
            self._do(again)
        return int(last["number"])

    def _kept(self, wish: Wish) -> Wish:
        written = {"number": self.number, "wish": _wish_written(wish)}
        (self.world.folder / f"{self.part.name}.last").write_text(json.dumps(written), encoding="utf-8")
        return wish

    def _book(self, wish: Wish) -> Meeting:
        ticket = ticket_for(self.said, f"k{self.number}", _wish_written(wish))
        return book(self.database, self.settings, wish, now=self.now, actor=self.said, ticket=ticket)

    def _hold(self, wish: Wish) -> Meeting:
        ticket = ticket_for(self.said, f"k{self.number}", _wish_written(wish))
        return hold(self.database, self.settings, wish, now=self.now, actor=self.said, ticket=ticket)

    def book(self) -> str | None:
        return self._book(self._kept(self._wish())).id

    def book_named(self) -> str | None:
        named = (self.chance.choice(INTERPRETERS).id,)
        wish = replace(self._wish(), interpreter_ids=named, room_id=self.chance.choice(ROOMS).id)
        return book(self.database, self.settings, wish, now=self.now, actor=self.said).id

    def hold(self) -> str | None:
        return self._hold(self._kept(self._wish())).id

    def confirm(self) -> str | None:
        with self._one(State.HELD) as found:
            return confirm(self.database, self.settings, found.id, now=self.now, actor=self.said).id

    def release(self) -> str | None:
        with self._one(State.HELD) as found:
            return release(self.database, found.id, now=self.now, actor=self.said).id

    def move(self) -> str | None:
        with self._one(State.CONFIRMED, State.HELD) as found:
            return self._move(found, Target(slot=self.chance.choice(SLOTS)))

    def swap_interpreter(self) -> str | None:
        with self._one(State.CONFIRMED) as found:
            other = tuple(one.id for one in INTERPRETERS if one.id not in found.interpreter_ids)[:1]
            return self._move(found, Target(slot=found.slot, interpreter_ids=other or None))

    def cancel(self) -> str | None:
        with self._one(State.CONFIRMED, of_fair=None) as found:
            return cancel(
                self.database, found.id, seen_revision=found.revision, now=self.now, actor=self.said
            ).id

    def book_room(self) -> str | None:
        """Outside the fair, where no rule of the fair is asked: only the key stands in the way."""
        start_at = self.chance.choice(SLOTS).start_at + timedelta(minutes=self.chance.choice((0, 10, 25)))
        wish = RoomWish(
            room_id=self.chance.choice(ROOMS).id,
            slot=Slot.lasting(start_at, 20),
            interpreter_ids=(self.chance.choice(INTERPRETERS).id,) if self.chance.random() < 0.5 else (),
        )
        return book_room(self.database, self.settings, wish, now=self.now, actor=self.said).id

    def lapse(self) -> str | None:
        release_lapsed_holds(self.database, now=self.now, actor=self.said)
        return None

    def close_a_room(self) -> str | None:
        """Its hours change; what stands there stays, and nothing new comes in."""
        room = self.chance.choice(ROOMS)
        day, span = FAIR.days[0], self.chance.choice(("09:00-13:00", "11:00-19:00", "00:00-24:00"))
        hours = room.hours.with_dated(day, spans(span))

        def deed(work: Session) -> None:
            people.save_resource(work, replace(room, hours=hours), f"key:{room.id}", FAIR.id)
            audit.record(work, self.now, self.said.label, "close", "room", room.id, {}, {"open": span})

        self.database.carry_out(deed)
        return room.id

    def publish(self) -> str | None:
        placements = self._plan()
        draft = Draft(
            id=new_id("draft"),
            fair_id=FAIR.id,
            state="ready",
            problem="{}",
            plan=plan_text(Plan(placements=placements, wanted=len(MATCHES), bound=len(MATCHES))),
            created_at=self.now,
        )
        self.database.carry_out(lambda work: drafts.add_draft(work, draft))
        publish(self.database, self.settings, FAIR.key, now=self.now, actor=self.said)
        return FAIR.id

    def send_changes(self) -> str | None:
        send_changes(self.database, FAIR.key, now=self.now, actor=self.said)
        return FAIR.id

    def deliver(self) -> str | None:
        deliver_due(self.database, self.settings, self.post, now=self.now, owner=self.said.label, count=6)
        return None

    def _plan(self) -> tuple[Placement, ...]:
        """What stands, and as many others as chance finds a place for."""
        with self.database.read() as work:
            scene = scene_of(work, fairs.get_fair(work, FAIR.key))
        placed = [one for one in scene.placements if one.slot.start_at > self.now]
        standing = {one.match_id for one in placed}
        for match in self.chance.sample(MATCHES, 6):
            placement = Placement(
                match_id=match.id,
                company_id=match.company_id,
                buyer_id=match.buyer_id,
                slot=self.chance.choice(SLOTS),
                interpreter_ids=(self.chance.choice(INTERPRETERS).id,),
                room_id=self.chance.choice(ROOMS).id,
            )
            if match.id not in standing and not conflicts_with(placement, placed, scene.roster):
                placed.append(placement)
        return tuple(placed)

    def _move(self, found: Meeting, target: Target) -> str:
        given = {"seen_revision": found.revision, "now": self.now, "actor": self.said}
        return move(self.database, self.settings, found.id, target, **given).id

    def _wish(self) -> Wish:
        match, slot = self.chance.choice(MATCHES), self.chance.choice(SLOTS)
        return Wish(fair_key=FAIR.key, match_id=match.id, slot=slot)

    @contextmanager
    def _one(self, *states: State, of_fair: str | None = FAIR.id) -> Iterator[Meeting]:
        """Some meeting in one of these states, as it is seen at the moment."""
        wanted = [text(LIVE_STATES), MEETING.c.state.in_(sorted(states))]
        if of_fair is not None:
            wanted.append(MEETING.c.fair_id == of_fair)
        with self.database.read() as work:
            ids = work.scalars(select(MEETING.c.id).where(*wanted).order_by(MEETING.c.id)).all()
            found = meetings.get_meeting(work, self.chance.choice(ids)) if ids else None
        if found is None:
            raise _NothingThere
        yield found


class _NothingThere(Refusal):
    """There is nothing to do this with."""


def _wish_written(wish: Wish) -> dict[str, Any]:
    start_at = wish.slot.start_at.isoformat()
    return {"match_id": wish.match_id, "start_at": start_at, "minutes": wish.slot.minutes}


def _wish_read(written: dict[str, Any]) -> Wish:
    slot = Slot.lasting(datetime.fromisoformat(written["start_at"]), written["minutes"])
    return Wish(fair_key=FAIR.key, match_id=written["match_id"], slot=slot)


def _append(path: Path, entry: dict[str, Any]) -> None:
    """One line in one write: a process that is killed has written it, or has not."""
    line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)
