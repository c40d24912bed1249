"""Who can look at a demonstration: one login for each role, and one buyer's link."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scheduler.booking.fair import Fair
from scheduler.services.accounts import add_account, random_password
from scheduler.services.actor import Actor, Role
from scheduler.services.cohost import choose_buyers
from scheduler.services.links import buyer_address
from scheduler.settings import Settings
from scheduler.storage import accounts, cohosts, people
from scheduler.storage.db import Database
from scheduler.wording import Phrase

_COORDINATOR = "coordinator@sangdam.example"
_COHOST = "chamber@sangdam.example"


@dataclass(frozen=True, kw_only=True)
class Login:
    """An account; its password only when it has just been made."""

    role: Role
    email: str
    password: str | None = None

    @property
    def label(self) -> Phrase:
        return _LABELS[self.role]


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    role: Role
    email: str
    name: str
    resource_id: str | None = None


def logins_for(db: Database, fair: Fair, *, now: datetime, actor: Actor) -> tuple[Login, ...]:
    """A coordinator, the first company and the first interpreter of the fair, and a co-host with its buyers.

    They are made where they are not yet.
    """
    logins = tuple(_login(db, wanted, now=now, actor=actor) for wanted in _wanted(db, fair))
    _give_buyers(db, fair, now=now, actor=actor)
    return logins


def buyer_link(db: Database, settings: Settings, fair: Fair, *, now: datetime) -> str:
    """The address of the first buyer's page."""
    with db.write() as work:
        buyers = people.people_of(work, fair.id).buyers
        return buyer_address(work, settings, buyer_id=buyers[0].id, fair_id=fair.id, now=now)


def _wanted(db: Database, fair: Fair) -> Iterator[_Wanted]:
    with db.read() as work:
        everyone = people.people_of(work, fair.id)
    company, interpreter = everyone.companies[0], everyone.interpreters[0]
    yield _Wanted(role=Role.COORDINATOR, email=_COORDINATOR, name="담당자(견본)")
    yield _Wanted(role=Role.COMPANY, email=company.contact.email, name=company.name, resource_id=company.id)
    yield _Wanted(
        role=Role.INTERPRETER,
        email=interpreter.contact.email,
        name=interpreter.name,
        resource_id=interpreter.id,
    )
    yield _Wanted(role=Role.COHOST, email=_COHOST, name="해외 공동주최기관(견본)")


def _give_buyers(db: Database, fair: Fair, *, now: datetime, actor: Actor) -> None:
    """The co-host gets the buyers of the first buyer's country, unless it has some of this fair already."""
    with db.read() as work:
        account = accounts.find_account_by_email(work, _COHOST)
        buyers = people.buyers_of(work, fair.id)
        care = cohosts.buyers_in_care(work, account.id) if account is not None else frozenset()
    if account is None or any(one.id in care for one in buyers):
        return
    chosen = [one.id for one in buyers if one.country == buyers[0].country]
    choose_buyers(db, fair.key, account.id, chosen, now=now, actor=actor)


def _login(db: Database, wanted: _Wanted, *, now: datetime, actor: Actor) -> Login:
    with db.read() as work:
        found = accounts.find_account_by_email(work, wanted.email)
    if found is not None:
        return Login(role=wanted.role, email=wanted.email)
    password = random_password()
    add_account(
        db,
        email=wanted.email,
        role=wanted.role,
        name=wanted.name,
        password=password,
        resource_id=wanted.resource_id,
        now=now,
        actor=actor,
    )
    return Login(role=wanted.role, email=wanted.email, password=password)


_LABELS = {
    Role.COORDINATOR: Phrase("Coordinator"),
    Role.COMPANY: Phrase("Company"),
    Role.INTERPRETER: Phrase("Interpreter"),
    Role.COHOST: Phrase("Co-host"),
}
