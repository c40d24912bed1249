"""What has gone out, what waits and what failed, for the coordinator to look at. Constant numbers of queries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair
from scheduler.booking.people import Resource
from scheduler.invites.text import changes, letter
from scheduler.services.actor import Actor
from scheduler.services.board import Entry, entry_of
from scheduler.services.bulletins import Bulletin
from scheduler.services.heartbeat import Pulse, pulse
from scheduler.services.letters import (
    ByMail,
    Decision,
    Dispatch,
    Silence,
    context_without_links,
    decide,
    read_in,
)
from scheduler.services.reminder_rules import ANSWER, DAY_BEFORE
from scheduler.services.session_facts import contact_of
from scheduler.settings import Settings
from scheduler.storage import accounts, audit, fairs, meetings, outbox, people
from scheduler.storage.db import Database
from scheduler.storage.outbox import OutboxRow
from scheduler.wording import Phrase

AT_ONCE = 100
_CODE = re.compile(r"(?<!\d)([45])\d\d(?!\d)")


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One row of the outbox with the names behind its ids. `recipient` is None for a coordinator's own mail."""

    row: OutboxRow
    recipient: Resource | None
    entry: Entry | None
    account_name: str = ""
    account_email: str = ""

    @property
    def email(self) -> str:
        return contact_of(self.recipient).email if self.recipient is not None else self.account_email

    @property
    def minutes_before(self) -> int | None:
        """For a reminder: how long before the session. None for those of a day before at nine, too."""
        written = self.row.kind.removeprefix("reminder_")
        return int(written) if written.isdecimal() and written != self.row.kind else None

    @property
    def is_of_the_day_before(self) -> bool:
        return self.row.kind == f"reminder_{DAY_BEFORE}"

    @property
    def asks_for_answer(self) -> bool:
        return self.row.kind == f"reminder_{ANSWER}"

    @property
    def why(self) -> Phrase | None:
        """Why it did not go out, in words for people; what the server said stands in the row's own error."""
        return reason_of(self.row) if self.row.error else None

    @property
    def has_details(self) -> bool:
        """Whether the row's own error says more than the sentence."""
        return self.row.state in ("failed", "due", "leased") and bool(self.row.error)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One notice that waits for the coordinator's word: what it would say, to whom, and why.

    `silence` is set where nothing would go out; `subject` and `text` are in the reader's language.
    """

    notice: Notice
    kind: str = ""
    changes: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    silence: Phrase | None = None


@dataclass(frozen=True, kw_only=True)
class OutboxPage:
    """Some notices of a fair, the newest first, and how many there are in each state."""

    fair: Fair
    notices: tuple[Notice, ...]
    pulse: Pulse
    counts: Mapping[str, int] = field(default_factory=dict)
    page: int = 0
    has_more: bool = False


def outbox_of(db: Database, key: str, *, state: str | None, page: int, now: datetime) -> OutboxPage:
    """Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        rows = outbox.list_rows(work, fair.id, state, limit=AT_ONCE + 1, offset=page * AT_ONCE)
        counts = outbox.counts(work, fair.id)
        about = meetings.meetings_by_id(work, {row.meeting_id for row in rows if row.meeting_id is not None})
        named = {one for meeting in about.values() for one in meeting.resource_ids}
        resources = people.resources_by_id(work, named | {row.recipient_id for row in rows}, fair.id)
        coordinators = {one.id: one for one in accounts.list_accounts(work)}
    entries = {one.id: entry_of(one, resources) for one in about.values()}
    return OutboxPage(
        fair=fair,
        notices=tuple(_notice(row, resources, entries, coordinators) for row in rows[:AT_ONCE]),
        pulse=pulse(db, now=now),
        counts=counts,
        page=page,
        has_more=len(rows) > AT_ONCE,
    )


