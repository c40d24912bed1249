"""Everybody at once: 700 and 1,500 companies open the page of their sessions in the same second.

`python -m benchmarks.load`. The server is the one that `sangdam serve` starts; each client has a connection of its own.
"""

import asyncio
import resource
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.demo import Demo, Visitor, free_port, served, the_demo
from benchmarks.tables import Table, milliseconds, percentile

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
    rows = tuple(_row(demo, count) for count in CROWDS)
    yield Table(
        title="Everybody at once",
        head=(
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
            f"GET of a company's own page by `sangdam serve`, connections opened within {_RAMP_SECONDS} s. Wanted: "
            f"700 all answered within {LIMIT_SECONDS:.0f} s; of 1,500 those beyond are asked to come back, and nobody "
            "hears a failure. Times are of those who were answered."
        ),
    )


def _row(demo: Demo, count: int) -> tuple[str, ...]:
    port = free_port()
    command = demo.command("serve", "--port", str(port), "--no-worker")
    with served(command, port=port, first="/login", environment=demo.environment) as server:
        visitor = Visitor(port=server.port)
        visitor.log_in(demo.login("company"))
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        visitor.get("/my/")
        heard = asyncio.run(_all_at_once(server.port, "/my/", cookies, count))
    answered = [one.seconds for one in heard if one.status == 200]
    counts = Counter(_kind_of(one) for one in heard)
    assert counts.total() == count
    return (
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
    asked = [_ask(port, path, cookies, number * _RAMP_SECONDS / count) for number in range(count)]
    return list(await asyncio.gather(*asked))


async def _ask(port: int, path: str, cookies: str, after: float) -> Heard:
    await asyncio.sleep(after)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(_PATIENCE):
            head = await _exchange(port, path, cookies)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return Heard(status=0, come_back=False, seconds=time.perf_counter() - began)
    status = int(head.split(b" ", 2)[1])
    come_back = status in (429, 503) and b"\r\nretry-after:" in head.lower()
    return Heard(status=status, come_back=come_back, seconds=time.perf_counter() - began)


async def _exchange(port: int, path: str, cookies: str) -> bytes:
    """The head of the answer, when all of it has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
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
