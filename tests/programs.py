"""The program in processes of its own, as it is installed: gunicorn as in deploy/, `sangdam serve`, the worker."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 90
_SANGDAM = (sys.executable, "-c", "from scheduler.app import main; main()")


@dataclass(frozen=True, kw_only=True)
class Web:
    """Pages are served at 127.0.0.1:`port`."""

    process: subprocess.Popen[bytes]
    port: int


def shared_settings(url: str, folder: Path) -> dict[str, str]:
    """What all processes of one installation have in common."""
    return {
        **os.environ,
        "SANGDAM_INSTANCE": str(folder),
        "SANGDAM_DATABASE_URL": url,
        "SANGDAM_SECRET_KEY": "a secret of at least thirty-two characters",
        "SANGDAM_BASE_ADDRESS": "http://127.0.0.1:8000",
        "SANGDAM_WEB_PROCESSES": "1",
    }


@contextmanager
def gunicorn(environ: Mapping[str, str]) -> Iterator[Web]:
    """gunicorn with the configuration of deploy/."""
    command = (
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "deploy/gunicorn.conf.py",
        "scheduler.app:create_app()",
    )
    port = free_port()
    with _web(command, {**environ, "SANGDAM_BIND": f"127.0.0.1:{port}"}, port) as web:
        yield web


@contextmanager
def built_in_server(environ: Mapping[str, str], *, with_worker: bool = False) -> Iterator[Web]:
    """`sangdam serve`, by default without its worker."""
    port = free_port()
    alone = () if with_worker else ("--no-worker",)
    with _web((*_SANGDAM, "serve", *alone, "--port", str(port)), environ, port) as web:
        yield web


@contextmanager
def worker(environ: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with _started((*_SANGDAM, "worker"), environ) as process:
        yield process


def kill(process: subprocess.Popen[bytes]) -> None:
    """With the processes it has started, as when a machine is switched off."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(reached: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Waits for something that others do."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _web(command: Sequence[str], environ: Mapping[str, str], port: int) -> Iterator[Web]:
    with _started(command, environ) as process:
        until(lambda: _is_ready(port))
        yield Web(process=process, port=port)


@contextmanager
def _started(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        yield process
    finally:
        kill(process)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except OSError as error:
        # An answer such as 503 holds its connection open until it is told that nobody reads it.
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        return False
