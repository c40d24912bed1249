"""Small fields: numbers, minutes, yes and no, where somebody joins from."""

import re
import unicodedata

from scheduler.booking.people import Attendance, Room
from scheduler.sheets.draft import room_key
from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.reading import Expected, Suggestion
from scheduler.wording import Phrase, Sayable

_COUNT = re.compile(
    r"(?:최대|일|하루|max\.?|up to)?\s*(\d{1,3})\s*(?:건|회|개사|개|번|타임|명|sessions?|meetings?)?"
)
_NO_LIMIT = frozenset({"", "-", "없음", "제한없음", "무제한", "none", "nolimit", "unlimited"})
_HOUR_MINUTES = re.compile(
    r"(?:(\d{1,2})\s*(?:시간|hours?|h)\s*)?(?:(\d{1,3})\s*(?:분|minutes?|mins?|m|')?)?"
)
_YES = frozenset(
    {"예", "네", "o", "○", "◎", "y", "yes", "true", "1", "v", "✓", "✔", "완료", "검증", "확인", "현장"}
)
_NO = frozenset(
    {"", "아니오", "아니요", "x", "×", "n", "no", "false", "0", "-", "미검증", "미확인", "미완료"}
)
_AT_ROOM = frozenset(
    {"상담실", "화상상담실", "방문", "현장", "회의실", "room", "consultationroom", "meetingroom"}
)
_AT_OFFICE = frozenset(
    {
        "자사",
        "자체",
        "자사접속",
        "자체접속",
        "재택",
        "사무실",
        "사내",
        "회사",
        "개별접속",
        "원격",
        "온라인",
        "본사",
        "지사",
    }
    | {"ownoffice", "office", "own", "home", "remote", "online"}
)
_WISH = re.compile(r"선호|희망|우선|배정|요청|preferred|preference|wished|please", re.IGNORECASE)


def label(text: str) -> Sayable:
    """A text that is the same in every language."""
    return Phrase("%(text)s", text=text)


def suggest(*texts: str) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(answer=text, label=label(text)) for text in texts)


def squeezed(text: str) -> str:
    """For comparing with a list of words: NFKC, small letters, no spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())


def limit_in(spot: Spot, ledger: Ledger) -> int | None:
    """A number of sessions per day, `8` or `8건`; None for no limit."""
    if squeezed(spot.text) in _NO_LIMIT:
        return None
    found = _COUNT.fullmatch(unicodedata.normalize("NFKC", spot.text).strip().casefold())
    if found is None or int(found[1]) == 0:
        ledger.ask(
            spot,
            Phrase("“%(written)s” is no number of sessions.", written=spot.text),
            Phrase("Write a number from 1, or nothing for no limit."),
            Expected.NUMBER,
            (Suggestion(answer="-", label=Phrase("No limit")),),
        )
        return None
    if not spot.text.isdecimal():
        ledger.note(spot, Phrase("At most %(count)s sessions per day", count=int(found[1])), Expected.NUMBER)
    return int(found[1])


def minutes_in(text: str) -> int | None:
    """`40`, `40분`, `1시간 30분`, `90 min`; None when it is something else."""
    found = _HOUR_MINUTES.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold())
    if found is None or not (found[1] or found[2]):
        return None
    return int(found[1] or 0) * 60 + int(found[2] or 0)


def minutes_at(spot: Spot, ledger: Ledger, *, blank: int, least: int = 0) -> int:
    """Minutes of a cell, `blank` when it is blank; a question when it is no length of time."""
    if not spot:
        return blank
    minutes = minutes_in(spot.text)
    if minutes is None or not least <= minutes <= 24 * 60:
        ledger.ask(
            spot,
            Phrase("“%(written)s” is no length of time.", written=spot.text),
            Phrase("Write minutes, such as 40."),
            Expected.NUMBER,
        )
        return blank
    return minutes


def is_yes(spot: Spot, ledger: Ledger) -> bool:
    word = squeezed(spot.text)
    if word not in _YES | _NO:
        ledger.ask(
            spot,
            Phrase("“%(written)s” is neither yes nor no.", written=spot.text),
            Phrase("Write yes or no."),
            Expected.CHOICE,
            suggest("예", "아니오"),
        )
    return word in _YES


def attendance_in(
    spot: Spot, ledger: Ledger, rooms: dict[str, Room], *, blank: Attendance = Attendance.ROOM
) -> tuple[Attendance, str | None]:
    """Where a company sits, and the room it would like: `상담실(1호실 선호)`."""
    if not spot:
        return blank, None
    written = unicodedata.normalize("NFKC", spot.text)
    inside = re.search(r"\((.*?)\)", written)
    where = _where(squeezed(re.sub(r"\(.*?\)", "", written)))
    room_id = room_key(_WISH.sub("", inside[1])) if inside else None
    if where is None or (room_id is not None and (room_id not in rooms or where is not Attendance.ROOM)):
        ledger.ask(
            spot,
            Phrase("“%(written)s” does not say where the company joins from.", written=spot.text),
            Phrase("Write “room”, “own office”, or “room (Room 1 preferred)” with a room that exists."),
            Expected.CHOICE,
            suggest("상담실", "자사", *(f"상담실({room.name} 선호)" for room in list(rooms.values())[:8])),
        )
        return blank, None
    _note_attendance(spot, ledger, where, rooms[room_id] if room_id else None)
    return where, room_id


def _where(word: str) -> Attendance | None:
    if word in _AT_ROOM:
        return Attendance.ROOM
    return Attendance.OWN_OFFICE if word in _AT_OFFICE else None


def _note_attendance(spot: Spot, ledger: Ledger, where: Attendance, room: Room | None) -> None:
    if room is not None:
        meaning = Phrase("Comes to the room; would like %(room)s", room=room.name)
        ledger.note(spot, meaning, Expected.CHOICE)
    elif where is Attendance.OWN_OFFICE:
        ledger.note(spot, Phrase("Joins from its own office and needs no room"), Expected.CHOICE)
