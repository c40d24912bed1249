"""A company picks its own slots: holds one, confirms or releases it, and later moves or cancels its session.

Whatever a company asks for is looked up as its own: what is another's is as if it did not exist.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.errors import IllegalMove, NotFound, RulesBroken, SlotTaken
from scheduler.booking.fair import Fair, slots_of
from scheduler.booking.meeting import Meeting, State, lapses_at
from scheduler.booking.occupancy import nearest_moments
from scheduler.booking.people import Buyer
from scheduler.booking.picking import PickingRules, Reach, met_already, not_matched, too_many_holds
from scheduler.booking.rules import Conflict
from scheduler.booking.slot import Slot
from scheduler.services import hold as holds
from scheduler.services.actor import Actor
from scheduler.services.book import book_in
from scheduler.services.cancel import cancel
from scheduler.services.choose import Wish
from scheduler.services.move import Target, move
from scheduler.services.notices import RowState
from scheduler.services.pairs import Pair, pair_in
from scheduler.services.picking_rules import rules_in
from scheduler.services.record import Keeping, keep_changed
from scheduler.services.roster import occupancy_within, scene_among, stretch_of
from scheduler.settings import Settings
from scheduler.storage import fairs, matches, meetings, people, receipts
from scheduler.storage.claims import release_lapsed
from scheduler.storage.db import Database
from scheduler.storage.errors import AlreadyThere
from scheduler.wording import Phrase

NEAREST = 4
_RECEIPTS_KEPT = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Pick:
    """One click on a free moment. `token` names the page it was made on: sent twice, it is one click."""

    fair_key: str
    company_id: str
    buyer_id: str
    start_at: datetime
    token: str


def hold_slot(db: Database, settings: Settings, pick: Pick, *, now: datetime, actor: Actor) -> Meeting:
    """Holds the slot, with interpreter and room found, in the stead of another hold for the same buyer.

    Raises SlotTaken (with the nearest moments) when somebody was faster, RulesBroken with the rules of the fair,
    NotFound for a buyer whom this company does not see.
    """
    try:
        return db.carry_out(lambda work: _hold_in(work, settings, pick, now=now, actor=actor))
    except SlotTaken as refusal:
        done = _earlier_answer(db, pick)
        if done is not None:
            return done
        nearest = nearest_of_pair(db, pick, now=now)
        raise SlotTaken(taken=refusal.taken, nearest=nearest) from None
    except AlreadyThere:
        # Two of the same clicks at one moment: whichever came first has answered for both.
        done = _earlier_answer(db, pick)
        if done is None:
            raise
        return done


def confirm_hold(
    db: Database, settings: Settings, company_id: str, meeting_id: str, *, now: datetime, actor: Actor
) -> Meeting:
    """Makes one's hold a session; confirmed already, it is the same answer again. Raises IllegalMove, NotFound."""
    meeting = own_meeting(db, company_id, meeting_id)
    if meeting.state is State.CONFIRMED:
        return meeting
    try:
        return holds.confirm(db, settings, meeting_id, now=now, actor=actor)
    except IllegalMove:
        after = own_meeting(db, company_id, meeting_id)
        if after.state is State.CONFIRMED:
            return after
        raise


def release_hold(db: Database, company_id: str, meeting_id: str, *, now: datetime, actor: Actor) -> Meeting:
    """Gives one's hold up; given up or lapsed already, it is the same answer again. Raises IllegalMove, NotFound."""
    meeting = own_meeting(db, company_id, meeting_id)
    if meeting.state is State.CANCELLED:
        return meeting
    return holds.release(db, meeting_id, now=now, actor=actor)


def move_own(
    db: Database,
    settings: Settings,
    company_id: str,
    meeting_id: str,
    start_at: datetime,
    *,
    seen_revision: int,
    now: datetime,
    actor: Actor,
) -> Meeting:
    """Moves one's session inside the rules of the fair. Raises RulesBroken with the rule, else as `move` does."""
    meeting, fair, rules = _with_rules(db, company_id, meeting_id)
    if meeting.slot.start_at == start_at and meeting.revision == seen_revision + 1:
        return meeting
    slot = _slot_of_buyer(db, fair, meeting, start_at)
    why_not = (*rules.why_not_move(fair, meeting.slot, now), *rules.why_not_pick(fair, slot, now))
    _refuse(why_not)
    target = Target(slot=slot)
    return move(db, settings, meeting_id, target, seen_revision=seen_revision, now=now, actor=actor)


def cancel_own(
    db: Database, company_id: str, meeting_id: str, *, seen_revision: int, now: datetime, actor: Actor
) -> Meeting:
    """Cancels one's session inside the rules of the fair. Raises RulesBroken with the rule, else as `cancel` does."""
    meeting, fair, rules = _with_rules(db, company_id, meeting_id)
    if meeting.state is State.CANCELLED:
        return meeting
    _refuse(rules.why_not_cancel(fair, meeting.slot, now))
    return cancel(db, meeting_id, seen_revision=seen_revision, now=now, actor=actor)


def own_meeting(db: Database, company_id: str, meeting_id: str) -> Meeting:
    """A meeting of this company, in whatever state. Raises NotFound."""
    with db.read() as work:
        meeting = meetings.get_meeting(work, meeting_id)
    if meeting.company_id != company_id or meeting.fair_id is None:
        raise NotFound(kind="meeting", key=meeting_id)
    return meeting


