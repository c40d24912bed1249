"""A PostgreSQL server that is stopped as by a crash and started again, while programs use it."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests import postgres
from tests.postgres import PostgresServer

# What was acknowledged must be there after a crash of the server; only a power cut is left out, for speed.
CRASH_PROOF = {"synchronous_commit": "on", "fsync": "off", "max_connections": "100"}


@dataclass(kw_only=True)
class CrashingServer:
    installation: Path
    folder: Path
    running: subprocess.Popen[bytes]

    @property
    def address(self) -> PostgresServer:
        return PostgresServer(folder=self.folder)

    def crash(self) -> None:
        """As `pg_ctl stop -m immediate`: nobody is waited for; the next start replays the log."""
        self.running.send_signal(signal.SIGQUIT)
        self.running.wait(postgres.STOP_SECONDS)
        self.running = _start(self.installation, self.folder)

    def die(self) -> None:
        """Gone at once, and for good."""
        self.running.send_signal(signal.SIGQUIT)
        self.running.wait(postgres.STOP_SECONDS)

    @contextmanager
    def with_standby(self) -> "Iterator[CrashingServer]":
        """A standby that follows by streaming; from then on each commit waits until it has it, too."""
        with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            if postgres._is_root():
                os.chown(folder, postgres.NOBODY, postgres.NOBODY)
            copy = ["--pgdata", folder / "data", "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
            source = ["--dbname", f"host={self.folder} user=postgres application_name=standby"]
            command = [self.installation / "bin" / "pg_basebackup", *copy, *source]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, **postgres._account())
            standby = CrashingServer(
                installation=self.installation, folder=folder, running=_start(self.installation, folder)
            )
            with self.address.connect() as connection:
                connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (standby)'")
                connection.execute("SELECT pg_reload_conf()")
                _wait_until_synchronous(connection)
            try:
                yield standby
            finally:
                postgres._stop(standby.running)

    def hold_back(self) -> None:
        """From now on nothing more reaches the standby, as when the line between the two is cut first."""
        with self.address.connect() as connection:
            sending = connection.execute("SELECT pid FROM pg_stat_replication").fetchall()
        for (process,) in sending:
            os.kill(process, signal.SIGSTOP)

    def promote(self) -> None:
        with self.address.connect() as connection:
            connection.execute("SELECT pg_promote(true, 60)")

    def end_some_connection(self) -> None:
        """As an administrator would, by pg_terminate_backend."""
        statement = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' "
            "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
        )
        with suppress(psycopg.OperationalError), self.address.connect() as connection:
            connection.execute(statement)


def _wait_until_synchronous(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    deadline = time.monotonic() + postgres.START_SECONDS
    while connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall() != [("sync",)]:
        assert time.monotonic() < deadline, "the standby does not follow"
        time.sleep(0.05)


@contextmanager
def crashing_server(installation: Path, *, kept: Path | None = None) -> Iterator[CrashingServer]:
    """What is in the folder `kept` is gone on with, and stays there; without one all is thrown away."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        folder = kept or scratch
        folder.mkdir(mode=0o755, exist_ok=True)
        if postgres._is_root():
            for one in (scratch, folder):
                os.chown(one, postgres.NOBODY, postgres.NOBODY)
            installation = postgres._within_reach(installation, scratch)
        if not (folder / "data").exists():
            postgres._init(installation, folder)
        running = _start(installation, folder)
        server = CrashingServer(installation=installation, folder=folder, running=running)
        try:
            yield server
        finally:
            postgres._stop(server.running)


def _start(installation: Path, folder: Path) -> "subprocess.Popen[bytes]":
    wanted = {**postgres.SETTINGS, **CRASH_PROOF, "unix_socket_directories": str(folder)}
    settings = [f"--{name}={value}" for name, value in wanted.items()]
    command = [installation / "bin" / "postgres", "-D", folder / "data", *settings]
    with Path(folder, "log").open("ab") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **postgres._account())
    postgres._wait_until_ready(server, PostgresServer(folder=folder))
    return server
