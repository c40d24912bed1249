"""A text gateway on loopback that keeps the contract in tests/contracts/text_gateway.json, and can misbehave."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scheduler.texting.gateway import GatewaySettings

CONTRACT: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "contracts" / "text_gateway.json").read_text(encoding="utf-8")
)
KEY, SENDER = "key-of-the-city", "0212345678"
_LIMITS = {"SMS": 90, "LMS": 2000}
_UNUSED, _BUSY, _BROKEN = "+821000000000", "+8210429", "+8210503"


@dataclass
class FakeGateway:
    """What it was asked, and what it has taken: idempotency key -> id and body."""

    address: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    taken: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    answers_with: tuple[int, dict[str, str], bytes] | None = None
    waits_seconds: float = 0.0

    def settings(self, **given: Any) -> GatewaySettings:
        defaults = {"address": self.address, "key": KEY, "sender": SENDER, "is_private_allowed": True}
        return GatewaySettings(**{**defaults, **given})

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [body for _, body in self.taken.values()]

    def judge(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        key, body = request["headers"].get("idempotency-key", ""), request["body"]
        if request["headers"].get("authorization") != f"Bearer {KEY}":
            return 401, _error("unauthorized", "the key is not known")
        if key in self.taken:
            return 200, {"id": self.taken[key][0]}
        if body["to"] == _UNUSED:
            return 422, _error("unknown_number", "the number is not in use")
        if body["to"].startswith(_BUSY):
            return 429, _error("too_many", "wait a minute")
        if body["to"].startswith(_BROKEN):
            return 503, _error("unavailable", "the network is down")
        if len(body["text"].encode("cp949")) > _LIMITS[body["type"]]:
            return 422, _error("too_long", f"an {body['type']} has at most {_LIMITS[body['type']]} octets")
        self.taken[key] = (f"msg-{len(self.taken) + 1}", body)
        return 202, {"id": self.taken[key][0]}


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_given: object) -> None:
        """A client that no longer waits is nothing to write about."""


@contextmanager
def a_gateway() -> Iterator[FakeGateway]:
    """The gateway, listening until the block ends."""
    gateway = FakeGateway()
    server = _Server(("127.0.0.1", 0), _handler_of(gateway))
    gateway.address = f"http://127.0.0.1:{server.server_port}/v1/messages"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _handler_of(gateway: FakeGateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            request = {
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": json.loads(content),
            }
            gateway.requests.append(request)
            time.sleep(gateway.waits_seconds)
            if gateway.answers_with is not None:
                status, headers, body = gateway.answers_with
            else:
                status, found = gateway.judge(request)
                headers, body = {"Content-Type": "application/json"}, json.dumps(found).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: object) -> None:
            """Nothing on the terminal."""

    return Handler


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}
