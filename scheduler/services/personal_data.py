"""The data of persons: what is kept of one, taken away as a file, erased everywhere, or erased when its time is up."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound, Refusal
from scheduler.booking.fair import Fair
from scheduler.booking.meeting import LIVE, Meeting
from scheduler.booking.people import Kind, Resource, Room, kind_of
from scheduler.mail.mailbox import FolderPost
from scheduler.services.actor import Actor
from scheduler.settings import Settings
from scheduler.storage import (
    accounts,
    answers,
    audit,
    consents,
    fairs,
    meetings,
    outbox,
    people,
    personal,
    personal_given,
)
from scheduler.storage.answers import Answer
from scheduler.storage.consents import Consent
from scheduler.storage.db import Database, new_id
from scheduler.storage.settings import read_setting, save_setting
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase

LONGEST_KEPT = 3650
_LONGEST_TEXT = 10_000


class SessionsAhead(Refusal):
    """Somebody with sessions ahead is not erased: the other sides would wait for nobody."""

    phrase = Phrase("There are sessions ahead. Cancel them first, so that the other sides are told.")


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """How a fair keeps personal data: for how many days after its last day (None: for ever), and what is agreed to.

    `erased_on` is the day on which the time was up and everybody was erased.
    """

    days: int | None = None
    consent_text: str = ""
    erased_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One participant of a fair, and the consent that holds."""

    person: Resource
    consent: Consent | None
    is_erased: bool


@dataclass(frozen=True, kw_only=True)
class PrivacyPage:
    """A fair's rules and everybody whose data are kept for it. `due_on` is when the time is up."""

    fair: Fair
    privacy: Privacy
    due_on: date | None
    people: tuple[Kept, ...]


def privacy_page(db: Database, fair_key: str) -> PrivacyPage:
    """Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        known = consents.consents_to_fair(work, fair.id)
        everyone = people.people_of(work, fair.id).everyone
        privacy = privacy_in(work, fair.id)
    listed = tuple(
        Kept(person=one, consent=known.get(one.id), is_erased=_is_erased(one))
        for one in everyone
        if not isinstance(one, Room)
    )
    return PrivacyPage(fair=fair, privacy=privacy, due_on=_due_on(fair, privacy), people=listed)


def privacy_in(work: Session, fair_id: str) -> Privacy:
    kept = read_setting(work, _key(fair_id), {})
    erased_on = kept.get("erased_on")
    return Privacy(
        days=kept.get("days"),
        consent_text=kept.get("consent_text", ""),
        erased_on=date.fromisoformat(erased_on) if erased_on else None,
    )


def set_privacy(
    db: Database, fair_key: str, *, days: int | None, consent_text: str, now: datetime, actor: Actor
) -> Privacy:
    """Raises BadInput with every fault, NotFound."""
    faults = []
    if days is not None and not 0 <= days <= LONGEST_KEPT:
        wrong = Phrase("Data are kept for 0 to %(most)s days after the fair.", most=LONGEST_KEPT)
        faults.append(Fault(place="days", wrong=wrong))
    if len(consent_text) > _LONGEST_TEXT:
        wrong = Phrase("A text has at most %(count)s characters.", count=_LONGEST_TEXT)
        faults.append(Fault(place="consent_text", wrong=wrong))
    if faults:
        raise BadInput(faults)
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        before = privacy_in(work, fair.id)
        after = Privacy(days=days, consent_text=consent_text.strip(), erased_on=before.erased_on)
        _save(work, fair.id, after)
        audit.record(
            work,
            now,
            actor.label,
            "set_privacy",
            "fair",
            fair.id,
            {"days": before.days},
            {"days": after.days},
        )
    return after


def give_consent(
    db: Database, resource_id: str, fair_id: str, *, now: datetime, actor: Actor
) -> Consent | None:
    """Notes that somebody agrees to the fair's text as it stands. None when the fair asks for nothing."""
    with db.write() as work:
        text = privacy_in(work, fair_id).consent_text
        if not text:
            return None
        known = consents.consents_to_fair(work, fair_id).get(resource_id)
        if known is not None and known.text == text:
            return known
        consent = Consent(
            id=new_id("cst"),
            resource_id=resource_id,
            fair_id=fair_id,
            text=text,
            given_at=now,
            given_by=actor.label,
        )
        consents.add_consent(work, consent)
        audit.record(work, now, actor.label, "consent", "resource", resource_id, {}, {"consent": consent.id})
    return consent


