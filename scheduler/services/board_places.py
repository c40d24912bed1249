"""Where one session of the board could stand: in every slot of a day and every column, with what is in the way.

A session is a stored meeting, a placement of a plan that is not published yet, or a match that has no place; its id on
the board is that of its match.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair, FairState, day_of
from scheduler.booking.match import Match
from scheduler.booking.meeting import LIVE, Meeting
from scheduler.booking.occupancy import obstacle, occupancy_of
from scheduler.booking.people import Interpreter, named
from scheduler.booking.slot import Slot
from scheduler.grid.plan import Plan
from scheduler.services.agenda import WITH_PLAN
from scheduler.services.board import Across
from scheduler.services.board_plan import plan_read
from scheduler.services.choose import match_of
from scheduler.services.options import Option, Options, options_of_match
from scheduler.services.roster import Scene, placement_of, scene_of, scene_over, stretch_of
from scheduler.storage import claims, drafts, fairs, matches, meetings
from scheduler.storage.db import Database
from scheduler.storage.drafts import Draft
from scheduler.wording import Phrase
from scheduler.wording.tongues import TonguesText

NO_COLUMN = ""
"""The column of those that have no room, or need no interpreter."""


@dataclass(frozen=True, kw_only=True)
class SlotOptions:
    """One slot: what stands in the way in every column, or column by column what is in the way or what it costs."""

    slot: Slot
    why: tuple[Phrase, ...] = ()
    closed: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    costs: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BoardOptions:
    """All slots of a day that the session could take at all; `elsewhere` says why it can stand in no other column.

    `days` counts, for every day of the fair, the slots in which it could stand.
    """

    slots: tuple[SlotOptions, ...]
    elsewhere: Phrase
    days: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The plan of a fair that is not published."""

    draft: Draft
    plan: Plan


@dataclass(frozen=True, kw_only=True)
class Stand:
    """A session apart from all others: the scene is without it. `placement` is None for a match without a place."""

    scene: Scene
    match: Match
    placement: Placement | None = None
    meeting: Meeting | None = None
    planned: Planned | None = None


def options_on_board(
    db: Database, key: str, match_id: str, *, day: date, across: Across, now: datetime
) -> BoardOptions:
    """Every slot of a day, in order of time, as it would be for this session. Raises NotFound."""
    found = options_of_match(db, key, match_id, now=now, on=day)
    days = Counter(day_of(one.slot, found.fair.zone) for one in found.options if not one.conflicts)
    return replace(_of_day(db, key, found, day, across), days=days)


def _of_day(db: Database, key: str, found: Options, day: date, across: Across) -> BoardOptions:
    todays = [one for one in found.options if day_of(one.slot, found.fair.zone) == day]
    if across is Across.INTERPRETER:
        return _by_interpreter(db, key, found, todays)
    if across is Across.ROOM:
        needs = found.match.needs_room
        elsewhere = (
            Phrase("This session needs a room.")
            if needs
            else Phrase("The company joins from its own office.")
        )
        return BoardOptions(slots=tuple(_by_room(found, one) for one in todays), elsewhere=elsewhere)
    own = found.match.company_id if across is Across.COMPANY else found.match.buyer_id
    slots = tuple(_in_one_column(found, one, own) for one in todays)
    return BoardOptions(slots=slots, elsewhere=_other_sides(found))


def _by_room(found: Options, option: Option) -> SlotOptions:
    """Rooms that cost the same share the same words."""
    if option.conflicts:
        return SlotOptions(slot=option.slot, why=tuple(one.phrase for one in option.conflicts))
    words = {one.cost: found.words(one) for one in {each.cost: each for each in option.places}.values()}
    return SlotOptions(
        slot=option.slot,
        closed={
            one.room_id or NO_COLUMN: tuple(each.phrase for each in one.conflicts)
            for one in option.places
            if one.cost is None
        },
        costs={one.room_id or NO_COLUMN: words[one.cost] for one in option.places if one.cost is not None},
    )


def _in_one_column(found: Options, option: Option, column: str) -> SlotOptions:
    best = option.best
    if best is None:
        return SlotOptions(slot=option.slot, why=tuple(one.phrase for one in option.conflicts))
    return SlotOptions(slot=option.slot, costs={column: found.words(best)})


