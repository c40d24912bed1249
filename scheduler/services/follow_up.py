"""Asking companies once more what has come of their sessions: whom the coordinator would write to, and the mail.

The mail lists the sessions as they are when it is sent; who has stated everything meanwhile gets none.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault
from scheduler.booking.fair import Fair
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Company, Resource
from scheduler.booking.results import Result, is_overdue
from scheduler.invites.text import Row, plain_letter
from scheduler.services.actor import Actor
from scheduler.services.notices import RowState
from scheduler.services.pick_letters import Addressed
from scheduler.services.session_facts import fair_name
from scheduler.settings import Settings
from scheduler.storage import audit, fairs, meetings, outbox, people, results
from scheduler.storage.db import Database
from scheduler.storage.outbox import OutboxRow
from scheduler.timezones.labels import both_sides
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase

FOLLOW_UP = "follow_up"
"""The kind of these rows; their recipients are companies."""
DAYS = (7, 30, 60, 90)
_STATES = (State.CONFIRMED, State.COMPLETED)
_LISTED = 30


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A company and its sessions of which nothing is stated, or nothing lately; `last_at` is when it was asked last."""

    company: Company
    meetings: tuple[Meeting, ...]
    last_at: datetime | None
    was_asked_today: bool

    @property
    def can_be_asked(self) -> bool:
        return bool(self.company.contact.email) and not self.was_asked_today


@dataclass(frozen=True, kw_only=True)
class FollowUpPage:
    """Who would get a mail, before anything is sent."""

    fair: Fair
    days: int
    asked: tuple[Asked, ...]


def follow_up_page(db: Database, fair_key: str, *, days: int, now: datetime) -> FollowUpPage:
    """Raises NotFound, BadInput. Always the same number of queries."""
    _refuse_days(days)
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        return FollowUpPage(fair=fair, days=days, asked=_asked(work, fair, days, now))


def ask_companies(
    db: Database,
    fair_key: str,
    company_ids: Collection[str],
    *,
    days: int,
    now: datetime,
    actor: Actor,
) -> int:
    """One mail to each of these companies that still owes a word; how many. Raises BadInput, NotFound."""
    _refuse_days(days)
    if not company_ids:
        raise BadInput([Fault(place="company", wrong=Phrase("Choose who gets the mail."))])
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        wanted = [
            one for one in _asked(work, fair, days, now) if one.company.id in company_ids and one.can_be_asked
        ]
        made = [one for one in wanted if outbox.add_once(work, _row(fair, one.company.id, days, now))]
        told = {"companies": [one.company.id for one in made], "days": days}
        audit.record(work, now, actor.label, "ask_results", "fair", fair.id, {}, told)
    return len(made)


def follow_up_letter(
    work: Session, settings: Settings, row: OutboxRow, fair: Fair | None, *, now: datetime
) -> Addressed | Phrase:
    """What the mail says, or why it says nothing any more."""
    reader = people.resources_by_id(work, (row.recipient_id,), row.fair_id).get(row.recipient_id)
    if fair is None or not isinstance(reader, Company):
        return Phrase("the person is no longer there")
    if not reader.contact.email:
        return Phrase("no e-mail address is known")
    owed = _owed(work, fair, int(row.facts["days"]), now).get(reader.id, [])
    if not owed:
        return Phrase("everything has been stated meanwhile")
    language = reader.contact.language
    buyers = people.resources_by_id(work, {one.buyer_id or "" for one in owed}, fair.id)
    letter = plain_letter(
        language,
        Phrase("What has come of your sessions? – %(fair)s", fair=fair_name(fair, language)).text(language),
        (
            Phrase("Dear %(name)s,", name=reader.contact.person or reader.name).text(language),
            Phrase(
                "Please state how far each of these sessions has come: consulted, contract in progress or"
                " contracted, with the amount in US dollars. It takes a minute for each."
            ).text(language),
            Phrase("What you stated before is kept; a later statement counts in its stead.").text(language),
        ),
        (
            *(_line(one, buyers, fair, settings, language) for one in owed[:_LISTED]),
            *_more(len(owed) - _LISTED, settings, language),
        ),
    )
    return Addressed(reader=reader.contact, name=reader.contact.person or reader.name, letter=letter)


def _line(
    meeting: Meeting, buyers: dict[str, Resource], fair: Fair, settings: Settings, language: str
) -> Row:
    buyer = buyers.get(meeting.buyer_id or "")
    page = f"{settings.base_address}/my/{meeting.id}"
    away = buyer.hours.zone if buyer is not None else fair.zone
    when = both_sides(meeting.slot.start_at, meeting.slot.end_at, fair.zone, away, language)
    return Row(when, buyer.name if buyer is not None else "", page)


def _more(count: int, settings: Settings, language: str) -> Iterable[Row]:
    if count > 0:
        yield Row(
            "…", Phrase("and %(count)s more", count=count).text(language), f"{settings.base_address}/my/"
        )


def _asked(work: Session, fair: Fair, days: int, now: datetime) -> tuple[Asked, ...]:
    owed = _owed(work, fair, days, now)
    sent = outbox.rows_of_kind(work, fair.id, FOLLOW_UP)
    written = {one.id for one in sent}
    last = {one.recipient_id: one.created_at for one in sent}
    return tuple(
        Asked(
            company=one,
            meetings=tuple(owed[one.id]),
            last_at=last.get(one.id),
            was_asked_today=_row_id(fair, one.id, now) in written,
        )
        for one in people.people_of(work, fair.id).companies
        if one.id in owed
    )


def _owed(work: Session, fair: Fair, days: int, now: datetime) -> dict[str, list[Meeting]]:
    """Company -> its sessions that took place and of which nothing is stated within so many days."""
    known = results.results_of_fair(work, fair.id)
    found: dict[str, list[Meeting]] = {}
    for one in meetings.meetings_of_fair(work, fair.id, states=_STATES):
        if is_overdue(one, known.get(one.id, Result()), days=days, now=now):
            found.setdefault(one.company_id or "", []).append(one)
    return found


def _row(fair: Fair, company_id: str, days: int, now: datetime) -> OutboxRow:
    return OutboxRow(
        id=_row_id(fair, company_id, now),
        meeting_id=None,
        fair_id=fair.id,
        revision=0,
        kind=FOLLOW_UP,
        recipient_id=company_id,
        state=str(RowState.DUE),
        due_at=now,
        created_at=now,
        facts={"days": days},
    )


def _row_id(fair: Fair, company_id: str, now: datetime) -> str:
    """One mail a day, however often it is asked for."""
    return f"follow_up:{fair.id}:{company_id}:{to_wall(now, fair.zone).date()}"


def _refuse_days(days: int) -> None:
    if days not in DAYS:
        raise BadInput([Fault(place="days", wrong=Phrase("Choose one of the offered numbers of days."))])
