"""A session is moved in the browser: who hears of it, when, and who does not."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from scheduler.invites.read import glance
from scheduler.mail.mailbox import FolderPost
from scheduler.services.deliver import deliver_all
from tests.browser.served import log_in, served
from tests.web.visitors import Site

Told = tuple[str, str, str, int, str]


def mails(site: Site) -> dict[str, Told]:
    """Of each mail in the mailbox: recipient, METHOD, UID, SEQUENCE and start."""
    box = FolderPost(site.stage.settings.mailbox)
    found = {}
    for envelope in box.list_messages(limit=100).messages:
        seen = glance(box.get_message(envelope.name).calendar or b"")
        [entry] = seen.entries
        found[envelope.name] = (
            envelope.recipient.email,
            seen.method,
            entry.uid,
            entry.sequence,
            f"{entry.start_at:%H:%M}",
        )
    return found


def work_off(site: Site) -> dict[str, Told]:
    """What the worker sends by itself until nothing is due; the mails that are new."""
    before = mails(site)
    post = FolderPost(site.stage.settings.mailbox)
    deliver_all(site.stage.db, site.stage.settings, post, now=site.clock(), owner="worker")
    return {name: told for name, told in mails(site).items() if name not in before}


def move(page: Page, address: str, meeting_id: str) -> None:
    page.goto(f"{address}/meetings/{meeting_id}")
    page.get_by_label("시간", exact=True).select_option(index=1)
    page.get_by_role("button", name="변경", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("상담을 변경했습니다.")


def test_a_moved_session_brings_each_person_in_it_one_update_and_nobody_else_anything(
    browser: Browser, tmp_path: Path
) -> None:
    with served(tmp_path) as (site, address):
        invited, meeting = work_off(site), site.meetings()["c1-b1"]
        page = browser.new_page()
        log_in(page, address)
        site.clock.go_on(minutes=5)
        move(page, address, meeting.id)
        untold = work_off(site)
        page.goto(f"{address}/fairs/sample/changes")
        page.get_by_role("button", name="지금 발송").click()
        expect(page.get_by_role("status")).to_contain_text("3통")
        updates, moved = work_off(site), site.meetings()["c1-b1"]
        page.goto(f"{address}/mailbox/")
        subjects = page.locator("tbody th").all_inner_texts()
        page.locator("tbody a").first.click()
        revision = (
            page.locator("dt", has_text="변경 차수").locator("xpath=following-sibling::dd[1]").inner_text()
        )
        page.close()

    people = sorted(told[0] for told in invited.values() if told[2] == meeting.uid)
    assert (len(people), untold) == (3, {})
    assert sorted(updates.values()) == [
        (one, "REQUEST", meeting.uid, 1, f"{moved.slot.start_at:%H:%M}") for one in people
    ]
    assert moved.slot != meeting.slot
    assert len(subjects) == len(invited) + 3
    assert ["변경" in one or "Changed" in one for one in subjects] == [True] * 3 + [False] * len(invited)
    assert revision == "1"
