"""Deciding what an outbox row has to say at the moment of sending, from the database as it is then."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.fair import Fair
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Buyer, Resource, zone_of
from scheduler.invites.facts import InviteFacts, LocalTime, Notice, Reader, Was
from scheduler.services.bulletins import KINDS as BULLETINS
from scheduler.services.bulletins import Bulletin, Unneeded, bulletins_for
from scheduler.services.links import buyer_address
from scheduler.services.notices import LOCAL_TIMES, REMINDER, Kind, recipients_of
from scheduler.services.reminder_rules import (
    ANSWER,
    ReminderRules,
    is_of_the_day_before,
    kind_in,
    moment_of,
    rules_of_fairs,
)
from scheduler.services.session_facts import (
    ROLES,
    contact_of,
    named_in,
    names_of,
    organiser_email,
    room_name,
    session_facts,
    slot_in,
)
from scheduler.settings import Settings
from scheduler.storage import answers, fairs, meetings, outbox, people
from scheduler.storage.choices import ReminderChoice, choices_of
from scheduler.storage.meetings import Promise
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.preferences import Preference, preferences_of
from scheduler.texting.words import phone_number
from scheduler.timezones.wall import is_zone, parse_wall
from scheduler.wording import Phrase

_NOTICES = frozenset(map(str, Kind))
_ASKING = f"{REMINDER}{ANSWER}"
MAIL, TEXT = "mail", "text"
"""The channels that a row can go by."""


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A row that is not to be sent any more, and why."""

    reason: Phrase
    is_superseded: bool = False


@dataclass(frozen=True, kw_only=True)
class ByMail:
    """A row that was to go as a text message and cannot: it goes by mail, and why."""

    reason: Phrase


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """What one row says to its reader. `phone` is where a text message goes, empty for a mail."""

    notice: Notice
    facts: InviteFacts
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything that the rows of one batch are decided from, read in one go."""

    settings: Settings
    now: datetime
    meetings: Mapping[str, Meeting]
    fairs: Mapping[str, Fair]
    resources: Mapping[str, Resource]
    history: Mapping[str, Sequence[OutboxRow]]
    pages: Mapping[tuple[str, str], str]
    reminders: Mapping[str | None, ReminderRules]
    bulletins: Mapping[str, Bulletin | Unneeded] = field(default_factory=dict)
    promises: Mapping[str, Promise] = field(default_factory=dict)
    answered: frozenset[tuple[str, str]] = frozenset()
    """Session and person of those who have said yes or no to it, as far as a row asks."""
    choices: Mapping[str, ReminderChoice] = field(default_factory=dict)
    preferences: Mapping[str, Preference] = field(default_factory=dict)


def context_for(work: Session, settings: Settings, rows: Sequence[OutboxRow], *, now: datetime) -> Context:
    """Reads what the rows are about; the number of queries does not grow with them, except for new links."""
    found = context_without_links(work, settings, rows, now=now)
    pages = _pages(work, settings, rows, found.resources, now)
    # Some bulletins lead to these pages too: now that the pages have addresses, they are said again.
    return replace(found, pages=pages, bulletins=bulletins_for(work, settings, rows, now=now))


def context_without_links(
    work: Session, settings: Settings, rows: Sequence[OutboxRow], *, now: datetime
) -> Context:
    """The same for looking only: no link is made, and none stands in what the rows say."""
    about = meetings.meetings_by_id(work, [row.meeting_id for row in rows if row.meeting_id is not None])
    history: dict[str, list[OutboxRow]] = {}
    for row in outbox.rows_of_meetings(work, list(about)):
        history.setdefault(row.meeting_id or "", []).append(row)
    named = {row.recipient_id for row in rows} | {one for row in rows for one in named_in(row.facts)}
    named |= {one for meeting in about.values() for one in meeting.resource_ids}
    # What was told before may name a room or an interpreter that nothing names any more.
    named |= {one for told in history.values() for row in told for one in named_in(row.facts)}
    resources = people.resources_by_id(work, named)
    fair_ids = {meeting.fair_id for meeting in about.values() if meeting.fair_id is not None}
    return Context(
        settings=settings,
        now=now,
        meetings=about,
        fairs=fairs.fairs_by_id(work, fair_ids),
        resources=resources,
        history=history,
        pages={},
        reminders=rules_of_fairs(work, fair_ids, settings.reminder_minutes),
        bulletins=bulletins_for(work, settings, rows, now=now),
        promises=meetings.promises_of(work, about),
        answered=_answered(work, rows),
        choices=choices_of(work, {row.recipient_id for row in rows if row.channel != MAIL}),
        preferences=preferences_of(work, sorted({row.recipient_id for row in rows})),
    )


def _answered(work: Session, rows: Sequence[OutboxRow]) -> frozenset[tuple[str, str]]:
    asking = {row.meeting_id for row in rows if row.kind == _ASKING and row.meeting_id is not None}
    known = answers.answers_standing(work, sorted(asking)) if asking else ()
    return frozenset((one.meeting_id, one.recipient_id) for one in known)


Decision = Dispatch | Bulletin | Silence | ByMail


def read_in(context: Context, language: str) -> Context:
    """The same as if every reader had chosen this language: what a coordinator reads of other people's mails."""
    known = context.preferences
    chosen = {
        key: Preference(
            resource_id=key,
            language=language,
            zone=known[key].zone if key in known else "",
            changed_at=context.now,
        )
        for key in context.resources
    }
    return replace(context, preferences=chosen)


