"""A company picks its slots in a real Chromium: the race lost and another slot taken, by keyboard, on a phone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from scheduler.services.actor import Role
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.picking_rules import set_picking_rules
from scheduler.services.requests import ask
from scheduler.services.waiting import offer_freed
from scheduler.storage import matches
from tests.browser.served import log_in, served
from tests.browser.test_pages import PHONE, WIDE, violations
from tests.services.stage import COORDINATOR, NOW
from tests.web.visitors import FIRST_COMPANY, Site


@contextmanager
def a_company(
    browser: Browser, folder: Path, *, size: dict[str, int], scheme: str = "light", scripts: bool = True
) -> Iterator[tuple[Site, Page, str]]:
    """The first company, logged in at a fair in which companies pick."""
    with served(folder) as (site, address):
        rules = {"is_on": "yes", "pick_hours": "0"}
        set_picking_rules(site.stage.db, "sample", rules, now=NOW, actor=COORDINATOR)
        context = browser.new_context(
            viewport=size, color_scheme=scheme, locale="ko-KR", java_script_enabled=scripts
        )
        page = context.new_page()
        log_in(page, address, FIRST_COMPANY)
        yield site, page, address
        context.close()


def press(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    """By keyboard alone."""
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")


def test_a_company_loses_the_race_takes_another_slot_and_confirms_by_keyboard(browser: Browser, tmp_path):
    with a_company(browser, tmp_path, size=PHONE) as (site, page, _):
        found = violations(page)
        press(page, "link", "바이어와 빈 시간 보기")
        expect(page.get_by_role("heading", name="상담회 바이어")).to_be_visible()
        found += violations(page)
        press(page, "link", re.compile("시간 선택: PT Sample b2"))
        expect(page.get_by_role("heading", name="빈 시간", exact=True)).to_be_visible()
        page.get_by_text("선택할 수 없는 시간 1개와 그 까닭").click()
        found += violations(page)
        book(
            site.stage.db, site.stage.settings, site.stage.wish("c2-b2", "10:00"), now=NOW, actor=COORDINATOR
        )
        press(page, "button", re.compile("^10:00–10:30"))
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("PT Sample b2")
        found += violations(page)
        widths = [page.evaluate("document.documentElement.scrollWidth")]
        alert.get_by_role("button", name=re.compile("09:30–10:00 KST.*전날 19:30")).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="임시 예약되었습니다")).to_be_visible()
        expect(page.locator("[data-left]")).to_contain_text(re.compile(r"(10:00|[89]:\d\d)"))
        found += violations(page)
        site.clock.go_on(minutes=4)
        page.reload()
        expect(page.locator("[data-left]")).to_contain_text(re.compile(r"(6:00|[45]:\d\d)"))
        expect(page.locator(".until")).to_contain_text("12:10 KST")
        widths.append(page.evaluate("document.documentElement.scrollWidth"))
        press(page, "button", "상담 확정")
        expect(page.get_by_role("status")).to_contain_text("상담이 확정되었습니다.")
        found += violations(page)
        press(page, "link", "상담 시간 변경")
        expect(page.get_by_role("heading", name="옮길 시간")).to_be_visible()
        found += violations(page)
        press(page, "button", re.compile("^11:30–12:00"))
        expect(page.get_by_role("status")).to_contain_text("6.24(수) 11:30–12:00 KST")
        press(page, "link", "상담 취소")
        expect(page.get_by_role("heading", name="PT Sample b2: 상담을 취소할까요?")).to_be_visible()
        found += violations(page)
        booked = site.meetings()["c1-b2"]

    assert found == []
    assert max(widths) <= PHONE["width"]
    assert (str(booked.state), booked.slot.start_at.isoformat(), booked.revision) == (
        "confirmed",
        "2026-06-24T02:30:00+00:00",
        2,
    )


def test_a_hold_runs_out_before_ones_eyes_and_the_page_offers_the_nearest(browser: Browser, tmp_path):
    with a_company(browser, tmp_path, size=WIDE, scheme="dark") as (site, page, address):
        page.goto(f"{address}/my/fairs/sample/buyers/b2")
        page.get_by_role("button", name=re.compile("^09:30–10:00")).dblclick()
        expect(page.get_by_role("heading", name="임시 예약되었습니다")).to_be_visible()
        site.clock.go_on(minutes=5)
        page.reload()
        found = violations(page)
        site.clock.go_on(minutes=4, seconds=59)
        page.reload()
        site.clock.go_on(seconds=1)
        expect(page.get_by_role("heading", name="임시 예약이 끝났습니다")).to_be_visible(timeout=15_000)
        found += violations(page)
        page.get_by_role("button", name=re.compile("09:30–10:00 KST")).click()
        expect(page.get_by_role("heading", name="임시 예약되었습니다")).to_be_visible()
        page.get_by_role("button", name="임시 예약 취소").click()
        expect(page.get_by_role("status")).to_contain_text("임시 예약을 취소했습니다.")
        page.go_back()
        states = sorted(str(one.state) for one in site.meetings().values())

    assert found == []
    assert states == ["cancelled", "confirmed", "confirmed"]


def test_wishes_requests_waiting_and_team_by_keyboard(browser: Browser, tmp_path):
    with a_company(browser, tmp_path, size=WIDE) as (site, page, address):
        page.goto(f"{address}/my/fairs/sample/")
        press(page, "button", "희망 바이어에 추가: PT Sample b1")
        expect(page.get_by_role("status").first).to_contain_text("희망 바이어 1순위입니다")
        press(page, "button", "희망 바이어에 추가: PT Sample b2")
        press(page, "button", "PT Sample b2: 1순위로 올리기")
        expect(page.locator(".ranked li").first).to_contain_text("PT Sample b2")
        focused = page.evaluate("document.activeElement.id")
        found = violations(page)
        nine = site.meetings()["c1-b1"]
        page.goto(f"{address}/my/fairs/sample/buyers/b2")
        page.get_by_label("기다릴 시간").select_option(index=1)
        press(page, "button", "대기자 명단에 올리기")
        expect(page.get_by_role("status")).to_contain_text("대기자 명단에 올렸습니다.")
        found += violations(page)
        cancel(site.stage.db, nine.id, seen_revision=0, now=NOW, actor=COORDINATOR)
        assert offer_freed(site.stage.db, now=NOW) == 1
        page.goto(f"{address}/my/")
        found += violations(page)
        press(page, "link", re.compile("까지 답하기"))
        expect(page.get_by_role("heading", name=re.compile("예약할 수 있는 시간"))).to_be_visible()
        found += violations(page)
        press(page, "button", "예약하기")
        expect(page.get_by_role("status")).to_contain_text("상담이 확정되었습니다.")
        press(page, "link", "우리 팀")
        page.get_by_label("이메일").fill("nobody")
        page.locator("form.form").evaluate("form => form.noValidate = true")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        found += violations(page)
        booked = site.meetings()["c1-b2"]
        found += of_the_others(page, site, address)

    assert found == []
    assert focused == "wish-b2"
    assert booked.slot == nine.slot


def of_the_others(page: Page, site: Site, address: str) -> list[str]:
    """What axe finds on the coordinator's page about picking and on the buyer's about requests, with entries."""
    with site.stage.db.write() as work:
        matches.remove_match(work, "c2-b2")
    ask(
        site.stage.db,
        "sample",
        company_id="c2",
        buyer_id="b2",
        asked_by=Role.COMPANY,
        now=NOW,
        actor=COORDINATOR,
    )
    page.context.clear_cookies()
    page.goto(f"{address}{site.buyer_path('b2')}/requests?lang=ar")
    expect(page.get_by_role("button", name="قبول")).to_be_visible()
    found = violations(page)
    page.goto(f"{address}/login?lang=ko")
    log_in(page, address)
    page.goto(f"{address}/fairs/sample/picking/")
    expect(page.get_by_role("button", name="대신 수락: PT Sample b2")).to_be_visible()
    found += violations(page)
    page.get_by_label("임시 예약이 유지되는 시간(분)").fill("soon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("임시 예약이 유지되는 시간(분)")
    return found + violations(page)


def test_without_scripts_the_deadline_is_a_time(browser: Browser, tmp_path):
    with a_company(browser, tmp_path, size=WIDE, scripts=False) as (site, page, address):
        page.goto(f"{address}/my/fairs/sample/buyers/b2")
        page.get_by_role("button", name=re.compile("^09:30–10:00")).click()
        expect(page.locator(".until")).to_contain_text("확정 기한 12:10 KST")
        expect(page.locator("[data-left]")).to_be_hidden()
        page.get_by_role("button", name="상담 확정").click()
        expect(page.get_by_role("status")).to_contain_text("상담이 확정되었습니다.")
        states = {one.match_id: str(one.state) for one in site.meetings().values()}

    assert states["c1-b2"] == "confirmed"
