"""Where people are logged in: each browser is a row, so that it can be seen and ended from elsewhere.

A browser's cookie holds 192 random bits, the database only their SHA-256. A session ends after an hour without
a page, after twelve hours in any case, with the password, with the account, or at its owner's word.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.booking.errors import NotFound
from scheduler.services.actor import Actor
from scheduler.storage import audit, login_sessions
from scheduler.storage.accounts import Account
from scheduler.storage.db import Database
from scheduler.storage.login_sessions import LoginSession

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)
_LONGEST_AGENT = 200


@dataclass(frozen=True, kw_only=True)
class Place:
    """One browser that is logged in. `key` names it on a page without giving the token away."""

    key: str
    began_at: datetime
    seen_at: datetime
    agent: str
    address: str
    is_this: bool


def begin_session(
    db: Database, account: Account, *, previous: str = "", agent: str, address: str, now: datetime
) -> str:
    """A new session; the token for the cookie. The one the same browser had before ends."""
    token = secrets.token_urlsafe(24)
    login = LoginSession(
        token_sha256=_hash(token),
        account_id=account.id,
        began_at=now,
        seen_at=now,
        agent=agent[:_LONGEST_AGENT],
        address=address,
    )
    with db.write() as work:
        login_sessions.remove_lapsed_logins(work, began_before=now - LONGEST, seen_before=now - IDLE)
        if previous:
            login_sessions.remove_login(work, _hash(previous))
        login_sessions.add_login(work, login)
    return token


def account_of_session(db: Database, token: str, *, now: datetime) -> Account | None:
    """Whose session it is, if it goes on; that it was used is written down at most once a minute."""
    with db.glance() as work:
        found = login_sessions.find_login(work, _hash(token))
    if found is None:
        return None
    login, account = found
    if not account.is_active or now - login.seen_at > IDLE or now - login.began_at > LONGEST:
        return None
    if now - login.seen_at >= _SEEN_EVERY:
        with db.write() as work:
            login_sessions.note_seen(work, login.token_sha256, now)
    return account


def end_session(db: Database, token: str) -> None:
    """Logs this browser out."""
    with db.write() as work:
        login_sessions.remove_login(work, _hash(token))


def places_of(db: Database, account_id: str, *, token: str, now: datetime) -> tuple[Place, ...]:
    """Where an account is logged in at this moment; this browser first."""
    with db.read() as work:
        found = login_sessions.logins_of(work, account_id)
    going_on = [one for one in found if now - one.seen_at <= IDLE and now - one.began_at <= LONGEST]
    here = _hash(token)
    places = tuple(
        Place(
            key=_key_of(one),
            began_at=one.began_at,
            seen_at=one.seen_at,
            agent=one.agent,
            address=one.address,
            is_this=one.token_sha256 == here,
        )
        for one in going_on
    )
    return tuple(sorted(places, key=lambda place: not place.is_this))


def end_elsewhere(
    db: Database, account_id: str, *, key: str | None = None, token: str, now: datetime, actor: Actor
) -> int:
    """Ends one of the account's other sessions, or all of them. NotFound for a key that is not the account's."""
    with db.write() as work:
        if key is None:
            count = login_sessions.remove_logins(work, account_id, but=_hash(token))
        else:
            theirs = {_key_of(one): one for one in login_sessions.logins_of(work, account_id)}
            if key not in theirs:
                raise NotFound(kind="session", key=key)
            login_sessions.remove_login(work, theirs[key].token_sha256)
            count = 1
        audit.record(work, now, actor.label, "log_out", "account", account_id, {}, {"sessions": count})
    return count


def _key_of(login: LoginSession) -> str:
    return login.token_sha256[:16]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
