"""What has gone out, what waits and what failed, for the coordinator to look at. Constant numbers of queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.booking.fair import Fair
from scheduler.booking.people import Resource, Room
from scheduler.services.board import Entry, entry_of
from scheduler.services.reminder_rules import DAY_BEFORE
from scheduler.storage import fairs, meetings, outbox, people
from scheduler.storage.db import Database
from scheduler.storage.outbox import OutboxRow

AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One row of the outbox with the names behind its ids."""

    row: OutboxRow
    recipient: Resource | None
    entry: Entry | None

    @property
    def email(self) -> str:
        known = self.recipient is not None and not isinstance(self.recipient, Room)
        return self.recipient.contact.email if known else ""  # type: ignore[union-attr]

    @property
    def minutes_before(self) -> int | None:
        """For a reminder: how long before the session."""
        written = self.row.kind.removeprefix("reminder_")
        if written == DAY_BEFORE:
            return 24 * 60
        return int(written) if written.isdecimal() and written != self.row.kind else None


@dataclass(frozen=True, kw_only=True)
class OutboxPage:
    """Some notices of a fair, the newest first, and how many there are in each state."""

    fair: Fair
    notices: tuple[Notice, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    page: int = 0
    has_more: bool = False


def outbox_of(db: Database, key: str, *, state: str | None, page: int) -> OutboxPage:
    """Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        rows = outbox.list_rows(work, fair.id, state, limit=AT_ONCE + 1, offset=page * AT_ONCE)
        counts = outbox.counts(work, fair.id)
        about = meetings.meetings_by_id(work, {row.meeting_id for row in rows if row.meeting_id is not None})
        named = {one for meeting in about.values() for one in meeting.resource_ids}
        resources = people.resources_by_id(work, named | {row.recipient_id for row in rows}, fair.id)
    entries = {one.id: entry_of(one, resources) for one in about.values()}
    return OutboxPage(
        fair=fair,
        notices=tuple(
            Notice(
                row=row,
                recipient=resources.get(row.recipient_id),
                entry=entries.get(row.meeting_id or ""),
            )
            for row in rows[:AT_ONCE]
        ),
        counts=counts,
        page=page,
        has_more=len(rows) > AT_ONCE,
    )
