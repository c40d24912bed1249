"""Builders of invites: one session between a company in Korea and a buyer abroad, as one reader is told of it."""

from datetime import datetime, timedelta
from typing import Any

from scheduler.booking.slot import Slot
from scheduler.invites.facts import InviteFacts, Reader, Role
from scheduler.invites.feed import FeedEntry, entry_for
from tests.builders import JAKARTA, KO_ID, SEOUL, a_slot, utc

STAMP = utc(2026, 6, 1, 3, 30)
FEED_SETTINGS: dict[str, Any] = {"language": "ko", "zone": SEOUL, "ttl": timedelta(hours=1)}


def a_reader(**given: Any) -> Reader:
    defaults: dict[str, Any] = {
        "name": "김대표",
        "email": "kim@hanbit.example",
        "language": "ko",
        "zone": SEOUL,
        "role": Role.COMPANY,
    }
    return Reader(**{**defaults, **given})


def a_buyer_reading(*, zone: str = JAKARTA, language: str = "en", **given: Any) -> Reader:
    defaults: dict[str, Any] = {"name": "Sari Dewi", "email": "sari@maju.example", "role": Role.BUYER}
    return a_reader(**{**defaults, "zone": zone, "language": language, **given})


def invite_facts(**given: Any) -> InviteFacts:
    """24 June 2026, 09:00 to 09:30 in Seoul, read by the company unless another reader is given."""
    defaults: dict[str, Any] = {
        "uid": "m1@sangdam.example",
        "sequence": 0,
        "slot": a_slot(),
        "stamp": STAMP,
        "organiser_name": "남동구 수출상담회",
        "organiser_email": "fair@namdong.example",
        "reader": a_reader(),
        "away_zone": JAKARTA,
        "fair_name": "남동구 인도네시아 화상상담회",
        "company_name": "(주)한빛",
        "buyer_name": "PT Maju Jaya",
        "room_name": "1번 상담실",
        "interpreter_names": ("이통역",),
        "languages": (KO_ID,),
        "link": "https://video.sangdam.example/abc",
        "page": "https://sangdam.example/p/secret",
    }
    return InviteFacts(**{**defaults, **given})


def a_feed_entry(number: int = 1, *, changed_at: datetime = STAMP, **given: Any) -> FeedEntry:
    """The session numbered so, each half an hour after the one before."""
    is_cancelled = given.pop("is_cancelled", False)
    first = a_slot()
    starts = first.start_at + timedelta(minutes=30 * (number - 1))
    facts = {"uid": f"m{number}@sangdam.example", "slot": Slot.lasting(starts, 30), **given}
    return entry_for(invite_facts(**facts), changed_at=changed_at, is_cancelled=is_cancelled)
