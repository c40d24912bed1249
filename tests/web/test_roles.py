"""Every role at every address: what opens, what is forbidden, and whose buyers a co-host reaches."""

from pathlib import Path

import pytest

from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.services.cohost import choose_buyers
from scheduler.services.deliver import deliver_all
from scheduler.storage import answers
from scheduler.storage.proposals import list_proposals
from scheduler.web.auth import BY_ADDRESS, OPEN, ROLES_OF
from tests.builders import at
from tests.services.stage import NOW, a_post
from tests.web.test_access import addresses
from tests.web.visitors import COORDINATOR, FIRST_COMPANY, INTERPRETER, PASSWORD, Site, Visitor, a_site

COHOST = "chamber@dallas.example"
EVERYBODY = {
    "coordinator": COORDINATOR,
    "company": FIRST_COMPANY,
    "interpreter": INTERPRETER,
    "cohost": COHOST,
}


def a_site_with_a_cohost(folder: Path, *buyers: str, **settings: str) -> Site:
    site = a_site(folder, **settings)
    account = add_account(
        site.stage.db,
        email=COHOST,
        role="cohost",
        name="달라스 상의",
        password=PASSWORD,
        now=NOW,
        actor=SYSTEM,
    )
    choose_buyers(site.stage.db, "sample", account.id, buyers, now=NOW, actor=SYSTEM)
    return site


def said(site: Site) -> list[tuple[str, str]]:
    with site.stage.db.read() as work:
        known = answers.answers_standing(work, [one.id for one in site.meetings().values()])
    return [(one.recipient_id, one.partstat) for one in known]


@pytest.mark.parametrize("role", EVERYBODY)
def test_a_role_opens_its_own_parts_and_no_others(tmp_path, role):
    site = a_site_with_a_cohost(tmp_path)
    visitor = site.logged_in(EVERYBODY[role])
    token = visitor.token("/password")
    forbidden = {
        f"{method} {endpoint}"
        for method in ("GET", "POST")
        for endpoint, path in addresses(site, method=method)
        if endpoint not in ("static", "auth.logout")
        and visitor.client.open(path, method=method, data={"csrf_token": token}).status_code == 403
    }
    expected = {
        f"{method} {endpoint}"
        for method in ("GET", "POST")
        for endpoint, _ in addresses(site, method=method)
        if (part := endpoint.split(".")[0]) not in OPEN | BY_ADDRESS | {"static"}
        and role not in ROLES_OF.get(part, {"coordinator"})
    }

    assert len(expected) > 20
    assert forbidden == expected


def test_a_cohost_sees_its_own_buyers_with_their_answers_and_times_and_no_others(tmp_path):
    site = a_site_with_a_cohost(tmp_path, "b1")
    visitor = site.logged_in(COHOST)
    index, page = (Visitor.text(visitor.get(f"/cohost/{one}?lang=en")) for one in ("", "sample/b1"))

    assert visitor.get("/").location == "/cohost/"
    assert "PT Sample b1 Indonesia Jakarta WIB (UTC+7) 2 2 without an answer" in index
    assert "PT Sample b2" not in index
    assert "07:00–07:30 WIB · 09:00 KST Namdong c1" in page
    assert "c1@mail.example" not in page


def test_a_cohost_answers_and_proposes_times_for_its_own_buyer(tmp_path):
    site = a_site_with_a_cohost(tmp_path, "b1")
    visitor, meeting = site.logged_in(COHOST), site.meetings()["c1-b1"]
    page = "/cohost/sample/b1"
    form = {"answer": "declined", "start": at("09:00").isoformat(), "comment": "on a journey"}
    answer = visitor.post(f"{page}/sessions/{meeting.id}/answer", page=page, **form)
    free = visitor.post(f"{page}/free", page=f"{page}/free", slot=str(int(at("10:00").timestamp())))
    wrong = visitor.post(f"{page}/free", page=f"{page}/free", comment="none")
    with site.stage.db.read() as work:
        [proposal] = list_proposals(work, ("open",))

    assert (answer.status_code, free.status_code, wrong.status_code) == (303, 303, 400)
    assert said(site) == [("b1", "declined")]
    assert site.stage.trail("meeting", meeting.id)[-1][0].startswith("cohost:acc_")
    assert (proposal.resource_id, proposal.created_by.split(":")[0]) == ("b1", "cohost")
    assert "1 declined" in Visitor.text(visitor.get("/cohost/?lang=en"))


def test_a_cohost_has_the_link_sent_again_to_the_buyer_and_does_not_see_it(tmp_path):
    site = a_site_with_a_cohost(tmp_path, "b1")
    visitor, page, post = site.logged_in(COHOST), "/cohost/sample/b1", a_post()
    for _ in range(3):
        assert visitor.post(f"{page}/link", page=page).status_code == 303
    deliver_all(site.stage.db, site.stage.settings, post, now=NOW, owner="test")
    sent = [one for one in post.kept if "Your page for" in str(one["Subject"])]

    assert [str(one["To"]) for one in sent] == ["PT Sample b1 <b1@mail.example>"]
    body = sent[0].get_body(("plain",))
    assert body is not None
    assert f"https://fair.example{site.buyer_path('b1')}" in body.get_content()
    assert "/b/" not in visitor.get(page).text


def test_other_buyers_fairs_and_sessions_are_not_there_for_a_cohost(tmp_path):
    site = a_site_with_a_cohost(tmp_path, "b2")
    visitor, meeting = site.logged_in(COHOST), site.meetings()["c1-b1"]
    form = {"answer": "accepted", "start": at("09:00").isoformat()}
    before = site.contents()
    looks = {
        one: visitor.get(f"/cohost/{one}").status_code
        for one in ("sample/b1", "sample/b1/free", "sample/c1", "sample/b9", "other/b2", "sample/b2")
    }
    deeds = [
        visitor.post(f"/cohost/sample/{one}", page="/password", **form).status_code
        for one in (
            f"b1/sessions/{meeting.id}/answer",
            f"b2/sessions/{meeting.id}/answer",
            "b1/free",
            "b1/link",
            "c1/link",
        )
    ]

    assert looks == {**dict.fromkeys(looks, 404), "sample/b2": 200}
    assert deeds == [404] * 5
    assert said(site) == []
    assert [one for one in site.contents() if one not in before] == []


def test_the_coordinator_chooses_whom_a_cohost_looks_after(tmp_path):
    site = a_site_with_a_cohost(tmp_path, "b1")
    coordinator, page = site.logged_in(), "/fairs/sample/cohosts/"
    text = coordinator.get(page).text
    account = text.split("/fairs/sample/cohosts/")[1].split('"')[0]
    done = coordinator.post(f"{page}{account}", page=page, buyer=["b2"])
    visitor = site.logged_in(COHOST)

    assert text.count("checked") == 1
    assert done.status_code == 303
    assert [visitor.get(f"/cohost/sample/{one}").status_code for one in ("b1", "b2")] == [404, 200]
    for bad in (f"{page}acc_none", page + account):
        assert coordinator.post(bad, page=page, buyer=["b2", "c1"]).status_code == 404
    assert [visitor.get(f"/cohost/sample/{one}").status_code for one in ("b1", "b2")] == [404, 200]
