"""Placements, and finding who and when: the nearest moments, the interpreter, the room."""

from dataclasses import dataclass

from scheduler.booking.slot import Slot


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A match in its place: the slot, one interpreter for each leg (in the order of the legs), and the room.

    `room_id` is None when the company joins from its own office.
    """

    match_id: str
    company_id: str
    buyer_id: str
    slot: Slot
    interpreter_ids: tuple[str, ...] = ()
    room_id: str | None = None

    @property
    def resource_ids(self) -> tuple[str, ...]:
        """Everything the placement would claim, each once, sorted."""
        named = {self.company_id, self.buyer_id, *self.interpreter_ids}
        return tuple(sorted(named | ({self.room_id} if self.room_id is not None else set())))
