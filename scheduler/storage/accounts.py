"""Accounts: who may log in, and as what."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.storage.tables import AccountTable, table_of

ACCOUNT = table_of(AccountTable)


@dataclass(frozen=True, kw_only=True)
class Account:
    """`role` is coordinator, company or interpreter; the latter two have the resource they stand for.

    Sessions carry the `generation` they began with, and end when it has risen.
    """

    id: str
    email: str
    name: str
    password_hash: str
    role: str
    created_at: datetime
    resource_id: str | None = None
    language: str = "ko"
    is_active: bool = True
    generation: int = 0
    last_login_at: datetime | None = None


def add_account(work: Session, account: Account) -> None:
    """The address is kept in lower case; one that is taken ends the transaction with AlreadyThere."""
    work.execute(insert(ACCOUNT).values(_row_of(account)))


def save_account(work: Session, account: Account) -> None:
    work.execute(update(ACCOUNT).where(ACCOUNT.c.id == account.id).values(_row_of(account)))


def account_to_change(work: Session, account_id: str) -> Account | None:
    """An account as it is; whoever else wants to change it waits until this transaction ends."""
    theirs = select(ACCOUNT).where(ACCOUNT.c.id == account_id)
    row = work.execute(theirs.with_for_update(key_share=True)).one_or_none()
    return None if row is None else _account_from(row)


def hold_open_accounts(work: Session, role: str) -> tuple[str, ...]:
    """The ids of all of a role who may log in; nobody else opens or closes one of these until the transaction ends."""
    theirs = select(ACCOUNT.c.id).where(ACCOUNT.c.role == role, ACCOUNT.c.is_active)
    return tuple(work.scalars(theirs.order_by(ACCOUNT.c.id).with_for_update(key_share=True)))


def get_account(work: Session, account_id: str) -> Account:
    found = find_account(work, account_id)
    if found is None:
        raise NotFound(kind="account", key=account_id)
    return found


def find_account(work: Session, account_id: str) -> Account | None:
    return _find(work, ACCOUNT.c.id == account_id)


def find_account_by_email(work: Session, email: str) -> Account | None:
    """Upper and lower case are one."""
    return _find(work, ACCOUNT.c.email == _address(email))


def list_accounts(work: Session) -> tuple[Account, ...]:
    """All, by address."""
    return tuple(_account_from(row) for row in work.execute(select(ACCOUNT).order_by(ACCOUNT.c.email)))


def names_of_accounts(work: Session, ids: Collection[str]) -> dict[str, str]:
    """Of those that are still there."""
    found = work.execute(select(ACCOUNT.c.id, ACCOUNT.c.name).where(ACCOUNT.c.id.in_(ids)))
    return {one.id: one.name for one in found}


def accounts_of_resource(work: Session, resource_id: str) -> tuple[Account, ...]:
    """Those that stand for one company or interpreter, by address."""
    theirs = select(ACCOUNT).where(ACCOUNT.c.resource_id == resource_id).order_by(ACCOUNT.c.email)
    return tuple(_account_from(row) for row in work.execute(theirs))


def note_login(work: Session, account_id: str, now: datetime) -> None:
    work.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(last_login_at=now))


def end_sessions(work: Session, account_id: str) -> None:
    """Raise the generation: every session that has begun ends."""
    raised = {"generation": ACCOUNT.c.generation + 1}
    work.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(raised))


def _find(work: Session, condition: ColumnElement[bool]) -> Account | None:
    row = work.execute(select(ACCOUNT).where(condition)).one_or_none()
    return None if row is None else _account_from(row)


def _address(email: str) -> str:
    return email.strip().lower()


def _row_of(account: Account) -> dict[str, Any]:
    return asdict(replace(account, email=_address(account.email)))


def _account_from(row: Row[Any]) -> Account:
    return Account(**row._mapping)
