"""The readers. One that is missing is named, and where everything has to run its tests fail."""

import pytest

from tests.conftest import missing
from tests.interop.icaljs import IcalJs, install
from tests.interop.libical import Libical, find_library
from tests.interop.seen import CalendarReader


@pytest.fixture(scope="session")
def ical_js() -> IcalJs:
    if not install():
        missing("no ical.js here: it is fetched from the npm registry, which could not be reached")
    return IcalJs()


@pytest.fixture(scope="session")
def libical() -> Libical:
    library = find_library()
    if library is None:
        missing("no libical here: install it (Debian: libical3)")
    assert library is not None
    return Libical(library)


@pytest.fixture(params=["ical_js", "libical"])
def reader(request: pytest.FixtureRequest) -> CalendarReader:
    chosen: CalendarReader = request.getfixturevalue(request.param)
    return chosen
