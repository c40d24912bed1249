"""A PostgreSQL server that is stopped as by a crash and started again, while programs use it."""

import os
import signal
import subprocess
import tempfile
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

    def end_some_connection(self) -> None:
        """As an administrator would, by pg_terminate_backend."""
        statement = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' "
            "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
        )
        with suppress(psycopg.OperationalError), self.address.connect() as connection:
            connection.execute(statement)


@contextmanager
def crashing_server(installation: Path) -> Iterator[CrashingServer]:
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if postgres._is_root():
            os.chown(folder, postgres.NOBODY, postgres.NOBODY)
            installation = postgres._within_reach(installation, folder)
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
