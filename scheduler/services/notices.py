"""What people must be told because a meeting was made, changed or cancelled.

Rows go into the outbox in the transaction of what caused them; the worker sends them. A row carries what its
recipient is to be told (its own facts), because several changes may collect before they are sent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import zone_of
from scheduler.services.actor import Actor, Role
from scheduler.services.reminder_rules import DAYS_BEFORE, KINDS, kind_in, moment_of, rules_of_fairs
from scheduler.services.webhook_events import events_of
from scheduler.storage import audit, outbox, people
from scheduler.storage.choices import choices_of
from scheduler.storage.db import Database, new_id
from scheduler.storage.fairs import get_fair
from scheduler.storage.outbox import OutboxRow


class Kind(StrEnum):
    REQUEST = "request"
    UPDATE = "update"
    CANCEL = "cancel"


REMINDER = "reminder_"
"""A reminder's kind is this with its rule: reminder_1440 for minutes before the session, reminder_day."""


LOCAL_TIMES = "previous_local_times"
"""In the facts of an update: zone -> the local start as it was told and as it is by new rules of that zone."""


class RowState(StrEnum):
    COLLECTED = "collected"
    DUE = "due"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A meeting before and after; `before` is None for a new one."""

    before: Meeting | None
    after: Meeting


def row_state_for(actor: Actor, *, is_published: bool) -> RowState:
    """A coordinator's edits of a published fair collect until sent; what people do themselves goes out."""
    collects = is_published and actor.role is Role.COORDINATOR
    return RowState.COLLECTED if collects else RowState.DUE


def tell(
    work: Session, changes: Iterable[Change], *, state: RowState, reminders: Sequence[int], now: datetime
) -> int:
    """Puts all that these changes call for into the outbox; returns how many notices, reminders not counted."""
    made = list(changes)
    notices = rows_for(made, state=state, now=now)
    events = events_of(work, ((one.before, one.after) for one in made), now=now)
    outbox.add_rows(work, [*notices, *reminder_rows(work, made, reminders, now), *events])
    return len(notices)


def rows_for(changes: Iterable[Change], *, state: RowState, now: datetime) -> tuple[OutboxRow, ...]:
    """The invites, updates and cancellations that these changes call for, one for each person and meeting."""
    return tuple(row for change in changes for row in _notices(change, state, now))


def send_changes(db: Database, fair_key: str, *, now: datetime, actor: Actor) -> int:
    """Lets the collected notices of a fair go: one for each person and meeting, the newest."""
    with db.write() as work:
        fair = get_fair(work, fair_key)
        released = outbox.release_collected(work, fair.id, now)
        audit.record(work, now, actor.label, "send_changes", "fair", fair.id, {}, {"notices": released})
        return released


def recipients_of(meeting: Meeting) -> tuple[str, ...]:
    """Everybody who hears of a meeting. A room has no mailbox."""
    named = (meeting.company_id, meeting.buyer_id, *meeting.interpreter_ids)
    return tuple(dict.fromkeys(one for one in named if one is not None))


def facts_of(meeting: Meeting, previous: Meeting | None = None) -> dict[str, object]:
    """What a notice tells, as it stands in the outbox row."""
    facts: dict[str, object] = {
        "start_at": meeting.slot.start_at.isoformat(),
        "end_at": meeting.slot.end_at.isoformat(),
        "company_id": meeting.company_id,
        "buyer_id": meeting.buyer_id,
        "interpreter_ids": list(meeting.interpreter_ids),
        "room_id": meeting.room_id,
        "link": meeting.link,
        "title": meeting.title,
    }
    if previous is not None and previous.slot != meeting.slot:
        facts["previous_start_at"] = previous.slot.start_at.isoformat()
        facts["previous_end_at"] = previous.slot.end_at.isoformat()
    return facts


