"""The day and its results in a real browser: by keyboard alone, kept up to date, nothing that axe finds."""

from playwright.sync_api import Browser, expect

from scheduler.booking.meeting import State
from scheduler.services.cancel import complete
from tests.browser.served import log_in, served
from tests.browser.test_pages import PHONE, WIDE, violations
from tests.builders import at
from tests.services.stage import COORDINATOR
from tests.web.visitors import FIRST_COMPANY

FAIR = "/fairs/sample"


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
        expect(page.get_by_role("alert")).to_be_visible()
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
