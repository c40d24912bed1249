"""A real mail server on loopback that can be told to be slow, to refuse and to hang up."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A mail the server took. `connection` counts the connections that were opened, from 1."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    connection: int
    is_encrypted: bool
    user: str


@dataclass(kw_only=True)
class Behaviour:
    """What the server answers instead of taking a mail, by the command; "" makes it say nothing for ever.

    `rcpt` and `data` are looked up by the recipient's address.
    """

    mail: dict[str, str] = field(default_factory=dict)
    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    hangs_up_after: set[str] = field(default_factory=set)
    hangs_up_during: set[str] = field(default_factory=set)
    delivered: list[Delivered] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)

    def recipients(self) -> list[str]:
        return [recipient for mail in self.delivered for recipient in mail.recipients]

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        if id(session) not in self.connections:
            self.connections.append(id(session))
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await _answer(self.mail.get(address))
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await _answer(self.rcpt.get(address))
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        recipient = envelope.rcpt_tos[0]
        answer = await _answer(self.data.get(recipient))
        if answer is not None:
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.delivered.append(
            Delivered(
                sender=str(envelope.mail_from),
                recipients=tuple(envelope.rcpt_tos),
                content=content,
                connection=self.connections.index(id(session)) + 1,
                is_encrypted=session.ssl is not None,
                user=str(session.auth_data or ""),
            )
        )
        if recipient in self.hangs_up_during:
            server.transport.abort()
        if recipient in self.hangs_up_after:
            asyncio.get_running_loop().call_later(0.05, server.transport.abort)
        return "250 OK"


async def _answer(told: str | None) -> str | None:
    if told == "":
        await asyncio.Event().wait()
    return told


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    is_right = (data.login, data.password) == (b"fair", b"invented")
    return AuthResult(success=is_right, handled=False, auth_data=data.login.decode())


class _OnAnyPort(Controller):
    """Asks the system for a port, and then knows which it got."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running_smtp_server(behaviour: Behaviour, **options: Any) -> Iterator[int]:
    """The port of a server that behaves so, until the end of the block."""
    controller = _OnAnyPort(
        behaviour,
        hostname="127.0.0.1",
        port=0,
        authenticator=_authenticate,
        auth_require_tls=False,
        **options,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def certificate_for(host: str, folder: Path) -> tuple[Path, ssl.SSLContext] | None:
    """A certificate of our own making and the server's side of it; None without the openssl program."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key), "-out"]
    subprocess.run([openssl, *made, str(certificate), *subject], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context
