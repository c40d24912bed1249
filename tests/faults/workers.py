"""Workers as processes of their own, which can be told to die by SIGKILL at a named point."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from scheduler.mail.message import Post
from scheduler.mail.smtp import Security, SmtpPost, SmtpSettings
from scheduler.services.deliver import deliver_all
from scheduler.storage.db import open_database
from tests.services.stage import some_settings

ROOT = Path(__file__).resolve().parent.parent.parent
NEVER, BEFORE_SENDING, AFTER_DATA = "never", "before sending", "after DATA"


class Mortal:
    """A real post whose process dies at one mail, by its number from 1."""

    def __init__(self, post: Post, *, dies: str, at_mail: int) -> None:
        self._post, self._dies, self._at_mail, self._count = post, dies, at_mail, 0

    def send(self, message: EmailMessage) -> None:
        self._count += 1
        if (self._dies, self._count) == (BEFORE_SENDING, self._at_mail):
            os.kill(os.getpid(), signal.SIGKILL)
        self._post.send(message)
        if (self._dies, self._count) == (AFTER_DATA, self._at_mail):
            os.kill(os.getpid(), signal.SIGKILL)


def a_worker(
    folder: Path, port: int, now: datetime, *, dies: str = NEVER, at_mail: int = 1
) -> subprocess.Popen[bytes]:
    """Sends all that is due by `now` to the mail server on this port, then ends."""
    command = [sys.executable, "-m", "tests.faults.workers", str(folder), str(port), now.isoformat()]
    return subprocess.Popen([*command, dies, str(at_mail)], cwd=ROOT)


def main(folder: str, port: str, now: str, dies: str, at_mail: str) -> None:
    settings = some_settings(Path(folder))
    post = SmtpPost(SmtpSettings(host="127.0.0.1", port=int(port), security=Security.NONE))
    db = open_database(settings.database_url, patience_seconds=30)
    mortal = Mortal(post, dies=dies, at_mail=int(at_mail))
    owner = f"process {os.getpid()}"
    deliver_all(db, settings, mortal, now=datetime.fromisoformat(now), owner=owner)


if __name__ == "__main__":
    main(*sys.argv[1:])
