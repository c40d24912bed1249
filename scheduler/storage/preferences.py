"""How somebody without an account wants to read their page."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.storage.statements import pieces, upsert
from scheduler.storage.tables import PreferenceTable, table_of

PREFERENCE = table_of(PreferenceTable)


@dataclass(frozen=True, kw_only=True)
class Preference:
    """`language` and `zone` are empty where the person has chosen none."""

    resource_id: str
    language: str
    zone: str
    changed_at: datetime


def find_preference(work: Session, resource_id: str) -> Preference | None:
    row = work.execute(select(PREFERENCE).where(PREFERENCE.c.resource_id == resource_id)).one_or_none()
    return None if row is None else Preference(**row._mapping)


def preferences_of(work: Session, resource_ids: Iterable[str]) -> dict[str, Preference]:
    """Those of several people, by whose they are."""
    found: dict[str, Preference] = {}
    for piece in pieces(resource_ids):
        rows = work.execute(select(PREFERENCE).where(PREFERENCE.c.resource_id.in_(piece)))
        found |= {row.resource_id: Preference(**row._mapping) for row in rows}
    return found


def save_preference(work: Session, preference: Preference) -> None:
    """In place of what the person chose before."""
    upsert(work, PREFERENCE, asdict(preference))