def withdraw_consent(db: Database, resource_id: str, fair_id: str, *, now: datetime, actor: Actor) -> bool:
    """Notes that it holds no longer; False when none did."""
    with db.write() as work:
        ended = consents.withdraw(work, resource_id, now, fair_id=fair_id)
        if ended:
            audit.record(work, now, actor.label, "withdraw_consent", "resource", resource_id, {}, {})
    return bool(ended)


def data_of(db: Database, resource_id: str) -> dict[str, Any]:
    """Everything that is kept of one person, for themselves: plain values, ready for JSON. Raises NotFound."""
    with db.read() as work:
        person = _person(work, resource_id)
        theirs = meetings.meetings_of_resource(work, resource_id)
        sides = people.resources_by_id(work, {one for meeting in theirs for one in meeting.resource_ids})
        said = {
            one.meeting_id: one
            for one in answers.answers_of(work, [one.id for one in theirs])
            if one.recipient_id == resource_id
        }
        sent = [
            row
            for row in outbox.rows_of_meetings(work, [one.id for one in theirs])
            if row.recipient_id == resource_id
        ]
        fairs_of = fairs.fairs_by_id(work, people.fair_ids_of(work, resource_id))
        logins = accounts.accounts_of_resource(work, resource_id)
        agreed = consents.consents_of(work, resource_id)
        rest = personal_given.rows_given(work, personal.subject_of(work, resource_id))
    return {
        "person": _plain(asdict(person) | {"hours": person.hours.to_json(), "kind": str(kind_of(person))}),
        "fairs": [{"key": fair.key, "name": fair.name} for fair in fairs_of.values()],
        "sessions": [_session(one, sides, resource_id, said.get(one.id)) for one in theirs],
        "notices": [{"kind": row.kind, "state": row.state, "sent_at": _moment(row.sent_at)} for row in sent],
        "accounts": [
            {
                "email": one.email,
                "name": one.name,
                "role": one.role,
                "created_at": one.created_at.isoformat(),
                "last_login_at": _moment(one.last_login_at),
            }
            for one in logins
        ],
        "consents": [
            {
                "text": one.text,
                "given_at": one.given_at.isoformat(),
                "withdrawn_at": _moment(one.withdrawn_at),
            }
            for one in agreed
        ],
        "more": _plain(rest),
    }


