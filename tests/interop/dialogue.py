"""An invite, its update and its cancellation, on their way through a mail into somebody's calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from scheduler.booking.slot import Slot
from scheduler.invites.calendar import invite
from scheduler.invites.facts import InviteFacts, Notice, Reader, Was
from scheduler.invites.text import letter
from scheduler.mail.headers import POLICY, Mailbox
from scheduler.mail.message import CalendarPart, Draft, compose, message_id_for
from tests.interop.seen import Calendar, CalendarReader, Seen, client_of
from tests.invitations import invite_facts


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """The three calendars as they arrived, and the two slots that were promised."""

    invite: bytes
    update: bytes
    cancellation: bytes
    first: Slot
    second: Slot
    reader: Reader


def dialogue(*, reader: Reader, away_zone: str, first: Slot, second: Slot) -> Dialogue:
    """Each part taken out of the bytes of its mail."""
    told = {"reader": reader, "away_zone": away_zone}
    asked = invite_facts(slot=first, sequence=0, **told)
    moved = invite_facts(slot=second, sequence=1, was=Was(slot=first), **told)
    dropped = invite_facts(slot=second, sequence=2, **told)
    return Dialogue(
        invite=_through_mail(asked, Notice.REQUEST),
        update=_through_mail(moved, Notice.UPDATE),
        cancellation=_through_mail(dropped, Notice.CANCEL),
        first=first,
        second=second,
        reader=reader,
    )


def faults(story: Dialogue, reader: CalendarReader) -> tuple[str, ...]:
    """What is wrong with the story as this reader tells it; empty when a client lives through it rightly."""
    client = client_of(reader)
    asked, moved = client.receive(story.invite), client.receive(story.update)
    kept = dict(client.events)
    dropped = client.receive(story.cancellation)
    return (
        *_same_uid(asked, moved, dropped),
        *_rising(asked, moved, dropped),
        *_right_instants(story, asked, moved),
        *_the_reader_alone(story, asked, moved, dropped),
        *(f"complaint: {one}" for seen in (asked, moved, dropped) for one in seen.complaints),
        *_applied(story, kept, client),
    )


def _same_uid(*calendars: Seen) -> Iterator[str]:
    uids = {event.uid for seen in calendars for event in seen.events}
    if len(uids) != 1:
        yield f"uid: {sorted(uids)}"


def _rising(*calendars: Seen) -> Iterator[str]:
    numbers = [event.sequence for seen in calendars for event in seen.events]
    if numbers != sorted(set(numbers)):
        yield f"sequence: {numbers}"


def _right_instants(story: Dialogue, asked: Seen, moved: Seen) -> Iterator[str]:
    for seen, slot in ((asked, story.first), (moved, story.second)):
        wanted = (int(slot.start_at.timestamp()), int(slot.end_at.timestamp()), False)
        for event in seen.events:
            if (event.starts, event.ends, event.is_floating) != wanted:
                yield f"instant: {event.starts} to {event.ends} instead of {wanted[0]} to {wanted[1]}"


def _the_reader_alone(story: Dialogue, *calendars: Seen) -> Iterator[str]:
    wanted = (("fair@namdong.example",), (story.reader.email,))
    for seen in calendars:
        for event in seen.events:
            if (event.organisers, event.attendees) != wanted:
                yield f"people: {event.organisers} and {event.attendees}"
        if seen.method == "REQUEST" and [event.asked for event in seen.events] != [(True,)]:
            yield "answer: the reader is not asked for one"


def _applied(story: Dialogue, kept: dict[str, object], client: Calendar) -> Iterator[str]:
    if len(kept) != 1:
        yield f"update: {len(kept)} events instead of one"
    starts = [getattr(event, "starts", None) for event in kept.values()]
    if starts != [int(story.second.start_at.timestamp())]:
        yield f"update: the calendar shows {starts}"
    if client.events:
        yield "cancellation: the event still stands"


def _through_mail(facts: InviteFacts, notice: Notice) -> bytes:
    """Out of the mail as a client takes it: the calendar among the alternatives, whose MIME method agrees."""
    sent = compose(draft_for(facts, notice)).as_bytes(policy=POLICY)
    message = message_from_bytes(sent, policy=policy.default)
    assert isinstance(message, EmailMessage)
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert part["Content-Type"].params["method"] == notice.method
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def draft_for(facts: InviteFacts, notice: Notice) -> Draft:
    """The mail of one notice, put together as the program does it."""
    words = letter(facts, notice)
    key = {"meeting_id": facts.uid, "revision": facts.sequence, "kind": str(notice)}
    calendar = CalendarPart(content=invite(facts, notice), method=notice.method) if notice.method else None
    return Draft(
        message_id=message_id_for(**key, recipient=facts.reader.email, domain="sangdam.example"),
        sent_at=facts.stamp,
        sender=Mailbox(email=facts.organiser_email, name=facts.organiser_name),
        recipient=Mailbox(email=facts.reader.email, name=facts.reader.name),
        subject=words.subject,
        text=words.text,
        html=words.html,
        language=facts.reader.language,
        calendar=calendar,
    )
