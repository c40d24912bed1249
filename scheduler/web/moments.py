"""Instants that a page wrote into its own form."""

from datetime import datetime

from scheduler.booking.errors import BadInput, Fault
from scheduler.timezones.errors import TimeError
from scheduler.timezones.wall import as_utc
from scheduler.wording import Phrase


def seen_moment(written: str) -> datetime:
    """The start of a session as the page showed it. Raises BadInput."""
    try:
        return as_utc(datetime.fromisoformat(written))
    except (ValueError, TimeError):
        wrong = Phrase("The page was not sent whole. Load it again and answer once more.")
        raise BadInput([Fault(place="answer", wrong=wrong)]) from None
