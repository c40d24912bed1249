"""Accounts: who may log in, and their passwords (argon2id, as OWASP asks: 19 MiB, two passes, one lane)."""

import secrets
import unicodedata
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound, Refusal
from scheduler.booking.people import kind_of
from scheduler.services.actor import Actor, Role
from scheduler.storage import accounts, audit, login_sessions, people
from scheduler.storage.accounts import Account
from scheduler.storage.db import Database, new_id
from scheduler.wording import Phrase

__all__ = [
    "Account",
    "LoginRefused",
    "add_account",
    "add_account_in",
    "authenticate",
    "change_password",
    "closed_fault",
    "disable_account",
    "email_faults",
    "enable_account",
    "end_sessions",
    "find_account",
    "normal_email",
    "random_password",
    "set_password",
]

SHORTEST, LONGEST = 8, 1000
ROLES = (Role.COORDINATOR, Role.COMPANY, Role.INTERPRETER, Role.COHOST)
_OF_NOBODY = frozenset({Role.COORDINATOR, Role.COHOST})
_COMMON = Path(__file__).with_name("common_passwords.txt")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class LoginRefused(Refusal):
    """E-mail or password is wrong, or the account is closed: one answer for all, so that none tells who exists."""

    phrase = Phrase("The e-mail or the password is not right.")


def random_password() -> str:
    """A password to be shown once: five groups of four letters and digits, 99 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))


def add_account(
    db: Database,
    *,
    email: str,
    role: str,
    name: str,
    password: str | None,
    resource_id: str | None = None,
    language: str = "ko",
    now: datetime,
    actor: Actor,
) -> Account:
    """A new account. A company or an interpreter belongs to a resource; BadInput names every fault at once."""
    with db.write() as work:
        return add_account_in(
            work,
            email=email,
            role=role,
            name=name,
            password=password,
            resource_id=resource_id,
            language=language,
            now=now,
            actor=actor,
        )


def add_account_in(
    work: Session,
    *,
    email: str,
    role: str,
    name: str,
    password: str | None,
    resource_id: str | None = None,
    language: str = "ko",
    now: datetime,
    actor: Actor,
) -> Account:
    """The same within a transaction. Without a password nobody can log in until one is chosen by a link."""
    address = normal_email(email)
    faults = [*email_faults(email), *_role_faults(role, resource_id)]
    faults += password_faults(password, email) if password is not None else []
    if accounts.find_account_by_email(work, address) is not None:
        faults.append(Fault(place="email", wrong=Phrase("There is an account with this e-mail already.")))
    if faults:
        raise BadInput(faults)
    if resource_id is not None and kind_of(people.get_resource(work, resource_id)) != role:
        raise BadInput([_wrong_owner()])
    account = Account(
        id=new_id("acc"),
        email=address,
        name=" ".join(name.split()) or address,
        password_hash=_hash(password) if password is not None else "",
        role=str(role),
        resource_id=resource_id,
        language=language,
        is_active=True,
        generation=1,
        created_at=now,
    )
    accounts.add_account(work, account)
    facts: dict[str, object] = {"role": account.role, "resource_id": resource_id}
    audit.record(work, now, actor.label, "add_account", "account", account.id, {}, facts)
    return account


def authenticate(db: Database, email: str, password: str, *, now: datetime) -> Account:
    """The account, when the password is right; LoginRefused otherwise, after the same work in every case."""
    with db.read() as work:
        account = accounts.find_account_by_email(work, normal_email(email))
    known_hash = account.password_hash if account is not None else ""
    is_right = _verify(known_hash or _nobodys_hash(), password)
    if account is None or not known_hash or not is_right or not account.is_active:
        raise LoginRefused
    with db.write() as work:
        accounts.note_login(work, account.id, now)
    return replace(account, last_login_at=now)


def change_password(
    db: Database, account_id: str, *, old: str, new: str, now: datetime, actor: Actor
) -> Account:
    """One's own password. Every session of the account ends; the caller logs in again with what is returned."""
    account = _get(db, account_id)
    if not _verify(account.password_hash, old):
        raise BadInput([Fault(place="old", wrong=Phrase("This is not your present password."))])
    return set_password(db, account_id, new=new, now=now, actor=actor)


def set_password(
    db: Database, account_id: str, *, new: str, now: datetime, actor: Actor, place: str = "new"
) -> Account:
    """A new password for an account, whoever sets it. Every session of the account ends. `place` names the field."""
    account = _get(db, account_id)
    faults = password_faults(new, account.email, place=place)
    if faults:
        raise BadInput(faults)
    return _change(db, account_id, "change_password", now, actor, password_hash=_hash(new))


def end_sessions(db: Database, account_id: str, *, now: datetime, actor: Actor) -> Account:
    """Logs an account out everywhere: a cookie that was copied is worth nothing from this moment."""
    return _change(db, account_id, "log_out", now, actor)