def nearest_of_pair(db: Database, pick: Pick, *, now: datetime, count: int = NEAREST) -> tuple[Slot, ...]:
    """The free moments closest to the one that was wanted, inside the rules of the fair."""
    with db.read() as work:
        pair = pair_in(work, pick.fair_key, pick.company_id, pick.buyer_id)
        rules = rules_in(work, pair.fair.id)
        standing = meetings.live_meeting_of_match(work, pair.match.id)
        scene = scene_among(work, pair.fair, (pair.match,))
        own = standing.id if standing is not None and standing.state is State.HELD else None
        whole = Slot(*stretch_of(pair.fair))
        found = nearest_moments(
            pair.match,
            scene.roster,
            occupancy_within(work, scene, pair.match.id, whole, without=own),
            around=pick.start_at,
            not_before=rules.earliest(now),
            count=count,
        )
    return tuple(one.slot for one in found)


def forget_old_receipts(db: Database, *, now: datetime) -> None:
    """Nobody sends a form again after days."""
    with db.write() as work:
        receipts.forget_receipts(work, now - _RECEIPTS_KEPT)


def _hold_in(work: Session, settings: Settings, pick: Pick, *, now: datetime, actor: Actor) -> Meeting:
    done = receipts.find_receipt(work, pick.company_id, _receipt_of(pick))
    if done is not None:
        return meetings.get_meeting(work, done)
    release_lapsed(work, now)
    pair = pair_in(work, pick.fair_key, pick.company_id, pick.buyer_id)
    # The quota is counted: of two clicks at one moment the second one sees what the first has led to.
    people.hold_still(work, pair.fair.id, (pair.company.id, pair.buyer.id))
    rules, slot = rules_in(work, pair.fair.id), slot_at(pair.fair, pair.buyer, pick.start_at)
    standing = meetings.live_meeting_of_match(work, pair.match.id)
    _refuse((*rules.why_not_pick(pair.fair, slot, now), *_why_not_pair(work, pair, rules, standing)))
    keep_match(work, pair)
    if standing is not None:
        given_up = standing.to_state(State.CANCELLED)
        keeping = Keeping(actor=actor, now=now, state=RowState.DUE)
        keep_changed(work, standing, given_up, {}, keeping, "release")
    until = lapses_at(now, rules.hold_minutes or settings.hold_minutes)
    wish = Wish(fair_key=pick.fair_key, match_id=pair.match.id, slot=slot)
    meeting = book_in(work, settings, wish, now=now, actor=actor, lapses_at=until)
    receipts.add_receipt(work, pick.company_id, _receipt_of(pick), meeting.id, now)
    return meeting


def _why_not_pair(
    work: Session, pair: Pair, rules: PickingRules, standing: Meeting | None
) -> tuple[Conflict, ...]:
    if standing is not None and standing.state is not State.HELD:
        return (met_already(pair.buyer.name, standing.slot, pair.fair.zone),)
    if not pair.is_matched and rules.reach is Reach.MATCHED:
        return (not_matched(pair.buyer.name),)
    held = meetings.meetings_of_resource(work, pair.company.id, states=(State.HELD,))
    others = [one for one in held if standing is None or one.id != standing.id]
    return (too_many_holds(len(others)),) if len(others) >= rules.holds_at_once else ()


def keep_match(work: Session, pair: Pair) -> None:
    """A pair that nobody had matched is matched by the pick; the grid places it after those that were."""
    if not pair.is_matched:
        matches.save_match(work, pair.fair.id, pair.match)


def slot_at(fair: Fair, buyer: Buyer, start_at: datetime) -> Slot:
    """The fair's slot for this buyer that begins then. Whatever else a form says is refused."""
    found = next((one for one in slots_of(fair, buyer.country) if one.start_at == start_at), None)
    if found is None:
        raise RulesBroken([Conflict(rule="slot_of_the_fair", phrase=Phrase("This is no slot of the fair."))])
    return found


def _slot_of_buyer(db: Database, fair: Fair, meeting: Meeting, start_at: datetime) -> Slot:
    with db.read() as work:
        pair = pair_in(work, fair.key, meeting.company_id or "", meeting.buyer_id or "")
    return slot_at(fair, pair.buyer, start_at)


def _with_rules(db: Database, company_id: str, meeting_id: str) -> tuple[Meeting, Fair, PickingRules]:
    meeting = own_meeting(db, company_id, meeting_id)
    with db.read() as work:
        fair = fairs.get_fair_by_id(work, meeting.fair_id or "")
        return meeting, fair, rules_in(work, fair.id)


def _earlier_answer(db: Database, pick: Pick) -> Meeting | None:
    with db.read() as work:
        done = receipts.find_receipt(work, pick.company_id, _receipt_of(pick))
        return meetings.get_meeting(work, done) if done is not None else None


def _receipt_of(pick: Pick) -> str:
    # Another moment or buyer chosen on the same page, after going back to it, is another click.
    return f"{pick.token}:{pick.buyer_id}:{pick.start_at.isoformat()}"


def _refuse(why_not: tuple[Conflict, ...]) -> None:
    if why_not:
        raise RulesBroken(why_not)
