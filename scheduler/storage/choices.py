"""By which channel people want to be reminded."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.storage.statements import pieces, upsert
from scheduler.storage.tables import ReminderChoiceTable, table_of

CHOICE = table_of(ReminderChoiceTable)


@dataclass(frozen=True, kw_only=True)
class ReminderChoice:
    """`phone` is the number that was agreed to at `consented_at`; without consent nothing goes there."""

    resource_id: str
    channel: str
    phone: str
    consented_at: datetime | None
    changed_at: datetime
    changed_by: str

    def takes_texts_at(self, phone: str | None) -> bool:
        """Whether text messages may go to this number: another one than was agreed to is another question."""
        return self.channel == "text" and self.consented_at is not None and phone == self.phone != ""


def save_choice(work: Session, choice: ReminderChoice) -> None:
    upsert(work, CHOICE, asdict(choice))


def choices_of(work: Session, resource_ids: Iterable[str]) -> dict[str, ReminderChoice]:
    """Of those who have chosen."""
    return {
        row.resource_id: ReminderChoice(**row._mapping)
        for piece in pieces(resource_ids)
        for row in work.execute(select(CHOICE).where(CHOICE.c.resource_id.in_(piece)))
    }
