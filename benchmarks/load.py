"""Everybody at once: 700 and 1,500 companies open the page of their sessions in the same second.

`python -m benchmarks.load`. First by the server that `sangdam serve` starts, then by gunicorn as in deploy/, with the
site of deploy/ before it where there is an nginx (NGINX_PROGRAM says where). Each client has a connection and an
address of its own.
"""

import asyncio
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.demo import Demo, Visitor, free_port, served, the_demo
from benchmarks.tables import Table, milliseconds, percentile
from tests.programs import ROOT, gunicorn, until

CROWDS = (700, 1500)
LIMIT_SECONDS = 10.0
_PATIENCE = 60.0
_RAMP_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What one of the crowd heard: a status, or 0 for nothing; whether it was asked to come back; after how long."""

    status: int
    come_back: bool
    seconds: float


def measure() -> Iterator[Table]:
    demo = the_demo()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(8192, hard)), hard))
    rows = tuple(_row(demo, name, front, count) for name, front in _fronts().items() for count in CROWDS)
    yield Table(
        title="Everybody at once",
        head=(
            "server",
            "at once",
            "answered",
            "asked to come back",
            "no answer",
            "5xx besides",
            "p50 ms",
            "p95 ms",
            "slowest ms",
        ),
        rows=rows,
        note=(
            f"GET of a company's own page, connections opened within {_RAMP_SECONDS} s. Wanted: 700 all answered "
            f"within {LIMIT_SECONDS:.0f} s; of 1,500 those beyond are asked to come back, and nobody hears a failure. "
            "Times are of those who were answered. gunicorn alone asks nobody to come back: its nginx does."
        ),
    )


Front = Callable[[Demo], AbstractContextManager[int]]
"""Serves the demonstration; gives the port to ask."""


def _fronts() -> dict[str, Front]:
    nginx = os.environ.get("NGINX_PROGRAM") or shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    fronts: dict[str, Front] = {"sangdam serve": _built_in, "gunicorn": _gunicorn}
    if nginx:
        fronts["nginx and gunicorn"] = lambda demo: _behind_nginx(demo, nginx)
    return fronts


@contextmanager
def _built_in(demo: Demo) -> Iterator[int]:
    port = free_port()
    command = demo.command("serve", "--port", str(port), "--no-worker")
    with served(command, port=port, first="/login", environment=demo.environment) as server:
        yield server.port


@contextmanager
def _gunicorn(demo: Demo, **settings: str) -> Iterator[int]:
    with gunicorn({**demo.environment, **settings}) as web:
        yield web.port


@contextmanager
def _behind_nginx(demo: Demo, program: str) -> Iterator[int]:
    """The site of deploy/ with its limits, without TLS."""
    port = free_port()
    with _gunicorn(demo, SANGDAM_PROXIES="1") as behind, tempfile.TemporaryDirectory(prefix="nginx-") as name:
        folder = Path(name)
        site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        site = re.sub(r"server 127\.0\.0\.1:8000 ", f"server 127.0.0.1:{behind} ", site)
        site = re.sub(r"(?m)^ *(ssl_|#).*$", "", site).replace(
            "listen 443 ssl http2", f"listen 127.0.0.1:{port}"
        )
        site = re.sub(r"server \{\n +listen 80;[^}]*\}", "", site)
        paths = "".join(f"{one}_temp_path {folder}/{one};\n" for one in _TEMPORARY)
        events = "worker_rlimit_nofile 8192;\nevents { worker_connections 4096; }"
        whole = f"daemon off;\npid {folder}/pid;\n{events}\nhttp {{\naccess_log off;\n{paths}{site}\n}}\n"
        (folder / "nginx.conf").write_text(whole, encoding="utf-8")
        command = (program, "-e", str(folder / "error.log"), "-p", name, "-c", str(folder / "nginx.conf"))
        running = subprocess.Popen(command)
        try:
            until(lambda: _answers(port))
            yield port
        finally:
            running.terminate()
            running.wait(30)


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _answers(port: int) -> bool:
    try:
        return Visitor(port=port).get("/healthz").status == 200
    except OSError:
        return False


def _row(demo: Demo, name: str, front: Front, count: int) -> tuple[str, ...]:
    with front(demo) as port:
        visitor = Visitor(port=port)
        visitor.log_in(demo.login("company"))
        cookies = "; ".join(f"{key}={value}" for key, value in visitor.cookies.items())
        visitor.get("/my/")
        heard = asyncio.run(_all_at_once(port, "/my/", cookies, count))
    answered = [one.seconds for one in heard if one.status == 200]
    counts = Counter(_kind_of(one) for one in heard)
    assert counts.total() == count
    return (
        name,
        f"{count:,}",
        str(counts["answered"]),
        str(counts["come back"]),
        str(counts["nothing"]),
        str(counts["failed"]),
        milliseconds(percentile(answered, 0.5)),
        milliseconds(percentile(answered, 0.95)),
        milliseconds(max(answered)),
    )


def _kind_of(one: Heard) -> str:
    if one.status == 200:
        return "answered"
    if one.come_back:
        return "come back"
    return "nothing" if one.status == 0 else "failed"


async def _all_at_once(port: int, path: str, cookies: str, count: int) -> list[Heard]:
    asked = [_ask(port, path, cookies, number, number * _RAMP_SECONDS / count) for number in range(count)]
    return list(await asyncio.gather(*asked))


async def _ask(port: int, path: str, cookies: str, number: int, after: float) -> Heard:
    await asyncio.sleep(after)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(_PATIENCE):
            head = await _exchange(port, path, cookies, f"127.1.{number // 250}.{1 + number % 250}")
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return Heard(status=0, come_back=False, seconds=time.perf_counter() - began)
    status = int(head.split(b" ", 2)[1])
    come_back = status in (429, 503) and b"\r\nretry-after:" in head.lower()
    return Heard(status=status, come_back=come_back, seconds=time.perf_counter() - began)


async def _exchange(port: int, path: str, cookies: str, address: str) -> bytes:
    """The head of the answer, when all of it has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            f"Cookie: {cookies}",
            "Connection: close",
            "",
            "",
        )
        writer.write("\r\n".join(lines).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.read(-1)
        return head
    finally:
        writer.close()


if __name__ == "__main__":
    for table in measure():
        print(table.text(), flush=True)
