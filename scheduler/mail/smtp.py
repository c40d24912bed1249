"""Mail through a mail server: one open connection, and failures told apart by whether to try again."""

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path

from scheduler.mail.headers import only_address
from scheduler.mail.message import FinalFailure, PassingFailure, ServerAway, octets_of


class Security(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """Where the mail server is and how it is spoken to.

    `ca_file` holds the certificates to trust instead of the system's. A command that takes longer than
    `timeout_seconds` counts as failed, and so does a mail that takes longer than `mail_seconds` in all: a server
    that answers each command just in time would else keep a mail for minutes.
    """

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = ""
    ca_file: Path | None = None
    timeout_seconds: float = 10.0
    mail_seconds: float = 60.0


class SmtpPost:
    """Sends over one connection, opened when first needed and again after it broke. Safe among threads."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None
        self._lock = threading.Lock()
        self._limit = _TimeLimit(settings.mail_seconds, self._cut)

    def send(self, message: EmailMessage) -> None:
        """Hands the message to the server. It must have one recipient: each reader gets a mail of their own.

        Raises PassingFailure (time-out, 4xx), ServerAway (no connection) or FinalFailure (5xx), naming the
        recipient.
        """
        sender, recipient = only_address(message, "From"), only_address(message, "To")
        content = octets_of(message)
        with self._lock:
            try:
                with self._limit:
                    self._transfer(sender, recipient, content)
            except _BROKEN as error:
                is_away = self._server is None
                self._drop()
                failure = ServerAway if is_away else PassingFailure
                raise failure(recipient=recipient, reason=_reason(error), code=_code(error)) from error

    def close(self) -> None:
        """Ends the connection in good form. The next message opens another."""
        with self._lock:
            server, self._server = self._server, None
            if server is not None:
                _quietly(server.quit)

    def _transfer(self, sender: str, recipient: str, content: bytes) -> None:
        server = self._beginning(sender, recipient, len(content))
        self._expect(server.docmd(f"RCPT TO:<{recipient}>"), recipient)
        self._expect(_data(server, content), recipient)

    def _beginning(self, sender: str, recipient: str, size: int) -> smtplib.SMTP:
        """A server that has taken MAIL FROM. One that hung up while idle is called again, once."""
        if self._server is not None:
            try:
                code, answer = _mail(self._server, sender, size)
                if code != _CLOSING:
                    self._expect((code, answer), recipient)
                    return self._server
            except (OSError, smtplib.SMTPServerDisconnected):
                pass
            self._drop()
        self._server = _connected(self._settings)
        self._expect(_mail(self._server, sender, size), recipient)
        return self._server

    def _expect(self, reply: tuple[int, bytes], recipient: str) -> None:
        """Raises what the reply means; the connection then is ready for the next mail, or gone."""
        code, answer = reply
        if _POSITIVE <= code < _PASSING:
            return
        reason = answer.decode("utf-8", "replace")
        if code == _CLOSING or not self._is_reset():
            self._drop()
        failure = FinalFailure if code >= _FINAL else PassingFailure
        raise failure(recipient=recipient, reason=reason, code=code)

    def _cut(self) -> None:
        """Ends the connection under the feet of whoever waits on it, in another thread."""
        server = self._server
        sock = server.sock if server is not None else None
        if sock is not None:
            _quietly(lambda: sock.shutdown(socket.SHUT_RDWR))

    def _is_reset(self) -> bool:
        server = self._server
        return server is not None and _quietly(server.rset)

    def _drop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            _quietly(server.close)


# A ValueError is what the resolver and TLS make of an impossible host name.
_BROKEN = (OSError, smtplib.SMTPException, ValueError)
_POSITIVE, _PASSING, _FINAL, _CLOSING = 200, 400, 500, 421


def _connected(settings: SmtpSettings) -> smtplib.SMTP:
    """An open connection, encrypted and logged in as the settings say.

    Whatever fails here says nothing about the message, so it is never final: a wrong password is put right
    by the operator, and the mail then goes out.
    """
    where, seconds = (settings.host, settings.port), settings.timeout_seconds
    if settings.security is Security.TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=seconds, context=_trusted(settings))
    else:
        server = smtplib.SMTP(*where, timeout=seconds)
    try:
        if settings.security is Security.STARTTLS:
            server.starttls(context=_trusted(settings))
        server.ehlo_or_helo_if_needed()
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _trusted(settings: SmtpSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.ca_file)


class _TimeLimit:
    """Cuts off what takes longer than `seconds`, from a thread that looks on as long as there is something to do:
    a thread for each mail would cost a tenth of it.
    """

    def __init__(self, seconds: float, cut: Callable[[], None]) -> None:
        self._seconds, self._cut = seconds, cut
        self._ends_at: float | None = None
        self._is_watched = False
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self._ends_at = time.monotonic() + self._seconds
            if not self._is_watched:
                threading.Thread(target=self._watch, name="time limit of a mail", daemon=True).start()
                self._is_watched = True

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ends_at = None

    def _watch(self) -> None:
        while True:
            with self._lock:
                if self._ends_at is None:
                    self._is_watched = False
                    return
                left = self._ends_at - time.monotonic()
                if left <= 0:
                    self._ends_at = None
                    self._cut()
            # Whatever begins meanwhile ends later than this.
            time.sleep(max(left, 0))


def _mail(server: smtplib.SMTP, sender: str, size: int) -> tuple[int, bytes]:
    # Both addresses are bare and checked: `server.mail` and `server.rcpt` would take them apart once more.
    option = f" SIZE={size}" if server.has_extn("size") else ""
    return server.docmd(f"MAIL FROM:<{sender}>{option}")


def _data(server: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    try:
        return server.data(content)
    except smtplib.SMTPDataError as refusal:
        return refusal.smtp_code, _octets(refusal.smtp_error)


def _code(error: Exception) -> int | None:
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _octets(error.smtp_error).decode("utf-8", "replace")
    # smtplib makes a time-out while reading into a lost connection.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "The mail server did not answer in time"
    return str(error) or type(error).__name__


def _octets(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode("utf-8", "replace")


def _quietly(farewell: Callable[[], object]) -> bool:
    """Whether it went well. A connection that is given up may be broken already."""
    try:
        farewell()
    except (OSError, smtplib.SMTPException):
        return False
    return True
