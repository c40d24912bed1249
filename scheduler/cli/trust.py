"""Whether the audit trail is what was written."""

from scheduler.cli.call import Call
from scheduler.cli.database import opened
from scheduler.cli.parser import Parser
from scheduler.services.audit_trail import seal, verify
from scheduler.wording import Phrase


def audit_verify_options(parser: Parser) -> None:
    parser.option(
        "--head", metavar="SEAL", help=Phrase("a seal that was noted earlier and must still be there")
    )
    parser.json()


def audit_verify(call: Call) -> int:
    with opened(call.settings()) as db:
        seal(db)
        verdict = verify(db, known_head=call.options.head)
    if call.options.json:
        faults = [fault.text("en") for fault in verdict.faults]
        call.screen.emit({"sealed": verdict.sealed, "head": verdict.head, "faults": faults})
    else:
        for fault in verdict.faults:
            call.screen.tell(fault)
        call.screen.tell(
            Phrase("%(count)s entries, newest seal %(head)s", count=verdict.sealed, head=verdict.head)
        )
    return 0 if verdict.is_whole else 1
