"""The pipe of a mail server: one mail on standard input."""

import io
import sqlite3
import sys

import pytest

from tests.command_line import Answer, CommandLine
from tests.replies import a_reply, a_reply_mail


def piped(sangdam: CommandLine, monkeypatch: pytest.MonkeyPatch, raw: bytes, **environ: str) -> Answer:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return sangdam("receive", "--json", **environ)


def test_every_mail_is_kept_and_none_is_bounced(
    sangdam: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [
        piped(sangdam, monkeypatch, raw)
        for raw in (a_reply("m9@sangdam"), a_reply_mail(text="hello"), b"\xff" * 6_000_000, b"")
    ]
    assert [(one.code, one.json["state"], one.json["reason"]) for one in answers] == [
        (0, "review", "unknown_session"),
        (0, "review", "no_calendar"),
        (0, "unreadable", "unreadable"),
        (0, "unreadable", "unreadable"),
    ]


def test_while_the_database_is_locked_the_mail_server_is_asked_to_try_later(
    sangdam: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(sangdam, monkeypatch, b"")
    impatient = {"patience_seconds": 0.2, "pool": None}
    monkeypatch.setattr("scheduler.storage.db.open_database.__kwdefaults__", impatient)
    lock = sqlite3.connect(sangdam.instance / "scheduler.sqlite", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert piped(sangdam, monkeypatch, a_reply_mail(text="later")).code == 75
    lock.close()
    assert piped(sangdam, monkeypatch, a_reply_mail(text="later")).code == 0
