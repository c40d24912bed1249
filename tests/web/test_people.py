"""Who can log in: invited by mail, choosing a password by link, helped when it is forgotten, ended from elsewhere."""

import re
from datetime import timedelta

import pytest

from scheduler.mail.mailbox import FolderPost
from scheduler.services.deliver import deliver_due
from tests.services.stage import NOW
from tests.web.visitors import (
    COORDINATOR,
    FIRST_COMPANY,
    INTERPRETER,
    PASSWORD,
    Site,
    Visitor,
    a_site,
)

NEW = "colleague@city.example"
_LINK = re.compile(r"/join/[\w.=-]+")


def mails_of(site: Site, *, to: str) -> list[str]:
    """The texts of the account mails that lie in the mailbox for somebody, in order."""
    post = FolderPost(site.stage.settings.mailbox)
    while deliver_due(site.stage.db, site.stage.settings, post, now=site.clock(), owner="test").total:
        pass
    theirs = [one for one in post.list_messages(limit=1000).messages if one.recipient.email == to]
    bodies = [post.get_message(one.name).text for one in reversed(theirs)]
    return [body for body in bodies if _LINK.search(body)]


def link_to(site: Site, *, to: str) -> str:
    found = _LINK.search(mails_of(site, to=to)[-1])
    assert found is not None
    return found[0]


def invited(site: Site, **given: str) -> Visitor:
    coordinator = site.logged_in()
    wanted = {"email": NEW, "name": "김새로", "role": "coordinator", "language": "ko", **given}
    assert coordinator.post("/people/", page="/people/", **wanted).status_code == 303
    return coordinator


def test_whoever_is_invited_chooses_a_password_by_the_link_and_is_in(tmp_path):
    site = a_site(tmp_path)
    coordinator = invited(site)
    before = coordinator.text(coordinator.get("/people/"))
    link, newcomer = link_to(site, to=NEW), site.visitor()

    answer = newcomer.post(link, page=link, password="a sentence of my own")

    assert "김새로 colleague@city.example 담당자 초대함" in before
    assert (answer.status_code, newcomer.get("/fairs/").status_code) == (303, 200)
    assert site.visitor().log_in(NEW, "a sentence of my own").status_code == 303
    assert site.visitor().get(link).status_code == 410


def test_a_colleague_of_a_company_sees_what_the_company_sees(tmp_path):
    site = a_site(tmp_path)
    invited(site, role="company", company="c1")
    link, newcomer = link_to(site, to=NEW), site.visitor()
    newcomer.post(link, page=link, password="a sentence of my own")

    assert "PT Sample b1" in newcomer.text(newcomer.get("/my/"))
    assert newcomer.get("/people/").status_code == 403


def test_looking_at_the_link_spends_nothing_and_a_weak_password_is_refused(tmp_path):
    site = a_site(tmp_path)
    invited(site)
    link, newcomer = link_to(site, to=NEW), site.visitor()

    looks = [site.visitor().get(link).status_code for _ in range(3)]
    weak = newcomer.post(link, page=link, password="1234")

    assert looks == [200, 200, 200]
    assert weak.status_code == 400
    assert "비밀번호는 8자 이상이어야 합니다." in newcomer.text(weak)
    assert site.visitor().log_in(NEW, "1234").status_code == 400


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 410)])
def test_an_invitation_lasts_for_a_week(tmp_path, days, status):
    site = a_site(tmp_path)
    invited(site)
    link = link_to(site, to=NEW)
    site.clock.go_on(days=days)

    assert site.visitor().get(link).status_code == status


def test_a_link_with_one_character_changed_or_a_later_date_opens_nothing(tmp_path):
    site = a_site(tmp_path)
    invited(site)
    link = link_to(site, to=NEW)
    account, until, mac = link.removeprefix("/join/").split(".")
    forged = (
        f"/join/{account}.{int(until) + 1}.{mac}",
        f"/join/{account}.{until}.{'B' if mac[0] == 'A' else 'A'}{mac[1:]}",
        f"/join/acc_nobody.{until}.{mac}",
        f"/join/{account}",
        f"/join/{account}.{'9' * 40}.{mac}",
        f"/join/{account}.١٢٣.{mac}",
    )

    assert {site.visitor().get(path).status_code for path in forged} == {404}


def test_every_fault_of_an_invitation_is_said_at_once_and_what_was_typed_stays(tmp_path):
    coordinator = a_site(tmp_path).logged_in()

    answer = coordinator.post(
        "/people/", page="/people/", email="nobody", name="김새로", role="company", company=""
    )

    assert answer.status_code == 400
    assert "이메일 주소가 아닙니다." in coordinator.text(answer)
    assert 'href="#email"' in answer.text
    assert 'href="#company"' in answer.text
    assert 'value="김새로"' in answer.text


def test_a_forgotten_password_is_chosen_anew_and_every_other_session_ends(tmp_path):
    site = a_site(tmp_path)
    elsewhere, forgetful = site.logged_in(FIRST_COMPANY), site.visitor()
    forgetful.post("/forgot", page="/forgot", email=f" {FIRST_COMPANY.upper()}")
    link = link_to(site, to=FIRST_COMPANY)

    forgetful.post(link, page=link, password="quite another sentence")

    assert forgetful.get("/my/").status_code == 200
    assert elsewhere.get("/my/").status_code == 303
    assert site.visitor().log_in(FIRST_COMPANY, PASSWORD).status_code == 400


