"""The single changes that could let a match in, each with its sentence and what it costs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scheduler.booking.people import Buyer, Company, Interpreter, LanguagePair, Resource, Room, named, zone_of
from scheduler.booking.rules import limit_per_day
from scheduler.booking.slot import Slot
from scheduler.grid.problem import Problem
from scheduler.timezones.hours import Hours
from scheduler.timezones.labels import BothSidesText, DayText, MomentText
from scheduler.timezones.span import DAY_MINUTES, WallSpan
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase, msgid
from scheduler.wording.tongues import TonguesText

COSTS = {
    "limit": 1,
    Room: 2,
    Interpreter: 3,
    Company: 4,
    Buyer: 6,
    "another interpreter": 8,
    "another room": 10,
    "fair": 12,
}
"""What a change costs, from little to much: one session a day more; an hour (or part of it) longer for a room that
is there, an interpreter, a company, a buyer; one more interpreter; one more room; an hour longer for the fair."""
_UNTIL: dict[type, str] = {
    Company: msgid("%(name)s stays until %(until)s (%(minutes)s minutes longer)"),
    Buyer: msgid("the day of %(name)s ends at %(until)s (%(minutes)s minutes later)"),
    Interpreter: msgid("interpreter %(name)s works until %(until)s (%(minutes)s minutes longer)"),
    Room: msgid("open %(name)s until %(until)s (%(minutes)s minutes longer)"),
}
_FROM: dict[type, str] = {
    Company: msgid("%(name)s comes at %(since)s (%(minutes)s minutes earlier)"),
    Buyer: msgid("the day of %(name)s begins at %(since)s (%(minutes)s minutes earlier)"),
    Interpreter: msgid("interpreter %(name)s works from %(since)s (%(minutes)s minutes earlier)"),
    Room: msgid("open %(name)s from %(since)s (%(minutes)s minutes earlier)"),
}
_SLOTS_OUTSIDE = 2
NEW_INTERPRETER, NEW_ROOM = "one-more-interpreter", "one-more-room"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that could be otherwise: somebody's hours or limit, somebody or a room more, the fair's opening."""

    phrase: Phrase
    cost: int
    resource_id: str = ""
    hours: Hours | None = None
    daily_limit: int | None = None
    newcomer: Interpreter | Room | None = None
    opening: tuple[WallSpan, ...] | None = None


def longer_fairs(problem: Problem, country: str) -> Iterator[Change]:
    """The fair opens earlier or closes later on every day.

    Whole slots are put before the first and after the last opening of the day, so that the others stay.
    """
    fair, rule = problem.fair, problem.fair.rule_for(country)
    spans = sorted(fair.opening)
    pitch = rule.slot_minutes + rule.break_minutes
    for number in range(1, _SLOTS_OUTSIDE + 1) if spans else ():
        minutes = number * pitch
        cost = COSTS["fair"] * _hours(minutes)
        first, last = spans[0], spans[-1]
        if first.start_minute >= minutes:
            earlier = replace(first, start_minute=first.start_minute - minutes)
            phrase = Phrase("open the fair from %(clock)s on every day", clock=earlier.text()[:5])
            yield Change(phrase=phrase, cost=cost, opening=(earlier, *spans[1:]))
        if last.end_minute + minutes <= DAY_MINUTES:
            later = replace(last, end_minute=last.end_minute + minutes)
            phrase = Phrase("keep the fair open until %(clock)s on every day", clock=later.text()[-5:])
            yield Change(phrase=phrase, cost=cost, opening=(*spans[:-1], later))


def longer_day(problem: Problem, one: Resource, slot: Slot) -> Change | None:
    """The hours stretched over the slot; None where something is cut out of them there, such as an absence."""
    zone = zone_of(one)
    start = to_wall(slot.start_at, zone)
    on, begins = start.date(), start.hour * 60 + start.minute
    spans = dict(one.hours.dated).get(on, one.hours.weekly[on.weekday()])
    new = _stretched(spans, WallSpan(begins, begins + slot.minutes))
    if not spans and isinstance(one, Room):
        new = _whole_day(problem, on, zone) or new
    hours = _joined(one.hours.with_dated(on, ()), on, (*spans, new))
    if not hours.covers(slot.start_at, slot.end_at):
        return None
    home = problem.fair.zone
    phrase = _longer_phrase(one, spans, new, on, slot, home)
    added = new.end_minute - new.start_minute
    return Change(phrase=phrase, cost=COSTS[type(one)] * _hours(added), resource_id=one.id, hours=hours)


