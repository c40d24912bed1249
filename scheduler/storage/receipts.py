"""Receipts: what a form that was sent has led to, so that sending it again books nothing more."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from scheduler.storage.tables import ReceiptTable, table_of

RECEIPT = table_of(ReceiptTable)


def find_receipt(work: Session, resource_id: str, token: str) -> str | None:
    """The meeting that the form led to."""
    its = (RECEIPT.c.resource_id == resource_id, RECEIPT.c.token == token)
    found: str | None = work.scalar(select(RECEIPT.c.meeting_id).where(*its))
    return found


def add_receipt(work: Session, resource_id: str, token: str, meeting_id: str, now: datetime) -> None:
    """A token that is there already ends the transaction with AlreadyThere(table="receipt")."""
    row = {"resource_id": resource_id, "token": token, "meeting_id": meeting_id, "created_at": now}
    work.execute(insert(RECEIPT).values(row))


def forget_receipts(work: Session, before: datetime) -> None:
    work.execute(delete(RECEIPT).where(RECEIPT.c.created_at < before))
