"""A year of the agency's video consultations, as already placed sessions: the load for benchmarks.

31,020 sessions of 7,708 companies with 14,341 buyers from 84 countries, February to November. Published are these
four figures; the hours (07:00-24:00, on the hour) and 15 rooms are those of the agency's room, the rest is assumed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import cycle, islice
from random import Random
from typing import TypeVar

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, slots_of
from scheduler.booking.match import legs_between
from scheduler.booking.people import Attendance, Buyer, Company, Interpreter, LanguagePair, Room
from scheduler.booking.slot import Slot
from scheduler.scenarios.countries import COUNTRIES
from scheduler.scenarios.dates import days_from
from scheduler.scenarios.facts import MONDAY_TO_FRIDAY, Facts, InterpreterGroup, RoomGroup
from scheduler.scenarios.flagship import shared_out
from scheduler.scenarios.people import buyers_of, companies_of, interpreters_of, rooms_of, spans
from scheduler.scenarios.sectors import EVERYTHING
from scheduler.timezones.hours import Hours

FIRST_DAY = date(2020, 2, 3)
_Person = TypeVar("_Person", Company, Buyer)
_DAYS = 215
_SESSIONS = 31_020
_INTERPRETERS_A_PAIR = 16
_OPENING = ("07:00-24:00",)


@dataclass(frozen=True, kw_only=True)
class Year:
    """Everybody of one year, and its sessions in order of time when asked for."""

    fair: Fair
    companies: tuple[Company, ...]
    buyers: tuple[Buyer, ...]
    interpreters: tuple[Interpreter, ...]
    rooms: tuple[Room, ...]

    def sessions(self) -> Iterator[Placement]:
        """31,020 placements, made one day at a time; nobody is in two at once."""
        companies, buyers = cycle(_shuffled(self.companies)), cycle(_shuffled(self.buyers))
        made = 0
        for number, day in enumerate(self.fair.days, start=1):
            due = number * _SESSIONS // len(self.fair.days) - made
            made += due
            pairs = list(zip(islice(companies, due), islice(buyers, due), strict=True))
            yield from sorted(_DayPlan(day=day, year=self).placed(pairs), key=lambda one: one.slot)

    @cached_property
    def interpreters_by_pair(self) -> dict[LanguagePair, tuple[Interpreter, ...]]:
        pairs = {pair for one in self.interpreters for pair in one.pairs}
        return {pair: tuple(one for one in self.interpreters if pair in one.pairs) for pair in pairs}


def year_of(start: date = FIRST_DAY) -> Year:
    """The year that begins at `start`, with the same people whatever the start."""
    of_year = facts()
    days = days_from(start, of_year.days, of_year.weekdays)
    fair = Fair(
        id=of_year.key,
        key=of_year.key,
        name=of_year.name,
        name_en=of_year.name_en,
        days=days,
        opening=spans(of_year.opening),
        slot_minutes=of_year.slot_minutes,
        break_minutes=of_year.break_minutes,
    )
    return Year(
        fair=fair,
        companies=companies_of(of_year),
        buyers=buyers_of(of_year),
        interpreters=interpreters_of(of_year, days, ()),
        rooms=rooms_of(of_year),
    )


@dataclass(frozen=True, kw_only=True)
class _DayPlan:
    """One day while it is filled: how many rooms and interpreters of a pair each slot has taken."""

    day: date
    year: Year
    rooms: Counter[Slot] = field(default_factory=Counter)
    pairs: Counter[tuple[Slot, LanguagePair]] = field(default_factory=Counter)
    open_slots: dict[Hours, tuple[Slot, ...]] = field(default_factory=dict)

    def placed(self, pairs: list[tuple[Company, Buyer]]) -> Iterator[Placement]:
        for company, buyer in pairs:
            legs = legs_between(company, buyer)
            slot = next(one for one in self._slots_for(buyer) if self._has_interpreters(one, legs))
            yield Placement(
                match_id=f"{company.id}~{buyer.id}",
                company_id=company.id,
                buyer_id=buyer.id,
                slot=slot,
                interpreter_ids=tuple(self._take_interpreter(slot, leg) for leg in legs),
                room_id=self._take_room(slot, company),
            )

    def _slots_for(self, buyer: Buyer) -> list[Slot]:
        """The slots of the day inside the buyer's hours, the emptiest first."""
        if buyer.hours not in self.open_slots:
            of_day = slots_of(_one_day(self.year.fair, self.day), buyer.country)
            self.open_slots[buyer.hours] = tuple(
                slot for slot in of_day if buyer.hours.covers(slot.start_at, slot.end_at)
            )
        return sorted(self.open_slots[buyer.hours], key=lambda slot: self.rooms[slot])

    def _has_interpreters(self, slot: Slot, legs: tuple[LanguagePair, ...]) -> bool:
        return all(self.pairs[slot, leg] < len(self.year.interpreters_by_pair[leg]) for leg in legs)

    def _take_interpreter(self, slot: Slot, leg: LanguagePair) -> str:
        self.pairs[slot, leg] += 1
        return self.year.interpreters_by_pair[leg][self.pairs[slot, leg] - 1].id

    def _take_room(self, slot: Slot, company: Company) -> str | None:
        """A room while there is one; when all are taken the company joins from its own office."""
        if company.attendance is Attendance.OWN_OFFICE or self.rooms[slot] == len(self.year.rooms):
            return None
        self.rooms[slot] += 1
        return self.year.rooms[self.rooms[slot] - 1].id


def _one_day(fair: Fair, day: date) -> Fair:
    return Fair(
        id=fair.id,
        key=fair.key,
        name=fair.name,
        days=(day,),
        opening=fair.opening,
        slot_minutes=fair.slot_minutes,
        break_minutes=fair.break_minutes,
    )


def _shuffled(people: Sequence[_Person]) -> list[_Person]:
    order = list(people)
    Random("year").shuffle(order)  # noqa: S311 - sample data, no secret
    return order


def facts() -> Facts:
    """What is known about the year. As a fair it would be one grid of ten months; `year_of` places it day by day."""
    languages = sorted({country.language for country in COUNTRIES})
    return Facts(
        key="kotra-year",
        name="화상상담 한 해: 31,020건(견본)",
        name_en="A year of video consultations: 31,020 sessions (sample)",
        organiser="무역진흥기관(견본)",
        venue="무역진흥기관 화상상담실",
        first_day=FIRST_DAY,
        days=_DAYS,
        weekdays=MONDAY_TO_FRIDAY,
        opening=_OPENING,
        slot_minutes=50,
        break_minutes=10,
        companies=7708,
        sectors=EVERYTHING,
        buyers=shared_out(COUNTRIES, 14_341, hours="07:00-20:00"),
        interpreters=tuple(
            InterpreterGroup(count=_INTERPRETERS_A_PAIR, pairs=(f"ko-{language}",), hours=("06:30-24:00",))
            for language in languages
        ),
        rooms=(RoomGroup(count=15, hours=("06:30-24:00",), change_over_minutes=10),),
        sessions=_SESSIONS,
        speak_english=2000,
        from_own_office=2500,
        company_hours=("07:00-24:00",),
        assumed=(
            "시간표, 상담실 15곳, 통역 수는 가정",
            "assumed: times, 15 rooms, interpreters",
        ),
    )
