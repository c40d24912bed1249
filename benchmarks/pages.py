"""Every page of the demonstration beside a bare page of the same size: `python -m benchmarks.pages`.

One client asks the real server, in turn for the page and for the bare one, and waits for the last byte.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

import psutil

from benchmarks.demo import Answer, Demo, NotServing, Server, Visitor, free_port, served, the_demo
from benchmarks.tables import Table, milliseconds, percentile
from scheduler.services.links import feed_address
from scheduler.storage.db import open_database
from scheduler.storage.drafts import latest_draft
from scheduler.storage.fairs import get_fair
from scheduler.storage.people import rooms_of
from scheduler.timezones.clock import utc_now

LIMIT_SECONDS = 0.150
REPEATS = 30
WARM_UP = 3
STARTS = 5


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page and who looks at it. A calendar app asks with the validator it got last time."""

    who: str
    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Seconds of each request, of the bare page beside it, and of the server's processor for one request."""

    place: Place
    octets: int
    seconds: tuple[float, ...]
    bare: tuple[float, ...]
    processor: float

    @property
    def is_under_the_limit(self) -> bool:
        return percentile(self.seconds, 0.95) < LIMIT_SECONDS

    def row(self) -> tuple[str, ...]:
        middle, bare = median(self.seconds), median(self.bare)
        return (
            self.place.who,
            self.place.name,
            f"{self.octets:,}",
            milliseconds(middle),
            milliseconds(percentile(self.seconds, 0.95)),
            milliseconds(self.processor),
            milliseconds(bare),
            f"{middle / bare:.0f}",
            "yes" if self.is_under_the_limit else "**no**",
        )


def measure() -> Iterator[Table]:
    demo = the_demo()
    yield page_times(demo)
    yield cold_starts(demo)


def page_times(demo: Demo) -> Table:
    port, bare_port = free_port(), free_port()
    with (
        served(serving(demo, port), port=port, first="/login", environment=demo.environment) as server,
        served(_bare(bare_port), port=bare_port, first="/1"),
    ):
        visitors = {"": Visitor(port=port), "bare": Visitor(port=bare_port)}
        for role in ("coordinator", "company", "interpreter"):
            visitors[role] = Visitor(port=port)
            visitors[role].log_in(demo.login(role))
        found = [_measured(place, visitors, server) for place in places_of(demo, visitors)]
    head = ("who", "page", "bytes", "p50 ms", "p95 ms", "CPU ms", "bare p50 ms", "ratio", "p95 < 150 ms")
    over = [one.place.name for one in found if not one.is_under_the_limit]
    said = f"Over the limit: {', '.join(over)}." if over else "All of them are under the limit."
    return Table(
        title="Pages of the demonstration, 204 sessions",
        head=head,
        rows=tuple(one.row() for one in found),
        note=f"{len(found)} pages, {REPEATS} requests each, one client. {said}",
    )


def cold_starts(demo: Demo) -> Table:
    """From the start of the command to the last byte of the first page."""
    port = free_port()
    again = demo.command("demo", str(demo.facts["scenario"]), "--port", str(port))
    commands = {
        "a bare Flask page": (_bare(port), "/1"),
        "sangdam serve": (serving(demo, port), "/login"),
        "sangdam demo, the second time": (again, "/login"),
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(STARTS):
        for name, (command, first) in commands.items():
            with served(command, port=port, first=first, environment=demo.environment) as server:
                taken[name].append(server.first_page_seconds)
    return Table(
        title="Cold start to the first page",
        head=("command", "median s", "slowest s"),
        rows=tuple((name, f"{median(one):.2f}", f"{max(one):.2f}") for name, one in taken.items()),
        note=f"{STARTS} starts each, in turn.",
    )


def _measured(place: Place, visitors: Mapping[str, Visitor], server: Server) -> Measured:
    visitor, bare = visitors.get(place.who, visitors[""]), visitors["bare"]
    wanted = 304 if place.headers else 200
    for _ in range(WARM_UP):
        first = expected(visitor.get(place.path, place.headers), wanted, place)
    size = len(first.body)
    before = processor_seconds(server)
    pairs = [
        (visitor.get(place.path, place.headers).seconds, bare.get(f"/{size}").seconds) for _ in range(REPEATS)
    ]
    return Measured(
        place=place,
        octets=size,
        seconds=tuple(pair[0] for pair in pairs),
        bare=tuple(pair[1] for pair in pairs),
        processor=(processor_seconds(server) - before) / REPEATS,
    )


def processor_seconds(server: Server) -> float:
    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)


def expected(answer: Answer, status: int, place: Place) -> Answer:
    if answer.status != status:
        raise NotServing(f"{place.path} answered {answer.status}, not {status}")
    return answer


