"""The mailbox that answers arrive in, read by IMAP. A mail is marked as seen only after it has been kept."""

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from scheduler.mail.incoming import LARGEST_MAIL
from scheduler.mail.smtp import Security


class InboxUnavailable(Exception):
    """The mail server cannot be reached, lets nobody in, or broke off. What was not kept stays unseen."""


@dataclass(frozen=True, kw_only=True)
class ImapSettings:
    """Where the mailbox is. `ca_file` holds the certificates to trust instead of the system's."""

    host: str
    port: int = 993
    security: Security = Security.TLS
    user: str = ""
    password: str = ""
    folder: str = "INBOX"
    ca_file: Path | None = None
    timeout_seconds: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One mail as it lies in the mailbox: whole, or only its head when it is larger than `LARGEST_MAIL`."""

    raw: bytes
    size: int


class ImapInbox:
    """Opened for each look: a look every minute is not worth an open connection."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings

    def look(self, keep: Callable[[Arrival], None], *, count: int = 200) -> int:
        """Hands up to `count` unseen mails to `keep`, the oldest first, and marks each as seen once it is kept.

        Returns how many. Raises InboxUnavailable, and whatever `keep` raises; the rest then stays unseen.
        """
        with self._opened() as mailbox:
            found = 0
            for uid in mailbox.uids(AND(seen=False))[:count]:
                keep(_arrival(mailbox, uid))
                mailbox.flag(uid, MailMessageFlags.SEEN, True)
                found += 1
            return found

    @contextmanager
    def _opened(self) -> Iterator[BaseMailBox]:
        settings = self._settings
        mailbox: BaseMailBox | None = None
        try:
            mailbox = _connected(settings)
            mailbox.login(settings.user, settings.password, initial_folder=settings.folder)
            yield mailbox
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
            raise InboxUnavailable(f"{settings.host}: {error or type(error).__name__}") from error
        finally:
            if mailbox is not None:
                _close(mailbox)


def _connected(settings: ImapSettings) -> BaseMailBox:
    where, seconds = (settings.host, settings.port), settings.timeout_seconds
    if settings.security is Security.NONE:
        return MailBoxUnencrypted(*where, timeout=seconds)
    context = ssl.create_default_context(cafile=settings.ca_file)
    if settings.security is Security.STARTTLS:
        return MailBoxStartTls(*where, timeout=seconds, ssl_context=context)
    return MailBox(*where, timeout=seconds, ssl_context=context)


def _arrival(mailbox: BaseMailBox, uid: str) -> Arrival:
    """The size is asked for first: nobody's 20 MB are carried over to be thrown away."""
    size = _size(mailbox, uid)
    whole = size <= LARGEST_MAIL
    raw = _fetched(mailbox, uid, "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]")
    return Arrival(raw=raw, size=len(raw) if whole else size)


def _size(mailbox: BaseMailBox, uid: str) -> int:
    _, answer = mailbox.client.uid("fetch", uid, "(RFC822.SIZE)")
    for line in answer:
        head = line if isinstance(line, bytes) else line[0] if isinstance(line, tuple) else b""
        _, found, rest = head.upper().partition(b"RFC822.SIZE ")
        if found:
            return int(rest.split(b")")[0].split()[0])
    return 0


def _fetched(mailbox: BaseMailBox, uid: str, what: str) -> bytes:
    _, answer = mailbox.client.uid("fetch", uid, f"({what})")
    parts = [one[1] for one in answer if isinstance(one, tuple)]
    return bytes(parts[0]) if parts else b""


def _close(mailbox: BaseMailBox) -> None:
    try:
        mailbox.client.logout()
    except (OSError, imaplib.IMAP4.error):
        mailbox.client.shutdown()
