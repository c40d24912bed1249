"""The board as a browser sees it: `python -m benchmarks.board [--loads 9]`.

Times are the browser's own (navigation timing, marks, measures, long tasks), on loopback, beside a bare page of the
same size. A board of 204 sessions, on a desk and on a phone whose processor is held to a quarter; and one of 4,200.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.demo import NotServing, free_port, served, the_demo
from benchmarks.machine import machine_line
from benchmarks.tables import Table
from scheduler.grid.limits import Limits
from scheduler.scenarios import scenario
from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.services.agenda import list_fairs
from scheduler.services.build_grid import build_grid
from scheduler.services.import_fair import import_fair
from scheduler.services.publish import publish
from scheduler.settings import read_settings
from scheduler.sheets.write import write_workbook
from scheduler.storage.db import open_database
from scheduler.timezones.clock import utc_now
from tests.chromium import find_chromium

LARGE = "boomup-2023"
PASSWORD = "several plain words"  # noqa: S105
EMAIL = "board@city.example"
WIDE, PHONE = (1440, 900), (390, 844)
SLOWER = 4
LOADS, MOVES = 9, 7
_PUT_BACK = 4
_PHONE_NAME = f"204 sessions, phone, {SLOWER} times slower"
_SEARCH_SECONDS = 60.0

_WATCH = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => longTasks.push(one.duration)))
    .observe({ type: "longtask", buffered: false });
}"""
_SCROLL = """async () => {
  const frame = document.querySelector(".board-frame");
  const gaps = [];
  let last = performance.now();
  const step = () => new Promise((resolve) => requestAnimationFrame((now) => {
    gaps.push(now - last);
    last = now;
    resolve();
  }));
  const ends = { left: frame.scrollWidth - frame.clientWidth, top: frame.scrollHeight - frame.clientHeight };
  for (let part = 0; part <= 1; part += 1 / 150) {
    frame.scrollTo({ left: ends.left * part, top: ends.top * part });
    await step();
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return { gaps: gaps.slice(1), sessions: frame.querySelectorAll(".session").length };
}"""
_CHANGED = """async () => {
  while (!performance.getEntriesByName("board-change").length) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.getEntriesByName("board-change")[0].duration;
}"""
_TIMES = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const [mark] = performance.getEntriesByName("board-usable");
  return { bytes: page.decodedBodySize, html: page.responseEnd, ready: page.domContentLoadedEventEnd,
           usable: mark ? mark.startTime : page.domContentLoadedEventEnd };
}"""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A fair of an installation, and how its coordinator logs in."""

    instance: Path
    key: str
    login: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A board on a screen, and what it must reach in milliseconds."""

    name: str
    board: Board
    size: tuple[int, int]
    slower: int
    limit: float


@dataclass(frozen=True, kw_only=True)
class Seen:
    octets: int
    usable: tuple[float, ...]
    bare: tuple[float, ...]
    moves: tuple[float, ...]
    longest_task: float
    slowest_frame: float


def measure(loads: int, kept: Path | None) -> Iterator[Table]:
    demo = the_demo()
    small = Board(instance=demo.instance, key=demo.key, login=demo.login("coordinator"))
    with tempfile.TemporaryDirectory(prefix="sangdam-bench-") as folder:
        large = a_large_fair(kept or Path(folder))
        cases = (
            Case(name="204 sessions", board=small, size=WIDE, slower=1, limit=250),
            Case(name=_PHONE_NAME, board=small, size=PHONE, slower=SLOWER, limit=250),
            Case(name="4,200 sessions", board=large, size=WIDE, slower=1, limit=500),
        )
        with chromium() as browser:
            rows = tuple(row_of(one, seen_of(browser, one, loads)) for one in cases)
    yield Table(
        title="The board in a browser",
        head=(
            "board",
            "HTML bytes",
            "usable after ms, p50",
            "slowest",
            "limit",
            "bare page ms, p50",
            "move: drop to confirmed ms, p50",
            "slowest",
            "longest task while scrolling ms",
            "slowest frame ms",
        ),
        rows=rows,
        note=f"{loads} loads with a warm cache of styles and scripts, {MOVES} moves by keyboard, one scroll"
        " from corner to corner. A move is limited to 150 ms, a task to 100 ms. 0 is: no task longer than 50 ms.",
    )


def a_large_fair(folder: Path) -> Board:
    """4,200 sessions in two days, imported, built and published as a coordinator would, unless they are there."""
    settings = read_settings({}, instance=folder, demo=True)
    db = open_database(settings.database_url)
    db.migrate()
    now = utc_now()
    draft = scenario(LARGE, today=now.date())
    key = draft.fair.key
    made = Board(instance=folder, key=key, login={"email": EMAIL, "password": PASSWORD})
    if any(one.fair.key == key for one in list_fairs(db)):
        return made
    import_fair(db, write_workbook(draft, "ko"), "f.xlsx", answers={}, key=key, now=now, actor=SYSTEM)
    build_grid(db, key, limits=Limits(seconds=_SEARCH_SECONDS), now=now, actor=SYSTEM)
    publish(db, settings, key, now=now, actor=SYSTEM)
    add_account(
        db,
        email=EMAIL,
        role="coordinator",
        name="Board",
        password=PASSWORD,
        resource_id=None,
        now=now,
        actor=SYSTEM,
    )
    db.dispose()
    return made


@contextmanager
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        sys.exit("No Chromium here: install Chromium or Chrome, or set CHROMIUM=/path/to/it")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def seen_of(browser: Browser, case: Case, loads: int) -> Seen:
    port, bare_port = free_port(), free_port()
    environment = {**os.environ, "SANGDAM_INSTANCE": str(case.board.instance)}
    program = (sys.executable, "-c", "from scheduler.app import main; main()", "serve", "--port", str(port))
    bare = (sys.executable, "-m", "benchmarks.bare", str(bare_port))
    with (
        served(program, port=port, first="/login", environment=environment),
        served(bare, port=bare_port, first="/1"),
    ):
        width, height = case.size
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        log_in(page, f"http://127.0.0.1:{port}", case.board.login)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": case.slower})
        board = f"http://127.0.0.1:{port}/fairs/{case.board.key}/board/"
        page.goto(board)
        times = [times_of(page, board) for _ in range(loads)]
        octets = int(times[0]["bytes"])
        beside = [times_of(page, f"http://127.0.0.1:{bare_port}/{octets}") for _ in range(loads)]
        page.goto(board)
        page.wait_for_timeout(1000)
        page.evaluate(_WATCH)
        scrolled = page.evaluate(_SCROLL)
        longest = page.evaluate("Math.max(0, ...longTasks)")
        moves = moves_on(page, board)
        context.close()
    return Seen(
        octets=octets,
        usable=tuple(one["usable"] for one in times),
        bare=tuple(one["ready"] for one in beside),
        moves=moves,
        longest_task=longest,
        slowest_frame=max(scrolled["gaps"]),
    )


def times_of(page: Page, address: str) -> dict[str, float]:
    page.goto(address, wait_until="load")
    found: dict[str, float] = page.evaluate(_TIMES)
    return found


def moves_on(page: Page, board: str) -> tuple[float, ...]:
    """A few sessions are put back to make room; then the first that can go somewhere on its day goes there and on."""
    page.goto(board)
    while (waiting := page.locator("#board-tray .session").count()) < _PUT_BACK:
        page.locator("#board-grid .session").nth(4 * waiting + 2).focus()
        page.keyboard.press("Space")
        page.locator("[data-do=put-back]").click()
        page.locator("#board-tray .session").nth(waiting).wait_for()
    return tuple(moved(page, movable(page)) for _ in range(MOVES))


def movable(page: Page) -> str:
    """The id of a session with a possible cell in sight."""
    for number in range(min(40, page.locator("#board-grid .session").count())):
        card = page.locator("#board-grid .session").nth(number)
        card.focus()
        page.keyboard.press("Enter")
        page.locator("#board-grid td.no, #board-grid td.ok").first.wait_for()
        has_place = page.locator("#board-grid td.ok").count() > 0
        page.keyboard.press("Escape")
        if has_place:
            return card.get_attribute("data-id") or ""
    raise NotServing("no session of the board can be moved on its day")


def moved(page: Page, match_id: str) -> float:
    """Milliseconds from putting a session down until it stands confirmed in its new cell."""
    page.evaluate("performance.clearMeasures('board-change')")
    page.locator(f'#board-grid [data-id="{match_id}"]').focus()
    page.keyboard.press("Enter")
    page.locator("#board-grid td.ok").first.wait_for()
    page.locator("#board-grid td.ok").first.evaluate("cell => Board.putDown(cell)")
    taken: float = page.evaluate(_CHANGED)
    page.wait_for_timeout(500)
    return taken


def log_in(page: Page, address: str, login: Mapping[str, str]) -> None:
    page.goto(f"{address}/login")
    page.locator("#email").fill(login["email"])
    page.locator("#password").fill(login["password"])
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/login" not in url)


def row_of(case: Case, seen: Seen) -> tuple[str, ...]:
    return (
        case.name,
        f"{seen.octets:,}",
        f"{median(seen.usable):.0f}",
        f"{max(seen.usable):.0f}",
        f"{case.limit:.0f}",
        f"{median(seen.bare):.0f}",
        f"{median(seen.moves):.0f}",
        f"{max(seen.moves):.0f}",
        f"{seen.longest_task:.0f}",
        f"{seen.slowest_frame:.0f}",
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--loads", type=int, default=LOADS)
    asked.add_argument("--large", type=Path, help="keep the large fair in this folder, for the next run")
    options = asked.parse_args()
    print(machine_line(), end="\n\n", flush=True)
    for table in measure(options.loads, options.large):
        print(table.text(), flush=True)


if __name__ == "__main__":
    main()
