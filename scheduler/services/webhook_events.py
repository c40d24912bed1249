"""What programs elsewhere are told: rows of the outbox, written in the transaction of what happened.

They name ids and times, and nobody's name or address: whoever may know more asks the interface with a key.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.meeting import Meeting, State
from scheduler.storage import fairs, outbox, webhooks
from scheduler.storage.db import new_id
from scheduler.storage.outbox import OutboxRow
from scheduler.wording import Phrase


class Event(StrEnum):
    BOOKED = "session.booked"
    MOVED = "session.moved"
    CANCELLED = "session.cancelled"
    ANSWERED = "session.answered"
    PUBLISHED = "plan.published"


EVENT_WORDS: dict[str, Phrase] = {
    Event.BOOKED: Phrase("a session is booked"),
    Event.MOVED: Phrase("a session is moved, or gets another room or interpreter"),
    Event.CANCELLED: Phrase("a session is cancelled"),
    Event.ANSWERED: Phrase("somebody says whether they come"),
    Event.PUBLISHED: Phrase("a grid is published"),
}
_Said = tuple[Event, str | None, Mapping[str, Any]]
"""What happened, in which fair (by its id), and the facts."""


def events_of(
    work: Session, changes: Iterable[tuple[Meeting | None, Meeting]], *, now: datetime
) -> tuple[OutboxRow, ...]:
    """The rows that changes of sessions, each as (before, after), call for; what is only held is nobody's business
    yet.
    """
    said = [told for before, after in changes if (told := _change(before, after)) is not None]
    return _events(work, said, now)


def tell_of_answer(work: Session, meeting: Meeting, person_id: str, said: str, *, now: datetime) -> None:
    """`said` is accepted, declined or tentative."""
    facts = {"session": _facts(meeting), "answer": {"person_id": person_id, "said": said}}
    outbox.add_rows(work, _events(work, [(Event.ANSWERED, meeting.fair_id, facts)], now))


def tell_of_publication(work: Session, fair_id: str, counts: Mapping[str, int], *, now: datetime) -> None:
    """`counts` are the sessions that it added, moved, cancelled and left unchanged."""
    outbox.add_rows(work, _events(work, [(Event.PUBLISHED, fair_id, {"publication": dict(counts)})], now))


def _events(work: Session, said: Sequence[_Said], now: datetime) -> tuple[OutboxRow, ...]:
    listening = webhooks.listening(work) if said else ()
    wanted = {event for _, events in listening for event in events}
    heard = [one for one in said if one[0] in wanted]
    if not heard:
        return ()
    keys = {one.id: one.key for one in fairs.fairs_by_id(work, {of for _, of, _ in heard if of}).values()}
    return tuple(_rows(listening, heard, keys, now))


def _rows(
    listening: Sequence[tuple[str, frozenset[str]]],
    said: Sequence[_Said],
    keys: Mapping[str, str],
    now: datetime,
) -> Iterator[OutboxRow]:
    for event, fair_id, facts in said:
        for webhook_id, events in listening:
            if event not in events:
                continue
            # No meeting and no fair of its own: these are notices to people, which this is not.
            yield OutboxRow(
                id=new_id("evt"),
                meeting_id=None,
                fair_id=None,
                revision=0,
                kind=str(event),
                recipient_id=webhook_id,
                state="due",
                due_at=now,
                created_at=now,
                facts={"at": now.isoformat(), "fair": keys.get(fair_id or ""), **facts},
                channel=webhooks.CHANNEL,
            )


def _change(before: Meeting | None, after: Meeting) -> _Said | None:
    was, stands = _is_announced(before), _is_announced(after)
    if stands and (before is None or not was):
        return (Event.BOOKED, after.fair_id, {"session": _facts(after)})
    if stands and before is not None and _place(before) != _place(after):
        return (Event.MOVED, after.fair_id, {"session": _facts(after), "previous": _place(before)})
    if was and after.state is State.CANCELLED:
        return (Event.CANCELLED, after.fair_id, {"session": _facts(after)})
    return None


def _is_announced(meeting: Meeting | None) -> bool:
    return meeting is not None and meeting.state is State.CONFIRMED


def _facts(meeting: Meeting) -> dict[str, Any]:
    return {
        "id": meeting.id,
        "match_id": meeting.match_id,
        "company_id": meeting.company_id,
        "buyer_id": meeting.buyer_id,
        **_place(meeting),
        "state": str(meeting.state),
        "revision": meeting.revision,
    }


def _place(meeting: Meeting) -> dict[str, Any]:
    return {
        "start_at": meeting.slot.start_at.isoformat(),
        "end_at": meeting.slot.end_at.isoformat(),
        "interpreter_ids": list(meeting.interpreter_ids),
        "room_id": meeting.room_id,
    }
