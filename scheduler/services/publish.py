"""Publishing: the placements of a plan become meetings, claims and invites in one transaction, or none does.

Publishing a new plan over a published one moves, adds and cancels only what differs; a meeting that stays where
it is keeps its revision, and nobody hears of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import Refusal, Taken
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Resource, Room, name_for, named
from scheduler.booking.rules import Conflict, conflicts_of, in_the_past
from scheduler.grid.plan import Plan
from scheduler.services.actor import Actor
from scheduler.services.book import link_of, meeting_for
from scheduler.services.build_grid import latest_plan
from scheduler.services.idempotency import Ticket, answer_once
from scheduler.services.notices import Change, Kind, RowState, rows_for, tell
from scheduler.services.record import shown, ticks_of
from scheduler.services.roster import Scene, placement_of, scene_of
from scheduler.services.webhook_events import tell_of_publication
from scheduler.settings import Settings
from scheduler.storage import audit, claims, drafts, fairs, meetings, people
from scheduler.storage.claims import release_lapsed
from scheduler.storage.db import Database
from scheduler.storage.drafts import Draft
from scheduler.storage.errors import ClaimsTaken
from scheduler.wording import Phrase


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one person will hear: how many invites, changes and cancellations; no address means by telephone."""

    resource_id: str
    name: str
    email: str
    name_en: str = ""
    requests: int = 0
    updates: int = 0
    cancels: int = 0


@dataclass(frozen=True, kw_only=True)
class PublicationPreview:
    """What publishing would do, before it does it."""

    fair: Fair
    added: int
    moved: int
    cancelled: int
    unchanged: int
    left_out: int
    told: tuple[Told, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, kw_only=True)
class Published:
    fair: Fair
    added: int
    moved: int
    cancelled: int
    unchanged: int
    notices: int


_COUNTS = ("added", "moved", "cancelled", "unchanged", "notices")


class PlacementsTaken(Refusal):
    """Some placements have been taken since the plan was made. Nothing was published; all of them are named."""

    def __init__(self, taken: Sequence[tuple[Placement, tuple[Taken, ...]]]) -> None:
        self.taken = tuple(taken)
        self.phrase = Phrase(
            "%(count)s placements have been taken meanwhile. Build the grid again; it will plan around them.",
            count=len(self.taken),
        )
        super().__init__(self.taken)


