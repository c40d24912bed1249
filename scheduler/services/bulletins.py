"""Mails without a calendar entry: what they say, from the database as it is when they are sent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduler.booking.fair import Fair, day_of
from scheduler.booking.meeting import State
from scheduler.booking.people import Resource, name_for, zone_of
from scheduler.invites.text import Letter, Row, plain_letter
from scheduler.services.alerts import DECLINES, declines_in
from scheduler.services.answered import PersonAnswer, Said, answers_to
from scheduler.services.board import Entry, entry_of
from scheduler.services.briefing import SUMMARY
from scheduler.services.follow_up import FOLLOW_UP, follow_up_letter
from scheduler.services.invitations import KINDS as OF_ACCOUNTS
from scheduler.services.invitations import account_letter
from scheduler.services.link_letter import PAGE_LINK, link_letter
from scheduler.services.offer import OFFERED, TAKEN, OfferView, offer_address, views_in
from scheduler.services.pick_letters import KINDS as OF_PICKING
from scheduler.services.pick_letters import pick_letter
from scheduler.services.session_facts import contact_of, fair_name, organiser_email, organiser_name
from scheduler.services.webhook_calls import ENDED, ended_letter
from scheduler.settings import Settings
from scheduler.storage import accounts, answers, fairs, meetings, outbox, people
from scheduler.storage.accounts import Account
from scheduler.storage.outbox import OutboxRow
from scheduler.timezones.labels import DayText, both_sides, full_day_label, moment_line
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase

_LETTERS = {PAGE_LINK: link_letter, FOLLOW_UP: follow_up_letter, **dict.fromkeys(OF_PICKING, pick_letter)}
KINDS = frozenset({DECLINES, SUMMARY, OFFERED, TAKEN, ENDED, *_LETTERS}) | OF_ACCOUNTS
_LISTED = 20


@dataclass(frozen=True, kw_only=True)
class Bulletin:
    """One mail to one person, ready but for its headers."""

    email: str
    name: str
    language: str
    sender_email: str
    sender_name: str
    letter: Letter


@dataclass(frozen=True, kw_only=True)
class Unneeded:
    """Why there is nothing to say."""

    reason: Phrase


@dataclass(frozen=True, kw_only=True)
class _Told:
    """One session with what its people have answered."""

    entry: Entry
    answers: tuple[PersonAnswer, ...]

    @property
    def is_open(self) -> bool:
        return any(one.said in (Said.NOTHING, Said.TENTATIVE) for one in self.answers)

    @property
    def declined(self) -> tuple[PersonAnswer, ...]:
        return tuple(one for one in self.answers if one.said is Said.DECLINED)


def bulletins_for(
    work: Session, settings: Settings, rows: Iterable[OutboxRow], *, now: datetime
) -> dict[str, Bulletin | Unneeded]:
    """What each of these rows says now, by its id; rows of other kinds are passed over."""
    found: dict[str, Bulletin | Unneeded] = {}
    for row in rows:
        if row.kind in (OFFERED, TAKEN):
            found[row.id] = _offer(work, settings, row, now)
        elif row.kind in _LETTERS:
            found[row.id] = _addressed(work, settings, row, now)
        elif row.kind in KINDS:
            account = accounts.find_account(work, row.recipient_id)
            found[row.id] = (
                _bulletin(work, settings, row, account, now)
                if account is not None and account.is_active
                else Unneeded(reason=Phrase("the account is closed"))
            )
    return found


def _bulletin(
    work: Session, settings: Settings, row: OutboxRow, account: Account, now: datetime
) -> Bulletin | Unneeded:
    fair = fairs.get_fair_by_id(work, row.fair_id) if row.fair_id is not None else None
    letter: Letter | Unneeded
    if row.kind in OF_ACCOUNTS:
        letter = _of_account(settings, row, account, now)
    elif row.kind == ENDED:
        said = ended_letter(work, row, account.language, settings)
        letter = Unneeded(reason=said) if isinstance(said, Phrase) else said
    elif row.kind == DECLINES:
        letter = _declines(work, settings, row, account.language, now)
    else:
        letter = _summary(work, settings, row, fair, account.language, now)
    if isinstance(letter, Unneeded):
        return letter
    return Bulletin(
        email=account.email,
        name=account.name,
        language=account.language,
        sender_email=organiser_email(fair, settings),
        sender_name=organiser_name(fair, settings, account.language),
        letter=letter,
    )


def _of_account(settings: Settings, row: OutboxRow, account: Account, now: datetime) -> Letter | Unneeded:
    said = account_letter(row, account, settings, now=now)
    return Unneeded(reason=said) if isinstance(said, Phrase) else said


def _offer(work: Session, settings: Settings, row: OutboxRow, now: datetime) -> Bulletin | Unneeded:
    offer_id = str(row.facts["offer_id"])
    view = views_in(work, (offer_id,), now=now).get(offer_id)
    if view is None or (row.kind == OFFERED and not view.is_open):
        return Unneeded(reason=Phrase("the offer is no longer open"))
    contact = contact_of(view.recipient)
    if not contact.email:
        return Unneeded(reason=Phrase("no e-mail address is known"))
    letter = _offered(view, settings) if row.kind == OFFERED else _gone(view, settings)
    return Bulletin(
        email=contact.email,
        name=contact.person or view.recipient.name,
        language=contact.language,
        sender_email=organiser_email(view.fair, settings),
        sender_name=organiser_name(view.fair, settings, contact.language),
        letter=letter,
    )


def _offered(view: OfferView, settings: Settings) -> Letter:
    language, address = contact_of(view.recipient).language, offer_address(settings, view.offer.id)
    until = moment_line(view.offer.expires_at, None, zone_of(view.recipient), language)
    subject = Phrase("A slot has become free: %(when)s", when=_when_offered(view, settings))
    opening = (
        Phrase("A slot has become free. It may be offered to others as well; whoever accepts first has it."),
        Phrase("Nothing is booked for you until you accept."),
    )
    rows = (
        Row(Phrase("Session").text(language), _pair(view, language)),
        Row(Phrase("Fair").text(language), fair_name(view.fair, language)),
        Row(Phrase("Date and time").text(language), _when_offered(view, settings)),
        Row(Phrase("Open until").text(language), until),
        Row(Phrase("Accept or decline").text(language), address, address),
    )
    return plain_letter(language, subject.text(language), [one.text(language) for one in opening], rows)


def _gone(view: OfferView, settings: Settings) -> Letter:
    language = contact_of(view.recipient).language
    when = _when_offered(view, settings)
    subject = Phrase("The offered slot is taken: %(when)s", when=when).text(language)
    opening = Phrase("Somebody else was first. Your other sessions stay as they are.").text(language)
    rows = (Row(Phrase("Session").text(language), _pair(view, language)),)
    return plain_letter(language, subject, (opening,), rows)


def _when_offered(view: OfferView, settings: Settings) -> str:
    slot, language = view.offer.slot, contact_of(view.recipient).language
    return both_sides(slot.start_at, slot.end_at, view.fair.zone, zone_of(view.buyer), language)


def _pair(view: OfferView, language: str) -> str:
    return f"{name_for(view.company, language)} × {view.buyer.name}"


def _addressed(work: Session, settings: Settings, row: OutboxRow, now: datetime) -> Bulletin | Unneeded:
    fair = fairs.get_fair_by_id(work, row.fair_id) if row.fair_id is not None else None
    said = _LETTERS[row.kind](work, settings, row, fair, now=now)
    if isinstance(said, Phrase):
        return Unneeded(reason=said)
    return Bulletin(
        email=said.reader.email,
        name=said.name,
        language=said.reader.language,
        sender_email=organiser_email(fair, settings),
        sender_name=organiser_name(fair, settings, said.reader.language),
        letter=said.letter,
    )


def _declines(
    work: Session, settings: Settings, row: OutboxRow, language: str, now: datetime
) -> Letter | Unneeded:
    told = _told(work, [meeting_id for meeting_id, _ in declines_in(row)], now)
    declined = [
        (told[meeting_id], answer)
        for meeting_id, person_id in declines_in(row)
        if meeting_id in told
        for answer in told[meeting_id].declined
        if answer.person.id == person_id
    ]
    if not declined:
        return Unneeded(reason=Phrase("they have answered otherwise since, or the session has changed"))
    subject = Phrase.counted("%(num)s person cannot come", "%(num)s people cannot come", len(declined))
    return plain_letter(
        language,
        f"{subject.text(language)}: {name_for(declined[0][1].person, language)}",
        (Phrase("The sessions stay as they are until you change them.").text(language),),
        (
            *(row for one, answer in declined for row in _decline_rows(one, answer, settings, language)),
            _own_settings(settings, language),
        ),
    )


def _decline_rows(told: _Told, answer: PersonAnswer, settings: Settings, language: str) -> Iterator[Row]:
    says = f"{name_for(answer.person, language)}: {Phrase('declines').text(language)}"
    if answer.comment:
        says += f" ({answer.comment})"
    words = f"{_sides(told.entry, language)} · {says}"
    yield Row(_when(told.entry, settings, language), words, _session_page(told.entry, settings))


def _summary(
    work: Session, settings: Settings, row: OutboxRow, fair: Fair | None, language: str, now: datetime
) -> Letter | Unneeded:
    day = date.fromisoformat(row.facts["day"])
    told = _day(work, fair, day, settings, now) if fair is not None else ()
    if fair is None or not told:
        return Unneeded(reason=Phrase("there are no sessions on that day"))
    if told[0].entry.slot.start_at <= now:
        return Unneeded(reason=Phrase("the day has begun"))
    unanswered = [one for one in told if one.is_open]
    said = Phrase(
        "%(when)s: %(sessions)s, %(open)s without answer",
        when=_day_said(day, to_wall(now, settings.home_zone).date()),
        sessions=Phrase.counted("%(num)s session", "%(num)s sessions", len(told)),
        open=len(unanswered),
    )
    rows = (
        *_figures(work, fair, told, unanswered, settings, language),
        *_listed([one for one in told if one.declined], Said.DECLINED, settings, language),
        *_listed(unanswered, Said.NOTHING, settings, language),
        Row(Phrase("Board").text(language), _board(fair, day, settings), _board(fair, day, settings)),
        _own_settings(settings, language),
    )
    subject = f"{said.text(language)} – {fair_name(fair, language)}"
    return plain_letter(language, subject, (full_day_label(day, language),), rows)


def _day_said(day: date, today: date) -> Phrase | DayText:
    words = {0: Phrase("Today"), 1: Phrase("Tomorrow")}
    return words.get((day - today).days) or DayText(on=day)


def _figures(
    work: Session,
    fair: Fair,
    told: Sequence[_Told],
    unanswered: Sequence[_Told],
    settings: Settings,
    language: str,
) -> Iterator[Row]:
    slots = [one.entry.slot for one in told]
    last = max(slot.end_at for slot in slots)
    stretch = moment_line(min(slot.start_at for slot in slots), last, settings.home_zone, language)
    declined = sum(1 for one in told if one.declined)
    outgoing = outbox.counts(work, fair.id)
    yield Row(Phrase("Sessions").text(language), f"{len(told)} · {stretch}")
    yield Row(Phrase("Without answer").text(language), str(len(unanswered)))
    yield Row(Phrase("With somebody who cannot come").text(language), str(declined))
    if outgoing.get("collected"):
        yield Row(Phrase("Changes not sent yet").text(language), str(outgoing["collected"]))
    if outgoing.get("failed"):
        yield Row(Phrase("Mails that failed").text(language), str(outgoing["failed"]))


def _listed(told: Sequence[_Told], said: Said, settings: Settings, language: str) -> Iterator[Row]:
    words = Phrase("declines") if said is Said.DECLINED else Phrase("no answer")
    wanted = (Said.DECLINED,) if said is Said.DECLINED else (Said.NOTHING, Said.TENTATIVE)
    for one in told[:_LISTED]:
        names = ", ".join(name_for(each.person, language) for each in one.answers if each.said in wanted)
        said_of = f"{_sides(one.entry, language)} · {names}: {words.text(language)}"
        yield Row(_when(one.entry, settings, language), said_of, _session_page(one.entry, settings))
    if len(told) > _LISTED:
        yield Row("…", Phrase("and %(count)s more", count=len(told) - _LISTED).text(language))


def _own_settings(settings: Settings, language: str) -> Row:
    address = f"{settings.base_address}/briefing/"
    return Row(Phrase("What I am told").text(language), address, address)


def _day(work: Session, fair: Fair, day: date, settings: Settings, now: datetime) -> tuple[_Told, ...]:
    confirmed = meetings.meetings_of_fair(work, fair.id, states=(State.CONFIRMED,))
    of_day = [one.id for one in confirmed if day_of(one.slot, settings.home_zone) == day]
    return tuple(_told(work, of_day, None).values())


def _told(work: Session, meeting_ids: Sequence[str], now: datetime | None) -> dict[str, _Told]:
    """Those that are confirmed and, with `now`, not over; in order of time."""
    found = [
        one
        for one in meetings.meetings_by_id(work, meeting_ids).values()
        if one.state is State.CONFIRMED and (now is None or one.slot.end_at > now)
    ]
    known = answers.answers_standing(work, [one.id for one in found])
    named: Mapping[str, Resource] = people.resources_by_id(
        work, {each for one in found for each in one.resource_ids}
    )
    return {
        one.id: _Told(entry=entry_of(one, named), answers=answers_to(one, known, named))
        for one in sorted(found, key=lambda one: (one.slot.start_at, one.id))
    }


def _when(entry: Entry, settings: Settings, language: str) -> str:
    away = entry.away_zone or settings.home_zone
    return both_sides(entry.slot.start_at, entry.slot.end_at, settings.home_zone, away, language)


def _sides(entry: Entry, language: str) -> str:
    named = [name_for(one, language) for one in (entry.company, entry.buyer) if one is not None]
    return " – ".join(named) or (entry.meeting.title if entry.meeting is not None else "")


def _session_page(entry: Entry, settings: Settings) -> str:
    return f"{settings.base_address}/meetings/{entry.meeting.id}" if entry.meeting is not None else ""


def _board(fair: Fair, day: date, settings: Settings) -> str:
    return f"{settings.base_address}/fairs/{fair.key}/board/?day={day.isoformat()}"
