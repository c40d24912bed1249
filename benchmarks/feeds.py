"""A calendar feed of 100 sessions in a database of a year's 31,020: `python -m benchmarks.feeds`.

Beside it the same sessions written by the `icalendar` package, whose objects are made from facts at hand: no
database, no access by address, no texts to be put together.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from icalendar import Calendar, Event
from werkzeug.test import EnvironBuilder

from scheduler.booking.slot import Slot
from scheduler.invites.feed import FeedEntry
from scheduler.services.feeds import open_feed
from scheduler.services.links import feed_address
from scheduler.storage import fairs, meetings, people
from scheduler.web import create_web
from tests.builders import a_buyer, a_company, a_fair, a_meeting, a_room, an_interpreter, at
from tests.services.stage import NOW, Stage, a_stage

SESSIONS, IN_THE_FEED, ROUNDS = 31_020, 100, 60
LIMITS = {"304": 3.0, "200": 20.0}


def a_year(folder: Path) -> Stage:
    """300 companies, 200 buyers; the buyer b0 has 100 sessions with 100 companies, of 40 fairs."""
    stage = a_stage(folder, people_of_fair=(), matched=())
    with stage.db.write() as work:
        for number in range(40):
            fairs.save_fair(
                work, a_fair(id=f"f{number}", key=f"fair{number}", name=f"{number}차 상담회"), NOW
            )
        everybody = [
            *(a_company(f"c{number}") for number in range(300)),
            *(a_buyer(f"b{number}") for number in range(200)),
            *(an_interpreter(f"i{number}") for number in range(30)),
            *(a_room(f"r{number}") for number in range(20)),
        ]
        for one in everybody:
            people.save_resource(work, one, f"key:{one.id}")
        meetings.add_meetings(work, [_meeting(number) for number in range(SESSIONS)], NOW)
    return stage


def _meeting(number: int) -> meetings.Meeting:
    is_theirs = number < IN_THE_FEED
    starts = at() + timedelta(minutes=30 * (number % 500), days=number // 500)
    return a_meeting(
        f"m{number}",
        uid=f"m{number}@sangdam",
        match_id=None,
        fair_id=f"f{number % 40}",
        company_id=f"c{number % (100 if is_theirs else 300)}",
        buyer_id="b0" if is_theirs else f"b{1 + number % 199}",
        interpreter_ids=(f"i{number % 30}",),
        room_id=f"r{number % 20}",
        slot=Slot.lasting(starts, 30),
        link=f"https://video.sangdam.example/{number}",
    )


def asked(web: Flask, path: str, tag: str = "") -> tuple[str, str]:
    """One request as a server hands it over, with every guard of the program; status and entity tag."""
    environment = EnvironBuilder(path=path, headers={"If-None-Match": tag} if tag else {}).get_environ()
    got: list[tuple[str, str]] = []

    def start(
        status: str, headers: list[tuple[str, str]], _error: object = None
    ) -> Callable[[bytes], object]:
        got.append((status, dict(headers).get("ETag", "")))
        return len

    body = web.wsgi_app(environment, start)  # type: ignore[arg-type]
    for _piece in body:
        pass
    return got[0]


def milliseconds(work: Callable[[], object]) -> list[float]:
    work()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def plain(entries: tuple[FeedEntry, ...]) -> bytes:
    """The same sessions by the `icalendar` package."""
    calendar = Calendar()
    calendar.add("prodid", "-//Sangdam//EN")
    calendar.add("version", "2.0")
    for one in entries:
        event = Event()
        event.add("uid", one.uid)
        event.add("sequence", one.sequence)
        event.add("dtstamp", one.stamp)
        event.add("dtstart", one.slot.start_at)
        event.add("dtend", one.slot.end_at)
        event.add("summary", one.summary)
        event.add("description", one.description)
        event.add("location", one.location)
        event.add("url", one.link)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        stage = a_year(Path(folder))
        with stage.db.write() as work:
            address = feed_address(work, stage.settings, resource_id="b0", fair_id=None, now=NOW)
        path = address.removeprefix(stage.settings.base_address)
        web = create_web(stage.settings, stage.db, clock=lambda: NOW)
        status, tag = asked(web, path)
        entries = open_feed(stage.db, stage.settings, path[7:-4], now=NOW).entries
        measured = {
            "304": milliseconds(lambda: asked(web, path, tag)),
            "200": milliseconds(lambda: asked(web, path)),
            "icalendar": milliseconds(lambda: plain(entries)),
        }
        unchanged, _ = asked(web, path, tag)
        stage.db.dispose()
    assert (status, unchanged, len(entries)) == ("200 OK", "304 NOT MODIFIED", IN_THE_FEED)
    words = {
        "304": "unchanged feed (304)",
        "200": "whole feed (200)",
        "icalendar": "plain icalendar, texts at hand",
    }
    print(f"A feed of {IN_THE_FEED} sessions among {SESSIONS:,}; {ROUNDS} requests each, milliseconds")
    for name, taken in measured.items():
        limit = f"   limit {LIMITS[name]:g}" if name in LIMITS else ""
        median, slow = statistics.median(taken), taken[int(len(taken) * 0.95)]
        print(f"  {words[name]:<32} median {median:7.2f}   p95 {slow:7.2f}   least {taken[0]:7.2f}{limit}")
    return 0 if all(statistics.median(measured[name]) <= limit for name, limit in LIMITS.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
