"""Logging in and out: the same answer for everybody who is wrong, and an end to every session."""

import pytest
from flask import Flask, request

from scheduler.services import accounts
from scheduler.services.actor import SYSTEM
from tests.services.stage import NOW
from tests.web.visitors import COORDINATOR, FIRST_COMPANY, INTERPRETER, PASSWORD, Visitor, a_site


@pytest.mark.parametrize(
    ("email", "home"), [(COORDINATOR, "/fairs/"), (FIRST_COMPANY, "/my/"), (INTERPRETER, "/interpreter/")]
)
def test_everybody_comes_to_their_own_home(tmp_path, email, home):
    site = a_site(tmp_path)

    answer = site.visitor().log_in(email)

    assert (answer.status_code, answer.location) == (303, home)


def test_an_email_is_the_same_in_capitals_and_with_spaces_around(tmp_path):
    assert a_site(tmp_path).visitor().log_in(f"  {COORDINATOR.upper()} ").status_code == 303


def test_unknown_and_known_people_get_the_same_answer(tmp_path):
    site = a_site(tmp_path)

    known = site.visitor().log_in(COORDINATOR, "not the password")
    unknown = site.visitor().log_in("nobody@city.example", "not the password")

    assert known.status_code == unknown.status_code == 400
    assert Visitor.text(known) == Visitor.text(unknown)
    assert "이메일 또는 비밀번호가 맞지 않습니다." in Visitor.text(known)


def test_a_closed_account_gets_that_answer_too(tmp_path):
    site = a_site(tmp_path)
    company = site.logged_in(FIRST_COMPANY)
    account = accounts.authenticate(site.stage.db, FIRST_COMPANY, PASSWORD, now=NOW)
    accounts.disable_account(site.stage.db, account.id, now=NOW, actor=SYSTEM)

    assert site.visitor().log_in(FIRST_COMPANY).status_code == 400
    assert company.get("/my/").status_code == 303


def test_ten_wrong_passwords_make_an_account_wait_even_for_the_right_one(tmp_path):
    site = a_site(tmp_path)
    answers = [site.visitor().log_in(COORDINATOR, "not the password").status_code for _ in range(11)]

    assert answers == [400] * 10 + [429]
    assert site.visitor().log_in(COORDINATOR).status_code == 429
    assert site.visitor().log_in(FIRST_COMPANY).status_code == 303


def test_one_password_tried_on_many_accounts_makes_the_address_wait(tmp_path):
    site = a_site(tmp_path)
    visitor = site.visitor()
    token = visitor.token("/login")
    tried = [
        visitor.client.post(
            "/login",
            data={"csrf_token": token, "email": f"person{number}@city.example", "password": "spring2026"},
        ).status_code
        for number in range(41)
    ]

    assert tried == [400] * 40 + [429]


