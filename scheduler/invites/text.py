"""The words of an invite: the mail as plain text and HTML, and the texts inside the calendar object."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape

from scheduler.booking.slot import Slot
from scheduler.invites.facts import InviteFacts, Notice, Role
from scheduler.timezones.labels import both_sides, clock_span, full_day_label, zone_label
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase, direction, msgid
from scheduler.wording.tongues import TonguesText


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail in the reader's language: the subject on one line, the body twice with the same content."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Row:
    """One fact of the session: what it is, how it stands, and where it leads."""

    label: str
    words: str
    href: str = ""


def letter(facts: InviteFacts, notice: Notice) -> Letter:
    """The mail of one notice to one reader. It shows no address but the organiser's."""
    subject = _subject(facts, notice)
    opening = (*_greeting(facts), _lead(facts, notice))
    changes = tuple(_changes(facts)) if notice is Notice.UPDATE else ()
    # Their own page of a session that they are no longer in is none of theirs any more.
    rows = (*_rows(facts, notice), *(() if _is_released(facts, notice) else _page(facts)))
    closing = tuple(_closing(facts, notice))
    return Letter(
        subject=subject,
        text=_as_text(opening, changes, rows, closing),
        html=_as_html(facts.reader.language, subject, opening, changes, rows, closing),
    )


def plain_letter(
    language: str, subject: str, opening: Sequence[str], rows: Sequence[Row], closing: Sequence[str] = ()
) -> Letter:
    """A mail that brings no calendar entry: paragraphs, facts in rows, paragraphs. All in the language already."""
    named = " ".join(subject.split())
    lines = [
        one if not one.href or one.href == one.words else Row(one.label, f"{one.words} {one.href}")
        for one in rows
    ]
    return Letter(
        subject=named,
        text=_as_text(opening, (), lines, closing),
        html=_as_html(language, named, opening, (), rows, closing),
    )


def changes(facts: InviteFacts) -> tuple[str, ...]:
    """What an update says is different, a sentence each."""
    return tuple(_changes(facts))


def summary(facts: InviteFacts) -> str:
    """The title of the calendar entry: who meets whom, or what the room is booked for."""
    sides = [name for name in (facts.company_name, facts.buyer_name) if name]
    return " × ".join(sides) or facts.title or facts.fair_name or _say(facts, Phrase("Session"))


def description(facts: InviteFacts) -> str:
    """The text of the calendar entry, without any address of a person.

    The reader's own page is left out: colleagues often see each other's calendars, and that address opens it.
    """
    return _lines_of(_rows(facts, Notice.REQUEST))


def location(facts: InviteFacts) -> str:
    """Where the reader goes: the link, for the Korean side after the room."""
    room = facts.room_name if facts.reader.role is not Role.BUYER else None
    return " · ".join(part for part in (room, facts.link) if part)


def when(facts: InviteFacts, slot: Slot) -> str:
    """The time on both sides: ``6.24(수) 09:00–09:50 KST · 07:00–07:50 WIB``."""
    return both_sides(slot.start_at, slot.end_at, facts.home_zone, facts.away_zone, facts.reader.language)


@lru_cache(maxsize=1024)
def _label(phrase: Phrase, language: str) -> str:
    """Of a row: a feed of 100 sessions has 900 of them."""
    return phrase.text(language)


def _say(facts: InviteFacts, phrase: Phrase) -> str:
    return phrase.text(facts.reader.language)


def _subject(facts: InviteFacts, notice: Notice) -> str:
    starts = both_sides(facts.slot.start_at, None, facts.home_zone, facts.away_zone, facts.reader.language)
    pattern = _RELEASED_SUBJECT if _is_released(facts, notice) else _SUBJECTS[notice]
    subject = Phrase(pattern, session=summary(facts), when=starts)
    return " ".join(_say(facts, subject).split())


def _greeting(facts: InviteFacts) -> Iterator[str]:
    if facts.reader.name:
        yield _say(facts, Phrase("Dear %(name)s,", name=facts.reader.name))


def _lead(facts: InviteFacts, notice: Notice) -> str:
    return _label(_RELEASED if _is_released(facts, notice) else _LEADS[notice], facts.reader.language)


def _is_released(facts: InviteFacts, notice: Notice) -> bool:
    return facts.goes_on and notice is Notice.CANCEL


