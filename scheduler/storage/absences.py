"""The hours of a resource at one fair, changed after it was set up."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from scheduler.storage.tables import ParticipationTable, table_of
from scheduler.timezones.hours import Hours

PARTICIPATION = table_of(ParticipationTable)


def set_hours(work: Session, fair_id: str, resource_id: str, hours: Hours) -> None:
    """Other hours at one fair; everything else, and every other fair, stays as it is."""
    its = (PARTICIPATION.c.fair_id == fair_id, PARTICIPATION.c.resource_id == resource_id)
    work.execute(update(PARTICIPATION).where(*its).values(hours=hours.to_json()))
