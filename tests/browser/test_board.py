"""The board in a real Chromium: by keyboard, by mouse and by finger, alone and with somebody else at work."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.served import log_in, served
from tests.browser.test_pages import PHONE, WIDE, violations
from tests.builders import a_slot
from tests.web.visitors import Site

BOARD = "/fairs/sample/board/"


@contextmanager
def on_the_board(browser: Browser, folder) -> Iterator[tuple[Site, Page, list[str]]]:
    """A coordinator at the board, and what the browser complains of."""
    complaints: list[str] = []
    with served(folder) as (site, address):
        context = browser.new_context(viewport=WIDE, locale="ko-KR")
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        log_in(page, address)
        page.goto(address + BOARD)
        yield site, page, complaints
        context.close()


def card(page: Page, match: str) -> Locator:
    return page.locator(f'#board-grid [data-id="{match}"]')


def cell(page: Page, clock: str, room: str) -> Locator:
    """By its time and its room, as they stand in the heads."""
    row = page.locator("#board-grid tbody tr", has=page.locator("th b", has_text=clock))
    number = page.locator("#board-grid thead th").all_inner_texts().index(f"상담실 {room}")
    return row.locator("td").nth(number - 1)


def drag(page: Page, what: Locator, where: Locator) -> None:
    # A tab behind another is drawn once a second.
    page.bring_to_front()
    what.hover()
    page.mouse.down()
    where.hover()
    where.hover()
    page.mouse.up()


def said(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text=re.compile(r".")).last


def place_of(site: Site, match: str = "c1-b1") -> tuple[object, str | None, int, bool]:
    meeting = site.meetings()[match]
    return meeting.slot, meeting.room_id, meeting.revision, meeting.is_pinned


def test_a_session_is_moved_refused_undone_and_pinned_by_keyboard_alone(browser: Browser, tmp_path):
    with on_the_board(browser, tmp_path) as (site, page, complaints):
        found = violations(page)
        expect(page.get_by_role("grid")).to_have_count(1)
        page.locator("#board-grid [tabindex='0']").focus()
        expect(card(page, "c1-b1")).to_be_focused()

        page.keyboard.press("Enter")
        expect(page.locator("td.ok").first).to_be_visible()
        expect(cell(page, "09:00", "r1")).to_have_attribute("aria-selected", "true")
        found += violations(page)
        for key in ("ArrowDown", "ArrowRight"):
            page.keyboard.press(key)
        expect(said(page)).to_contain_text("PT Sample b1")
        page.keyboard.press("Enter")
        expect(said(page)).to_contain_text("이미 예약")
        found += violations(page)
        page.keyboard.press("Escape")
        expect(card(page, "c1-b1")).to_be_focused()
        assert place_of(site) == (a_slot("09:00"), "r1", 0, False)

        page.keyboard.press("Enter")
        expect(page.locator("td.ok").first).to_be_visible()
        for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
            page.keyboard.press(key)
        expect(said(page)).to_contain_text("가능")
        page.keyboard.press("Enter")
        expect(said(page)).to_contain_text("6.24(수) 10:00 KST, 상담실 r2(으)로 옮겼습니다")
        expect(cell(page, "10:00", "r2").locator(".session")).to_be_focused()
        expect(page.get_by_role("link", name="변경 3건 미발송")).to_be_visible()
        expect(card(page, "c1-b1")).to_be_focused()
        assert place_of(site) == (a_slot("10:00"), "r2", 1, False)

        page.keyboard.press("Control+z")
        expect(said(page)).to_contain_text("되돌렸습니다")
        expect(cell(page, "09:00", "r1").locator(".session")).to_be_focused()
        assert place_of(site) == (a_slot("09:00"), "r1", 2, False)
        trail = site.stage.trail("meeting", site.meetings()["c1-b1"].id)
        assert [action for _, action in trail][-2:] == ["move", "move"]

        page.keyboard.press("Space")
        expect(page.get_by_role("dialog")).to_contain_text("남동산업 c1 – PT Sample b1")
        found += violations(page)
        page.get_by_label("화상 접속 링크").fill("javascript:alert(1)")
        page.keyboard.press("Enter")
        expect(page.get_by_label("화상 접속 링크")).to_be_focused()
        expect(page.get_by_role("dialog")).to_contain_text("웹 페이지 주소가 아닙니다.")
        found += violations(page)
        page.get_by_role("button", name="고정", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(card(page, "c1-b1")).to_be_focused()
        expect(card(page, "c1-b1")).to_contain_text("고정")
        assert place_of(site) == (a_slot("09:00"), "r1", 2, True)
    assert found == []
    assert complaints == []


def test_two_coordinators_drag_swap_and_see_each_other_and_a_stale_move_is_refused(
    browser: Browser, tmp_path
):
    with on_the_board(browser, tmp_path) as (site, page, complaints):
        other = page.context.new_page()
        other.goto(page.url)
        other.get_by_role("grid").wait_for()
        other.route("**/board/view*", lambda route: route.abort())

        drag(page, card(page, "c1-b1"), cell(page, "11:00", "r2"))
        expect(cell(page, "11:00", "r2")).to_contain_text("남동산업 c1")
        expect(said(page)).to_contain_text("옮겼습니다")

        drag(other, card(other, "c1-b1"), cell(other, "10:30", "r1"))
        expect(said(other)).to_contain_text("페이지를 여신 뒤에 이 상담이 변경되었습니다")
        other.unroute("**/board/view*")
        expect(cell(other, "11:00", "r2")).to_contain_text("남동산업 c1")
        assert place_of(site) == (a_slot("11:00"), "r2", 1, False)

        waiting = page.locator('#board-tray [data-id="c2-b2"]')
        drag(page, waiting, cell(page, "09:00", "r1"))
        expect(cell(page, "09:00", "r1")).to_contain_text("남동산업 c2")
        expect(cell(other, "09:00", "r1")).to_contain_text("남동산업 c2")
        expect(page.locator("#board-tray .session")).to_have_count(1)

        card(page, "c1-b1").click()
        page.get_by_role("button", name="맞바꾸기…").click()
        card(page, "c2-b2").click()
        expect(cell(page, "11:00", "r2")).to_contain_text("PT Sample b2")
        expect(cell(page, "09:00", "r1")).to_contain_text("PT Sample b1")
        page.get_by_role("button", name="되돌리기").click()
        expect(cell(page, "11:00", "r2")).to_contain_text("PT Sample b1")

        drag(page, card(page, "c2-b2"), page.locator("#board-tray"))
        expect(page.locator("#board-tray .session")).to_have_count(2)
        expect(card(other, "c2-b2")).to_have_count(0)
        assert str(site.meetings()["c2-b2"].state) == "cancelled"

        drag(page, card(page, "c2-b1"), cell(page, "11:00", "r1"))
        expect(said(page)).to_contain_text("이미 예약")
        assert place_of(site, "c2-b1") == (a_slot("09:30"), "r2", 0, False)

        page.get_by_label("찾기").fill("통역사 i2")
        expect(card(page, "c1-b1")).to_have_class(re.compile(r"\boff\b"))
        expect(page.get_by_label("찾기")).to_be_focused()
        expect(page.locator("a[data-day]")).to_contain_text("1건 찾음")
    assert complaints == []


def test_a_finger_that_rests_on_a_session_of_a_draft_picks_it_up(browser: Browser, tmp_path):
    with served(tmp_path, is_published=False) as (site, address):
        page = browser.new_page(viewport=PHONE, color_scheme="dark", locale="ko-KR", has_touch=True)
        log_in(page, address)
        page.goto(address + BOARD)
        card(page, "c1-b1").scroll_into_view_if_needed()
        touch = page.context.new_cdp_session(page)

        def finger(kind: str, where: Locator | None = None) -> None:
            box = where.bounding_box() if where is not None else None
            points = [{"x": box["x"] + 30, "y": box["y"] + 30}] if box else []
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        finger("touchStart", card(page, "c1-b1"))
        expect(cell(page, "10:00", "r1")).to_have_class(re.compile(r"\bok\b"))
        found = violations(page)
        finger("touchMove", cell(page, "10:00", "r1"))
        finger("touchEnd")
        expect(cell(page, "10:00", "r1")).to_contain_text("남동산업 c1")
        expect(said(page)).to_contain_text("10:00 KST")
        found += violations(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        page.reload()
        expect(cell(page, "10:00", "r1")).to_contain_text("남동산업 c1")
        page.close()

    assert found == []
    assert width == PHONE["width"]
    assert site.meetings() == {}
