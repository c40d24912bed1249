"""Two web processes and two workers on one PostgreSQL, as docs/running.md sets them up; one of each dies on the way."""

import http.client
import re
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select, text, update

from scheduler.booking.fair import slots_of
from scheduler.grid.plan import Plan
from scheduler.grid.texts import plan_text
from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.storage import drafts, fairs, soundness
from scheduler.storage.db import Database, open_database
from scheduler.storage.drafts import Draft
from scheduler.storage.tables import OutboxTable, table_of
from scheduler.timezones.clock import utc_now
from tests.builders import a_placement
from tests.postgres import find_installation, running_server
from tests.programs import PATIENCE, gunicorn, kill, shared_settings, until, worker
from tests.soak.world import FAIR, MATCHES, World, prepare

OUTBOX = table_of(OutboxTable)
EMAIL, PASSWORD = "kim@city.example", "several plain words"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.mark.postgres
def test_one_of_each_dies_during_a_publication_and_the_others_end_it_rightly(tmp_path: Path) -> None:
    installation = find_installation()
    if installation is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with running_server(installation, synchronous_commit="on") as server, ExitStack() as running:
        url = server.url(server.create_database())
        db = _with_a_plan(url, tmp_path)
        environ = shared_settings(url, tmp_path)
        first, second = (running.enter_context(gunicorn(environ)) for _ in range(2))
        # The lock lets the publication come as far as its first session, and no further.
        with db.writer.connect() as blocker:
            blocker.execute(text("LOCK TABLE claim IN EXCLUSIVE MODE"))
            publishing = Visitor(first.port)
            publishing.log_in()
            publishing.send(f"/fairs/{FAIR.key}/publish")
            until(lambda: _waiting_for_a_lock(db))
            kill(first.process)
            publishing.sent.close()
            blocker.rollback()
        until(lambda: not _waiting_for_a_lock(db))
        published = _states(db)
        workers = [running.enter_context(worker(environ)) for _ in range(2)]
        visitor = Visitor(second.port)
        visitor.log_in()
        status = visitor.post(f"/fairs/{FAIR.key}/publish")
        until(lambda: _sent(db) > 2)
        kill(workers[0])
        until(lambda: not _waiting(db))
        mails = _mails(tmp_path)
        with db.read() as work:
            faults = list(soundness.faults_of(work))
            count = work.scalar(text("SELECT count(*) FROM meeting WHERE state = 'confirmed'"))
        db.dispose()
    # A transaction whose client is gone is undone as a whole: the second publication does everything.
    assert (published, status, count, faults) == ([], 303, 4, [])
    repeats = Counter(mails)
    # Sent by one that died before it could say so: the other sends it again, with the same Message-ID.
    assert (len(repeats), max(repeats.values()) <= 2) == (12, True)


def _with_a_plan(url: str, folder: Path) -> Database:
    prepare(World(url=url, folder=folder))
    db = open_database(url)
    fair = replace(FAIR, days=(utc_now().date() + timedelta(days=7),))
    chosen = [one for one in MATCHES if one.company_id[1:] == one.buyer_id[1:]]
    placements = tuple(
        a_placement(match, slot, interpreter_ids=("i1",), room_id="r1")
        for match, slot in zip(chosen, slots_of(fair, "ID"), strict=False)
    )
    plan = plan_text(Plan(placements=placements, wanted=4, bound=4))
    draft = Draft(id="draft_1", fair_id=FAIR.id, state="ready", problem="{}", plan=plan, created_at=utc_now())
    with db.write() as work:
        # The sample fair lies in the past, and these processes go by the clock on the wall.
        fairs.save_fair(work, fair, utc_now())
        drafts.add_draft(work, draft)
    add_account(
        db, email=EMAIL, name="김", role="coordinator", password=PASSWORD, now=utc_now(), actor=SYSTEM
    )
    return db


class Visitor:
    """A browser's worth of cookies."""

    def __init__(self, port: int) -> None:
        self._port, self._cookies = port, dict[str, str]()

    def log_in(self) -> None:
        assert self.post("/login", page="/login", email=EMAIL, password=PASSWORD) == 303

    def post(self, path: str, *, page: str = "/password", **fields: str) -> int:
        body = urlencode({"csrf_token": self._token(page), **fields})
        return self.ask("POST", path, body).status

    def send(self, path: str) -> None:
        """Asks, and does not wait for an answer."""
        token = self._token("/password")
        self.sent = self._connected("POST", path, urlencode({"csrf_token": token}))

    def ask(self, method: str, path: str, body: str = "") -> http.client.HTTPResponse:
        with closing(self._connected(method, path, body)) as connection:
            answer = connection.getresponse()
            for value in answer.headers.get_all("Set-Cookie", []):
                name, _, rest = value.partition("=")
                self._cookies[name] = rest.partition(";")[0]
            self._text = answer.read().decode(errors="replace")
            return answer

    def _token(self, page: str) -> str:
        self.ask("GET", page)
        found = _TOKEN.search(self._text)
        assert found is not None, self._text
        return found[1]

    def _connected(self, method: str, path: str, body: str) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            connection.request(method, path, body.encode() or None, {"Cookie": cookies, **kind})
        except OSError:
            connection.close()
            raise
        return connection


def _waiting_for_a_lock(db: Database) -> bool:
    statement = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%claim%'"
    )
    with db.read() as work:
        return bool(work.scalar(text(statement)))


def _states(db: Database) -> list[str]:
    with db.read() as work:
        return list(work.scalars(text("SELECT state FROM meeting")))


def _sent(db: Database) -> int:
    with db.read() as work:
        return work.scalar(select(func.count()).where(OUTBOX.c.state == "sent")) or 0


def _waiting(db: Database) -> int:
    """What is to go out by now. The leases of the dead one are not waited for five minutes long."""
    with db.write() as work:
        work.execute(
            update(OUTBOX)
            .where(OUTBOX.c.state == "leased", OUTBOX.c.leased_until > utc_now() + timedelta(minutes=1))
            .values(leased_until=utc_now() + timedelta(seconds=15))
        )
        due = (OUTBOX.c.state.in_(("due", "leased")), OUTBOX.c.due_at <= utc_now())
        return work.scalar(select(func.count()).where(*due)) or 0


def _mails(folder: Path) -> list[str]:
    """The Message-ID of each mail that went out."""
    found = (path.read_text(encoding="utf-8", errors="replace") for path in folder.rglob("*.eml"))
    return [match[1] for one in found if (match := re.search(r"(?im)^message-id:\s*(<[^>]+>)", one))]
