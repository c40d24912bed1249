"""The pages on which results are stated, verified, listed and asked for."""

from datetime import timedelta

from scheduler.services.api_keys import Scope
from scheduler.services.buyer_checks import check_page
from scheduler.services.results import session_result
from tests.services.stage import NOW
from tests.web.test_api import a_robot
from tests.web.test_roles import COHOST, a_site_with_a_cohost
from tests.web.visitors import FIRST_COMPANY, INTERPRETER, SECOND_COMPANY, Site, Visitor, a_site

AFTER = NOW + timedelta(days=8)
RESULTS = "/fairs/sample/results/"


def a_site_afterwards(folder) -> Site:
    site = a_site(folder)
    site.clock.now = AFTER
    return site


def stated(site: Site) -> list[tuple[str, str, int | None, str]]:
    found = session_result(site.stage.db, site.meetings()["c1-b1"].id, now=AFTER).result
    return [(one.side, one.claim.stage, one.claim.amount, one.by_name) for one in found.statements]


def state(site: Site, **form: str):
    meeting = site.meetings()["c1-b1"].id
    visitor = site.logged_in(FIRST_COMPANY)
    return visitor.post(f"/my/sessions/{meeting}/result", page=f"/my/{meeting}", **form)


def test_a_company_states_its_result_on_the_page_of_its_session_and_sees_what_it_stated(tmp_path):
    site = a_site_afterwards(tmp_path)
    meeting = site.meetings()["c1-b1"].id
    first = state(site, stage="consulted", amount="0", note="견본")
    site.clock.go_on(days=30)
    state(site, stage="in_progress", amount="25,000", note="")
    page = Visitor.text(site.logged_in(FIRST_COMPANY).get(f"/my/{meeting}"))

    assert (first.status_code, first.location) == (303, f"/my/{meeting}#result")
    assert stated(site) == [("company", "consulted", 0, "one"), ("company", "in_progress", 25000, "one")]
    assert "계약 추진 US$ 25,000" in page
    assert "이전 입력 내용 상담 US$ 0" in page


def test_what_cannot_be_taken_is_said_at_its_fields_and_stays_typed(tmp_path):
    site = a_site_afterwards(tmp_path)
    answer = state(site, stage="contracted", amount="many", note="keeps this")

    assert answer.status_code == 400
    assert "금액은 미국 달러 정수로 적어 주세요." in Visitor.text(answer)
    assert 'value="keeps this"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert stated(site) == []


def test_another_company_s_session_and_one_that_has_not_begun_cannot_be_stated_of(tmp_path):
    site = a_site(tmp_path)
    meeting = site.meetings()["c1-b1"].id
    form = {"page": "/my/", "stage": "consulted", "amount": "0"}
    early = site.logged_in(FIRST_COMPANY).post(f"/my/sessions/{meeting}/result", **form)
    site.clock.now = AFTER
    other = site.logged_in(SECOND_COMPANY).post(f"/my/sessions/{meeting}/result", **form)

    assert (early.status_code, other.status_code) == (409, 404)
    assert stated(site) == []


def test_a_buyer_says_behind_the_link_how_it_went(tmp_path):
    site = a_site_afterwards(tmp_path)
    path, meeting, guest = site.buyer_path(), site.meetings()["c1-b1"].id, site.visitor()
    page = f"{path}/{meeting}/result"
    assert f'href="{page}"' in guest.get(f"{path}?lang=en").text
    missing = guest.post(page, page=page)
    done = guest.post(page, page=page, stage="not_held", note="nobody came", amount="9")

    assert (missing.status_code, done.status_code) == (400, 303)
    assert stated(site) == [("buyer", "not_held", None, "")]
    assert "You told us on" in guest.text(guest.get(f"{page}?lang=en"))
    other = site.meetings()["c2-b1"].id.replace("mtg", "mtx")
    assert guest.get(f"{path}/{other}/result").status_code == 404


