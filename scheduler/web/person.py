"""The person behind a request: who has logged in, in which role, and for how long that holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import abort, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.local import LocalProxy

from scheduler.services import logins
from scheduler.services.accounts import Account
from scheduler.services.actor import Actor, Role
from scheduler.web.site import site

_TOKEN = "token"  # noqa: S105  (where the cookie keeps it)


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


def log_in(account: Account, now: datetime) -> None:
    """A new session, so that nothing planted before the login lives on."""
    previous = session_token()
    session.clear()
    session[_TOKEN] = logins.begin_session(
        site().database,
        account,
        previous=previous,
        agent=request.user_agent.string,
        address=request.remote_addr or "",
        now=now,
    )
    login_user(_person(account))


def log_out() -> None:
    """Ends the session of this browser, here and in the database."""
    token = session_token()
    if token:
        logins.end_session(site().database, token)
    logout_user()
    session.clear()


def session_token() -> str:
    """The token of this browser's session; empty without one."""
    written = session.get(_TOKEN, "")
    return written if isinstance(written, str) else ""


def find_person() -> Person | None:
    """Who asks, if they have logged in and the session has not run out."""
    # Themselves, not the proxy that looks for them again at each question.
    known = cast(LocalProxy[Person], current_user)._get_current_object()
    if known.is_authenticated:
        return known
    if session_token():
        session.clear()
    return None


def this_person() -> Person:
    """Who asks, on a page that only those who have logged in can reach."""
    person: Person | None = g.get("person")
    if person is None:
        abort(403)
    return person


def _load(written: str) -> Person | None:
    account = logins.account_of_session(site().database, session_token(), now=site().clock())
    if account is None or f"{account.id}:{account.generation}" != written:
        return None
    return _person(account)


def _person(account: Account) -> Person:
    return Person(
        id=account.id,
        email=account.email,
        name=account.name,
        role=Role(account.role),
        generation=account.generation,
        resource_id=account.resource_id,
    )