def decide(row: OutboxRow, context: Context) -> Decision:
    """What the row says now, or why it is silent."""
    if row.kind in BULLETINS:
        found = context.bulletins[row.id]
        return _silence(found.reason) if isinstance(found, Unneeded) else found
    meeting = context.meetings.get(row.meeting_id or "")
    reader = context.resources.get(row.recipient_id)
    if meeting is None or reader is None:
        return _silence(Phrase("the session or the person is no longer there"))
    if row.channel != MAIL:
        return _text(row, meeting, reader, context)
    if not contact_of(reader).email:
        return _silence(Phrase("no e-mail address is known"))
    if row.kind.startswith(REMINDER):
        return _reminder(row, meeting, reader, context)
    return _notice(row, meeting, reader, context)


def _text(
    row: OutboxRow, meeting: Meeting, reader: Resource, context: Context
) -> Dispatch | Silence | ByMail:
    decision = _reminder(row, meeting, reader, context)
    if isinstance(decision, Silence):
        return decision
    if decision.notice is Notice.REMINDER_ANSWER:
        return ByMail(reason=Phrase("a text message cannot be answered"))
    choice, phone = context.choices.get(reader.id), phone_number(contact_of(reader).phone)
    if choice is None or not choice.takes_texts_at(phone):
        return ByMail(reason=Phrase("no number is known to which this person has agreed"))
    return replace(decision, phone=phone or "")


def _reminder(row: OutboxRow, meeting: Meeting, reader: Resource, context: Context) -> Dispatch | Silence:
    rule, zone = row.kind.removeprefix(REMINDER), zone_of(reader)
    rules = context.reminders[meeting.fair_id].of(kind_in(meeting, reader.id))
    if meeting.state is not State.CONFIRMED or reader.id not in recipients_of(meeting):
        return _silence(Phrase("the session was cancelled, or this person is no longer in it"))
    if meeting.slot != slot_in(row.facts):
        return _silence(Phrase("the session was moved"))
    if context.now >= meeting.slot.start_at:
        return _silence(Phrase("the session has begun"))
    if rule not in rules:
        return _silence(Phrase("this reminder has been switched off"))
    due_at = moment_of(rule, meeting.slot, zone)
    if any(due_at < moment_of(one, meeting.slot, zone) <= context.now for one in rules):
        return _silence(Phrase("a later reminder is due already"))
    if rule == ANSWER and (meeting.id, reader.id) in context.answered:
        return _silence(Phrase("this person has answered"))
    return Dispatch(notice=_reminding(rule), facts=_facts(row, meeting, reader, context, None))


def _reminding(rule: str) -> Notice:
    if rule == ANSWER:
        return Notice.REMINDER_ANSWER
    return Notice.REMINDER_DAY if is_of_the_day_before(rule) else Notice.REMINDER_HOUR


def _notice(row: OutboxRow, meeting: Meeting, reader: Resource, context: Context) -> Dispatch | Silence:
    theirs = [one for one in context.history.get(meeting.id, ()) if _is_same_thread(one, row)]
    if any(one.revision > row.revision and one.state in ("due", "leased", "sent") for one in theirs):
        return Silence(reason=Phrase("a newer notice takes its place"), is_superseded=True)
    if context.now >= slot_in(row.facts).end_at:
        return _silence(Phrase("the session is over"))
    sent = sorted((one for one in theirs if one.state == "sent"), key=lambda one: one.revision)
    last = sent[-1] if sent and sent[-1].kind != Kind.CANCEL else None
    if row.kind == Kind.CANCEL:
        if last is None:
            return _silence(Phrase("this person was never invited"))
        # An interpreter whose part another has taken over must not tell everybody that the session is cancelled.
        facts = replace(_facts(row, meeting, reader, context, None), goes_on=meeting.state is State.CONFIRMED)
        return Dispatch(notice=Notice.CANCEL, facts=facts)
    if last is None:
        return Dispatch(notice=Notice.REQUEST, facts=_facts(row, meeting, reader, context, None))
    if _visible(last) == _visible(row) and LOCAL_TIMES not in row.facts:
        return _silence(Phrase("nothing has changed for this person"))
    return Dispatch(notice=Notice.UPDATE, facts=_facts(row, meeting, reader, context, last))