def test_a_coordinator_notes_what_was_said_verifies_it_and_reads_both_apart(tmp_path):
    site = a_site_afterwards(tmp_path)
    meeting, visitor = site.meetings()["c1-b1"].id, site.logged_in()
    page = f"/meetings/{meeting}"
    for side in ("company", "nobody"):
        visitor.post(f"{page}/result", page=page, side=side, stage="contracted", amount="700")
    statement = visitor.get(page).text.split("/result/")[1].split("/verify")[0]
    wrong = visitor.post(f"{page}/result/{statement}/verify", page=page, amount="600", note="")
    done = visitor.post(f"{page}/result/{statement}/verify", page=page, amount="600", note="발주서")
    listed = Visitor.text(visitor.get(f"{RESULTS}?lang=en"))

    assert (wrong.status_code, done.status_code) == (400, 303)
    assert "contracted 1 700 1 600" in listed
    assert "not yet stated" in listed
    assert "PT Sample b1 Wed 24 Jun 09:00" not in Visitor.text(visitor.get(f"{RESULTS}?show=missing"))
    for file, kind in (("csv", "text/csv"), ("xlsx", "application/vnd.openxmlformats")):
        assert visitor.get(f"{RESULTS}export.{file}").mimetype.startswith(kind)
    assert visitor.get(f"{RESULTS}export.pdf").status_code == 404


def test_the_coordinator_sees_who_would_be_asked_before_anybody_is(tmp_path):
    site = a_site_afterwards(tmp_path)
    visitor, page = site.logged_in(), f"{RESULTS}follow-up"
    shown = visitor.get(page)
    none = visitor.post(page, page=page, days="30")
    done = visitor.post(page, page=page, days="30", company=["c1"])
    rows = [row.recipient_id for row in site.stage.rows() if row.kind == "follow_up"]

    assert "c1@mail.example" in shown.text
    assert (none.status_code, done.status_code) == (400, 303)
    assert rows == ["c1"]
    assert "disabled" in visitor.get(page).text


def test_companies_see_who_verified_a_buyer_and_when(tmp_path):
    site = a_site_afterwards(tmp_path)
    visitor, page, meeting = site.logged_in(), f"{RESULTS}buyers/b1", site.meetings()["c1-b1"].id
    wrong = visitor.post(page, page=page, is_verified="yes", note="")
    done = visitor.post(page, page=page, is_verified="yes", note="secret register")
    seen = site.logged_in(FIRST_COMPANY).get(f"/my/{meeting}?lang=en")

    assert (wrong.status_code, done.status_code) == (400, 303)
    assert "Verified buyer checked by coordinator, Thu 25 Jun" in Visitor.text(seen)
    assert "secret register" not in seen.text
    assert "Verified buyer" in Visitor.text(visitor.get("/fairs/sample/participants/?tab=buyers&lang=en"))
    assert visitor.get(f"{RESULTS}buyers/c1").status_code == 404


