"""A fair as a workbook that imports to the same state."""

from scheduler.services.stored_draft import draft_of
from scheduler.sheets.on_demand import write_workbook
from scheduler.storage import fairs
from scheduler.storage.db import Database


def export_fair(db: Database, fair_key: str, *, language: str) -> bytes:
    """The fair's workbook (.xlsx). Raises NotFound."""
    with db.read() as work:
        draft = draft_of(work, fairs.get_fair(work, fair_key))
    return write_workbook(draft, language)
