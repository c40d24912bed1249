"""The ways in which a row of the outbox leaves: by mail, or as a text message. One small interface for both."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import Protocol

from scheduler.invites.calendar import invite
from scheduler.invites.facts import InviteFacts
from scheduler.invites.short import short_wordings
from scheduler.invites.text import letter
from scheduler.mail.headers import Mailbox
from scheduler.mail.message import (
    CalendarPart,
    Draft,
    FinalFailure,
    PassingFailure,
    Post,
    ServerAway,
    compose,
    message_id_for,
)
from scheduler.services.bulletins import Bulletin
from scheduler.services.letters import MAIL, TEXT, Context, Dispatch
from scheduler.storage.outbox import OutboxRow
from scheduler.texting.gateway import Gateway, GatewayAway, TextFailure, TextRefused
from scheduler.texting.words import text_for

CARRIED = frozenset({"ko", "en", "id", "vi"})
"""Languages that can be read in EUC-KR; Vietnamese loses its marks there, and is read all the same."""
Sending = Callable[[], str]
"""Hands one message over; what comes back is its id there. Raises PassingFailure, ServerAway or FinalFailure."""


class Channel(Protocol):
    """`name` is what stands in the rows that go this way."""

    name: str

    def ready(self, row: OutboxRow, decision: Dispatch | Bulletin, context: Context) -> Sending:
        """Makes the message, so that what nothing can be made of fails before anything is handed over."""


class MailChannel:
    """Mails with an invite, or without."""

    name = MAIL

    def __init__(self, post: Post) -> None:
        self._post = post

    def ready(self, row: OutboxRow, decision: Dispatch | Bulletin, context: Context) -> Sending:
        message = (
            _plain_message(row, decision, context)
            if isinstance(decision, Bulletin)
            else _message(row, decision, context)
        )

        def send() -> str:
            self._post.send(message)
            return str(message["Message-ID"])

        return send


class TextChannel:
    """Reminders as text messages. The row's id is the key by which a gateway knows a repeat."""

    name = TEXT

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def ready(self, row: OutboxRow, decision: Dispatch | Bulletin, context: Context) -> Sending:
        if isinstance(decision, Bulletin):
            raise TypeError("only reminders go as text messages")
        text = text_for(decision.phone, short_wordings(_as_carried(decision.facts), decision.notice))

        def send() -> str:
            try:
                return self._gateway.send(text, key=row.id)
            except TextFailure as failure:
                raise _as_failure(failure) from failure

        return send


def _as_carried(facts: InviteFacts) -> InviteFacts:
    """In English for those whose letters no text message can carry."""
    if facts.reader.language in CARRIED:
        return facts
    return replace(facts, reader=replace(facts.reader, language="en"))


def _as_failure(failure: TextFailure) -> PassingFailure | FinalFailure:
    shown = f"…{failure.to[-4:]}"
    if isinstance(failure, TextRefused):
        return FinalFailure(recipient=shown, reason=failure.reason, code=failure.code)
    kind = ServerAway if isinstance(failure, GatewayAway) else PassingFailure
    return kind(recipient=shown, reason=failure.reason, code=failure.code)


def _message(row: OutboxRow, dispatch: Dispatch, context: Context) -> EmailMessage:
    facts, notice = dispatch.facts, dispatch.notice
    words = letter(facts, notice)
    method = notice.method
    return compose(
        Draft(
            message_id=message_id_for(
                meeting_id=row.meeting_id or "",
                revision=row.revision,
                kind=row.kind,
                recipient=facts.reader.email,
                domain=facts.organiser_email.rpartition("@")[2],
            ),
            sent_at=context.now,
            sender=Mailbox(email=facts.organiser_email, name=facts.organiser_name),
            recipient=Mailbox(email=facts.reader.email, name=facts.reader.name),
            subject=words.subject,
            text=words.text,
            html=words.html,
            language=facts.reader.language,
            calendar=CalendarPart(content=invite(facts, notice), method=method) if method else None,
            # Whoever answers by hand reaches the mailbox of today, calendars the one they know.
            reply_to=Mailbox(email=facts.write_to) if facts.has_moved_mailbox else None,
        )
    )


def _plain_message(row: OutboxRow, bulletin: Bulletin, context: Context) -> EmailMessage:
    """A mail that brings no calendar entry. Its Message-ID is of the row, which is about no single session."""
    domain = bulletin.sender_email.rpartition("@")[2]
    return compose(
        Draft(
            message_id=message_id_for(
                meeting_id=row.id,
                revision=row.revision,
                kind=row.kind,
                recipient=bulletin.email,
                domain=domain,
            ),
            sent_at=context.now,
            sender=Mailbox(email=bulletin.sender_email, name=bulletin.sender_name),
            recipient=Mailbox(email=bulletin.email, name=bulletin.name),
            subject=bulletin.letter.subject,
            text=bulletin.letter.text,
            html=bulletin.letter.html,
            language=bulletin.language,
        )
    )
