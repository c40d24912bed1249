"""A real Thunderbird without a screen: its reader, its calendar, and its buttons for invitations.

It is driven through Mozilla's remote protocol. The account's mailbox and mail server are on loopback; everything
between "a mail lies in the mailbox" and "an answer came to the mail server" is Thunderbird's own.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.dovecot import PASSWORD
from tests.interop.icaljs import event_from, seen_from
from tests.interop.marionette import Marionette
from tests.interop.seen import Seen, SeenEvent

SCRIPTS = Path(__file__).resolve().parent / "thunderbird_does"
SECONDS = 90.0
"""How long anything may take on a machine that has much else to do."""
_IMPORTS = """
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
"""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whose Thunderbird it is. Ports of a mailbox by IMAP and of a mail server; 0 for somebody who gets no mail."""

    email: str
    name: str
    imap_port: int = 0
    smtp_port: int = 0


class Thunderbird:
    name = "Thunderbird"

    def __init__(self, remote: Marionette, folder: Path) -> None:
        self._remote, self._folder = remote, folder

    def read(self, calendar: bytes) -> Seen:
        return seen_from(self._do("read", calendar.decode()))

    def client(self) -> "OwnCalendar":
        return OwnCalendar(thunderbird=self)

    def live_through(self, calendars: list[bytes]) -> dict[str, SeenEvent]:
        """What an empty calendar of the first one's attendee holds after all of them."""
        if not calendars:
            return {}
        email = self.read(calendars[0]).events[0].attendees[0]
        return _by_uid(self._do("live", [one.decode() for one in calendars], email))

    def subscribe(self, feed: bytes) -> dict[str, SeenEvent]:
        """What a calendar shows that is subscribed to where this feed lies."""
        file = self._folder / "feed.ics"
        file.write_bytes(feed)
        return _by_uid(self._do("subscribe", file.as_uri()))

    def press(self, message_id: str, button: str) -> dict[str, SeenEvent]:
        """Opens this mail and presses the button; what the calendar of the account holds then."""
        return _by_uid(self._do("press", message_id.strip("<>"), button, SECONDS / 2))

    def set_up(self) -> None:
        self._do("set_up", PASSWORD)

    def _do(self, what: str, *given: Any) -> Any:
        parts = (_IMPORTS, _script("events"), _script(what))
        return self._remote.run("\n".join(parts), *given)


@dataclass(kw_only=True)
class OwnCalendar:
    """One person's calendar in Thunderbird, which decides by itself what a message changes in it."""

    thunderbird: Thunderbird
    _received: list[bytes] = field(default_factory=list)
    _feed: bytes | None = None

    def receive(self, calendar: bytes) -> Seen:
        self._received.append(calendar)
        return self.thunderbird.read(calendar)

    def subscribe(self, feed: bytes) -> Seen:
        self._feed = feed
        return self.thunderbird.read(feed)

    @property
    def events(self) -> dict[str, SeenEvent]:
        if self._feed is None:
            return self.thunderbird.live_through(self._received)
        shown = self.thunderbird.subscribe(self._feed)
        # Thunderbird strikes a cancelled event through and leaves it where it is.
        return {uid: event for uid, event in shown.items() if event.status != "CANCELLED"}


def find_thunderbird() -> str | None:
    return os.environ.get("THUNDERBIRD") or shutil.which("thunderbird")


@contextmanager
def running_thunderbird(program: str, account: Account) -> Iterator[Thunderbird]:
    """A fresh profile, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="thunderbird-", ignore_cleanup_errors=True) as folder:
        profile = Path(folder) / "profile"
        profile.mkdir()
        (profile / "user.js").write_text(_preferences(account))
        flags = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
        running = subprocess.Popen(
            [program, *flags, "--profile", str(profile)],
            env={**os.environ, "HOME": folder, "MOZ_CRASHREPORTER_DISABLE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            remote = Marionette(_port(profile, running), seconds=SECONDS)
            driven = Thunderbird(remote, Path(folder))
            driven.set_up()
            yield driven
            remote.quit()
            running.wait(SECONDS)
        finally:
            running.kill()
            running.wait()


def _port(profile: Path, running: subprocess.Popen[bytes]) -> int:
    """Thunderbird asks the system for a port and writes down which it got."""
    file, deadline = profile / "MarionetteActivePort", time.monotonic() + SECONDS
    while not (file.exists() and file.read_text()):
        if running.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("Thunderbird did not start")
        time.sleep(0.05)
    return int(file.read_text())


def _preferences(account: Account) -> str:
    chosen = {
        "marionette.port": 0,
        "mail.accountmanager.accounts": "account1",
        "mail.accountmanager.defaultaccount": "account1",
        "mail.account.account1.server": "server1",
        "mail.account.account1.identities": "id1",
        **_named("mail.server.server1", _imap(account)),
        **_named("mail.identity.id1", _identity(account)),
        "mail.smtpservers": "smtp1",
        "mail.smtp.defaultserver": "smtp1",
        **_named("mail.smtpserver.smtp1", _smtp(account)),
        "calendar.timezone.useSystemTimezone": False,
        "calendar.timezone.local": "Asia/Jakarta",
        "network.proxy.type": 0,
        **_QUIET,
    }
    return "".join(f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in chosen.items())


def _imap(account: Account) -> dict[str, Any]:
    return {
        "type": "imap" if account.imap_port else "none",
        "hostname": "127.0.0.1",
        "port": account.imap_port,
        "userName": account.email.partition("@")[0],
        "name": account.email,
        "socketType": 0,
        "authMethod": 3,
    }


def _identity(account: Account) -> dict[str, Any]:
    sends = {"smtpServer": "smtp1", "fcc": False}
    return {"useremail": account.email, "fullName": account.name, **sends}


def _smtp(account: Account) -> dict[str, Any]:
    return {"hostname": "127.0.0.1", "port": account.smtp_port, "authMethod": 1, "try_ssl": 0}


def _named(prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}.{key}": value for key, value in values.items()}


# Nothing is to be shown, fetched or reported at the first start.
_QUIET = {
    "mailnews.start_page.enabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.spotlight.firstRunDone": True,
    "app.donation.eoy.version.viewed": 999,
    "app.update.disabledForTesting": True,
    "extensions.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


def _script(name: str) -> str:
    return (SCRIPTS / f"{name}.js").read_text()


def _by_uid(events: list[dict[str, object]]) -> dict[str, SeenEvent]:
    return {event.uid: event for event in map(event_from, events)}
