"""The day and its results in a real browser: by keyboard alone, kept up to date, nothing that axe finds."""

import pytest
from playwright.sync_api import Browser, Page, expect

from scheduler.booking.meeting import State
from scheduler.booking.results import Claim, Side, Stage
from scheduler.services.cancel import complete, mark_no_show
from scheduler.services.results import state_result
from tests.browser.served import log_in, served
from tests.browser.test_pages import PHONE, WIDE, violations
from tests.builders import at
from tests.services.stage import COORDINATOR
from tests.web.visitors import FIRST_COMPANY

FAIR = "/fairs/sample"
FORMS = {
    f"{FAIR}/results/follow-up": "main form",
    f"{FAIR}/results/buyers/b1": "main form",
    "/meetings/{meeting}": "#result details:has([name=side]) form",
    "/meetings/{meeting}#verify": "#verify form",
}
"""Page -> its form, which is sent with nothing chosen and nothing written."""


def enter(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/login?lang=ko")
    log_in(page, address)
    page.goto(f"{address}/password?lang={language}")


def fits(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [*violations(page), *([f"{page.url} is {width} wide"] if width > window else [])]


def test_a_no_show_is_noted_and_the_next_pair_called_forward_by_keyboard(browser: Browser, tmp_path):
    found: list[str] = []
    with served(tmp_path) as (site, address):
        site.clock.now = at("09:05")
        page = browser.new_page(viewport=PHONE, locale="ko-KR")
        log_in(page, address)
        page.goto(f"{address}{FAIR}/today/")
        found += violations(page)
        page.locator("#today select").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("다른 상담 앞당기기")
        found += violations(page)
        page.get_by_role("button", name="앞당기기").first.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("상담을 앞당겼습니다")
        page.goto(f"{address}{FAIR}/sheets/?by=day")
        found += violations(page)
        page.close()
        meetings = site.meetings()

    assert found == []
    assert [meetings[one].state for one in ("c1-b1", "c2-b2")] == [State.NO_SHOW, State.CONFIRMED]
    assert meetings["c2-b2"].slot.start_at == at("09:05")


def test_the_page_of_the_day_keeps_itself_up_to_date_and_the_focus_where_it_was(browser: Browser, tmp_path):
    with served(tmp_path) as (site, address):
        site.clock.now = at("09:35")
        page = browser.new_page(viewport=WIDE, locale="ko-KR")
        log_in(page, address)
        page.goto(f"{address}{FAIR}/today/")
        second = site.meetings()["c2-b1"]
        page.locator(f"#ok-now-{second.id}").focus()
        complete(
            site.stage.db, site.meetings()["c1-b1"].id, seen_revision=0, now=at("09:35"), actor=COORDINATOR
        )
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("#today")).to_contain_text("완료 1건")
        focused = page.evaluate("document.activeElement.id")
        page.close()

    assert focused == f"ok-now-{second.id}"


def test_a_result_is_stated_and_verified_by_keyboard(browser: Browser, tmp_path):
    found: list[str] = []
    with served(tmp_path) as (site, address):
        site.clock.now = at("18:00")
        meeting = site.meetings()["c1-b1"].id
        page = browser.new_page(viewport=PHONE, color_scheme="dark", locale="ko-KR")
        log_in(page, address, FIRST_COMPANY)
        page.goto(f"{address}/my/{meeting}")
        page.get_by_label("계약 추진").press("Space")
        page.get_by_label("금액(미국 달러, 정수)").fill("lots")
        page.get_by_role("button", name="결과 입력").press("Enter")
        expect(page.get_by_role("alert")).to_be_focused()
        found += violations(page)
        page.get_by_label("금액(미국 달러, 정수)").fill("25,000")
        page.get_by_role("button", name="결과 입력").press("Enter")
        expect(page.locator("#result")).to_contain_text("US$ 25,000")
        other = browser.new_page(viewport=WIDE, locale="ko-KR")
        log_in(other, address)
        other.goto(f"{address}/meetings/{meeting}")
        other.get_by_text("금액 확인하기").press("Enter")
        other.get_by_label("확인 근거").fill("발주서")
        other.get_by_role("button", name="확인 내용 저장").press("Enter")
        expect(other.locator("#result")).to_contain_text("검증됨")
        other.goto(f"{address}{FAIR}/results/")
        found += violations(other)
        for one in (page, other):
            one.close()

    assert found == []


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [
        pytest.param(WIDE, "light", "en", id="wide", marks=pytest.mark.long),
        pytest.param(PHONE, "dark", "ko", id="phone-dark"),
    ],
)
def test_every_state_of_the_day_and_of_results_passes(browser: Browser, tmp_path, size, scheme, language):
    found: list[str] = []
    with served(tmp_path) as (site, address):
        page = browser.new_page(viewport=size, color_scheme=scheme, locale="ko-KR")
        enter(page, address, language)
        page.goto(f"{address}{FAIR}/today/")
        expect(page.locator(".empty")).to_be_visible()
        found += fits(page)
        freed, site.clock.now = site.meetings()["c1-b1"], at("09:05")
        mark_no_show(
            site.stage.db, freed.id, seen_revision=0, absent="company", now=site.clock.now, actor=COORDINATOR
        )
        enter(page, address, language)
        forward = f"{address}{FAIR}/today/{freed.id}/forward"
        page.goto(forward)
        page.locator("main form [name=revision]").first.evaluate("one => { one.value = '7'; }")
        page.locator("main form button").first.press("Enter")
        expect(page.get_by_role("alert")).to_be_focused()
        found += fits(page)
        site.clock.now = at("09:20")
        page.goto(forward)
        expect(page.locator(".empty")).to_be_visible()
        found += fits(page)
        site.clock.now = at("18:00")
        enter(page, address, language)
        page.goto(f"{address}{FAIR}/today/")
        expect(page.locator(".day-list")).to_have_count(2)
        found += fits(page)
        claim = Claim(stage=Stage.CONTRACTED, amount=700, note="견본")
        state_result(site.stage.db, freed.id, claim, side=Side.COMPANY, now=site.clock.now, actor=COORDINATOR)
        for path in ("results/?show=missing", "results/?show=differing", "sheets/?by=interpreter"):
            page.goto(f"{address}{FAIR}/{path}")
            found += fits(page)
        for path, form in FORMS.items():
            page.goto(address + path.format(meeting=freed.id))
            page.locator(form).evaluate("""form => {
                form.noValidate = true;
                form.querySelectorAll(":checked[name]").forEach((one) => { one.checked = false; });
                form.querySelectorAll("input:not([type])").forEach((one) => { one.value = ""; });
            }""")
            with page.expect_navigation():
                page.locator(form).evaluate("form => form.requestSubmit()")
            expect(page.get_by_role("alert")).to_be_focused()
            found += fits(page)
        page.close()

    assert found == []


def test_run_sheets_come_one_to_a_page_and_with_nothing_else_on_it(browser: Browser, tmp_path):
    with served(tmp_path) as (site, address):
        site.clock.now = at("09:05")
        page = browser.new_page(viewport=WIDE, locale="ko-KR")
        log_in(page, address)
        page.goto(f"{address}{FAIR}/sheets/?by=room")
        page.emulate_media(media="print")
        seen = page.locator("header, nav, footer, button, .place").evaluate_all(
            "all => all.filter((one) => one.getClientRects().length).map((one) => one.outerHTML)"
        )
        sheets = page.locator(".sheet").count()
        paper = page.pdf(prefer_css_page_size=True)
        page.close()

    assert seen == []
    assert (sheets, paper.count(b"/Type /Page\n")) == (2, 2)
