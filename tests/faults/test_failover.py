"""The primary dies under load and its synchronous standby takes over: nothing that was acknowledged is lost."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.booking.errors import Refusal
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.choose import Wish
from scheduler.storage import meetings
from scheduler.storage.db import open_database
from scheduler.storage.errors import StorageUnavailable
from tests.postgres import find_installation
from tests.services.stage import COORDINATOR, NOW, some_settings
from tests.soak.checker import faults_now
from tests.soak.server import crashing_server
from tests.soak.world import FAIR, MATCHES, SLOTS, World, prepare

BEFORE, AFTER, PATIENCE = 10, 10, 90


class Booker(threading.Thread):
    """Books and cancels, and remembers what it was told; when the database is away it asks again."""

    def __init__(self, url: str, folder: Path, match_id: str) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[tuple[str, int]] = []
        self.sent_away, self.stopping = 0, False
        self._url, self._settings, self._match_id = url, some_settings(folder), match_id

    def run(self) -> None:
        db = open_database(self._url, patience_seconds=5)
        turn = 0
        while not self.stopping:
            slot = SLOTS[turn % len(SLOTS)]
            turn += 1
            try:
                wish = Wish(fair_key=FAIR.key, match_id=self._match_id, slot=slot)
                made = book(db, self._settings, wish, now=NOW, actor=COORDINATOR)
                self.acknowledged.append((made.id, made.revision))
                gone = cancel(db, made.id, seen_revision=made.revision, now=NOW, actor=COORDINATOR)
                self.acknowledged.append((gone.id, gone.revision))
            except StorageUnavailable:
                self.sent_away += 1
                time.sleep(0.2)
            except Refusal:
                # What was kept by a commit whose answer was lost stands in its own way.
                self._match_id = next(one.id for one in MATCHES if one.id > self._match_id)
        db.dispose()


@pytest.mark.postgres
@pytest.mark.long
def test_no_acknowledged_booking_is_lost_when_the_standby_takes_over(tmp_path: Path) -> None:
    installation = find_installation()
    if installation is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with crashing_server(installation) as primary:
        name = primary.address.create_database()
        prepare(World(url=primary.address.url(name), folder=tmp_path))
        with primary.with_standby() as standby:
            hosts = f"host={primary.folder}&host={standby.folder}"
            url = f"postgresql://postgres@/{name}?{hosts}&target_session_attrs=read-write"
            bookers = [Booker(url, tmp_path, match_id) for match_id in ("c1-b1", "c2-b2")]
            for one in bookers:
                one.start()
            until(lambda: all(len(one.acknowledged) >= BEFORE for one in bookers))
            # What were acknowledged now would be lost with the primary: so nothing may be.
            primary.hold_back()
            time.sleep(1)
            primary.die()
            known = [list(one.acknowledged) for one in bookers]
            standby.promote()
            with standby.address.connect() as connection:
                # It has no standby of its own to wait for.
                connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
                connection.execute("SELECT pg_reload_conf()")
            until(
                lambda: all(
                    len(one.acknowledged) >= len(before) + AFTER
                    for one, before in zip(bookers, known, strict=True)
                )
            )
            for one in bookers:
                one.stopping = True
            for one in bookers:
                one.join(PATIENCE)
            db = open_database(standby.address.url(name))
            with db.read() as work:
                stored = {one.id: one.revision for one in meetings.meetings_of_fair(work, FAIR.id)}
            with db.reader.connect() as connection:
                assert faults_now(connection) == []
            db.dispose()
    lost = [one for booker in bookers for one in booker.acknowledged if stored.get(one[0], -1) < one[1]]
    assert lost == []


def until(reached: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Waits for something that other threads do."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it did not go on"
        time.sleep(0.1)
