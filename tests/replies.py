"""Builders of answers as calendar apps send them."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from tests.builders import utc

STAMP = utc(2026, 6, 17, 2)


def a_reply_calendar(
    uid: str = "m1@sangdam",
    *,
    attendee: str = "b1@mail.example",
    partstat: str = "ACCEPTED",
    sequence: int = 0,
    stamp: datetime = STAMP,
    method: str = "REPLY",
    more: str = "",
    start: str = "DTSTART:20260624T000000Z",
    end: str = "DTEND:20260624T003000Z",
) -> bytes:
    """As Google sends it, but without ORGANIZER, as Outlook does."""
    lines = f"""BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:{method}
BEGIN:VEVENT
UID:{uid}
SEQUENCE:{sequence}
DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}
{start}
{end}
SUMMARY;LANGUAGE=ko:수락: 남동산업 × PT Sample
ATTENDEE;PARTSTAT={partstat};CN=Sari:MAILTO:{attendee}
{more}
END:VEVENT
END:VCALENDAR"""
    return "\r\n".join(line for line in lines.splitlines() if line).encode() + b"\r\n"


def a_reply_mail(
    *calendars: bytes,
    sender: str = "b1@mail.example",
    headers: tuple[tuple[str, str], ...] = (),
    text: str = "ok",
) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = f"Sari <{sender}>", "fair@sangdam.example"
    message["Subject"] = "수락됨: 상담"
    for name, value in headers:
        message[name] = value
    message.set_content(text)
    for calendar in calendars:
        message.add_alternative(
            calendar, maintype="text", subtype="calendar", params={"method": "REPLY", "charset": "utf-8"}
        )
    return message.as_bytes()


def a_reply(uid: str, **given: Any) -> bytes:
    """A whole mail with one answer, sent by the attendee unless another sender is given."""
    sender = given.pop("sender", given.get("attendee", "b1@mail.example"))
    headers = given.pop("headers", ())
    return a_reply_mail(a_reply_calendar(uid, **given), sender=sender, headers=headers)
