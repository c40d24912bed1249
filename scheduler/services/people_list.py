"""The accounts of an installation as its coordinators see them."""

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.booking.people import Kind, Resource
from scheduler.storage import accounts, people
from scheduler.storage.accounts import Account
from scheduler.storage.db import Database


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One account, and the company or interpreter that it stands for."""

    account: Account
    of: Resource | None

    @property
    def is_invited(self) -> bool:
        """Invited, and no password chosen yet."""
        return not self.account.password_hash


@dataclass(frozen=True, kw_only=True)
class PeopleList:
    """Everybody who can log in, by address, and whom a new account can be for."""

    accounts: tuple[Listed, ...]
    companies: tuple[Resource, ...]
    interpreters: tuple[Resource, ...]


def people_list(db: Database) -> PeopleList:
    """All accounts with whom they stand for; always the same number of queries."""
    with db.read() as work:
        known = {
            kind: people.resources_by_id(work, people.keys_of(work, kind).values())
            for kind in (Kind.COMPANY, Kind.INTERPRETER)
        }
        found = accounts.list_accounts(work)
    everyone = {**known[Kind.COMPANY], **known[Kind.INTERPRETER]}
    return PeopleList(
        accounts=tuple(Listed(account=one, of=everyone.get(one.resource_id or "")) for one in found),
        companies=_by_name(known[Kind.COMPANY]),
        interpreters=_by_name(known[Kind.INTERPRETER]),
    )


def _by_name(known: Mapping[str, Resource]) -> tuple[Resource, ...]:
    return tuple(sorted(known.values(), key=lambda one: (one.name, one.id)))
