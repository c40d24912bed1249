"""The demonstration in a folder that goes away, its server, and a visitor with a cookie jar."""

import atexit
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from scheduler.settings import Settings, read_settings

SCENARIO = "namdong-indonesia"
_SEARCH_SECONDS = "10"
_STARTING_SECONDS = 60
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class NotServing(Exception):
    """A server did not answer in time, or a page did not come as it should."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """An instance with the sample programme imported, built, published and delivered."""

    instance: Path
    facts: Mapping[str, Any]

    @property
    def settings(self) -> Settings:
        return read_settings({}, instance=self.instance)

    @property
    def key(self) -> str:
        return str(self.facts["fair"])

    @property
    def buyer_path(self) -> str:
        return "/b/" + str(self.facts["buyer_link"]).rpartition("/")[2]

    def login(self, role: str) -> Mapping[str, str]:
        found: Mapping[str, str] = next(one for one in self.facts["logins"] if one["role"] == role)
        return found

    def command(self, *arguments: str) -> tuple[str, ...]:
        return (sys.executable, "-c", "from scheduler.app import main; main()", *arguments)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "SANGDAM_INSTANCE": str(self.instance)}


@lru_cache(maxsize=1)
def the_demo() -> Demo:
    """Made once for all measurements of a run, by the command that users have."""
    folder = Path(tempfile.mkdtemp(prefix="sangdam-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    empty = Demo(instance=folder, facts={})
    asked = ("demo", SCENARIO, "--no-serve", "--json", "--seconds", _SEARCH_SECONDS)
    done = subprocess.run(
        empty.command(*asked), env=empty.environment, capture_output=True, text=True, check=True
    )
    return Demo(instance=folder, facts=json.loads(done.stdout))


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Message
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(kw_only=True)
class Visitor:
    """One client with one connection that stays open, as a browser's does."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields).encode(), kind)

    def upload(self, path: str, page: str, filename: str, content: bytes) -> Answer:
        """Sends one file with the form that stands on `page`."""
        mark = "----------sangdam"
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.token(page)}']
        named = f'Content-Disposition: form-data; name="file"; filename="{filename}"'
        parts.append(f"--{mark}\r\n{named}\r\nContent-Type: application/octet-stream\r\n\r\n")
        body = "\r\n".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self._ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def log_in(self, login: Mapping[str, str]) -> None:
        fields = {"email": login["email"], "password": login["password"]}
        answer = self.post("/login", {"csrf_token": self.token("/login"), **fields})
        if answer.status != 303:
            raise NotServing(f"{login['email']} could not log in: {answer.status}")

    def token(self, page: str) -> str:
        found = _TOKEN.search(self.get(page).text)
        if found is None:
            raise NotServing(f"{page} has no form")
        return found[1]

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """The time runs from the first byte sent to the last one received."""
        try:
            return self._ask_once(method, path, body, headers)
        except http.client.RemoteDisconnected:
            # The server has closed a connection that was idle; a browser would open another one, too.
            self._connection.close()
            return self._ask_once(method, path, body, headers)

    def _ask_once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        carried = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        began = time.perf_counter()
        self._connection.request(method, path, body, {**headers, **(carried if self.cookies else {})})
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for value in response.msg.get_all("Set-Cookie", []):
            name, _, given = value.partition(";")[0].partition("=")
            self.cookies[name] = given
        return Answer(status=response.status, headers=response.headers, body=content, seconds=seconds)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server in a process of its own, and how long it took until its first page."""

    port: int
    pid: int
    first_page_seconds: float


@contextmanager
def served(
    command: tuple[str, ...], *, port: int, first: str, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Starts a server and waits for the page `first`; ends it afterwards."""
    began = time.perf_counter()
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(running, port, first)
        yield Server(port=port, pid=running.pid, first_page_seconds=time.perf_counter() - began)
    finally:
        running.terminate()
        running.wait(30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(running: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    deadline = time.monotonic() + _STARTING_SECONDS
    while running.poll() is None and time.monotonic() < deadline:
        try:
            if Visitor(port=port).get(path).status == 200:
                return
        except OSError:
            time.sleep(0.01)
    raise NotServing(f"nothing answers at {port}{path}")
