"""Somebody is away: from the coordinator's click to the preview of what would change. `python -m benchmarks.absence`.

The demonstration of 204 published sessions in Chromium: each interpreter is away on their fullest day, then each room.
The form stays open for some seconds, as it does with people; nothing is applied.
"""

import sys
import time
from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Locator, Page

from benchmarks.board import chromium, log_in
from benchmarks.demo import free_port, served, the_demo
from benchmarks.machine import machine_line
from benchmarks.tables import Table

LIMIT_SECONDS = 2.0
_READING_SECONDS = 4.0
_TABS = ("interpreters", "rooms")


def measure() -> Iterator[Table]:
    demo, port = the_demo(), free_port()
    program = demo.command("serve", "--no-worker", "--port", str(port))
    with served(program, port=port, first="/login", environment=demo.environment), chromium() as browser:
        page = browser.new_page()
        address = f"http://127.0.0.1:{port}"
        log_in(page, address, demo.login("coordinator"))
        rows = [row for tab in _TABS for row in _rows(page, f"{address}/fairs/{demo.key}", tab)]
    seconds = [float(row[-2]) for row in rows]
    yield Table(
        title="Somebody is away: from the click to the preview",
        head=(
            "who",
            "sessions that day",
            "at another time",
            "others only",
            "not kept",
            "proved",
            "seconds",
            "< 2 s",
        ),
        rows=tuple(rows),
        note=f"204 published sessions, the fullest day of each. Median {median(seconds):.2f} s.",
    )


def _rows(page: Page, fair: str, tab: str) -> Iterator[tuple[str, ...]]:
    page.goto(f"{fair}/participants/?tab={tab}")
    links = page.locator("a[href*='/replan/absence/']")
    for href in [str(one.get_attribute("href")) for one in links.all()]:
        page.goto(fair.partition("/fairs/")[0] + href)
        yield _row(page)


def _row(page: Page) -> tuple[str, ...]:
    name = page.locator("h1").inner_text().partition(": ")[2]
    day, sessions = _fullest(page.locator("#on option"))
    page.locator("#on").select_option(index=day)
    page.wait_for_timeout(_READING_SECONDS * 1000)
    began = time.perf_counter()
    page.locator("main form button").first.click()
    page.locator("dl.figures").wait_for(timeout=120_000)
    seconds = time.perf_counter() - began
    other_times, others, dropped, _told = page.locator("dl.figures dd").all_inner_texts()
    proved = "yes" if page.locator("main .notice.good").count() else "**no**"
    kept = "yes" if seconds < LIMIT_SECONDS else "**no**"
    return name, str(sessions), other_times, others, dropped, proved, f"{seconds:.2f}", kept


def _fullest(options: Locator) -> tuple[int, int]:
    """The place of the day with most sessions in the list, and how many those are; the first place is no day."""
    counts = [
        int("0" + "".join(filter(str.isdigit, words.rpartition("–")[2])))
        for words in options.all_inner_texts()
    ]
    best = max(range(1, len(counts)), key=counts.__getitem__)
    return best, counts[best]


def main() -> int:
    print(machine_line(), end="\n\n", flush=True)
    for table in measure():
        print(table.text(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
