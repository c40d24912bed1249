"""The proof of booking: real processes, kills at named points, everything looked at after every commit.

`python -m tests.soak` runs the long one and prints a table; `prove` is what the tests run shortly.
"""

import json
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import make_url

from tests.postgres import find_installation
from tests.soak.actor import AFTER_DATA, NO_KEY, POINTS, Part, run_part
from tests.soak.checker import faults_at_the_end, operations
from tests.soak.server import CrashingServer, crashing_server
from tests.soak.world import World, prepare

# Processes that have loaded the program already: most of the time is to be spent in transactions.
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.soak.actor"])
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
_POLL_SECONDS = 0.5
# The point of a kill lies so many commits, or mails, after the start of the process.
_SOONEST, _LATEST = 3, 60
_MAILS = 12


@dataclass(frozen=True, kw_only=True)
class Size:
    """How long a run is: it ends when both are reached, or after `seconds`."""

    commits: int
    kills: int
    processes: int = 8
    seconds: float = 3600
    soonest: int = _SOONEST
    latest: int = _LATEST


@dataclass(frozen=True, kw_only=True)
class Result:
    database: str
    control: str
    commits: int
    kills: Counter[str]
    heard: Counter[str]
    crashes: int
    seconds: float
    sittings: int = 1
    databases: int = 1
    faults: tuple[str, ...] = field(default=())

    def is_of(self, size: Size) -> bool:
        """Whether it has come as far as that."""
        return self.commits >= size.commits and self.kills.total() >= size.kills


def together(results: Sequence[Result]) -> Result:
    """What several runs on databases of one kind came to."""
    return Result(
        database=results[0].database,
        control=results[0].control,
        commits=sum(one.commits for one in results),
        kills=sum((one.kills for one in results), Counter[str]()),
        heard=sum((one.heard for one in results), Counter[str]()),
        crashes=sum(one.crashes for one in results),
        seconds=sum(one.seconds for one in results),
        sittings=sum(one.sittings for one in results),
        databases=len(results),
        faults=tuple(fault for one in results for fault in one.faults),
    )


@dataclass(frozen=True, kw_only=True)
class Sat:
    """What the sittings on one database came to. It is written down all the time, so that nothing of one that is
    broken off is forgotten, and its clock never goes back.
    """

    sittings: int = 0
    seconds: float = 0.0
    crashes: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    lives: dict[str, int] = field(default_factory=dict)


def prove(database: str, size: Size, *, control: str = "", kept: Path | None = None) -> Result:
    """Runs until the size is reached; `faults` is empty when the proof holds.

    With a folder `kept` it goes on with what is there, and leaves it for the next sitting: the database, what each
    process wrote down and what there was of kills. The end of each sitting looks at the whole story. A file `stop` in
    the folder ends it early.
    """
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = kept or Path(name)
        folder.mkdir(exist_ok=True, parents=True)
        if database == SQLITE:
            world = World(url=f"sqlite:///{folder}/soak.sqlite", folder=folder)
            return _run(world, database, size, control, None)
        installation = find_installation()
        assert installation is not None, "there is no PostgreSQL on this machine"
        with crashing_server(installation, kept=kept and kept / "postgresql") as server:
            world = World(url=server.address.url(_database_of(server, folder)), folder=folder)
            return _run(world, database, size, control, server)


def _database_of(server: CrashingServer, folder: Path) -> str:
    """One for each folder: a server that was kept has it already."""
    named = folder / "database"
    if not named.exists():
        named.write_text(server.address.create_database())
    return named.read_text()


def _run(world: World, database: str, size: Size, control: str, server: CrashingServer | None) -> Result:
    noted = world.folder / "sittings.json"
    before = Sat(**json.loads(noted.read_text())) if noted.exists() else Sat()
    if not before.sittings:
        prepare(world)
    if control == NO_KEY:
        _drop_the_key(world)
    (world.folder / "stop").unlink(missing_ok=True)
    began = time.time() - before.seconds
    kills, lives = Counter(before.kills), Counter(before.lives)
    crew = _Crew(world=world, size=size, control=control, began=began, kills=kills, lives=lives)

    def note(crashes: int) -> Sat:
        now = Sat(
            sittings=before.sittings + 1,
            seconds=time.time() - began,
            crashes=before.crashes + crashes,
            kills=dict(kills),
            lives=dict(lives),
        )
        fresh = noted.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(now)))
        fresh.replace(noted)
        return now

    if _is_reached(crew):
        now = before
    else:
        with crew.at_work():
            crashes = _watch(crew, size, server if not control else None, note)
        now = note(crashes)
    opened = world.open()
    with opened.reader.connect() as connection:
        heard = _heard(crew.journals)
        mails = sorted(world.folder.glob("*.mail"))
        deaths = kills.total() + heard["unknown"] + len(crew.names) * now.crashes
        story = faults_at_the_end(connection, crew.journals, mails, deaths=deaths)
        faults = [*_seen_by_actors(world.folder), *story]
        done = operations(connection)
    opened.dispose()
    return Result(
        database=database,
        control=control,
        commits=done,
        kills=kills,
        heard=heard,
        crashes=now.crashes,
        seconds=now.seconds,
        sittings=now.sittings,
        faults=tuple(faults),
    )


