"""A company's team: colleagues are invited to the same company, chosen by themselves, and removed."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.booking.errors import BadInput, NotFound
from scheduler.services.accounts import LoginRefused, authenticate
from scheduler.services.actor import Actor
from scheduler.services.deliver import deliver_all
from scheduler.services.invitations import choose_password
from scheduler.services.team import invite_member, readmit_member, remind_member, remove_member, team_of
from scheduler.storage import accounts
from scheduler.storage.accounts import Account
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_post
from tests.services.test_self_pick import OTHER

PASSWORD = "several plain words"


def invited(stage: Stage, email: str = "new@company.example", actor: Actor = COMPANY) -> Account:
    return invite_member(stage.db, email=email, name="새 사람", language="ko", now=NOW, actor=actor)


def link_in_the_mail(stage: Stage) -> str:
    post = a_post()
    deliver_all(stage.db, stage.settings, post, now=NOW, owner="t")
    body = post.kept[-1].get_body(("plain",))
    assert body is not None
    found = re.search(r"https://fair.example/join/(\S+)", body.get_content())
    assert found is not None
    return found[1]


def test_an_invited_colleague_logs_in_for_the_same_company(stage: Stage) -> None:
    account = invited(stage)
    assert (account.role, account.resource_id) == ("company", "c1")
    choose_password(stage.db, stage.settings, link_in_the_mail(stage), password=PASSWORD, now=NOW)
    assert authenticate(stage.db, account.email, PASSWORD, now=NOW).resource_id == "c1"
    assert [(one.account.email, one.is_invited) for one in team_of(stage.db, COMPANY)] == [
        ("new@company.example", False)
    ]


def test_a_removed_colleague_gets_in_no_more_until_readmitted(stage: Stage) -> None:
    account = invited(stage)
    choose_password(stage.db, stage.settings, link_in_the_mail(stage), password=PASSWORD, now=NOW)
    for _ in range(2):
        remove_member(stage.db, account.id, now=NOW, actor=COMPANY)
    with pytest.raises(LoginRefused):
        authenticate(stage.db, account.email, PASSWORD, now=NOW)
    readmit_member(stage.db, account.id, now=NOW, actor=COMPANY)
    assert authenticate(stage.db, account.email, PASSWORD, now=NOW).id == account.id


def test_nobody_removes_themselves(stage: Stage) -> None:
    account = invited(stage)
    oneself = replace(COMPANY, account_id=account.id)
    with pytest.raises(BadInput):
        remove_member(stage.db, account.id, now=NOW, actor=oneself)


def test_another_companys_people_do_not_exist(stage: Stage) -> None:
    account = invited(stage)
    for deed in (remove_member, remind_member, readmit_member):
        with pytest.raises(NotFound):
            deed(stage.db, account.id, now=NOW, actor=OTHER)
    assert team_of(stage.db, OTHER) == ()


def test_only_a_company_has_a_team(stage: Stage) -> None:
    with pytest.raises(NotFound):
        invited(stage, actor=COORDINATOR)


def test_a_company_invites_no_more_than_ten_a_day(stage: Stage) -> None:
    for number in range(10):
        invited(stage, f"{number}@company.example")
    with pytest.raises(BadInput) as refused:
        invited(stage)
    assert [one.place for one in refused.value.faults] == ["email"]
    with stage.db.read() as work:
        assert len(accounts.accounts_of_resource(work, "c1")) == 10


def test_a_wrong_address_and_one_that_is_taken_are_named(stage: Stage, tmp_path: Path) -> None:
    invited(stage)
    for email in ("nobody", "new@company.example", "a@b.example\r\nBcc: c@d.example"):
        with pytest.raises(BadInput) as refused:
            invited(stage, email)
        assert [one.place for one in refused.value.faults] == ["email"]