def _notices(change: Change, state: RowState, now: datetime) -> Iterator[OutboxRow]:
    before = change.before if change.before is not None and _is_announced(change.before) else None
    after, told = change.after, set(recipients_of(before) if before is not None else ())
    if not _is_announced(after):
        if before is not None and not after.is_live:
            yield from (_row(after, Kind.CANCEL, one, state, now, before) for one in recipients_of(before))
        return
    staying = recipients_of(after)
    for one in staying:
        yield _row(after, Kind.UPDATE if one in told else Kind.REQUEST, one, state, now, before)
    for one in sorted(told - set(staying)):
        yield _row(after, Kind.CANCEL, one, state, now, before)


def _is_announced(meeting: Meeting) -> bool:
    # A hold is nobody's business yet; what has taken place needs no invite any more.
    return meeting.state is State.CONFIRMED


def _row(
    meeting: Meeting, kind: Kind, recipient_id: str, state: RowState, now: datetime, before: Meeting | None
) -> OutboxRow:
    told = before if kind is Kind.CANCEL and before is not None else meeting
    return OutboxRow(
        id=new_id("out"),
        meeting_id=meeting.id,
        fair_id=meeting.fair_id,
        revision=meeting.revision,
        kind=str(kind),
        recipient_id=recipient_id,
        state=str(state),
        due_at=now,
        facts=facts_of(told, before if kind is Kind.UPDATE else None),
        created_at=now,
    )


def reminder_rows(
    work: Session, changes: Sequence[Change], minutes_before: Sequence[int], now: datetime
) -> tuple[OutboxRow, ...]:
    """The reminders that these changes call for, by the rules of their fairs or else those of the installation.

    A reminder belongs to a time and a person: a change of room alone makes no second one. One whose moment has
    passed already was never due, and is not made.
    """
    new = [(one.after, told) for one in changes if (told := _to_remind(one))]
    rules = rules_of_fairs(work, [one.fair_id for one, _told in new], minutes_before)
    # Only nine o'clock of a day before depends on where somebody is.
    by_clocks = any(set(DAYS_BEFORE) & set(ones.of(kind)) for ones in rules.values() for kind in KINDS)
    zones = _zones(work, [told for _one, told in new]) if by_clocks else {}
    texted = _texted(work, {one for _one, told in new for one in told})
    return tuple(
        _reminder_row(meeting, rule, recipient_id, due_at, now, "text" if recipient_id in texted else "mail")
        for meeting, told in new
        for recipient_id in told
        for rule in rules[meeting.fair_id].of(kind_in(meeting, recipient_id))
        if (due_at := moment_of(rule, meeting.slot, zones.get(recipient_id, "UTC"))) > now
    )


def _to_remind(change: Change) -> tuple[str, ...]:
    before, after = change.before, change.after
    if not _is_announced(after):
        return ()
    same_time = before is not None and _is_announced(before) and before.slot == after.slot
    reminded = set(recipients_of(before)) if same_time and before is not None else set()
    return tuple(one for one in recipients_of(after) if one not in reminded)


def _zones(work: Session, told: Iterable[tuple[str, ...]]) -> dict[str, str]:
    found = people.resources_by_id(work, {one for ones in told for one in ones})
    return {key: zone_of(one) for key, one in found.items()}


def _texted(work: Session, person_ids: Iterable[str]) -> frozenset[str]:
    """Who wants to be reminded by text message; whether it can go there is decided when it is sent."""
    return frozenset(key for key, one in choices_of(work, person_ids).items() if one.channel == "text")


def _reminder_row(
    meeting: Meeting, rule: str, recipient_id: str, due_at: datetime, now: datetime, channel: str
) -> OutboxRow:
    return OutboxRow(
        id=new_id("out"),
        meeting_id=meeting.id,
        fair_id=meeting.fair_id,
        revision=meeting.revision,
        kind=f"{REMINDER}{rule}",
        recipient_id=recipient_id,
        state=str(RowState.DUE),
        due_at=due_at,
        facts=facts_of(meeting),
        created_at=now,
        channel=channel,
    )
