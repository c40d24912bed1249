import re
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from scheduler.booking.errors import Refusal
from scheduler.storage.db import Database, new_id, open_database
from scheduler.storage.errors import AlreadyThere, StorageBusy, StorageUnavailable
from scheduler.storage.fairs import find_fair, get_fair, save_fair
from scheduler.storage.settings import read_setting, save_setting
from scheduler.storage.tables import HeartbeatTable, SettingTable, table_of
from scheduler.timezones.errors import NaiveTime
from tests.builders import a_fair, at, utc
from tests.storage.stage import NOW

HEARTBEAT, SETTING = table_of(HeartbeatTable), table_of(SettingTable)


def test_what_a_transaction_wrote_is_there_afterwards(database: Database) -> None:
    with database.write() as work:
        save_setting(work, "colour", "초록")
    with database.read() as work:
        assert read_setting(work, "colour") == "초록"


def test_reads_at_one_moment_see_nothing_that_another_has_written_meanwhile(
    database: Database, url: str
) -> None:
    another = open_database(url)
    seen = []
    with database.at_one_moment() as moment:
        for colour in ("green", "blue"):
            with moment.read() as work, moment.glance() as glance:
                seen.append((read_setting(work, "colour"), read_setting(glance, "colour")))
            with another.write() as work:
                save_setting(work, "colour", colour)
    with database.at_one_moment() as moment, moment.read() as work:
        seen.append(read_setting(work, "colour"))
    another.dispose()
    assert seen == [(None, None), (None, None), "blue"]


def test_what_is_written_at_one_moment_is_kept_and_not_seen_before_the_next(database: Database) -> None:
    with database.at_one_moment() as moment:
        with moment.read() as work:
            assert read_setting(work, "colour") is None
        with moment.write() as work:
            save_setting(work, "colour", "green")
        with moment.read() as work:
            seen = [read_setting(work, "colour")]
    with database.read() as work:
        seen.append(read_setting(work, "colour"))
    assert seen == [None, "green"]


def test_a_refusal_at_one_moment_leaves_the_next_read_as_it_was(database: Database) -> None:
    with database.write() as work:
        save_setting(work, "colour", "green")
    with database.at_one_moment() as moment:
        with pytest.raises(Refusal), moment.read() as work:
            get_fair(work, "nowhere")
        with moment.read() as work:
            assert read_setting(work, "colour") == "green"
    assert database.moment is None


def test_an_exception_takes_back_everything(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as work:
        save_setting(work, "colour", "green")
        raise ZeroDivisionError
    with database.read() as work:
        assert read_setting(work, "colour", "none") == "none"


def test_a_note_waits_for_no_fsync_and_what_is_written_otherwise_still_does(database: Database) -> None:
    asked = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}[database.dialect]
    if database.dialect == "postgresql":
        with database.write() as work:
            name = work.scalar(text("SELECT current_database()"))
            # The server of the tests waits for no disk at all.
            work.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit TO on'))
        database.dispose()
    answers = []
    for begun in (database.write, database.note, database.write):
        with begun() as work:
            save_setting(work, "colour", begun.__name__)
            answers.append(work.scalar(text(asked)))
    assert answers == {"sqlite": [2, 1, 2], "postgresql": ["on", "off", "on"]}[database.dialect]


