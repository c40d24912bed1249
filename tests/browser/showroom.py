"""Demonstrations in which every page has something to show: two houses, each with its own people, clock and server.

In the one a coordinator's grid is published; in the other companies pick their slots. What a page needs besides, an
offer, a hold, a reply that waits, is made by the use cases that users have.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Cookie
from sqlalchemy.orm import Session
from waitress import create_server

from scheduler.booking.fair import Fair
from scheduler.booking.meeting import LIVE, Meeting
from scheduler.booking.people import Buyer
from scheduler.booking.results import Claim, Side, Stage
from scheduler.mail.mailbox import FolderPost
from scheduler.services.absence import Absence, days_of
from scheduler.services.accounts import random_password, set_password
from scheduler.services.actor import SYSTEM, Actor, Role
from scheduler.services.agenda import list_fairs
from scheduler.services.answer import answer
from scheduler.services.buyer_checks import note_check
from scheduler.services.cancel import cancel, mark_no_show
from scheduler.services.display import make_display
from scheduler.services.export import export_fair
from scheduler.services.heartbeat import beat
from scheduler.services.invitations import address_of
from scheduler.services.links import buyer_address
from scheduler.services.offer import make_offers, offer_page, offer_token
from scheduler.services.personal_data import set_privacy
from scheduler.services.pick_pages import buyer_page, pick_page
from scheduler.services.proposals import free_grid, propose
from scheduler.services.receive_reply import receive
from scheduler.services.replan import preview_replan
from scheduler.services.requests import ask
from scheduler.services.results import state_result, verify_result
from scheduler.services.self_pick import Pick, confirm_hold, hold_slot
from scheduler.services.uploads import keep_upload
from scheduler.services.webhook_events import EVENT_WORDS
from scheduler.services.webhooks import make_webhook
from scheduler.services.wish_lists import place_wish
from scheduler.settings import Settings, read_settings
from scheduler.storage import meetings, people
from scheduler.storage.accounts import get_account, list_accounts
from scheduler.storage.db import Database, open_database
from scheduler.storage.drafts import latest_draft
from scheduler.timezones.clock import utc_now
from scheduler.web import create_web
from tests.browser.served import stop

WIDE, PHONE = (1280, 900), (390, 844)
GRID, PICKING = "namdong-indonesia", "namdong-room"
_CONSENT = """상담 준비와 진행을 위해 이름, 회사, 연락처를 상담회가 끝난 뒤 1년까지 보관합니다.
We keep names, companies and contact data for one year after the fair, to prepare and hold the sessions.
"""


_CLAIMS = (
    Claim(stage=Stage.CONSULTED, amount=0, note="견본을 보내기로 함"),
    Claim(stage=Stage.IN_PROGRESS, amount=120_000, note="7월 시험 주문 협의 중"),
    Claim(stage=Stage.CONTRACTED, amount=38_500),
    Claim(stage=Stage.NOT_HELD),
)
_PROGRAM = "https://program.city.example/sangdam"
_COORDINATOR = Actor(role=Role.COORDINATOR, name="담당자(견본)")


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, kw_only=True)
class House:
    """An installation that is served, and the names of what stands in its pages' addresses."""

    settings: Settings
    database: Database
    address: str
    clock: Clock
    fair: Fair
    begins_at: datetime
    facts: dict[str, str]
    logins: dict[str, tuple[str, str]]
    _cookies: dict[tuple[str, datetime], list[Cookie]] = field(default_factory=dict)

    def open(
        self, browser: Browser, role: str, *, size: tuple[int, int], language: str, **given: Any
    ) -> BrowserContext:
        """A browser of somebody who is logged in, or of anybody where the role has no account."""
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **given)
        kept = {"name": "language", "value": language, "url": self.address}
        context.add_cookies([kept])  # type: ignore[list-item]
        if role in self.logins:
            context.add_cookies(self.cookies(browser, role))  # type: ignore[arg-type]
        return context

    def cookies(self, browser: Browser, role: str) -> list[Cookie]:
        """Of one login for each role and moment, made in a browser as users do."""
        if (role, self.clock.now) not in self._cookies:
            page = browser.new_page()
            page.goto(f"{self.address}/login?lang=ko")
            email, password = self.logins[role]
            page.locator("#email").fill(email)
            page.locator("#password").fill(password)
            page.locator("main form button").first.click()
            page.wait_for_url(lambda url: "/login" not in url)
            found = [one for one in page.context.cookies() if one["name"] != "language"]
            self._cookies[role, self.clock.now] = found
            page.close()
        return self._cookies[role, self.clock.now]

    def set_clock(self, moment: str) -> None:
        """To `now`, when all was made; or to the days of the fair: `before`, `during` and `after` its sessions."""
        offsets = {
            "before": timedelta(days=-3),
            "during": timedelta(minutes=20),
            "after": timedelta(hours=10),
        }
        self.clock.now = self.begins_at + offsets[moment] if moment in offsets else utc_now()
        # No worker runs here, and no page should complain of it.
        beat(self.database, "showroom", now=self.clock.now)