def _session(
    meeting: Meeting, sides: Mapping[str, Resource], resource_id: str, said: Answer | None
) -> dict[str, Any]:
    """One session of a person, with whom, and what they answered."""
    others = [one for one in meeting.resource_ids if one in sides and one != resource_id]
    return {
        "start_at": meeting.slot.start_at.isoformat(),
        "end_at": meeting.slot.end_at.isoformat(),
        "state": str(meeting.state),
        "with": [sides[one].name for one in others],
        "answer": said.partstat if said is not None else None,
        "comment": said.comment if said is not None else "",
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def erase_person(db: Database, settings: Settings, resource_id: str, *, now: datetime, actor: Actor) -> None:
    """Takes the data of a person out of every table, the outbox and the mailbox folder. Counts stay.

    Raises NotFound, and SessionsAhead while somebody would wait for them.
    """
    emails = db.carry_out(lambda work: _erase_in(work, resource_id, now, actor, "erase"))
    _forget_mails(settings, emails)
    db.leave_no_trace()


def apply_retention(db: Database, settings: Settings, *, now: datetime, actor: Actor) -> dict[str, int]:
    """Erases everybody of fairs whose time is up, but for those whom a later fair still needs.

    How many, by the fair's key; the worker calls it daily, and each fair is done once. Whoever has sessions ahead
    outside any fair is left until these are over, and so is the end of that fair.
    """
    done: dict[str, int] = {}
    today = to_wall(now, settings.home_zone).date()
    with db.read() as work:
        due = [fair for fair in fairs.list_fairs(work) if _is_due(fair, privacy_in(work, fair.id), today)]
    for fair in due:
        found = db.carry_out(partial(_erase_all_of, fair=fair, today=today, now=now, actor=actor))
        if found is not None:
            _forget_mails(settings, [email for emails in found for email in emails])
            done[fair.key] = len(found)
    if done:
        db.leave_no_trace()
    return done


def _erase_all_of(
    work: Session, *, fair: Fair, today: date, now: datetime, actor: Actor
) -> list[list[str]] | None:
    """The addresses of each who was erased; None where all who are left have sessions ahead."""
    people.hold_everybody_still(work, fair.id)
    nobodys = _those_nobody_needs(work, fair, today)
    free = [one for one in nobodys if not _has_sessions_ahead(work, one, now)]
    if nobodys and not free:
        return None
    erased = [_erase_in(work, one, now, actor, "erase_by_retention") for one in free]
    if len(free) == len(nobodys):
        _save(work, fair.id, replace(privacy_in(work, fair.id), erased_on=today))
    audit.record(work, now, actor.label, "retention", "fair", fair.id, {}, {"erased": len(erased)})
    return erased


def _has_sessions_ahead(work: Session, resource_id: str, now: datetime) -> bool:
    return any(
        one.state in LIVE and one.slot.end_at > now
        for one in meetings.meetings_of_resource(work, resource_id)
    )


def _those_nobody_needs(work: Session, fair: Fair, today: date) -> list[str]:
    found = []
    for one in people.people_of(work, fair.id).everyone:
        if isinstance(one, Room) or _is_erased(one):
            continue
        others = fairs.fairs_by_id(work, set(people.fair_ids_of(work, one.id)) - {fair.id}).values()
        if all(_is_over(other, privacy_in(work, other.id), today) for other in others):
            found.append(one.id)
    return found


def _erase_in(work: Session, resource_id: str, now: datetime, actor: Actor, action: str) -> list[str]:
    person = _person(work, resource_id)
    # Whoever books them meanwhile waits, and finds nobody any more.
    for fair_id in people.fair_ids_of(work, resource_id):
        people.hold_still(work, fair_id, (resource_id,))
    if _has_sessions_ahead(work, resource_id, now):
        raise SessionsAhead
    subject = personal.subject_of(work, resource_id)
    personal.erase(work, subject, now)
    consents.withdraw(work, resource_id, now)
    audit.record(work, now, actor.label, action, "resource", resource_id, {}, {"kind": str(kind_of(person))})
    return list(subject.emails)


def _person(work: Session, resource_id: str) -> Resource:
    person = people.get_resource(work, resource_id)
    if isinstance(person, Room):
        raise NotFound(kind=str(Kind.ROOM), key=resource_id)
    return person


def _forget_mails(settings: Settings, emails: list[str]) -> None:
    if not settings.mailbox.is_dir():
        return
    for email in emails:
        FolderPost(settings.mailbox).forget(email)


def _is_erased(person: Resource) -> bool:
    return person.name == personal.erased_name(person.id)


def _due_on(fair: Fair, privacy: Privacy) -> date | None:
    return fair.days[-1] + timedelta(days=privacy.days) if privacy.days is not None and fair.days else None


def _is_due(fair: Fair, privacy: Privacy, today: date) -> bool:
    due_on = _due_on(fair, privacy)
    return due_on is not None and due_on < today and privacy.erased_on is None


def _is_over(fair: Fair, privacy: Privacy, today: date) -> bool:
    due_on = _due_on(fair, privacy)
    return due_on is not None and due_on < today


def _save(work: Session, fair_id: str, privacy: Privacy) -> None:
    kept = {
        "days": privacy.days,
        "consent_text": privacy.consent_text,
        "erased_on": privacy.erased_on.isoformat() if privacy.erased_on else None,
    }
    save_setting(work, _key(fair_id), kept)


def _key(fair_id: str) -> str:
    return f"privacy:{fair_id}"


def _plain(value: Any) -> Any:
    """Values that JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
