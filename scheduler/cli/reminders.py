"""When the people of a fair are reminded."""

from scheduler.cli.call import Call
from scheduler.cli.database import opened
from scheduler.cli.parser import Parser
from scheduler.services.actor import SYSTEM
from scheduler.services.remind import reminders_of, set_reminders
from scheduler.services.reminder_rules import KINDS
from scheduler.wording import Phrase


def reminders_options(parser: Parser) -> None:
    parser.takes("FAIR", Phrase("the fair's short name, as given at its import"))
    for kind in KINDS:
        parser.option(
            f"--{kind}",
            metavar="RULES",
            help=Phrase(
                'minutes before the session, "day" for 09:00 of the day before, "answer" for three days before to '
                'those who have not answered; none for "off"'
            ),
        )
    parser.json()


def reminders(call: Call) -> int:
    given = {kind: _rules(written) for kind in KINDS if (written := getattr(call.options, kind)) is not None}
    settings = call.settings()
    with opened(settings) as db:
        if given:
            set_reminders(db, settings, call.options.FAIR, given, now=call.clock(), actor=SYSTEM)
        rules = reminders_of(db, settings, call.options.FAIR)
    found = {kind: list(rules.of(kind)) for kind in KINDS}
    if call.options.json:
        call.screen.emit(found)
    else:
        call.screen.show(*(f"{kind}: {', '.join(ones) or 'off'}" for kind, ones in found.items()))
    return 0


def _rules(written: str) -> list[str]:
    return [] if written == "off" else [one.strip() for one in written.split(",") if one.strip()]
