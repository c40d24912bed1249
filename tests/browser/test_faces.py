"""Buyers, interpreters and screens in a real Chromium: by keyboard, on a phone, when the network drops."""

import os

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from scheduler.services.actor import SYSTEM
from scheduler.services.book import book
from scheduler.services.display import make_display
from scheduler.services.move import Target, move
from scheduler.services.proposals import propose
from scheduler.storage import answers, people
from scheduler.storage.proposals import list_proposals
from tests.browser.served import log_in, served, serving
from tests.builders import FIRST_DAY, a_slot
from tests.chromium import find_chromium
from tests.services.stage import NOW
from tests.web.test_roles import COHOST, a_site_with_a_cohost
from tests.web.visitors import COORDINATOR, INTERPRETER, Site

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
AT_NINE = 7 * 24 - 3 + 0.1


def complaints(page: Page) -> list[str]:
    """What axe finds, one line each, and whether the page is wider than its window."""
    found = Axe().run(page).response["violations"]
    lines = [f"{page.url} {one['id']}: {node['html'][:140]}" for one in found for node in one["nodes"]]
    width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [*lines, f"{page.url} is {width} wide"] if width > window else lines


def listen(page: Page, said: list[str]) -> None:
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console", lambda line: said.append(line.text) if "Content Security Policy" in line.text else None
    )


def said_to(site: Site) -> dict[str, tuple[str, str]]:
    stored = {one.id: key for key, one in site.meetings().items()}
    with site.stage.db.read() as work:
        known = answers.answers_standing(work, list(stored))
    return {f"{stored[one.meeting_id]} {one.recipient_id}": (one.partstat, one.comment) for one in known}


IS_WHOLE = "document.documentElement.scrollHeight <= innerHeight"


def test_a_buyer_in_jakarta_confirms_by_keyboard_and_marks_free_times(browser: Browser, tmp_path):
    said: list[str] = []
    with served(tmp_path) as (site, address):
        page = browser.new_context(viewport=WIDE, timezone_id="Asia/Tokyo").new_page()
        listen(page, said)
        link = address + site.buyer_path()
        page.goto(f"{link}?lang=id")
        said += complaints(page)
        page.get_by_role("button", name="Saya hadir", exact=True).first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".visit").first).to_contain_text("Jawaban Anda: hadir")
        expect(page.locator(":target")).to_have_attribute("tabindex", "-1")
        said += complaints(page)

        page.get_by_role("button", name="Tampilkan zona itu").click()
        expect(page.locator(".visit .when").first).to_contain_text("09:00–09:30")
        expect(page.locator(".zone-notice")).to_contain_text("Jakarta WIB (UTC+7)")

        page.goto(f"{link}/free?lang=en")
        boxes = page.locator("[data-paint] input")
        boxes.first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        page.keyboard.press("Shift+ArrowDown")
        expect(boxes.nth(2)).to_be_focused()
        assert [box.is_checked() for box in boxes.all()] == [False, False, False, True, True, True]
        first, last = boxes.nth(3).bounding_box(), boxes.nth(5).bounding_box()
        assert first and last
        page.mouse.move(first["x"] + 9, first["y"] + 9)
        page.mouse.down()
        page.mouse.move(last["x"] + 9, last["y"] + 9, steps=12)
        page.mouse.up()
        page.locator("[data-paint] label").nth(4).click()
        assert [box.is_checked() for box in boxes.all()] == [False, False, False, False, True, False]
        expect(page.locator("[data-paint-said]")).to_have_text("1 marked")
        said += complaints(page)
        page.get_by_role("button", name="Send my free times").press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Your free times have been sent")
        with site.stage.db.read() as work:
            [proposal] = list_proposals(work, ("open",))
        page.context.close()

    assert said == []
    assert proposal.slots == (a_slot("11:00"),)
    assert said_to(site) == {"c1-b1 b1": ("accepted", "")}