@contextmanager
def a_house(folder: Path, scenario: str) -> Iterator[House]:
    """A demonstration as `make run` makes it, served until the block ends."""
    program = Path(sys.executable).with_name("sangdam")
    environment = {**os.environ, "SANGDAM_INSTANCE": str(folder)}
    subprocess.run(
        [program, "demo", scenario, "--no-serve", "--json"],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    settings = read_settings({}, instance=folder, demo=True, base_address="http://127.0.0.1")
    database = open_database(settings.database_url)
    clock = Clock(utc_now())
    server = create_server(create_web(settings, database, clock=clock), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    fair = list_fairs(database)[0].fair
    try:
        yield House(
            settings=settings,
            database=database,
            address=f"http://127.0.0.1:{server.effective_port}",
            clock=clock,
            fair=fair,
            begins_at=_begin_of(database, fair),
            facts={"key": fair.key},
            logins=fresh_logins(database),
        )
    finally:
        stop(server, thread)
        database.dispose()


def fresh_logins(database: Database) -> dict[str, tuple[str, str]]:
    """E-mail and a new password for the first account of each role."""
    with database.read() as work:
        accounts = {one.role: one for one in reversed(list_accounts(work))}
    logins = {}
    for role, account in accounts.items():
        password = random_password()
        set_password(database, account.id, new=password, now=utc_now(), actor=SYSTEM)
        logins[role] = (account.email, password)
    return logins


def furnish_grid(house: House) -> None:
    """Names people and sessions of the published grid, and makes what waits for a coordinator."""
    db, now = house.database, house.clock()
    with db.write() as work:
        buyers = _earliest_first(work, house.fair.id)
        rooms, interpreters = (
            people.rooms_of(work, house.fair.id),
            people.interpreters_of(work, house.fair.id),
        )
        link = buyer_address(work, house.settings, buyer_id=buyers[0].id, fair_id=house.fair.id, now=now)
        accounts = {one.role: one for one in reversed(list_accounts(work))}
        theirs = meetings.meetings_of_resource(work, buyers[0].id, first=now)
        draft = latest_draft(work, house.fair.id)
    company_id = accounts["company"].resource_id or ""
    with db.read() as work:
        own = meetings.meetings_of_resource(work, company_id, first=now)
        stored = get_account(work, accounts["company"].id)
    invited = address_of(house.settings, stored, until=now + timedelta(days=2))
    doors = {"door": rooms[0].id, "waiting": None}
    house.facts.update(
        {
            one: _path(
                house, make_display(db, house.settings, house.fair.key, room_id, now=now, actor=SYSTEM)
            )
            for one, room_id in doors.items()
        },
        buyer=_path(house, link),
        buyer_id=buyers[0].id,
        meeting=theirs[0].id,
        own=own[0].id,
        interpreter=accounts["interpreter"].resource_id or interpreters[0].id,
        draft=draft.id if draft is not None else "",
        join=_path(house, invited),
        month=f"{house.begins_at:%Y-%m}",
        mail=FolderPost(house.settings.mailbox).list_messages(limit=1).messages[0].name,
    )
    for one, said in zip(theirs, ("accepted", "declined"), strict=False):
        answer(db, one.id, buyers[0].id, said, seen_start_at=one.slot.start_at, now=now, actor=SYSTEM)
    set_privacy(db, house.fair.key, days=365, consent_text=_CONSENT, now=now, actor=SYSTEM)
    house.facts["proposal"] = _proposal(house, buyers[1].id)
    house.facts["reply"] = _reply(house, buyers[2].contact.email)
    data = export_fair(db, house.fair.key, language="ko")
    upload = keep_upload(db, data, f"{house.fair.key}.xlsx", fair_key=house.fair.key, now=now, actor=SYSTEM)
    house.facts["upload"] = upload.upload.id
    coordinator = replace(_COORDINATOR, account_id=accounts["coordinator"].id)
    events = tuple(EVENT_WORDS)[:2]
    hook, _ = make_webhook(db, house.settings, address=_PROGRAM, events=events, now=now, actor=coordinator)
    house.facts["webhook"] = hook.id
    _state_results(house, coordinator)


def _earliest_first(work: Session, fair_id: str) -> list[Buyer]:
    """The buyers by their first session: what came of it is shown on the evening of the first day."""
    order = [one.buyer_id for one in meetings.meetings_of_fair(work, fair_id, LIVE)]
    met = [one for one in people.buyers_of(work, fair_id) if one.id in order]
    return sorted(met, key=lambda one: order.index(one.id))


def _state_results(house: House, coordinator: Actor) -> None:
    """What the sides of the first day stated afterwards, and what was verified of it."""
    db, later = house.database, house.begins_at + timedelta(hours=9)
    with db.read() as work:
        held = [
            one for one in meetings.meetings_of_fair(work, house.fair.id, LIVE) if one.slot.start_at < later
        ]
    for one, claim in zip(held, _CLAIMS, strict=False):
        company = Actor(role=Role.COMPANY, name="김하늘", account_id="acc_own", resource_id=one.company_id)
        said = state_result(db, one.id, claim, side=Side.COMPANY, now=later, actor=company)
        if claim.amount:
            seen = {"amount": str(claim.amount * 4 // 5), "note": "발주서 사본"}
            verify_result(db, one.id, said.id, **seen, now=later, actor=coordinator)
    told = Claim(stage=Stage.CONSULTED, note="Prices are still being discussed.")
    shown = house.facts["meeting"]
    for meeting_id in (held[1].id, shown):
        state_result(db, meeting_id, told, side=Side.BUYER, now=later, actor=_buyer_of(db, meeting_id))
    state_result(db, shown, _CLAIMS[1], side=Side.COMPANY, now=later, actor=coordinator)
    note_check(
        db,
        house.fair.key,
        house.facts["buyer_id"],
        is_verified="yes",
        note="현지 무역관 조회",
        now=house.clock(),
        actor=coordinator,
    )


def _buyer_of(db: Database, meeting_id: str) -> Actor:
    with db.read() as work:
        buyer_id = meetings.get_meeting(work, meeting_id).buyer_id
    return Actor(role=Role.BUYER, name="", resource_id=buyer_id)


def disturb_grid(house: House) -> None:
    """What a fair meets after it is published: somebody falls ill, and a slot is given up and offered."""
    db, now = house.database, house.clock()
    with db.read() as work:
        interpreter = people.interpreters_of(work, house.fair.id)[0]
        live = meetings.meetings_of_fair(work, house.fair.id, LIVE)
    absence = Absence(resource_id=interpreter.id, on=days_of(house.fair, interpreter)[0])
    preview = preview_replan(db, house.settings, house.fair.key, absence, now=now, actor=SYSTEM)
    house.facts["replan"] = preview.draft_id
    given_up = live[len(live) // 2]
    cancel(db, given_up.id, seen_revision=given_up.revision, now=now, actor=_COORDINATOR)
    # An offer gives its session up, too; those of the first slot are still to be held.
    others = [one for one in live if one.id != given_up.id and one.slot.start_at != house.begins_at]
    house.facts["offer"] = _offer(house, others, now)
    with db.read() as work:
        first = [
            one
            for one in meetings.meetings_of_fair(work, house.fair.id, LIVE)
            if one.slot.start_at == house.begins_at
        ]
    absent = min(first, key=lambda one: one.id in (house.facts["meeting"], house.facts["own"]))
    house.facts["absent"] = absent.id
    soon = house.begins_at + timedelta(minutes=8)
    mark_no_show(db, absent.id, seen_revision=absent.revision, absent="buyer", now=soon, actor=_COORDINATOR)


def furnish_picking(house: House) -> None:
    """The first company has a wish, a request, one session and one hold."""
    db, now = house.database, house.clock()
    with db.read() as work:
        account = next(one for one in list_accounts(work) if one.role == Role.COMPANY)
    company_id = account.resource_id or ""
    page = pick_page(db, house.fair.key, company_id, now=now)
    wanted = [one.buyer.id for one in page.shown if one.can_pick]
    place_wish(db, house.fair.key, company_id, wanted[0], 1, now=now, actor=SYSTEM)
    ask(
        db,
        house.fair.key,
        company_id=company_id,
        buyer_id=wanted[-1],
        asked_by=Role.BUYER,
        now=now,
        actor=SYSTEM,
    )
    booked = confirm_hold(
        db, house.settings, company_id, _held(house, company_id, wanted[1], now).id, now=now, actor=SYSTEM
    )
    with db.write() as work:
        link = buyer_address(work, house.settings, buyer_id=wanted[-1], fair_id=house.fair.id, now=now)
    house.facts.update(
        company=company_id,
        buyer=_path(house, link),
        buyer_id=wanted[0],
        meeting=booked.id,
        hold=_held(house, company_id, wanted[0], now).id,
    )


def _held(house: House, company_id: str, buyer_id: str, now: datetime) -> Meeting:
    found = buyer_page(house.database, house.fair.key, company_id, buyer_id, now=now)
    moment = next(one for _, moments in found.days for one in moments if not one.obstacles)
    pick = Pick(
        fair_key=house.fair.key,
        company_id=company_id,
        buyer_id=buyer_id,
        start_at=moment.slot.start_at,
        token=f"showroom-{buyer_id}",
    )
    return hold_slot(house.database, house.settings, pick, now=now, actor=SYSTEM)


def _proposal(house: House, buyer_id: str) -> str:
    grid = free_grid(house.database, buyer_id, house.fair.id, zone=house.fair.zone, now=house.clock())
    cells = [cell for _, row in grid.rows for cell in row if cell is not None]
    marked = {str(int(cell.slot.start_at.timestamp())) for cell in cells[:3]}
    comment = "I am on a flight on the first day."
    return propose(
        house.database,
        buyer_id,
        house.fair.id,
        marked,
        comment=comment,
        now=house.clock(),
        actor=SYSTEM,
    ).id


def _reply(house: House, sender: str) -> str:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "sangdam@city.example", "Re: Your session"
    mail["Message-ID"], mail["Date"] = "<r1@mail.example>", house.clock()
    mail.set_content("Could we meet one hour later? I have another visitor until then.\n")
    return receive(house.database, mail.as_bytes(), now=house.clock()).id


def _offer(house: House, live: Iterable[Meeting], now: datetime) -> str:
    """Of the first session whose slot suits a match that has none."""
    pages = ((one, offer_page(house.database, one.id, now=now)) for one in live)
    meeting, page = next((one, page) for one, page in pages if page.candidates)
    chosen = [one.match.id for one in page.candidates][:2]
    made = make_offers(
        house.database, meeting.id, chosen, seen_revision=meeting.revision, hours=24, now=now, actor=SYSTEM
    )
    return offer_token(house.settings, made[0].id)


def _path(house: House, address: str) -> str:
    return address.removeprefix(house.settings.base_address)


def _begin_of(database: Database, fair: Fair) -> datetime:
    with database.read() as work:
        stored = meetings.meetings_of_fair(work, fair.id)
    return stored[0].slot.start_at if stored else utc_now() + timedelta(days=7)


@contextmanager
def the_houses(*, is_late: bool = True) -> Iterator[dict[str, House]]:
    """Both, furnished; `is_late` where all has happened that makes the last pages of the tour."""
    with (
        TemporaryDirectory() as one,
        TemporaryDirectory() as other,
        a_house(Path(one), GRID) as grid,
        a_house(Path(other), PICKING) as picking,
    ):
        furnish_grid(grid)
        furnish_picking(picking)
        if is_late:
            disturb_grid(grid)
        yield {"grid": grid, "picking": picking}
