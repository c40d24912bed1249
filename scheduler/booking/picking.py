"""The rules of a fair in which companies pick their slots themselves, and the sentences that refuse."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.booking.fair import Fair, FairState
from scheduler.booking.rules import Conflict
from scheduler.booking.slot import Slot
from scheduler.timezones.labels import MomentText
from scheduler.wording import Phrase


class Reach(StrEnum):
    """Whom a company may pick without asking: those it is matched with, or every buyer of the fair."""

    MATCHED = "matched"
    EVERYBODY = "everybody"


@dataclass(frozen=True, kw_only=True)
class PickingRules:
    """Self-picking at one fair. Hours count back from the start of a session; None means no limit of its own.

    With `takes_requests` companies rank buyers and ask for sessions also where the organiser assigns the slots.
    `hold_minutes` None is the installation's; `holds_at_once` is the quota of one company.
    """

    is_on: bool = False
    takes_requests: bool = False
    reach: Reach = Reach.MATCHED
    hold_minutes: int | None = None
    holds_at_once: int = 2
    pick_hours: int = 2
    move_hours: int = 24
    cancel_hours: int = 24
    closes_at: datetime | None = None
    wishes_close_at: datetime | None = None
    request_hours: int = 72
    offer_minutes: int = 120

    def is_open(self, fair: Fair, now: datetime) -> bool:
        """Whether companies may pick at this moment at all."""
        return not tuple(self.closed(fair, now))

    def takes_wishes(self, fair: Fair, now: datetime) -> bool:
        """Whether wish lists may still be changed."""
        in_time = self.wishes_close_at is None or now < self.wishes_close_at
        return self.takes_part(fair) and in_time

    def takes_part(self, fair: Fair) -> bool:
        """Whether companies have any word in this fair: they pick, or at least ask."""
        return (self.is_on or self.takes_requests) and fair.state is not FairState.CLOSED

    def earliest(self, now: datetime) -> datetime:
        """The first moment at which a slot picked now may begin."""
        return now + timedelta(hours=self.pick_hours)

    def closed(self, fair: Fair, now: datetime) -> Iterator[Conflict]:
        """Why nobody picks in this fair now."""
        if not self.is_on:
            yield _rule("picking_off", Phrase("In this fair the organiser assigns the slots."))
        elif fair.state is FairState.CLOSED:
            yield _rule("picking_closed", Phrase("This fair is closed."))
        elif self.closes_at is not None and now >= self.closes_at:
            when = MomentText(start_at=self.closes_at, zone=fair.zone)
            yield _rule("picking_closed", Phrase("Picking ended at %(when)s.", when=when))

    def why_not_pick(self, fair: Fair, slot: Slot, now: datetime) -> tuple[Conflict, ...]:
        """All that forbids picking this slot now."""
        text = Phrase("A slot is picked at least %(hours)s hours before it begins.", hours=self.pick_hours)
        return (*self.closed(fair, now), *_too_late(slot, self.pick_hours, now, "picked_in_time", text))

    def why_not_move(self, fair: Fair, slot: Slot, now: datetime) -> tuple[Conflict, ...]:
        """All that forbids a company to move its session away from this slot now."""
        text = Phrase(
            "A session can be moved up to %(hours)s hours before it begins. Please ask the organiser.",
            hours=self.move_hours,
        )
        return (*self.closed(fair, now), *_too_late(slot, self.move_hours, now, "moved_in_time", text))

    def why_not_cancel(self, fair: Fair, slot: Slot, now: datetime) -> tuple[Conflict, ...]:
        """All that forbids a company to cancel its session in this slot now. Giving up needs no open picking."""
        text = Phrase(
            "A session can be cancelled up to %(hours)s hours before it begins. Please ask the organiser.",
            hours=self.cancel_hours,
        )
        off = () if self.is_on else tuple(self.closed(fair, now))
        return (*off, *_too_late(slot, self.cancel_hours, now, "cancelled_in_time", text))


def no_requests() -> Conflict:
    """Companies and buyers are matched by the organiser alone."""
    return _rule("no_requests", Phrase("In this fair the organiser decides who meets whom."))


def wishes_closed(rules: PickingRules, fair: Fair) -> Conflict:
    """The list can no longer be changed."""
    if rules.wishes_close_at is None or not rules.takes_part(fair):
        return no_requests()
    when = MomentText(start_at=rules.wishes_close_at, zone=fair.zone)
    return _rule("wishes_closed", Phrase("Wish lists closed at %(when)s.", when=when))


def too_many_requests(count: int) -> Conflict:
    """A side has used up its quota of open requests."""
    phrase = Phrase("%(count)s requests of yours wait for an answer already.", count=count)
    return _rule("requests_at_once", phrase)


def matched_already(other: str) -> Conflict:
    """There is nothing to ask for."""
    return _rule("matched_already", Phrase("A session with %(other)s is agreed already.", other=other))


def too_many_holds(count: int) -> Conflict:
    """A company has used up its quota."""
    phrase = Phrase.counted(
        "You hold %(num)s slot already. Confirm or release it first.",
        "You hold %(num)s slots already. Confirm or release one first.",
        count,
    )
    return _rule("holds_at_once", phrase)


def not_matched(buyer: str) -> Conflict:
    """The pair has not been agreed on, and this fair asks for that."""
    phrase = Phrase("%(buyer)s has not agreed to a session yet. Ask for one first.", buyer=buyer)
    return _rule("not_matched", phrase)


def met_already(buyer: str, slot: Slot, zone: str) -> Conflict:
    """There is a session of the pair."""
    when = MomentText(start_at=slot.start_at, end_at=slot.end_at, zone=zone)
    return _rule("match_once", Phrase("You meet %(buyer)s already: %(when)s.", buyer=buyer, when=when))


def _too_late(slot: Slot, hours: int, now: datetime, rule: str, phrase: Phrase) -> Iterator[Conflict]:
    # At the very hour it is still allowed.
    if slot.start_at - now < timedelta(hours=hours):
        yield Conflict(rule=rule, phrase=phrase, slot=slot)


def _rule(rule: str, phrase: Phrase) -> Conflict:
    return Conflict(rule=rule, phrase=phrase)
