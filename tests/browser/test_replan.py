"""An interpreter falls ill, in a real Chromium and by keyboard: the form, the difference, the word to apply it."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.served import log_in, served
from tests.browser.test_pages import PHONE, violations


def test_an_ill_interpreter_is_replaced_by_keyboard_alone(browser: Browser, tmp_path):
    with served(tmp_path) as (site, address):
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
        expect(page.get_by_role("status")).to_contain_text("알림 4통을 보내고 있습니다.")
        page.close()
        moved = site.meetings()

    assert found == []
    assert width <= PHONE["width"]
    assert (moved["c1-b1"].interpreter_ids, moved["c1-b1"].revision) == (("i2",), 1)
    assert moved["c2-b1"].revision == 0
