"""A backup made while the program runs, and its restoring: whole, checked, and nothing sent twice."""

import gzip
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from scheduler.booking.errors import Refusal
from scheduler.services import doctor
from scheduler.services.backup import BadBackup, NotEmpty, Unsound, make_backup, restore_backup
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all
from scheduler.services.doctor import Level
from scheduler.services.heartbeat import beat
from scheduler.storage import dump
from scheduler.storage.db import Database, open_database
from scheduler.storage.tables import ClaimTable, table_of
from tests.postgres import find_installation, running_server
from tests.services.stage import COORDINATOR, NOW, Stage, a_post

LATER = NOW + timedelta(minutes=20)
CLAIM = table_of(ClaimTable)


def booked(stage: Stage) -> Path:
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    book(stage.db, stage.settings, stage.wish("c2-b2"), now=NOW, actor=COORDINATOR)
    path = stage.settings.instance / "one.backup"
    make_backup(stage.db, stage.settings, path, now=NOW)
    return path


@contextmanager
def an_empty_place(folder: Path, name: str = "restored") -> Iterator[Database]:
    opened = open_database(f"sqlite:///{folder / name}.sqlite")
    yield opened
    opened.dispose()


def everything_in(db: Database) -> dict[str, list[str]]:
    with db.read() as work:
        return {table.name: list(dump.lines_of(work, table)) for table in dump.tables()}


def test_a_backup_holds_every_row_and_only_its_owner_may_read_it(stage: Stage, tmp_path: Path) -> None:
    path = booked(stage)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with an_empty_place(tmp_path) as restored:
        done = restore_backup(restored, stage.settings, path, now=NOW - timedelta(seconds=1))
        before, after = everything_in(stage.db), everything_in(restored)
        assert (done.made_at, done.same_secret, done.held_back) == (NOW, True, 0)
        assert done.total == sum(map(len, before.values()))
        assert after.pop("audit")[:-1] == before.pop("audit")
        assert after == before


def test_a_restored_installation_goes_on_working(stage: Stage, tmp_path: Path) -> None:
    path = booked(stage)
    with an_empty_place(tmp_path) as restored:
        restore_backup(restored, stage.settings, path, now=NOW)
        wish = stage.wish("c1-b2", "10:00")
        assert book(restored, stage.settings, wish, now=NOW, actor=COORDINATOR).match_id == "c1-b2"


def test_what_went_out_after_the_backup_does_not_go_out_again(stage: Stage, tmp_path: Path) -> None:
    path, first, again = booked(stage), a_post(), a_post()
    deliver_all(stage.db, stage.settings, first, now=LATER, owner="one")
    with an_empty_place(tmp_path) as restored:
        done = restore_backup(restored, stage.settings, path, now=LATER)
        deliver_all(restored, stage.settings, again, now=LATER, owner="two")
        assert (len(first.kept), again.kept, done.held_back) == (6, [], 6)
        later = LATER + timedelta(days=8)
        deliver_all(restored, stage.settings, again, now=later, owner="two")
    assert again.kept == []


def test_a_backup_while_others_write_is_of_one_moment(stage: Stage, tmp_path: Path) -> None:
    ending = threading.Event()

    def go_on_booking() -> None:
        while not ending.is_set():
            meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
            cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)

    writer = threading.Thread(target=go_on_booking)
    writer.start()
    try:
        for number in range(3):
            path = tmp_path / f"{number}.backup"
            make_backup(stage.db, stage.settings, path, now=NOW)
            with an_empty_place(tmp_path, f"restored-{number}") as restored:
                restore_backup(restored, stage.settings, path, now=NOW)
    finally:
        ending.set()
        writer.join(60)


@pytest.mark.parametrize("share", [0.0, 0.4, 0.98])
def test_a_backup_that_was_cut_off_is_refused(stage: Stage, tmp_path: Path, share: float) -> None:
    path = booked(stage)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    refused(stage, tmp_path, path, BadBackup)


def test_a_backup_that_was_changed_is_refused(stage: Stage, tmp_path: Path) -> None:
    path = booked(stage)
    lines = gzip.decompress(path.read_bytes()).replace(b'"r1"', b'"r2"', 1)
    path.write_bytes(gzip.compress(lines))
    refused(stage, tmp_path, path, BadBackup)
    path.write_bytes(gzip.compress(b'{"format": "another"}\n'))
    refused(stage, tmp_path, path, BadBackup)