def test_a_buyer_in_dallas_declines_on_a_phone_and_every_page_holds_in_arabic(browser: Browser, tmp_path):
    said: list[str] = []
    with served(tmp_path) as (site, address):
        wish = site.stage.wish("c1-b2", "10:00")
        book(site.stage.db, site.stage.settings, wish, now=NOW, actor=SYSTEM)
        context = browser.new_context(
            viewport=PHONE, color_scheme="dark", has_touch=True, timezone_id="America/Chicago"
        )
        page = context.new_page()
        listen(page, said)
        link = address + site.buyer_path("b2")
        page.goto(link)
        expect(page.locator(".visit")).to_contain_text("20:00–20:30")
        expect(page.locator(".visit")).to_contain_text("the next day 10:00 KST")
        expect(page.locator("h2").first).to_contain_text("Tue 23 Jun 2026")
        page.get_by_text("Add a word to the organiser").tap()
        page.get_by_label("A word to the organiser").fill("At a fair in Las Vegas")
        page.get_by_role("button", name="I cannot come").tap()
        expect(page.locator(".visit")).to_contain_text("You said: I cannot come")
        page.get_by_role("link", name="Mark when you could come instead").tap()
        page.locator("[data-paint] label").nth(1).tap()
        page.get_by_role("button", name="Send my free times").tap()
        expect(page.get_by_role("status").first).to_contain_text("have been sent")
        for part in ("", "/free", "/settings", "/check"):
            page.goto(f"{link}{part}?lang=ar")
            said += complaints(page)
            assert page.evaluate("document.documentElement.dir") == "rtl"
        clock = page.goto(f"{link}?lang=ar") and page.locator(".visit .when b").bounding_box()
        name = page.locator(".visit .who").bounding_box()
        context.close()

    assert said == []
    assert said_to(site) == {"c1-b2 b2": ("declined", "At a fair in Las Vegas")}
    assert clock and name
    assert clock["x"] + clock["width"] > PHONE["width"] / 2


def test_camera_and_microphone_are_tried_and_a_refusal_is_explained(browser: Browser, tmp_path):
    chromium = find_chromium()
    flags = ["--use-fake-device-for-media-stream", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    allowed = ["--use-fake-ui-for-media-stream"]
    said: list[str] = []
    with served(tmp_path) as (site, address):
        for more, words in ((allowed, "Camera and microphone work."), ([], "was not allowed to use them")):
            fake = browser.browser_type.launch(executable_path=chromium, args=[*flags, *more])
            page = fake.new_page(viewport=WIDE)
            listen(page, said)
            page.goto(f"{address}{site.buyer_path()}/check?lang=en")
            page.get_by_role("button", name="Start the test").press("Enter")
            expect(page.locator("[data-said]")).to_contain_text(words)
            if more:
                expect(page.get_by_role("button", name="Stop")).to_be_focused()
                expect(page.locator("[data-heard-said]")).to_have_text("We hear you: the microphone works.")
                page.wait_for_function("document.querySelector('video').videoWidth > 0")
                said += complaints(page)
                page.keyboard.press("Enter")
                expect(page.get_by_role("button", name="Start the test")).to_be_focused()
            fake.close()

    assert said == []


def test_an_interpreter_falls_ill_and_paints_the_week(browser: Browser, tmp_path):
    said: list[str] = []
    with served(tmp_path) as (site, address):
        page = browser.new_page(viewport=PHONE)
        listen(page, said)
        log_in(page, address, INTERPRETER)
        page.wait_for_url("**/interpreter/")
        said += complaints(page)
        page.get_by_text("담당자에게 메시지 남기기").click()
        page.get_by_label("담당자에게 남길 말").fill("감기")
        page.get_by_role("button", name="맡을 수 없습니다").press("Enter")
        expect(page.locator(".stop")).to_contain_text("맡을 수 없다고 회신함")
        said += complaints(page)

        page.set_viewport_size(WIDE)
        page.goto(f"{address}/interpreter/hours")
        said += complaints(page)
        box = page.get_by_label("수 09:00–09:30")
        box.focus()
        page.keyboard.press("Space")
        for _ in range(3):
            page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_label("목 10:30–11:00")).to_be_focused()
        page.get_by_role("button", name="근무 가능 시간 저장").press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("근무 가능 시간을 저장했습니다.")
        page.get_by_role("button", name="날짜 추가").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("날짜를 선택해 주세요.")
        said += complaints(page)
        page.close()
        with site.stage.db.read() as work:
            hours = people.get_resource(work, "i1", site.stage.fair.id).hours

    assert said == []
    assert said_to(site) == {"c1-b1 i1": ("declined", "감기")}
    assert [one.text() for one in hours.weekly[FIRST_DAY.weekday()]] == ["00:00-09:00", "11:00-24:00"]


