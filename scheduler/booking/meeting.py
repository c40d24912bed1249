"""A meeting: the 1:1 session, its states and the moves between them that are legal."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.booking.errors import IllegalMove
from scheduler.booking.people import LanguagePair
from scheduler.booking.slot import Slot


class State(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


LEGAL_MOVES: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.CONFIRMED, State.CANCELLED}),
    State.CONFIRMED: frozenset({State.COMPLETED, State.NO_SHOW, State.CANCELLED}),
    State.COMPLETED: frozenset({State.NO_SHOW}),
    State.NO_SHOW: frozenset({State.COMPLETED}),
    State.CANCELLED: frozenset(),
}
LIVE = frozenset({State.HELD, State.CONFIRMED, State.COMPLETED, State.NO_SHOW})
"""States in which a meeting keeps its claims. What has happened did occupy the room."""
BOOKED = LIVE - {State.HELD}
"""Live, and more than a hold."""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One session. `revision` is the calendar SEQUENCE; `uid` is the calendar UID, for ever.

    A room booked outside any fair has `fair_id` None and may have neither company nor buyer.
    """

    id: str
    uid: str
    slot: Slot
    state: State
    revision: int = 0
    fair_id: str | None = None
    match_id: str | None = None
    company_id: str | None = None
    buyer_id: str | None = None
    interpreter_ids: tuple[str, ...] = ()
    room_id: str | None = None
    legs: tuple[LanguagePair, ...] = ()
    link: str = ""
    title: str = ""
    is_pinned: bool = False
    lapses_at: datetime | None = None
    note: str = ""

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def was_only_held(self) -> bool:
        """A hold that came to nothing: nobody else ever heard of it, and nobody need see it cancelled."""
        return self.state is State.CANCELLED and self.lapses_at is not None

    @property
    def resource_ids(self) -> tuple[str, ...]:
        """Everything this meeting claims, each once, in a fixed order."""
        named = (self.company_id, self.buyer_id, *self.interpreter_ids, self.room_id)
        return tuple(sorted({one for one in named if one is not None}))

    def to_state(self, state: State) -> "Meeting":
        """The meeting in another state, its revision unchanged; IllegalMove when the table forbids it.

        A hold that is given up keeps the moment at which it would have lapsed: by it, it is known for a hold.
        """
        if state not in LEGAL_MOVES[self.state]:
            raise IllegalMove(meeting_id=self.id, from_state=self.state, to_state=state)
        return replace(self, state=state, lapses_at=self.lapses_at if state is State.CANCELLED else None)


def lapses_at(now: datetime, minutes: int) -> datetime:
    """When a hold made now lapses by itself."""
    return now + timedelta(minutes=minutes)


def has_lapsed(meeting: Meeting, now: datetime) -> bool:
    """A hold lapses at its moment, not after it."""
    return meeting.state is State.HELD and meeting.lapses_at is not None and meeting.lapses_at <= now
