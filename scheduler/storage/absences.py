"""The hours of a resource at one fair, changed after it was set up."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from scheduler.storage.tables import ParticipationTable, ResourceTable, table_of
from scheduler.timezones.hours import Hours

PARTICIPATION = table_of(ParticipationTable)
RESOURCE = table_of(ResourceTable)


def set_hours(work: Session, fair_id: str, resource_id: str, hours: Hours) -> None:
    """Other hours at one fair; everything else, and every other fair, stays as it is."""
    its = (PARTICIPATION.c.fair_id == fair_id, PARTICIPATION.c.resource_id == resource_id)
    work.execute(update(PARTICIPATION).where(*its).values(hours=hours.to_json()))


def set_default_hours(work: Session, resource_id: str, hours: Hours) -> None:
    """The hours where no fair says otherwise."""
    work.execute(update(RESOURCE).where(RESOURCE.c.id == resource_id).values(hours=hours.to_json()))
