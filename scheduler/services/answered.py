"""Who has said that they come: the answers to sessions, each person's own and counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Resource, zone_of
from scheduler.booking.slot import Slot
from scheduler.services.notices import recipients_of
from scheduler.services.session_facts import contact_of
from scheduler.storage import answers, meetings, people
from scheduler.storage.answers import Answer
from scheduler.storage.db import Database
from scheduler.timezones.wall import to_wall


class Said(StrEnum):
    """What somebody has answered to a session at the time it has now."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """The time of a session by somebody's own clocks, as the form of an absence takes it."""

    on: date
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class PersonAnswer:
    """One invited person and their last word. Whoever has no e-mail address is not asked by mail."""

    person: Resource
    said: Said
    stretch: Stretch
    comment: str = ""
    answered_at: datetime | None = None

    @property
    def can_answer(self) -> bool:
        return bool(contact_of(self.person).email)


@dataclass(frozen=True, kw_only=True)
class Declined:
    """A session to come and somebody who will not be there."""

    meeting: Meeting
    answer: PersonAnswer
    company: Resource | None
    buyer: Resource | None


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many of somebody's sessions to come they have answered, and how."""

    accepted: int = 0
    declined: int = 0
    tentative: int = 0
    nothing: int = 0


def answers_to(
    meeting: Meeting, known: Iterable[Answer], resources: Mapping[str, Resource]
) -> tuple[PersonAnswer, ...]:
    """One for everybody invited, company and buyer first. `known` are answers that stand, also of others."""
    theirs = {one.recipient_id: one for one in known if one.meeting_id == meeting.id}
    return tuple(
        _answer_of(meeting, resources[one], theirs.get(one))
        for one in recipients_of(meeting)
        if one in resources
    )


def declined_of_fair(db: Database, fair_id: str, *, now: datetime) -> tuple[Declined, ...]:
    """Who will not come to sessions that have not begun, in order of time. Always the same number of queries."""
    with db.read() as work:
        known = [one for one in answers.answers_of_fair(work, fair_id) if one.partstat == Said.DECLINED]
        about = meetings.meetings_by_id(work, {one.meeting_id for one in known})
        ahead = [one for one in about.values() if one.slot.start_at > now]
        named = people.resources_by_id(work, {each for one in ahead for each in one.resource_ids}, fair_id)
    return tuple(
        Declined(
            meeting=meeting,
            answer=answer,
            company=named.get(meeting.company_id or ""),
            buyer=named.get(meeting.buyer_id or ""),
        )
        for meeting in sorted(ahead, key=lambda one: (one.slot.start_at, one.id))
        for answer in answers_to(meeting, known, named)
        if answer.said is Said.DECLINED
    )


def tallies_of_fair(db: Database, fair_id: str, *, now: datetime) -> dict[str, Tally]:
    """By person, over the confirmed sessions of a fair that are not over. Always the same number of queries."""
    with db.read() as work:
        ahead = meetings.meetings_of_fair(work, fair_id, states=(State.CONFIRMED,), first=now)
        known = answers.answers_of_fair(work, fair_id)
    said = {(one.meeting_id, one.recipient_id): one.partstat for one in known}
    counts: dict[str, dict[str, int]] = {}
    for meeting in ahead:
        for person_id in recipients_of(meeting):
            word = said.get((meeting.id, person_id), str(Said.NOTHING))
            of_person = counts.setdefault(person_id, {})
            of_person[word] = of_person.get(word, 0) + 1
    return {person_id: Tally(**found) for person_id, found in counts.items()}


def _answer_of(meeting: Meeting, person: Resource, answer: Answer | None) -> PersonAnswer:
    stretch = _stretch(meeting.slot, zone_of(person))
    if answer is None:
        return PersonAnswer(person=person, said=Said.NOTHING, stretch=stretch)
    return PersonAnswer(
        person=person,
        said=Said(answer.partstat),
        stretch=stretch,
        comment=answer.comment,
        answered_at=answer.received_at,
    )


def _stretch(slot: Slot, zone: str) -> Stretch:
    since, until = to_wall(slot.start_at, zone), to_wall(slot.end_at, zone)
    return Stretch(on=since.date(), since=f"{since:%H:%M}", until=f"{until:%H:%M}")
