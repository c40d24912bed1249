"""A state machine beside a plain model: whatever order things happen in, the database says what the model says."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from scheduler.booking.errors import IllegalMove, NotFound, Refusal, RulesBroken, SlotTaken, StaleRevision
from scheduler.booking.meeting import Meeting
from scheduler.booking.slot import Slot
from scheduler.services.actor import SYSTEM
from scheduler.services.book import RoomWish, book, book_room
from scheduler.services.cancel import cancel, complete
from scheduler.services.choose import Wish
from scheduler.services.hold import confirm, hold, release, release_lapsed_holds
from scheduler.services.idempotency import Ticket, ticket_for
from scheduler.services.move import Target, move
from scheduler.storage import people
from scheduler.storage.db import open_database
from scheduler.storage.tables import ClaimTable, MeetingInterpreterTable, MeetingTable, table_of
from tests.builders import at, spans
from tests.services.stage import COORDINATOR, some_settings
from tests.soak.checker import faults_now
from tests.soak.model import CLOSED, LIMIT, MATCH, NO_SLOT, PAST, TAKEN, Model
from tests.soak.world import (
    BUYERS,
    COMPANIES,
    DAILY_LIMIT,
    FAIR,
    INTERPRETERS,
    MATCHES,
    ROOMS,
    SLOTS,
    World,
    prepare,
)

CLAIM, MEETING, INTERPRETER = table_of(ClaimTable), table_of(MeetingTable), table_of(MeetingInterpreterTable)
MIDNIGHT = at("00:00")
_FIRST_TICK = int(MIDNIGHT.timestamp()) // 300
_SLOTS = tuple((int((one.start_at - MIDNIGHT).total_seconds()) // 60, one.minutes) for one in SLOTS[:6])
HOLD_MINUTES = 10
_SPANS = {"09:00-12:00": (540, 720), "11:00-19:00": (660, 1140), "00:00-24:00": (0, 1440)}

matched = st.sampled_from([one.id for one in MATCHES])
interpreters = st.none() | st.sampled_from([one.id for one in INTERPRETERS])
rooms = st.sampled_from([one.id for one in ROOMS])
# Mostly a slot of the fair; now and then something beside it.
moments = (
    st.sampled_from(_SLOTS)
    | st.sampled_from(_SLOTS)
    | st.tuples(st.integers(500, 800), st.sampled_from((20, 30)))
)
guests = st.lists(
    st.sampled_from([one.id for one in (*COMPANIES, *BUYERS, *INTERPRETERS)]),
    max_size=3,
    unique_by=lambda one: one[0],
)
which = st.integers(0, 63)


@lru_cache(maxsize=1)
def _prepared() -> Path:
    """The fair with everybody in it; each example begins with a copy."""
    folder = Path(tempfile.mkdtemp(prefix="machine-"))
    prepare(World(url=f"sqlite:///{folder}/empty.sqlite", folder=folder))
    return folder / "empty.sqlite"


class Booking(RuleBasedStateMachine):
    """Every step is asked of the program and of the model; refused is what the model refuses, and nothing else."""

    heard: ClassVar[Counter[str]] = Counter()
    """What all examples together have seen: done, or the type of the refusal."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        shutil.copy(_prepared(), self.folder / "scheduler.sqlite")
        self.settings = some_settings(self.folder, hold_minutes=HOLD_MINUTES)
        self.db = open_database(self.settings.database_url)
        self.model = Model(
            slots=[(start, start + minutes) for start, minutes in _all_slots()],
            interpreters=[one.id for one in INTERPRETERS],
            rooms=[one.id for one in ROOMS],
            daily_limit=DAILY_LIMIT,
            now=8 * 60,
        )
        self.number = 0
        self.last: tuple[Wish, Ticket, str] | None = None

    def teardown(self) -> None:
        with self.db.reader.connect() as connection:
            faults = faults_now(connection)
        self.db.dispose()
        shutil.rmtree(self.folder)
        assert faults == []

    @property
    def now(self) -> datetime:
        return MIDNIGHT + timedelta(minutes=self.model.now)

    @rule(match=matched, moment=moments, interpreter=interpreters, room=st.none() | rooms)
    def book(self, match: str, moment: tuple[int, int], interpreter: str | None, room: str | None) -> None:
        self._book(book, "confirmed", match, moment, interpreter, room)

    @rule(match=matched, moment=moments, interpreter=interpreters, room=st.none() | rooms)
    def hold(self, match: str, moment: tuple[int, int], interpreter: str | None, room: str | None) -> None:
        self._book(hold, "held", match, moment, interpreter, room)

    @precondition(lambda self: self.last is not None)
    @rule()
    def the_same_request_again(self) -> None:
        """It was done; so it is answered with what became of it, and nothing happens."""
        assert self.last is not None
        wish, ticket, meeting_id = self.last
        again = book(self.db, self.settings, wish, now=self.now, actor=COORDINATOR, ticket=ticket)
        assert (again.id, str(again.state)) == (meeting_id, self.model.sessions[meeting_id]["state"])

    @precondition(lambda self: self.model.sessions)
    @rule(at_=which)
    def confirm(self, at_: int) -> None:
        key, one = self._pick(at_)
        fine = one["state"] == "held" and not self.model.has_lapsed(one)
        done = self._asked(
            lambda: confirm(self.db, self.settings, key, now=self.now, actor=COORDINATOR),
            None if fine else (IllegalMove,),
        )
        self._became(one, done, "confirmed")

    @precondition(lambda self: self.model.sessions)
    @rule(at_=which)
    def release(self, at_: int) -> None:
        key, one = self._pick(at_)
        done = self._asked(
            lambda: release(self.db, key, now=self.now, actor=COORDINATOR),
            None if one["state"] == "held" else (IllegalMove,),
        )
        self._became(one, done, "cancelled")

    @precondition(lambda self: self.model.sessions)
    @rule(at_=which, behind=st.sampled_from((0, 0, 0, 1)))
    def cancel(self, at_: int, behind: int) -> None:
        key, one = self._pick(at_)
        allowed = one["state"] in ("held", "confirmed")
        done = self._asked(
            lambda: cancel(
                self.db, key, seen_revision=one["revision"] - behind, now=self.now, actor=COORDINATOR
            ),
            (StaleRevision,) if behind else None if allowed else (IllegalMove,),
        )
        self._became(one, done, "cancelled")

    @precondition(lambda self: self.model.sessions)
    @rule(at_=which)
    def complete(self, at_: int) -> None:
        key, one = self._pick(at_)
        done = self._asked(
            lambda: complete(self.db, key, seen_revision=one["revision"], now=self.now, actor=COORDINATOR),
            None if one["state"] == "confirmed" else (IllegalMove,),
        )
        self._became(one, done, "completed")

    @precondition(lambda self: self.model.sessions)
    @rule(
        at_=which,
        moment=moments,
        interpreter=interpreters,
        room=st.none() | rooms,
        behind=st.sampled_from((0, 0, 0, 1)),
    )
    def move(
        self, at_: int, moment: tuple[int, int], interpreter: str | None, room: str | None, behind: int
    ) -> None:
        key, one = self._pick(at_)
        start, end = moment[0], moment[0] + moment[1]
        target = Target(slot=_slot(start, end), interpreter_ids=_named(interpreter), room_id=room)
        refused = self._why_not_move(key, one, start, end, interpreter, room, behind)
        kept = self._kept(key, one, start, end, interpreter, room)
        done = self._asked(
            lambda: move(
                self.db,
                self.settings,
                key,
                target,
                seen_revision=one["revision"] - behind,
                now=self.now,
                actor=COORDINATOR,
            ),
            refused,
        )
        if done is None:
            return
        self._is_legal(done, start, end, interpreter, room, without=key)
        assert {name: getattr(done, name) for name in kept} == kept
        self.model.sweep()
        self._became(one, done, one["state"])
        one.update(start=start, end=end, room=done.room_id, people=_people(done))

    @rule(room=rooms, start=st.integers(480, 800), minutes=st.sampled_from((15, 30, 55)), guests=guests)
    def book_a_room(self, room: str, start: int, minutes: int, guests: list[str]) -> None:
        named = {one[0]: one for one in guests}
        why = self.model.why_not_room(room, start, start + minutes, guests)
        wish = RoomWish(
            room_id=room,
            slot=_slot(start, start + minutes),
            company_id=named.get("c"),
            buyer_id=named.get("b"),
            interpreter_ids=_named(named.get("i")) or (),
        )
        done = self._asked(
            lambda: book_room(self.db, self.settings, wish, now=self.now, actor=COORDINATOR),
            (RulesBroken,) if why - {TAKEN} else (SlotTaken,) if why else None,
        )
        if done is not None:
            self.model.sweep()
            self._add(done, "confirmed")

    @rule(room=rooms, span=st.sampled_from(sorted(_SPANS)))
    def change_the_hours_of_a_room(self, room: str, span: str) -> None:
        """At the fair and outside it. What stands in it stays."""
        found = next(one for one in ROOMS if one.id == room)
        closed = replace(found, hours=found.hours.with_dated(FAIR.days[0], spans(span)))
        with self.db.write() as work:
            for fair_id in (FAIR.id, None):
                people.save_resource(work, closed, f"key:{room}", fair_id)
        self.model.opening[room] = _SPANS[span]

    @rule(minutes=st.sampled_from((1, 4, 9, 10, 11, 45)))
    def time_goes_on(self, minutes: int) -> None:
        self.model.now += minutes

    @rule()
    def the_worker_looks(self) -> None:
        swept = release_lapsed_holds(self.db, now=self.now, actor=SYSTEM)
        assert swept == self.model.sweep()

    @rule(minutes=st.sampled_from((10, 120)))
    def the_clock_is_put_back(self, minutes: int) -> None:
        """What has lapsed by then does not come alive again."""
        self.the_worker_looks()
        self.model.now = max(0, self.model.now - minutes)

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        with self.db.read() as work:
            rows = work.execute(select(MEETING)).all()
            named = work.execute(select(INTERPRETER.c.meeting_id, INTERPRETER.c.interpreter_id)).all()
            claims = {
                (one.resource_id, one.tick - _FIRST_TICK, one.meeting_id)
                for one in work.execute(select(CLAIM))
            }
        stored = {
            one.id: {
                "state": one.state,
                "revision": one.revision,
                "start": _minute(one.start_at),
                "end": _minute(one.end_at),
                "room": one.room_id,
                "match": one.match_id,
                "people": {each for each in (one.company_id, one.buyer_id) if each}
                | {interpreter for meeting_id, interpreter in named if meeting_id == one.id},
            }
            for one in rows
        }
        wanted = {
            key: {name: value for name, value in one.items() if name != "lapses"}
            for key, one in self.model.sessions.items()
        }
        assert stored == wanted
        assert claims == self.model.claims()

    def _book(
        self,
        deed: Callable[..., Meeting],
        state: str,
        match: str,
        moment: tuple[int, int],
        interpreter: str | None,
        room: str | None,
    ) -> None:
        start, end = moment[0], moment[0] + moment[1]
        self.number += 1
        ticket = ticket_for(COORDINATOR, f"k{self.number}", match, start, interpreter, room)
        wish = Wish(
            fair_key=FAIR.key,
            match_id=match,
            slot=_slot(start, end),
            interpreter_ids=_named(interpreter),
            room_id=room,
        )
        why = self.model.why_not(match, start, end, interpreter=interpreter, room=room)
        done = self._asked(
            lambda: deed(self.db, self.settings, wish, now=self.now, actor=COORDINATOR, ticket=ticket),
            _refusals(why),
        )
        if done is None:
            return
        self._is_legal(done, start, end, interpreter, room)
        self.model.sweep()
        self._add(done, state)
        self.last = (wish, ticket, done.id)

    def _asked(
        self, deed: Callable[[], Meeting], refused: tuple[type[Refusal], ...] | None
    ) -> Meeting | None:
        """What came of it; None when it was refused as it had to be, with one of these types."""
        try:
            done = deed()
        except Refusal as refusal:
            assert refused is not None, f"nothing was in the way, and yet: {refusal!r}"
            assert isinstance(refusal, refused), f"{refusal!r} is none of {refused}"
            Booking.heard[type(refusal).__name__] += 1
            return None
        assert refused is None, f"it was done, and had to be refused with {refused}"
        Booking.heard["done"] += 1
        return done

    def _is_legal(
        self,
        done: Meeting,
        start: int,
        end: int,
        interpreter: str | None,
        room: str | None,
        without: str | None = None,
    ) -> None:
        """Whoever was found was free, whoever was named was taken."""
        assert (done.slot, len(done.interpreter_ids)) == (_slot(start, end), 1)
        assert done.room_id is not None
        assert (interpreter or done.interpreter_ids[0], room or done.room_id) == (
            done.interpreter_ids[0],
            done.room_id,
        )
        assert self.model.is_free(done.interpreter_ids[0], start, end, without)
        assert self.model.can_host(done.room_id, start, end, without)

    def _add(self, done: Meeting, state: str) -> None:
        assert (str(done.state), done.revision) == (state, 0)
        self.model.sessions[done.id] = {
            "state": state,
            "revision": 0,
            "start": _minute(done.slot.start_at),
            "end": _minute(done.slot.end_at),
            "people": _people(done),
            "room": done.room_id,
            "match": done.match_id,
            "lapses": self.model.now + HOLD_MINUTES if state == "held" else None,
        }

    def _became(self, one: dict[str, Any], done: Meeting | None, state: str) -> None:
        if done is not None:
            one["state"], one["revision"] = state, one["revision"] + 1
            assert (str(done.state), done.revision) == (state, one["revision"])

    def _pick(self, number: int) -> tuple[str, dict[str, Any]]:
        known = list(self.model.sessions.items())
        return known[number % len(known)]

    def _why_not_move(
        self,
        key: str,
        one: dict[str, Any],
        start: int,
        end: int,
        interpreter: str | None,
        room: str | None,
        behind: int,
    ) -> tuple[type[Refusal], ...] | None:
        if one["match"] is None:
            return (NotFound,)
        if behind or self.model.has_lapsed(one):
            return (StaleRevision,)
        if one["state"] not in ("held", "confirmed"):
            return (IllegalMove,)
        found = self.model.why_not(one["match"], start, end, interpreter=interpreter, room=room, without=key)
        return _refusals(found)

    def _kept(
        self, key: str, one: dict[str, Any], start: int, end: int, interpreter: str | None, room: str | None
    ) -> dict[str, object]:
        """Who has to stay, because nobody else was named and they can."""
        kept: dict[str, object] = {}
        own = tuple(each for each in one["people"] if each.startswith("i"))
        if interpreter is None and all(self.model.is_free(each, start, end, key) for each in own):
            kept["interpreter_ids"] = own
        if room is None and self.model.can_host(one["room"], start, end, key):
            kept["room_id"] = one["room"]
        return kept


