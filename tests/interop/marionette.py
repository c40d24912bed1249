"""Mozilla's remote protocol, as much of it as runs scripts inside Thunderbird: TCP, `length:JSON`, in turn."""

import json
import socket
import time
from typing import Any


class MarionetteError(Exception):
    """What a script inside the program raised."""


class Marionette:
    """A session in the program's own (chrome) context."""

    def __init__(self, port: int, *, seconds: float) -> None:
        self._socket = _connected(port, time.monotonic() + seconds)
        self._socket.settimeout(seconds)
        self._buffer, self._number = b"", 0
        self._received()
        self._command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"pageLoadStrategy": "none"}}})
        self._command("Marionette:SetContext", {"value": "chrome"})
        self._command("WebDriver:SetTimeouts", {"script": int(seconds * 1000)})

    def run(self, script: str, *arguments: Any) -> Any:
        """What the body of an async function returns; `arguments` stand in it as such."""
        body = f"return (async function() {{\n{script}\n}}).apply(null, arguments);"
        given = {"script": body, "args": list(arguments), "newSandbox": True}
        return self._command("WebDriver:ExecuteScript", given)["value"]

    def quit(self) -> None:
        self._command("Marionette:Quit", {"flags": ["eForceQuit"]})
        self._socket.close()

    def _command(self, name: str, given: dict[str, Any]) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, name, given]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _kind, _number, error, answer = self._received()
        if error is not None:
            raise MarionetteError(f"{error['error']}: {error['message']}\n{error['stacktrace']}")
        return answer

    def _received(self) -> Any:
        while b":" not in self._buffer:
            self._read()
        length, _, self._buffer = self._buffer.partition(b":")
        while len(self._buffer) < int(length):
            self._read()
        message, self._buffer = self._buffer[: int(length)], self._buffer[int(length) :]
        return json.loads(message)

    def _read(self) -> None:
        more = self._socket.recv(65536)
        if not more:
            raise MarionetteError("the program has gone")
        self._buffer += more


def _connected(port: int, deadline: float) -> socket.socket:
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
