"""Mail messages as every client shows them right: an invite's buttons appear, a repeat is recognised."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
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
        """Raises PassingFailure when it is worth trying again, ServerAway when no mail would go through at the
        moment, FinalFailure when trying again is of no use.
        """


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


class ServerAway(PassingFailure):
    """The mail server itself cannot be reached or lets nobody in: no other mail would fare better now."""


class FinalFailure(Failure):
    """Trying again would give the same answer."""


def message_id_for(*, meeting_id: str, revision: int, kind: str, recipient: str, domain: str) -> str:
    """The Message-ID of one mail, always the same, in angle brackets. It does not show the recipient."""
    key = "\n".join((meeting_id, str(revision), kind, recipient.lower()))
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"<{digest[:40]}@{ascii_domain('Message-ID', domain)}>"


def compose(draft: Draft) -> EmailMessage:
    """The message: mixed[alternative[text, HTML, calendar], invite.ics]. Raises BadHeader.

    The same draft gives the same bytes. The parts are written here, as the standard library takes 5 ms to add
    them and a hundred mails a second go through one worker.
    """
    message = EmailMessage(policy=POLICY)
    _set_headers(message, draft)
    message["MIME-Version"] = Written("1.0")
    calendar, boundary = draft.calendar, hashlib.sha256(draft.message_id.encode()).hexdigest()[:24]
    alternatives: list[Message | str] = [
        _text_part("text/plain", draft.text),
        _text_part("text/html", draft.html),
    ]
    if calendar is None:
        return _filled(message, "alternative", f"=_0_{boundary}", alternatives)
    # Among the alternatives, or clients show no buttons; and as a file for those that only know files.
    method, octets = _method(calendar), _base64(calendar.content)
    alternatives.append(_part(f'text/calendar; charset="utf-8"; {method}', "base64", octets))
    file = _part(f'application/ics; name="invite.ics"; {method}', "base64", octets)
    file["Content-Disposition"] = Written('attachment; filename="invite.ics"')
    both = _filled(EmailMessage(policy=POLICY), "alternative", f"=_1_{boundary}", alternatives)
    return _filled(message, "mixed", f"=_0_{boundary}", [both, file])


def octets_of(message: EmailMessage) -> bytes:
    """The message as it goes over the line. What `compose` made is ASCII already and only strung together: the
    standard library takes a third of a millisecond to find that out.
    """
    written = _strung(message)
    return message.as_bytes(policy=POLICY) if written is None else written.encode("ascii")


def _strung(part: Message) -> str | None:
    """None for what was not made here."""
    headers = list(part.raw_items())
    if not all(isinstance(value, Written) for _name, value in headers):
        return None
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    payload = part.get_payload()
    if isinstance(payload, str):
        return f"{head}\r\n{payload}"
    boundary = _BOUNDARY.search(next(value for name, value in headers if name == "Content-Type"))
    parts = [_strung(one) for one in payload if isinstance(one, Message)]
    if boundary is None or None in parts:
        return None
    body = "".join(f"--{boundary[1]}\r\n{one}\r\n" for one in parts)
    return f"{head}\r\n{body}--{boundary[1]}--\r\n"


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
    message["Auto-Submitted"] = Written("auto-generated")
    message["X-Auto-Response-Suppress"] = Written("OOF, AutoReply")


def _filled(message: EmailMessage, kind: str, boundary: str, parts: list[Message | str]) -> EmailMessage:
    message["Content-Type"] = Written(f'multipart/{kind}; boundary="{boundary}"')
    message.set_payload(parts)
    return message


def _text_part(kind: str, text: str) -> EmailMessage:
    # Both encodings write "=" as something else, so no text can imitate the boundary of a part.
    octets, kind = _LINE_ENDS.sub("\r\n", text).encode("utf-8", "replace"), f'{kind}; charset="utf-8"'
    if not octets.isascii():
        return _part(kind, "base64", _base64(octets))
    return _part(kind, "quoted-printable", binascii.b2a_qp(octets).decode("ascii"))


def _base64(content: bytes) -> str:
    written = base64.b64encode(content).decode("ascii")
    return "".join(f"{written[at : at + 76]}\r\n" for at in range(0, len(written), 76))


def _part(kind: str, encoding: str, payload: str) -> EmailMessage:
    part = EmailMessage(policy=POLICY)
    part["Content-Type"] = Written(kind)
    part["Content-Transfer-Encoding"] = Written(encoding)
    part.set_payload(payload)
    return part


def _method(calendar: CalendarPart) -> str:
    if not _METHOD.fullmatch(calendar.method):
        raise BadHeader(header="Content-Type", value=calendar.method)
    return f'method="{calendar.method}"'


_LINE_ENDS = re.compile("\r\n|\r|\n")
_BOUNDARY = re.compile('boundary="([^"]+)"')
_METHOD = re.compile("[A-Z]{3,20}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.]{1,64}@[A-Za-z0-9.-]{1,255}>")
