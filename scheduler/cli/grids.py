"""Grid problems and plans as JSON files, without a database."""

from dataclasses import asdict, replace
from pathlib import Path

from scheduler.booking.errors import BadInput
from scheduler.cli.call import Call
from scheduler.cli.grid_files import read_plan, read_problem, written_plan
from scheduler.cli.parser import Parser
from scheduler.cli.progress import BuildLine, stopped_by_interrupt
from scheduler.cli.report import (
    facts_of,
    left_out_of,
    lines_of,
    outlook_facts,
    outlook_lines,
    show_conflicts,
)
from scheduler.grid.capacity import outlook_of
from scheduler.grid.check import check as conflicts_in
from scheduler.grid.child import solve_in_child
from scheduler.grid.contradictions import contradictory_places
from scheduler.grid.limits import Limits
from scheduler.wording import Phrase


def solve_options(parser: Parser) -> None:
    parser.takes("PROBLEM", Phrase("the problem as JSON, as docs/grid-format.md describes it"), type=Path)
    parser.option("-o", "--output", metavar="FILE", type=Path, help=Phrase("where to write the plan"))
    parser.option(
        "--seconds", metavar="N", type=float, default=20.0, help=Phrase("how long to search at most")
    )
    parser.option("--seed", metavar="N", type=int, default=1, help=Phrase("another number, another plan"))
    parser.json()


def solve(call: Call) -> int:
    """The plan, to a file or to standard output. Raises BadInput, also when the pins contradict the rules, so that
    there is none.
    """
    problem = read_problem(call.options.PROBLEM)
    faults = contradictory_places(problem)
    if faults:
        raise BadInput(faults)
    limits, line = Limits(seconds=call.options.seconds, seed=call.options.seed), BuildLine(call.screen)
    outlook = outlook_of(problem)
    call.screen.tell(*outlook_lines(outlook))
    with stopped_by_interrupt() as should_stop:
        found = solve_in_child(problem, limits, on_progress=line, should_stop=should_stop)
    line.end()
    plan = replace(found, weights=asdict(problem.weights))
    if call.options.output is not None:
        call.options.output.write_text(written_plan(plan), encoding="utf-8")
    elif not call.options.json:
        call.screen.show(written_plan(plan))
    if call.options.json:
        language = call.screen.language
        call.screen.emit(
            {
                **facts_of(plan),
                "violations": len(conflicts_in(problem, plan)),
                "outlook": outlook_facts(outlook, language),
                "left_out": left_out_of(plan, problem, language),
            }
        )
    else:
        call.screen.tell(*lines_of(plan, problem))
    return 0


def check_options(parser: Parser) -> None:
    parser.takes("PROBLEM", Phrase("the problem as JSON"), type=Path)
    parser.takes("PLAN", Phrase("the plan as JSON"), type=Path)
    parser.json()


def check(call: Call) -> int:
    """0 when the plan may be published, else 1 with every violation."""
    problem = read_problem(call.options.PROBLEM)
    plan = read_plan(call.options.PLAN)
    conflicts = conflicts_in(problem, plan)
    show_conflicts(call, conflicts)
    return 1 if conflicts else 0