def places_of(demo: Demo, visitors: Mapping[str, Visitor]) -> Iterator[Place]:
    yield Place(who="anybody", name="login", path="/login")
    yield from _of_coordinator(demo, visitors["coordinator"])
    for role in ("company", "interpreter"):
        yield from _of_person(role, "/my/", visitors[role])
    yield from _of_person("buyer's link", demo.buyer_path, visitors[""])
    yield from _feeds(demo, visitors[""])


def _of_coordinator(demo: Demo, visitor: Visitor) -> Iterator[Place]:
    fair = f"/fairs/{demo.key}"
    session = _link(visitor, f"{fair}/board/", r"/meetings/\w+")
    mail = _link(visitor, "/mailbox/", r"/mailbox/[\w-]+\.eml")
    workbook = visitor.get(f"{fair}/export.xlsx").body
    upload = visitor.upload("/imports/", "/imports/", "sample.xlsx", workbook).headers["Location"]
    named = {
        "fairs": "/fairs/",
        "overview": f"{fair}/",
        **{f"participants: {tab}": f"{fair}/participants/?tab={tab}" for tab in _TABS},
        "import": "/imports/",
        "import into a fair": f"{fair}/import",
        "import, preview": upload,
        "template to download": "/imports/template.xlsx",
        "export as a workbook": f"{fair}/export.xlsx",
        "build": f"{fair}/build/",
        "build, watched": f"{fair}/build/{_draft_id(demo)}/",
        **{f"board by {one}": f"{fair}/board/?across={one}" for one in _COLUMNS},
        "session": session,
        "session as a calendar": _link(visitor, session, r"/meetings/\w+/\w+\.ics", or_else=""),
        "publish, preview": f"{fair}/publish",
        "changes": f"{fair}/changes",
        "changes: sent": f"{fair}/changes?state=sent",
        "mailbox": "/mailbox/",
        "mail": mail,
        "mail, body": f"{mail}/body",
        "mail, invite": f"{mail}/invite.ics",
        "mail, raw": f"{mail}/message.eml",
        "password": "/password",
    }
    for name, path in named.items():
        if path:
            yield Place(who="coordinator", name=name, path=path)


def _of_person(who: str, page: str, visitor: Visitor) -> Iterator[Place]:
    yield Place(who=who, name="schedule", path=page)
    yield Place(who=who, name="session as a calendar", path=_link(visitor, page, page + r"/?\w+\.ics"))
    if page == "/my/":
        session = _link(visitor, page, r"/my/mtg_\w+(?!\.ics)\b")
        yield Place(who=who, name="session", path=session.removesuffix(".ics"))


def _feeds(demo: Demo, visitor: Visitor) -> Iterator[Place]:
    for name, path in _feed_paths(demo).items():
        yield Place(who="calendar app", name=f"feed of {name}", path=path)
        mark = {"If-None-Match": visitor.get(path).headers["ETag"]}
        yield Place(who="calendar app", name=f"feed of {name}, unchanged", path=path, headers=mark)


def _feed_paths(demo: Demo) -> dict[str, str]:
    settings = demo.settings
    db = open_database(settings.database_url)
    with db.read() as work:
        fair = get_fair(work, demo.key)
        room_id = rooms_of(work, fair.id)[0].id
    wanted = {"a room": (room_id, None), "the fair": (None, fair.id)}
    with db.write() as work:
        made = {
            name: feed_address(work, settings, resource_id=resource_id, fair_id=fair_id, now=utc_now())
            for name, (resource_id, fair_id) in wanted.items()
        }
    db.dispose()
    return {name: address.removeprefix(settings.base_address) for name, address in made.items()}


def _draft_id(demo: Demo) -> str:
    db = open_database(demo.settings.database_url)
    with db.read() as work:
        draft = latest_draft(work, get_fair(work, demo.key).id)
    db.dispose()
    return draft.id if draft is not None else ""


def _link(visitor: Visitor, page: str, pattern: str, *, or_else: str | None = None) -> str:
    """The first link on a page that reads like this."""
    found = re.search(rf'href="({pattern})"', visitor.get(page).text)
    if found is None and or_else is None:
        raise NotServing(f"{page} has no link like {pattern}")
    return found[1] if found is not None else or_else or ""


def serving(demo: Demo, port: int) -> tuple[str, ...]:
    return demo.command("serve", "--port", str(port))


def _bare(port: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.bare", str(port))


_TABS = ("companies", "buyers", "interpreters", "rooms", "matches")
_COLUMNS = ("room", "company", "buyer", "interpreter")


def show(tables: Iterable[Table]) -> None:
    for table in tables:
        print(table.text(), flush=True)


if __name__ == "__main__":
    show(measure())
