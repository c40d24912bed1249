"""The readers. One that is missing is named, and where everything has to run its tests fail."""

import os

import pytest

from tests.conftest import missing
from tests.interop.evolution import Evolution, find_python
from tests.interop.icaljs import IcalJs, NodeIcal, install
from tests.interop.kde import Kde, find_program
from tests.interop.libical import Libical, find_library
from tests.interop.seen import CalendarReader


@pytest.fixture(scope="session")
def ical_js() -> IcalJs:
    if not install():
        missing("no ical.js here: it is fetched from the npm registry, which could not be reached")
    return IcalJs()


@pytest.fixture(scope="session")
def node_ical() -> NodeIcal:
    if not install():
        missing("no node-ical here: it is fetched from the npm registry, which could not be reached")
    return NodeIcal()


@pytest.fixture(scope="session")
def evolution() -> Evolution:
    python = find_python()
    if python is None:
        missing("no Evolution data server here: install it (Debian: gir1.2-ecal-2.0, python3-gi)")
    assert python is not None
    return Evolution(python)


@pytest.fixture(scope="session")
def libical() -> Libical:
    library = find_library()
    if library is None:
        missing("no libical here: install it (Debian: libical3)")
    assert library is not None
    return Libical(library)


@pytest.fixture(scope="session")
def kde() -> Kde:
    program = find_program()
    if program is None:
        missing(
            "no KDE calendar core here: install it (Debian: libkf5calendarcore-dev or libkf6calendarcore-dev)"
        )
    assert program is not None
    return Kde(program)


READERS = ["ical_js", "node_ical", "libical", "evolution"]
# To compile KDE's takes its time, and 200 MB of libraries: make interop does it.
OF_INTEROP = ["kde"] if os.environ.get("INTEROP") == "all" else []


@pytest.fixture(params=[*READERS, *OF_INTEROP])
def reader(request: pytest.FixtureRequest) -> CalendarReader:
    chosen: CalendarReader = request.getfixturevalue(request.param)
    return chosen
