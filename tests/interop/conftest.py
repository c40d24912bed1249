"""The readers. One that is missing is named, and where everything has to run its tests fail."""

import pytest

from tests.conftest import missing
from tests.interop.evolution import Evolution, find_python
from tests.interop.icaljs import IcalJs, NodeIcal, install
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


@pytest.fixture(params=["ical_js", "node_ical", "libical", "evolution"])
def reader(request: pytest.FixtureRequest) -> CalendarReader:
    chosen: CalendarReader = request.getfixturevalue(request.param)
    return chosen
