"""What two people do at one moment, each in a process of their own that has opened the database for itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from scheduler.booking.errors import Refusal
from scheduler.booking.results import Claim, Side, Stage
from scheduler.services.book import book
from scheduler.services.call_forward import call_forward
from scheduler.services.cancel import complete, mark_no_show
from scheduler.services.choose import Wish
from scheduler.services.idempotency import ticket_for
from scheduler.services.replan import apply_replan
from scheduler.services.results import state_result, verify_result
from scheduler.settings import Settings
from scheduler.storage.db import Database, open_database
from tests.builders import a_slot
from tests.services.stage import COORDINATOR, some_settings
from tests.services.test_self_pick import ACTORS

PATIENCE = 60
COLLEAGUE = replace(COORDINATOR, name="동료", account_id="acc_9")
Given = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Racer:
    """Who does what; `given` is what the deed needs."""

    name: str
    deed: "Callable[[Database, Settings, Given], str]"
    given: Given


def race(url: str, folder: str, racers: tuple[Racer, ...]) -> dict[str, str]:
    """What came of each: what its deed answered, or in which words it was refused."""
    context = _processes()
    gate, answers = context.Barrier(len(racers)), context.SimpleQueue()
    running = [context.Process(target=_run, args=(url, folder, one, gate, answers)) for one in racers]
    for one in running:
        one.start()
    for one in running:
        one.join(PATIENCE)
    assert [one.exitcode for one in running] == [0] * len(racers)
    return dict(answers.get() for _ in racers)


def _processes() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.services.racing_coordinators"])
    return context


def _run(url: str, folder: str, racer: Racer, gate: Barrier, answers: Any) -> None:
    db = open_database(url, patience_seconds=PATIENCE)
    with db.read():
        pass
    gate.wait(PATIENCE)
    try:
        came = racer.deed(db, some_settings(Path(folder)), racer.given)
    except Refusal as refusal:
        came = f"{type(refusal).__name__}: {refusal.phrase.text('en')}"
    db.dispose()
    answers.put((racer.name, came))


def _now(given: Given) -> datetime:
    return datetime.fromisoformat(given["now"])


def call(db: Database, settings: Settings, given: Given) -> str:
    ticket = ticket_for(COORDINATOR, given["key"], "forward") if "key" in given else None
    return call_forward(
        db,
        settings,
        given["freed"],
        given["match"],
        seen_revision=given["seen"],
        now=_now(given),
        actor=COORDINATOR,
        ticket=ticket,
    ).id


def note(db: Database, _settings: Settings, given: Given) -> str:
    """That it took place, or that somebody did not come."""
    seen: dict[str, Any] = {"seen_revision": given["seen"], "now": _now(given), "actor": COORDINATOR}
    if given["absent"]:
        return str(mark_no_show(db, given["meeting"], absent=given["absent"], **seen).state)
    return str(complete(db, given["meeting"], **seen).state)


def state(db: Database, _settings: Settings, given: Given) -> str:
    return state_result(
        db,
        given["meeting"],
        Claim(stage=Stage.CONTRACTED, amount=given["amount"]),
        side=Side.COMPANY,
        now=_now(given),
        actor=COORDINATOR,
        ticket=ticket_for(COORDINATOR, given["key"], "state"),
    ).id


def verify(db: Database, _settings: Settings, given: Given) -> str:
    return verify_result(
        db,
        given["meeting"],
        given["statement"],
        amount=given["amount"],
        note="order",
        now=_now(given),
        actor=COORDINATOR,
        ticket=ticket_for(COORDINATOR, given["key"], "verify"),
    ).id


def apply(db: Database, settings: Settings, given: Given) -> str:
    done = apply_replan(db, settings, "sample", given["draft"], now=_now(given), actor=given["actor"])
    return f"moved {done.moved}, cancelled {done.cancelled}"


def book_there(db: Database, settings: Settings, given: Given) -> str:
    """A company books for itself."""
    wish = Wish(fair_key="sample", match_id=given["match"], slot=a_slot(given["clock"]))
    return book(db, settings, wish, now=_now(given), actor=ACTORS[given["company"]]).id