def test_a_note_outlives_a_process_that_is_killed(url: str) -> None:
    notes = """
import os, signal, sys
from scheduler.storage.db import open_database
from scheduler.storage.settings import save_setting
with open_database(sys.argv[1]).note() as work:
    save_setting(work, "colour", "noted")
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", notes, url], check=False)
    database = open_database(url)
    with database.read() as work:
        assert (ended.returncode, read_setting(work, "colour")) == (-signal.SIGKILL, "noted")
    database.dispose()


def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises((DBAPIError, StorageUnavailable)), database.read() as work:
        save_setting(work, "colour", "green")
    with database.read() as work:
        assert read_setting(work, "colour") is None


def test_a_reader_sees_one_moment_however_much_is_written_meanwhile(database: Database) -> None:
    with database.read() as reading:
        before = read_setting(reading, "colour")
        with database.write() as work:
            save_setting(work, "colour", "green")
        assert (before, read_setting(reading, "colour")) == (None, None)
    with database.read() as reading:
        assert read_setting(reading, "colour") == "green"


def test_a_second_writer_sees_what_the_first_wrote_and_loses_no_update(database: Database) -> None:
    with database.write() as work:
        save_setting(work, "count", 0)

    def count_up() -> None:
        for _ in range(10):
            with database.write() as work:
                # PostgreSQL locks the row; SQLite has locked everything when the transaction began.
                work.execute(select(SETTING).where(SETTING.c.key == "count").with_for_update())
                save_setting(work, "count", read_setting(work, "count") + 1)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as work:
        assert read_setting(work, "count") == 40


def test_a_writer_who_waits_too_long_is_told_that_it_is_busy(url: str) -> None:
    holder, impatient = open_database(url), open_database(url, patience_seconds=0.05)
    with holder.write() as work:
        save_setting(work, "colour", "green")
        with pytest.raises(StorageBusy), impatient.write() as other:
            save_setting(other, "colour", "red")
    with impatient.write() as work:
        assert read_setting(work, "colour") == "green"
    holder.dispose()
    impatient.dispose()


def test_busy_is_a_refusal_that_says_so_in_korean() -> None:
    assert isinstance(StorageBusy(), Refusal)
    assert StorageBusy.phrase.text("ko") == (
        "지금 예약이 몰리고 있습니다. 변경된 내용은 없습니다. 다시 시도해 주세요."
    )


def test_a_server_that_is_not_there_is_a_refusal_not_a_fault_of_the_program(tmp_path: Path) -> None:
    away = open_database(f"postgresql://nobody@/none?host={tmp_path}")
    with pytest.raises(StorageUnavailable), away.read() as work:
        work.execute(text("SELECT 1"))
    away.dispose()


def test_a_unique_key_that_is_broken_is_named(database: Database) -> None:
    with database.write() as work:
        save_fair(work, a_fair(), NOW)
    with pytest.raises(AlreadyThere) as refused, database.write() as work:
        save_fair(work, a_fair(id="fair-2", name="other"), NOW)
    assert (refused.value.table, refused.value.columns) == ("fair", ("key",))
    with database.read() as work:
        assert find_fair(work, "sample") == a_fair()


def test_an_instant_comes_back_as_it_was_in_utc(database: Database) -> None:
    moment = utc(2026, 6, 24, 0, 30).replace(microsecond=123456)
    with database.write() as work:
        work.execute(HEARTBEAT.insert().values(name="worker", at=moment, facts={}))
    with database.read() as work:
        found = work.scalar(select(HEARTBEAT.c.at))
    assert found == moment
    assert found is not None
    assert str(found) == "2026-06-24 00:30:00.123456+00:00"


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = at("09:00").replace(tzinfo=None)
    with pytest.raises(Exception, match="does not say which zone") as refused, database.write() as work:
        work.execute(HEARTBEAT.insert().values(name="worker", at=naive, facts={}))
    assert isinstance(refused.value.__cause__ or refused.value, NaiveTime)


def test_the_sqlite_file_and_its_side_files_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "made" / "here" / "scheduler.sqlite"
    database = open_database(f"sqlite:///{path}")
    database.migrate()
    with database.write() as work:
        save_setting(work, "colour", "green")
        modes = {one.name: oct(one.stat().st_mode & 0o777) for one in path.parent.iterdir()}
    database.dispose()
    assert modes == {
        "scheduler.sqlite": "0o600",
        "scheduler.sqlite-shm": "0o600",
        "scheduler.sqlite-wal": "0o600",
    }


def test_a_sqlite_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.sqlite"
    path.touch(mode=0o644)
    open_database(f"sqlite:///{path}").dispose()
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_sqlite_writes_ahead_syncs_each_commit_and_keeps_foreign_keys(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'scheduler.sqlite'}")
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with database.write() as work:
        assert [work.scalar(text(f"PRAGMA {name}")) for name in pragmas] == ["wal", 2, 1, 0]
    database.dispose()


def test_opening_a_sqlite_file_again_leaves_the_locks_of_those_who_have_it_open(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.sqlite"
    first = open_database(f"sqlite:///{path}")
    first.migrate()
    with first.write() as work:
        save_fair(work, a_fair(), NOW)
    open_database(f"sqlite:///{path}").dispose()

    # Had the locks gone, the other process would think itself the last one and take the log away.
    assert fairs_seen_elsewhere(path) == "[('sample',)]"
    with first.write() as work:
        save_fair(work, a_fair(id="fair-2", key="second"), NOW)

    assert fairs_seen_elsewhere(path) == "[('sample',), ('second',)]"
    first.dispose()


def fairs_seen_elsewhere(path: Path) -> str:
    """The keys of all fairs, as another process reads them."""
    look = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(c.execute(sys.argv[2]).fetchall()); c.close()"
    asked = [sys.executable, "-c", look, str(path), "SELECT key FROM fair ORDER BY key"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_a_database_that_would_not_last_or_is_not_known_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"database has to be a file|only sqlite"):
        open_database(url)


def test_ids_say_what_they_are_of_and_nothing_else() -> None:
    ids = {new_id("mtg") for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch("mtg_[a-z2-7]{16}", one) for one in ids)


def test_a_full_disk_is_a_refusal_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.sqlite"
    database = open_database(f"sqlite:///{path}")
    database.migrate()
    with pytest.raises(StorageUnavailable), database.write() as work:
        pages = work.scalar(text("PRAGMA page_count"))
        work.execute(text(f"PRAGMA max_page_count = {pages}"))
        save_setting(work, "small", 1)
        save_setting(work, "large", "x" * 1_000_000)
    database.dispose()
    with sqlite3.connect(path) as plain:
        assert plain.execute("SELECT count(*) FROM setting").fetchone() == (0,)
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()
