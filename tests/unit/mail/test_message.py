from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.mail.headers import POLICY, BadHeader, Mailbox
from scheduler.mail.message import CalendarPart, compose, message_id_for
from tests.messages import CALENDAR, a_draft, bytes_of

# What may stand in a header: everything but control characters, line separators and lone surrogates.
HEADER_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=200
)


def read_back(octets: bytes) -> EmailMessage:
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def decoded(octets: bytes, header: str) -> str:
    """The header as RFC 2047 has it read, without the standard library's newer, less exact reader."""
    written = str(message_from_bytes(octets)[header])
    return str(make_header(decode_header(written.replace("\r\n", ""))))


def structure(part: EmailMessage) -> Any:
    kind = part.get_content_type()
    return (kind, [structure(one) for one in part.iter_parts()]) if part.is_multipart() else kind


def test_an_invite_as_it_goes_over_the_wire() -> None:
    octets = bytes_of(a_draft(subject="Hello", language="en", text="Hello\n", html="<p>Hello</p>\n"))
    head, _, body = octets.partition(b"\r\n\r\n")
    assert head.decode("ascii").split("\r\n") == [
        "From: =?utf-8?b?64Ko64+Z6rWsIOyImOy2nOyDgeuLtO2ajA==?=",
        " <fair@namdong.example>",
        "To: Sari Dewi <sari@maju.example>",
        "Subject: Hello",
        "Date: Mon, 01 Jun 2026 03:30:00 +0000",
        "Message-ID: <0123456789abcdef@sangdam.example>",
        "Content-Language: en",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="=_0_97e196644f95431f826a7727"',
    ]
    assert body.startswith(b"--=_0_97e196644f95431f826a7727\r\n")


def test_the_calendar_is_one_of_the_alternatives_and_a_file_besides() -> None:
    message = read_back(bytes_of(a_draft()))
    alternatives = ("multipart/alternative", ["text/plain", "text/html", "text/calendar"])
    assert structure(message) == ("multipart/mixed", [alternatives, "application/ics"])
    calendar, file = [part for part in message.walk() if part.get_content_subtype() in {"calendar", "ics"}]
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    assert (file.get_filename(), file.get_content_disposition()) == ("invite.ics", "attachment")
    assert [part.get_payload(decode=True) for part in (calendar, file)] == [CALENDAR, CALENDAR]


def test_a_reminder_has_two_alternatives_and_no_file() -> None:
    message = read_back(bytes_of(a_draft(calendar=None)))
    assert structure(message) == ("multipart/alternative", ["text/plain", "text/html"])


def test_a_reply_address_is_written_when_there_is_one() -> None:
    octets = bytes_of(a_draft(reply_to=Mailbox(email="replies+abc@namdong.example")))
    assert decoded(octets, "Reply-To") == "replies+abc@namdong.example"


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert bytes_of(a_draft()) == bytes_of(a_draft())


def test_the_words_arrive_as_they_were_written() -> None:
    text, html = (
        "안녕하세요\n\n=_0_ =20 --=_0\n.\n.끝\n" + "가" * 2000 + "\n",
        "<p>" + "나 " * 3000 + "</p>\n",
    )
    message = read_back(bytes_of(a_draft(text=text, html=html)))
    bodies = [part for part in message.walk() if part.get_content_maintype() == "text"]
    words = [part.get_payload(decode=True).decode().replace("\r\n", "\n") for part in bodies[:2]]
    assert words == [text, html]


def test_no_text_can_end_its_own_part() -> None:
    text = (
        "Hello\n--=_0_97e196644f95431f826a7727--\n--=_1_97e196644f95431f826a7727--\nContent-Type: text/html\n"
    )
    message = read_back(bytes_of(a_draft(text=text)))
    assert structure(message) == structure(read_back(bytes_of(a_draft())))


@settings(deadline=None)
@given(subject=HEADER_TEXT, sender=HEADER_TEXT, recipient=HEADER_TEXT)
def test_any_name_and_subject_arrives_the_same_within_line_limits(
    subject: str, sender: str, recipient: str
) -> None:
    octets = bytes_of(
        a_draft(
            subject=subject,
            sender=Mailbox(email="fair@namdong.example", name=sender),
            recipient=Mailbox(email="sari@maju.example", name=recipient),
            text=subject,
            html=subject,
        )
    )
    assert max(len(line) for line in octets.split(b"\r\n")) <= 78
    assert octets.isascii() and octets.count(b"\n") == octets.count(b"\r") == octets.count(b"\r\n")
    assert decoded(octets, "Subject") == subject
    assert same_words(mailbox_in(octets, "From"), f"{sender} <fair@namdong.example>")
    assert same_words(mailbox_in(octets, "To"), f"{recipient} <sari@maju.example>")
    assert [str(one.addr_spec) for one in read_back(octets)["To"].addresses] == ["sari@maju.example"]


def mailbox_in(octets: bytes, header: str) -> str:
    """Name and address as they are read, whether the name stands between quotation marks or is encoded."""
    written = str(message_from_bytes(octets)[header]).replace("\r\n", "")
    if not written.startswith('"'):
        return decoded(octets, header)
    [(name, email)] = getaddresses([written])
    return f"{name} <{email}>"


def same_words(one: str, other: str) -> bool:
    """The space before an address is white space of the header, not of the name."""
    return one.rsplit("<", 1)[0].rstrip(" ") + one[-20:] == other.rsplit("<", 1)[0].rstrip(" ") + other[-20:]


