"""The last slot: everybody asks for it at one moment, programs by the interface and companies by their page."""

import asyncio
import http.client
import json
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from scheduler.booking.fair import slots_of
from scheduler.booking.meeting import Meeting
from scheduler.services import accounts, api_keys
from scheduler.services.actor import SYSTEM
from scheduler.services.api_keys import Scope
from scheduler.services.book import book
from scheduler.services.choose import Wish
from scheduler.services.picking_rules import set_picking_rules
from scheduler.storage import fairs, matches, meetings, people, soundness
from scheduler.storage.db import Database, open_database
from scheduler.timezones.clock import utc_now
from tests.builders import a_buyer, a_company, a_fair, a_match, a_room, an_interpreter, spans
from tests.postgres import find_installation, running_server
from tests.programs import Web, built_in_server, gunicorn, shared_settings
from tests.services.stage import mailed, some_settings
from tests.soak.run import POSTGRESQL, SQLITE

KEY, PASSWORD = "last", "several plain words"
_PATIENCE = 120
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many ask at once, how many of these by the page of their company, and how often all of it happens."""

    requests: int = 200
    by_page: int = 10
    rounds: int = 100
    processes: int = 4


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Of one racer: the status, the type of the problem or the page's reason, and the seconds it took."""

    racer: int
    status: int
    reason: str
    seconds: float


@dataclass(kw_only=True)
class Race:
    """`faults` is empty when each round had one winner and everybody else was told the reason."""

    database: str
    size: Size
    heard: Counter[tuple[int, str]] = field(default_factory=Counter)
    winners_by_page: int = 0
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        return 1000 * statistics.quantiles(self.seconds, n=100)[round(100 * share) - 1]


