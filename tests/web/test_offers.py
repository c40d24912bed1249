"""Offering a slot from the page of a session, and answering behind the address in the mail."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.services.deliver import deliver_all
from scheduler.services.offer import make_offers, offer_address
from scheduler.services.receive_reply import receive
from scheduler.storage import matches, offers, people
from tests.builders import a_company, a_match
from tests.replies import STAMP, a_reply
from tests.services.stage import COORDINATOR, NOW, a_post, mailed
from tests.web.visitors import SECOND_COMPANY, Site, a_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """The buyer's second company has no session yet; the first has declined."""
    site = a_site(tmp_path)
    deliver_all(site.stage.db, site.stage.settings, a_post(), now=NOW, owner="test")
    with site.stage.db.write() as work:
        people.save_resource(work, mailed(a_company("c3")), "key:c3", site.stage.fair.id, 9)
        matches.save_match(work, site.stage.fair.id, a_match(company="c3", buyer="b1"))
    reply = a_reply(site.meetings()["c1-b1"].uid, attendee="c1@mail.example", partstat="DECLINED")
    receive(site.stage.db, reply, now=NOW)
    return site


def offer(site: Site) -> str:
    """The coordinator offers the slot of the first session; the way to the offer."""
    meeting = site.meetings()["c1-b1"]
    visitor, page = site.logged_in(), f"/meetings/{meeting.id}/offer"
    answer = visitor.post(page, page=page, revision="0", hours="6", match="c3-b1")
    assert (answer.status_code, answer.location) == (303, f"/meetings/{meeting.id}")
    with site.stage.db.read() as work:
        [made] = offers.offers_of_freed(work, meeting.id)
    return offer_address(site.stage.settings, made.id).removeprefix(site.stage.settings.base_address)


def test_the_page_lists_whom_the_slot_suits_and_changes_nothing_before_the_word(site: Site) -> None:
    meeting = site.meetings()["c1-b1"]
    visitor = site.logged_in()
    assert f'href="/meetings/{meeting.id}/offer"' in visitor.get("/fairs/sample/").text
    page = visitor.get(f"/meetings/{meeting.id}/offer")
    assert re.findall(r'name="match" value="([^"]+)" checked', page.text) == ["c3-b1"]
    assert site.meetings()["c1-b1"] == meeting


def test_without_a_choice_the_form_says_so_and_nothing_is_cancelled(site: Site) -> None:
    meeting = site.meetings()["c1-b1"]
    visitor, page = site.logged_in(), f"/meetings/{meeting.id}/offer"
    answer = visitor.post(page, page=page, revision="0", hours="6")
    assert answer.status_code == 400
    assert "제안할 상대를 선택해 주세요." in visitor.text(answer)
    assert site.meetings()["c1-b1"] == meeting


def test_behind_the_address_looking_books_nothing_and_accepting_books(site: Site) -> None:
    path, guest = offer(site), site.visitor()
    assert "수락하기 전에는 아무것도 예약되지 않습니다." in guest.text(guest.get(path))
    assert "c3-b1" not in site.meetings()
    assert guest.post(f"{path}/accept", page=path).status_code == 303
    assert site.meetings()["c3-b1"].slot == site.meetings()["c1-b1"].slot
    assert "수락하셨습니다" in guest.text(guest.get(path))
    guest.post(f"{path}/accept")
    twice = guest.text(guest.get(path))
    assert "수락하셨습니다" in twice
    assert "다른 곳에 배정되었습니다" not in twice
    assert guest.post(f"{path}/decline").status_code == 409


def test_an_address_that_nobody_made_opens_nothing(site: Site) -> None:
    path = offer(site)
    assert site.visitor().get(path[:-2] + "AA").status_code == 404


def test_an_offer_stands_on_the_page_of_its_recipient_alone_as_long_as_it_is_open(site: Site) -> None:
    """The buyer declines, so that the company's other buyer gets the offer."""
    meeting = site.meetings()["c1-b1"]
    for person, partstat in (("c1", "ACCEPTED"), ("b1", "DECLINED")):
        reply = a_reply(
            meeting.uid,
            attendee=f"{person}@mail.example",
            partstat=partstat,
            stamp=STAMP + timedelta(minutes=1),
        )
        receive(site.stage.db, reply, now=NOW)
    [made] = make_offers(
        site.stage.db, meeting.id, ["c1-b2"], seen_revision=0, hours=6, now=NOW, actor=COORDINATOR
    )
    path = offer_address(site.stage.settings, made.id).removeprefix(site.stage.settings.base_address)
    theirs, others = site.buyer_path("b2"), site.buyer_path("b1")
    guest = site.visitor()
    assert path in guest.get(theirs).text
    assert path not in guest.get(others).text
    assert path not in site.logged_in(SECOND_COMPANY).get("/my/").text
    site.clock.go_on(hours=6)
    assert path not in guest.get(theirs).text
    assert "This offer has run out." in guest.text(guest.get(path))


def test_a_company_finds_its_offer_on_its_schedule(site: Site) -> None:
    meeting = site.meetings()["c1-b1"]
    [made] = make_offers(
        site.stage.db, meeting.id, ["c2-b2"], seen_revision=0, hours=6, now=NOW, actor=COORDINATOR
    )
    path = offer_address(site.stage.settings, made.id).removeprefix(site.stage.settings.base_address)
    company = site.logged_in(SECOND_COMPANY)
    assert path in company.get("/my/").text
    assert "제안받은 상담 시간 1건" in company.text(company.get("/my/"))
