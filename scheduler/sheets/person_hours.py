"""The hours of one line: what its cells for hours and absences say, beside its remark."""

import re
from dataclasses import dataclass

from scheduler.booking.fair import Fair
from scheduler.sheets.availability import hours_in, hours_without
from scheduler.sheets.fields import suggest
from scheduler.sheets.layout import Row
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.reading import Expected, Suggestion
from scheduler.sheets.when_words import Calendar, Unclear
from scheduler.sheets.written import away_text, hours_text, spans_text
from scheduler.timezones import Hours, WallSpan
from scheduler.wording import Phrase

_HOURS_WANTED = Phrase("Write the hours as 09:00-18:00, with days before them if they differ.")
_SPEAKS_OF_TIME = re.compile(
    r"\d{1,2}\s*(?::\s*\d{2}|시(?!간)|[ap]m\b)|오전|오후|시간\s*추후|시간\s*미정|까지|이후", re.IGNORECASE
)
ALL_HOURS = Suggestion(answer="상담회 시간", label=Phrase("All hours of the fair"))
OFFICE_HOURS = Suggestion(answer="09:00-18:00", label=Phrase("09:00-18:00, local time"))


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What all lines are read by: the ledger, the fair, and the calendar that gives dates their year."""

    ledger: Ledger
    fair: Fair

    @property
    def calendar(self) -> Calendar:
        return Calendar(days=self.fair.days)


def hours_of(row: Row, zone: str, frame: Frame, *, may_be_blank: bool) -> Hours:
    """The hours of a line in its zone. Where blank ones may not be, they are asked for."""
    given = _given(row, zone, frame, may_be_blank=may_be_blank)
    away = row.spot("away")
    if not away:
        return given
    try:
        hours = hours_without(given, away.text, frame.calendar)
    except Unclear as unclear:
        none = Suggestion(answer="없음", label=Phrase("Never away"))
        _ask(away, frame.ledger, unclear, Expected.AWAY, (none,))
        return given
    if away_text(hours, "ko") != away.text and away_text(hours, "en") != away.text:
        frame.ledger.note(away, _away_meaning(hours), Expected.AWAY)
    return hours


def _away_meaning(hours: Hours) -> Phrase:
    if not hours.away:
        return Phrase("Can attend at any time of the fair")
    return Phrase("Cannot attend: %(when)s", when=AwayText(hours))


@dataclass(frozen=True)
class AwayText:
    """What is taken out of some hours; the hours themselves are told at their own cell."""

    hours: Hours

    def text(self, language: str) -> str:
        return away_text(self.hours, language)


def _given(row: Row, zone: str, frame: Frame, *, may_be_blank: bool) -> Hours:
    spot, remark, ledger = row.spot("hours"), row.spot("note"), frame.ledger
    if not spot:
        if may_be_blank:
            if row.has("hours"):
                ledger.note(spot, Phrase("No hours given: at any time of the fair"), Expected.HOURS)
            return Hours.always(zone)
        suggestions = (*_from_remark(spot, remark, zone, frame), ALL_HOURS, OFFICE_HOURS)
        ledger.ask(spot, _none_given(remark), _HOURS_WANTED, Expected.HOURS, suggestions)
        return Hours.never(zone)
    try:
        hours = hours_in(spot.text, zone, frame.calendar)
    except Unclear as unclear:
        _ask(spot, ledger, unclear, Expected.HOURS, (*_from_remark(spot, remark, zone, frame), ALL_HOURS))
        return Hours.never(zone)
    if not spot.is_answered and _is_contradicted(hours, remark, spot, frame):
        return hours
    _note_hours(spot, hours, ledger)
    return hours


def _none_given(remark: Spot) -> Phrase:
    if not remark:
        return Phrase("There are no hours.")
    return Phrase("There are no hours; the remark says “%(remark)s”.", remark=remark.text)


def _note_hours(spot: Spot, hours: Hours, ledger: Ledger) -> None:
    if spot.text not in (hours_text(hours, "ko"), hours_text(hours, "en")):
        ledger.note(spot, hours, Expected.HOURS)


def _ask(
    spot: Spot, ledger: Ledger, unclear: Unclear, expected: Expected, others: tuple[Suggestion, ...]
) -> None:
    right = unclear.right or _HOURS_WANTED
    ledger.ask(spot, unclear.wrong, right, expected, (*suggest(*unclear.suggestions), *others))


def _from_remark(spot: Spot, remark: Spot, zone: str, frame: Frame) -> tuple[Suggestion, ...]:
    """Hours that the cell and its remark give together: `09:00` and `18시까지` are 09:00-18:00."""
    for text in (f"{spot.text}~{remark.text}", remark.text) if remark else ():
        hours = _read(text, zone, frame)
        if hours is not None and not hours.dated and len(set(hours.weekly)) == 1:
            return suggest(spans_text(hours.weekly[0], "ko"))
    return ()


def _is_contradicted(hours: Hours, remark: Spot, spot: Spot, frame: Frame) -> bool:
    """Ask when the remark gives other hours than the cell; note a remark on times that cannot be compared."""
    if not remark or not _SPEAKS_OF_TIME.search(remark.text):
        return False
    told = _read(remark.text, hours.zone, frame)
    if told is None or told.dated or told.away or hours.dated:
        meaning = Phrase("A remark on times: kept as a remark, the hours go by their own column")
        frame.ledger.note(remark, meaning)
        return False
    if all(_covers(wide, narrow) for wide, narrow in zip(told.weekly, hours.weekly, strict=True)):
        return False
    both = [_common(wide, narrow) for wide, narrow in zip(told.weekly, hours.weekly, strict=True)]
    together = [spans_text(both[0], "ko")] if both[0] and len(set(both)) == 1 else []
    frame.ledger.ask(
        spot,
        Phrase(
            "The hours are “%(hours)s”, but the remark says “%(remark)s”.",
            hours=spot.text,
            remark=remark.text,
        ),
        Phrase("Say which of them is right."),
        Expected.HOURS,
        suggest(*together, spot.text),
    )
    return True


def _read(text: str, zone: str, frame: Frame) -> Hours | None:
    try:
        return hours_in(text, zone, frame.calendar)
    except Unclear:
        return None


def _covers(wide: tuple[WallSpan, ...], narrow: tuple[WallSpan, ...]) -> bool:
    return all(
        any(one.start_minute <= span.start_minute and span.end_minute <= one.end_minute for one in wide)
        for span in narrow
    )


def _common(wide: tuple[WallSpan, ...], narrow: tuple[WallSpan, ...]) -> tuple[WallSpan, ...]:
    pairs = (
        (max(one.start_minute, two.start_minute), min(one.end_minute, two.end_minute))
        for one in wide
        for two in narrow
    )
    return tuple(WallSpan(start, end) for start, end in pairs if start < end)
