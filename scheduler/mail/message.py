"""Mail messages as every client shows them right: an invite's buttons appear, a repeat is recognised."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from scheduler.mail.headers import POLICY, BadHeader, Mailbox, Written, address, ascii_domain, words


@dataclass(frozen=True, kw_only=True)
class CalendarPart:
    """A calendar object as bytes (CRLF lines) and its METHOD, which the part of the mail must repeat."""

    content: bytes
    method: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a message is made from. `message_id` comes from `message_id_for`; `sent_at` is an instant.

    `sender` is the organiser's monitored mailbox, the ORGANIZER of the calendar object.
    """

    message_id: str
    sent_at: datetime
    sender: Mailbox
    recipient: Mailbox
    subject: str
    text: str
    html: str
    language: str
    calendar: CalendarPart | None = None
    reply_to: Mailbox | None = None


class Post(Protocol):
    """A way for messages to leave. Sending the same Message-ID twice is harmless."""

    def send(self, message: EmailMessage) -> None:
        """Raises PassingFailure when it is worth trying again, FinalFailure when it is not."""


class Failure(Exception):
    """One message did not reach one recipient. `code` is the server's, or None when it gave none."""

    def __init__(self, *, recipient: str, reason: str, code: int | None = None) -> None:
        self.recipient, self.reason, self.code = recipient, reason, code
        super().__init__(recipient, reason, code)

    def __str__(self) -> str:
        return (
            f"{self.recipient}: {self.reason}"
            if self.code is None
            else f"{self.recipient}: {self.code} {self.reason}"
        )


class PassingFailure(Failure):
    """Worth trying again later."""


class FinalFailure(Failure):
    """Trying again would give the same answer."""


def message_id_for(*, meeting_id: str, revision: int, kind: str, recipient: str, domain: str) -> str:
    """The Message-ID of one mail, always the same, in angle brackets. It does not show the recipient."""
    key = "\n".join((meeting_id, str(revision), kind, recipient.lower()))
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"<{digest[:40]}@{ascii_domain('Message-ID', domain)}>"


def compose(draft: Draft) -> EmailMessage:
    """The message: mixed[alternative[text, HTML, calendar], invite.ics]. Raises BadHeader."""
    message = EmailMessage(policy=POLICY)
    _add_text(message, draft)
    if draft.calendar is not None:
        _add_calendar(message, draft.calendar)
    _set_headers(message, draft)
    _set_boundaries(message, draft.message_id)
    return message


def _set_headers(message: EmailMessage, draft: Draft) -> None:
    if not _MESSAGE_ID.fullmatch(draft.message_id):
        raise BadHeader(header="Message-ID", value=draft.message_id)
    message["From"] = address("From", draft.sender)
    message["To"] = address("To", draft.recipient)
    if draft.reply_to is not None:
        message["Reply-To"] = address("Reply-To", draft.reply_to)
    message["Subject"] = words("Subject", draft.subject)
    message["Date"] = Written(format_datetime(draft.sent_at))
    message["Message-ID"] = Written(draft.message_id)
    message["Content-Language"] = words("Content-Language", draft.language)
    # Absence notes and other answering machines must not reply to these.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"


def _add_text(message: EmailMessage, draft: Draft) -> None:
    # Both encodings write "=" as something else, so no text can imitate the boundary of a part.
    message.set_content(draft.text, charset="utf-8", cte=_encoding(draft.text))
    message.add_alternative(draft.html, subtype="html", charset="utf-8", cte=_encoding(draft.html))


def _encoding(text: str) -> str:
    return "quoted-printable" if text.isascii() else "base64"


def _add_calendar(message: EmailMessage, calendar: CalendarPart) -> None:
    """Among the alternatives, or clients show no buttons; and as a file for those that only know files."""
    if _METHOD.fullmatch(calendar.method) is None:
        raise BadHeader(header="Content-Type", value=calendar.method)
    parameters = {"method": calendar.method}
    written = calendar.content.decode("utf-8")
    message.add_alternative(written, subtype="calendar", charset="utf-8", cte="base64", params=parameters)
    message.add_attachment(
        calendar.content, maintype="application", subtype="ics", filename="invite.ics", params=parameters
    )


def _set_boundaries(message: EmailMessage, message_id: str) -> None:
    """The same draft gives the same bytes."""
    name = hashlib.sha256(message_id.encode("ascii")).hexdigest()[:24]
    multiparts = (part for part in message.walk() if part.is_multipart())
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{number}_{name}")


_METHOD = re.compile("[A-Z]{3,20}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.]{1,64}@[A-Za-z0-9.-]{1,255}>")
