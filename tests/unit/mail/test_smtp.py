"""Mail through a real server on loopback."""

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from scheduler.mail.headers import POLICY, BadHeader, Mailbox
from scheduler.mail.message import FinalFailure, PassingFailure
from scheduler.mail.smtp import Security, SmtpPost, SmtpSettings
from tests.conftest import missing
from tests.messages import a_message
from tests.smtp_server import Behaviour, certificate_for, running_smtp_server

KIM, LEE, SARI = "kim@hanbit.example", "lee@hanbit.example", "sari@maju.example"


def mail_to(email: str, number: int = 1) -> EmailMessage:
    return a_message(number, recipient=Mailbox(email=email, name="누구"))


@contextmanager
def a_post(
    behaviour: Behaviour, *, server: dict[str, Any] | None = None, **settings: Any
) -> Iterator[SmtpPost]:
    with running_smtp_server(behaviour, **(server or {})) as port:
        defaults: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": Security.NONE}
        post = SmtpPost(SmtpSettings(**{**defaults, **settings}))
        yield post
        post.close()


def test_a_mail_arrives_as_it_was_made() -> None:
    behaviour, message = Behaviour(), mail_to(SARI)
    with a_post(behaviour) as post:
        post.send(message)
    [mail] = behaviour.delivered
    assert (mail.sender, mail.recipients) == ("fair@namdong.example", (SARI,))
    assert mail.content == message.as_bytes(policy=POLICY)


def test_several_mails_use_one_connection() -> None:
    behaviour = Behaviour()
    with a_post(behaviour) as post:
        for number in range(3):
            post.send(mail_to(SARI, number))
    assert [mail.connection for mail in behaviour.delivered] == [1, 1, 1]


def test_after_closing_the_next_mail_opens_a_new_connection() -> None:
    behaviour = Behaviour()
    with a_post(behaviour) as post:
        post.send(mail_to(KIM))
        post.close()
        post.close()
        post.send(mail_to(SARI))
    assert [mail.connection for mail in behaviour.delivered] == [1, 2]


def test_a_server_that_hung_up_while_idle_is_called_again() -> None:
    behaviour = Behaviour(hangs_up_after={KIM})
    with a_post(behaviour) as post:
        post.send(mail_to(KIM))
        wait_until_closed(post)
        post.send(mail_to(SARI))
    assert [(mail.recipients, mail.connection) for mail in behaviour.delivered] == [((KIM,), 1), ((SARI,), 2)]


def wait_until_closed(post: SmtpPost) -> None:
    """Until the other side's end of the connection has arrived."""
    assert post._server is not None and post._server.sock is not None
    post._server.sock.settimeout(10)
    with suppress(ConnectionResetError):
        assert post._server.sock.recv(1, socket.MSG_PEEK) == b""


REFUSED = [
    ("mail", "fair@namdong.example", "451 try later", PassingFailure),
    ("mail", "fair@namdong.example", "553 not from you", FinalFailure),
    ("rcpt", LEE, "450 greylisted", PassingFailure),
    ("rcpt", LEE, "452 mailbox full", PassingFailure),
    ("rcpt", LEE, "550 no such user", FinalFailure),
    ("data", LEE, "451 try later", PassingFailure),
    ("data", LEE, "554 looks like spam", FinalFailure),
]


@pytest.mark.parametrize(("command", "address", "answer", "failure"), REFUSED)
def test_4xx_is_passing_and_5xx_final(
    command: str, address: str, answer: str, failure: type[PassingFailure] | type[FinalFailure]
) -> None:
    behaviour = Behaviour(**{command: {address: answer}})
    with a_post(behaviour) as post, pytest.raises(failure) as failed:
        post.send(mail_to(LEE))
    code, _, reason = answer.partition(" ")
    assert (failed.value.recipient, failed.value.code, failed.value.reason) == (LEE, int(code), reason)
    assert str(failed.value) == f"{LEE}: {answer}"
    assert behaviour.delivered == []


@pytest.mark.parametrize(
    ("command", "answer"), [("rcpt", "550 no such user"), ("data", "554 looks like spam")]
)
def test_when_one_of_three_is_refused_the_others_get_theirs_once(command: str, answer: str) -> None:
    behaviour = Behaviour(**{command: {LEE: answer}})
    failed = []
    with a_post(behaviour) as post:
        for number, recipient in enumerate((KIM, LEE, SARI)):
            try:
                post.send(mail_to(recipient, number))
            except FinalFailure as failure:
                failed.append(failure.recipient)
    assert (failed, behaviour.recipients()) == ([LEE], [KIM, SARI])
    assert [mail.connection for mail in behaviour.delivered] == [1, 1]


def test_a_server_that_says_goodbye_is_tried_again_on_a_new_connection() -> None:
    behaviour = Behaviour(rcpt={LEE: "421 too many mails"})
    with a_post(behaviour) as post:
        post.send(mail_to(KIM))
        with pytest.raises(PassingFailure):
            post.send(mail_to(LEE))
        post.send(mail_to(SARI))
    assert [(mail.recipients, mail.connection) for mail in behaviour.delivered] == [((KIM,), 1), ((SARI,), 2)]


