"""Re-planning: somebody or a room is away, and the published grid changes as little as it can.

The preview is kept as a draft that is set aside from the start (`discarded`), so that no board and no publication
takes it for the plan of the fair. Applying it keeps the hours, moves, cancels and tells in one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound, Refusal
from scheduler.booking.fair import Fair, day_of
from scheduler.booking.people import Resource, named, zone_of
from scheduler.grid.check import check
from scheduler.grid.plan import LeftOut, Plan, Status
from scheduler.grid.repair import Repair, goals_to_json, repair_of
from scheduler.grid.replan_child import Standby, a_replan_child
from scheduler.grid.texts import plan_from_text, plan_text, problem_text
from scheduler.services.absence import (
    Absence,
    Away,
    away_from_json,
    away_to_json,
    days_of,
    hours_without,
)
from scheduler.services.actor import Actor
from scheduler.services.agenda import resources_of
from scheduler.services.board import Entry, entry_of
from scheduler.services.build_grid import plan_of, problem_in
from scheduler.services.idempotency import Ticket
from scheduler.services.publish import (
    Difference,
    PlanOutdated,
    Published,
    Told,
    difference_of,
    publish_plan,
    published_once,
    told_by,
)
from scheduler.services.replan_facts import Facts, facts_of, live_sessions
from scheduler.services.roster import placement_of, scene_of
from scheduler.settings import Settings
from scheduler.storage import absences, audit, drafts, fairs, people
from scheduler.storage.claims import release_lapsed
from scheduler.storage.db import Database, new_id
from scheduler.storage.drafts import Draft
from scheduler.wording import Phrase

_SET_ASIDE = "discarded"


class NoRepair(Refusal):
    """What is pinned or has begun contradicts the rules, so that nothing can be planned around it."""

    phrase = Phrase("What is pinned contradicts the rules. Look at the pinned sessions first.")


class ReplanOutdated(Refusal):
    """Sessions, people or hours are no longer as they were when the preview was made."""

    phrase = Phrase("Things have changed since this preview was made. Nothing was applied; look again.")


@dataclass(frozen=True, kw_only=True)
class Move:
    """A session as it is and as it would be."""

    before: Entry
    after: Entry

    @property
    def has_other_time(self) -> bool:
        return self.before.slot != self.after.slot


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A session that cannot be kept, and why."""

    entry: Entry
    reasons: tuple[Phrase, ...]


@dataclass(frozen=True, kw_only=True)
class ReplanPreview:
    """What applying would do, before it does it; `moves` with those at another time first."""

    draft_id: str
    fair: Fair
    resource: Resource
    away: Away
    moves: tuple[Move, ...]
    dropped: tuple[Dropped, ...]
    told: tuple[Told, ...]
    repair: Repair

    @property
    def other_times(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.has_other_time)

    @property
    def other_names(self) -> tuple[Move, ...]:
        """Sessions at their time with another interpreter or room."""
        return tuple(move for move in self.moves if not move.has_other_time)


@dataclass(frozen=True, kw_only=True)
class AbsencePage:
    """Who could be away, and on which days of their own they have how many sessions still to come."""

    fair: Fair
    resource: Resource
    days: tuple[tuple[date, int], ...]

    @property
    def zone(self) -> str:
        return zone_of(self.resource)


