"""A mail that came in, taken apart: who sent it, and the calendars in it. Nothing in it is believed or run."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from scheduler.booking.errors import Refusal
from scheduler.wording import Phrase

LARGEST_MAIL = 5 * 1024 * 1024
"""Octets. An answer has a few thousand; what is larger is kept in part and not read."""
_LARGEST_CALENDAR = 256 * 1024
_MOST_PARTS = 200
_CALENDARS = frozenset({"text/calendar", "application/ics"})
_MOST_SHOWN = 500


class UnreadableMail(Refusal):
    """The mail is too large, or no mail at all."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.phrase = Phrase("This mail cannot be read: %(reason)s", reason=reason)
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class IncomingMail:
    """`sender` is lower case. `calendars` are the different ones, in UTF-8, each once.

    `is_forged`: the mail server that took it in says that the sender's domain disowns it (DMARC).
    `is_automatic`: an absence note or a report, not a person's words.
    """

    sender: str
    subject: str
    calendars: tuple[bytes, ...]
    is_forged: bool
    is_automatic: bool


def read_incoming(raw: bytes) -> IncomingMail:
    """Raises UnreadableMail."""
    if len(raw) > LARGEST_MAIL:
        raise UnreadableMail(f"it has {len(raw)} octets")
    try:
        message = message_from_bytes(raw, policy=compat32)
        return IncomingMail(
            sender=_sender(message),
            subject=_line(message.get("Subject", "")),
            calendars=tuple(dict.fromkeys(_calendars(message))),
            is_forged=_is_forged(message),
            is_automatic=_is_automatic(message),
        )
    except UnreadableMail:
        raise
    # The standard library raises whatever a broken header happens to run it into.
    except Exception as error:
        raise UnreadableMail(f"{type(error).__name__}: {error}") from error


def _calendars(message: Message) -> Iterator[bytes]:
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS:
            raise UnreadableMail("it has too many parts")
        if part.is_multipart() or not _is_calendar(part):
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or len(content) > _LARGEST_CALENDAR:
            raise UnreadableMail("a calendar in it is too large")
        yield _as_utf8(content, part.get_content_charset("utf-8"))


def _is_calendar(part: Message) -> bool:
    named = str(part.get_filename("") or "").lower().endswith(".ics")
    return part.get_content_type() in _CALENDARS or named


def _as_utf8(content: bytes, charset: str) -> bytes:
    try:
        text = content.decode(charset, "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    # Apps wrap the same calendar twice in one mail, with other line ends around it.
    return "\r\n".join(text.strip().splitlines()).encode("utf-8", "replace") + b"\r\n"


def _sender(message: Message) -> str:
    written = [_unfolded(value) for value in message.get_all("From", [])]
    found = [email for _name, email in getaddresses(written) if "@" in email]
    if len(found) != 1:
        raise UnreadableMail(f"it has {len(found)} senders")
    return found[0].lower()


def _is_forged(message: Message) -> bool:
    # Only a "fail" is believed: whoever writes such a line into their own mail makes it more suspicious.
    return any(
        "dmarc=fail" in _unfolded(one).lower() for one in message.get_all("Authentication-Results", [])
    )


def _is_automatic(message: Message) -> bool:
    submitted = _unfolded(message.get("Auto-Submitted", "no")).strip().lower()
    return submitted.startswith("auto-replied") or message.get_content_type() == "multipart/report"


def _unfolded(value: object) -> str:
    return str(value).replace("\r", "").replace("\n", "")


def _line(value: object) -> str:
    written = _unfolded(value)
    try:
        decoded = str(make_header(decode_header(written)))
    except (ValueError, LookupError):
        decoded = written
    return " ".join(decoded.encode("utf-8", "replace").decode().split())[:_MOST_SHOWN]