def disable_account(db: Database, account_id: str, *, now: datetime, actor: Actor) -> Account:
    """Nobody logs in with it any more, and whoever is logged in is out.

    BadInput when it is one's own, or the last coordinator's: nobody could open the program again.
    """
    if account_id == actor.account_id:
        raise BadInput([Fault(place="account", wrong=Phrase("Nobody closes their own account."))])
    return _change(db, account_id, "disable_account", now, actor, is_active=False)


def enable_account(db: Database, account_id: str, *, now: datetime, actor: Actor) -> Account:
    """Opens a closed account again, with the password it had."""
    return _change(db, account_id, "enable_account", now, actor, is_active=True)


def closed_fault() -> Fault:
    return Fault(
        place="account",
        wrong=Phrase("This account is closed."),
        mend=Phrase("Open it again first."),
    )


def find_account(db: Database, account_id: str) -> Account | None:
    with db.read() as work:
        return accounts.find_account(work, account_id)


def password_faults(password: str, email: str = "", *, place: str = "password") -> list[Fault]:
    """What is wrong with a password. Long and strange ones are welcome; the usual ones are not."""
    plain = _normal(password)
    if len(plain) < SHORTEST:
        wrong = Phrase("A password has at least %(count)s characters.", count=SHORTEST)
    elif len(plain) > LONGEST:
        wrong = Phrase("A password has at most %(count)s characters.", count=LONGEST)
    elif plain.casefold() in _common_passwords() or len(set(plain)) < 3:
        wrong = Phrase("This password is among the first that anybody would try. Choose another one.")
    elif email and plain.casefold() in {normal_email(email), normal_email(email).partition("@")[0]}:
        wrong = Phrase("A password must not be the e-mail address.")
    else:
        return []
    return [Fault(place=place, wrong=wrong)]


def _change(
    db: Database, account_id: str, action: str, now: datetime, actor: Actor, **changes: object
) -> Account:
    with db.write() as work:
        if not changes.get("is_active", True):
            _refuse_the_last_coordinator(work, account_id)
        account = accounts.account_to_change(work, account_id)
        if account is None:
            raise NotFound(kind="account", key=account_id)
        fresh = replace(account, generation=account.generation + 1, **changes)  # type: ignore[arg-type]
        accounts.save_account(work, fresh)
        login_sessions.remove_logins(work, account_id)
        audit.record(
            work,
            now,
            actor.label,
            action,
            "account",
            account_id,
            {"generation": account.generation},
            {"generation": fresh.generation},
        )
    return fresh


def _refuse_the_last_coordinator(work: Session, account_id: str) -> None:
    """Two who close each other's accounts at one moment do so one after the other."""
    if accounts.hold_open_accounts(work, Role.COORDINATOR) == (account_id,):
        raise BadInput([Fault(place="account", wrong=Phrase("This is the last coordinator who can log in."))])


def _get(db: Database, account_id: str) -> Account:
    account = find_account(db, account_id)
    if account is None:
        raise NotFound(kind="account", key=account_id)
    return account


def email_faults(email: str) -> list[Fault]:
    """What is wrong with an address."""
    plain = normal_email(email)
    local, _, domain = plain.partition("@")
    is_whole = bool(local and "." in domain.strip(".")) and not any(map(_is_never_in_an_address, plain))
    if is_whole and len(plain) <= 254 and plain.count("@") == 1 and plain.isprintable():
        return []
    return [Fault(place="email", wrong=Phrase("This is not an e-mail address."))]


def _is_never_in_an_address(letter: str) -> bool:
    """What would begin or end an address in a list of them, or stand in quotation marks only."""
    return letter.isspace() or letter in '<>()[]\\,;:"'


def _role_faults(role: str, resource_id: str | None) -> list[Fault]:
    if role not in ROLES:
        return [
            Fault(place="role", wrong=Phrase("A role is one of: %(roles)s", roles=tuple(map(str, ROLES))))
        ]
    if (role in _OF_NOBODY) == (resource_id is not None):
        return [_wrong_owner()]
    return []


def _wrong_owner() -> Fault:
    wrong = Phrase(
        "A company or an interpreter has an account for itself; a coordinator or a co-host belongs to none."
    )
    return Fault(place="resource", wrong=wrong)


def normal_email(email: str) -> str:
    """As an address is kept and looked for."""
    return _normal(email).strip().lower()


def _normal(written: str) -> str:
    # The same Korean letters reach us composed from one system and in parts from another.
    return unicodedata.normalize("NFKC", written)


def _hash(password: str) -> str:
    return _HASHER.hash(_normal(password))


def _verify(password_hash: str, password: str) -> bool:
    if len(password) > LONGEST:
        password = ""
    try:
        return _HASHER.verify(password_hash, _normal(password))
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    """Checked when there is no such account, so that the answer takes as long as for one that exists."""
    return _hash(secrets.token_urlsafe(24))


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
