"""A fair as a workbook: one that imports to the same state, and the grid as people read it."""

from scheduler.sheets.draft import FairDraft
from scheduler.sheets.write import write_workbook
from scheduler.storage import fairs, matches, people
from scheduler.storage.db import Database


def export_fair(db: Database, fair_key: str, *, language: str) -> bytes:
    """The fair's workbook (.xlsx): importing it anywhere gives the same fair."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        everyone = people.people_of(work, fair.id)
        programme = fairs.get_programme_by_id(work, fair.programme_id) if fair.programme_id else None
        draft = FairDraft(
            fair=fair,
            companies=everyone.companies,
            buyers=everyone.buyers,
            interpreters=everyone.interpreters,
            rooms=everyone.rooms,
            matches=matches.matches_of(work, fair.id),
            pins=matches.pins_of(work, fair.id),
            programme=programme,
        )
    return write_workbook(draft, language)