def race(database: str, size: Size) -> Race:
    """On SQLite by `sangdam serve`, on PostgreSQL by gunicorn with several processes."""
    with tempfile.TemporaryDirectory(prefix="race-") as name, _address(database, Path(name)) as url:
        folder = Path(name)
        db = open_database(url)
        db.migrate()
        token = _prepared(db, folder, url, size)
        # On a machine that gives little of its processor a racer is to be slow, not asked to try again.
        patience = {"SANGDAM_DATABASE_PATIENCE_SECONDS": str(_PATIENCE // 2)}
        processes = {"SANGDAM_WEB_PROCESSES": str(size.processes)}
        environ = {**shared_settings(url, folder), **patience, **processes}
        serving = built_in_server if database == SQLITE else gunicorn
        with serving(environ) as web:
            run = Race(database=database, size=size)
            _Course(run=run, db=db, web=web, token=token, racers=tuple(_racers(web, token, size))).run_all()
        db.dispose()
        return run


@contextmanager
def _address(database: str, folder: Path) -> Iterator[str]:
    if database == SQLITE:
        yield f"sqlite:///{folder}/race.sqlite"
        return
    installation = find_installation()
    assert database == POSTGRESQL
    assert installation is not None, "there is no PostgreSQL on this machine"
    with running_server(installation, synchronous_commit="on", max_connections="200") as server:
        yield server.url(server.create_database())


def _prepared(db: Database, folder: Path, url: str, size: Size) -> str:
    """A fair with one slot left of its one buyer, whom everybody is matched with; a key of the coordinator's."""
    now = utc_now()
    fair = a_fair(key=KEY, days=(now.date() + timedelta(days=7),), opening=spans("09:00-10:00"))
    companies = tuple(mailed(a_company(f"c{number}")) for number in range(size.requests + 1))
    everybody = (*companies, mailed(a_buyer("b1"), "en"), mailed(an_interpreter("i1")), a_room("r1"))
    with db.write() as work:
        fairs.save_fair(work, fair, now)
        for position, one in enumerate(everybody):
            people.save_resource(work, one, f"key:{one.id}", fair.id, position)
        for one in companies:
            matches.save_match(work, fair.id, a_match(company=one.id))
    first, _last = slots_of(fair, "ID")
    settings = replace(some_settings(folder), database_url=url)
    taken = Wish(fair_key=KEY, match_id=f"c{size.requests}-b1", slot=first)
    book(db, settings, taken, now=now, actor=SYSTEM)
    set_picking_rules(db, KEY, {"is_on": "yes"}, now=now, actor=SYSTEM)
    for number in range(size.by_page):
        _account(db, _email(number), "company", f"c{number}")
    coordinator = _account(db, "kim@city.example", "coordinator", None)
    scopes = (Scope.READ, Scope.BOOK)
    return api_keys.make_key(db, coordinator, name="race", scopes=scopes, days=30, now=now, actor=SYSTEM)[1]


def _account(db: Database, email: str, role: str, resource_id: str | None) -> accounts.Account:
    return accounts.add_account(
        db,
        email=email,
        name=role,
        role=role,
        password=PASSWORD,
        resource_id=resource_id,
        now=utc_now(),
        actor=SYSTEM,
    )


def _email(number: int) -> str:
    return f"c{number}@company.example"


@dataclass(frozen=True, kw_only=True)
class Racer:
    """Somebody with a request that differs from round to round by what names it."""

    number: int
    by_page: bool
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]

    def request(self, turn: int, start: str) -> bytes:
        named = f"round-{turn}-of-racer-{self.number}"
        if self.by_page:
            body = urlencode({**self.fields, "token": named, "start": start})
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
        else:
            body = json.dumps({"match_id": f"c{self.number}-b1", "start_at": start})
            kind = {"Content-Type": "application/json", "Idempotency-Key": named}
        sent = {**self.headers, **kind, "Content-Length": str(len(body)), "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        return f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n{body}".encode()


def _racers(web: Web, token: str, size: Size) -> Iterator[Racer]:
    for number in range(size.requests):
        if number < size.by_page:
            yield _company(web, number)
            continue
        given = {"Authorization": f"Bearer {token}"}
        path = f"/api/v1/fairs/{KEY}/sessions"
        yield Racer(number=number, by_page=False, path=path, headers=given, fields={})


def _company(web: Web, number: int) -> Racer:
    """Logged in, with the page of the buyer before them."""
    page = f"/my/fairs/{KEY}/buyers/b1"
    cookies: dict[str, str] = {}

    def ask(method: str, path: str, fields: Mapping[str, str] | None = None) -> str:
        with closing(http.client.HTTPConnection("127.0.0.1", web.port, timeout=_PATIENCE)) as connection:
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
            carried = "; ".join(f"{name}={value}" for name, value in cookies.items())
            body = urlencode(fields) if fields else None
            connection.request(method, path, body, {"Cookie": carried, **kind})
            answer = connection.getresponse()
            for value in answer.headers.get_all("Set-Cookie", []):
                name, _, rest = value.partition("=")
                cookies[name] = rest.partition(";")[0]
            return answer.read().decode()

    ask("POST", "/login", {**_csrf(ask("GET", "/login")), "email": _email(number), "password": PASSWORD})
    fields = _csrf(ask("GET", page))
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    return Racer(number=number, by_page=True, path=f"{page}/hold", headers=headers, fields=fields)


def _csrf(page: str) -> dict[str, str]:
    found = _TOKEN.search(page)
    assert found is not None, page
    return {"csrf_token": found[1]}


@dataclass(frozen=True, kw_only=True)
class _Course:
    run: Race
    db: Database
    web: Web
    token: str
    racers: Sequence[Racer]

    def run_all(self) -> None:
        with self.db.read() as work:
            fair = fairs.get_fair(work, KEY)
        start = slots_of(fair, "ID")[-1].start_at.isoformat()
        for turn in range(self.run.size.rounds):
            answers = asyncio.run(self._all_at_once(turn, start))
            self._look(turn, answers, fair.id)

    async def _all_at_once(self, turn: int, start: str) -> list[Answer]:
        """Everybody is connected first; then all of them speak."""
        in_turn = random.Random(turn).sample(self.racers, len(self.racers))
        opened = [await asyncio.open_connection("127.0.0.1", self.web.port) for _ in in_turn]
        asked = [
            _asked(racer, racer.request(turn, start), reader, writer)
            for racer, (reader, writer) in zip(in_turn, opened, strict=True)
        ]
        return list(await asyncio.gather(*asked))

    def _look(self, turn: int, answers: Sequence[Answer], fair_id: str) -> None:
        self.run.heard.update((one.status, one.reason) for one in answers)
        self.run.seconds.extend(one.seconds for one in answers)
        winners = [one for one in answers if one.status in (201, 303)]
        refused = [one for one in answers if (one.status, one.reason) == (409, "slot-taken")]
        if (len(winners), len(refused)) != (1, len(answers) - 1):
            counted = Counter((one.status, one.reason) for one in answers)
            self.run.faults.append(f"round {turn}: {dict(counted)}")
        with self.db.read() as work:
            live = [one for one in meetings.meetings_of_fair(work, fair_id) if one.is_live]
            self.run.faults.extend(f"round {turn}: {one.text('en')}" for one in soundness.faults_of(work))
        found = [one for one in live if one.match_id != f"c{self.run.size.requests}-b1"]
        expected = sorted(f"c{one.racer}-b1" for one in winners)
        if sorted(one.match_id or "" for one in found) != expected:
            self.run.faults.append(f"round {turn}: {len(found)} sessions stand, won by {expected}")
        self.run.winners_by_page += sum(one.status == 303 for one in winners)
        for one in found:
            self._give_back(one)

    def _give_back(self, meeting: Meeting) -> None:
        """By the interface too, so that the slot is free again for the next round."""
        given = {"Authorization": f"Bearer {self.token}", "If-Match": f'"{meeting.revision}"'}
        with closing(http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=_PATIENCE)) as connection:
            connection.request("DELETE", f"/api/v1/sessions/{meeting.id}", headers=given)
            status = connection.getresponse().status
        if status != 200:
            self.run.faults.append(f"giving {meeting.match_id} back was answered with {status}")


async def _asked(
    racer: Racer, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Answer:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(_PATIENCE):
            writer.write(request)
            answer = (await reader.read(-1)).decode(errors="replace")
    except (OSError, TimeoutError):
        answer = ""
    finally:
        writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    status = int(head.split(" ", 2)[1]) if head else 0
    seconds = time.perf_counter() - began
    return Answer(racer=racer.number, status=status, reason=_reason(racer, status, body), seconds=seconds)


def _reason(racer: Racer, status: int, body: str) -> str:
    """Why not: the type of the problem, or what the page says about it."""
    if status < 400:
        return ""
    if racer.by_page:
        return "slot-taken" if "방금 다른 예약이 들어온 시간" in body else body[:200]
    try:
        return str(json.loads(body)["type"]).removeprefix("urn:sangdam:")
    except (ValueError, KeyError):
        return body[:200]
