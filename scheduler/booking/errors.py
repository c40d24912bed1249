"""Refusals: each a type with its facts. One table in the web layer turns types into a status and a text."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.booking.people import Name
from scheduler.booking.rules import Conflict
from scheduler.booking.slot import Slot
from scheduler.wording import Phrase


class Refusal(Exception):
    """The answer is no. `phrase` says why, in words for the person who asked."""

    phrase: Phrase

    def __str__(self) -> str:
        return self.phrase.text("en")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong with what was given: where, what, and what would be right."""

    place: str
    wrong: Phrase
    mend: Phrase | None = None

    def text(self, language: str) -> str:
        parts = [self.wrong.text(language)]
        if self.mend is not None:
            parts.append(self.mend.text(language))
        return f"{self.place}: " + " ".join(parts)


class BadInput(Refusal):
    """What was given cannot be used; carries all faults at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        self.phrase = Phrase("%(count)s things need to be mended", count=len(self.faults))
        super().__init__(self.faults)


class NotFound(Refusal):
    """There is no such thing, or it is not this person's to see: the same answer for both."""

    def __init__(self, *, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        self.phrase = Phrase("There is no such entry: %(key)s", key=key)
        super().__init__(kind, key)


class IllegalMove(Refusal):
    """A meeting cannot go from one state to the other."""

    def __init__(self, *, meeting_id: str, from_state: str, to_state: str) -> None:
        self.meeting_id, self.from_state, self.to_state = meeting_id, from_state, to_state
        self.phrase = Phrase(
            "A session that is %(from_state)s cannot become %(to_state)s",
            from_state=STATE_WORDS[from_state],
            to_state=STATE_WORDS[to_state],
        )
        super().__init__(meeting_id, from_state, to_state)


class StaleRevision(Refusal):
    """Somebody else changed the meeting since it was looked at."""

    def __init__(self, *, meeting_id: str, seen: int, current: int) -> None:
        self.meeting_id, self.seen, self.current = meeting_id, seen, current
        self.phrase = Phrase("This session has changed since you opened it. Look again, then decide.")
        super().__init__(meeting_id, seen, current)


class ChangedMeanwhile(Refusal):
    """What was to be changed is not what it was when the change was decided on."""

    phrase = Phrase("This has changed meanwhile: read it again, then decide.")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What is not free, and when. `resource_id` is None where nobody of a kind is ("no room is free")."""

    resource_id: str | None
    name: Phrase | Name | str
    slot: Slot


class SlotTaken(Refusal):
    """Another booking came first. Names every resource taken, and the nearest moments when all are free."""

    def __init__(self, *, taken: Sequence[Taken], nearest: Sequence[Slot] = ()) -> None:
        self.taken, self.nearest = tuple(taken), tuple(nearest)
        names = tuple(dict.fromkeys(one.name for one in self.taken))
        self.phrase = Phrase("Already taken at that time: %(names)s", names=names)
        super().__init__(self.taken, self.nearest)


class RulesBroken(Refusal):
    """The booking would break rules: all of them, so that they can be mended in one go."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        self.phrase = self.conflicts[0].phrase if len(self.conflicts) == 1 else _all(self.conflicts)
        super().__init__(self.conflicts)


class NobodyFree(Refusal):
    """No moment, or no interpreter or room, was found."""

    def __init__(self, *, wanted: Phrase, nearest: Sequence[Slot] = ()) -> None:
        self.wanted, self.nearest = wanted, tuple(nearest)
        self.phrase = Phrase("Nobody is free: %(wanted)s", wanted=wanted)
        super().__init__(wanted, self.nearest)


def _all(conflicts: Sequence[Conflict]) -> Phrase:
    sentences = Sentences(tuple(one.phrase for one in conflicts))
    return Phrase("%(count)s rules would be broken: %(sentences)s", count=len(conflicts), sentences=sentences)


@dataclass(frozen=True)
class Sentences:
    """Several phrases read one after the other."""

    phrases: tuple[Phrase, ...]

    def text(self, language: str) -> str:
        return "; ".join(one.text(language) for one in self.phrases)


STATE_WORDS: dict[str, Phrase] = {
    "held": Phrase("held"),
    "confirmed": Phrase("confirmed"),
    "completed": Phrase("completed"),
    "no_show": Phrase("marked as not attended"),
    "cancelled": Phrase("cancelled"),
}