def _changes(facts: InviteFacts) -> Iterator[str]:
    was = facts.was
    if was is None:
        return
    if was.slot is not None:
        before, now = when(facts, was.slot), when(facts, facts.slot)
        yield _say(facts, Phrase("Time: was %(was)s, is now %(now)s", was=before, now=now))
    for one in was.local_times:
        yield _say(
            facts,
            Phrase(
                "The rules of local time have changed in %(zone)s: the session began at %(was)s there, and begins at "
                "%(now)s now.",
                zone=zone_label(one.zone, facts.slot.start_at, facts.reader.language),
                was=_wall(one.was, facts.reader.language),
                now=_wall(one.now, facts.reader.language),
            ),
        )
    if was.room_name is not None:
        before, now = _place(facts, was.room_name), _place(facts, facts.room_name)
        yield _say(facts, Phrase("Room: was %(was)s, is now %(now)s", was=before, now=now))
    if was.interpreter_names is not None:
        before, now = _names(facts, was.interpreter_names), _names(facts, facts.interpreter_names)
        yield _say(facts, Phrase("Interpreter: was %(was)s, is now %(now)s", was=before, now=now))
    if was.link is not None:
        yield _say(facts, Phrase("The video link is a new one. Please do not use the old link."))


def _wall(wall: datetime, language: str) -> str:
    return f"{full_day_label(wall.date(), language)} {wall:%H:%M}"


def _place(facts: InviteFacts, room_name: str | None) -> str:
    return room_name or _say(facts, Phrase("the company's own office"))


def _names(facts: InviteFacts, names: Sequence[str]) -> str:
    return ", ".join(names) or _say(facts, Phrase("no interpreter"))


_SUBJECTS = {
    Notice.REQUEST: msgid("Invitation: %(session)s, %(when)s"),
    Notice.UPDATE: msgid("Changed: %(session)s, %(when)s"),
    Notice.CANCEL: msgid("Cancelled: %(session)s, %(when)s"),
    Notice.REMINDER_DAY: msgid("Reminder: %(session)s, %(when)s"),
    Notice.REMINDER_HOUR: msgid("Starting soon: %(session)s, %(when)s"),
    Notice.REMINDER_ANSWER: msgid("Please answer: %(session)s, %(when)s"),
}
_RELEASED_SUBJECT = msgid("Released: %(session)s, %(when)s")
_RELEASED = Phrase("You are no longer in this session; it takes place without you. You need not attend.")
_LEADS = {
    Notice.REQUEST: Phrase("You are invited to this export consultation session."),
    Notice.UPDATE: Phrase("Your export consultation session has changed."),
    Notice.CANCEL: Phrase("This export consultation session has been cancelled. You need not attend."),
    Notice.REMINDER_DAY: Phrase("This is a reminder of your export consultation session."),
    Notice.REMINDER_HOUR: Phrase("Your export consultation session starts soon."),
    Notice.REMINDER_ANSWER: Phrase(
        "You have not answered the invitation to this session yet. Will you come?"
    ),
}
_SESSION, _FAIR, _WHEN = Phrase("Session"), Phrase("Fair"), Phrase("Date and time")
_INTERPRETER, _ROOM, _LINK = Phrase("Interpreter"), Phrase("Room"), Phrase("Video link")


def _rows(facts: InviteFacts, notice: Notice) -> Iterator[Row]:
    language = facts.reader.language
    yield Row(_label(_SESSION, language), summary(facts))
    if facts.fair_name:
        yield Row(_label(_FAIR, language), facts.fair_name)
    yield from _time_rows(facts)
    if facts.interpreter_names or facts.languages:
        yield Row(_label(_INTERPRETER, language), _interpretation(facts))
    if facts.room_name:
        yield Row(_label(_ROOM, language), facts.room_name)
    if facts.link and notice is not Notice.CANCEL:
        yield Row(_label(_LINK, language), facts.link, facts.link)


def _time_rows(facts: InviteFacts) -> Iterator[Row]:
    """Both sides on one line, then each zone with its name and full date; the reader's own if a third."""
    reader = facts.reader
    yield Row(_label(_WHEN, reader.language), when(facts, facts.slot))
    for zone in dict.fromkeys((facts.home_zone, facts.away_zone, reader.zone)):
        yield _time_in(facts.slot, zone, reader.language)


