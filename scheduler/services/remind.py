"""Setting a fair's reminders. What a new rule asks for is made for the moments still to come, never for past ones."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, ChangedMeanwhile, Fault
from scheduler.booking.meeting import State
from scheduler.booking.people import zone_of
from scheduler.services.actor import Actor
from scheduler.services.notices import REMINDER, Change, reminder_rows
from scheduler.services.reminder_rules import (
    DAYS_BEFORE,
    KINDS,
    ReminderRules,
    is_rule,
    moment_of,
    rules_of_fairs,
)
from scheduler.services.session_facts import slot_in
from scheduler.settings import Settings
from scheduler.storage import audit, fairs, meetings, outbox, people
from scheduler.storage.db import Database
from scheduler.storage.outbox import OutboxRow
from scheduler.wording import Phrase


def reminders_of(db: Database, settings: Settings, fair_key: str) -> ReminderRules:
    """Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        return rules_of_fairs(work, [fair.id], settings.reminder_minutes)[fair.id]


def set_reminders(
    db: Database,
    settings: Settings,
    fair_key: str,
    rules: Mapping[str, Sequence[str]],
    *,
    now: datetime,
    actor: Actor,
    seen: ReminderRules | None = None,
) -> int:
    """Kind of recipient -> rules; kinds that are not named stay as they were. How many reminders that adds.

    Raises BadInput with every fault, NotFound, ChangedMeanwhile where the rules are not those `seen` any more. A rule
    that is left out is void when its moment comes.
    """
    faults = tuple(_faults(rules))
    if faults:
        raise BadInput(faults)
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        kept = fairs.settings_to_change(work, fair.id)
        if seen not in (None, rules_of_fairs(work, [fair.id], settings.reminder_minutes)[fair.id]):
            raise ChangedMeanwhile
        before = dict(kept.get("reminders", {}))
        after = {**before, **{kind: list(dict.fromkeys(ones)) for kind, ones in rules.items()}}
        fairs.save_fair_settings(work, fair.id, {**kept, "reminders": after})
        audit.record(work, now, actor.label, "set_reminders", "fair", fair.id, before, after)
        return _add_missing(work, settings, fair.id, now)


def retime_reminders(db: Database, *, now: datetime) -> int:
    """Nine o'clock of a day before is another instant by a new edition of a zone's rules, or where somebody lives
    in another zone by now: what waits is put right. How many that were; an instant that has passed is now.
    """
    with db.read() as work:
        waiting = [row for rule in DAYS_BEFORE for row in outbox.list_waiting(work, f"{REMINDER}{rule}")]
        told = people.resources_by_id(work, {row.recipient_id for row in waiting})
    moved = {
        row.id: max(due_at, now)
        for row in waiting
        if row.recipient_id in told
        and (due_at := _moment(row, zone_of(told[row.recipient_id]))) != row.due_at
        and row.due_at > now
    }
    if moved:
        with db.write() as work:
            outbox.put_off(work, moved)
    return len(moved)


def _moment(row: OutboxRow, zone: str) -> datetime:
    return moment_of(row.kind.removeprefix(REMINDER), slot_in(row.facts), zone)


def _add_missing(work: Session, settings: Settings, fair_id: str, now: datetime) -> int:
    ahead = meetings.meetings_of_fair(work, fair_id, states=(State.CONFIRMED,), first=now)
    known = {_key(row) for row in outbox.rows_of_meetings(work, [one.id for one in ahead])}
    wanted = reminder_rows(
        work, [Change(before=None, after=one) for one in ahead], settings.reminder_minutes, now
    )
    missing = [row for row in wanted if _key(row) not in known]
    outbox.add_rows(work, missing)
    return len(missing)


def _key(row: OutboxRow) -> tuple[object, ...] | None:
    """A reminder is the same one as long as it is of the same time, whatever else has changed since."""
    if not row.kind.startswith(REMINDER):
        return None
    return row.meeting_id, row.kind, row.recipient_id, row.facts.get("start_at")


def _faults(rules: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for kind, ones in rules.items():
        if kind not in KINDS:
            yield Fault(place=kind, wrong=Phrase("Nobody of this kind is reminded"))
        for one in ones:
            if not is_rule(one):
                wrong = Phrase(
                    '“%(rule)s” is no reminder: write minutes, such as 60, or "day" or "answer"', rule=one
                )
                yield Fault(place=kind, wrong=wrong)
