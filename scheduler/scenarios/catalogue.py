"""The programmes by their keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from scheduler.booking.errors import Refusal
from scheduler.grid.problem import Problem
from scheduler.scenarios import agency, district, flagship, year
from scheduler.scenarios.dates import start_for
from scheduler.scenarios.facts import Facts
from scheduler.scenarios.sample import draft_of, problem_of
from scheduler.sheets.draft import FairDraft
from scheduler.sheets.write import write_workbook
from scheduler.wording import Phrase

MONTHLY = "yongin-monthly"
FIRST_ROUND = 3


class UnknownScenario(Refusal):
    """There is no such programme, or no such round of it."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.phrase = Phrase(
            "There is no sample programme called %(key)s. There are: %(known)s",
            key=key,
            known=tuple(SCENARIOS),
        )
        super().__init__(key)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A programme that can be made. `is_for_benchmarks`: too large for a demonstration, or no grid at all.

    Where `companies_pick`, the demonstration lets companies choose times of their own as well.
    """

    key: str
    facts_of: Callable[[int], Facts]
    """The facts; the number is the month of a monthly round, and others do not look at it."""
    is_for_benchmarks: bool = False
    books_rooms: bool = False
    companies_pick: bool = False

    def facts(self, month: int | None = None) -> Facts:
        return self.facts_of(FIRST_ROUND if month is None else month)


def _always(facts: Facts) -> Scenario:
    return Scenario(key=facts.key, facts_of=lambda _month: facts)


def _large(key: str, make: Callable[[], Facts]) -> Scenario:
    return Scenario(key=key, facts_of=lambda _month: make(), is_for_benchmarks=True)


_ALL = (
    _always(district.NAMDONG_INDONESIA),
    _always(district.NAMDONG_DUBAI),
    Scenario(
        key="namdong-room",
        facts_of=lambda _month: district.NAMDONG_ROOM,
        books_rooms=True,
        companies_pick=True,
    ),
    Scenario(key=MONTHLY, facts_of=district.yongin_month),
    _always(district.CHANGWON_DALLAS),
    Scenario(key="icheon-usa", facts_of=lambda _month: district.ICHEON_USA, companies_pick=True),
    _always(district.ICHEON_SEASIA),
    _always(agency.KOTRA_ROOM_DAY),
    _always(agency.KOTRA_2020_04_08),
    _large("boomup-2019", flagship.boomup_2019),
    _large("boomup-2023", flagship.boomup_2023),
    _large("synthetic-10000", flagship.synthetic_10000),
    _large("kotra-year", year.facts),
)
SCENARIOS: dict[str, Scenario] = {one.key: one for one in _ALL}


def get_scenario(key: str) -> Scenario:
    """Raises UnknownScenario."""
    if key not in SCENARIOS:
        raise UnknownScenario(key)
    return SCENARIOS[key]


def scenario(key: str, *, start: date | None = None, today: date, month: int | None = None) -> FairDraft:
    """The fair of a programme, from `start` or from its own weekday 7 to 13 days from today.

    `month` chooses the round of a monthly programme (3 to 12). The same key, start and month give the same draft.
    """
    facts = get_scenario(key).facts(month)
    return draft_of(facts, start or start_for(facts.first_day, today))


def workbook(
    key: str, *, start: date | None = None, today: date, month: int | None = None, language: str = "ko"
) -> bytes:
    """The same as a workbook (.xlsx)."""
    return write_workbook(scenario(key, start=start, today=today, month=month), language)


def problem_of_scenario(
    key: str, *, start: date | None = None, today: date | None = None, month: int | None = None
) -> Problem:
    """The grid problem of a programme, without a database; on its real days unless told otherwise."""
    facts = get_scenario(key).facts(month)
    if start is None:
        start = facts.first_day if today is None else start_for(facts.first_day, today)
    return problem_of(draft_of(facts, start))