def test_asking_for_a_password_tells_nobody_whether_there_is_such_an_account(tmp_path):
    site = a_site(tmp_path)
    visitor = site.visitor()

    known = visitor.post("/forgot", page="/forgot", email=FIRST_COMPANY)
    unknown = visitor.post("/forgot", page="/forgot", email="nobody@company.example")

    assert known.status_code == unknown.status_code == 200
    assert visitor.text(known) == visitor.text(unknown)
    assert mails_of(site, to="nobody@company.example") == []
    assert len(mails_of(site, to=FIRST_COMPANY)) == 1


def test_nobody_is_drowned_in_password_mails(tmp_path):
    visitor = a_site(tmp_path).visitor()

    asked = [visitor.post("/forgot", page="/forgot", email=FIRST_COMPANY).status_code for _ in range(11)]

    assert asked == [200] * 10 + [429]


def test_a_closed_account_is_out_at_once_gets_no_link_and_can_be_opened_again(tmp_path):
    site = a_site(tmp_path)
    coordinator, company = site.logged_in(), site.logged_in(FIRST_COMPANY)
    account = account_id(coordinator, FIRST_COMPANY)

    coordinator.post(f"/people/{account}/close", page="/people/")
    shut = (company.get("/my/").status_code, site.visitor().log_in(FIRST_COMPANY).status_code)
    site.visitor().post("/forgot", page="/forgot", email=FIRST_COMPANY)
    mails = mails_of(site, to=FIRST_COMPANY)
    coordinator.post(f"/people/{account}/open", page="/people/")

    assert shut == (303, 400)
    assert mails == []
    assert site.visitor().log_in(FIRST_COMPANY).status_code == 303


def test_a_coordinator_cannot_lock_everybody_out(tmp_path):
    coordinator = a_site(tmp_path).logged_in()
    own = account_id(coordinator, COORDINATOR)

    answer = coordinator.post(f"/people/{own}/close", page="/people/")

    assert answer.status_code == 303
    assert "자신의 계정은 닫을 수 없습니다." in coordinator.text(coordinator.get("/people/"))
    assert coordinator.get("/fairs/").status_code == 200


def test_a_coordinator_ends_somebody_s_sessions(tmp_path):
    site = a_site(tmp_path)
    coordinator, interpreter = site.logged_in(), site.logged_in(INTERPRETER)

    coordinator.post(f"/people/{account_id(coordinator, INTERPRETER)}/log-out", page="/people/")

    assert interpreter.get("/my/").status_code == 303
    assert site.visitor().log_in(INTERPRETER).status_code == 303


def test_one_s_own_browsers_are_listed_and_ended_one_by_one(tmp_path):
    site = a_site(tmp_path)
    here = site.logged_in()
    phone, tablet = site.visitor(), site.visitor()
    for visitor, agent in ((phone, "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28"), (tablet, "Whale/4")):
        visitor.client.environ_base["HTTP_USER_AGENT"] = agent
        visitor.log_in(COORDINATOR)
    listed = here.get("/sessions").text
    key = re.search(r'name="session" value="(\w+)"><button[^>]*>[^<]*<span[^>]*>: Samsung', listed)
    assert key is not None

    here.post("/sessions", page="/sessions", session=key[1])
    after_one = (phone.get("/fairs/").status_code, tablet.get("/fairs/").status_code)
    here.post("/sessions", page="/sessions")

    assert "Samsung Internet · Android" in listed
    assert after_one == (303, 200)
    assert tablet.get("/fairs/").status_code == 303
    assert here.get("/fairs/").status_code == 200


def test_logging_out_here_leaves_the_other_browsers_in(tmp_path):
    site = a_site(tmp_path)
    here, elsewhere = site.logged_in(), site.logged_in()

    here.post("/logout", page="/password")

    assert here.get("/fairs/").status_code == 303
    assert elsewhere.get("/fairs/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(tmp_path):
    site = a_site(tmp_path)
    company, coordinator = site.logged_in(FIRST_COMPANY), site.logged_in()
    site.logged_in()
    key = re.search(r'name="session" value="(\w+)"', coordinator.get("/sessions").text)
    assert key is not None

    assert company.post("/sessions", page="/sessions", session=key[1]).status_code == 404
    assert coordinator.get("/fairs/").status_code == 200


def test_tokens_of_sessions_and_links_stand_nowhere_in_the_database(tmp_path):
    site = a_site(tmp_path)
    coordinator = invited(site)
    token = link_to(site, to=NEW).rpartition("/")[2].rpartition(".")[2]
    with coordinator.client.session_transaction() as session:
        own = session["token"]
    contents = "\n".join(site.contents())

    assert own not in contents
    assert token not in contents


def account_id(coordinator: Visitor, email: str) -> str:
    page = coordinator.get("/people/").text
    row = page[page.index(f"<small>{email}</small>") :]
    found = re.search(r"/people/(\w+)/invite", row)
    assert found is not None
    return found[1]


def test_a_session_that_is_used_goes_on_and_one_that_is_not_is_forgotten(tmp_path):
    site = a_site(tmp_path)
    used, unused = site.logged_in(), site.logged_in()
    for _ in range(3):
        site.clock.go_on(minutes=40)
        assert used.get("/fairs/").status_code == 200
    site.logged_in(FIRST_COMPANY)

    assert unused.get("/fairs/").status_code == 303
    assert site.clock.now == NOW + timedelta(hours=2)
    assert sum("login_session" in line and "INSERT" in line for line in site.contents()) == 2
