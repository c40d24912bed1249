"""A fair with two of everything, for tests to book on."""

from sqlalchemy.orm import Session

from scheduler.booking.meeting import Meeting
from scheduler.storage.claims import take_claims
from scheduler.storage.fairs import save_fair
from scheduler.storage.matches import save_match
from scheduler.storage.meetings import add_meeting
from scheduler.storage.people import save_resource
from tests.builders import a_buyer, a_company, a_fair, a_room, all_pairs, an_interpreter, at

NOW = at("08:00", day=-1)
COMPANIES = (a_company("c1"), a_company("c2"))
BUYERS = (a_buyer("b1"), a_buyer("b2"))
INTERPRETERS = (an_interpreter("i1"), an_interpreter("i2"))
ROOMS = (a_room("r1"), a_room("r2"))


def set_the_stage(work: Session) -> None:
    save_fair(work, a_fair(), NOW)
    for position, one in enumerate((*COMPANIES, *BUYERS, *INTERPRETERS, *ROOMS)):
        save_resource(work, one, one.id, "fair-1", position)
    for match in all_pairs(COMPANIES, BUYERS):
        save_match(work, "fair-1", match)


def ticks_of(meeting: Meeting) -> dict[str, range]:
    return {resource_id: meeting.slot.ticks() for resource_id in meeting.resource_ids}


def book(work: Session, meeting: Meeting) -> None:
    add_meeting(work, meeting, NOW)
    take_claims(work, meeting.id, ticks_of(meeting))