class PlanOutdated(Refusal):
    """The plan breaks rules as they stand now: people, hours or matches changed after it was made."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        self.phrase = Phrase(
            "The plan no longer fits in %(count)s places: %(first)s. Build the grid again.",
            count=len(self.conflicts),
            first=self.conflicts[0].phrase,
        )
        super().__init__(self.conflicts)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a plan changes in what is published. `held` are holds that stand beside it and lapse by themselves."""

    added: tuple[Meeting, ...]
    moved: tuple[tuple[Meeting, Meeting], ...]
    cancelled: tuple[Meeting, ...]
    unchanged: tuple[Meeting, ...]
    held: tuple[Meeting, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        return (
            *(Change(before=one, after=_cancelled(one)) for one in self.cancelled),
            *(Change(before=before, after=after) for before, after in self.moved),
            *(Change(before=None, after=one) for one in self.added),
        )


def preview_publication(
    db: Database, settings: Settings, fair_key: str, *, now: datetime
) -> PublicationPreview:
    """Who would be told what if the newest plan were published now. Changes nothing. Raises NoDraft."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        _, plan = latest_plan(work, fair)
        scene, stored = _scene_and_meetings(work, fair)
        difference = difference_of(plan, scene, stored, settings)
        return PublicationPreview(
            fair=fair,
            added=len(difference.added),
            moved=len(difference.moved),
            cancelled=len(difference.cancelled),
            unchanged=len(difference.unchanged),
            left_out=len(plan.left_out),
            told=told_by(difference.changes, scene.roster.resources, now),
            conflicts=_outdated(plan, scene, difference, now),
        )


def publish(
    db: Database,
    settings: Settings,
    fair_key: str,
    *,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Published:
    """Makes the newest plan the published grid. The same ticket twice publishes once.

    Raises NoDraft; PlanOutdated when people or hours changed since; PlacementsTaken when somebody has been booked
    elsewhere meanwhile. Then nothing has changed.
    """

    def newest(work: Session) -> Published:
        release_lapsed(work, now)
        fair = fairs.get_fair(work, fair_key)
        draft, plan = latest_plan(work, fair)
        return publish_plan(work, settings, fair, draft, plan, now=now, actor=actor)

    return db.carry_out(lambda work: published_once(work, fair_key, ticket, lambda: newest(work), now=now))


def published_once(
    work: Session, fair_key: str, ticket: Ticket | None, deed: Callable[[], Published], *, now: datetime
) -> Published:
    """What `deed` has published, or what it did when the ticket came first."""

    def counts() -> Mapping[str, int]:
        done = deed()
        return {name: getattr(done, name) for name in _COUNTS}

    answer = answer_once(work, ticket, counts, now=now)
    return Published(fair=fairs.get_fair(work, fair_key), **{name: answer[name] for name in _COUNTS})


def publish_plan(
    work: Session, settings: Settings, fair: Fair, draft: Draft, plan: Plan, *, now: datetime, actor: Actor
) -> Published:
    """One certain plan, inside a transaction. Raises PlanOutdated and PlacementsTaken as `publish` does."""
    # What is booked meanwhile is seen, or waits: limits are counted, and what stands beside the plan is cancelled.
    people.hold_everybody_still(work, fair.id)
    scene, stored = _scene_and_meetings(work, fair)
    difference = difference_of(plan, scene, stored, settings)
    conflicts = _outdated(plan, scene, difference, now)
    if conflicts:
        raise PlanOutdated(conflicts)
    _keep(work, difference, scene.roster.resources, now)
    notices = tell(work, difference.changes, state=RowState.DUE, reminders=settings.reminder_minutes, now=now)
    fairs.set_fair_state(work, fair.id, FairState.PUBLISHED, now)
    drafts.save_draft(work, replace(draft, state="published"))
    _record(work, fair, difference, now, actor)
    return Published(
        fair=replace(fair, state=FairState.PUBLISHED),
        added=len(difference.added),
        moved=len(difference.moved),
        cancelled=len(difference.cancelled),
        unchanged=len(difference.unchanged),
        notices=notices,
    )


def _scene_and_meetings(work: Session, fair: Fair) -> tuple[Scene, tuple[Meeting, ...]]:
    stored = tuple(one for one in meetings.meetings_of_fair(work, fair.id) if one.is_live)
    return scene_of(work, fair), stored


def difference_of(plan: Plan, scene: Scene, stored: Iterable[Meeting], settings: Settings) -> Difference:
    """What publishing a plan would add, move and cancel."""
    known = [one for one in plan.placements if one.match_id in scene.roster.matches]
    standing = {one.match_id: one for one in stored if one.match_id is not None}
    planned = {placement.match_id for placement in known}
    moved: list[tuple[Meeting, Meeting]] = []
    unchanged: list[Meeting] = []
    for placement in known:
        meeting = standing.get(placement.match_id)
        if meeting is None:
            continue
        if placement_of(meeting) == placement or meeting.state is not State.CONFIRMED:
            unchanged.append(meeting)
        else:
            moved.append((meeting, _moved(meeting, placement, scene, settings)))
    return Difference(
        added=tuple(meeting_for(one, scene, settings) for one in known if one.match_id not in standing),
        moved=tuple(moved),
        cancelled=tuple(
            one for one in standing.values() if one.match_id not in planned and one.state is State.CONFIRMED
        ),
        unchanged=tuple(unchanged),
        held=tuple(
            one for one in standing.values() if one.match_id not in planned and one.state is State.HELD
        ),
    )


def _moved(meeting: Meeting, placement: Placement, scene: Scene, settings: Settings) -> Meeting:
    same_room = placement.room_id == meeting.room_id
    room = scene.roster.resources.get(placement.room_id or "")
    return replace(
        meeting,
        slot=placement.slot,
        interpreter_ids=placement.interpreter_ids,
        room_id=placement.room_id,
        link=meeting.link if same_room else link_of(meeting.id, room, settings),
        revision=meeting.revision + 1,
    )


def _cancelled(meeting: Meeting) -> Meeting:
    return replace(meeting.to_state(State.CANCELLED), revision=meeting.revision + 1)


def _outdated(plan: Plan, scene: Scene, difference: Difference, now: datetime) -> tuple[Conflict, ...]:
    known = [one for one in plan.placements if one.match_id in scene.roster.matches]
    missing = [one for one in known if not all(key in scene.roster.resources for key in one.resource_ids)]
    if missing:
        return (_somebody_left(missing[0]),)
    past = [
        in_the_past(one.slot, scene.fair.zone)
        for one in (*difference.added, *(after for _, after in difference.moved))
        if one.slot.start_at < now
    ]
    held = [found for one in difference.held if (found := placement_of(one)) is not None]
    return (*conflicts_of([*known, *held], scene.roster), *past)


def _somebody_left(placement: Placement) -> Conflict:
    phrase = Phrase("somebody in the plan no longer takes part")
    return Conflict(
        rule="unknown_resource", phrase=phrase, match_ids=(placement.match_id,), slot=placement.slot
    )


def _keep(work: Session, difference: Difference, resources: Mapping[str, Resource], now: datetime) -> None:
    """Frees everything that moves or ends before anything is taken, so that a plan may swap two meetings."""
    after_moves = [after for _, after in difference.moved]
    for meeting in (*difference.cancelled, *after_moves):
        claims.release_claims(work, meeting.id)
    for meeting in (*(_cancelled(one) for one in difference.cancelled), *after_moves):
        meetings.save_meeting(work, meeting, now)
    meetings.add_meetings(work, difference.added, now)
    wanted = {one.id: ticks_of(one, resources) for one in (*after_moves, *difference.added)}
    try:
        claims.take_all_claims(work, wanted)
    except ClaimsTaken as taken:
        raise _placements_taken(taken, (*after_moves, *difference.added), resources) from None


def _placements_taken(
    taken: ClaimsTaken, wanted: Iterable[Meeting], resources: Mapping[str, Resource]
) -> PlacementsTaken:
    gone = {(resource_id, tick) for resource_id, tick, _ in taken.taken}
    found: list[tuple[Placement, tuple[Taken, ...]]] = []
    for meeting in wanted:
        placement, ticks = placement_of(meeting), ticks_of(meeting, resources)
        lost = [one for one, mine in ticks.items() if any((one, tick) in gone for tick in mine)]
        if lost and placement is not None:
            names = [Taken(resource_id=one, name=named(resources[one]), slot=meeting.slot) for one in lost]
            found.append((placement, tuple(names)))
    return PlacementsTaken(found)


def told_by(changes: Iterable[Change], resources: Mapping[str, Resource], now: datetime) -> tuple[Told, ...]:
    """What each person will hear of these changes."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows_for(changes, state=RowState.DUE, now=now):
        person = counts.setdefault(row.recipient_id, dict.fromkeys(map(str, Kind), 0))
        person[row.kind] += 1
    return tuple(
        Told(
            resource_id=resource_id,
            name=resources[resource_id].name,
            name_en=name_for(resources[resource_id], "en"),
            email=_email_of(resources[resource_id]),
            requests=count[Kind.REQUEST],
            updates=count[Kind.UPDATE],
            cancels=count[Kind.CANCEL],
        )
        for resource_id, count in counts.items()
    )


def _email_of(resource: Resource) -> str:
    return "" if isinstance(resource, Room) else resource.contact.email


def _record(work: Session, fair: Fair, difference: Difference, now: datetime, actor: Actor) -> None:
    for change in difference.changes:
        before = shown(change.before) if change.before is not None else {}
        audit.record(
            work, now, actor.label, "publish", "meeting", change.after.id, before, shown(change.after)
        )
    summary = {"added": len(difference.added), "moved": len(difference.moved)}
    summary |= {"cancelled": len(difference.cancelled), "unchanged": len(difference.unchanged)}
    audit.record(work, now, actor.label, "publish", "fair", fair.id, {}, summary)
    tell_of_publication(work, fair.id, summary, now=now)
