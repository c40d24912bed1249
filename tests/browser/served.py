"""The program served on loopback for a real browser, over a fair of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page
from waitress import create_server, wasyncore
from waitress.server import BaseWSGIServer

from tests.web.visitors import COORDINATOR, PASSWORD, Site, a_site


@contextmanager
def served(folder: Path, **given: object) -> Iterator[tuple[Site, str]]:
    """The site and its address, until the block ends."""
    with serving(a_site(folder, base_address="http://127.0.0.1", **given)) as found:  # type: ignore[arg-type]
        yield found


@contextmanager
def serving(site: Site) -> Iterator[tuple[Site, str]]:
    """A site that is there already, and its address."""
    server = create_server(site.app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield site, f"http://127.0.0.1:{server.effective_port}"
    finally:
        stop(server, thread)


def stop(server: BaseWSGIServer, thread: threading.Thread) -> None:
    """Ends what is being answered, then the loop, in its own thread: a page may be asking at this very moment."""
    server.task_dispatcher.shutdown()
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
    thread.join(timeout=5)


def log_in(page: Page, address: str, email: str = COORDINATOR) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("이메일").fill(email)
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    page.wait_for_url(lambda url: "/login" not in url)
