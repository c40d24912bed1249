"""A mail that came in, taken apart: who sent it, and the calendars in it. Nothing in it is believed or run."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses
from html import unescape
from itertools import islice

from nh3 import clean

from scheduler.booking.errors import Refusal
from scheduler.wording import Phrase

LARGEST_MAIL = 5 * 1024 * 1024
"""Octets. An answer has a few thousand; what is larger is kept in part and not read."""
_LARGEST_CALENDAR = 256 * 1024
_MOST_PARTS = 200
_LONGEST_HEADER = 16 * 1024
_MOST_NESTED = 40
_CALENDARS = frozenset({"text/calendar", "application/ics"})
_MOST_SHOWN = 500
_LONGEST_WORDS = 4000
_MOST_ANSWERED = 20
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,300}>")
_EMPTY_LINES = re.compile("\n{3,}")
_MULTIPART = re.compile(rb"multipart/", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Codecs that Python has beside the charsets of mail; two of them take minutes for a calendar.
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})


class UnreadableMail(Refusal):
    """The mail is too large, or no mail at all."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.phrase = Phrase("This mail cannot be read: %(reason)s", reason=reason)
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class IncomingMail:
    """`sender` is lower case. `calendars` are the different ones, in UTF-8, each once. `answers_to` are the Message-IDs
    of the mails that this one is an answer to, the nearest first.

    `is_forged`: the mail server that took it in says that the sender's domain disowns it (DMARC).
    `is_automatic`: an absence note or a report, not a person's words.
    """

    sender: str
    subject: str
    calendars: tuple[bytes, ...]
    answers_to: tuple[str, ...]
    is_forged: bool
    is_automatic: bool


class _Bounded(Compat32):
    """What the standard library needs for a header grows with the square of its length: for one of megabytes, days."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        if sum(map(len, sourcelines)) > _LONGEST_HEADER:
            raise UnreadableMail("a header in it is too long")
        return super().header_source_parse(sourcelines)


def read_incoming(raw: bytes) -> IncomingMail:
    """Raises UnreadableMail."""
    if len(raw) > LARGEST_MAIL:
        raise UnreadableMail(f"it has {len(raw)} octets")
    # Each line is compared with the boundaries of all parts around it.
    if len(_MULTIPART.findall(raw)) > _MOST_NESTED:
        raise UnreadableMail("it has too many parts")
    try:
        message = message_from_bytes(raw, policy=_Bounded())
        return IncomingMail(
            sender=_sender(message),
            subject=_line(message.get("Subject", "")),
            calendars=tuple(dict.fromkeys(_calendars(message))),
            answers_to=_answers_to(message),
            is_forged=_is_forged(message),
            is_automatic=_is_automatic(message),
        )
    except UnreadableMail:
        raise
    # The standard library raises whatever a broken header happens to run it into.
    except Exception as error:
        raise UnreadableMail(f"{type(error).__name__}: {error}") from error


def words_of(raw: bytes) -> str:
    """What a person wrote in a mail of which perhaps only the beginning was kept; empty where it has no words."""
    try:
        message = message_from_bytes(raw, policy=_Bounded())
        found = {
            part.get_content_type(): part for part in reversed(tuple(islice(message.walk(), _MOST_PARTS)))
        }
        plain, html = found.get("text/plain"), found.get("text/html")
        if plain is not None:
            return _readable(_decoded(plain))
        return _readable(unescape(clean(_decoded(html), tags=set()))) if html is not None else ""
    except Exception:
        # Whatever a broken mail runs the standard library into: it can still be downloaded.
        return ""


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    return _as_text(content, part.get_content_charset("utf-8")) if isinstance(content, bytes) else ""


def _readable(text: str) -> str:
    lines = (" ".join(line.split()) for line in _CONTROL.sub("", text).splitlines())
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()[:_LONGEST_WORDS]


def _answers_to(message: Message) -> tuple[str, ...]:
    named = [_unfolded(message.get(header, "")) for header in ("In-Reply-To", "References")]
    found = [one for value in (named[0], *reversed(named[1].split())) for one in _MESSAGE_ID.findall(value)]
    return tuple(dict.fromkeys(found))[:_MOST_ANSWERED]


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


def _as_text(content: bytes, charset: str) -> str:
    try:
        name = codecs.lookup(charset).name.replace("-", "_")
        return content.decode("utf-8" if name in _NO_CHARSETS else charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _as_utf8(content: bytes, charset: str) -> bytes:
    text = _as_text(content, charset)
    if b"BEGIN:VCALENDAR" in content and "BEGIN:VCALENDAR" not in text:
        # A label that is not true.
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
    return _CONTROL.sub("", str(value).replace("\r", "").replace("\n", ""))


def _line(value: object) -> str:
    written = _unfolded(value)
    try:
        decoded = str(make_header(decode_header(written)))
    except (ValueError, LookupError):
        decoded = written
    clean = _CONTROL.sub("", decoded.encode("utf-8", "replace").decode())
    return " ".join(clean.split())[:_MOST_SHOWN]