def _other_sides(found: Options) -> Phrase:
    return Phrase(
        "This session is between %(company)s and %(buyer)s.",
        company=named(found.resources[found.match.company_id]),
        buyer=found.resources[found.match.buyer_id].name,
    )


def _by_interpreter(db: Database, key: str, found: Options, todays: Iterable[Option]) -> BoardOptions:
    if not found.match.legs:
        slots = tuple(_in_one_column(found, one, NO_COLUMN) for one in todays)
        return BoardOptions(slots=slots, elsewhere=Phrase("This session needs no interpreter."))
    with db.read() as work:
        stand = stand_of(work, fairs.get_fair(work, key), found.match.id)
    slots = tuple(_with_interpreters(stand, found, one) for one in todays)
    return BoardOptions(slots=slots, elsewhere=Phrase("This session needs an interpreter."))


def _with_interpreters(stand: Stand, found: Options, option: Option) -> SlotOptions:
    if option.best is None:
        return SlotOptions(slot=option.slot, why=tuple(one.phrase for one in option.conflicts))
    words = found.words(option.best)
    closed: dict[str, tuple[Phrase, ...]] = {}
    costs: dict[str, tuple[Phrase, ...]] = {}
    for one in stand.scene.roster.resources.values():
        if not isinstance(one, Interpreter):
            continue
        reasons = tuple(_against(stand, one, option.slot))
        if reasons:
            closed[one.id] = reasons
        else:
            costs[one.id] = words
    return SlotOptions(slot=option.slot, closed=closed, costs=costs)


def _against(stand: Stand, interpreter: Interpreter, slot: Slot) -> Iterator[Phrase]:
    if leg_of(stand.match, interpreter) is None:
        pairs = tuple(TonguesText(codes=(leg.first, leg.second)) for leg in stand.match.legs)
        yield Phrase("%(name)s does not interpret %(pair)s", name=named(interpreter), pair=pairs)
    found = obstacle(interpreter, slot, stand.scene.roster, stand.scene.occupancy)
    if found is not None:
        yield found.phrase


def leg_of(match: Match, interpreter: Interpreter) -> int | None:
    """The number of the leg that an interpreter could take, from 0."""
    return next((number for number, leg in enumerate(match.legs) if leg in interpreter.pairs), None)


def stand_of(work: Session, fair: Fair, match_id: str) -> Stand:
    """The session of this match, or the match that has none. Raises NotFound for those of another fair."""
    match = matches.find_match_of_fair(work, fair.id, match_id)
    if match is None:
        raise NotFound(kind="match", key=match_id)
    meeting = meetings.live_meeting_of_match(work, match_id)
    planned = planned_of(work, fair) if meeting is None else None
    if planned is not None:
        return planned_stand(work, fair, planned, match_id)
    scene = scene_over(work, fair, match_id, without=meeting.id if meeting is not None else None)
    placement = placement_of(meeting) if meeting is not None else None
    return Stand(scene=scene, match=match, placement=placement, meeting=meeting)


def planned_of(work: Session, fair: Fair) -> Planned | None:
    """The newest plan, as long as nothing of the fair is booked and it is not published."""
    if fair.state is not FairState.DRAFT or meetings.meetings_of_fair(work, fair.id, LIVE):
        return None
    draft = drafts.latest_draft(work, fair.id)
    if draft is None or draft.plan is None or draft.state not in WITH_PLAN:
        return None
    return Planned(draft=draft, plan=plan_read(draft.plan))


def planned_stand(
    work: Session, fair: Fair, planned: Planned, match_id: str, *, without: str | None = None
) -> Stand:
    """A session of a plan, or a match that it leaves out; `without` another session as well. Raises NotFound."""
    whole = scene_of(work, fair)
    match = match_of(whole, match_id)
    others = tuple(one for one in planned.plan.placements if one.match_id not in (match_id, without))
    there = tuple(one for one in others if all(key in whole.roster.resources for key in one.resource_ids))
    stretch = Slot(*stretch_of(fair)).ticks()
    taken = claims.claims_between(work, tuple(whole.roster.resources), stretch.start, stretch.stop)
    placed = next((one for one in planned.plan.placements if one.match_id == match_id), None)
    return Stand(
        scene=replace(whole, placements=there, occupancy=occupancy_of(there, whole.roster, taken)),
        match=match,
        placement=placed,
        planned=planned,
    )
