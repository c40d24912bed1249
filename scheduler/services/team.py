"""A company's own team: who may log in for it. Colleagues are invited by mail and choose their own password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.booking.errors import BadInput, Fault, NotFound
from scheduler.services.accounts import disable_account, enable_account
from scheduler.services.actor import Actor, Role
from scheduler.services.invitations import invite, invite_again
from scheduler.storage import accounts
from scheduler.storage.accounts import Account
from scheduler.storage.db import Database
from scheduler.wording import Phrase

LARGEST = 20
PER_DAY = 10


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody who logs in for a company, or could once they have chosen a password."""

    account: Account
    is_oneself: bool

    @property
    def is_invited(self) -> bool:
        return self.account.is_active and not self.account.password_hash


def team_of(db: Database, actor: Actor) -> tuple[Member, ...]:
    """The actor's company's accounts: oneself first, then by address; the closed ones last."""
    with db.read() as work:
        found = accounts.accounts_of_resource(work, _company_of(actor))
    members = [Member(account=one, is_oneself=one.id == actor.account_id) for one in found]
    return tuple(sorted(members, key=lambda one: (not one.account.is_active, not one.is_oneself)))


def invite_member(
    db: Database, *, email: str, name: str, language: str, now: datetime, actor: Actor
) -> Account:
    """An account for a colleague, for the same company and nothing more. BadInput names every fault."""
    _refuse_many(team_of(db, actor), now)
    return invite(
        db,
        email=email,
        role=Role.COMPANY,
        name=name,
        resource_id=_company_of(actor),
        language=language,
        now=now,
        actor=actor,
    )


def remind_member(db: Database, account_id: str, *, now: datetime, actor: Actor) -> Account:
    """The invitation once more. NotFound for whoever is not of the team."""
    _of_team(db, account_id, actor)
    return invite_again(db, account_id, now=now, actor=actor)


def remove_member(db: Database, account_id: str, *, now: datetime, actor: Actor) -> Account:
    """They are logged out and get in no more; what they did stays. BadInput for oneself, NotFound for others."""
    account = _of_team(db, account_id, actor)
    if not account.is_active:
        return account
    return disable_account(db, account_id, now=now, actor=actor)


def readmit_member(db: Database, account_id: str, *, now: datetime, actor: Actor) -> Account:
    """Somebody who was removed gets in again, with the password they had. NotFound for others."""
    account = _of_team(db, account_id, actor)
    if account.is_active:
        return account
    return enable_account(db, account_id, now=now, actor=actor)


def _of_team(db: Database, account_id: str, actor: Actor) -> Account:
    found = next((one.account for one in team_of(db, actor) if one.account.id == account_id), None)
    if found is None:
        raise NotFound(kind="account", key=account_id)
    return found


def _company_of(actor: Actor) -> str:
    if actor.role is not Role.COMPANY or actor.resource_id is None:
        raise NotFound(kind="company", key=actor.label)
    return actor.resource_id


def _refuse_many(members: tuple[Member, ...], now: datetime) -> None:
    """A quota, so that nobody sends mails to the world from the organiser's address."""
    fresh = [one for one in members if now - one.account.created_at < timedelta(days=1)]
    active = [one for one in members if one.account.is_active]
    if len(active) >= LARGEST:
        wrong = Phrase("A team has at most %(count)s members. Remove somebody first.", count=LARGEST)
    elif len(fresh) >= PER_DAY:
        wrong = Phrase("At most %(count)s people can be invited a day. Try again tomorrow.", count=PER_DAY)
    else:
        return
    raise BadInput([Fault(place="email", wrong=wrong)])
