"""The embedded mailbox, in a real folder."""

import os
from concurrent.futures import ProcessPoolExecutor
from email.message import EmailMessage
from multiprocessing import get_context
from pathlib import Path

import pytest

from scheduler.booking.errors import NotFound
from scheduler.mail.headers import POLICY, BadHeader, Mailbox
from scheduler.mail.mailbox import Envelope, FolderPost, Page
from scheduler.mail.message import PassingFailure
from tests.builders import utc
from tests.messages import CALENDAR, a_message


def files_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.is_file())


def a_mailbox_of(folder: Path, count: int) -> FolderPost:
    """Mails numbered from 1, each a minute after the one before."""
    post = FolderPost(folder)
    for number in range(1, count + 1):
        post.send(a_message(number, subject=f"Mail {number}", sent_at=utc(2026, 6, 1, 3, number)))
    return post


def test_a_mail_becomes_a_file_named_after_its_time(tmp_path: Path) -> None:
    message = a_message()
    FolderPost(tmp_path / "mailbox").send(message)
    [name] = files_in(tmp_path / "mailbox")
    assert name.startswith("20260601T033000Z-") and name.endswith(".eml")
    assert (tmp_path / "mailbox" / name).read_bytes() == message.as_bytes(policy=POLICY)


def test_the_same_message_id_makes_one_file(tmp_path: Path) -> None:
    post = FolderPost(tmp_path)
    post.send(a_message(1))
    post.send(a_message(1, sent_at=utc(2026, 7, 1), subject="again"))
    FolderPost(tmp_path).send(a_message(1))
    assert [message.sent_at for message in post.list_messages(limit=10).messages] == [utc(2026, 6, 1, 3, 30)]


def test_a_delivery_killed_before_its_file_is_finished_by_the_repeat(tmp_path: Path) -> None:
    post = FolderPost(tmp_path)
    post.send(a_message(1))
    [name] = files_in(tmp_path)
    (tmp_path / name).unlink()
    post.send(a_message(1, sent_at=utc(2026, 7, 1)))
    assert files_in(tmp_path) == [name]


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    FolderPost(tmp_path / "mailbox").send(a_message())
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "mailbox").iterdir()}
    [name] = files_in(tmp_path / "mailbox")
    assert ((tmp_path / "mailbox").stat().st_mode & 0o777, modes) == (0o700, {"by-id": 0o700, name: 0o600})


def deliver(folder: Path) -> None:
    post = FolderPost(folder)
    for number in range(20):
        post.send(a_message(number, sent_at=utc(2026, 6, 1, 3, os.getpid() % 60)))


def test_several_processes_deliver_each_mail_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        list(pool.map(deliver, [tmp_path] * 3))
    page = FolderPost(tmp_path).list_messages(limit=100)
    assert sorted(message.message_id for message in page.messages) == sorted(
        f"<message{number}@sangdam.example>" for number in range(20)
    )
    assert not [name for name in files_in(tmp_path) if not name.endswith(".eml")]


def test_an_empty_mailbox_lists_nothing(tmp_path: Path) -> None:
    assert FolderPost(tmp_path / "mailbox").list_messages(limit=10) == Page(messages=(), older=None, total=0)


def test_a_mail_in_the_list(tmp_path: Path) -> None:
    post = FolderPost(tmp_path)
    message = a_message(
        subject="[초대] (주)한빛 × PT Maju Jaya, 6.24(수) 09:00 KST · 07:00 WIB",
        recipient=Mailbox(email="sari@maju.example", name="사리 데위, “대표”" * 5),
    )
    post.send(message)
    [name] = files_in(tmp_path)
    assert post.list_messages(limit=10).messages == (
        Envelope(
            name=name,
            message_id="<message1@sangdam.example>",
            sent_at=utc(2026, 6, 1, 3, 30),
            sender=Mailbox(email="fair@namdong.example", name="남동구 수출상담회"),
            recipient=Mailbox(email="sari@maju.example", name="사리 데위, “대표”" * 5),
            subject="[초대] (주)한빛 × PT Maju Jaya, 6.24(수) 09:00 KST · 07:00 WIB",
            size=len(message.as_bytes(policy=POLICY)),
        ),
    )


def test_pages_follow_one_another_newest_first(tmp_path: Path) -> None:
    post = a_mailbox_of(tmp_path, 5)
    pages, before = [], None
    while True:
        page = post.list_messages(limit=2, before=before)
        pages.append(([message.subject for message in page.messages], page.total))
        before = page.older
        if before is None:
            break
    assert pages == [(["Mail 5", "Mail 4"], 5), (["Mail 3", "Mail 2"], 5), (["Mail 1"], 5)]


