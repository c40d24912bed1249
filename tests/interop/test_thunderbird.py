"""A real Thunderbird: what it does with our mails, and what comes of the answers that it sends by itself."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest

from scheduler.booking.meeting import Meeting
from scheduler.mail.inbox import ImapInbox, ImapSettings
from scheduler.mail.smtp import Security, SmtpPost, SmtpSettings
from scheduler.services.actor import SYSTEM
from scheduler.services.board_whole import whole_board_of
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all
from scheduler.services.receive_reply import receive
from tests.conftest import missing
from tests.dovecot import PASSWORD, USER, find_dovecot, put, running_dovecot
from tests.interop.dialogue import faults
from tests.interop.test_dialogue import BROKEN, a_dialogue
from tests.interop.thunderbird import SECONDS, Account, Thunderbird, find_thunderbird, running_thunderbird
from tests.services.stage import NOW
from tests.smtp_server import Behaviour, running_smtp_server
from tests.web.visitors import Site, a_site

pytestmark = pytest.mark.skipif(
    os.environ.get("INTEROP") != "all", reason="Thunderbird takes its time to start: make interop drives it"
)
BUYER = Account(email="b1@mail.example", name="Sari Dewi")
ACCEPT, DECLINE, DELETE = "imipAcceptButton", "imipDeclineButton", "imipDeleteButton"


@dataclass(kw_only=True)
class Mails:
    """A mail server, and the mailboxes that it lays what it takes into, as a real one does."""

    behaviour: Behaviour
    smtp_port: int
    imap_port: int
    carried: int = 0

    def carry(self) -> list[bytes]:
        """Brings what has come to the mailboxes of the recipients; those mails."""
        new = self.behaviour.delivered[self.carried :]
        self.carried += len(new)
        for mail in new:
            put(self.imap_port, mail.content, user=mail.recipients[0].partition("@")[0])
        return [mail.content for mail in new]

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + SECONDS
        while len(self.behaviour.delivered) < self.carried + count and time.monotonic() < deadline:
            time.sleep(0.05)


@pytest.fixture
def mails() -> Iterator[Mails]:
    dovecot = find_dovecot()
    if dovecot is None:
        missing("no Dovecot here: install it (Debian: dovecot-imapd)")
    assert dovecot is not None
    with ExitStack() as running:
        folder = running.enter_context(tempfile.TemporaryDirectory(prefix="imap-"))
        behaviour = Behaviour()
        yield Mails(
            behaviour=behaviour,
            smtp_port=running.enter_context(running_smtp_server(behaviour)),
            imap_port=running.enter_context(running_dovecot(dovecot, Path(folder))),
        )


@pytest.fixture
def thunderbird(mails: Mails) -> Iterator[Thunderbird]:
    program = find_thunderbird()
    if program is None:
        missing("no Thunderbird here: install it (Debian: thunderbird), or set THUNDERBIRD=/path/to/it")
    assert program is not None
    account = Account(
        email=BUYER.email, name=BUYER.name, imap_port=mails.imap_port, smtp_port=mails.smtp_port
    )
    with running_thunderbird(program, account) as running:
        yield running


def deliver(site: Site, mails: Mails) -> dict[str, str]:
    """Sends what is due and brings it to the mailboxes; Message-IDs of the buyer's mails by UID."""
    post = SmtpPost(SmtpSettings(host="127.0.0.1", port=mails.smtp_port, security=Security.NONE))
    deliver_all(site.stage.db, site.stage.settings, post, now=NOW, owner="test")
    post.close()
    parsed = [message_from_bytes(one) for one in mails.carry()]
    return {_uid(one): one["Message-ID"] for one in parsed if BUYER.email in one["To"]}


def _uid(mail) -> str:
    calendar = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    lines = calendar.get_payload(decode=True).decode().split("\r\n")
    return next(line for line in lines if line.startswith("UID:")).removeprefix("UID:")


def look(site: Site, mails: Mails) -> None:
    """The program's own look into the mailbox of the fair."""
    mails.carry()
    inbox = ImapInbox(
        ImapSettings(
            host="127.0.0.1", port=mails.imap_port, security=Security.NONE, user=USER, password=PASSWORD
        )
    )
    inbox.look(lambda mail: receive(site.stage.db, mail.raw, now=NOW, size=mail.size))


def answers_on_the_board(site: Site) -> dict[str, dict[str, str]]:
    board = whole_board_of(site.stage.db, site.stage.fair.key)
    entries = [one for table in board.tables for row in table.rows for cell in row.cells for one in cell]
    return {one.meeting.match_id or "": dict(one.answers) for one in entries if one.meeting is not None}


def meetings_of_the_buyer(site: Site) -> tuple[Meeting, Meeting]:
    known = site.meetings()
    return known["c1-b1"], known["c2-b1"]


def test_what_a_buyer_accepts_and_declines_in_thunderbird_stands_on_the_board(
    tmp_path: Path, mails: Mails, thunderbird: Thunderbird
) -> None:
    site = a_site(tmp_path)
    first, second = meetings_of_the_buyer(site)
    invitations = deliver(site, mails)
    thunderbird.press(invitations[first.uid], ACCEPT)
    kept = thunderbird.press(invitations[second.uid], DECLINE)
    mails.wait_for(2)
    look(site, mails)
    assert set(kept) == {first.uid, second.uid}
    assert answers_on_the_board(site) == {
        **{match: {} for match in site.meetings()},
        "c1-b1": {"b1": "accepted"},
        "c2-b1": {"b1": "declined"},
    }
    cancel(site.stage.db, first.id, seen_revision=first.revision, now=NOW, actor=SYSTEM)
    left = thunderbird.press(deliver(site, mails)[first.uid], DELETE)
    assert set(left) == {second.uid}


def test_thunderbird_notices_what_is_wrong_with_a_story(thunderbird: Thunderbird) -> None:
    stories = {what: breakage(a_dialogue()) for what, (breakage, _fault) in BROKEN.items()}
    found = {what: faults(story, thunderbird) for what, story in stories.items()}
    named = {what: any(one.startswith(BROKEN[what][1]) for one in told) for what, told in found.items()}
    assert (faults(a_dialogue(), thunderbird), named) == ((), dict.fromkeys(BROKEN, True))
