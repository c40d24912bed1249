"""What must be true after every commit, and of the whole story at its end. It trusts no column that it can work out."""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from scheduler.booking.fair import day_of
from scheduler.booking.people import zone_of
from scheduler.booking.rules import claimed
from scheduler.booking.slot import Slot
from scheduler.storage.tables import (
    LIVE_STATES,
    AuditTable,
    ClaimTable,
    MeetingInterpreterTable,
    MeetingTable,
    OutboxTable,
    table_of,
)
from tests.soak.world import DAILY_LIMIT, FAIR, RESOURCES

AUDIT, CLAIM, MEETING = table_of(AuditTable), table_of(ClaimTable), table_of(MeetingTable)
INTERPRETER, OUTBOX = table_of(MeetingInterpreterTable), table_of(OutboxTable)
_ANNOUNCED = ("request", "update")
_LIVE = select(
    MEETING.c.id,
    MEETING.c.fair_id,
    MEETING.c.company_id,
    MEETING.c.buyer_id,
    MEETING.c.room_id,
    MEETING.c.start_at,
    MEETING.c.end_at,
    MEETING.c.state,
    MEETING.c.revision,
).where(text(LIVE_STATES))
_THEIR_INTERPRETERS = (
    select(INTERPRETER.c.meeting_id, INTERPRETER.c.interpreter_id)
    .join(MEETING, MEETING.c.id == INTERPRETER.c.meeting_id)
    .where(text(LIVE_STATES))
)
_TOLD = (
    select(OUTBOX.c.meeting_id, OUTBOX.c.recipient_id)
    .join(MEETING, (MEETING.c.id == OUTBOX.c.meeting_id) & (MEETING.c.revision == OUTBOX.c.revision))
    .where(text("meeting.state = 'confirmed'"), OUTBOX.c.kind.in_(_ANNOUNCED))
)
_CLAIMS = select(*CLAIM.c)


def faults_now(connection: Connection) -> list[str]:
    """What is wrong in the one moment that the connection sees; nothing when all is well."""
    interpreters: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(_THEIR_INTERPRETERS):
        interpreters[row.meeting_id].append(row.interpreter_id)
    live = [_Standing(row, interpreters[row.id]) for row in connection.execute(_LIVE)]
    claims = [tuple(row) for row in connection.execute(_CLAIMS)]
    told: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(_TOLD):
        told[row.meeting_id].add(row.recipient_id)
    return [*_doubles(live), *_wrong_claims(live, claims), *_untold(live, told), *_too_many(live)]


class _Standing:
    """A live meeting, its facts worked out from its own row."""

    def __init__(self, row: Row[Any], interpreters: Sequence[str]) -> None:
        self.id, self.state, self.fair_id, self.company_id = row.id, row.state, row.fair_id, row.company_id
        self.slot = Slot(row.start_at, row.end_at)
        self.people = [one for one in (row.company_id, row.buyer_id, *interpreters) if one is not None]
        self.resources = [*self.people, *([row.room_id] if row.room_id is not None else [])]


def _doubles(live: Iterable[_Standing]) -> Iterator[str]:
    taken: dict[str, list[tuple[Slot, str]]] = defaultdict(list)
    for one in live:
        for resource_id in one.resources:
            taken[resource_id].append((claimed(RESOURCES[resource_id], one.slot), one.id))
    for resource_id, slots in taken.items():
        ordered = sorted(slots)
        for (before, first), (after, second) in itertools.pairwise(ordered):
            if before.overlaps(after):
                yield f"double: {resource_id} is in {first} and {second} at {after.start_at:%H:%M}"


