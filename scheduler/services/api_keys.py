"""Keys for programs: made by a coordinator for themselves, narrow by scope, shown once, ended at any time."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.booking.errors import BadInput, Fault, NotFound, Refusal
from scheduler.services.actor import Actor, Role
from scheduler.storage import api_keys, audit
from scheduler.storage.accounts import Account
from scheduler.storage.api_keys import ApiKey
from scheduler.storage.db import Database, new_id
from scheduler.wording import Phrase

LONGEST_DAYS = 366
PREFIX = "sgd_"
"""What every token begins with, so that one left in a file can be found."""
_USED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may do; each is given by itself."""

    READ = "read"
    BOOK = "book"
    MANAGE = "manage"
    PEOPLE = "people"


SCOPE_WORDS: dict[str, Phrase] = {
    Scope.READ: Phrase("read fairs, people and sessions"),
    Scope.BOOK: Phrase("book, move and cancel sessions"),
    Scope.MANAGE: Phrase("import, build, publish and send"),
    Scope.PEOPLE: Phrase("invite people and close accounts"),
}


class KeyRefused(Refusal):
    """No key, an unknown one, or one that has ended: one answer for all."""

    phrase = Phrase("A valid API key is needed: Authorization: Bearer …")


class ScopeMissing(Refusal):
    """The key is right and may not do this."""

    def __init__(self, scope: Scope | None) -> None:
        self.scope = scope
        self.phrase = Phrase("This key lacks the scope “%(scope)s”.", scope=str(scope))
        super().__init__(scope)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The account a program acts for, and what its key allows."""

    account: Account
    scopes: frozenset[str]

    @property
    def actor(self) -> Actor:
        return Actor(
            role=Role(self.account.role),
            name=self.account.name,
            account_id=self.account.id,
            resource_id=self.account.resource_id,
        )


def make_key(
    db: Database,
    account: Account,
    *,
    name: str,
    scopes: Collection[str],
    days: int,
    now: datetime,
    actor: Actor,
) -> tuple[ApiKey, str]:
    """A new key and its token, which is kept nowhere. BadInput names every fault."""
    faults = [*_name_faults(name), *_scope_faults(scopes), *_day_faults(days), *_role_faults(account)]
    if faults:
        raise BadInput(faults)
    token = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        id=new_id("key"),
        account_id=account.id,
        name=" ".join(name.split()),
        token_sha256=_hash(token),
        scopes=" ".join(scope for scope in Scope if scope in scopes),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    with db.write() as work:
        api_keys.add_key(work, key)
        audit.record(
            work,
            now,
            actor.label,
            "make_key",
            "account",
            account.id,
            {},
            {"key": key.id, "scopes": key.scopes},
        )
    return key, token


def end_key(db: Database, account_id: str, key_id: str, *, now: datetime, actor: Actor) -> None:
    """The key is worth nothing from this moment. NotFound when the account has none such."""
    with db.write() as work:
        if not api_keys.remove_key(work, account_id, key_id):
            raise NotFound(kind="key", key=key_id)
        audit.record(work, now, actor.label, "end_key", "account", account_id, {"key": key_id}, {})


def keys_of(db: Database, account_id: str) -> tuple[ApiKey, ...]:
    with db.read() as work:
        return api_keys.keys_of(work, account_id)


def caller_of(db: Database, token: str, *, now: datetime) -> Caller:
    """For whom the token acts. Raises KeyRefused; that it was used is written down at most once a minute."""
    with db.glance() as work:
        found = api_keys.find_key(work, _hash(token))
    if found is None:
        raise KeyRefused
    key, account = found
    if key.expires_at <= now or not account.is_active or account.role != Role.COORDINATOR:
        raise KeyRefused
    if key.used_at is None or now - key.used_at >= _USED_EVERY:
        with db.write() as work:
            api_keys.note_use(work, key.id, now)
    return Caller(account=account, scopes=frozenset(key.scopes.split()))


def _name_faults(name: str) -> list[Fault]:
    if 0 < len(name.strip()) <= 80:
        return []
    return [
        Fault(place="name", wrong=Phrase("A key needs a name of at most 80 characters, to know it again."))
    ]


def _scope_faults(scopes: Collection[str]) -> list[Fault]:
    if scopes and set(scopes) <= set(Scope):
        return []
    return [Fault(place="scopes", wrong=Phrase("Choose what the key may do."))]


def _day_faults(days: int) -> list[Fault]:
    if 1 <= days <= LONGEST_DAYS:
        return []
    return [Fault(place="days", wrong=Phrase("A key lasts 1 to %(most)s days.", most=LONGEST_DAYS))]


def _role_faults(account: Account) -> list[Fault]:
    if account.role == Role.COORDINATOR:
        return []
    return [Fault(place="account", wrong=Phrase("Only coordinators have keys."))]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