def test_goodbye_at_the_first_command_of_an_old_connection_costs_nothing() -> None:
    behaviour = Behaviour()
    with a_post(behaviour) as post:
        post.send(mail_to(KIM))
        behaviour.mail["fair@namdong.example"] = "421 idle too long"
        with pytest.raises(PassingFailure) as failed:
            post.send(mail_to(SARI))
        del behaviour.mail["fair@namdong.example"]
        post.send(mail_to(SARI))
    assert (failed.value.code, behaviour.recipients(), len(behaviour.connections)) == (421, [KIM, SARI], 3)


@pytest.mark.parametrize("command", ["rcpt", "data"])
def test_a_server_that_does_not_answer_is_given_up_and_other_mail_goes_on(command: str) -> None:
    behaviour = Behaviour(**{command: {LEE: ""}})
    with a_post(behaviour, timeout_seconds=1.0) as post:
        with pytest.raises(PassingFailure) as failed:
            post.send(mail_to(LEE))
        post.send(mail_to(SARI))
    assert failed.value.reason == "The mail server did not answer in time"
    assert behaviour.recipients() == [SARI]


def test_a_connection_lost_after_the_mail_was_handed_over_is_worth_a_repeat() -> None:
    """Nobody can know whether the server kept it; the repeat has the same Message-ID."""
    behaviour = Behaviour(hangs_up_during={LEE})
    with a_post(behaviour) as post, pytest.raises(PassingFailure):
        post.send(mail_to(LEE))
    assert behaviour.recipients() == [LEE]


def test_nobody_listening_is_a_passing_failure() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings = SmtpSettings(host="127.0.0.1", port=unused.getsockname()[1], security=Security.NONE)
        with pytest.raises(PassingFailure) as failed:
            SmtpPost(settings).send(mail_to(SARI))
    assert (failed.value.recipient, failed.value.code) == (SARI, None)


def test_an_impossible_host_is_a_passing_failure() -> None:
    settings = SmtpSettings(host="x" * 70 + ".example", security=Security.NONE)
    with pytest.raises(PassingFailure):
        SmtpPost(settings).send(mail_to(SARI))


def test_a_mail_to_two_people_is_refused() -> None:
    message = mail_to(KIM)
    del message["To"]
    message["To"] = f"{KIM}, {SARI}"
    with pytest.raises(BadHeader):
        SmtpPost(SmtpSettings(host="127.0.0.1")).send(message)


def test_threads_share_one_connection_without_mixing_mails() -> None:
    behaviour = Behaviour()
    with a_post(behaviour) as post, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: post.send(mail_to(f"p{number}@maju.example", number)), range(12)))
    assert sorted(behaviour.recipients()) == sorted(f"p{number}@maju.example" for number in range(12))
    assert {mail.connection for mail in behaviour.delivered} == {1}


def test_a_login_is_given_and_a_wrong_one_is_no_fault_of_the_mail() -> None:
    behaviour = Behaviour()
    with a_post(behaviour, user="fair", password="invented") as post:
        post.send(mail_to(SARI))
    with a_post(behaviour, user="fair", password="mistyped") as post, pytest.raises(PassingFailure) as failed:
        post.send(mail_to(SARI))
    assert ([mail.user for mail in behaviour.delivered], failed.value.code) == (["fair"], 535)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    made = certificate_for("localhost", tmp_path_factory.mktemp("certificate"))
    if made is None:
        missing("no openssl here to make a certificate with")
    assert made is not None
    return made


def test_starttls_encrypts_before_anything_is_said(certificate: tuple[Path, ssl.SSLContext]) -> None:
    authority, context = certificate
    behaviour, server = Behaviour(), {"tls_context": context, "require_starttls": True}
    with a_post(
        behaviour, server=server, host="localhost", security=Security.STARTTLS, ca_file=authority
    ) as post:
        post.send(mail_to(SARI))
    assert [mail.is_encrypted for mail in behaviour.delivered] == [True]


def test_tls_from_the_first_byte(certificate: tuple[Path, ssl.SSLContext]) -> None:
    authority, context = certificate
    behaviour, server = Behaviour(), {"ssl_context": context}
    with a_post(behaviour, server=server, host="localhost", security=Security.TLS, ca_file=authority) as post:
        post.send(mail_to(SARI))
    assert behaviour.recipients() == [SARI]


def test_a_server_nobody_vouches_for_gets_nothing(certificate: tuple[Path, ssl.SSLContext]) -> None:
    behaviour, server = Behaviour(), {"tls_context": certificate[1]}
    with (
        a_post(behaviour, server=server, host="localhost", security=Security.STARTTLS) as post,
        pytest.raises(PassingFailure, match="certificate verify failed"),
    ):
        post.send(mail_to(SARI))
    assert behaviour.delivered == []


def test_a_server_without_encryption_gets_nothing_when_encryption_is_asked_for() -> None:
    behaviour = Behaviour()
    with a_post(behaviour, security=Security.STARTTLS) as post, pytest.raises(PassingFailure):
        post.send(mail_to(SARI))
    assert behaviour.delivered == []
