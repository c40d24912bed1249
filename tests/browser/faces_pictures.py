"""Takes the pictures of the pages of buyers, interpreters, screens and co-hosts for the handbook.

Called by `tests.browser.screenshots`; these pages are served once more by a clock of their own, because a screen shows
something on the day only, and hours are signed afterwards.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page
from waitress import create_server

from scheduler.services.accounts import add_account, random_password, set_password
from scheduler.services.actor import SYSTEM
from scheduler.services.agenda import list_fairs
from scheduler.services.answer import answer
from scheduler.services.cohost import choose_buyers
from scheduler.services.display import make_display
from scheduler.services.links import buyer_address
from scheduler.settings import Settings
from scheduler.storage import meetings, people
from scheduler.storage.accounts import find_account_by_email, list_accounts
from scheduler.storage.db import Database
from scheduler.web import create_web

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDE, PHONE = (1280, 900), (390, 844)
CHAMBER = "chamber@jakarta.example"


@dataclass
class Day:
    """A clock that is set by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Studio:
    """The demonstration served by its own clock, and where its people and screens are found."""

    browser: Browser
    settings: Settings
    database: Database
    address: str
    day: Day
    begins_at: datetime
    fair_key: str
    link: str
    buyer_id: str

    def take(
        self,
        name: str,
        path: str,
        *,
        size: tuple[int, int] = WIDE,
        login: str = "",
        then: Callable[[Page], object] | None = None,
    ) -> None:
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, timezone_id="Asia/Jakarta"
        )
        page = context.new_page()
        if login:
            self._log_in(page, login)
        page.goto(self.address + path)
        if then is not None:
            then(page)
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(200)
        page.screenshot(path=PICTURES / f"{name}.png")
        print(f"docs/pictures/{name}.png")
        context.close()

    def _log_in(self, page: Page, role: str) -> None:
        with self.database.read() as work:
            account = next(one for one in list_accounts(work) if one.role == role)
        password = random_password()
        set_password(self.database, account.id, new=password, now=self.day(), actor=SYSTEM)
        page.goto(f"{self.address}/login")
        page.locator("#email").fill(account.email)
        page.locator("#password").fill(password)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: "/login" not in url)


def take_faces(browser: Browser, settings: Settings, database: Database) -> None:
    with _studio(browser, settings, database) as studio:
        take_buyer(studio)
        take_interpreter(studio)
        take_screens(studio)
        take_cohost(studio)


def take_buyer(studio: Studio) -> None:
    studio.day.now = studio.begins_at - timedelta(days=3)
    _answer_some(studio)
    for language, name in (("ko", ""), ("en", "-en"), ("ar", "-ar")):
        studio.take(f"buyer{name}", f"{studio.link}?lang={language}")
    studio.take("buyer-ar-phone", f"{studio.link}?lang=ar", size=PHONE)
    for language, name in (("ko", ""), ("en", "-en"), ("ar", "-ar")):
        studio.take(f"buyer-free{name}", f"{studio.link}/free?lang={language}")
    studio.take("buyer-settings-en", f"{studio.link}/settings?lang=en")


def take_interpreter(studio: Studio) -> None:
    studio.day.now = studio.begins_at - timedelta(hours=1)
    for language, name in (("ko", ""), ("en", "-en")):
        studio.take(f"interpreter-day{name}", f"/interpreter/?lang={language}", login="interpreter")
        studio.take(f"interpreter-hours{name}", f"/interpreter/hours?lang={language}", login="interpreter")
    studio.take("interpreter-day-phone", "/interpreter/?lang=ko", size=PHONE, login="interpreter")
    month = f"{studio.begins_at:%Y-%m}"
    studio.day.now = studio.begins_at + timedelta(hours=10)
    for language, name in (("ko", ""), ("en", "-en")):
        studio.take(
            f"interpreter-sheet{name}", f"/interpreter/worked/{month}?lang={language}", login="interpreter"
        )


def take_screens(studio: Studio) -> None:
    studio.day.now = studio.begins_at + timedelta(minutes=20)
    with studio.database.read() as work:
        fair = next(one.fair for one in list_fairs(studio.database) if one.fair.key == studio.fair_key)
        room = people.rooms_of(work, fair.id)[0]
    door, waiting = (
        make_display(
            studio.database, studio.settings, studio.fair_key, one, now=studio.day(), actor=SYSTEM
        ).removeprefix(studio.settings.base_address)
        for one in (room.id, None)
    )
    studio.take("room-door", f"{door}?lang=ko")
    studio.take("room-door-en", f"{door}?lang=en")
    studio.take("room-waiting", f"{waiting}?lang=ko", size=(1920, 1080))
    studio.take("room-lost", f"{door}?lang=ko", then=_lose_the_network)


def take_cohost(studio: Studio) -> None:
    studio.day.now = studio.begins_at - timedelta(days=3)
    with studio.database.read() as work:
        found = find_account_by_email(work, CHAMBER)
        fair = next(one.fair for one in list_fairs(studio.database) if one.fair.key == studio.fair_key)
        buyers = people.buyers_of(work, fair.id)[:5]
    if found is None:
        found = add_account(
            studio.database,
            email=CHAMBER,
            role="cohost",
            name="자카르타 상의(견본)",
            password=random_password(),
            now=studio.day(),
            actor=SYSTEM,
        )
    chosen = [one.id for one in buyers]
    choose_buyers(studio.database, studio.fair_key, found.id, chosen, now=studio.day(), actor=SYSTEM)
    for language, name in (("ko", ""), ("en", "-en")):
        studio.take(f"cohost{name}", f"/cohost/?lang={language}", login="cohost")


def _answer_some(studio: Studio) -> None:
    with studio.database.read() as work:
        found = meetings.meetings_of_resource(work, studio.buyer_id, first=studio.begins_at)
    for one, said in zip(found, ("accepted", "declined"), strict=False):
        answer(
            studio.database,
            one.id,
            studio.buyer_id,
            said,
            seen_start_at=one.slot.start_at,
            now=studio.day(),
            actor=SYSTEM,
        )


def _lose_the_network(page: Page) -> None:
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    page.locator("[data-lost-line]:not([hidden])").wait_for()


@contextmanager
def _studio(browser: Browser, settings: Settings, database: Database) -> Iterator[Studio]:
    fair = list_fairs(database)[0].fair
    with database.write() as work:
        begins_at = meetings.meetings_of_fair(work, fair.id)[0].slot.start_at
        buyer = people.buyers_of(work, fair.id)[0]
        link = buyer_address(work, settings, buyer_id=buyer.id, fair_id=fair.id, now=begins_at)
    day = Day(begins_at)
    server = create_server(create_web(settings, database, clock=day), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Studio(
            browser=browser,
            settings=settings,
            database=database,
            address=f"http://127.0.0.1:{server.effective_port}",
            day=day,
            begins_at=begins_at,
            fair_key=fair.key,
            link=link.removeprefix(settings.base_address),
            buyer_id=buyer.id,
        )
    finally:
        server.close()
        thread.join(timeout=5)
