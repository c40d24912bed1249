"""Sessions for programs: one, or a fair's page by page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler.booking.errors import BadInput, Fault
from scheduler.booking.fair import Fair
from scheduler.booking.meeting import Meeting, State
from scheduler.storage import answers, fairs, meetings
from scheduler.storage.answers import Answer
from scheduler.storage.db import Database
from scheduler.storage.meeting_pages import page_of_fair
from scheduler.timezones.wall import to_utc
from scheduler.wording import Phrase

LARGEST_PAGE = 500


@dataclass(frozen=True, kw_only=True)
class SessionPage:
    """Some sessions of a fair with the answers that stand. `next` asks for those that follow; None at the end."""

    fair: Fair
    sessions: tuple[Meeting, ...]
    answers: tuple[Answer, ...]
    next: str | None


def session_page(
    db: Database,
    fair_key: str,
    *,
    limit: int,
    after: str | None = None,
    day: date | None = None,
    state: State | None = None,
) -> SessionPage:
    """`after` is the `next` of the page before; `day` is a day of the fair's zone. Raises NotFound, BadInput."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        found = page_of_fair(
            work,
            fair.id,
            limit=min(limit, LARGEST_PAGE) + 1,
            after=_place(after) if after else None,
            between=_whole_day(day, fair.zone) if day is not None else None,
            state=state,
        )
        page = found[: min(limit, LARGEST_PAGE)]
        known = answers.answers_standing(work, [one.id for one in page])
    return SessionPage(
        fair=fair, sessions=page, answers=known, next=_cursor(page[-1]) if len(found) > len(page) else None
    )


def one_session(db: Database, meeting_id: str) -> tuple[Meeting, tuple[Answer, ...]]:
    """Raises NotFound."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
        return meeting, answers.answers_standing(work, [meeting.id])


def _whole_day(day: date, zone: str) -> tuple[datetime, datetime]:
    midnight = datetime.combine(day, datetime.min.time())
    return to_utc(midnight, zone), to_utc(midnight + timedelta(days=1), zone)


def _cursor(meeting: Meeting) -> str:
    return f"{meeting.slot.start_at.isoformat()}~{meeting.id}"


def _place(after: str) -> tuple[datetime, str]:
    written, _, meeting_id = after.partition("~")
    try:
        start_at = datetime.fromisoformat(written)
    except ValueError:
        start_at = None
    if start_at is None or start_at.tzinfo is None or not meeting_id:
        raise BadInput([Fault(place="after", wrong=Phrase("This is not the end of a page."))])
    return start_at, meeting_id
