"""What people have consented to, in the words they saw."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from scheduler.storage.tables import ConsentTable, table_of

CONSENT = table_of(ConsentTable)


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One consent. `given_by` is the audit trail's name for who gave or noted it."""

    id: str
    resource_id: str
    fair_id: str | None
    text: str
    given_at: datetime
    given_by: str
    withdrawn_at: datetime | None = None


def add_consent(work: Session, consent: Consent) -> None:
    work.execute(insert(CONSENT).values(asdict(consent)))


def withdraw(work: Session, resource_id: str, now: datetime, *, fair_id: str | None = None) -> int:
    """Ends those of a person that still hold, for one fair or for all; how many."""
    theirs = [CONSENT.c.resource_id == resource_id, CONSENT.c.withdrawn_at.is_(None)]
    theirs += [CONSENT.c.fair_id == fair_id] if fair_id is not None else []
    ended = work.execute(update(CONSENT).where(*theirs).values(withdrawn_at=now).returning(CONSENT.c.id))
    return len(ended.all())


def consents_of(work: Session, resource_id: str) -> tuple[Consent, ...]:
    """All of a person, also those withdrawn, in order of time."""
    theirs = (
        select(CONSENT).where(CONSENT.c.resource_id == resource_id).order_by(CONSENT.c.given_at, CONSENT.c.id)
    )
    return tuple(Consent(**row._mapping) for row in work.execute(theirs))


def consents_to_fair(work: Session, fair_id: str) -> dict[str, Consent]:
    """The newest that holds, by person."""
    those = select(CONSENT).where(CONSENT.c.fair_id == fair_id, CONSENT.c.withdrawn_at.is_(None))
    rows = work.execute(those.order_by(CONSENT.c.given_at, CONSENT.c.id))
    return {row.resource_id: Consent(**row._mapping) for row in rows}