def _wrong_claims(live: Iterable[_Standing], claims: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    wanted = {
        (resource_id, tick, one.id)
        for one in live
        for resource_id in one.resources
        for tick in claimed(RESOURCES[resource_id], one.slot).ticks()
    }
    if len(set(claims)) != len(claims) or wanted != set(claims):
        yield f"claims: {len(wanted - set(claims))} missing, {len(set(claims) - wanted)} too many"


def _untold(live: Iterable[_Standing], told: Mapping[str, set[str]]) -> Iterator[str]:
    for one in live:
        if one.state == "confirmed" and told.get(one.id, set()) != set(one.people):
            yield f"outbox: {one.id} has rows for {sorted(told.get(one.id, set()))}, not {sorted(one.people)}"


def _too_many(live: Iterable[_Standing]) -> Iterator[str]:
    days = Counter(
        (one.company_id, day_of(one.slot, zone_of(RESOURCES[one.company_id])))
        for one in live
        if one.fair_id == FAIR.id
    )
    yield from (
        f"limit: {who} has {count} on {day}" for (who, day), count in days.items() if count > DAILY_LIMIT
    )


def faults_at_the_end(
    connection: Connection, journals: Sequence[Path], mails: Sequence[Path], *, deaths: int
) -> list[str]:
    """The story: the trail replayed, the outbox beside it, and what each process was told.

    A mail may go out once more for each process or server that died between DATA and its mark.
    """
    trail = list(connection.execute(select(AUDIT).order_by(AUDIT.c.id)))
    return [
        *faults_now(connection),
        *_integrity(connection),
        *_replayed(connection, trail),
        *_announcements(connection, trail),
        *_answers(trail, journals),
        *_mailed(connection, mails, deaths),
    ]


def operations(connection: Connection) -> int:
    """How many operations have changed something: each has its own name in the trail."""
    return connection.scalar(select(func.count(AUDIT.c.actor.distinct()))) or 0


def _integrity(connection: Connection) -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        return
    for pragma, clean in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        found = [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA {pragma}")]
        if found != clean:
            yield f"{pragma}: {found[:3]}"


def _replayed(connection: Connection, trail: Iterable[Row[Any]]) -> Iterator[str]:
    """The last word of the trail on each meeting is how the meeting is."""
    state: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in trail:
        if row.subject_kind == "meeting":
            state[row.subject_id] |= row.after
    interpreters: dict[str, list[str]] = defaultdict(list)
    ordered = select(INTERPRETER).order_by(INTERPRETER.c.meeting_id, INTERPRETER.c.position)
    for row in connection.execute(ordered):
        interpreters[row.meeting_id].append(row.interpreter_id)
    stored = {row.id: row for row in connection.execute(select(MEETING))}
    for missing in set(stored) ^ set(state):
        yield f"trail: {missing} stands in the trail or in the table, not in both"
    for meeting_id, row in stored.items():
        now = {
            "state": row.state,
            "revision": row.revision,
            "start_at": row.start_at.isoformat(),
            "end_at": row.end_at.isoformat(),
            "company_id": row.company_id,
            "buyer_id": row.buyer_id,
            "interpreter_ids": interpreters[meeting_id],
            "room_id": row.room_id,
        }
        told = {name: state[meeting_id].get(name) for name in now}
        if told != now:
            yield f"trail: {meeting_id} is {now}, the trail says {told}"


def _announcements(connection: Connection, trail: Iterable[Row[Any]]) -> Iterator[str]:
    """Each revision that people hear of has its rows, and no row is of a revision that never was."""
    rows: dict[tuple[str, int], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    columns = (OUTBOX.c.meeting_id, OUTBOX.c.revision, OUTBOX.c.kind, OUTBOX.c.recipient_id)
    for meeting_id, revision, kind, recipient_id in connection.execute(select(*columns)):
        rows[meeting_id, revision][kind].add(recipient_id)
    known: set[tuple[str, int]] = set()
    before: dict[str, dict[str, Any]] = {}
    for row in trail:
        if row.subject_kind != "meeting":
            continue
        last = before.get(row.subject_id, {})
        after = {**last, **row.after}
        key = (row.subject_id, after["revision"])
        known.add(key)
        before[row.subject_id] = after
        found = rows.get(key, {})
        if after["state"] == "confirmed":
            told = set().union(*(found.get(kind, set()) for kind in _ANNOUNCED))
            if told != _hearers(after):
                yield f"outbox: {key} was told to {sorted(told)}, not {sorted(_hearers(after))}"
        was_told = after["state"] == "cancelled" and last.get("state") == "confirmed"
        if was_told and found.get("cancel", set()) != _hearers(last):
            yield f"outbox: {key} was cancelled to {sorted(found.get('cancel', set()))}"
    for key in set(rows) - known:
        yield f"outbox: there are rows of {key}, which never was"


def _mailed(connection: Connection, mails: Sequence[Path], deaths: int) -> Iterator[str]:
    lines = (line for path in mails for line in path.read_text(encoding="utf-8").splitlines())
    sent = Counter(json.loads(line)["message_id"] for line in lines)
    marked = select(OUTBOX.c.message_id).where(OUTBOX.c.state == "sent")
    for message_id in set(connection.scalars(marked)) - set(sent):
        yield f"mail: {message_id} is marked as sent and never went out"
    repeats = sent.total() - len(sent)
    if repeats > deaths:
        yield f"mail: {repeats} repeats, and only {deaths} deaths"


def _hearers(facts: Mapping[str, Any]) -> set[str]:
    return {one for one in (facts["company_id"], facts["buyer_id"], *facts["interpreter_ids"]) if one}


def _answers(trail: Iterable[Row[Any]], journals: Sequence[Path]) -> Iterator[str]:
    """What was acknowledged is there, once; what was refused has left nothing."""
    done: dict[str, set[tuple[str, str]]] = defaultdict(set)
    deeds: Counter[tuple[str, str, str]] = Counter()
    for row in trail:
        if row.action != "lapse":
            done[row.actor].add((row.action, row.subject_id))
            deeds[row.actor, row.action, row.subject_id] += 1
    yield from (f"twice: {deed}" for deed, count in deeds.items() if count > 1)
    for path in journals:
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if entry["phase"] == "done" and entry["subject"] is not None:
                if not any(subject == entry["subject"] for _action, subject in done[entry["actor"]]):
                    yield f"lost: {entry} was acknowledged"
            elif entry["phase"] == "refused" and done.get(entry["actor"]):
                yield f"half: {entry} was refused, and {done[entry['actor']]} is there"
            elif entry["phase"] in ("busy", "wrong"):
                yield f"{entry['phase']}: {entry}"
