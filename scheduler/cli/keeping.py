"""Keeping an installation: backups, their restoring, and what the doctor finds."""

from pathlib import Path

from scheduler.booking.errors import NotFound
from scheduler.cli.call import Call
from scheduler.cli.database import opened
from scheduler.cli.parser import Parser
from scheduler.services.backup import make_backup, restore_backup
from scheduler.services.doctor import Level, examine
from scheduler.storage.db import open_database
from scheduler.wording import Phrase


def backup_options(parser: Parser) -> None:
    parser.takes("file", help=Phrase("where the backup is to go, such as sangdam.backup"))
    parser.json()


def backup(call: Call) -> int:
    settings, path = call.settings(), Path(call.options.file)
    if not path.parent.is_dir():
        raise NotFound(kind="folder", key=str(path.parent))
    with opened(settings) as db:
        made = make_backup(db, settings, path, now=call.clock())
    if call.options.json:
        call.screen.emit({"file": str(path), "rows": dict(made.rows), "bytes": path.stat().st_size})
        return 0
    size = path.stat().st_size // 1024
    call.screen.tell(
        Phrase("%(count)s rows are in %(file)s, %(size)s KB", count=made.total, file=str(path), size=size),
        Phrase("Keep instance/config.py and instance/secret.key as well: they are not in it."),
    )
    return 0


def restore_options(parser: Parser) -> None:
    parser.takes("file", help=Phrase("a backup made by “sangdam backup”"))
    parser.json()


def restore(call: Call) -> int:
    settings, path = call.settings(), Path(call.options.file)
    if not path.is_file():
        raise NotFound(kind="backup", key=str(path))
    with opened(settings) as db:
        done = restore_backup(db, settings, path, now=call.clock())
    if call.options.json:
        facts = {"made_at": done.made_at.isoformat(), "rows": done.total, "held_back": done.held_back}
        call.screen.emit({**facts, "same_secret": done.same_secret})
        return 0
    call.screen.tell(
        Phrase("%(count)s rows restored and checked; nothing was sent.", count=done.total),
        Phrase(
            "%(count)s notices may have gone out since the backup was made. They wait on the page of mails for "
            "your word.",
            count=done.held_back,
        ),
    )
    if not done.same_secret:
        call.screen.tell(
            Phrase("The secret is another one: links that people have no longer open. Put secret.key back.")
        )
    return 0


def doctor_options(parser: Parser) -> None:
    parser.json()


def doctor(call: Call) -> int:
    """0 when nothing is a fault; warnings do not count."""
    settings = call.settings()
    db = open_database(
        settings.database_url, replica_url=settings.replica_url, replica_seconds=settings.replica_seconds
    )
    findings = examine(db, settings, now=call.clock())
    db.dispose()
    if call.options.json:
        call.screen.emit([{"level": str(one.level), "text": one.phrase.text("en")} for one in findings])
    for one in () if call.options.json else findings:
        call.screen.show(f"{_MARKS[one.level]} {call.screen.text(one.phrase)}")
    return 1 if any(one.level is Level.FAULT for one in findings) else 0


_MARKS = {Level.GOOD: "+", Level.WARNING: "!", Level.FAULT: "x"}
