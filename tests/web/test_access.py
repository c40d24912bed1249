"""Who may open what: every address of the program, for everybody."""

import pytest

from tests.web.visitors import (
    COORDINATOR,
    FIRST_COMPANY,
    INTERPRETER,
    SECOND_COMPANY,
    Site,
    Visitor,
    a_site,
)

OPEN = {
    *("static", "auth.login", "auth.home", "auth.logout", "auth.password"),
    *("joining.join", "joining.choose", "joining.forgot", "joining.ask", "joining.places", "joining.end"),
    "logo.picture",
    *("health.alive", "health.ready", "health.metrics"),
}
OWN = {"own.schedule", "own.session", "own.calendar", "own.subscribe"}
OWN |= {"own_reminders.form", "own_reminders.choose", "own.say", "own.consent"}
PICKING = {
    "company.buyers",
    "company.buyer",
    "company.hold",
    "company.held",
    "company.confirm",
    "company.release",
    "company.move",
    "company.cancel",
    "company.wish",
    "company.ask_for",
    "company.answer",
    "company.wait",
    "company.offer",
    "company.team",
    "company.invite",
    "company.change_member",
    "company.state",
}
"""For companies alone; see tests/web/test_company.py for who may do what there."""
FACES = {
    *("interpreter.day", "interpreter.say", "interpreter.hours", "interpreter.paint", "interpreter.add"),
    *("interpreter.drop", "interpreter.sheet", "interpreter.sign", "interpreter.export"),
    *("cohost.index", "cohost.buyer", "cohost.say", "cohost.free", "cohost.send_free", "cohost.send_link"),
}
"""For interpreters and for co-hosts alone; see tests/web/test_roles.py for every role and route."""
BY_ADDRESS = {
    *("buyer.schedule", "buyer.subscribe", "buyer.calendar", "buyer.say", "buyer.say_all", "buyer.settings"),
    *("buyer.choose", "buyer.free", "buyer.send_free", "buyer.check", "feeds.feed"),
    *("display.screen", "display.state"),
}
BY_ADDRESS |= {"buyer.requests", "buyer.ask_company", "buyer.answer_request"}
BY_ADDRESS |= {"buyer.result", "buyer.state"}
BY_ADDRESS |= {"offers.index", "offers.accept", "offers.decline"}
BY_ADDRESS |= {"buyer.reminders", "buyer.choose_reminders", "buyer.consent"}


def addresses(site: Site, *, method: str) -> list[tuple[str, str]]:
    """Every endpoint with this method, filled in with things that exist."""
    meeting = site.meetings()["c1-b1"].id
    facts = {
        "key": "sample",
        "meeting_id": meeting,
        "reader_id": "c1",
        "buyer_id": "b1",
        "request_id": "req_none",
        "statement_id": "said_none",
        "waiting_id": "wait_none",
        "deed": "remove",
        "answer": "accept",
        "resource_id": "i1",
        "draft_id": "draft_one",
        "upload_id": "up_none",
        "ending": "cancel",
        "name": "20260617T030000Z-00000000000000000000000000000000.eml",
        "mail_id": "in_none",
        "proposal_id": "prop_none",
        "interpreter_id": "i1",
        "month": "2026-06",
        "on": "2026-06-24",
        "file": "xlsx",
        "account_id": "acc_none",
        "change": "close",
        "key_id": "key_none",
        "webhook_id": "hook_none",
        "delivery_id": "evt_none",
        "mark": "0123456789",
        "token": "x" * 32,
        "filename": "css/app.css",
    }
    with site.app.test_request_context():
        adapter = site.app.create_url_adapter(None) or site.app.url_map.bind("localhost")
        return [
            (rule.endpoint, adapter.build(rule.endpoint, {one: facts[one] for one in rule.arguments}, method))
            for rule in site.app.url_map.iter_rules()
            if method in (rule.methods or ())
        ]


def test_the_table_of_addresses_is_the_one_this_test_knows(tmp_path):
    site = a_site(tmp_path)
    coordinators = {
        endpoint
        for method in ("GET", "POST")
        for endpoint, _ in addresses(site, method=method)
        if endpoint not in OPEN | OWN | PICKING | FACES | BY_ADDRESS
    }

    assert {one.split(".")[0] for one in coordinators} == {
        "board",
        "briefing",
        "build",
        "cohosts",
        "displays",
        "fairs",
        "hour_sheets",
        "installation",
        "intake",
        "keys",
        "mailbox",
        "offering",
        "participants",
        "people",
        "picking",
        "proposals",
        "privacy",
        "publication",
        "reminders",
        "replan",
        "replies",
        "results",
        "sessions",
        "sheets",
        "today",
        "webhooks",
        "zone_rules",
    }


