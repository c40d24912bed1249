"""The picking rules of a fair: kept among its settings, so that importing the fair again leaves them alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, ChangedMeanwhile, Fault
from scheduler.booking.fair import Fair
from scheduler.booking.picking import PickingRules, Reach
from scheduler.services.actor import Actor
from scheduler.storage import audit, fairs
from scheduler.storage.db import Database
from scheduler.timezones.errors import TimeError
from scheduler.timezones.wall import parse_wall, to_utc, to_wall
from scheduler.wording import Phrase

_KEPT = "picking"
LIMITS: dict[str, tuple[int, int]] = {
    "hold_minutes": (2, 240),
    "holds_at_once": (1, 20),
    "pick_hours": (0, 24 * 30),
    "move_hours": (0, 24 * 30),
    "cancel_hours": (0, 24 * 30),
    "request_hours": (1, 24 * 60),
    "offer_minutes": (5, 7 * 24 * 60),
}
"""The smallest and the largest number that a rule may have."""
SWITCHES = ("is_on", "takes_requests")
MOMENTS = ("closes_at", "wishes_close_at")


def rules_in(work: Session, fair_id: str) -> PickingRules:
    """The rules of a fair; nobody picks where nothing has been set."""
    return _rules_from(fairs.fair_settings(work, fair_id).get(_KEPT, {}))


def rules_of(work: Session, fair_ids: Iterable[str]) -> dict[str, PickingRules]:
    """The same of several fairs."""
    kept = fairs.settings_of(work, fair_ids)
    return {fair_id: _rules_from(settings.get(_KEPT, {})) for fair_id, settings in kept.items()}


def picking_rules(db: Database, fair_key: str) -> tuple[Fair, PickingRules]:
    """Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        return fair, rules_in(work, fair.id)


def set_picking_rules(
    db: Database,
    fair_key: str,
    given: Mapping[str, str],
    *,
    now: datetime,
    actor: Actor,
    seen: PickingRules | None = None,
) -> PickingRules:
    """Sets the rules that are named, as written in a form; those that are not named stay.

    Moments are wall times of the fair's zone, and an empty one means none. Raises BadInput with every fault,
    ChangedMeanwhile where the rules are not those `seen` any more.
    """
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        settings = fairs.settings_to_change(work, fair.id)
        before = settings.get(_KEPT, {})
        if seen is not None and seen != _rules_from(before):
            raise ChangedMeanwhile
        read = {name: _read(name, given[name], fair.zone) for name in _NAMES if name in given}
        faults = [one for one in read.values() if isinstance(one, Fault)]
        if faults:
            raise BadInput(faults)
        after = {**before, **read}
        fairs.save_fair_settings(work, fair.id, {**settings, _KEPT: after})
        audit.record(work, now, actor.label, "set_picking", "fair", fair.id, before, after)
        return _rules_from(after)


def written_rules(fair: Fair, rules: PickingRules) -> dict[str, str]:
    """The rules as a form shows them."""
    return dict(_written(fair, rules))


def _written(fair: Fair, rules: PickingRules) -> Iterator[tuple[str, str]]:
    for name in _NAMES:
        value = getattr(rules, name)
        if isinstance(value, bool):
            yield name, "yes" if value else "no"
        elif isinstance(value, datetime):
            yield name, to_wall(value, fair.zone).isoformat("T", "minutes")
        else:
            yield name, "" if value is None else str(value)


def _read(name: str, written: str, zone: str) -> Any:
    plain = written.strip()
    if name in SWITCHES:
        return plain == "yes"
    if name == "reach":
        return plain if plain in set(Reach) else Fault(place=name, wrong=Phrase("Choose one of the list."))
    if name in MOMENTS:
        return _moment(name, plain, zone)
    if name == "hold_minutes" and not plain:
        return None
    lowest, highest = LIMITS[name]
    if plain.isascii() and plain.isdecimal() and len(plain) < 7 and lowest <= int(plain) <= highest:
        return int(plain)
    wrong = Phrase("Write a whole number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest)
    return Fault(place=name, wrong=wrong)


def _moment(name: str, plain: str, zone: str) -> str | Fault | None:
    if not plain:
        return None
    try:
        return to_utc(parse_wall(plain), zone).isoformat()
    except TimeError as error:
        return Fault(place=name, wrong=error.phrase)


def _rules_from(kept: Mapping[str, Any]) -> PickingRules:
    known = {name: value for name, value in kept.items() if name in _NAMES}
    for name in MOMENTS:
        if known.get(name) is not None:
            known[name] = datetime.fromisoformat(known[name])
    if "reach" in known:
        known["reach"] = Reach(known["reach"])
    return PickingRules(**known)


_NAMES = tuple(one.name for one in fields(PickingRules))
