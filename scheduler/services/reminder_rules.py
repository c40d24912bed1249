"""When reminders are due: for each fair and kind of recipient, so many minutes before, or days before at nine.

A rule is written as in a fair's settings: "60" for minutes before the start, "day" for 09:00 of the day before by
the recipient's own clocks, "answer" for 09:00 three days before to those who have not said whether they come.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.meeting import Meeting
from scheduler.booking.slot import Slot
from scheduler.storage import fairs
from scheduler.timezones.wall import instants_of, to_wall

DAY_BEFORE, ANSWER = "day", "answer"
DAYS_BEFORE = {DAY_BEFORE: 1, ANSWER: 3}
"""The rules that go by the recipient's own clocks."""
AT_NINE = time(9)
KINDS = ("company", "buyer", "interpreter")
LONGEST_MINUTES = 14 * 24 * 60
_HALF_A_DAY = 720


@dataclass(frozen=True, kw_only=True)
class ReminderRules:
    """Kind of recipient -> its rules. A kind that is not named has the installation's."""

    usual: tuple[str, ...]
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[str, ...]:
        return self.own.get(kind, self.usual)


def rules_of_fairs(
    work: Session, fair_ids: Iterable[str | None], minutes: Sequence[int]
) -> dict[str | None, ReminderRules]:
    """The rules of each fair; None stands for what is booked outside any fair. `minutes` are the installation's."""
    usual = tuple(str(one) for one in minutes)
    found: dict[str | None, ReminderRules] = {None: ReminderRules(usual=usual)}
    for fair_id in {one for one in fair_ids if one is not None}:
        kept = fairs.fair_settings(work, fair_id).get("reminders", {})
        own = {kind: tuple(kept[kind]) for kind in KINDS if kind in kept}
        found[fair_id] = ReminderRules(usual=usual, own=own)
    return found


def kind_in(meeting: Meeting, recipient_id: str) -> str:
    """As what somebody is in a session."""
    if recipient_id == meeting.company_id:
        return "company"
    return "buyer" if recipient_id == meeting.buyer_id else "interpreter"


def moment_of(rule: str, slot: Slot, zone: str) -> datetime:
    """The instant when this reminder is due for somebody in `zone`."""
    if rule not in DAYS_BEFORE:
        return slot.start_at - timedelta(minutes=int(rule))
    wall = datetime.combine(to_wall(slot.start_at, zone).date() - timedelta(days=DAYS_BEFORE[rule]), AT_NINE)
    # Nowhere do clocks jump at nine; were they to, an hour later they have.
    found = instants_of(wall, zone) or instants_of(wall + timedelta(hours=1), zone)
    return found[0]


def is_of_the_day_before(rule: str) -> bool:
    """Whether it reads "tomorrow" rather than "soon"."""
    return rule in DAYS_BEFORE or int(rule) >= _HALF_A_DAY


def is_rule(written: str) -> bool:
    return written in DAYS_BEFORE or (
        written.isascii() and written.isdecimal() and len(written) < 6 and 0 < int(written) <= LONGEST_MINUTES
    )
