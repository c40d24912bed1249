"""An interpreter falls ill, in a real Chromium and by keyboard: the form, the difference, the word to apply it."""

import re
from contextlib import closing
from dataclasses import replace
from email.utils import parseaddr

from icalendar import Calendar
from playwright.sync_api import Browser, expect

from scheduler.grid.replan_child import Standby
from scheduler.services.deliver import deliver_all
from scheduler.web.site import EXTENSION
from tests.browser.served import log_in, served
from tests.browser.test_pages import PHONE, violations
from tests.services.stage import NOW, Outgoing, a_post


def test_an_ill_interpreter_is_replaced_by_keyboard_alone(browser: Browser, tmp_path):
    with served(tmp_path) as (site, address), closing(Standby()) as standby:
        # As `sangdam serve` does: the solver is loaded while the form is looked at.
        surroundings = site.app.extensions[EXTENSION]
        site.app.extensions[EXTENSION] = replace(surroundings, standby=standby)
        deliver_all(site.stage.db, site.stage.settings, a_post(), now=NOW, owner="test")
        before = site.meetings()
        page = browser.new_page(viewport=PHONE)
        log_in(page, address)
        page.goto(f"{address}/fairs/sample/participants/?tab=interpreters")
        found = violations(page)
        page.get_by_role("link", name=re.compile("불참·고장.*i1")).focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/replan/absence/i1")
        found += violations(page)
        page.get_by_role("button", name="변경 내용 보기").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="변경 미리보기")).to_be_visible(timeout=60_000)
        found += violations(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        expect(page.get_by_role("cell", name=re.compile("i1.*i2"))).to_be_visible()
        page.get_by_role("button", name="적용하고 4명에게 알리기").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("알림 4통을 보내고 있습니다.")
        page.close()
        after, post = site.meetings(), a_post()
        due = [(kind, who, revision) for kind, who, revision, state in site.stage.notices() if state == "due"]
        deliver_all(site.stage.db, site.stage.settings, post, now=NOW, owner="test")

    ill = before["c1-b1"]
    assert found == []
    assert width <= PHONE["width"]
    assert due == [("cancel", "i1", 1), ("request", "i2", 1), ("update", "b1", 1), ("update", "c1", 1)]
    assert sorted(_invites(post)) == [
        ("b1@mail.example", "REQUEST", ill.uid, 1),
        ("c1@mail.example", "REQUEST", ill.uid, 1),
        ("i1@mail.example", "CANCEL", ill.uid, 1),
        ("i2@mail.example", "REQUEST", ill.uid, 1),
    ]
    assert after == {**before, "c1-b1": replace(ill, interpreter_ids=("i2",), revision=1)}


def _invites(post: Outgoing) -> list[tuple[str, str, str, int]]:
    """What each calendar is told: whose it is, how, which session, and its sequence."""
    found = []
    for mail in post.kept:
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                calendar = Calendar.from_ical(part.get_content())
                event = calendar.walk("VEVENT")[0]
                found.append(
                    (
                        parseaddr(str(mail["To"]))[1],
                        str(calendar["METHOD"]),
                        str(event["UID"]),
                        int(event["SEQUENCE"]),
                    )
                )
    return found
