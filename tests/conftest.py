"""What every test may ask for. Data comes from the builders, not from fixtures."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import find_chromium
from tests.postgres import PostgresServer, find_installation, running_server

# The program is served on loopback; a page that asks another host for anything must not get it.
ONLY_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the costly thing it asks for, so that `-m "not browser"` leaves it out."""
    for item in items:
        for name in {"browser", "postgres"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(name)


def missing(what: str) -> None:
    """Skip the test on somebody's machine; fail it where everything has to run."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, one for each test process."""
    installation = find_installation()
    if installation is None:
        missing("no PostgreSQL here: make dev installs one, or install the system's own")
    assert installation is not None
    with running_server(installation) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of an empty database that only this test uses."""
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    found = find_chromium()
    if found is None:
        missing("no Chromium here: install Chromium or Chrome, or set CHROMIUM=/path/to/it")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """A real Chromium, one for each test process; open a context of your own in it."""
    arguments = [ONLY_LOOPBACK, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield chromium
        chromium.close()