def test_whoever_has_not_logged_in_is_asked_to_on_every_page_that_is_not_open(tmp_path):
    site = a_site(tmp_path)
    visitor = site.visitor()
    answers = {
        endpoint: (visitor.get(path).status_code, visitor.get(path).location.split("?")[0])
        for endpoint, path in addresses(site, method="GET")
        if endpoint not in OPEN | BY_ADDRESS
    }

    assert len(answers) > 15
    assert set(answers.values()) == {(303, "/login")}


@pytest.mark.parametrize("email", [FIRST_COMPANY, INTERPRETER])
def test_companies_and_interpreters_get_no_page_of_the_coordinators(tmp_path, email):
    site = a_site(tmp_path)
    visitor = site.logged_in(email)
    token = visitor.token("/my/")
    answers = {
        (method, endpoint): visitor.client.open(path, method=method, data={"csrf_token": token}).status_code
        for method in ("GET", "POST")
        for endpoint, path in addresses(site, method=method)
        if endpoint not in OPEN | OWN | PICKING | FACES | BY_ADDRESS
    }

    assert len(answers) > 25
    assert set(answers.values()) == {403}


def test_a_coordinator_has_no_schedule_of_their_own(tmp_path):
    assert a_site(tmp_path).logged_in(COORDINATOR).get("/my/").status_code == 403


def test_every_form_is_refused_without_its_token_and_changes_nothing(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    before = site.contents()
    answers = {
        endpoint: visitor.client.post(path, data={"revision": "0"}).status_code
        for endpoint, path in addresses(site, method="POST")
    }

    assert len(answers) > 10
    assert set(answers.values()) == {400}
    assert site.contents() == before


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_form_from_elsewhere_in_another_wrapping_is_refused_too(tmp_path, kind):
    site = a_site(tmp_path)
    answer = site.logged_in().client.post(
        "/fairs/sample/changes", data='{"csrf_token": "x"}', content_type=kind
    )

    assert answer.status_code == 400


def test_nothing_is_changed_by_looking(tmp_path):
    site = a_site(tmp_path)
    only_by_form = {
        path
        for endpoint, path in addresses(site, method="POST")
        if endpoint not in {one for one, _ in addresses(site, method="GET")}
        and path not in {path for _, path in addresses(site, method="GET")}
    }
    visitor = site.logged_in()
    before = site.contents()

    assert len(only_by_form) > 5
    assert {visitor.get(path).status_code for path in only_by_form - {"/logout"}} <= {403, 404, 405}
    assert site.contents() == before


def test_each_sees_the_sessions_that_are_theirs_and_no_others(tmp_path):
    site = a_site(tmp_path)
    stored = site.meetings()
    first, second = stored["c1-b1"].id, stored["c2-b1"].id
    answers = {
        email: [
            site.logged_in(email).get(f"/my/{one}{kind}").status_code
            for one in (first, second)
            for kind in ("", ".ics")
        ]
        for email in (FIRST_COMPANY, SECOND_COMPANY, INTERPRETER)
    }

    assert answers == {
        FIRST_COMPANY: [200, 200, 404, 404],
        SECOND_COMPANY: [404, 404, 200, 200],
        INTERPRETER: [200, 200, 404, 404],
    }


def test_somebody_else_s_session_and_one_that_never_was_look_the_same(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in(FIRST_COMPANY)

    theirs = visitor.get(f"/my/{site.meetings()['c2-b1'].id}")
    nobodys = visitor.get("/my/mtg_aaaaaaaaaaaaaaaa")

    assert theirs.status_code == nobodys.status_code == 404
    assert Visitor.text(theirs).replace(site.meetings()["c2-b1"].id, "") == Visitor.text(nobodys).replace(
        "mtg_aaaaaaaaaaaaaaaa", ""
    )


def test_a_company_s_own_page_names_its_own_people_only(tmp_path):
    page = Visitor.text(a_site(tmp_path).logged_in(FIRST_COMPANY).get("/my/"))

    assert "남동산업 c1" in page
    assert "PT Sample b1" in page
    assert "6.24(수)" in page
    assert "남동산업 c2" not in page
    assert "mail.example" not in page


def test_what_a_form_says_about_role_and_company_is_not_listened_to(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in(FIRST_COMPANY)

    visitor.post(
        "/password", page="/my/", old="x", new="y", role="coordinator", company_id="c2", resource_id="c2"
    )

    assert visitor.get("/fairs/").status_code == 403
    assert "남동산업 c2" not in Visitor.text(visitor.get("/my/"))


def test_a_buyer_s_link_opens_nothing_of_the_coordinators(tmp_path):
    site = a_site(tmp_path)
    buyer = site.visitor()
    path = site.buyer_path()

    assert buyer.get(path).status_code == 200
    assert buyer.get("/fairs/").status_code == 303
    assert buyer.get(f"{path}/fairs/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/.git/config", "/instance/config.py", "/scheduler.sqlite", "/static/../settings.py"]
)
def test_files_of_the_installation_are_not_served(tmp_path, path):
    assert a_site(tmp_path).logged_in().get(path).status_code == 404
