"""Builders of mail messages."""

from email.message import EmailMessage
from typing import Any

from scheduler.mail.headers import POLICY, Mailbox
from scheduler.mail.message import CalendarPart, Draft, compose, octets_of
from tests.builders import utc

CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:" + "상담 ".encode() * 8 + b"\r\nEND:VCALENDAR\r\n"


def a_draft(**given: Any) -> Draft:
    defaults: dict[str, Any] = {
        "message_id": "<0123456789abcdef@sangdam.example>",
        "sent_at": utc(2026, 6, 1, 3, 30),
        "sender": Mailbox(email="fair@namdong.example", name="남동구 수출상담회"),
        "recipient": Mailbox(email="sari@maju.example", name="Sari Dewi"),
        "subject": "[초대] (주)한빛 × PT Maju Jaya",
        "text": "안녕하세요\n",
        "html": "<p>안녕하세요</p>\n",
        "language": "ko",
        "calendar": CalendarPart(content=CALENDAR, method="REQUEST"),
    }
    return Draft(**{**defaults, **given})


def a_message(number: int = 1, **given: Any) -> EmailMessage:
    """Numbered messages have different Message-IDs."""
    return compose(a_draft(**{"message_id": f"<message{number}@sangdam.example>", **given}))


def bytes_of(draft: Draft) -> bytes:
    """As it goes over the line, which is as the standard library would write it."""
    message = compose(draft)
    octets = octets_of(message)
    assert octets == message.as_bytes(policy=POLICY)
    return octets