def test_the_screen_at_the_door_follows_a_move_and_outlives_the_network(browser: Browser, tmp_path):
    said: list[str] = []
    with served(tmp_path) as (site, address):
        db, settings = site.stage.db, site.stage.settings
        path = make_display(db, settings, "sample", "r1", now=NOW, actor=SYSTEM).removeprefix(
            settings.base_address
        )
        site.clock.go_on(hours=AT_NINE)
        context = browser.new_context(viewport=WIDE)
        page = context.new_page()
        listen(page, said)
        with page.expect_response("**/*.json*"):
            page.goto(f"{address}{path}?lang=en")
        expect(page.locator("[data-now]")).to_contain_text("Namdong c1")
        expect(page.locator("[data-later]")).to_contain_text("Nothing more today or tomorrow")
        said += complaints(page)

        other = site.meetings()["c2-b1"]
        target = Target(slot=a_slot("10:00"), room_id="r1")
        move(db, settings, other.id, target, seen_revision=other.revision, now=site.clock(), actor=SYSTEM)
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(page.locator("[data-later]")).to_contain_text("10:00–10:30 KST")
        expect(page.locator("[data-later]")).to_contain_text("08:00 WIB")
        for size in ((1280, 720), (1920, 1080)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            said += [] if page.evaluate(IS_WHOLE) else [f"a screen of {size} has to be scrolled"]

        context.set_offline(True)
        expect(page.locator("[data-lost-line]")).to_contain_text("No connection since 09:06")
        expect(page.locator("[data-now]")).to_contain_text("Namdong c1")
        page.evaluate("ahead += 3600000")
        expect(page.locator("[data-now]")).to_contain_text("Namdong c2")
        said += complaints(page)
        context.set_offline(False)
        expect(page.locator("[data-lost-line]")).to_be_hidden()
        expect(page.locator("[data-now]")).to_contain_text("Namdong c1")
        context.close()

    assert [one for one in said if "ERR_INTERNET_DISCONNECTED" not in one] == []


def test_the_pages_around_them_pass_too_errors_and_empty_ones_as_well(browser: Browser, tmp_path):
    said: list[str] = []
    with serving(a_site_with_a_cohost(tmp_path, "b1", base_address="http://127.0.0.1")) as (site, address):
        sent = {str(int(a_slot("11:00").start_at.timestamp()))}
        made = propose(site.stage.db, "b1", "fair-1", sent, comment="afternoons", now=NOW, actor=SYSTEM)
        context = browser.new_context(viewport=PHONE, color_scheme="dark", locale="ko-KR")
        page = context.new_page()
        listen(page, said)
        for email, paths in {
            COHOST: ("/cohost/", "/cohost/sample/b1", "/cohost/sample/b1/free"),
            COORDINATOR: (
                *("/proposals/", f"/proposals/{made.id}", "/fairs/sample/cohosts/"),
                "/fairs/sample/participants/?tab=rooms",
            ),
        }.items():
            log_in(page, address, email)
            for path in paths:
                page.goto(address + path)
                said += complaints(page)
            context.clear_cookies()
        link = address + site.buyer_path()
        page.goto(f"{link}/free?lang=en")
        page.evaluate(
            "document.querySelectorAll('[data-paint] input').forEach((box) => { box.checked = false; })"
        )
        page.get_by_role("button", name="Send my free times").click()
        expect(page.get_by_role("alert")).to_contain_text("Mark at least one time when you are free.")
        said += complaints(page)
        page.goto(f"{link}/settings?lang=en")
        page.evaluate("document.querySelector('#zone').selectedOptions[0].value = 'Mars/Olympus'")
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_role("alert")).to_contain_text("Choose one of the time zones in the list.")
        said += complaints(page)

        context.clear_cookies()
        site.clock.go_on(days=8)
        for email, path, button in (
            (INTERPRETER, "/interpreter/worked/2026-06", "맞습니다, 서명합니다"),
            (COORDINATOR, "/hours/2026-06/i1", "확인 서명"),
        ):
            log_in(page, address, email)
            page.goto(
                f"{address}/interpreter/worked/2026-01"
                if email == INTERPRETER
                else f"{address}/hours/2026-06/"
            )
            said += complaints(page)
            page.goto(address + path)
            page.get_by_label("서명을 대신하는 이름").fill("")
            page.get_by_role("button", name=button, exact=True).click()
            expect(page.locator(".fault")).to_contain_text("서명을 대신할 이름을 적어 주세요.")
            said += complaints(page)
            page.get_by_label("서명을 대신하는 이름").fill("김하나")
            page.get_by_role("button", name=button, exact=True).press("Enter")
            expect(page.locator(".signature").last).to_have_text("김하나")
            said += complaints(page)
            context.clear_cookies()
        context.close()

    assert said == []