def absence_page(db: Database, fair_key: str, resource_id: str, *, now: datetime) -> AbsencePage:
    """What the form for an absence shows. Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        resource = resources_of(work, fair.id).get(resource_id)
        if resource is None:
            raise NotFound(kind="resource", key=resource_id)
        ahead = [
            day_of(one.slot, zone_of(resource))
            for one in live_sessions(work, fair)
            if resource_id in one.resource_ids and one.slot.start_at > now
        ]
    days = tuple((on, ahead.count(on)) for on in days_of(fair, resource))
    return AbsencePage(fair=fair, resource=resource, days=days)


def preview_replan(
    db: Database,
    settings: Settings,
    fair_key: str,
    absence: Absence,
    *,
    now: datetime,
    actor: Actor,
    standby: Standby | None = None,
) -> ReplanPreview:
    """Plans around an absence; nothing is changed and nobody is told. Quicker with a process that waits already.

    Raises NotPublished, BadInput for a stretch that makes no sense, HeldInTheWay, NoRepair, and SolverDied when the
    search was broken off.
    """
    with a_replan_child(standby) as child:
        with db.read() as work:
            facts = facts_of(work, fair_key, absence, now)
        repair = child.replan(facts.standing, not_before=now)
    if repair.plan.status is Status.INFEASIBLE:
        raise NoRepair
    broken = check(facts.standing, repair.plan)
    if broken:
        raise PlanOutdated(broken)
    draft = Draft(
        id=new_id("draft"),
        fair_id=facts.fair.id,
        state=_SET_ASIDE,
        problem=problem_text(facts.problem),
        plan=plan_text(_whole_plan(facts, repair.plan)),
        progress={
            "resource_id": absence.resource_id,
            "away": away_to_json(facts.away),
            "goals": goals_to_json(repair),
        },
        created_at=now,
        created_by=actor.label,
        finished_at=now,
    )
    with db.write() as work:
        drafts.add_draft(work, draft)
    return get_replan(db, settings, fair_key, draft.id, now=now)


def get_replan(
    db: Database, settings: Settings, fair_key: str, draft_id: str, *, now: datetime
) -> ReplanPreview:
    """A preview again. Raises NotFound, also for one that has been applied."""
    with db.read() as work:
        fair, draft = _get_set_aside(work, fair_key, draft_id)
        plan, resources = plan_from_text(draft.plan or ""), resources_of(work, fair.id)
        resource_id = str(draft.progress["resource_id"])
        if resource_id not in resources:
            raise NotFound(kind="resource", key=resource_id)
        stored = live_sessions(work, fair)
        difference = difference_of(plan, scene_of(work, fair), stored, settings)
    return ReplanPreview(
        draft_id=draft_id,
        fair=fair,
        resource=resources[resource_id],
        away=away_from_json(draft.progress["away"]),
        moves=_moves(difference, resources),
        dropped=_dropped(difference, plan, resources),
        told=told_by(difference.changes, resources, now),
        repair=repair_of(plan, draft.progress["goals"]),
    )


def apply_replan(
    db: Database,
    settings: Settings,
    fair_key: str,
    draft_id: str,
    *,
    now: datetime,
    actor: Actor,
    ticket: Ticket | None = None,
) -> Published:
    """Keeps the absence and what it moves, and tells those concerned, all in one transaction, once for a ticket.

    Raises NotFound; ReplanOutdated when anything the preview stands on has changed; PlacementsTaken when somebody
    has been booked elsewhere meanwhile. Then nothing has changed.
    """

    def applied(work: Session) -> Published:
        release_lapsed(work, now)
        fair, draft = _get_set_aside(work, fair_key, draft_id)
        people.hold_everybody_still(work, fair.id)
        _keep_absence(work, fair, draft, now, actor)
        plan = plan_from_text(draft.plan or "")
        if problem_text(problem_in(work, fair)) != draft.problem or _has_begun(work, fair, plan, now):
            raise ReplanOutdated
        kept = replace(draft, created_at=now, finished_at=now)
        return publish_plan(work, settings, fair, kept, plan, now=now, actor=actor)

    return db.carry_out(lambda work: published_once(work, fair_key, ticket, lambda: applied(work), now=now))


def _whole_plan(facts: Facts, repaired: Plan) -> Plan:
    """The repaired sessions as a plan of the whole fair, with the reasons for everything left out."""
    plan = plan_of(facts.problem, repaired.placements)
    earlier = facts.earlier.left_out if facts.earlier is not None else ()
    known = {one.match_id: one for one in (*earlier, *(_explained(facts, one) for one in repaired.left_out))}
    return replace(
        plan,
        left_out=tuple(known.get(one.match_id, one) for one in plan.left_out),
        seconds=repaired.seconds,
        seed=repaired.seed,
        solver=repaired.solver,
        versions=repaired.versions,
    )


def _explained(facts: Facts, left_out: LeftOut) -> LeftOut:
    """With the absence as the first reason; the only one where there is no other day to look at."""
    if left_out.match_id not in facts.hit:
        return left_out
    away = Phrase("%(name)s is away", name=named(facts.resource))
    return replace(left_out, reasons=(away,) if facts.is_whole else (away, *left_out.reasons))


def _get_set_aside(work: Session, fair_key: str, draft_id: str) -> tuple[Fair, Draft]:
    fair, draft = fairs.get_fair(work, fair_key), drafts.get_draft(work, draft_id)
    if draft.fair_id != fair.id or draft.state != _SET_ASIDE or "away" not in draft.progress:
        raise NotFound(kind="draft", key=draft_id)
    return fair, draft


def _keep_absence(work: Session, fair: Fair, draft: Draft, now: datetime, actor: Actor) -> None:
    resource = people.get_resource(work, str(draft.progress["resource_id"]), fair.id)
    hours = hours_without(resource.hours, away_from_json(draft.progress["away"]))
    absences.set_hours(work, fair.id, resource.id, hours)
    before = {"fair_id": fair.id, "hours": resource.hours.to_json()}
    after = {"fair_id": fair.id, "hours": hours.to_json()}
    audit.record(work, now, actor.label, "absent", "resource", resource.id, before, after)


def _has_begun(work: Session, fair: Fair, plan: Plan, now: datetime) -> bool:
    """Whether a session that was to change has begun meanwhile."""
    planned = {one.match_id: one for one in plan.placements}
    changed = (
        one for one in live_sessions(work, fair) if placement_of(one) != planned.get(one.match_id or "")
    )
    return any(one.slot.start_at <= now for one in changed)


def _moves(difference: Difference, resources: Mapping[str, Resource]) -> tuple[Move, ...]:
    found = [
        Move(before=entry_of(before, resources), after=entry_of(after, resources))
        for before, after in difference.moved
    ]
    return tuple(sorted(found, key=lambda move: (not move.has_other_time, move.before.slot)))


def _dropped(difference: Difference, plan: Plan, resources: Mapping[str, Resource]) -> tuple[Dropped, ...]:
    reasons = {one.match_id: one.reasons for one in plan.left_out}
    return tuple(
        Dropped(entry=entry_of(one, resources), reasons=reasons.get(one.match_id or "", ()))
        for one in sorted(difference.cancelled, key=lambda meeting: meeting.slot)
    )
