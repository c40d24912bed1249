"""The sample programmes: which there are, and their workbooks."""

from datetime import date
from pathlib import Path

from scheduler.cli.call import Call
from scheduler.cli.grid_files import written_problem
from scheduler.cli.parser import Parser, WrongUse
from scheduler.scenarios import (
    MONTHLY,
    SCENARIOS,
    Scenario,
    UnknownScenario,
    get_scenario,
    problem_of_scenario,
    workbook,
)
from scheduler.scenarios.facts import Facts
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase

_HOME = "Asia/Seoul"


def scenarios_options(parser: Parser) -> None:
    parser.json()


def scenarios(call: Call) -> int:
    facts = {key: one.facts() for key, one in SCENARIOS.items()}
    if call.options.json:
        call.screen.emit([_shown(key, one) for key, one in facts.items()])
        return 0
    for key, one in facts.items():
        korean, english = one.assumed
        is_korean = call.screen.language == "ko"
        figures = Phrase(
            "%(companies)s companies, %(buyers)s buyers, %(sessions)s sessions, %(days)s days",
            companies=f"{one.companies:,}",
            buyers=f"{one.buyer_count:,}",
            sessions=f"{one.sessions:,}",
            days=one.days,
        )
        call.screen.show(f"{key:<18} {one.name if is_korean else one.name_en}")
        call.screen.show(f"{'':<18} {call.screen.text(figures)}; {korean if is_korean else english}")
    return 0


def scenario_options(parser: Parser) -> None:
    parser.takes("KEY", Phrase("which programme; “sangdam scenarios” lists them"))
    add_when(parser)
    parser.option(
        "-o", "--output", metavar="FILE", type=Path, help=Phrase("where to write; by default KEY.xlsx")
    )
    parser.option(
        "--problem",
        action="store_true",
        help=Phrase("write the grid problem as JSON instead, for “sangdam grid solve”"),
    )


def scenario(call: Call) -> int:
    key, start, month = call.options.KEY, call.options.start, call.options.month
    chosen(key)
    today = today_of(call)
    if call.options.problem:
        problem = problem_of_scenario(key, start=start, today=today, month=month)
        path = call.options.output or Path(f"{key}.json")
        path.write_text(written_problem(problem), encoding="utf-8")
    else:
        path = call.options.output or Path(f"{key}.xlsx")
        language = call.screen.language
        path.write_bytes(workbook(key, start=start, today=today, month=month, language=language))
    call.screen.tell(Phrase("Written: %(path)s", path=str(path)))
    return 0


def chosen(key: str) -> Scenario:
    """The programme asked for; WrongUse when there is none."""
    try:
        return get_scenario(key)
    except UnknownScenario as unknown:
        raise WrongUse(unknown.phrase) from None


def add_when(parser: Parser) -> None:
    """The options that say when a sample programme runs."""
    parser.option(
        "--start",
        metavar="DATE",
        type=date.fromisoformat,
        help=Phrase("its first day, such as 2020-06-24; by default its own weekday 7 to 13 days from today"),
    )
    parser.option(
        "--month",
        metavar="3-12",
        type=int,
        choices=range(3, 13),
        help=Phrase("which monthly round, for %(key)s", key=MONTHLY),
    )


def today_of(call: Call, zone: str = _HOME) -> date:
    """The date in Korea now."""
    return to_wall(call.clock(), zone).date()


def _shown(key: str, facts: Facts) -> dict[str, object]:
    return {
        "key": key,
        "name": facts.name,
        "name_en": facts.name_en,
        "companies": facts.companies,
        "buyers": facts.buyer_count,
        "sessions": facts.sessions,
        "days": facts.days,
        "rooms": sum(group.count for group in facts.rooms),
        "is_for_benchmarks": SCENARIOS[key].is_for_benchmarks,
    }
