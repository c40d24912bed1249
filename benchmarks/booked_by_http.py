"""Bookings through HTTP: the program as it is served, several clients with a key, a connection and a process each."""

import http.client
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path

from benchmarks.bookers import Booked, together
from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.services.api_keys import Scope, make_key
from scheduler.services.choose import Wish
from scheduler.storage.db import open_database
from scheduler.timezones.clock import utc_now
from tests.programs import built_in_server, gunicorn

_EMAIL = "programs@city.example"
_PATIENCE = 120


class BookingRefused(Exception):
    """A booking that the plan has room for was not taken."""


def book_by_http(url: str, instance: Path, wishes: Sequence[Wish], *, clients: int) -> Booked:
    """Books every wish by the interface for programs, shared out among clients."""
    token = a_key(url)
    with served(url, instance) as port:
        shares = [wishes[number::clients] for number in range(clients)]
        return together(_share, [(port, token, share) for share in shares])


def a_key(url: str) -> str:
    """The token of a coordinator who may book."""
    database, now = open_database(url), utc_now()
    account = add_account(
        database,
        email=_EMAIL,
        role="coordinator",
        name="Programs",
        password="several plain words",  # noqa: S106
        resource_id=None,
        now=now,
        actor=SYSTEM,
    )
    _, token = make_key(
        database, account, name="bookings", scopes=[Scope.READ, Scope.BOOK], days=1, now=now, actor=SYSTEM
    )
    database.dispose()
    return token


@contextmanager
def served(url: str, instance: Path) -> Iterator[int]:
    """As each database is meant to be used: one process with SQLite, gunicorn with two with PostgreSQL."""
    environ = {**os.environ, "SANGDAM_INSTANCE": str(instance), "SANGDAM_DATABASE_URL": url}
    if url.startswith("sqlite"):
        with built_in_server(environ) as web:
            yield web.port
    else:
        with gunicorn({**environ, "SANGDAM_WEB_PROCESSES": "2"}) as web:
            yield web.port


def _share(port: int, token: str, wishes: Sequence[Wish], gate: Barrier) -> Booked:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    head = {"Authorization": f"Bearer {token}"}
    # The first request of a connection is no booking: whoever books has looked before.
    connection.request("GET", f"/api/v1/fairs/{wishes[0].fair_key}/sessions?limit=1", headers=head)
    connection.getresponse().read()
    gate.wait(_PATIENCE)
    seconds, began_at = [], time.monotonic()
    for one in wishes:
        began = time.monotonic()
        _book(connection, head, one)
        seconds.append(time.monotonic() - began)
    connection.close()
    return Booked(seconds=tuple(seconds), began_at=began_at, ended_at=time.monotonic())


def _book(connection: http.client.HTTPConnection, head: dict[str, str], one: Wish) -> None:
    asked = {
        "match_id": one.match_id,
        "start_at": one.slot.start_at.isoformat(),
        "end_at": one.slot.end_at.isoformat(),
        "interpreter_ids": one.interpreter_ids,
        "room_id": one.room_id,
    }
    headers = {**head, "Content-Type": "application/json", "Idempotency-Key": one.match_id}
    connection.request("POST", f"/api/v1/fairs/{one.fair_key}/sessions", json.dumps(asked), headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 201:
        raise BookingRefused(f"{answer.status} {said[:300]!r}")
