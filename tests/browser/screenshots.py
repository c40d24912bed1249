"""Takes a picture of every page of the program as it is now, wide and on a phone, in each language of its readers.

Run as a program: `python -m tests.browser.screenshots [NAME ...]`, where a name is that of a page of the tour. Those
that a document shows go to docs/pictures, all others to build/pictures, which git ignores.
"""

import argparse
import base64
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.browser.pictures import SCREENS, STATES, Shot, all_names, file_of, picture_name, shots, shown_names
from tests.browser.showroom import PHONE, WIDE, House, disturb_grid, the_houses
from tests.browser.tour import STOPS
from tests.chromium import find_chromium

_SIZES = {"wide": WIDE, "phone": PHONE}
_QUALITY = 82
"""Of WebP: letters stay sharp, and a picture takes a quarter of what PNG needs."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", default=[*(one.name for one in STOPS), *STATES], metavar="NAME")
    asked.add_argument("--shown", action="store_true", help="only those that a document shows")
    options = asked.parse_args()
    names, only = frozenset(options.names), shown_names() if options.shown else all_names()
    with sync_playwright() as playwright, the_houses(is_late=False) as houses:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=_chromium(), args=arguments)
        wanted = [one for one in shots() if one.stop.name in names and one.name in only]
        missed = take(browser, houses, [one for one in wanted if not one.stop.is_late])
        take_board_at_work(browser, houses["grid"], names, only)
        take_lost_screen(browser, houses["grid"], names, only)
        if any(one.stop.is_late for one in wanted):
            houses["grid"].set_clock("now")
            disturb_grid(houses["grid"])
            missed += take(browser, houses, [one for one in wanted if one.stop.is_late])
        browser.close()
    for one in missed:
        print(f"no picture: {one}", file=sys.stderr)
    return 1 if missed else 0


def take(browser: Browser, houses: dict[str, House], wanted: list[Shot]) -> list[str]:
    """A page that does not come as it should is named, and gets no picture."""
    missed = []
    for one in sorted(wanted, key=_order):
        house = houses[one.stop.house]
        house.set_clock(one.stop.moment)
        with _page(browser, house, one.stop.role, one.screen, one.language) as page:
            path = one.stop.path.format_map(house.facts)
            answer = page.goto(house.address + path)
            if answer is None or answer.status != 200 or not page.url.endswith(path):
                missed.append(f"{one.name}: {page.url}")
                continue
            keep(page, one.name)
    return missed


def take_board_at_work(browser: Browser, house: House, names: frozenset[str], only: frozenset[str]) -> None:
    """Three sessions are put back, one is opened, one is picked up."""
    house.set_clock("now")
    for screen in SCREENS if names & {"board-dialog", "board-picked"} else ():
        for language in ("ko", "en"):
            both = [picture_name(one, screen, language) for one in ("board-dialog", "board-picked")]
            if only.isdisjoint(both):
                continue
            with _page(browser, house, "coordinator", screen, language) as page:
                page.goto(f"{house.address}/fairs/{house.fair.key}/board/")
                _put_back(page, 3)
                page.locator("#board-grid .session").nth(1).click()
                page.locator("[data-do=pick]").wait_for()
                keep(page, both[0])
                page.keyboard.press("Escape")
                page.locator("#board-tray .session").first.focus()
                page.keyboard.press("Enter")
                page.locator("td.ok").first.wait_for()
                page.locator("#board-bar").scroll_into_view_if_needed()
                keep(page, both[1])


def take_lost_screen(browser: Browser, house: House, names: frozenset[str], only: frozenset[str]) -> None:
    house.set_clock("during")
    for screen in SCREENS if "room-lost" in names else ():
        for language in ("ko", "en"):
            if picture_name("room-lost", screen, language) not in only:
                continue
            with _page(browser, house, "anybody", screen, language) as page:
                page.goto(house.address + house.facts["door"])
                page.wait_for_timeout(500)
                page.context.set_offline(True)
                page.locator("[data-lost-line]:not([hidden])").wait_for()
                keep(page, picture_name("room-lost", screen, language))


def keep(page: Page, name: str) -> None:
    """As Chromium draws it, in WebP."""
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(150)
    session = page.context.new_cdp_session(page)
    drawn = session.send("Page.captureScreenshot", {"format": "webp", "quality": _QUALITY})
    file = file_of(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(base64.b64decode(drawn["data"]))
    print(f"{file.parent.name}/{file.name} {file.stat().st_size:,}", flush=True)


@contextmanager
def _page(browser: Browser, house: House, role: str, screen: str, language: str) -> Iterator[Page]:
    context = house.open(
        browser,
        role,
        size=_SIZES[screen],
        language=language,
        color_scheme="light",
        timezone_id="Asia/Jakarta",
    )
    yield context.new_page()
    with suppress(BrowserError):
        context.close()


def _put_back(page: Page, count: int) -> None:
    while (waiting := page.locator("#board-tray .session").count()) < count:
        page.locator("#board-grid .session").nth(4 * waiting + 2).focus()
        page.keyboard.press("Space")
        page.locator("[data-do=put-back]").click()
        page.locator("#board-tray .session").nth(waiting).wait_for()


def _order(one: Shot) -> tuple[str, str, str, str, str]:
    """One login for each role and moment."""
    return (one.stop.house, one.stop.moment, one.stop.role, one.screen, one.language)


def _chromium() -> str:
    path = find_chromium()
    if path is None:
        sys.exit("No Chromium here: install Chromium or Chrome, or set CHROMIUM=/path/to/it")
    return str(path)


if __name__ == "__main__":
    sys.exit(main())
