"""A real Dovecot on loopback with a mailbox for each user, gone without a trace afterwards."""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD = "fair", "invented"
START_SECONDS = 20
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 0
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def find_dovecot() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def running_dovecot(program: str, folder: Path) -> Iterator[int]:
    """The port of a server that lets in every user by PASSWORD, until the end of the block."""
    port = _free_port()
    configuration = folder / "dovecot.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, password=PASSWORD, **_accounts()))
    _make_reachable(folder)
    server = subprocess.Popen(
        [program, "-F", "-c", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(server, port, folder)
        yield port
    finally:
        server.terminate()
        server.wait(START_SECONDS)


def put(port: int, *mails: bytes, user: str = USER) -> None:
    """Lays mails into a mailbox, unseen."""
    with imaplib.IMAP4("127.0.0.1", port) as client:
        client.login(user, PASSWORD)
        for mail in mails:
            client.append("INBOX", None, None, mail)


def unseen(port: int) -> int:
    with imaplib.IMAP4("127.0.0.1", port) as client:
        client.login(USER, PASSWORD)
        client.select("INBOX", readonly=True)
        return len(client.search(None, "UNSEEN")[1][0].split())


def _accounts() -> dict[str, str | int]:
    """As root Dovecot lowers itself to accounts of its own; otherwise all is the one who tests."""
    me = getpass.getuser()
    known = {one.pw_name for one in pwd.getpwall()}
    is_root = os.geteuid() == 0
    group = "dovecot" if is_root else _group_of(me)
    return {
        "internal": "dovecot" if is_root and "dovecot" in known else me,
        "login": "dovenull" if is_root and "dovenull" in known else me,
        "group": group,
        "uid": 65534 if is_root else os.getuid(),
        "gid": 65534 if is_root else os.getgid(),
    }


def _group_of(name: str) -> str:
    return grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name


def _make_reachable(folder: Path) -> None:
    (folder / "mail").mkdir()
    if os.geteuid() == 0:
        os.chown(folder / "mail", 65534, 65534)
        for each in (folder, *folder.parents):
            if each.stat().st_uid == 0 and each != Path("/") and not each.stat().st_mode & 0o001:
                each.chmod(each.stat().st_mode | 0o011)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with imaplib.IMAP4("127.0.0.1", port, timeout=5) as client:
                client.login(USER, PASSWORD)
                return
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.1)
    log = folder / "log"
    raise RuntimeError(log.read_text(errors="replace") if log.exists() else "Dovecot did not start")
