"""The embedded mailbox: a folder of .eml files, for installations without a mail server and for looking on.

A file's name is the time of the message and a digest of its Message-ID, so names sort by time. Beside the
files lies `by-id/` with a symbolic link for each Message-ID; making that link decides which of two deliveries
of the same message comes first.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import compat32, default
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

import nh3

from scheduler.booking.errors import NotFound
from scheduler.mail.headers import POLICY, BadHeader, Mailbox, only_address
from scheduler.mail.message import PassingFailure


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What a list of messages shows of one. `name` is its file, `sent_at` an instant."""

    name: str
    message_id: str
    sent_at: datetime
    sender: Mailbox
    recipient: Mailbox
    subject: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some messages, newest first. `older` is the `before` of the next page, or None; `total` counts all."""

    messages: tuple[Envelope, ...]
    older: str | None
    total: int


@dataclass(frozen=True, kw_only=True)
class StoredMessage:
    """One message taken apart.

    `html` is cleaned of scripts, forms and everything that would be loaded; show it in a sandboxed frame all
    the same. `calendar` is the calendar part as it was sent, with the METHOD its part of the mail names.
    """

    envelope: Envelope
    text: str
    html: str
    calendar: bytes | None
    calendar_method: str
    raw: bytes


class FolderPost:
    """The embedded mailbox as a way to send, and to read what was sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_id = folder / "by-id"

    def send(self, message: EmailMessage) -> None:
        """Puts the message into the folder; the same Message-ID twice makes one file.

        Raises BadHeader for a message without Message-ID or Date, PassingFailure when the folder cannot be
        written.
        """
        name, recipient = _name_for(message), only_address(message, "To")
        try:
            self._keep(name, message.as_bytes(policy=POLICY))
        except OSError as error:
            raise PassingFailure(recipient=recipient, reason=str(error)) from error

    def list_messages(self, *, limit: int, before: str | None = None) -> Page:
        """The newest messages, or those older than the file `before`. Reads the heads of these alone."""
        names = sorted(self._names(), reverse=True)
        wanted = names if before is None else [name for name in names if name < before]
        page = wanted[:limit]
        envelopes = (self._envelope(name) for name in page)
        return Page(
            messages=tuple(envelope for envelope in envelopes if envelope is not None),
            older=page[-1] if len(wanted) > limit and page else None,
            total=len(names),
        )

    def get_message(self, name: str) -> StoredMessage:
        """One message by its file's name. Raises NotFound."""
        raw = self._content(name)
        # The lenient policy reads whatever was put into the folder.
        message = message_from_bytes(raw, policy=default)
        calendar = _first(message, "calendar")
        return StoredMessage(
            envelope=_envelope(name, message_from_bytes(raw, policy=compat32), len(raw)),
            text=_words(_first(message, "plain")),
            html=_harmless(_words(_first(message, "html"))),
            calendar=None if calendar is None else _octets(calendar),
            calendar_method="" if calendar is None else str(calendar.get_param("method", "")),
            raw=raw,
        )

    def forget(self, address: str) -> int:
        """Removes every message to or from an address; how many there were."""
        wanted = address.lower()
        theirs = [
            name
            for name in self._names()
            if (envelope := self._envelope(name)) is not None
            and wanted in {envelope.recipient.email.lower(), envelope.sender.email.lower()}
        ]
        for name in theirs:
            (self._folder / name).unlink(missing_ok=True)
        return len(theirs)

    def _keep(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._by_id.mkdir(exist_ok=True, mode=0o700)
        link = self._by_id / name.partition("-")[2].removesuffix(".eml")
        try:
            link.symlink_to(Path("..", name))
        except FileExistsError:
            # The name decided first stands, also when that delivery was killed before it wrote the file.
            name = link.readlink().name
        file = self._folder / name
        if not file.exists():
            _write_whole(file, content)

    def _names(self) -> Iterator[str]:
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            yield from (entry.name for entry in entries if _NAME.fullmatch(entry.name))

    def _envelope(self, name: str) -> Envelope | None:
        file = self._folder / name
        try:
            with file.open("rb") as stream:
                head = BytesHeaderParser(policy=compat32).parsebytes(_head(stream.read(_HEAD_OCTETS)))
            return _envelope(name, head, file.stat().st_size)
        except FileNotFoundError:
            return None

    def _content(self, name: str) -> bytes:
        if not _NAME.fullmatch(name):
            raise NotFound(kind="message", key=name)
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise NotFound(kind="message", key=name) from None


_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{32}\.eml")
_HEAD_OCTETS = 32 * 1024
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _name_for(message: EmailMessage) -> str:
    message_id, date = message["Message-ID"], message["Date"]
    if not message_id:
        raise BadHeader(header="Message-ID", value="")
    if not date:
        raise BadHeader(header="Date", value="")
    digest = hashlib.sha256(str(message_id).encode("utf-8", "replace")).hexdigest()
    return f"{_instant(str(date)):%Y%m%dT%H%M%SZ}-{digest[:32]}.eml"


def _write_whole(file: Path, content: bytes) -> None:
    """The file is there whole or not at all, also after a power cut."""
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _head(octets: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", octets, maxsplit=1)[0]


def _envelope(name: str, head: Message, size: int) -> Envelope:
    return Envelope(
        name=name,
        message_id=str(head.get("Message-ID", "")),
        sent_at=_instant(str(head.get("Date", ""))),
        sender=_mailbox(head, "From"),
        recipient=_mailbox(head, "To"),
        subject=_decoded(head, "Subject"),
        size=size,
    )


def _instant(date: str) -> datetime:
    try:
        at = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return _LONG_AGO
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _mailbox(head: Message, header: str) -> Mailbox:
    written = str(head.get(header, "")).replace("\r", "").replace("\n", "")
    name, email = (getaddresses([written]) or [("", "")])[0]
    return Mailbox(email=email, name=_unfolded(name))


def _decoded(head: Message, header: str) -> str:
    return _unfolded(str(head.get(header, "")))


def _unfolded(written: str) -> str:
    line = written.replace("\r", "").replace("\n", "")
    try:
        return str(make_header(decode_header(line)))
    except (ValueError, LookupError):
        return line


def _first(message: EmailMessage, subtype: str) -> EmailMessage | None:
    kind = f"text/{subtype}"
    return next((part for part in message.walk() if part.get_content_type() == kind), None)


def _words(part: EmailMessage | None) -> str:
    if part is None:
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        return _octets(part).decode(charset, "replace").replace("\r\n", "\n")
    except LookupError:
        return _octets(part).decode("utf-8", "replace").replace("\r\n", "\n")


def _octets(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _harmless(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes={"*": {"style", "dir", "lang"}, "a": {"href"}, "th": {"scope"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        filter_style_properties=_STYLES,
    )


_TAGS = {"a", "b", "br", "div", "em", "h1", "h2", "h3", "hr", "i", "li", "ol", "p", "span", "strong"}
_TAGS |= {"table", "tbody", "td", "th", "thead", "tr", "u", "ul"}
# None of these can name an address to load.
_STYLES = {"margin", "padding", "color", "font-size", "font-weight", "line-height", "text-align"}
_STYLES |= {
    "width",
    "max-width",
    "overflow-wrap",
    "vertical-align",
    "white-space",
    "word-break",
    "border-collapse",
    "border-inline-start",
}
