"""Accounts: what is refused when one is made, and who ends whose sessions."""

from dataclasses import replace

import pytest

from scheduler.booking.errors import BadInput, NotFound
from scheduler.services import accounts
from scheduler.services.actor import SYSTEM
from scheduler.storage import accounts as stored_accounts
from tests.services.stage import NOW, a_stage

GOOD = {
    "email": "person@city.example",
    "role": "coordinator",
    "name": " 박  주무관 ",
    "password": "several plain words",
}


def add(stage, **given):
    return accounts.add_account(stage.db, **{**GOOD, **given}, now=NOW, actor=SYSTEM)


def test_an_account_is_kept_under_its_address_in_small_letters(tmp_path):
    stage = a_stage(tmp_path)

    account = add(stage, email=" Person@City.Example ")

    assert (account.email, account.name, account.role) == ("person@city.example", "박 주무관", "coordinator")
    assert stage.trail("account", account.id) == [("system:system", "add_account")]


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({"email": "nobody"}, ["email"]),
        ({"email": "a b@city.example"}, ["email"]),
        ({"email": "a@city.example\r\nBcc: b@city.example"}, ["email"]),
        ({"role": "mayor"}, ["role"]),
        ({"role": "company"}, ["resource"]),
        ({"resource_id": "c1"}, ["resource"]),
        ({"password": "short"}, ["password"]),
        ({"password": "x" * 500 + "yz" * 300}, ["password"]),
        ({"password": "person@city.example"}, ["password"]),
        ({"email": "nobody", "role": "mayor", "password": "short"}, ["email", "role", "password"]),
    ],
)
def test_everything_wrong_with_an_account_is_said_at_once(tmp_path, given, places):
    with pytest.raises(BadInput) as refused:
        add(a_stage(tmp_path), **given)

    assert [fault.place for fault in refused.value.faults] == places


def test_an_address_has_one_account(tmp_path):
    stage = a_stage(tmp_path)
    add(stage)

    with pytest.raises(BadInput):
        add(stage, email="PERSON@city.example")


def test_a_company_s_account_needs_a_company_that_is_there(tmp_path):
    with pytest.raises(NotFound):
        add(a_stage(tmp_path), role="company", resource_id="c99")


def test_nobody_logs_in_with_a_hash_that_cannot_be_read(tmp_path):
    stage = a_stage(tmp_path)
    account = add(stage)
    with stage.db.write() as work:
        broken = replace(account, password_hash="not a hash")
        stored_accounts.save_account(work, broken)

    with pytest.raises(accounts.LoginRefused):
        accounts.authenticate(stage.db, account.email, GOOD["password"], now=NOW)


def test_a_login_leaves_the_sessions_of_others_alone(tmp_path):
    stage = a_stage(tmp_path)
    account = add(stage)

    found = accounts.authenticate(stage.db, account.email, GOOD["password"], now=NOW)

    assert (found.generation, found.last_login_at) == (account.generation, NOW)


def test_closing_and_logging_out_end_every_session(tmp_path):
    stage = a_stage(tmp_path)
    account, _ = add(stage), add(stage, email="second@city.example")

    out = accounts.end_sessions(stage.db, account.id, now=NOW, actor=SYSTEM)
    closed = accounts.disable_account(stage.db, account.id, now=NOW, actor=SYSTEM)

    assert [account.generation, out.generation, closed.generation] == [1, 2, 3]
    assert not closed.is_active
    with pytest.raises(accounts.LoginRefused):
        accounts.authenticate(stage.db, account.email, GOOD["password"], now=NOW)


def test_the_last_coordinator_who_can_log_in_stays(tmp_path):
    stage = a_stage(tmp_path)
    first, second = add(stage), add(stage, email="second@city.example")

    accounts.disable_account(stage.db, first.id, now=NOW, actor=SYSTEM)

    with pytest.raises(BadInput):
        accounts.disable_account(stage.db, second.id, now=NOW, actor=SYSTEM)


@pytest.mark.parametrize("change", [accounts.end_sessions, accounts.disable_account])
def test_an_account_that_is_not_there_cannot_be_changed(tmp_path, change):
    with pytest.raises(NotFound):
        change(a_stage(tmp_path).db, "acc_none", now=NOW, actor=SYSTEM)


def test_a_password_is_changed_by_whoever_knows_the_old_one(tmp_path):
    stage = a_stage(tmp_path)
    account = add(stage)
    given = {"new": "quite another sentence", "now": NOW, "actor": SYSTEM}

    with pytest.raises(BadInput):
        accounts.change_password(stage.db, account.id, old="not it", **given)
    with pytest.raises(BadInput):
        accounts.set_password(stage.db, account.id, new="short", now=NOW, actor=SYSTEM)
    with pytest.raises(NotFound):
        accounts.change_password(stage.db, "acc_none", old="x", **given)
    accounts.change_password(stage.db, account.id, old=GOOD["password"], **given)

    assert accounts.authenticate(stage.db, account.email, "quite another sentence", now=NOW).id == account.id


def test_random_passwords_are_long_and_never_the_same():
    made = {accounts.random_password() for _ in range(200)}

    assert len(made) == 200
    assert all(len(one) == 24 and not accounts.password_faults(one) for one in made)
