"""A buyer's page behind a link, and the calendar feed behind an address."""

import re

import pytest

from scheduler.services.actor import SYSTEM
from scheduler.services.links import revoke_link, rotate_link
from scheduler.storage.links import links_of_fair
from tests.services.stage import NOW
from tests.web.visitors import FIRST_COMPANY, Visitor, a_site


def link_ids(site):
    with site.stage.db.read() as work:
        return [one.id for one in links_of_fair(work, site.stage.fair.id)]


def test_a_buyer_sees_their_sessions_in_their_own_time_with_korea_beside(tmp_path):
    site = a_site(tmp_path)
    text = Visitor.text(site.visitor().get(site.buyer_path()))

    assert "Your sessions" in text
    assert "07:00–07:30 WIB · 09:00 KST" in text
    assert "Namdong c1" in text
    assert "Jakarta WIB (UTC+7)" in text


def test_the_page_speaks_the_languages_of_buyers(tmp_path):
    site = a_site(tmp_path)
    path = site.buyer_path()

    assert 'lang="id"' in site.visitor().get(f"{path}?lang=id").text
    assert "Jadwal sesi Anda" in site.visitor().get(f"{path}?lang=id").text
    assert "내 상담 일정" in site.visitor().get(f"{path}?lang=ko").text
    assert '<html lang="ar" dir="rtl">' in site.visitor().get(f"{path}?lang=ar").text
    assert "Các buổi họp của bạn" in site.visitor().get(f"{path}?lang=vi").text
    assert '<html lang="en" dir="ltr">' in site.visitor().get(f"{path}?lang=fr").text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_a_link_changes_nothing(tmp_path, method):
    site = a_site(tmp_path)
    path = site.buyer_path()
    before = site.contents()

    answers = [site.visitor().client.open(path, method=method).status_code for _ in range(5)]

    assert answers == [200] * 5
    assert site.contents() == before


def test_the_page_is_kept_nowhere_and_told_to_nobody(tmp_path):
    site = a_site(tmp_path)
    answer = site.visitor().get(site.buyer_path())

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_revoked_link_is_gone_and_says_whom_to_ask(tmp_path):
    site = a_site(tmp_path)
    path = site.buyer_path()
    revoke_link(site.stage.db, link_ids(site)[0], now=NOW, actor=SYSTEM)

    answer = site.visitor().get(f"{path}?lang=en")

    assert answer.status_code == 410
    assert "ask the organiser for a new one" in Visitor.text(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_address_is_not_there(tmp_path):
    site = a_site(tmp_path)
    path = site.buyer_path()
    other = path[:-1] + ("A" if path[-1] != "A" else "B")
    rotate_link(site.stage.db, site.stage.settings, link_ids(site)[0], now=NOW, actor=SYSTEM)

    assert [site.visitor().get(one).status_code for one in (other, path, "/b/x", "/b/" + "é" * 40)] == [
        404
    ] * 4


def test_another_buyer_s_session_is_not_there(tmp_path):
    site = a_site(tmp_path)
    mine, nobodys = site.meetings()["c1-b1"].id, "mtg_aaaaaaaaaaaaaaaa"
    first, second = site.buyer_path("b1"), site.buyer_path("b2")

    assert site.visitor().get(f"{first}/{mine}.ics").status_code == 200
    assert site.visitor().get(f"{second}/{mine}.ics").status_code == 404
    assert site.visitor().get(f"{first}/{nobodys}.ics").status_code == 404


def test_a_buyer_makes_a_calendar_address_by_form_and_finds_it_on_the_page(tmp_path):
    site = a_site(tmp_path)
    visitor = site.visitor()
    path = site.buyer_path()

    assert visitor.post(f"{path}/calendar", page=path).status_code == 303
    again = visitor.post(f"{path}/calendar", page="/login")

    assert again.status_code == 303
    found = re.findall(r"<code>https://fair\.example(/feeds/[^<]+\.ics)</code>", visitor.get(path).text)
    assert len(found) == 1
    calendar = site.visitor().get(found[0])
    assert calendar.mimetype == "text/calendar"
    assert calendar.data.count(b"BEGIN:VEVENT") == 2


def test_a_feed_answers_a_client_that_knows_it_already_with_nothing(tmp_path):
    site = a_site(tmp_path)
    path = site.feed_path("c1")
    first = site.visitor().get(path)

    again = site.visitor().get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.data.startswith(b"BEGIN:VCALENDAR")
    assert b"PT Sample b1" in first.data
    assert b"mail.example" not in first.data
    assert (again.status_code, again.data) == (304, b"")


def test_whoever_guesses_addresses_has_to_wait_and_nobody_else(tmp_path):
    site = a_site(tmp_path)
    visitor = site.visitor()
    path = site.feed_path("c1")
    known = [visitor.get(path).status_code for _ in range(70)]
    guessed = [visitor.get(f"/feeds/{number:032}.ics").status_code for number in range(61)]

    assert known == [200] * 70
    assert guessed == [404] * 60 + [429]


def test_a_company_s_calendar_address_is_its_own(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in(FIRST_COMPANY)
    visitor.post("/my/calendar", page="/my/")
    address = re.findall(r"<code>https://fair\.example(/feeds/[^<]+\.ics)</code>", visitor.get("/my/").text)[
        0
    ]

    feed = site.visitor().get(address).data.decode()

    assert feed.count("BEGIN:VEVENT") == 1
    assert "남동산업 c2" not in feed
