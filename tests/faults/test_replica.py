"""Schedules, feeds and displays are read from a standby: never too old, never older than one's own change, and the
primary answers when the standby cannot.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.services.book import book
from scheduler.services.choose import Wish
from scheduler.settings import BadSettings, Settings, read_settings
from scheduler.storage.db import Database, open_database
from scheduler.storage.replica import Replica
from scheduler.web import create_web
from scheduler.web.replica import COOKIE
from tests.postgres import find_installation
from tests.programs import until
from tests.services.stage import COORDINATOR, NOW, Stage, some_settings
from tests.soak.server import CrashingServer, crashing_server
from tests.soak.world import FAIR, SLOTS, World, prepare
from tests.web.visitors import FIRST_COMPANY, PASSWORD, Clock, Site, Visitor

SECONDS = 5
DECLINED = "참석할 수 없다고 회신하셨습니다."


class Stopwatch:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds

    def go_on(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.mark.postgres
@pytest.mark.long
def test_what_is_read_from_the_standby_is_bounded_in_age_and_the_primary_steps_in(tmp_path: Path) -> None:
    installation = find_installation()
    if installation is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with crashing_server(installation) as primary:
        name = primary.address.create_database()
        prepare(World(url=primary.address.url(name), folder=tmp_path))
        with primary.with_standby() as standby:
            watch = Stopwatch()
            db = _opened(primary.address.url(name), standby.address.url(name), watch)
            site = _site(db, tmp_path)
            meeting_id = _booked(site)
            page = f"/my/{meeting_id}"
            changing, reading = _company(site), _company(site)
            _forget_the_change(reading)
            _until_it_follows(db, watch)
            assert db.replica is not None
            assert db.replica.catches_up() is not None
            assert site.visitor().get("/readyz").text == "ready\nreplica: in use\n"
            _standby_says(standby, "SELECT pg_wal_replay_pause()")
            until(lambda: _standby_says(standby, "SELECT pg_get_wal_replay_pause_state()") == "paused")
            answer = {"answer": "declined", "start": SLOTS[0].start_at.isoformat(), "comment": ""}
            changing.post(f"{page}/answer", page=page, **answer)
            feed = site.feed_path()
            # Who has changed something sees it; somebody else sees how it was some seconds ago.
            assert [DECLINED in one.text(one.get(page)) for one in (changing, reading)] == [True, False]
            # What the standby does not know of yet is there all the same.
            assert site.visitor().get(feed).status_code == 200
            assert db.replica.catches_up() is None
            watch.go_on(SECONDS)
            assert DECLINED in reading.text(reading.get(page))
            assert (
                site.visitor().get("/readyz").text == "ready\nreplica: away or behind, the primary answers\n"
            )
            _standby_says(standby, "SELECT pg_wal_replay_resume()")
            _until_it_follows(db, watch)
            assert DECLINED in reading.text(reading.get(page))
            with primary.address.connect() as connection:
                # Nobody waits for the standby that is about to die.
                connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
                connection.execute("SELECT pg_reload_conf()")
            standby.die()
            # It was well a moment ago, so this page is asked of it, and then of the primary.
            assert DECLINED in reading.text(reading.get(page))
            assert (
                site.visitor().get("/readyz").text == "ready\nreplica: away or behind, the primary answers\n"
            )
            assert db.replica.catches_up() is None
            db.dispose()


@pytest.mark.postgres
def test_a_database_that_is_no_standby_is_never_read_from(postgres_url: str) -> None:
    db = _opened(postgres_url, postgres_url, Stopwatch())
    assert (db.somewhat_old(), db.replica is not None and db.replica.catches_up()) == (None, None)
    db.dispose()


def test_a_replica_needs_a_postgresql_to_follow(tmp_path: Path) -> None:
    for url in ("postgresql://127.0.0.1/sangdam", f"sqlite:///{tmp_path}/other.sqlite"):
        with pytest.raises(BadSettings, match="REPLICA_URL"):
            read_settings({"SANGDAM_REPLICA_URL": url}, instance=tmp_path)


def _opened(url: str, replica_url: str, watch: Stopwatch) -> Database:
    db = open_database(url)
    replica = Replica(make_url(replica_url), primary=db.writer, seconds=SECONDS, clock=watch)
    return replace(db, replica=replica)


def _site(db: Database, folder: Path) -> Site:
    settings: Settings = some_settings(folder)
    clock = Clock(NOW)
    stage = Stage(db=db, settings=settings, fair=FAIR)
    return Site(app=create_web(settings, db, clock=clock), stage=stage, clock=clock)


def _booked(site: Site) -> str:
    add_account(
        site.stage.db,
        email=FIRST_COMPANY,
        name="one",
        role="company",
        password=PASSWORD,
        resource_id="c1",
        now=NOW,
        actor=SYSTEM,
    )
    wish = Wish(fair_key=FAIR.key, match_id="c1-b1", slot=SLOTS[0])
    return book(site.stage.db, site.stage.settings, wish, now=NOW, actor=COORDINATOR).id


def _company(site: Site) -> Visitor:
    return site.logged_in(FIRST_COMPANY)


def _forget_the_change(visitor: Visitor) -> None:
    """As a browser does after some seconds: logging in was a change, too."""
    assert visitor.client.get_cookie(COOKIE) is not None
    visitor.client.delete_cookie(COOKIE)


def _until_it_follows(db: Database, watch: Stopwatch) -> None:
    def follows() -> bool:
        watch.go_on(1)
        return db.somewhat_old() is not None

    until(follows)


def _standby_says(standby: CrashingServer, statement: str) -> object:
    with standby.address.connect() as connection:
        [answer] = connection.execute(statement).fetchone() or [None]
        return answer
