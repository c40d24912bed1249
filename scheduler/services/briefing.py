"""What a coordinator is told unasked: the day's summary, the evening before or in the morning, and declines.

A summary is written into the outbox once for each fair, day and coordinator, by an id made from these, whichever
worker comes first. What it says is decided when it is sent.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault
from scheduler.booking.fair import day_of
from scheduler.booking.meeting import State
from scheduler.services.actor import Actor, Role
from scheduler.services.notices import RowState
from scheduler.settings import Settings
from scheduler.storage import accounts, audit, meetings, outbox
from scheduler.storage.accounts import Account
from scheduler.storage.db import Database
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.settings import read_setting, save_setting
from scheduler.timezones.holidays import holiday_on
from scheduler.timezones.wall import instants_of, to_wall
from scheduler.wording import Phrase

SUMMARY = "summary"
"""The kind of these rows; `day` in their facts is the day they are about, by the city's calendar."""
_KEY = "briefing:"
_ONE_DAY = timedelta(days=1)
_LOOKED_AHEAD = timedelta(days=14)
"""More than any row of holidays has."""
_WEEKEND, _COUNTRY = (5, 6), "KR"


class Eve(StrEnum):
    """When the summary of a day comes: in the evening of the working day before, or in the morning of the day."""

    EVENING = "evening"
    MORNING = "morning"
    OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """One coordinator's own setting. `at` is wall time in the city, `since` when it was chosen."""

    eve: Eve = Eve.EVENING
    at: str = "18:00"
    alerts: bool = True
    since: str = ""

    def is_from(self, due_at: datetime) -> bool:
        """Whether it held at that moment already: what was due before it was chosen is not made up for."""
        return not self.since or datetime.fromisoformat(self.since) <= due_at


def briefing_of(work: Session, account_id: str) -> Briefing:
    kept = read_setting(work, f"{_KEY}{account_id}")
    return Briefing(**{**kept, "eve": Eve(kept["eve"])}) if kept else Briefing()


def get_briefing(db: Database, account_id: str) -> Briefing:
    with db.read() as work:
        return briefing_of(work, account_id)


def set_briefing(
    db: Database, account_id: str, *, eve: str, at: str, alerts: bool, now: datetime, actor: Actor
) -> None:
    """Raises BadInput with every fault."""
    faults = []
    if eve not in set(Eve):
        faults.append(
            Fault(place="eve", wrong=Phrase("Choose the evening before, the morning, or not at all."))
        )
    if _clock(at) is None:
        faults.append(Fault(place="at", wrong=Phrase("Write the time as 18:00.")))
    if faults:
        raise BadInput(faults)
    chosen = Briefing(eve=Eve(eve), at=at, alerts=alerts, since=now.isoformat())
    with db.write() as work:
        before = briefing_of(work, account_id)
        save_setting(work, f"{_KEY}{account_id}", asdict(chosen))
        audit.record(
            work, now, actor.label, "set_briefing", "account", account_id, asdict(before), asdict(chosen)
        )


def add_summaries(db: Database, settings: Settings, *, now: datetime) -> int:
    """Puts the summaries whose moment has come into the outbox; how many are new. Any worker may call it."""
    with db.read() as work:
        begins = _first_starts(work, settings, now)
        wanted = [
            row
            for account in accounts.list_accounts(work)
            if begins and account.is_active and account.role == Role.COORDINATOR
            for row in _rows(account, briefing_of(work, account.id), begins, settings, now)
            if outbox.get_row(work, row.id) is None
        ]
    if not wanted:
        return 0
    with db.write() as work:
        return sum(outbox.add_once(work, row) for row in wanted)


def _first_starts(work: Session, settings: Settings, now: datetime) -> dict[tuple[str, date], datetime]:
    """Fair and day -> when the first session begins, of those days of which nothing has begun."""
    today = to_wall(now, settings.home_zone).date()
    first, last = _instant(today, time(), settings), _instant(today + _LOOKED_AHEAD, time(), settings)
    begins: dict[tuple[str, date], datetime] = {}
    for one in meetings.meetings_between(work, first, last, (State.CONFIRMED,)):
        if one.fair_id is not None:
            begins.setdefault((one.fair_id, day_of(one.slot, settings.home_zone)), one.slot.start_at)
    return {key: start_at for key, start_at in begins.items() if start_at > now}


def _rows(
    account: Account,
    briefing: Briefing,
    begins: Mapping[tuple[str, date], datetime],
    settings: Settings,
    now: datetime,
) -> Iterable[OutboxRow]:
    clock = _clock(briefing.at)
    if briefing.eve is Eve.OFF or clock is None:
        return
    for fair_id, day in begins:
        on = eve_of(day) if briefing.eve is Eve.EVENING else day
        due_at = _instant(on, clock, settings)
        if due_at <= now and briefing.is_from(due_at):
            yield _row(account, fair_id, day, now)


def eve_of(day: date) -> date:
    """The last day before on which offices are open: of what a Monday brings they are told on Friday."""
    eve = day - _ONE_DAY
    while eve.weekday() in _WEEKEND or holiday_on(eve, _COUNTRY, "ko") is not None:
        eve -= _ONE_DAY
    return eve


def _row(account: Account, fair_id: str, day: date, now: datetime) -> OutboxRow:
    about = f"{SUMMARY}\n{fair_id}\n{day}\n{account.id}"
    return OutboxRow(
        id=f"out_{hashlib.sha256(about.encode()).hexdigest()[:32]}",
        meeting_id=None,
        fair_id=fair_id,
        revision=0,
        kind=SUMMARY,
        recipient_id=account.id,
        state=str(RowState.DUE),
        due_at=now,
        created_at=now,
        facts={"day": day.isoformat()},
    )


def _instant(on: date, clock: time, settings: Settings) -> datetime:
    wall = datetime.combine(on, clock)
    # Where the clocks skip that time, an hour later they show it.
    found = instants_of(wall, settings.home_zone) or instants_of(
        wall + timedelta(hours=1), settings.home_zone
    )
    return found[0]


def _clock(written: str) -> time | None:
    try:
        return time.fromisoformat(written) if len(written) == 5 else None
    except ValueError:
        return None
