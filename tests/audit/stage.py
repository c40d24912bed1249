"""The real program on a free port: a filled fair, people who are logged in, and a key for programs."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from tests.audit.findings import Finding
from tests.audit.tools import ROOT

PROGRAM = Path(sys.executable).parent / "sangdam"
SCENARIO = "namdong-indonesia"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r"sgd_[A-Za-z0-9_-]+")
_STARTS_WITHIN = 60.0


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody with a browser of their own; `cookie` is the header it sends."""

    role: str
    address: str
    opener: OpenerDirector
    jar: CookieJar

    @property
    def cookie(self) -> str:
        return "; ".join(f"{one.name}={one.value}" for one in self.jar)

    @property
    def is_logged_in(self) -> bool:
        """Whether the page where a login leads to opens still."""
        with self.opener.open(f"{self.address}/", timeout=30) as answer:
            return not str(answer.url).startswith(f"{self.address}/login")

    def post(self, path: str, **fields: str | list[str]) -> str:
        token = _TOKEN.search(self._read(path))
        assert token is not None, f"{path} has no form"
        data = urlencode({"csrf_token": token[1], **fields}, doseq=True).encode()
        with self.opener.open(f"{self.address}{path}", data, timeout=30) as answer:
            return str(answer.read().decode())

    def _read(self, path: str) -> str:
        with self.opener.open(f"{self.address}{path}", timeout=30) as answer:
            return str(answer.read().decode())


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the program runs, who is logged in, and the key."""

    address: str
    visitors: dict[str, Visitor]
    key: str
    fair: str
    log: Path

    def failures(self) -> tuple[Finding, ...]:
        """What the program itself logged as gone wrong while it was being tried."""
        entries = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        bad = Counter(
            (one.get("error") or one["message"], str(one.get("trace", [""])[-1]))
            for one in entries
            if one["level"] == "error"
        )
        return tuple(
            Finding(tool="program", kind="error", where=trace or "log", what=f"{kind} ({count} times)")
            for (kind, trace), count in bad.items()
        )


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """The program with the demonstration's fair, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "SANGDAM_INSTANCE": str(folder / "instance"), "SANGDAM_LOG_FORMAT": "json"}
    ready = [PROGRAM, "demo", SCENARIO, "--no-serve", "--json", "--seconds", "5", "--port", str(port)]
    # On a busy machine a session may be left out of its grid, and it says so with a 1: that is no matter here.
    shown = subprocess.run(ready, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert shown.returncode in (0, 1), shown.stderr
    facts = json.loads(shown.stdout)
    log = folder / "program.log"
    with log.open("w") as written:
        serve = [PROGRAM, "serve", "--no-worker", "--port", str(port)]
        running = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=written, stderr=written)
        try:
            _wait_for(address, running)
            visitors = {one["role"]: _logged_in(address, one) for one in facts["logins"]}
            key = _key(visitors["coordinator"])
            yield Stage(address=address, visitors=visitors, key=key, fair=facts["fair"], log=log)
        finally:
            running.terminate()
            running.wait(30)


def stranger(address: str) -> Visitor:
    jar = CookieJar()
    return Visitor(role="nobody", address=address, opener=build_opener(HTTPCookieProcessor(jar)), jar=jar)


def _logged_in(address: str, login: dict[str, str]) -> Visitor:
    nobody = stranger(address)
    visitor = Visitor(role=login["role"], address=address, opener=nobody.opener, jar=nobody.jar)
    visitor.post("/login", email=login["email"], password=login["password"])
    assert visitor.is_logged_in, f"no way in for {login['role']}"
    return visitor


def _key(coordinator: Visitor) -> str:
    made = coordinator.post("/keys/", name="audit", days="1", scopes=["read", "book", "manage", "people"])
    found = _KEY.search(made)
    assert found is not None, "no key was shown"
    return found[0]


def _wait_for(address: str, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until and running.poll() is None:
        try:
            with build_opener().open(f"{address}/healthz", timeout=5):
                return
        except HTTPError:
            raise
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the program did not start (exit code {running.poll()})")
