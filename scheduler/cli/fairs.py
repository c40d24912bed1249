"""The work on one fair: import, build, check, publish, export."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from scheduler.cli.call import Call
from scheduler.cli.database import opened
from scheduler.cli.lists import one_file
from scheduler.cli.parser import Parser, WrongUse
from scheduler.cli.progress import BuildLine, stopped_by_interrupt
from scheduler.cli.readings import show_reading
from scheduler.cli.refusals import refusal_facts
from scheduler.cli.report import (
    facts_of,
    left_out_of,
    lines_of,
    outlook_facts,
    outlook_lines,
    show_conflicts,
)
from scheduler.grid.capacity import Outlook
from scheduler.grid.check import check as conflicts_in
from scheduler.grid.limits import Limits
from scheduler.services import build_grid as building
from scheduler.services import publish as publishing
from scheduler.services.actor import SYSTEM
from scheduler.services.export import export_fair
from scheduler.services.import_fair import Change, Effect, import_fair, preview_import
from scheduler.storage import fairs, outbox
from scheduler.storage.drafts import Draft
from scheduler.wording import Phrase

COMMAND_LINE = replace(SYSTEM, name="command line")


def import_file_options(parser: Parser) -> None:
    parser.takes(
        "FILE", Phrase("a workbook (.xlsx), or lists (.csv), several together"), nargs="+", type=Path
    )
    parser.option(
        "--fair",
        metavar="KEY",
        required=True,
        help=Phrase("the fair's short name in addresses, such as autumn; a new one makes a new fair"),
    )
    parser.option(
        "--answer",
        metavar="CELL=TEXT",
        action="append",
        default=[],
        type=_answer,
        help=Phrase("what a cell should say instead, such as “Companies!F11=kim@gaon.example”"),
    )
    parser.json()


def import_file(call: Call) -> int:
    """0 when everything was taken over; 1 with every fault and question, and nothing written."""
    key, answers = call.options.fair, dict(call.options.answer)
    data, name = one_file(call.options.FILE)
    with opened(call.settings()) as db:
        preview = preview_import(db, data, name, answers=answers, key=key)
        if not preview.is_ready:
            show_reading(call, preview.reading)
            return 1
        done = import_fair(db, data, name, answers=answers, key=key, now=call.clock(), actor=COMMAND_LINE)
    _show_changes(call, done.changes)
    return 0


def _show_changes(call: Call, changes: tuple[Change, ...]) -> None:
    counts = Counter(str(change.effect) for change in changes)
    if call.options.json:
        call.screen.emit({"fair": call.options.fair, "changes": counts, "questions": [], "faults": []})
        return
    call.screen.show(Phrase("Imported into %(key)s:", key=call.options.fair))
    for (subject, effect), count in Counter((one.subject, one.effect) for one in changes).items():
        call.screen.show(
            Phrase(
                "  %(subject)s: %(effect)s %(count)s",
                subject=_SUBJECTS[subject],
                effect=_EFFECTS[effect],
                count=count,
            )
        )


_SUBJECTS = {
    "fair": Phrase("Fair"),
    "company": Phrase("Companies"),
    "buyer": Phrase("Buyers"),
    "interpreter": Phrase("Interpreters"),
    "room": Phrase("Rooms"),
    "match": Phrase("Matches"),
}
_EFFECTS = {
    Effect.CREATED: Phrase("new"),
    Effect.UPDATED: Phrase("changed"),
    Effect.UNCHANGED: Phrase("unchanged"),
    Effect.REMOVED: Phrase("removed"),
    Effect.KEPT: Phrase("kept: has a session"),
}


def build_options(parser: Parser) -> None:
    _takes_fair(parser)
    parser.option("--seconds", metavar="N", type=float, help=Phrase("how long to search at most"))
    parser.json()


def build(call: Call) -> int:
    """0 when there is a plan, also one that leaves somebody out; 1 when there is none."""
    settings = call.settings()
    with opened(settings) as db:
        outlook = building.outlook_for(db, call.options.FAIR)
        call.screen.tell(*outlook_lines(outlook))
        line = BuildLine(call.screen)
        with stopped_by_interrupt() as should_stop:
            draft = building.build_grid(
                db,
                call.options.FAIR,
                limits=Limits(seconds=call.options.seconds or settings.build_seconds),
                now=call.clock(),
                actor=COMMAND_LINE,
                on_progress=line,
                should_stop=should_stop,
            )
        line.end()
        if draft.plan is None or draft.state == "failed":
            _show_failure(call, draft, outlook)
            return 1
        with db.read() as work:
            fair = fairs.get_fair(work, call.options.FAIR)
            plan = building.latest_plan(work, fair)[1]
            mails = outbox.counts(work, fair.id).get("sent", 0)
        problem = building.problem_of(db, fair.key)
    if call.options.json:
        facts = {"fair": call.options.FAIR, "scenario": call.options.FAIR, **facts_of(plan)}
        language = call.screen.language
        call.screen.emit(
            {
                **facts,
                "violations": len(conflicts_in(problem, plan)),
                "mails": mails,
                "outlook": outlook_facts(outlook, language),
                "left_out": left_out_of(plan, problem, language),
            }
        )
    else:
        call.screen.show(*lines_of(plan, problem))
    return 0


def _show_failure(call: Call, draft: Draft, outlook: Outlook) -> None:
    """Why there is no plan: the rules that the pins break, or what became of the solver."""
    why = building.why_failed(draft)
    if call.options.json:
        language = call.screen.language
        told = [one.text(language) if isinstance(one, Phrase) else one for one in why]
        call.screen.emit(
            {"fair": call.options.FAIR, "error": told, "outlook": outlook_facts(outlook, language)}
        )
        return
    call.screen.tell(Phrase("The grid was not built: %(error)s", error=why))


def check_options(parser: Parser) -> None:
    _takes_fair(parser)
    parser.json()


def check(call: Call) -> int:
    """0 when no rule is broken, else 1 with every violation; before there is a plan, what can be said without one."""
    with opened(call.settings()) as db:
        outlook = building.outlook_for(db, call.options.FAIR)
        if not call.options.json:
            call.screen.tell(*outlook_lines(outlook))
        try:
            conflicts = building.check_fair(db, call.options.FAIR)
        except building.NoDraft as refusal:
            if not call.options.json:
                raise
            facts = outlook_facts(outlook, call.screen.language)
            call.screen.emit({**refusal_facts(refusal, call.screen), "outlook": facts})
            return 1
    show_conflicts(call, conflicts, outlook)
    return 1 if conflicts else 0


def publish_options(parser: Parser) -> None:
    _takes_fair(parser)
    parser.json()


def publish(call: Call) -> int:
    """0 when published; 1 with what has been taken meanwhile or no longer fits."""
    settings = call.settings()
    with opened(settings) as db:
        done = publishing.publish(db, settings, call.options.FAIR, now=call.clock(), actor=COMMAND_LINE)
    counts = {name: getattr(done, name) for name in ("added", "moved", "cancelled", "unchanged", "notices")}
    if call.options.json:
        call.screen.emit({"fair": call.options.FAIR, **counts})
        return 0
    call.screen.show(
        Phrase(
            "Published: %(added)s sessions new, %(moved)s moved, %(cancelled)s cancelled, %(unchanged)s unchanged. "
            "%(notices)s notices wait for the worker.",
            counts,
        )
    )
    return 0


def export_options(parser: Parser) -> None:
    _takes_fair(parser)
    parser.option(
        "-o", "--output", metavar="FILE", type=Path, help=Phrase("where to write; by default KEY.xlsx")
    )


def export(call: Call) -> int:
    path = call.options.output or Path(f"{call.options.FAIR}.xlsx")
    with opened(call.settings()) as db:
        path.write_bytes(export_fair(db, call.options.FAIR, language=call.screen.language))
    call.screen.tell(Phrase("Written: %(path)s", path=str(path)))
    return 0


def _takes_fair(parser: Parser) -> None:
    parser.takes("FAIR", Phrase("the fair's short name, as given at its import"))


def _answer(written: str) -> tuple[str, str]:
    cell, equals, text = written.partition("=")
    if not equals or "!" not in cell:
        raise WrongUse(Phrase("An answer is written like this: Companies!F11=kim@gaon.example"))
    return cell, text
