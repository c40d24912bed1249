"""A day with the demonstration of 204 sessions, in a real browser: an interpreter falls ill, a session is moved.

What each mailbox gets is compared with what the preview named; everybody else's has to stay as it was.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from scheduler.cli.demo import DEFAULT_KEY
from scheduler.invites.read import glance
from scheduler.mail.mailbox import FolderPost
from scheduler.services.notices import recipients_of
from scheduler.services.session_facts import contact_of
from scheduler.settings import read_settings
from scheduler.storage.db import open_database
from scheduler.storage.meetings import get_meeting
from scheduler.storage.people import resources_by_id
from scheduler.timezones.clock import utc_now
from tests.command_line import CommandLine
from tests.programs import built_in_server, until


@dataclass(frozen=True, kw_only=True)
class Told:
    """One calendar part: whose, how, which session, and its revision."""

    email: str
    method: str
    uid: str
    sequence: int


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """A demonstration that is served, and what lies in its mailbox."""

    address: str
    instance: Path
    login: Mapping[str, str]

    @property
    def box(self) -> FolderPost:
        return FolderPost(read_settings({}, instance=self.instance, demo=True).mailbox)

    def mails(self) -> dict[str, Told]:
        found = {}
        for envelope in self.box.list_messages(limit=10_000).messages:
            seen = glance(self.box.get_message(envelope.name).calendar or b"")
            [entry] = seen.entries
            found[envelope.name] = Told(
                email=envelope.recipient.email, method=seen.method, uid=entry.uid, sequence=entry.sequence
            )
        return found

    def people_in(self, uid: str) -> set[str]:
        """The addresses of those who are in a session by now."""
        db = open_database(read_settings({}, instance=self.instance, demo=True).database_url)
        with db.read() as work:
            meeting = get_meeting(work, uid.partition("@")[0])
            found = resources_by_id(work, recipients_of(meeting)).values()
        db.dispose()
        return {contact_of(one).email for one in found}

    def after(self, before: Mapping[str, Told], count: int) -> list[Told]:
        """What the worker has sent since, when it is as many as expected and nothing follows any more."""
        until(lambda: self.box.list_messages(limit=1).total >= len(before) + count)
        time.sleep(3)
        return [told for name, told in self.mails().items() if name not in before]


@contextmanager
def a_demonstration(folder: Path) -> Iterator[Demonstration]:
    words = ("demo", DEFAULT_KEY, "--no-serve", "--json", "--seconds", "20")
    facts = CommandLine(instance=folder, clock=utc_now)(*words).json
    login = next(one for one in facts["logins"] if one["role"] == "coordinator")
    with built_in_server({**os.environ, "SANGDAM_INSTANCE": str(folder)}, with_worker=True) as web:
        yield Demonstration(address=f"http://127.0.0.1:{web.port}", instance=folder, login=login)


def log_in(page: Page, shown: Demonstration) -> None:
    page.goto(f"{shown.address}/login")
    page.get_by_label("이메일").fill(shown.login["email"])
    page.get_by_label("비밀번호").fill(shown.login["password"])
    page.get_by_role("button", name="로그인").click()
    page.wait_for_url(lambda url: "/login" not in url)


def named_in_the_preview(page: Page) -> dict[str, Counter[str]]:
    """By address: how many invitations, changes and cancellations the page says they will get."""
    rows = page.locator("table", has=page.locator("caption", has_text="누가 무엇을 받나")).locator("tbody tr")
    found = {}
    for row in rows.all():
        email, *counts = row.locator("td").all_inner_texts()
        kinds = zip(("invitation", "change", "cancellation"), map(int, counts), strict=True)
        found[email] = Counter({kind: count for kind, count in kinds if count})
    return found


def kind_of(told: Told, before: Mapping[str, Told]) -> str:
    if told.method == "CANCEL":
        return "cancellation"
    known = any((one.email, one.uid) == (told.email, told.uid) for one in before.values())
    return "change" if known else "invitation"


@pytest.mark.long
def test_on_the_demonstration_an_absence_and_a_move_reach_those_concerned_and_nobody_else(
    browser: Browser, tmp_path: Path
) -> None:
    with a_demonstration(tmp_path) as shown:
        invited = shown.mails()
        page = browser.new_page()
        log_in(page, shown)

        page.goto(f"{shown.address}/fairs/{DEFAULT_KEY}/participants/?tab=interpreters")
        page.locator("a[href*='/replan/absence/']").first.click()
        page.locator("#on").select_option(index=2)
        page.get_by_role("button", name="변경 내용 보기").click()
        expect(page.get_by_role("heading", name="변경 미리보기")).to_be_visible(timeout=60_000)
        proved = page.locator(".notice.good").inner_text()
        named = named_in_the_preview(page)
        page.get_by_role("button", name="적용하고").click()
        expect(page.get_by_role("status").first).to_contain_text("보내고 있습니다.")
        of_the_absence = shown.after(invited, sum(one.total() for one in named.values()))
        known = shown.mails()

        page.goto(f"{shown.address}/fairs/{DEFAULT_KEY}/board/")
        cards = page.locator("#board-grid .session")
        for path in [str(one.get_attribute("href")) for one in cards.all()]:
            page.goto(shown.address + path)
            # In a grid this full not every session has another time to go to.
            if page.locator("#slot option").count() > 1:
                break
        uid = f"{urlsplit(page.url).path.rpartition('/')[2]}@sangdam"
        before = shown.people_in(uid)
        page.locator("#slot").select_option(index=1)
        page.get_by_role("button", name="변경", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("상담을 변경했습니다.")
        page.goto(f"{shown.address}/fairs/{DEFAULT_KEY}/changes")
        page.get_by_role("button", name="지금 발송").click()
        concerned = before | shown.people_in(uid)
        expect(page.get_by_role("status")).to_contain_text(f"{len(concerned)}통")
        of_the_move = shown.after(known, len(concerned))
        page.close()

    assert "증명" in proved
    told: dict[str, Counter[str]] = {}
    for one in of_the_absence:
        told.setdefault(one.email, Counter())[kind_of(one, invited)] += 1
    assert told == named
    assert {one.sequence for one in of_the_absence} == {1}
    stays, joins, leaves = before & shown.people_in(uid), concerned - before, concerned - shown.people_in(uid)
    assert len(stays) >= 2
    revision = 1 + max(one.sequence for one in known.values() if one.uid == uid)
    assert sorted((one.email, one.method, one.uid, one.sequence) for one in of_the_move) == sorted(
        [(email, "REQUEST", uid, revision) for email in stays | joins]
        + [(email, "CANCEL", uid, revision) for email in leaves]
    )
