"""Everybody chooses for themselves how they are reminded, and takes it back on the same page."""

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.booking.people import Contact
from scheduler.services.reminder_choice import choice_page
from tests.builders import a_buyer, a_company
from tests.web.visitors import COORDINATOR, FIRST_COMPANY, Site, Visitor, a_site

GATEWAY = {"text_gateway": "https://gateway.example/", "text_key": "k", "text_sender": "02"}


def a_site_with_numbers(folder: Path) -> Site:
    site = a_site(folder, **GATEWAY)
    for one, number in ((a_company("c1"), "010-1234-5678"), (a_buyer("b1"), "+62 812-3456-7890")):
        contact = Contact(email=f"{one.id}@mail.example", phone=number, language="ko")
        site.stage.change(replace(one, contact=contact))
    return site


def channel(site: Site, resource_id: str) -> str:
    return choice_page(site.stage.db, site.stage.settings, resource_id).channel


def test_a_company_agrees_to_its_number_and_takes_it_back(tmp_path: Path) -> None:
    site = a_site_with_numbers(tmp_path)
    visitor, page = site.logged_in(FIRST_COMPANY), "/my/reminders"
    assert f'href="{page}"' in visitor.get("/my/").text
    assert "+821012345678" in visitor.text(visitor.get(page))
    refused = visitor.post(page, page=page, channel="text")
    assert refused.status_code == 400
    assert "동의하셔야 이 번호로 문자를 보냅니다." in visitor.text(refused)
    assert 'value="text" checked' in refused.text
    assert channel(site, "c1") == "mail"
    assert visitor.post(page, page=page, channel="text", consent="1").status_code == 303
    assert channel(site, "c1") == "text"
    visitor.post(page, page=page, channel="mail", consent="1")
    assert channel(site, "c1") == "mail"


def test_a_buyer_does_so_behind_their_link(tmp_path: Path) -> None:
    site = a_site_with_numbers(tmp_path)
    guest, page = site.visitor(), f"{site.buyer_path()}/reminders"
    assert page in guest.get(f"{site.buyer_path()}/settings").text
    assert "+6281234567890" in guest.text(guest.get(page))
    assert guest.post(page, page=page, channel="text", consent="1").status_code == 303
    assert (channel(site, "b1"), channel(site, "c1")) == ("text", "mail")


def test_without_a_gateway_there_is_mail_alone(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    visitor, page = site.logged_in(FIRST_COMPANY), "/my/reminders"
    assert page not in visitor.get("/my/").text
    assert "문자를 보내지 않습니다" in visitor.text(visitor.get(page))
    assert visitor.post(page, page=page, channel="text", consent="1").status_code == 400


@pytest.mark.parametrize("email", [COORDINATOR])
def test_a_coordinator_is_no_participant(tmp_path: Path, email: str) -> None:
    assert a_site(tmp_path).logged_in(email).get("/my/reminders").status_code == 403


def test_a_session_can_be_put_into_every_calendar_also_by_the_coordinator(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    meeting = site.meetings()["c1-b1"]
    visitor, page = site.logged_in(), f"/meetings/{meeting.id}"
    visitor.post("/fairs/sample/calendar", page="/fairs/sample/")
    shown = visitor.get(page).text
    for part in (
        f'href="{page}.ics"',
        "https://calendar.google.com/calendar/render?action=TEMPLATE",
        "https://outlook.office.com/calendar/0/deeplink/compose?",
        'href="webcal://fair.example/feeds/',
    ):
        assert part in shown
    file = visitor.get(f"{page}.ics")
    assert (file.status_code, file.content_type) == (200, "text/calendar; charset=utf-8")
    assert f"UID:{meeting.uid}" in file.text
    assert "ATTENDEE" not in file.text
    company = site.logged_in(FIRST_COMPANY)
    company.post("/my/calendar", page="/my/")
    own = company.get(f"/my/{meeting.id}").text
    assert 'href="webcal://fair.example/feeds/' in own
    assert f'href="/my/{meeting.id}.ics"' in own
    buyer = Visitor(site.app.test_client())
    assert "https://calendar.google.com/calendar/render?action=TEMPLATE" in buyer.get(site.buyer_path()).text
