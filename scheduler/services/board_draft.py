"""A coordinator's changes to a plan that is not published: placed elsewhere, put back, pinned.

The plan stays one that keeps every hard rule; what the solver had proved of it no longer holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import NotFound, Refusal, RulesBroken
from scheduler.booking.exchange import exchange
from scheduler.booking.fair import Fair
from scheduler.booking.rules import in_the_past
from scheduler.booking.slot import Slot
from scheduler.grid.plan import LeftOut, Plan, Status
from scheduler.grid.texts import plan_text
from scheduler.grid.waiting import idle_of
from scheduler.services.actor import Actor
from scheduler.services.board_cards import planned_mark
from scheduler.services.board_places import Planned, Stand
from scheduler.services.build_grid import problem_in
from scheduler.services.choose import Wish, choose
from scheduler.storage import audit, drafts, matches
from scheduler.wording import Phrase

PLACE, SWAP, PIN, UNPIN = "plan_place", "plan_swap", "plan_pin", "plan_unpin"
"""How the audit trail names what is done to a plan."""


class StalePlace(Refusal):
    """Somebody else changed the plan since it was looked at."""

    phrase = Phrase("This session has changed since you opened it. Look again, then decide.")


def place_planned(
    work: Session, fair: Fair, stand: Stand, wish: Wish, *, seen: str, now: datetime, actor: Actor
) -> Placement:
    """Puts a session of the plan, or a match that it left out, where it is wished.

    Raises StalePlace, SlotTaken, RulesBroken.
    """
    planned = _unchanged(stand, seen)
    placement = choose(stand.scene, stand.match, _as_now_where_free(stand, wish), now=now)
    others = [one for one in planned.plan.placements if one.match_id != placement.match_id]
    left_out = [one for one in planned.plan.left_out if one.match_id != placement.match_id]
    _save(work, fair, planned, [*others, placement], left_out)
    if any(pin == stand.placement for pin in matches.pins_of(work, fair.id)):
        matches.save_pin(work, fair.id, placement)
    _record(work, stand, placement, now, actor)
    return placement


def put_back_planned(
    work: Session, fair: Fair, stand: Stand, *, seen: str, now: datetime, actor: Actor
) -> None:
    """Takes a session out of the plan; its pin goes with it. Raises StalePlace, NotFound."""
    planned = _unchanged(stand, seen)
    if stand.placement is None:
        raise NotFound(kind="placement", key=stand.match.id)
    others = [one for one in planned.plan.placements if one.match_id != stand.match.id]
    why = LeftOut(match_id=stand.match.id, reasons=(Phrase("The coordinator put it back."),))
    _save(work, fair, planned, others, [*planned.plan.left_out, why])
    matches.remove_pin(work, stand.match.id)
    _record(work, stand, None, now, actor)


def swap_planned(
    work: Session, fair: Fair, stand: Stand, other: Placement, *, seen: str, now: datetime, actor: Actor
) -> None:
    """Two sessions of the plan exchange their times; `stand` is without either. Raises StalePlace, RulesBroken."""
    planned = _unchanged(stand, seen)
    if stand.placement is None:
        raise StalePlace
    before = (stand.placement, other)
    past = [in_the_past(one.slot, fair.zone) for one in before if one.slot.start_at < now]
    found = exchange(*before, stand.scene.roster, stand.scene.occupancy)
    if past or found.conflicts:
        raise RulesBroken([*past, *found.conflicts])
    others = [one for one in planned.plan.placements if one not in before]
    _save(work, fair, planned, [*others, *found.placements], planned.plan.left_out)
    pins = matches.pins_of(work, fair.id)
    for old, new in zip(before, found.placements, strict=True):
        if old in pins:
            matches.save_pin(work, fair.id, new)
        written, after = written_place(old), written_place(new)
        audit.record(work, now, actor.label, SWAP, "match", old.match_id, written, after)


def pin_planned(
    work: Session, fair: Fair, stand: Stand, *, is_pinned: bool, seen: str, now: datetime, actor: Actor
) -> None:
    """A pinned place is kept when the grid is built again. Raises StalePlace, NotFound."""
    _unchanged(stand, seen)
    if stand.placement is None:
        raise NotFound(kind="placement", key=stand.match.id)
    if is_pinned:
        matches.save_pin(work, fair.id, stand.placement)
    else:
        matches.remove_pin(work, stand.match.id)
    written = written_place(stand.placement)
    audit.record(
        work, now, actor.label, PIN if is_pinned else UNPIN, "match", stand.match.id, written, written
    )


def written_place(placement: Placement | None) -> dict[str, Any]:
    """A place as the audit trail keeps it; nothing for none."""
    if placement is None:
        return {}
    return {
        "start_at": placement.slot.start_at.isoformat(),
        "end_at": placement.slot.end_at.isoformat(),
        "interpreter_ids": list(placement.interpreter_ids),
        "room_id": placement.room_id,
    }


def wish_from(fair: Fair, match_id: str, written: Mapping[str, Any]) -> Wish:
    """The place that the audit trail names, to be had again as it was."""
    slot = Slot(datetime.fromisoformat(written["start_at"]), datetime.fromisoformat(written["end_at"]))
    return Wish(
        fair_key=fair.key,
        match_id=match_id,
        slot=slot,
        interpreter_ids=tuple(written["interpreter_ids"]),
        room_id=written["room_id"],
    )


def _unchanged(stand: Stand, seen: str) -> Planned:
    if stand.planned is None:
        raise StalePlace
    current = planned_mark(stand.placement) if stand.placement is not None else ""
    if current != seen:
        raise StalePlace
    return stand.planned


def _as_now_where_free(stand: Stand, wish: Wish) -> Wish:
    if stand.placement is None:
        return wish
    resources, occupancy = stand.scene.roster.resources, stand.scene.occupancy

    def free(resource_id: str) -> bool:
        resource = resources.get(resource_id)
        return resource is not None and occupancy.is_free(resource, wish.slot, stand.scene.fair)

    now_there = stand.placement.interpreter_ids
    if wish.interpreter_ids is None and len(now_there) == len(stand.match.legs) and all(map(free, now_there)):
        wish = replace(wish, interpreter_ids=now_there)
    room_id = stand.placement.room_id
    if wish.room_id is None and room_id is not None and free(room_id):
        wish = replace(wish, room_id=room_id)
    return wish


def _save(
    work: Session,
    fair: Fair,
    planned: Planned,
    placements: Iterable[Placement],
    left_out: Iterable[LeftOut],
) -> None:
    standing = tuple(sorted(placements, key=lambda one: (one.slot, one.match_id)))
    plan: Plan = replace(
        planned.plan,
        placements=standing,
        left_out=tuple(left_out),
        status=Status.FEASIBLE,
        idle=idle_of(problem_in(work, fair), standing),
    )
    drafts.save_draft(work, replace(planned.draft, plan=plan_text(plan)))


def _record(work: Session, stand: Stand, after: Placement | None, now: datetime, actor: Actor) -> None:
    before = written_place(stand.placement)
    audit.record(work, now, actor.label, PLACE, "match", stand.match.id, before, written_place(after))
