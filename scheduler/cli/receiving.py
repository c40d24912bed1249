"""One mail handed over by a mail server's pipe."""

import sys

from scheduler.cli.call import Call
from scheduler.cli.database import opened
from scheduler.cli.parser import Parser
from scheduler.mail.incoming import LARGEST_MAIL
from scheduler.services.receive_reply import receive as take_in
from scheduler.storage.errors import StorageUnavailable

TRY_LATER = 75
"""What mail servers understand as: keep the mail and hand it over again (EX_TEMPFAIL of sysexits.h)."""
_PIECE = 1024 * 1024


def receive_options(parser: Parser) -> None:
    parser.json()


def receive(call: Call) -> int:
    """0 once the mail has been kept, whatever is in it: a bounce would help nobody."""
    raw, size = _from_standard_input()
    try:
        with opened(call.settings()) as db:
            done = take_in(db, raw, now=call.clock(), size=size)
    except StorageUnavailable as busy:
        call.screen.tell(busy.phrase)
        return TRY_LATER
    if call.options.json:
        call.screen.emit({"id": done.id, "state": done.state, "reason": done.reason})
    return 0


def _from_standard_input() -> tuple[bytes, int]:
    """The mail, or its beginning where it is too large to be read, and how many octets it has."""
    raw = sys.stdin.buffer.read(LARGEST_MAIL + 1)
    size = len(raw)
    while piece := sys.stdin.buffer.read(_PIECE):
        size += len(piece)
    return raw, size
