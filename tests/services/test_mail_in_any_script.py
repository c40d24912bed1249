"""Names of any script and length, from the database through a real mail server to what a reader gets."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape
from pathlib import Path

import pytest

from scheduler.booking.people import Company
from scheduler.invites.lint import lint
from scheduler.invites.read import glance
from scheduler.mail.smtp import Security, SmtpPost, SmtpSettings
from scheduler.services.book import book
from scheduler.services.deliver import Delivered, deliver_all
from tests.services.stage import COMPANY, NOW, Stage, a_stage, the_people
from tests.smtp_server import Behaviour, running_smtp_server

NAMES = {
    "Korean": ("주식회사 한빛전자산업 " * 17)[:200],
    "Arabic": ("شركة النور للتجارة والاستيراد " * 7)[:200],
    "emoji": ("🎉🇰🇷👨‍👩‍👧‍👦 Ünïcode & Söhne <Ltd>; \"x\", 'y' " * 6)[:200].strip(),
    "one word": "가" * 200,
}


def a_stage_with(folder: Path, name: str) -> Stage:
    first, *others = the_people()
    assert isinstance(first, Company)
    return a_stage(folder, people_of_fair=(replace(first, name=name, name_en=""), *others))


def parts(octets: bytes) -> dict[str, bytes]:
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    found = [one for one in message.walk() if not one.is_multipart()]
    return {one.get_content_type(): one.get_payload(decode=True) or b"" for one in found}


@pytest.mark.parametrize("script", NAMES)
def test_a_long_name_arrives_the_same_within_line_limits(tmp_path: Path, script: str) -> None:
    name, behaviour = NAMES[script], Behaviour()
    stage = a_stage_with(tmp_path, name)
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    with running_smtp_server(behaviour) as port:
        post = SmtpPost(SmtpSettings(host="127.0.0.1", port=port, security=Security.NONE))
        done = deliver_all(stage.db, stage.settings, post, now=NOW, owner="test")
        post.close()
    assert (done, len(behaviour.delivered)) == (Delivered(sent=3), 3)
    for mail in behaviour.delivered:
        assert mail.content.isascii()
        assert max(len(line) for line in mail.content.split(b"\r\n")) <= 78
        got = parts(mail.content)
        assert name in got["text/plain"].decode() and escape(name) in got["text/html"].decode()
        [entry] = glance(got["text/calendar"]).entries
        assert entry.summary.startswith(f"{name} × ")
        assert lint(got["text/calendar"]) == ()
        subject = str(message_from_bytes(mail.content, policy=default)["Subject"])
        assert " ".join(name.split()) in subject