def _longer_phrase(
    one: Resource, spans: Sequence[WallSpan], new: WallSpan, on: date, slot: Slot, home: str
) -> Phrase:
    zone = zone_of(one)
    if not spans and isinstance(one, Room):
        return Phrase("open %(name)s on %(day)s", name=named(one), day=DayText(on=on))
    if any(span.end_minute == new.start_minute for span in spans):
        until = BothSidesText(start_at=slot.end_at, home_zone=home, away_zone=zone)
        return Phrase(
            _UNTIL[type(one)], name=named(one), until=until, minutes=new.end_minute - new.start_minute
        )
    if any(span.start_minute == new.end_minute for span in spans):
        since = BothSidesText(start_at=slot.start_at, home_zone=home, away_zone=zone)
        return Phrase(
            _FROM[type(one)], name=named(one), since=since, minutes=new.end_minute - new.start_minute
        )
    when = BothSidesText(start_at=slot.start_at, end_at=slot.end_at, home_zone=home, away_zone=zone)
    return Phrase("%(name)s also at %(when)s", name=named(one), when=when)


def _stretched(spans: Sequence[WallSpan], wanted: WallSpan) -> WallSpan:
    """What to add so that a span of the day reaches over what is wanted, with no gap in between."""
    before = [span.end_minute for span in spans if span.end_minute <= wanted.start_minute]
    after = [span.start_minute for span in spans if span.start_minute >= wanted.end_minute]
    reach = [(wanted.start_minute - max(before), "until")] if before else []
    reach += [(min(after) - wanted.end_minute, "from")] if after else []
    inside = [
        span
        for span in spans
        if span.start_minute < wanted.end_minute and span.end_minute > wanted.start_minute
    ]
    if inside:
        first, last = min(span.start_minute for span in inside), max(span.end_minute for span in inside)
        if first <= wanted.start_minute < last < wanted.end_minute:
            return WallSpan(last, wanted.end_minute)
        if wanted.start_minute < first < wanted.end_minute <= last:
            return WallSpan(wanted.start_minute, first)
        return wanted
    if not reach:
        return wanted
    _, way = min(reach)
    if way == "until":
        return WallSpan(max(before), wanted.end_minute)
    return WallSpan(wanted.start_minute, min(after))


def _whole_day(problem: Problem, on: date, zone: str) -> WallSpan | None:
    """A room that is closed for the day opens for as long as the fair does."""
    opening = problem.fair.opening
    if on not in problem.fair.days or zone != problem.fair.zone or not opening:
        return None
    return WallSpan(min(span.start_minute for span in opening), max(span.end_minute for span in opening))


def _joined(hours: Hours, on: date, spans: Sequence[WallSpan]) -> Hours:
    return hours.with_dated(on, sorted(spans))


def higher_limit(problem: Problem, one: Resource) -> Change:
    """One session a day more."""
    limit = (limit_per_day(one, problem.fair) or 0) + 1
    phrase = Phrase("%(name)s takes %(limit)s sessions a day", name=named(one), limit=limit)
    return Change(phrase=phrase, cost=COSTS["limit"], resource_id=one.id, daily_limit=limit)


def one_more_interpreter(problem: Problem, leg: LanguagePair, position: int, slot: Slot) -> Change:
    """Somebody new for the session's leg at `position`, there for this slot at least."""
    home = problem.fair.zone
    start = to_wall(slot.start_at, home)
    begins = start.hour * 60 + start.minute
    hours = Hours.never(home).with_dated(start.date(), [WallSpan(begins, begins + slot.minutes)])
    when = MomentText(start_at=slot.start_at, end_at=slot.end_at, zone=home)
    spoken = TonguesText(codes=tuple(code for code in (leg.first, leg.second) if code != "ko"))
    return Change(
        phrase=Phrase("one more interpreter for %(language)s at %(when)s", language=spoken, when=when),
        cost=COSTS["another interpreter"],
        newcomer=Interpreter(
            id=f"{NEW_INTERPRETER}-{position}", name=NEW_INTERPRETER, hours=hours, pairs=(leg,)
        ),
    )


def one_more_room(problem: Problem, slot: Slot) -> Change:
    """A room more, open in this slot at least."""
    when = MomentText(start_at=slot.start_at, end_at=slot.end_at, zone=problem.fair.zone)
    return Change(
        phrase=Phrase("one more room at %(when)s", when=when),
        cost=COSTS["another room"],
        newcomer=Room(id=NEW_ROOM, name=NEW_ROOM, hours=Hours.always(problem.fair.zone)),
    )


def _hours(minutes: int) -> int:
    """Hours begun."""
    return max(1, -(-minutes // 60))
