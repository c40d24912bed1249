"""The person behind a request: who has logged in, in which role, and for how long that holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import abort, g, session
from flask_login import LoginManager, current_user, login_user, logout_user

from scheduler.services import accounts
from scheduler.services.actor import Actor, Role
from scheduler.web.site import site

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Person:
    """An account that has logged in. Its sessions end when the account's generation rises."""

    id: str
    email: str
    name: str
    role: Role
    generation: int
    resource_id: str | None = None
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return f"{self.id}:{self.generation}"

    @property
    def actor(self) -> Actor:
        return Actor(role=self.role, name=self.name, account_id=self.id, resource_id=self.resource_id)


def add_login(manager: LoginManager) -> None:
    # What Flask-Login would guard by itself (address and browser) changes on the way to work; our own limits of
    # time and the generation of the account stand instead.
    manager.session_protection = None
    manager.user_loader(_load)


def log_in(account: accounts.Account, now: datetime) -> None:
    """A new session, so that nothing planted before the login lives on."""
    session.clear()
    session["began_at"] = session["seen_at"] = int(now.timestamp())
    login_user(_person(account))


def log_out() -> None:
    logout_user()
    session.clear()


def find_person() -> Person | None:
    """Who asks, if they have logged in and the session has not run out."""
    person = cast(Person, current_user) if current_user.is_authenticated else None
    if person is None:
        return None
    now = site().clock()
    if _has_run_out(now):
        log_out()
        return None
    if now - _session_time("seen_at") >= _SEEN_EVERY:
        session["seen_at"] = int(now.timestamp())
    return person


def this_person() -> Person:
    """Who asks, on a page that only those who have logged in can reach."""
    person: Person | None = g.get("person")
    if person is None:
        abort(403)
    return person


def _has_run_out(now: datetime) -> bool:
    return now - _session_time("seen_at") > IDLE or now - _session_time("began_at") > LONGEST


def _session_time(name: str) -> datetime:
    written = session.get(name, 0)
    seconds = written if isinstance(written, int) else 0
    return datetime.fromtimestamp(seconds, tz=site().clock().tzinfo)


def _load(written: str) -> Person | None:
    account_id, _, generation = written.partition(":")
    account = accounts.find_account(site().database, account_id)
    if account is None or not account.is_active or str(account.generation) != generation:
        return None
    return _person(account)


def _person(account: accounts.Account) -> Person:
    return Person(
        id=account.id,
        email=account.email,
        name=account.name,
        role=Role(account.role),
        generation=account.generation,
        resource_id=account.resource_id,
    )
