"""Mails that come in: what is found in them, and what cannot be read."""

import time

import pytest

from scheduler.mail.incoming import LARGEST_MAIL, UnreadableMail, read_incoming, words_of
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


LABELS = [
    "utf-16",
    "utf-32",
    "x-unknown",
    "base64",
    "punycode",
    "idna",
    "undefined",
    "utf-7",
    "utf\x00-8",
    "",
]


@pytest.mark.parametrize("label", LABELS)
def test_a_charset_that_is_not_true_hides_no_answer(label: str) -> None:
    head = f"From: b1@mail.example\r\nContent-Type: text/calendar; method=REPLY; charset={label}\r\n\r\n"
    [found] = read_incoming(head.encode() + CALENDAR).calendars
    assert b"UID:m1@sangdam\r\n" in found and b"PARTSTAT=ACCEPTED" in found


def test_a_mail_names_what_it_answers() -> None:
    mail = read_incoming(
        a_reply_mail(
            headers=(("In-Reply-To", "<c@x.example>"), ("References", "<a@x.example> <c@x.example>"))
        )
    )
    assert mail.answers_to == ("<c@x.example>", "<a@x.example>")


def test_the_words_of_a_letter_are_read_from_text_or_html() -> None:
    html = (
        b"From: b1@mail.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<style>p{}</style><script>x()</script><p>2 &lt; 3 &amp; ok</p>"
    )
    assert (
        words_of(a_reply_mail(text="안녕하세요.\n\n\n\n  2시는   어떤가요?\n"))
        == "안녕하세요.\n\n2시는 어떤가요?"
    )
    assert words_of(html) == "2 < 3 & ok"
    assert words_of(b"From: b1@mail.example\r\nContent-Type: image/png\r\n\r\nx") == ""
    assert len(words_of(a_reply_mail(text="x " * 9000))) == 4000


# What the standard library needs for these grows with the square of their length, or faster.
BOMBS = {
    "parts within parts": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (one, one) for one in range(100)
    )
    + b"\r\n\r\n"
    + b"x\r\n" * 300_000,
    "mails within mails": b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "a type of semicolons": b"Content-Type: text/calendar" + b";" * 3_000_000,
    "a type folded a hundred thousand times": b"Content-Type: text/calendar;" + b"\r\n x=y;" * 100_000,
    "a subject of half words": b"Subject: " + b"=?a?q?" * 500_000,
    "a subject in Punycode": b"Subject: =?punycode?q?" + b"b9a" * 500_000 + b"?=",
    "a recipient of brackets": b"From: " + b"(" * 1_000_000,
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_mail_made_to_keep_the_reader_busy_is_refused_at_once(what: str) -> None:
    raw = b"From: b1@mail.example\r\n" + BOMBS[what] + b"\r\n\r\n"
    began = time.process_time()
    with pytest.raises(UnreadableMail):
        read_incoming(raw)
    assert time.process_time() - began < 5


def test_a_calendar_in_punycode_is_read_as_what_it_is() -> None:
    content = b"BEGIN:VCALENDAR-" + b"b9a" * 80_000
    head = b"From: b1@mail.example\r\nContent-Type: text/calendar; charset=punycode\r\n\r\n"
    began = time.process_time()
    assert read_incoming(head + content).calendars == (content + b"\r\n",)
    assert time.process_time() - began < 1


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
