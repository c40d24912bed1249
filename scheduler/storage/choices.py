"""By which channel people want to be reminded."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from scheduler.storage.prepared import Listed, Prepared, among
from scheduler.storage.statements import upsert
from scheduler.storage.tables import ReminderChoiceTable, table_of

CHOICE = table_of(ReminderChoiceTable)
_OF_THESE = Prepared(select(CHOICE).where(among(CHOICE.c.resource_id, bindparam("ids", type_=Listed()))))


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
        row.resource_id: ReminderChoice(**row._asdict()) for row in _OF_THESE.rows(work, ids=resource_ids)
    }
