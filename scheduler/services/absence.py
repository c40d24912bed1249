"""An absence: the stretch in which somebody or a room is away, in the wall time of their own zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler.booking.errors import BadInput, Fault
from scheduler.booking.fair import Fair, slots_of
from scheduler.booking.people import Resource, zone_of
from scheduler.timezones.edges import span_on
from scheduler.timezones.hours import Hours
from scheduler.timezones.span import DAY_MINUTES, WallSpan
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase

Away = tuple[tuple[date, WallSpan], ...]
"""Spans by date, as they are cut out of somebody's hours."""
_WHOLE_DAY = WallSpan(0, DAY_MINUTES)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Who is away, and when: the whole fair (`on` None), a day of their own zone, or a part of it."""

    resource_id: str
    on: date | None = None
    span: WallSpan = _WHOLE_DAY


def days_of(fair: Fair, resource: Resource) -> tuple[date, ...]:
    """The days of the fair as the resource's own calendar shows them."""
    countries = {"", *(rule.country for rule in fair.country_rules)}
    slots = [slot for country in countries for slot in slots_of(fair, country)]
    zone = zone_of(resource)
    return tuple(
        sorted({to_wall(at, zone).date() for slot in slots for at in (slot.start_at, slot.end_at - _MINUTE)})
    )


def away_of(fair: Fair, resource: Resource, absence: Absence, *, not_before: datetime) -> Away:
    """What is cut out of the resource's hours; nothing before `not_before`, for what has been cannot be changed.

    Raises BadInput for a day the fair does not have, and for a stretch that is over.
    """
    days = days_of(fair, resource)
    if absence.on is not None and absence.on not in days:
        raise BadInput([Fault(place="on", wrong=Phrase("The fair does not take place on that day."))])
    asked = [(on, absence.span) for on in days] if absence.on is None else [(absence.on, absence.span)]
    away = tuple(_ahead(asked, zone_of(resource), not_before))
    if not away:
        raise BadInput([Fault(place="on", wrong=Phrase("This stretch is over already."))])
    return away


def hours_without(hours: Hours, away: Away) -> Hours:
    """The hours with an absence cut out."""
    for on, span in away:
        hours = hours.without(on, span)
    return hours


def hours_still_without(hours: Hours, stored: Hours, away: Away) -> Hours:
    """Hours that say nothing of an absence, with it cut out again, unless somebody has taken it back since."""
    kept = set(stored.away) - set(hours.away) if hours.zone == stored.zone else set()
    return hours_without(hours, tuple(one for one in away if one in kept))


def away_to_json(away: Away) -> list[list[str]]:
    return [[on.isoformat(), span.text()] for on, span in away]


def away_from_json(written: Iterable[Iterable[str]]) -> Away:
    return tuple((date.fromisoformat(on), WallSpan.parse(span)) for on, span in written)


def _ahead(
    asked: Iterable[tuple[date, WallSpan]], zone: str, not_before: datetime
) -> Iterable[tuple[date, WallSpan]]:
    for on, span in asked:
        interval = span_on(on, span, zone)
        if interval is None or interval[1] <= not_before:
            continue
        if interval[0] >= not_before:
            yield on, span
            continue
        since_midnight = to_wall(not_before, zone) - datetime.combine(on, time())
        start_minute = -(-since_midnight // _MINUTE)
        if start_minute < span.end_minute:
            yield on, WallSpan(start_minute, span.end_minute)
