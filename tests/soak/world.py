"""The fair that is fought over: twelve hot people and rooms, sixteen matches, thirteen slots."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

from scheduler.booking.fair import slots_of
from scheduler.booking.people import Resource
from scheduler.booking.slot import Slot
from scheduler.storage import fairs, matches, people
from scheduler.storage.db import Database, open_database
from tests.builders import a_buyer, a_company, a_fair, a_match, a_room, an_interpreter, spans
from tests.services.stage import NOW, mailed

PATIENCE = 60
PACE = 60.0
"""A second of the run is a minute of the fair's clock, so that holds and leases lapse while it lasts."""
HOLD_MINUTES = 2
DAILY_LIMIT = 3

FAIR = a_fair(
    opening=spans("09:00-18:45"), slot_minutes=30, break_minutes=15, company_daily_limit=DAILY_LIMIT
)
COMPANIES = tuple(mailed(a_company(f"c{number}")) for number in range(1, 5))
BUYERS = tuple(mailed(a_buyer(f"b{number}"), "en") for number in range(1, 5))
INTERPRETERS = tuple(mailed(an_interpreter(f"i{number}", rest_minutes=10)) for number in (1, 2))
ROOMS = tuple(a_room(f"r{number}", change_over_minutes=5) for number in (1, 2))
EVERYONE: tuple[Resource, ...] = (*COMPANIES, *BUYERS, *INTERPRETERS, *ROOMS)
RESOURCES = {one.id: one for one in EVERYONE}
MATCHES = tuple(a_match(company=one.id, buyer=other.id) for one, other in product(COMPANIES, BUYERS))
SLOTS: tuple[Slot, ...] = slots_of(FAIR, "ID")


@dataclass(frozen=True, kw_only=True)
class World:
    """Where a run takes place: the database, and the folder with what its processes write down."""

    url: str
    folder: Path

    def open(self) -> Database:
        return open_database(self.url, patience_seconds=PATIENCE)


def prepare(world: World) -> None:
    """The fair with everybody in it, and nothing booked."""
    database = world.open()
    database.migrate()
    with database.write() as work:
        fairs.save_fair(work, FAIR, NOW)
        for position, one in enumerate(EVERYONE):
            people.save_resource(work, one, f"key:{one.id}", FAIR.id, position)
        for match in MATCHES:
            matches.save_match(work, FAIR.id, match)
    database.dispose()