def test_what_is_not_sound_is_not_restored(stage: Stage, tmp_path: Path) -> None:
    booked(stage)
    with stage.db.write() as work:
        work.execute(delete(CLAIM).where(CLAIM.c.resource_id == "r1"))
    path = tmp_path / "unsound.backup"
    make_backup(stage.db, stage.settings, path, now=NOW)
    refused(stage, tmp_path, path, Unsound)


def test_nothing_is_restored_over_what_is_there(stage: Stage) -> None:
    path = booked(stage)
    before = everything_in(stage.db)
    with pytest.raises(NotEmpty):
        restore_backup(stage.db, stage.settings, path, now=NOW)
    assert everything_in(stage.db) == before


def refused(stage: Stage, folder: Path, path: Path, kind: type[Refusal]) -> None:
    with an_empty_place(folder) as restored:
        with pytest.raises(kind):
            restore_backup(restored, stage.settings, path, now=NOW)
        if restored.revision() is not None:
            assert not any(everything_in(restored).values())


@pytest.mark.postgres
def test_a_backup_of_one_database_is_restored_into_the_other(stage: Stage, tmp_path: Path) -> None:
    installation = find_installation()
    if installation is None:
        pytest.skip("there is no PostgreSQL on this machine")
    path = booked(stage)
    with running_server(installation) as server:
        other = open_database(server.url(server.create_database()))
        restore_backup(other, stage.settings, path, now=NOW)
        wish = stage.wish("c1-b2", "10:00")
        # Its own numbers go on behind those that came along.
        book(other, stage.settings, wish, now=NOW, actor=COORDINATOR)
        back = tmp_path / "back.backup"
        make_backup(other, stage.settings, back, now=NOW)
        with an_empty_place(tmp_path) as restored:
            restore_backup(restored, stage.settings, back, now=NOW)
            assert everything_in(restored)["meeting"] == everything_in(other)["meeting"]
        other.dispose()


def test_the_doctor_finds_nothing_wrong_where_nothing_is(stage: Stage) -> None:
    booked(stage)
    beat(stage.db, "worker", now=NOW)
    levels = {one.level for one in doctor.examine(stage.db, stage.settings, now=NOW)}
    assert levels == {Level.GOOD}


def test_the_doctor_names_what_is_wrong(stage: Stage) -> None:
    booked(stage)
    with stage.db.write() as work:
        work.execute(delete(CLAIM).where(CLAIM.c.resource_id == "r1"))
    secret = stage.settings.instance / "secret.key"
    secret.write_text("x")
    secret.chmod(0o644)
    found = doctor.examine(stage.db, stage.settings, now=NOW + timedelta(hours=1))
    said = [one.phrase.text("en") for one in found if one.level is not Level.GOOD]
    assert said == [
        "1 sessions do not claim what they use",
        "No worker has ever been at work: nothing is sent",
        "6 notices have been due for more than a quarter of an hour",
        "secret.key can be read by others: chmod 600",
    ]


@pytest.mark.parametrize(
    ("done", "named"),
    [
        ("DROP TABLE webhook", "webhook"),
        ("ALTER TABLE meeting DROP COLUMN note", "meeting.note"),
        ("DROP INDEX ix_meeting_start_at", "ix_meeting_start_at"),
        ("ALTER TABLE receipt RENAME TO old; CREATE TABLE receipt AS SELECT * FROM old", "receipt (key)"),
    ],
)
def test_the_doctor_names_what_the_database_has_lost(stage: Stage, done: str, named: str) -> None:
    with stage.db.write() as work:
        for statement in done.split(";"):
            work.execute(text(statement))
    [first, *_rest] = doctor.examine(stage.db, stage.settings, now=NOW)
    assert (first.level, named in first.phrase.text("en")) == (Level.FAULT, True)


def test_the_doctor_says_that_a_file_is_no_database_and_that_mails_can_be_read(stage: Stage) -> None:
    stage.db.dispose()
    (stage.settings.instance / "scheduler.sqlite").write_bytes(b"nothing of the kind" * 1000)
    stage.settings.mailbox.mkdir()
    stage.settings.mailbox.chmod(0o755)
    said = [one.phrase.text("en") for one in doctor.examine(stage.db, stage.settings, now=NOW)]
    assert said == [
        "The database cannot be read: file is not a database",
        "mailbox can be read by others: chmod 700",
    ]


def test_the_doctor_says_when_the_tables_are_old(tmp_path: Path, stage: Stage) -> None:
    with an_empty_place(tmp_path) as empty:
        [first, *_rest] = doctor.examine(empty, stage.settings, now=NOW)
    assert first.level is Level.FAULT
    assert "sangdam init" in first.phrase.text("en")
