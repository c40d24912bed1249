"""Keys by which programs act for an account."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from scheduler.storage.accounts import ACCOUNT, Account
from scheduler.storage.prepared import Prepared
from scheduler.storage.tables import ApiKeyTable, table_of

KEY = table_of(ApiKeyTable)
_BY_TOKEN = Prepared(
    select(KEY, *(column.label(f"its_{column.name}") for column in ACCOUNT.c))
    .join(ACCOUNT, ACCOUNT.c.id == KEY.c.account_id)
    .where(KEY.c.token_sha256 == bindparam("token"))
)


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """One key. `scopes` are words with spaces between."""

    id: str
    account_id: str
    name: str
    token_sha256: str
    scopes: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


def add_key(work: Session, key: ApiKey) -> None:
    work.execute(insert(KEY).values(asdict(key)))


def find_key(work: Session, token_sha256: str) -> tuple[ApiKey, Account] | None:
    """The key with this token, and for whom it acts; one query, for it is asked with every request."""
    row = _BY_TOKEN.ask(work, token=token_sha256).first()
    if row is None:
        return None
    key = ApiKey(**{column.name: getattr(row, column.name) for column in KEY.c})
    return key, Account(**{column.name: getattr(row, f"its_{column.name}") for column in ACCOUNT.c})


def keys_of(work: Session, account_id: str) -> tuple[ApiKey, ...]:
    """Those of an account, the newest first."""
    theirs = select(KEY).where(KEY.c.account_id == account_id)
    rows = work.execute(theirs.order_by(KEY.c.created_at.desc(), KEY.c.id))
    return tuple(ApiKey(**row._mapping) for row in rows)


def note_use(work: Session, key_id: str, now: datetime) -> None:
    work.execute(update(KEY).where(KEY.c.id == key_id).values(used_at=now))


def remove_key(work: Session, account_id: str, key_id: str) -> bool:
    """False when the account has no such key."""
    ended = delete(KEY).where(KEY.c.id == key_id, KEY.c.account_id == account_id).returning(KEY.c.id)
    return work.execute(ended).one_or_none() is not None
