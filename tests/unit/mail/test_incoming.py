"""Mails that come in: what is found in them, and what cannot be read."""

import pytest

from scheduler.mail.incoming import LARGEST_MAIL, UnreadableMail, read_incoming
from tests.replies import a_reply_calendar, a_reply_mail

CALENDAR = a_reply_calendar()


def test_the_calendar_of_an_answer_is_found() -> None:
    mail = read_incoming(a_reply_mail(CALENDAR, sender="Sari@Mail.Example"))
    assert (mail.sender, mail.subject, mail.calendars) == ("sari@mail.example", "수락됨: 상담", (CALENDAR,))


def test_the_same_calendar_twice_is_found_once() -> None:
    assert read_incoming(a_reply_mail(CALENDAR, CALENDAR)).calendars == (CALENDAR,)


def test_a_calendar_in_a_korean_charset_is_read() -> None:
    korean = CALENDAR.decode().encode("euc-kr", "replace")
    raw = a_reply_mail(korean).replace(b'charset="utf-8"; method', b'charset="euc-kr"; method')
    raw = raw.replace(b'method="REPLY"; charset="utf-8"', b'method="REPLY"; charset="euc-kr"')
    [found] = read_incoming(raw).calendars
    assert "수락: 남동산업" in found.decode()


def test_a_letter_has_no_calendar() -> None:
    assert read_incoming(a_reply_mail(text="언제인가요?")).calendars == ()


@pytest.mark.parametrize(
    ("header", "value", "forged", "automatic"),
    [
        ("Authentication-Results", "mx.example; dmarc=fail (p=reject)", True, False),
        ("Authentication-Results", "mx.example; dmarc=pass", False, False),
        ("Auto-Submitted", "auto-replied", False, True),
        ("Auto-Submitted", "no", False, False),
    ],
)
def test_forged_and_automatic_mail_is_recognised(
    header: str, value: str, forged: bool, automatic: bool
) -> None:
    mail = read_incoming(a_reply_mail(CALENDAR, headers=((header, value),)))
    assert (mail.is_forged, mail.is_automatic) == (forged, automatic)


BROKEN = {
    "nothing": b"",
    "no sender": a_reply_mail(CALENDAR).replace(b"From:", b"X-From:"),
    "two senders": a_reply_mail(CALENDAR).replace(b"From:", b"From: other@mail.example\r\nFrom:"),
    "noise": bytes(range(256)) * 40,
    "too large": b"From: b1@mail.example\r\n\r\n" + b"x" * LARGEST_MAIL,
    "a calendar too large": a_reply_mail(CALENDAR + b"X-NOISE:" + b"x" * 300_000),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_is_refused_with_its_reason(what: str) -> None:
    with pytest.raises(UnreadableMail) as refused:
        read_incoming(BROKEN[what])
    assert refused.value.reason


def test_a_mail_of_a_thousand_parts_is_refused() -> None:
    part = b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    raw = (
        b'From: b1@mail.example\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n'
        + part * 1000
        + b"--x--\r\n"
    )
    with pytest.raises(UnreadableMail):
        read_incoming(raw)