# The sessions of a feed share their slots, and its readers ask again every hour.
@lru_cache(maxsize=8192)
def _time_in(slot: Slot, zone: str, language: str) -> Row:
    day = full_day_label(to_wall(slot.start_at, zone).date(), language)
    clock = clock_span(slot.start_at, slot.end_at, zone, language)
    return Row(zone_label(zone, slot.start_at, language), f"{day} {clock}")


def _interpretation(facts: InviteFacts) -> str:
    language = facts.reader.language
    legs = ", ".join(TonguesText(codes=(leg.first, leg.second)).text(language) for leg in facts.languages)
    names = ", ".join(facts.interpreter_names)
    return f"{names} ({legs})" if names and legs else names or legs


def _page(facts: InviteFacts) -> Iterator[Row]:
    if facts.page:
        yield Row(_say(facts, Phrase("Your own page")), facts.page, facts.page)


def _closing(facts: InviteFacts, notice: Notice) -> Iterator[str]:
    if notice in {Notice.REQUEST, Notice.UPDATE}:
        yield _say(
            facts,
            Phrase(
                "Please answer with the Accept or Decline button of the calendar entry instead of a reply."
            ),
        )
    if notice is Notice.REMINDER_ANSWER:
        yield _say(
            facts,
            Phrase(
                "Please say so on your own page (the link above), or with the buttons of the invitation that you got."
            ),
        )
    if notice is Notice.CANCEL:
        yield _say(facts, Phrase("The entry disappears from your calendar when you open this cancellation."))
    elif facts.reader.role is not Role.ORGANISER:
        yield _say(
            facts,
            Phrase(
                "If you cannot attend, decline it, say so on your own page (the link above) or write to %(email)s, so "
                "that others can use the time.",
                email=facts.write_to or facts.organiser_email,
            ),
        )
    yield facts.organiser_name or facts.fair_name


def _lines_of(rows: Iterable[Row]) -> str:
    return "\n".join(f"{row.label}: {row.words}" for row in rows)


def _as_text(
    opening: Sequence[str], changes: Sequence[str], rows: Sequence[Row], closing: Sequence[str]
) -> str:
    blocks = (*opening, "\n".join(changes), _lines_of(rows), *closing)
    return "\n\n".join(block for block in blocks if block) + "\n"


_LETTER = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head><meta charset="utf-8"><title>{subject}</title></head>
<body style="margin:0;padding:16px;color:#1e2124;font-family:'Pretendard GOV','Malgun Gothic',sans-serif;\
font-size:16px;line-height:1.6">
{opening}{changes}<table style="border-collapse:collapse;width:100%;max-width:640px;margin:16px 0">
{rows}</table>
{closing}</body>
</html>
"""
_PARAGRAPH = '<p style="margin:0 0 12px">{}</p>\n'
_CHANGE = '<p style="margin:0 0 12px;padding:8px 12px;border-inline-start:4px solid #256ef4">{}</p>\n'
_ROW = (
    '<tr><th scope="row" style="width:34%;text-align:start;vertical-align:top;padding:4px 12px 4px 0;'
    'color:#464c53">{}</th><td style="vertical-align:top;padding:4px 0;overflow-wrap:anywhere">{}</td></tr>\n'
)
_ANCHOR = '<a href="{}" style="color:#0b50d0;word-break:break-all">{}</a>'


def _as_html(
    language: str,
    subject: str,
    opening: Sequence[str],
    changes: Sequence[str],
    rows: Sequence[Row],
    closing: Sequence[str],
) -> str:
    # Every value is escaped here, one by one: formatting by markupsafe took half the time of a letter.
    return _LETTER.format(
        language=escape(language),
        direction=direction(language),
        subject=escape(subject),
        opening=_each(_PARAGRAPH, opening),
        changes=_each(_CHANGE, changes),
        rows="".join(_ROW.format(escape(row.label), _shown(row)) for row in rows),
        closing=_each(_PARAGRAPH, closing),
    )


def _shown(row: Row) -> str:
    words = escape(row.words)
    return _ANCHOR.format(escape(row.href), words) if row.href else words


def _each(pattern: str, texts: Iterable[str]) -> str:
    return "".join(pattern.format(escape(text)) for text in texts if text)
