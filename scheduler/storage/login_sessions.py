"""The browsers that are logged in."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from scheduler.storage.accounts import ACCOUNT, Account
from scheduler.storage.prepared import Prepared
from scheduler.storage.tables import LoginSessionTable, table_of

LOGIN = table_of(LoginSessionTable)
_OWN, _ITS = tuple(LOGIN.c.keys()), tuple(ACCOUNT.c.keys())
# Made once: it is asked before every page, and putting it together costs more than running it.
_BY_TOKEN = Prepared(
    select(*LOGIN.c, *(column.label(f"its_{column.name}") for column in ACCOUNT.c))
    .join_from(LOGIN, ACCOUNT, ACCOUNT.c.id == LOGIN.c.account_id)
    .where(LOGIN.c.token_sha256 == bindparam("token"))
)


@dataclass(frozen=True, kw_only=True)
class LoginSession:
    """One browser. `agent` and `address` are what it said of itself, to be recognised by its owner."""

    token_sha256: str
    account_id: str
    began_at: datetime
    seen_at: datetime
    agent: str
    address: str


def add_login(work: Session, login: LoginSession) -> None:
    work.execute(insert(LOGIN).values(asdict(login)))


def find_login(work: Session, token_sha256: str) -> tuple[LoginSession, Account] | None:
    """The browser with this token, and whose it is; one query, for it is asked before every page."""
    row = _BY_TOKEN.ask(work, token=token_sha256).first()
    if row is None:
        return None
    own, its = row[: len(_OWN)], row[len(_OWN) :]
    login = LoginSession(**dict(zip(_OWN, own, strict=True)))
    return login, Account(**dict(zip(_ITS, its, strict=True)))


def logins_of(work: Session, account_id: str) -> tuple[LoginSession, ...]:
    """Where an account is logged in, the browser seen last first."""
    theirs = select(LOGIN).where(LOGIN.c.account_id == account_id)
    rows = work.execute(theirs.order_by(LOGIN.c.seen_at.desc(), LOGIN.c.token_sha256))
    return tuple(LoginSession(**row._mapping) for row in rows)


def note_seen(work: Session, token_sha256: str, now: datetime) -> None:
    work.execute(update(LOGIN).where(LOGIN.c.token_sha256 == token_sha256).values(seen_at=now))


def remove_login(work: Session, token_sha256: str) -> None:
    work.execute(delete(LOGIN).where(LOGIN.c.token_sha256 == token_sha256))


def remove_logins(work: Session, account_id: str, *, but: str = "") -> int:
    """Ends all sessions of an account, except the one named. How many there were."""
    theirs = (LOGIN.c.account_id == account_id, LOGIN.c.token_sha256 != but)
    ended = work.execute(delete(LOGIN).where(*theirs).returning(LOGIN.c.token_sha256))
    return len(ended.all())


def remove_lapsed_logins(work: Session, *, began_before: datetime, seen_before: datetime) -> None:
    """Forget what has run out."""
    work.execute(delete(LOGIN).where((LOGIN.c.began_at < began_before) | (LOGIN.c.seen_at < seen_before)))
