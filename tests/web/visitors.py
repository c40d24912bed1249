"""Visitors of a small published fair: who they are, how they log in, and what they see."""

import re
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from html import unescape
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from scheduler.booking.assign import Placement
from scheduler.booking.meeting import Meeting
from scheduler.grid.plan import LeftOut, Plan, Status
from scheduler.grid.texts import plan_text
from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.services.links import buyer_address, feed_address
from scheduler.services.publish import publish
from scheduler.storage import drafts, meetings
from scheduler.storage.db import open_database
from scheduler.storage.drafts import Draft
from scheduler.web import create_web
from scheduler.wording import Phrase
from tests.builders import a_fair, a_match, a_placement, a_slot
from tests.services.stage import NOW, Stage, a_stage, some_settings

PASSWORD = "several plain words"
COORDINATOR, FIRST_COMPANY, SECOND_COMPANY, INTERPRETER = (
    "coordinator@city.example",
    "one@company.example",
    "two@company.example",
    "i1@interpreter.example",
)
ACCOUNTS = (
    (COORDINATOR, "coordinator", None),
    (FIRST_COMPANY, "company", "c1"),
    (SECOND_COMPANY, "company", "c2"),
    (INTERPRETER, "interpreter", "i1"),
)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Site:
    """A running program over a stage of its own."""

    app: Flask
    stage: Stage
    clock: Clock

    def visitor(self) -> "Visitor":
        return Visitor(self.app.test_client())

    def logged_in(self, email: str = COORDINATOR) -> "Visitor":
        visitor = self.visitor()
        answer = visitor.log_in(email)
        assert answer.status_code == 303, visitor.text(answer)
        return visitor

    def meetings(self) -> dict[str, Meeting]:
        """By the match they are of."""
        with self.stage.db.read() as work:
            stored = meetings.meetings_of_fair(work, self.stage.fair.id)
        return {one.match_id or "": one for one in stored}

    def buyer_path(self, buyer_id: str = "b1") -> str:
        with self.stage.db.write() as work:
            address = buyer_address(
                work, self.stage.settings, buyer_id=buyer_id, fair_id=self.stage.fair.id, now=NOW
            )
        return address.removeprefix(self.stage.settings.base_address)

    def feed_path(self, resource_id: str = "c1") -> str:
        with self.stage.db.write() as work:
            address = feed_address(work, self.stage.settings, resource_id=resource_id, fair_id=None, now=NOW)
        return address.removeprefix(self.stage.settings.base_address)

    def contents(self) -> list[str]:
        """Everything the database holds."""
        with sqlite3.connect(self.stage.settings.instance / "scheduler.sqlite") as connection:
            return list(connection.iterdump())


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser of their own."""

    client: FlaskClient

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.client.get(path, buffered=True, **given)

    def post(self, path: str, *, page: str | None = None, **fields: Any) -> TestResponse:
        """Sends a form with the token of the page it stands on."""
        return self.client.post(path, data={"csrf_token": self.token(page or "/login"), **fields})

    def token(self, page: str) -> str:
        found = _TOKEN.search(self.client.get(page, follow_redirects=True).text)
        assert found is not None, f"{page} has no form"
        return found[1]

    def log_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post("/login", email=email, password=password, **fields)

    @staticmethod
    def text(answer: TestResponse) -> str:
        """What can be read on a page."""
        body = re.sub(r"(?s)<(script|style|head).*?</\1>", " ", answer.text)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def a_site(folder: Path, *, is_published: bool = True, with_plan: bool = True, **settings: Any) -> Site:
    """The fair of tests/services/stage.py: 24 June 2026, 09:00-12:00 in Korea, four matches."""
    made = _made_once(is_published, with_plan)
    shutil.copy(made / "scheduler.sqlite", folder)
    chosen = some_settings(folder, **{"city": "견본시", "city_en": "", **settings})
    stage = Stage(db=open_database(chosen.database_url), settings=chosen, fair=a_fair())
    clock = Clock(NOW)
    return Site(app=create_web(stage.settings, stage.db, clock=clock), stage=stage, clock=clock)


@lru_cache(maxsize=4)
def _made_once(is_published: bool, with_plan: bool) -> Path:
    """Hashing passwords takes its time on purpose, so the accounts are made once and copied."""
    folder = Path(mkdtemp(prefix="sangdam-test-"))
    stage = a_stage(folder)
    if with_plan:
        keep_plan(stage, the_plan())
    if is_published:
        publish(stage.db, stage.settings, stage.fair.key, now=NOW, actor=SYSTEM)
    for email, role, resource_id in ACCOUNTS:
        add_account(
            stage.db,
            email=email,
            role=role,
            name=email.partition("@")[0],
            password=PASSWORD,
            resource_id=resource_id,
            now=NOW,
            actor=SYSTEM,
        )
    stage.db.dispose()
    with sqlite3.connect(folder / "scheduler.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def the_plan() -> Plan:
    """c1-b1 at 09:00 in room 1, c2-b1 at 09:30 in room 2; the pairs with b2, who sleeps then, are left out."""
    placements: tuple[Placement, ...] = (
        a_placement(a_match(company="c1", buyer="b1"), a_slot("09:00")),
        a_placement(
            a_match(company="c2", buyer="b1"), a_slot("09:30"), interpreter_ids=("i2",), room_id="r2"
        ),
    )
    why = Phrase("Nobody is free: %(wanted)s", wanted=Phrase("company, interpreter and room at one moment"))
    help_ = Phrase("one more room: %(room)s", room="상담실 9")
    return Plan(
        placements=placements,
        left_out=tuple(LeftOut(match_id=one, reasons=(why,), changes=(help_,)) for one in ("c1-b2", "c2-b2")),
        status=Status.OPTIMAL,
        wanted=4,
        bound=2,
        seconds=0.4,
    )


def keep_plan(stage: Stage, plan: Plan) -> None:
    with stage.db.write() as work:
        drafts.add_draft(
            work,
            Draft(
                id="draft_one",
                fair_id=stage.fair.id,
                state="ready",
                problem="{}",
                plan=plan_text(plan),
                created_at=NOW,
                finished_at=NOW,
            ),
        )
