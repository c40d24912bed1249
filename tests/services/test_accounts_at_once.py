"""Accounts that two people change at one moment, on PostgreSQL, where both can be at it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

import pytest

from scheduler.booking.errors import BadInput
from scheduler.services.accounts import Account, add_account, disable_account
from scheduler.services.actor import SYSTEM
from scheduler.storage import accounts
from scheduler.storage.db import Database, open_database
from tests.services.stage import NOW

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(postgres_url: str) -> Iterator[Database]:
    opened = open_database(postgres_url)
    opened.migrate()
    yield opened
    opened.dispose()


def a_coordinator(db: Database, email: str) -> Account:
    given = {"role": "coordinator", "name": "담당", "password": None, "now": NOW, "actor": SYSTEM}
    return add_account(db, email=email, **given)


def test_closing_an_account_is_not_undone_by_a_password_that_is_changed_meanwhile(db: Database) -> None:
    kept, other = a_coordinator(db, "one@city.example"), a_coordinator(db, "two@city.example")
    with ThreadPoolExecutor(1) as somebody, db.write() as work:
        found = accounts.account_to_change(work, other.id)
        assert found is not None
        closing = somebody.submit(disable_account, db, other.id, now=NOW, actor=SYSTEM)
        early, _ = wait([closing], timeout=0.7)
        accounts.save_account(work, replace(found, password_hash="fresh"))
        work.commit()
        closing.result(timeout=20)
    with db.read() as work:
        after = {one.id: (one.is_active, one.password_hash) for one in accounts.list_accounts(work)}

    assert not early
    assert after == {kept.id: (True, ""), other.id: (False, "fresh")}


def test_two_coordinators_who_close_each_other_s_account_leave_one(db: Database) -> None:
    one, other = a_coordinator(db, "one@city.example"), a_coordinator(db, "two@city.example")
    with ThreadPoolExecutor(1) as somebody, db.write() as work:
        accounts.hold_open_accounts(work, "coordinator")
        closing = somebody.submit(disable_account, db, one.id, now=NOW, actor=SYSTEM)
        early, _ = wait([closing], timeout=0.7)
        accounts.save_account(work, replace(other, is_active=False))
        work.commit()
        refusal = closing.exception(timeout=20)

    assert not early
    assert isinstance(refusal, BadInput)