def test_a_last_page_that_is_just_full_has_none_after_it(tmp_path: Path) -> None:
    assert a_mailbox_of(tmp_path, 2).list_messages(limit=2).older is None


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    post = a_mailbox_of(tmp_path, 1)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / ".new-abc").write_text("half")
    assert post.list_messages(limit=10).total == 1


def test_a_mail_taken_apart(tmp_path: Path) -> None:
    post, message = FolderPost(tmp_path), a_message(text="안녕\n세계\n", html="<p>안녕</p>")
    post.send(message)
    [envelope] = post.list_messages(limit=1).messages
    stored = post.get_message(envelope.name)
    assert (stored.envelope, stored.text, stored.html) == (envelope, "안녕\n세계\n", "<p>안녕</p>")
    assert (stored.calendar, stored.calendar_method) == (CALENDAR, "REQUEST")
    assert stored.raw == message.as_bytes(policy=POLICY)


def test_a_mail_without_a_calendar_has_none(tmp_path: Path) -> None:
    post = FolderPost(tmp_path)
    post.send(a_message(calendar=None))
    stored = post.get_message(post.list_messages(limit=1).messages[0].name)
    assert (stored.calendar, stored.calendar_method) == (None, "")


def test_html_is_harmless_when_shown(tmp_path: Path) -> None:
    post = FolderPost(tmp_path)
    attack = (
        '<!doctype html><html><head><title>t</title><style>p{}</style></head><body onload="x()">'
        '<p style="color:#111;background:url(https://x.example/1);padding:1px" onclick="x()">'
        "Hi<script>x()</script></p>"
        '<img src="https://x.example/pixel.gif"><iframe src="https://x.example"></iframe>'
        '<form action="https://x.example"><input name="a"></form><svg onload="x()"></svg>'
        '<a href="javascript:x()">a</a><a href="https://ok.example/">b</a><base href="https://x.example">'
        "</body></html>"
    )
    post.send(a_message(html=attack))
    assert post.get_message(post.list_messages(limit=1).messages[0].name).html.strip() == (
        '<p style="color:#111;padding:1px">Hi</p>'
        '<a rel="noopener noreferrer">a</a><a href="https://ok.example/" rel="noopener noreferrer">b</a>'
    )


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../secret.eml",
        "/etc/passwd",
        "by-id",
        "20260601T033000Z-" + "0" * 32 + ".eml",
        "20260601T033000Z-" + "0" * 32 + ".eml\n",
        "20260601T033000Z-../../" + "0" * 26 + ".eml",
    ],
)
def test_there_is_no_such_mail(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        a_mailbox_of(tmp_path, 1).get_message(name)


STRANGE = {
    "nothing at all": b"",
    "no headers": b"\r\n\r\nhello",
    "an unknown charset": b"Subject: =?x-unknown?b?AAAA?=\r\nContent-Type: text/plain; charset=x-unknown\r\n\r\nhello",
    "a broken date": b"Date: someday\r\nFrom: <<>>\r\nTo: \r\nSubject: =?utf-8?b?%%%?=\r\n\r\nhello",
    "a multipart without parts": b"Content-Type: multipart/mixed; boundary=x\r\n\r\nhello",
    "raw octets": b"Subject: \xff\xfe\r\nTo: \xed\x95\x9c <a@b.example>\r\n\r\n\xff",
    "a date without a zone": b"Date: Mon, 01 Jun 2026 03:30:00\r\n\r\nhello",
}


@pytest.mark.parametrize("what", STRANGE)
def test_a_strange_file_is_shown_as_far_as_it_goes(tmp_path: Path, what: str) -> None:
    name = "20260601T033000Z-" + "a" * 32 + ".eml"
    (tmp_path / name).write_bytes(STRANGE[what])
    post = FolderPost(tmp_path)
    [envelope] = post.list_messages(limit=10).messages
    stored = post.get_message(name)
    assert (envelope.name, stored.envelope.name, stored.raw) == (name, name, STRANGE[what])


@pytest.mark.parametrize("header", ["Message-ID", "Date"])
def test_a_mail_without_name_or_time_is_refused(tmp_path: Path, header: str) -> None:
    message: EmailMessage = a_message()
    del message[header]
    with pytest.raises(BadHeader) as refused:
        FolderPost(tmp_path).send(message)
    assert refused.value.header == header


def test_a_folder_that_cannot_be_written_is_a_passing_failure(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("a file where the folder should be")
    with pytest.raises(PassingFailure) as failed:
        FolderPost(tmp_path / "mailbox").send(a_message())
    assert failed.value.recipient == "sari@maju.example"


def test_nothing_half_written_stays_behind_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    post = FolderPost(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PassingFailure, match="No space left"):
        post.send(a_message())
    assert files_in(tmp_path) == []
    monkeypatch.undo()
    post.send(a_message())
    assert len(files_in(tmp_path)) == 1
