"""The flagship fairs, and a still larger one that nobody has held: thousands of sessions in one grid.

Buyers come to Korea for these and keep Korean hours; of those from near zones every second stays at home and
joins by video. How many rooms and interpreters there are follows from the sessions, so that both are tight.
"""

from dataclasses import replace
from datetime import date
from math import ceil

from scheduler.scenarios.countries import COUNTRIES, Country
from scheduler.scenarios.facts import BuyerGroup, Facts, InterpreterNeed, RoomGroup
from scheduler.scenarios.sectors import EVERYTHING

_SLOTS_A_DAY = 16
_NEAR = frozenset({"JP", "CN", "TW", "HK", "VN", "TH", "ID", "MY", "SG", "PH"})


def boomup_2019() -> Facts:
    """868 companies and 223 buyers from 56 countries; more than 2,000 sessions."""
    return _fair(
        "boomup-2019",
        first_day=date(2019, 5, 14),
        days=2,
        companies=868,
        buyers=223,
        countries=56,
        sessions=2016,
        room_count=_tight_rooms(2016, 2),
    )


def boomup_2023() -> Facts:
    """1,500 companies, 400 buyers, 4,200 sessions in two days."""
    return _fair(
        "boomup-2023",
        first_day=date(2023, 4, 12),
        days=2,
        companies=1500,
        buyers=400,
        countries=70,
        sessions=4200,
        room_count=_tight_rooms(4200, 2),
    )


def synthetic_10000() -> Facts:
    """3,000 companies, 1,000 buyers, 10,000 sessions in four days and 400 rooms."""
    return _fair(
        "synthetic-10000",
        first_day=date(2026, 4, 7),
        days=4,
        companies=3000,
        buyers=1000,
        countries=84,
        sessions=10_000,
        room_count=400,
    )


def _fair(
    key: str,
    *,
    first_day: date,
    days: int,
    companies: int,
    buyers: int,
    countries: int,
    sessions: int,
    room_count: int,
) -> Facts:
    return Facts(
        key=key,
        name=f"해외바이어 초청 수출상담회 {sessions:,}건(견본)",
        name_en=f"Buyer-invitation fair with {sessions:,} sessions (sample)",
        organiser="무역진흥기관(견본)",
        venue="전시장 상담 구역",
        first_day=first_day,
        days=days,
        opening=("09:00-12:00", "13:00-18:00"),
        slot_minutes=25,
        break_minutes=5,
        companies=companies,
        sectors=EVERYTHING,
        buyers=tuple(
            part
            for group in shared_out(COUNTRIES[:countries], buyers, hours="08:30-18:00")
            for part in _come_to_seoul(group)
        ),
        interpreters=InterpreterNeed(filled=0.9, daily_limit=12, rest_minutes=5, hours=("09:00-18:00",)),
        rooms=(RoomGroup(count=room_count, hours=("09:00-18:00",)),),
        sessions=sessions,
        speak_english=companies // 3,
        assumed=(
            "시간표, 상담실·통역 수는 가정(통역은 90% 배정)",
            "assumed: times, rooms and interpreters (nine tenths of their sessions taken)",
        ),
    )


def _tight_rooms(sessions: int, days: int) -> int:
    return ceil(sessions / 0.92 / (days * _SLOTS_A_DAY))


def shared_out(countries: tuple[Country, ...], buyers: int, *, hours: str) -> tuple[BuyerGroup, ...]:
    """Buyers at home in their countries, the first of which send about three times as many as the last."""
    weights = [3 - 2 * place / len(countries) for place in range(len(countries))]
    edges = [round(sum(weights[:place]) / sum(weights) * buyers) for place in range(len(countries) + 1)]
    return tuple(
        BuyerGroup(
            count=edges[place + 1] - edges[place],
            country=country.code,
            city="",
            zone=country.zone,
            languages=(country.language,),
            hours=hours,
        )
        for place, country in enumerate(countries)
    )


def _come_to_seoul(group: BuyerGroup) -> tuple[BuyerGroup, ...]:
    """From near zones every second buyer stays at home; for the others the fair's day is night there."""
    at_home = group.count // 2 if group.country in _NEAR else 0
    come = replace(group, count=group.count - at_home, city="Seoul", zone="Asia/Seoul")
    stay = replace(group, count=at_home)
    return tuple(one for one in (come, stay) if one.count)
