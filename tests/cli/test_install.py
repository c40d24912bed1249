"""Setting up an installation and its accounts."""

import pytest

from scheduler.services.accounts import LoginRefused, authenticate
from scheduler.storage.accounts import Account
from scheduler.storage.db import open_database
from tests.command_line import NOW, CommandLine


def log_in(sangdam: CommandLine, email: str, password: str) -> Account:
    db = open_database(f"sqlite:///{sangdam.instance / 'scheduler.sqlite'}")
    try:
        return authenticate(db, email, password, now=NOW)
    finally:
        db.dispose()


def test_init_makes_folder_and_database_and_may_be_called_again(sangdam: CommandLine) -> None:
    first, second = sangdam("init", "--json"), sangdam("init", "--json")

    assert (first.code, second.code) == (0, 0)
    assert first.json == second.json
    assert first.json["instance"] == str(sangdam.instance.resolve())
    assert first.json["revision"] is not None


def test_an_account_gets_a_password_that_is_shown_once(sangdam: CommandLine) -> None:
    added = sangdam("user", "add", "Kim@City.example", "--name", "김담당", "--json").json

    account = log_in(sangdam, "kim@city.example", added["password"])

    assert (added["email"], account.name, account.role) == ("kim@city.example", "김담당", "coordinator")


def test_a_new_password_replaces_the_old_one(sangdam: CommandLine) -> None:
    old = sangdam("user", "add", "kim@city.example", "--json").json["password"]
    new = sangdam("user", "password", "kim@city.example", "--json").json["password"]

    assert log_in(sangdam, "kim@city.example", new).email == "kim@city.example"
    with pytest.raises(LoginRefused):
        log_in(sangdam, "kim@city.example", old)


def test_people_read_address_and_password_on_one_line(sangdam: CommandLine) -> None:
    answer = sangdam("user", "add", "kim@city.example")

    assert answer.out.split()[0] == "kim@city.example"
    assert answer.err == "The password is shown this once and kept nowhere.\n"


def test_a_second_account_with_the_address_is_refused(sangdam: CommandLine) -> None:
    sangdam("user", "add", "kim@city.example")

    answer = sangdam("user", "add", "KIM@city.example")

    assert (answer.code, answer.out) == (1, "")
    assert "There is an account with this e-mail already." in answer.err


def test_an_account_of_a_company_needs_the_company(sangdam: CommandLine) -> None:
    unnamed = sangdam("user", "add", "kim@gaon.example", "--role", "company")
    unknown = sangdam("user", "add", "kim@gaon.example", "--role", "company", "--of", "가온식품")

    assert (unnamed.code, unknown.code) == (2, 1)
    assert unnamed.err == "--of goes with the roles company and interpreter, and with no other.\n"


def test_a_co_host_belongs_to_no_company(sangdam: CommandLine) -> None:
    added = sangdam("user", "add", "chamber@jakarta.example", "--role", "cohost", "--json")
    wrong = sangdam("user", "add", "other@jakarta.example", "--role", "cohost", "--of", "가온식품")

    assert (added.code, added.json["role"]) == (0, "cohost")
    assert wrong.code == 2
    assert wrong.err == "--of goes with the roles company and interpreter, and with no other.\n"


def test_a_password_for_nobody_is_refused(sangdam: CommandLine) -> None:
    answer = sangdam("user", "password", "nobody@city.example", "--json")

    assert answer.code == 1
    assert answer.json["kind"] == "NotFound"
