"""Failed logins are counted by all processes together, on one machine with SQLite, too."""

from pathlib import Path

from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.storage.db import open_database
from scheduler.timezones.clock import utc_now
from tests.faults.test_several import EMAIL, PASSWORD, Visitor
from tests.programs import gunicorn, shared_settings


def test_several_processes_on_sqlite_count_the_wrong_passwords_of_one_account_together(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'scheduler.sqlite'}"
    db = open_database(url)
    db.migrate()
    add_account(
        db, email=EMAIL, name="김", role="coordinator", password=PASSWORD, now=utc_now(), actor=SYSTEM
    )
    db.dispose()
    environ = {**shared_settings(url, tmp_path), "SANGDAM_WEB_PROCESSES": "3"}
    with gunicorn(environ) as web:
        visitor = Visitor(web.port)
        tried = [
            visitor.post("/login", page="/login", email=EMAIL, password="not the password") for _ in range(12)
        ]

    assert tried == [400] * 10 + [429] * 2
