"""Doing what is asked once, however often the request arrives: a repeat gets the first answer.

Browsers post a form twice, and programs repeat a request whose answer was lost on the way. The key comes with the
request: a hidden field of the form, or the header `Idempotency-Key`. It is kept in the transaction of what is done,
so neither is there without the other. What was refused was not done, and is looked at anew.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.errors import Refusal
from scheduler.booking.meeting import Meeting
from scheduler.services.actor import Actor
from scheduler.storage import idempotency, meetings
from scheduler.storage.db import Database, new_id
from scheduler.wording import Phrase

KEPT = timedelta(days=3)
LONGEST_KEY = 200


class KeyUsedBefore(Refusal):
    """The key was sent with another request before: one of the two is a mistake, and neither is guessed at."""

    phrase = Phrase("This was sent before with other contents. Load the page again, then decide.")


class BadKey(Refusal):
    """A key that cannot be kept."""

    phrase = Phrase("An idempotency key has 1 to %(count)s characters", count=LONGEST_KEY)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Who asked for what, under which key."""

    actor: str
    key: str
    request_sha256: str


def new_key() -> str:
    """For the hidden field of a form, made when the form is shown."""
    return new_id("once")


def ticket_for(actor: Actor, key: str, *request: object) -> Ticket:
    """`request` is everything that says what is asked for, as JSON can write it or else as text. Raises BadKey."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadKey
    written = json.dumps(request, sort_keys=True, default=str, ensure_ascii=False)
    digest = hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
    return Ticket(actor=actor.label, key=key, request_sha256=digest)


def find_answer(work: Session, ticket: Ticket | None) -> Mapping[str, Any] | None:
    """What was answered before; None where this is the first time. Raises KeyUsedBefore."""
    if ticket is None:
        return None
    found = idempotency.find_answered(work, ticket.actor, ticket.key)
    if found is None:
        return None
    if found.request_sha256 != ticket.request_sha256:
        raise KeyUsedBefore
    return found.answer


def answer_once(
    work: Session, ticket: Ticket | None, deed: Callable[[], Mapping[str, Any]], *, now: datetime
) -> Mapping[str, Any]:
    """What `deed` answers, or what it answered the first time, in the transaction that `work` is. Raises KeyUsedBefore.

    Fifty at once: one does it, and the others wait for its end.
    """
    if ticket is None:
        return deed()
    if not idempotency.begin_answer(work, ticket.actor, ticket.key, ticket.request_sha256, now):
        return find_answer(work, ticket) or {}
    answer = deed()
    idempotency.keep_answer(work, ticket.actor, ticket.key, answer)
    return answer


def meeting_once(
    work: Session, ticket: Ticket | None, meeting_id: str, deed: Callable[[], Meeting], *, now: datetime
) -> Meeting:
    """The meeting of this id, made or changed once; for a repeat the first one's as it stands by now.

    Its id is all that there is to answer, so the answer is kept with the key. Raises KeyUsedBefore.
    """
    known = {"meeting_id": meeting_id}
    if ticket is None or idempotency.begin_answer(
        work, ticket.actor, ticket.key, ticket.request_sha256, now, known
    ):
        return deed()
    answer = find_answer(work, ticket) or known
    return meetings.get_meeting(work, str(answer["meeting_id"]))


def forget_old_answers(db: Database, *, now: datetime) -> None:
    """What nobody will repeat any more goes."""
    with db.write() as work:
        idempotency.forget_answers(work, now - KEPT)