def run(*, examples: int, steps: int, number: int) -> Counter[str]:
    """What was heard in so many examples of so many steps, drawn from the seed `number`, which is printed."""
    print(f"seed {number}", flush=True)
    Booking.heard = Counter()
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(Booking), settings=chosen)
    return Booking.heard


def fresh_seed() -> int:
    """Another one each time; SEED repeats a run."""
    with suppress(KeyError):
        return int(os.environ["SEED"])
    return int.from_bytes(os.urandom(4))


def _refusals(why: set[str]) -> tuple[type[Refusal], ...] | None:
    """Time alone is said as such; a rule that is broken is said, with or without what else is in the way."""
    if not why:
        return None
    if why == {TAKEN}:
        return (SlotTaken,)
    assert why <= {PAST, MATCH, LIMIT, TAKEN, CLOSED, NO_SLOT}
    return (RulesBroken, SlotTaken) if TAKEN in why else (RulesBroken,)


def _all_slots() -> list[tuple[int, int]]:
    return [(_minute(one.start_at), one.minutes) for one in SLOTS]


def _people(meeting: Meeting) -> set[str]:
    named = (meeting.company_id, meeting.buyer_id, *meeting.interpreter_ids)
    return {one for one in named if one is not None}


def _named(interpreter: str | None) -> tuple[str, ...] | None:
    return None if interpreter is None else (interpreter,)


def _slot(start: int, end: int) -> Slot:
    return Slot(MIDNIGHT + timedelta(minutes=start), MIDNIGHT + timedelta(minutes=end))


def _minute(instant: datetime) -> int:
    return int((instant - MIDNIGHT).total_seconds()) // 60
