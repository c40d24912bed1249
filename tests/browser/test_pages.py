"""Pages in a real Chromium: no violation found by axe, nothing refused by the policy, and all of it by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from scheduler.mail.mailbox import FolderPost
from scheduler.services.deliver import deliver_all
from tests.browser.served import log_in, served
from tests.services.stage import NOW
from tests.web.visitors import FIRST_COMPANY, Site

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def violations(page: Page) -> list[str]:
    """What axe finds, one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def coordinator_paths(site: Site) -> list[str]:
    return [
        "/fairs/",
        "/fairs/sample/",
        "/fairs/sample/participants/?tab=buyers",
        "/fairs/sample/participants/?tab=matches",
        "/fairs/sample/import",
        "/fairs/sample/build/",
        "/fairs/sample/board/",
        "/fairs/sample/board/?across=company",
        "/fairs/sample/publish",
        "/fairs/sample/changes",
        "/fairs/sample/reminders/",
        "/briefing/",
        f"/meetings/{site.meetings()['c1-b1'].id}/offer",
        "/mailbox/",
        f"/meetings/{site.meetings()['c1-b1'].id}",
        "/password",
        "/nowhere",
    ]


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone-dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, tmp_path, size, scheme):
    found: list[str] = []
    with served(tmp_path) as (site, address):
        deliver_all(
            site.stage.db, site.stage.settings, FolderPost(site.stage.settings.mailbox), now=NOW, owner="t"
        )
        context = browser.new_context(viewport=size, color_scheme=scheme, locale="ko-KR")
        page = context.new_page()
        page.goto(f"{address}/login")
        found += violations(page)
        log_in(page, address)
        for path in coordinator_paths(site):
            page.goto(address + path)
            found += violations(page)
        page.goto(f"{address}/mailbox/")
        page.locator("tbody a").first.click()
        found += violations(page)
        page.goto(address + site.buyer_path())
        found += violations(page)
        context.close()

    assert found == []


def test_the_pages_of_a_company_pass_too(browser: Browser, tmp_path):
    with served(tmp_path) as (site, address):
        page = browser.new_page(viewport=PHONE)
        log_in(page, address, FIRST_COMPANY)
        found = violations(page)
        page.goto(f"{address}/my/{site.meetings()['c1-b1'].id}")
        found += violations(page)
        page.close()

    assert found == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_page_is_wider_than_its_window_or_refused_by_the_policy(browser: Browser, tmp_path, size):
    complaints: list[str] = []
    with served(tmp_path) as (site, address):
        page = browser.new_page(viewport=size)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        log_in(page, address)
        for path in (one for one in coordinator_paths(site) if one != "/nowhere"):
            page.goto(address + path)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                complaints.append(f"{path} is {width} wide")
        page.close()

    assert complaints == []


def test_a_session_is_moved_by_keyboard_alone(browser: Browser, tmp_path):
    with served(tmp_path) as (site, address):
        page = browser.new_page(viewport=WIDE)
        log_in(page, address)
        page.goto(f"{address}/fairs/sample/board/")
        page.get_by_role("link", name="남동산업 c1").focus()
        page.keyboard.press("Space")
        page.get_by_role("link", name="상담 상세 페이지").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/meetings/**")
        page.get_by_label("시간", exact=True).focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        for _ in range(3):
            page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="변경", exact=True)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("상담을 변경했습니다.")
        page.close()
        moved = site.meetings()["c1-b1"]

    assert moved.revision == 1


def test_the_first_tab_leads_past_the_menus(browser: Browser, tmp_path):
    with served(tmp_path) as (_site, address):
        page = browser.new_page(viewport=WIDE)
        page.goto(f"{address}/login")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="본문 바로가기")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.close()


def test_the_heads_and_the_times_of_the_board_stay_in_sight(browser: Browser, tmp_path):
    with served(tmp_path) as (_site, address):
        page = browser.new_page(viewport=PHONE)
        log_in(page, address)
        page.goto(f"{address}/fairs/sample/board/?across=company")
        frame = page.locator(".board-frame")
        frame.evaluate("frame => frame.scrollTo(120, 120)")
        corner, inside = page.locator(".board thead th").first.bounding_box(), frame.bounding_box()
        page.close()

    assert corner is not None
    assert inside is not None
    assert abs(corner["x"] - inside["x"]) <= 1
    assert abs(corner["y"] - inside["y"]) <= 1


def test_everything_works_without_scripts(browser: Browser, tmp_path):
    with served(tmp_path, is_published=False) as (site, address):
        context = browser.new_context(viewport=WIDE, java_script_enabled=False)
        page = context.new_page()
        log_in(page, address)
        page.goto(f"{address}/fairs/sample/board/")
        page.get_by_label("열 기준").select_option("buyer")
        page.get_by_role("button", name="보기").click()
        expect(page.locator(".board thead")).to_contain_text("PT Sample b2")
        page.get_by_role("link", name="공개하기…").click()
        page.get_by_role("button", name="공개하고 5명에게 발송").click()
        expect(page.get_by_role("status")).to_contain_text("배정표를 공개했습니다.")
        context.close()

        assert sorted(site.meetings()) == ["c1-b1", "c2-b1"]


def test_progress_is_fetched_every_second_until_the_build_ends(browser: Browser, tmp_path):
    with served(tmp_path, is_published=False, with_plan=False) as (site, address):
        page = browser.new_page(viewport=WIDE)
        log_in(page, address)
        page.goto(f"{address}/fairs/sample/build/")
        page.get_by_role("button", name="배정표 만들기").click()
        with page.expect_response(lambda answer: "/build/draft_" in answer.url and answer.status == 200):
            pass
        with site.stage.db.write() as work:
            work.connection().exec_driver_sql(
                "UPDATE draft SET state = 'failed', error = 'ended by the test'"
            )
        expect(page.locator("#progress")).to_contain_text("배정안을 만들지 못했습니다.")
        page.close()