def preview_changes(
    db: Database, settings: Settings, key: str, *, language: str, now: datetime
) -> tuple[Planned, ...]:
    """What "send them now" would send, one for each person and session, by the sessions' times. Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        rows = _newest(outbox.list_rows(work, fair.id, "collected", limit=10_000))
        context = context_without_links(work, settings, rows, now=now)
    entries = {one.id: entry_of(one, context.resources) for one in context.meetings.values()}
    here = read_in(context, language)
    planned = []
    for row in rows:
        notice = _notice(row, context.resources, entries, {})
        planned.append(_planned(notice, decide(row, context), decide(row, here)))
    return tuple(sorted(planned, key=_by_session))


def send_again(db: Database, key: str, row_id: str, *, now: datetime, actor: Actor) -> None:
    """A notice that failed for good is due once more. Raises NotFound when it has not failed, or is of another fair."""
    with db.write() as work:
        fair = fairs.get_fair(work, key)
        row = outbox.get_row(work, row_id)
        if row is None or row.fair_id != fair.id or not outbox.make_due(work, row_id, now):
            raise NotFound(kind="notice", key=row_id)
        audit.record(
            work, now, actor.label, "send_again", "fair", fair.id, {"error": row.error}, {"row": row_id}
        )


def send_all_again(db: Database, key: str, *, now: datetime, actor: Actor) -> int:
    """The same for everything of a fair that failed; how many. What no longer helps stays silent in its turn."""
    with db.write() as work:
        fair = fairs.get_fair(work, key)
        failed = outbox.list_rows(work, fair.id, "failed", limit=10_000)
        again = sum(outbox.make_due(work, row.id, now) for row in failed)
        audit.record(work, now, actor.label, "send_again", "fair", fair.id, {}, {"rows": again})
        return again


def reason_of(row: OutboxRow) -> Phrase:
    """What the reader can do something with: whose fault it is, and whether it is tried again by itself."""
    if row.state in ("suppressed", "superseded"):
        # What is kept is the sentence itself, which translators know.
        kept = row.error.replace("%", "%%")
        return Phrase(kept)
    found = _CODE.search(row.error)
    if row.state != "failed":
        return Phrase("It did not get through yet and is tried again by itself.")
    if row.error.startswith(("This cannot stand", "BadHeader")):
        return Phrase("A name or address has characters that no mail can carry. Mend it, then send again.")
    if found is not None and found[1] == "5":
        return Phrase(
            "The server refused it for good: mostly the address is wrong. Mend it, then send again."
        )
    return Phrase(
        "It could not be sent. Send it again, and tell whoever runs the server if it fails once more."
    )


def _planned(notice: Notice, decision: Decision, as_read_here: Decision) -> Planned:
    if isinstance(decision, Silence | ByMail):
        return Planned(notice=notice, silence=decision.reason)
    if isinstance(decision, Bulletin):
        return Planned(notice=notice, subject=decision.letter.subject, text=decision.letter.text)
    said = letter(decision.facts, decision.notice)
    return Planned(
        notice=notice,
        kind=str(decision.notice),
        changes=changes(as_read_here.facts) if isinstance(as_read_here, Dispatch) else (),
        subject=said.subject,
        text=said.text,
    )


def _newest(rows: tuple[OutboxRow, ...]) -> tuple[OutboxRow, ...]:
    found: dict[tuple[object, ...], OutboxRow] = {}
    for row in sorted(rows, key=lambda row: row.revision):
        found[row.meeting_id or row.id, row.recipient_id] = row
    return tuple(found.values())


def _by_session(planned: Planned) -> tuple[str, str, str]:
    row = planned.notice.row
    return str(row.facts.get("start_at", "")), row.meeting_id or "", row.recipient_id


def _notice(
    row: OutboxRow,
    resources: Mapping[str, Resource],
    entries: Mapping[str, Entry],
    coordinators: Mapping[str, accounts.Account],
) -> Notice:
    account = coordinators.get(row.recipient_id)
    return Notice(
        row=row,
        recipient=resources.get(row.recipient_id),
        entry=entries.get(row.meeting_id or ""),
        account_name=account.name if account is not None else "",
        account_email=account.email if account is not None else "",
    )