def test_a_forged_forwarding_header_does_not_make_another_address(tmp_path):
    site = a_site(tmp_path)
    visitor = site.visitor()
    token = visitor.token("/login")
    tried = [
        visitor.client.post(
            "/login",
            data={"csrf_token": token, "email": f"person{number}@city.example", "password": "spring2026"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        ).status_code
        for number in range(41)
    ]

    assert tried[-1] == 429


def test_the_session_is_a_new_one_after_logging_in(tmp_path):
    site = a_site(tmp_path)
    visitor = site.visitor()
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"

    visitor.log_in(COORDINATOR)

    with visitor.client.session_transaction() as session:
        assert "planted" not in session


def test_a_copied_cookie_is_worth_nothing_after_logging_out(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    copied = visitor.client.get_cookie("__Host-session", domain="localhost")
    assert copied is not None

    assert visitor.post("/logout", page="/password").status_code == 303

    thief = site.visitor()
    thief.client.set_cookie("__Host-session", copied.value, domain="localhost")
    assert thief.get("/fairs/").location == "/login?next=/fairs/"


def test_a_new_password_ends_every_other_session(tmp_path):
    site = a_site(tmp_path)
    here, elsewhere = site.logged_in(), site.logged_in()

    answer = here.post("/password", page="/password", old=PASSWORD, new="quite another sentence")

    assert answer.status_code == 303
    assert here.get("/fairs/").status_code == 200
    assert elsewhere.get("/fairs/").status_code == 303
    assert site.visitor().log_in(COORDINATOR, PASSWORD).status_code == 400
    assert site.visitor().log_in(COORDINATOR, "quite another sentence").status_code == 303


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("seven77", "비밀번호는 8자 이상이어야 합니다."),
        ("football1", "먼저 시도해 볼 만한 비밀번호"),
        ("qwertyuiop", "먼저 시도해 볼 만한 비밀번호"),
        ("aaaaaaaaaaaa", "먼저 시도해 볼 만한 비밀번호"),
        ("COORDINATOR", "이메일 주소"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(tmp_path, password, sentence):
    visitor = a_site(tmp_path).logged_in()

    answer = visitor.post("/password", page="/password", old=PASSWORD, new=password)

    assert answer.status_code == 400
    assert sentence in Visitor.text(answer)


@pytest.mark.parametrize(
    "password", ["a" * 30 + "b" * 30 + "c" * 40, "안녕 여러분 좋은 아침", "p'; DROP --\t☃"]
)
def test_long_and_strange_passwords_are_welcome(tmp_path, password):
    site = a_site(tmp_path)
    site.logged_in().post("/password", page="/password", old=PASSWORD, new=password)

    assert site.visitor().log_in(COORDINATOR, password).status_code == 303


def test_passwords_are_kept_as_argon2id_of_19_mib_and_two_passes(tmp_path):
    site = a_site(tmp_path)
    account = accounts.authenticate(site.stage.db, COORDINATOR, PASSWORD, now=NOW)

    assert account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_idle_session_ends_after_an_hour(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    site.clock.go_on(minutes=60)
    assert visitor.get("/fairs/").status_code == 200

    site.clock.go_on(minutes=60, seconds=1)

    assert visitor.get("/fairs/").status_code == 303


def test_even_a_busy_session_ends_after_twelve_hours(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    for _ in range(24):
        site.clock.go_on(minutes=30)
        assert visitor.get("/fairs/").status_code == 200

    site.clock.go_on(minutes=1)

    assert visitor.get("/fairs/").status_code == 303


def test_the_cookie_is_bound_to_the_host_when_served_by_tls(tmp_path):
    cookie = a_site(tmp_path).visitor().log_in(COORDINATOR).headers["Set-Cookie"]

    assert cookie.startswith("__Host-session=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in cookie


def test_without_tls_the_cookie_still_keeps_scripts_away(tmp_path):
    site = a_site(tmp_path, base_address="http://127.0.0.1:8000")
    cookie = site.visitor().log_in(COORDINATOR).headers["Set-Cookie"]

    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "/\tevil.example",
        "\\\\evil.example",
        "evil.example",
        "",
    ],
)
def test_nobody_is_led_elsewhere_after_logging_in(tmp_path, wanted):
    answer = a_site(tmp_path).visitor().log_in(COORDINATOR, next=wanted)

    assert (answer.status_code, answer.location) == (303, "/fairs/")


def test_a_page_of_ours_is_come_back_to(tmp_path):
    answer = a_site(tmp_path).visitor().log_in(COORDINATOR, next="/fairs/sample/board/?day=2026-06-24")

    assert answer.location == "/fairs/sample/board/?day=2026-06-24"


@pytest.mark.parametrize("wanted", ["/fairs/\r\nSet-Cookie: a=b", "/fairs/\n"])
def test_a_line_break_in_the_address_to_come_back_to_is_refused(tmp_path, wanted):
    assert a_site(tmp_path).visitor().log_in(COORDINATOR, next=wanted).status_code == 400


def test_a_form_without_our_token_is_refused(tmp_path):
    site = a_site(tmp_path)
    client = site.app.test_client()

    assert client.post("/login", data={"email": COORDINATOR, "password": PASSWORD}).status_code == 400
    foreign = site.visitor().token("/login")
    assert client.post("/login", data={"csrf_token": foreign, "email": COORDINATOR}).status_code == 400


def test_forwarding_headers_count_only_behind_a_proxy_we_know(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()

    def seen_by(app: Flask) -> str:
        seen: list[str] = []
        app.add_url_rule("/seen", "auth.seen", lambda: seen.append(_address()) or "")
        app.test_client().get("/seen", headers={"X-Forwarded-For": "203.0.113.9"})
        return seen[0]

    assert seen_by(a_site(tmp_path / "one").app) == "127.0.0.1"
    assert seen_by(a_site(tmp_path / "two", proxies=1).app) == "203.0.113.9"


def _address() -> str:
    return request.remote_addr or ""
