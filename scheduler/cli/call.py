"""What a command is given: its options, a screen, the clock, and the edges that only the whole program knows."""

import argparse
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduler.booking.errors import Refusal
from scheduler.cli.screen import Screen
from scheduler.settings import Settings, read_settings
from scheduler.wording import Phrase


class AddressTaken(Refusal):
    """Something else listens on the address already."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.phrase = Phrase(
            "%(host)s:%(port)s is taken: something else is listening there, perhaps another sangdam. Stop it, or "
            "choose another port with --port %(other)s.",
            host=host,
            port=str(port),
            other=str(port + 1),
        )
        super().__init__(host, port)


class Edges(Protocol):
    """Web and worker may not be imported from here, so whoever puts the program together hands them in."""

    def listen(self, settings: Settings) -> socket.socket:
        """The address bound, so that one that is taken shows before any long work. Raises AddressTaken."""

    def serve(
        self, settings: Settings, listener: socket.socket, *, with_worker: bool, announce: Callable[[], None]
    ) -> None:
        """Serves pages, and does the worker's work in the same process, until interrupted; announces the start."""

    def work(self, settings: Settings, *, announce: Callable[[], None]) -> None:
        """Does the worker's work until interrupted; announces the start."""

    def deliver(self, settings: Settings, *, now: datetime, on_progress: Callable[[int], None]) -> None:
        """Sends all mail that is due by now; tells how many have gone."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of one command."""

    options: argparse.Namespace
    screen: Screen
    edges: Edges
    environ: Mapping[str, str]
    clock: Callable[[], datetime]

    def settings(self, **given: object) -> Settings:
        """The installation's settings. Raises BadSettings."""
        return read_settings(dict(self.environ), **given)
