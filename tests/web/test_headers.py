"""Every answer says what it may load and who may frame it; errors too."""

import re

import pytest

from tests.web.visitors import a_site

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def policy_of(answer):
    parts = (part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    return dict(parts)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/login", 200),
        ("/fairs/", 303),
        ("/nowhere", 404),
        ("/logout", 405),
        ("/static/css/app.css", 200),
        ("/b/wrong", 404),
        ("/login?next=%00", 400),
    ],
)
def test_the_headers_are_on_every_answer(tmp_path, path, status):
    answer = a_site(tmp_path).visitor().get(path)

    assert answer.status_code == status
    assert policy_of(answer) | POLICY == policy_of(answer)
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_strict_transport_is_not_asked_for_without_tls(tmp_path):
    answer = a_site(tmp_path, base_address="http://127.0.0.1:8000").visitor().get("/login")

    assert "Strict-Transport-Security" not in answer.headers


def test_a_failure_is_a_plain_page_with_the_headers_and_no_inner_words(tmp_path):
    site = a_site(tmp_path)

    @site.app.get("/broken", endpoint="auth.broken")
    def broken() -> str:
        raise RuntimeError("the secret inside")

    answer = site.visitor().get("/broken")

    assert answer.status_code == 500
    assert "the secret inside" not in answer.text
    assert "처리하지 못했습니다" in answer.text
    assert policy_of(answer) | POLICY == policy_of(answer)


def test_pages_load_nothing_from_elsewhere_and_hold_no_script_or_style_of_their_own(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    pages = [
        "/fairs/",
        "/fairs/sample/",
        "/fairs/sample/participants/",
        "/fairs/sample/board/",
        "/fairs/sample/build/",
        "/fairs/sample/changes",
        "/imports/",
        "/mailbox/",
        f"/meetings/{site.meetings()['c1-b1'].id}",
    ]
    for page in pages:
        text = visitor.get(page).text
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]+)"', text)
        assert all(one.startswith("/") and not one.startswith("//") for one in loaded), page
        assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", text), page


def test_static_files_are_kept_by_the_mark_of_their_contents(tmp_path):
    visitor = a_site(tmp_path).visitor()
    marked = re.search(r'href="(/static/css/app\.css\?v=\w+)"', visitor.get("/login").text)
    assert marked is not None

    assert visitor.get(marked[1]).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert visitor.get("/login").headers["Cache-Control"] == "no-store"


def test_an_address_is_made_from_the_settings_and_not_from_the_host_asked_for(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in("one@company.example")
    visitor.post("/my/calendar", page="/my/")

    page = visitor.get("/my/", headers={"X-Forwarded-Host": "evil.example"})

    assert "https://fair.example/feeds/" in page.text
    assert "evil.example" not in page.text
