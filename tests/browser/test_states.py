"""Forms that were filled in wrongly: every fault at its field and in a summary, nothing that axe finds, by keyboard."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.served import log_in, served
from tests.browser.test_pages import PHONE, WIDE, violations

FORMS = {
    "/password": {},
    "/people/": {"#email": "nobody"},
    "/installation/": {"#mail_from": "nobody"},
    "/keys/": {"#days": "0"},
    "/webhooks/": {"#address": "javascript:alert(1)"},
    "/imports/": {},
    "/fairs/sample/privacy/": {"#days": "soon"},
}
"""Page -> what is typed into which field before its form is sent."""


def sent(page: Page, typed: dict[str, str]) -> None:
    """By keyboard, and past what the browser itself would have refused."""
    forms = page.locator("main form[method=post]")
    form = (forms.filter(has=page.locator(next(iter(typed)))) if typed else forms).first
    form.evaluate("form => { form.noValidate = true; }")
    for field, value in typed.items():
        form.locator(field).fill(value)
    with page.expect_navigation():
        form.locator("button").last.press("Enter")


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(WIDE, "light", id="wide", marks=pytest.mark.long),
        pytest.param(PHONE, "dark", id="phone-dark"),
    ],
)
def test_axe_finds_nothing_where_a_form_was_filled_in_wrongly(browser: Browser, tmp_path, size, scheme):
    found: list[str] = []
    with served(tmp_path) as (_site, address):
        page = browser.new_page(viewport=size, color_scheme=scheme, locale="ko-KR")
        page.goto(f"{address}/login")
        sent(page, {"#email": "nobody@city.example", "#password": "wrong"})
        expect(page.get_by_role("alert")).to_be_visible()
        found += violations(page)
        log_in(page, address)
        for path, typed in FORMS.items():
            page.goto(address + path)
            sent(page, typed)
            if not page.locator("[role=alert], .is-error").count():
                found.append(f"{path} shows no fault")
            found += violations(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{path} is {width} wide"] if width > size["width"] else []
        page.close()

    assert found == []
