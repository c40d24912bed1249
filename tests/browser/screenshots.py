"""Takes the pictures of the README and the handbook from the demonstration, as the program is now.

Run as a program: `python -m tests.browser.screenshots [SCENARIO]`. The pictures go to docs/pictures.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright
from waitress import create_server

from scheduler.services.accounts import random_password, set_password
from scheduler.services.actor import SYSTEM
from scheduler.services.agenda import list_fairs
from scheduler.services.export import export_fair
from scheduler.services.links import buyer_address
from scheduler.settings import Settings, read_settings
from scheduler.storage import people
from scheduler.storage.accounts import list_accounts
from scheduler.storage.db import Database, open_database
from scheduler.timezones.clock import utc_now
from scheduler.web import create_web
from tests.browser.faces_pictures import take_faces
from tests.chromium import find_chromium

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDE, PHONE = (1440, 900), (390, 844)
PICKING = "namdong-room"
"""A demonstration in which companies pick."""


def main(scenario: str) -> None:
    chromium = find_chromium()
    if chromium is None:
        sys.exit("No Chromium here: install Chromium or Chrome, or set CHROMIUM=/path/to/it")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        make_demonstration(Path(folder), scenario)
        settings = read_settings(instance=folder, demo=True, base_address="http://127.0.0.1")
        database = open_database(settings.database_url)
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        with served(settings, database) as address:
            take_all(browser, settings, database, address)
        take_picking(browser)
        browser.close()
        database.dispose()


def make_demonstration(folder: Path, scenario: str) -> None:
    """The same as `make run` makes, without serving it."""
    program = Path(sys.executable).with_name("sangdam")
    environment = {**os.environ, "SANGDAM_INSTANCE": str(folder)}
    subprocess.run([program, "demo", scenario, "--no-serve"], env=environment, check=True)


@contextmanager
def served(settings: Settings, database: Database) -> Iterator[str]:
    server = create_server(create_web(settings, database), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=5)


def take_all(browser: Browser, settings: Settings, database: Database, address: str) -> None:
    logins = fresh_logins(database)
    fair = list_fairs(database)[0].fair
    with database.write() as work:
        buyer = people.buyers_of(work, fair.id)[0]
        link = buyer_address(work, settings, buyer_id=buyer.id, fair_id=fair.id, now=utc_now())
    link = address + link.removeprefix(settings.base_address)
    here = f"{address}/fairs/{fair.key}"

    page = opened(browser, address, WIDE, "ko", logins["coordinator"], picture="login")
    for name, path in (("fair", "/"), ("board", "/board/"), ("participants", "/participants/?tab=buyers")):
        take(page, here + path, name)
    take(page, f"{here}/build/", "build")
    take(page, f"{here}/changes", "notices")
    take(page, f"{here}/reminders/", "reminders")
    page.goto(f"{here}/board/")
    page.goto(address + (page.locator("a.session").nth(4).get_attribute("href") or ""))
    take(page, page.url, "session")
    page.goto(f"{address}/mailbox/")
    page.locator("tbody a").first.click()
    take(page, page.url, "mail")
    page.context.close()

    page = opened(browser, address, WIDE, "en", logins["coordinator"])
    take(page, f"{here}/board/", "board-en")
    page.context.close()
    page = opened(browser, address, PHONE, "ko", logins["coordinator"])
    take(page, f"{here}/board/", "board-phone")
    page.context.close()
    page = opened(browser, address, PHONE, "ko", logins["company"])
    take(page, f"{address}/my/", "company-phone")
    take(page, f"{link}?lang=en", "buyer-phone")
    page.context.close()
    take_steps(browser, settings, database, address, logins["coordinator"])
    take_board(browser, here, address, logins["coordinator"])
    take_faces(browser, settings, database)


def take_steps(
    browser: Browser, settings: Settings, database: Database, address: str, login: tuple[str, str]
) -> None:
    """What comes before and after the board: the import with its questions, an absence, the replies."""
    fair = list_fairs(database)[0].fair
    page = opened(browser, address, WIDE, "ko", login)
    page.goto(f"{address}/fairs/{fair.key}/import")
    workbook = export_fair(database, fair.key, language="ko")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file = {"name": f"{fair.key}.xlsx", "mimeType": kind, "buffer": workbook}
    page.locator("input[type=file]").set_input_files(files=[file])
    with page.expect_navigation():
        page.locator("main form button").first.click()
    take(page, page.url, "import")
    with database.read() as work:
        interpreter = people.interpreters_of(work, fair.id)[0]
    page.goto(f"{address}/fairs/{fair.key}/replan/absence/{interpreter.id}")
    with page.expect_navigation(timeout=120_000):
        page.locator("main form button").first.click(timeout=120_000)
    take(page, page.url, "replan")
    take(page, f"{address}/replies/", "replies")
    page.context.close()


def take_board(browser: Browser, here: str, address: str, login: tuple[str, str]) -> None:
    """The board at work: three sessions are put back, one is picked up, one is opened."""
    for size, language, name in ((WIDE, "ko", ""), (WIDE, "en", "-en"), (PHONE, "ko", "-phone")):
        page = opened(browser, address, size, language, login)
        page.goto(f"{here}/board/")
        while page.locator("#board-tray .session").count() < 3:
            waiting = page.locator("#board-tray .session").count()
            page.locator("#board-grid .session").nth(4 * waiting + 2).focus()
            page.keyboard.press("Space")
            page.locator("[data-do=put-back]").click()
            page.locator("#board-tray .session").nth(waiting).wait_for()
        page.locator("#board-grid .session").nth(1).click()
        page.locator("[data-do=pick]").wait_for()
        take(page, page.url, f"board-dialog{name}")
        page.keyboard.press("Escape")
        page.locator("#board-tray .session").first.focus()
        page.keyboard.press("Enter")
        page.locator("td.ok").first.wait_for()
        page.locator("#board-bar").scroll_into_view_if_needed()
        take(page, page.url, f"board-picked{name}")
        page.context.close()


def take_picking(browser: Browser) -> None:
    """A company picks its slots, at the demonstration of a room that is open to companies."""
    with TemporaryDirectory() as folder:
        make_demonstration(Path(folder), PICKING)
        settings = read_settings(instance=folder, demo=True, base_address="http://127.0.0.1")
        database = open_database(settings.database_url)
        with served(settings, database) as address:
            logins = fresh_logins(database)
            for size, language, name in ((WIDE, "ko", ""), (WIDE, "en", "-en"), (PHONE, "ko", "-phone")):
                page = opened(browser, address, size, language, logins["company"])
                take_picks(page, f"{address}/my/", name)
                page.context.close()
                page = opened(browser, address, size, language, logins["coordinator"])
                take(page, f"{address}/fairs/{PICKING}/picking/", f"picking{name}")
                page.context.close()
        database.dispose()


def take_picks(page: Page, my: str, name: str) -> None:
    """From one's schedule to a slot that is held, and back: the next visitor finds it free again."""
    take(page, my, f"company-schedule{name}")
    page.goto(f"{my}fairs/{PICKING}/")
    wish = page.locator(".buyer-card form button")
    if wish.count():
        wish.first.click()
        page.goto(f"{my}fairs/{PICKING}/")
    take(page, page.url, f"company-buyers{name}")
    page.locator(".buyer-card h3 a").nth(1).click()
    page.locator("button.moment").first.wait_for()
    take(page, page.url, f"company-buyer{name}")
    page.locator("button.moment").nth(1).click()
    page.locator("[data-hold]").wait_for()
    take(page, page.url, f"company-hold{name}")
    page.locator("[data-choice] form").nth(1).locator("button").click()
    page.locator("button.moment").first.wait_for()
    take(page, f"{my}team/", f"company-team{name}")


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


def opened(
    browser: Browser,
    address: str,
    size: tuple[int, int],
    language: str,
    login: tuple[str, str],
    *,
    picture: str = "",
) -> Page:
    """A page of somebody who has logged in."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme="light")
    page = context.new_page()
    page.goto(f"{address}/login?lang={language}")
    if picture:
        take(page, page.url, picture)
    page.locator("#email").fill(login[0])
    page.locator("#password").fill(login[1])
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def take(page: Page, address: str, name: str) -> None:
    if page.url != address:
        page.goto(address)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(150)
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"docs/pictures/{name}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "namdong-indonesia")