def _watch(crew: "_Crew", size: Size, server: CrashingServer | None, note: Callable[[int], object]) -> int:
    """Starts again what has died, and lets the database crash now and then; how often it did."""
    crashes, chance = 0, random.Random(f"{crew.world.folder} {crew.lives.total()}")
    deadline, next_trouble = time.time() + size.seconds, time.time() + 2
    while time.time() < deadline and not crew.is_told_to_stop:
        time.sleep(_POLL_SECONDS)
        crew.replace_the_dead()
        note(crashes)
        if server is not None and time.time() > next_trouble:
            next_trouble = time.time() + chance.uniform(2, 6)
            if chance.random() < 0.2 or not crashes:
                server.crash()
                crashes += 1
            else:
                server.end_some_connection()
        caught = crew.control and (_seen_by_actors(crew.world.folder) or _heard(crew.journals)["busy"])
        if caught or _is_reached(crew):
            break
    return crashes


def _is_reached(crew: "_Crew") -> bool:
    if crew.kills.total() < crew.size.kills:
        return False
    opened = crew.world.open()
    with opened.reader.connect() as connection:
        done = operations(connection)
    opened.dispose()
    return done >= crew.size.commits


@dataclass(kw_only=True)
class _Crew:
    """The processes, and how each of them is to die."""

    world: World
    size: Size
    control: str
    began: float
    kills: Counter[str] = field(default_factory=Counter)
    lives: Counter[str] = field(default_factory=Counter)
    running: dict[str, tuple[BaseProcess, Part]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"p{number}" for number in range(self.size.processes))

    @property
    def journals(self) -> list[Path]:
        return sorted(self.world.folder.glob("*.journal"))

    @property
    def is_told_to_stop(self) -> bool:
        return (self.world.folder / "stop").exists()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        for name in self.names:
            self._start(name)
        try:
            yield
            (self.world.folder / "stop").touch()
            for process, part in self.running.values():
                process.join(120)
                assert process.exitcode in (0, -signal.SIGKILL), f"{part.name} ended with {process.exitcode}"
        finally:
            for process, _part in self.running.values():
                process.kill()
                process.join()

    def replace_the_dead(self) -> None:
        for name, (process, part) in list(self.running.items()):
            code = process.exitcode
            if code is None or (code == 0 and self.is_told_to_stop):
                continue
            assert code == -signal.SIGKILL, f"{name} ended with {code}"
            assert part.dies is not None
            self.kills[part.dies[0]] += 1
            self._start(name)

    def _start(self, name: str) -> None:
        self.lives[name] += 1
        chance = random.Random(f"{name} {self.lives[name]}")
        doomed = not self.control and self.kills.total() + len(self.running) < self.size.kills + 4
        point = chance.choice(POINTS)
        count = chance.randint(self.size.soonest, self.size.latest)
        part = Part(
            url=self.world.url,
            folder=str(self.world.folder),
            name=name,
            life=self.lives[name],
            began=self.began,
            dies=(point, chance.randint(1, _MAILS) if point == AFTER_DATA else count) if doomed else None,
            control=self.control,
        )
        process = _CONTEXT.Process(target=run_part, args=(part,))
        process.start()
        self.running[name] = (process, part)


def _seen_by_actors(folder: Path) -> list[str]:
    lines = (line for path in sorted(folder.glob("*.faults")) for line in path.read_text().splitlines())
    return [fault for line in lines for fault in json.loads(line)["faults"]]


def _heard(journals: Sequence[Path]) -> Counter[str]:
    lines = (line for path in journals for line in path.read_text(encoding="utf-8").splitlines())
    return Counter(phase for line in lines if (phase := json.loads(line)["phase"]) != "asked")


def _drop_the_key(world: World) -> None:
    """The negative control: the same table without its primary key."""
    opened = world.open()
    sqlite = (
        "CREATE TABLE loose (resource_id TEXT NOT NULL, tick INTEGER NOT NULL, meeting_id TEXT NOT NULL)",
        "DROP TABLE claim",
        "ALTER TABLE loose RENAME TO claim",
    )
    statements = (
        sqlite
        if make_url(world.url).get_backend_name() == "sqlite"
        else ("ALTER TABLE claim DROP CONSTRAINT pk_claim",)
    )
    with opened.writer.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    opened.dispose()
