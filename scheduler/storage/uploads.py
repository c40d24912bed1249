"""Workbooks between their upload and the word to import them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.storage.tables import UploadTable, table_of

UPLOAD = table_of(UploadTable)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """`answers` are those given to the workbook's questions, by question."""

    id: str
    filename: str
    data: bytes
    created_at: datetime
    answers: Mapping[str, Any] = field(default_factory=dict)
    fair_key: str | None = None
    state: str = "open"
    created_by: str = ""


def add_upload(work: Session, upload: Upload) -> None:
    work.execute(insert(UPLOAD).values(asdict(upload)))


def get_upload(work: Session, upload_id: str) -> Upload:
    row = work.execute(select(UPLOAD).where(UPLOAD.c.id == upload_id)).one_or_none()
    if row is None:
        raise NotFound(kind="upload", key=upload_id)
    return Upload(**row._mapping)


def save_answers(work: Session, upload_id: str, answers: Mapping[str, Any]) -> None:
    work.execute(update(UPLOAD).where(UPLOAD.c.id == upload_id).values(answers=dict(answers)))


def set_upload_state(work: Session, upload_id: str, state: str, fair_key: str | None = None) -> None:
    """Such as "imported", with the fair it became."""
    became = {} if fair_key is None else {"fair_key": fair_key}
    work.execute(update(UPLOAD).where(UPLOAD.c.id == upload_id).values(state=state, **became))


def remove_uploads_before(work: Session, moment: datetime) -> int:
    """Forget uploads that are older; how many went. They hold contact data and are not kept longer than needed."""
    gone = delete(UPLOAD).where(UPLOAD.c.created_at < moment).returning(UPLOAD.c.id)
    return len(work.scalars(gone).all())
