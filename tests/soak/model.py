"""Booking as plain dictionaries and minutes, to be read at one go. It shares no rule with the program."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

TICK = 5
BUFFERS = {"i": 10, "r": 5}
"""Minutes that an interpreter rests and a room changes over, by the first letter of the name."""
STANDING = {"held", "confirmed", "completed"}
PAST, MATCH, LIMIT, TAKEN, CLOSED, NO_SLOT = "past", "match", "limit", "taken", "closed", "no slot"


@dataclass(kw_only=True)
class Model:
    """Times are minutes of the fair's one day. `sessions` are kept by id, also those that are cancelled.

    Each has state, revision, start, end, people (company, buyer, interpreters), room, match (None for a room
    outside the fair) and lapses (None but for a hold).
    """

    slots: Sequence[tuple[int, int]]
    interpreters: Sequence[str]
    rooms: Sequence[str]
    daily_limit: int
    now: int
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    opening: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of rooms that do not stand open all day."""

    def has_lapsed(self, one: dict[str, Any]) -> bool:
        return one["state"] == "held" and one["lapses"] <= self.now

    def sweep(self) -> int:
        """What lapsed is cancelled, and has another revision; how many."""
        lapsed = [one for one in self.sessions.values() if self.has_lapsed(one)]
        for one in lapsed:
            one["state"], one["revision"] = "cancelled", one["revision"] + 1
        return len(lapsed)

    def is_free(self, name: str, start: int, end: int, without: str | None = None) -> bool:
        """Whether nothing that stands takes any of the same ticks."""
        wanted = set(ticks_of(name, start, end))
        return not any(
            wanted.intersection(ticks_of(name, one["start"], one["end"]))
            for key, one in self.sessions.items()
            if key != without and self._stands(one) and name in (*one["people"], one["room"])
        )

    def is_open(self, room: str, start: int, end: int) -> bool:
        opens, closes = self.opening.get(room, (0, 24 * 60))
        return opens <= start and end <= closes

    def can_host(self, room: str, start: int, end: int, without: str | None = None) -> bool:
        return self.is_open(room, start, end) and self.is_free(room, start, end, without)

    def why_not(
        self,
        match: str,
        start: int,
        end: int,
        *,
        interpreter: str | None = None,
        room: str | None = None,
        without: str | None = None,
    ) -> set[str]:
        """Everything in the way of a session of the fair; of whom it does not name, one has to be free."""
        found = {PAST} if start < self.now else set()
        found |= set() if (start, end) in self.slots else {NO_SLOT}
        company, buyer = match.split("-")
        others = [one for key, one in self.sessions.items() if key != without and self._stands(one)]
        found |= {MATCH} if any(one["match"] == match for one in others) else set()
        todays = [one for one in others if one["match"] is not None and company in one["people"]]
        found |= {LIMIT} if len(todays) >= self.daily_limit else set()
        sides = [company, buyer, *([interpreter] if interpreter else [])]
        if not all(self.is_free(one, start, end, without) for one in sides):
            found.add(TAKEN)
        if interpreter is None and not any(
            self.is_free(one, start, end, without) for one in self.interpreters
        ):
            found.add(TAKEN)
        if room is None:
            hosts = any(self.can_host(one, start, end, without) for one in self.rooms)
            return found if hosts else found | {TAKEN}
        found |= set() if self.is_open(room, start, end) else {CLOSED}
        return found if self.is_free(room, start, end, without) else found | {TAKEN}

    def why_not_room(self, room: str, start: int, end: int, people: Iterable[str]) -> set[str]:
        """The same for a room outside the fair, with whoever is to be there."""
        found = {PAST} if start < self.now else set()
        found |= set() if self.is_open(room, start, end) else {CLOSED}
        free = all(self.is_free(one, start, end) for one in (room, *people))
        return found if free else found | {TAKEN}

    def claims(self) -> set[tuple[str, int, str]]:
        """Resource, tick of the day, session; also of holds that have lapsed and are not swept up yet."""
        return {
            (name, tick, key)
            for key, one in self.sessions.items()
            if one["state"] in STANDING
            for name in (*one["people"], one["room"])
            for tick in ticks_of(name, one["start"], one["end"])
        }

    def _stands(self, one: dict[str, Any]) -> bool:
        return one["state"] in STANDING and not self.has_lapsed(one)


def ticks_of(name: str, start: int, end: int) -> range:
    """Every tick touched, rest and change-over included."""
    until = end + BUFFERS.get(name[0], 0)
    return range(start // TICK, -(-until // TICK))