def _is_same_thread(one: OutboxRow, row: OutboxRow) -> bool:
    return one.id != row.id and one.recipient_id == row.recipient_id and one.kind in _NOTICES


def _visible(row: OutboxRow) -> dict[str, object]:
    return {key: value for key, value in row.facts.items() if not key.startswith("previous_")}


def _facts(
    row: OutboxRow, meeting: Meeting, reader: Resource, context: Context, last: OutboxRow | None
) -> InviteFacts:
    contact, chosen = contact_of(reader), context.preferences.get(reader.id)
    # Who reads the page in another language, or from another zone on a journey, reads mails so too.
    language = (chosen.language if chosen is not None else "") or contact.language
    return session_facts(
        meeting,
        row.facts,
        Reader(
            name=contact.person or reader.name,
            # Whoever is reached by telephone alone may have no mail address; no text message shows one.
            email=contact.email or context.settings.mail_from,
            language=language,
            zone=chosen.zone if chosen is not None and is_zone(chosen.zone) else zone_of(reader),
            role=ROLES[type(reader)],
        ),
        sequence=row.revision,
        stamp=row.created_at,
        page=_page_of(meeting, reader, context),
        was=_was(row, last, context, language) if last is not None else None,
        resources=context.resources,
        fair=context.fairs.get(meeting.fair_id or ""),
        settings=context.settings,
        # A reminder stands in no calendar, so it may come from the mailbox of today.
        organiser=organiser_of(meeting, context) if row.kind in _NOTICES else "",
    )


def organiser_of(meeting: Meeting, context: Context) -> str:
    """The address that its invites name: the one they named first, whatever the fair's has become since."""
    promised = context.promises.get(meeting.id)
    fair = context.fairs.get(meeting.fair_id or "")
    return (promised.organiser if promised is not None else "") or organiser_email(fair, context.settings)


def _page_of(meeting: Meeting, reader: Resource, context: Context) -> str:
    """Where the reader sees this session and says whether they come; a buyer outside any fair has no page."""
    if isinstance(reader, Buyer):
        found = context.pages.get((reader.id, meeting.fair_id or ""))
        return f"{found}#{meeting.id}" if found else f"{context.settings.base_address}/"
    return f"{context.settings.base_address}/my/{meeting.id}"


def _was(row: OutboxRow, last: OutboxRow, context: Context, language: str) -> Was:
    """What the reader was told before, where it differs from what they are told now."""
    before, after = last.facts, row.facts

    def differs(key: str) -> bool:
        return before.get(key) != after.get(key)

    return Was(
        slot=slot_in(last.facts) if slot_in(last.facts) != slot_in(row.facts) else None,
        room_name=(room_name(before.get("room_id"), context.resources, language) or "")
        if differs("room_id")
        else None,
        interpreter_names=(
            names_of(before.get("interpreter_ids"), context.resources, language)
            if differs("interpreter_ids")
            else None
        ),
        link=str(before.get("link") or "") if differs("link") else None,
        local_times=tuple(_local_times(after)),
    )


def _local_times(told: Mapping[str, object]) -> Iterator[LocalTime]:
    kept = told.get(LOCAL_TIMES)
    for zone, (was, now) in sorted(kept.items()) if isinstance(kept, dict) else ():
        yield LocalTime(zone=zone, was=parse_wall(was), now=parse_wall(now))


def _pages(
    work: Session,
    settings: Settings,
    rows: Iterable[OutboxRow],
    resources: Mapping[str, Resource],
    now: datetime,
) -> dict[tuple[str, str], str]:
    return {
        (buyer_id, fair_id): buyer_address(work, settings, buyer_id=buyer_id, fair_id=fair_id, now=now)
        for buyer_id, fair_id in sorted(pages_wanted(rows, resources))
    }


def pages_wanted(rows: Iterable[OutboxRow], resources: Mapping[str, Resource]) -> set[tuple[str, str]]:
    """(buyer, fair) of those whose mail leads to a page of their own."""
    return {
        (row.recipient_id, row.fair_id)
        for row in rows
        if row.fair_id is not None and isinstance(resources.get(row.recipient_id), Buyer)
    }


def _silence(reason: Phrase) -> Silence:
    return Silence(reason=reason)