def test_a_program_states_verifies_and_reads_results(tmp_path):
    site = a_site_afterwards(tmp_path)
    robot, meeting = a_robot(site, Scope.READ, Scope.BOOK), site.meetings()["c1-b1"].id
    path, body = f"/sessions/{meeting}/results", {"stage": "in_progress", "amount": 900}
    answers = [robot.ask(path, "POST", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    statement = answers[0].json["statements"][0]["id"]
    verified = robot.ask(
        f"{path}/{statement}/verifications", "POST", json={"amount": 800, "evidence": "order"}
    )
    wrong = robot.ask(path, "POST", json={"stage": "contracted", "amount": 0})
    blanks = [
        robot.ask(
            f"{path}/{statement}/verifications", "POST", json={"amount": 800, "evidence": blank}
        ).status_code
        for blank in ("", " ", "\x1c\u3000\x85")
    ]
    read = robot.ask("/fairs/sample/results").json

    assert blanks == [422, 422, 422]
    assert [one.status_code for one in (*answers, verified, wrong)] == [201, 201, 201, 400]
    assert stated(site) == [("company", "in_progress", 900, "coordinator")]
    assert read["totals"][1] == {
        "stage": "in_progress",
        "sessions": 1,
        "claimed": 900,
        "verified_sessions": 1,
        "verified": 800,
    }
    assert [len(one["statements"]) for one in read["sessions"]] == [1, 0]


def test_what_a_company_states_is_seen_by_it_and_the_coordinators_alone(tmp_path):
    site = a_site_with_a_cohost(tmp_path, "b1")
    site.clock.now = AFTER
    meeting = site.meetings()["c1-b1"].id
    state(site, stage="contracted", amount="123,457", note="Zebrafink")
    buyer, other = site.buyer_path(), site.meetings()["c2-b1"].id
    pages = {
        FIRST_COMPANY: ("/my/", f"/my/{meeting}"),
        SECOND_COMPANY: ("/my/", f"/my/{other}"),
        INTERPRETER: ("/my/", f"/my/{meeting}", "/interpreter/"),
        COHOST: ("/cohost/", "/cohost/sample/b1"),
        "": (buyer, f"{buyer}/{meeting}/result"),
    }
    seen = {
        who: [
            "Zebrafink" in answer.text or "123,457" in answer.text
            for one in paths
            if (answer := visitor.get(one)).status_code == 200
        ]
        for who, paths in pages.items()
        for visitor in [site.logged_in(who) if who else site.visitor()]
    }

    assert {who: len(found) for who, found in seen.items()} == {
        who: len(paths) for who, paths in pages.items()
    }
    assert [who for who, found in seen.items() if any(found)] == [FIRST_COMPANY]
    assert "123,457" in site.logged_in().get(f"/meetings/{meeting}").text


def test_an_interpreter_a_cohost_and_a_stranger_state_nothing(tmp_path):
    site = a_site_with_a_cohost(tmp_path, "b1")
    site.clock.now = AFTER
    meeting, form = site.meetings()["c1-b1"].id, {"stage": "consulted", "amount": "0", "side": "buyer"}
    paths = (f"/my/sessions/{meeting}/result", f"/meetings/{meeting}/result")
    answers = {
        (who, path): site.logged_in(who).post(path, page="/password", **form).status_code
        for who in (INTERPRETER, COHOST)
        for path in paths
    }
    stranger = site.visitor().post(paths[0], page="/login", **form)
    wrong = site.visitor().post(f"/b/{'x' * 43}/{meeting}/result", page="/login", **form)

    assert set(answers.values()) == {403}
    assert (stranger.status_code, stranger.location.split("?")[0]) == (303, "/login")
    assert wrong.status_code == 404
    assert stated(site) == []


def test_each_form_about_results_and_the_day_is_taken_once_however_often_it_is_sent(tmp_path):
    site = a_site_afterwards(tmp_path)
    meeting, visitor, company = (
        site.meetings()["c1-b1"].id,
        site.logged_in(),
        site.logged_in(FIRST_COMPANY),
    )
    session, buyer, today = (
        f"/meetings/{meeting}",
        f"{site.buyer_path()}/{meeting}/result",
        "/fairs/sample/today/",
    )
    check, claim = f"{RESULTS}buyers/b1", {"stage": "contracted", "amount": "700", "once": "same"}

    def twice(who: Visitor, path: str, page: str, **form: str) -> list[int]:
        return [who.post(path, page=page, **form).status_code for _ in range(2)]

    codes = [
        twice(company, f"/my/sessions/{meeting}/result", f"/my/{meeting}", **claim),
        twice(visitor, f"{session}/result", session, side="company", **claim),
        twice(site.visitor(), buyer, buyer, **claim),
        twice(visitor, check, check, is_verified="yes", note="register", once="check"),
        twice(visitor, f"{today}{meeting}/took-place", check, revision="0", once="held"),
    ]
    claimed = session_result(site.stage.db, meeting, now=AFTER).result.claimed
    statement = claimed.id if claimed is not None else ""
    verify = f"{session}/result/{statement}/verify"
    codes.append(twice(visitor, verify, session, amount="600", note="order", once="seen"))
    other = site.meetings()["c2-b1"].id
    gone = {"revision": "0", "absent": "buyer", "once": "gone"}
    codes.append(twice(visitor, f"{today}{other}/no-show", check, **gone))
    found = session_result(site.stage.db, meeting, now=AFTER).result

    assert codes == [[303, 303]] * 7
    assert sorted(one.side for one in found.statements) == ["buyer", "company", "company"]
    assert [one.amount for one in found.verifications] == [600]
    assert len(check_page(site.stage.db, "sample", "b1").checks) == 1
    assert [site.meetings()[one].revision for one in ("c1-b1", "c2-b1")] == [1, 1]