@pytest.mark.parametrize(
    "name",
    [
        "한빛전자산업" * 33 + "주식",
        "شركة النور للتجارة " * 10,
        "🎉🇰🇷👨‍👩‍👧‍👦" * 12,
        "=?utf-8?q?=0D=0ABcc:_x=40x.example?=",
        '"Kim", <boss@x.example>, ceo@x.example;',
        "a" * 200,
    ],
)
def test_long_and_strange_names_make_one_recipient(name: str) -> None:
    octets = bytes_of(a_draft(recipient=Mailbox(email="sari@maju.example", name=name), subject=name))
    assert decoded(octets, "Subject") == name
    message = read_back(octets)
    assert [one.addr_spec for one in message["To"].addresses] == ["sari@maju.example"]
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "name", ["Namdong-gu Indonesia video export consultation (sample) of the autumn", 'Kim "Max", <CEO> \\o/']
)
def test_a_name_in_plain_letters_is_not_encoded_so_that_no_reader_puts_spaces_into_it(name: str) -> None:
    octets = bytes_of(a_draft(recipient=Mailbox(email="sari@maju.example", name=name)))
    assert b"=?" not in octets.partition(b"To: ")[2].partition(b"Subject")[0]
    assert [one.display_name for one in read_back(octets)["To"].addresses] == [name]
    assert mailbox_in(octets, "To") == f"{name} <sari@maju.example>"


INJECTIONS = {
    "Subject": {"subject": "Hello\r\nBcc: x@x.example"},
    "From": {"sender": Mailbox(email="fair@namdong.example", name="Fair\nBcc: x@x.example")},
    "To": {"recipient": Mailbox(email="sari@maju.example", name="Sari\rBcc: x@x.example")},
    "Reply-To": {"reply_to": Mailbox(email="a@b.example\r\nBcc: x@x.example")},
    "Content-Language": {"language": "ko\r\nBcc: x@x.example"},
    "Message-ID": {"message_id": "<a@b.example>\r\nBcc: x@x.example"},
    "Content-Type": {"calendar": CalendarPart(content=CALENDAR, method="REQUEST\r\nBcc: x@x.example")},
}


@pytest.mark.parametrize("header", INJECTIONS)
def test_a_line_break_in_a_header_is_refused(header: str) -> None:
    with pytest.raises(BadHeader) as refused:
        compose(a_draft(**INJECTIONS[header]))
    assert refused.value.header == header


@pytest.mark.parametrize(
    "character", ["\x00", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\u2028", "\u2029", "\ud800"]
)
def test_other_characters_that_readers_break_lines_at_are_refused_too(character: str) -> None:
    with pytest.raises(BadHeader):
        compose(a_draft(subject=f"Hello{character}there"))


@pytest.mark.parametrize(
    "email",
    [
        "",
        "sari",
        "@maju.example",
        "sari@",
        "sari@maju..example",
        "sari@-maju.example",
        "sa ri@maju.example",
        "sari@maju.example, x@x.example",
        "sari@maju.example>",
        "사리@maju.example",
        ".sari@maju.example",
        "s" * 65 + "@maju.example",
        "sari@" + "m" * 64 + ".example",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(BadHeader):
        compose(a_draft(recipient=Mailbox(email=email)))


def test_a_korean_domain_is_written_in_punycode() -> None:
    octets = bytes_of(a_draft(recipient=Mailbox(email="kim@한국.example")))
    assert decoded(octets, "To") == "kim@xn--3e0b707e.example"


def test_a_refusal_shows_what_was_refused_without_repeating_all_of_it() -> None:
    with pytest.raises(BadHeader) as refused:
        compose(a_draft(subject="a\n" * 5000))
    assert len(refused.value.phrase.text("en")) < 400
    assert "\n" not in refused.value.phrase.text("en")


def test_the_date_is_an_instant() -> None:
    seoul = timezone(timedelta(hours=9))
    octets = bytes_of(a_draft(sent_at=datetime(2026, 6, 1, 12, 30, tzinfo=seoul)))
    assert decoded(octets, "Date") == "Mon, 01 Jun 2026 12:30:00 +0900"


KEY: dict[str, Any] = {
    "meeting_id": "m1",
    "revision": 0,
    "kind": "request",
    "recipient": "sari@maju.example",
    "domain": "sangdam.example",
}


def test_a_message_id_is_always_the_same_and_hides_the_recipient() -> None:
    first = message_id_for(**KEY)
    assert first == message_id_for(**{**KEY, "recipient": "Sari@Maju.example"})
    assert first.endswith("@sangdam.example>") and "sari" not in first


@pytest.mark.parametrize(
    "other", [{"meeting_id": "m2"}, {"revision": 1}, {"kind": "cancel"}, {"recipient": "x@x.example"}]
)
def test_another_mail_has_another_message_id(other: dict[str, Any]) -> None:
    assert message_id_for(**{**KEY, **other}) != message_id_for(**KEY)


def test_a_message_id_needs_a_domain() -> None:
    with pytest.raises(BadHeader):
        message_id_for(**{**KEY, "domain": "sangdam example"})


def test_headers_that_are_not_ours_are_folded_by_the_standard_library() -> None:
    message = EmailMessage(policy=POLICY)
    message["X-Other"] = "word " * 40
    assert max(len(line) for line in message.as_bytes().split(b"\r\n")) <= 78
    assert message.as_string().startswith("X-Other: word word")
