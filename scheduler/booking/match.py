"""Matches: which company is to meet which buyer, how much it is wanted, and what interpretation it takes."""

from dataclasses import dataclass
from enum import IntEnum

from scheduler.booking.people import Attendance, Buyer, Company, LanguagePair


class Priority(IntEnum):
    """How much a pair is wanted. Lower comes first; NEVER is a hard rule."""

    MUST = 1
    WANTED = 2
    IF_TIME_ALLOWS = 3
    NEVER = 9


@dataclass(frozen=True, kw_only=True)
class Match:
    """An agreed pair, not yet placed.

    `legs` are the language pairs to be interpreted: none when both sides speak one language, one for an
    interpreter, two for a relay (ko-en, en-th). `needs_room` is False when the company joins from its own
    office. A walk-in may begin at any tick inside the fair's opening hours; the others take one of its slots.
    """

    id: str
    company_id: str
    buyer_id: str
    priority: Priority = Priority.WANTED
    rank: int | None = None
    legs: tuple[LanguagePair, ...] = ()
    needs_room: bool = True
    is_walk_in: bool = False
    note: str = ""


def shared_language(company: Company, buyer: Buyer) -> str | None:
    """The language both sides speak, the company's favourite first."""
    return next((language for language in company.languages if language in buyer.languages), None)


def legs_between(company: Company, buyer: Buyer) -> tuple[LanguagePair, ...]:
    """The interpretation a pair takes by default.

    None with a shared language, else one interpreter between the first language of each side.
    """
    if shared_language(company, buyer) is not None:
        return ()
    return (LanguagePair(company.languages[0], buyer.languages[0]),)


def joins_from_room(company: Company) -> bool:
    """Whether the company's sessions take one of the city's rooms."""
    return company.attendance is Attendance.ROOM
