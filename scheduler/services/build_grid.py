"""Building the grid: from what is stored to a draft plan, by a solver in a process of its own.

The draft stands in the database from the start: any process shows its progress or asks it to stop, and one that
was killed leaves a draft that can be deleted, and nothing claimed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from itertools import groupby
from time import monotonic

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import BadInput, NotFound, Refusal
from scheduler.booking.fair import Fair
from scheduler.booking.match import Match, Priority
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Resource
from scheduler.booking.rules import Busy, Conflict
from scheduler.booking.slot import Slot, tick_start
from scheduler.grid.capacity import Outlook, outlook_of
from scheduler.grid.check import check
from scheduler.grid.child import SolverDied, solve_in_child
from scheduler.grid.limits import Limits, Progress
from scheduler.grid.plan import LeftOut, Plan, Status
from scheduler.grid.problem import Problem
from scheduler.grid.texts import plan_from_text, plan_text, problem_from_text, problem_text
from scheduler.grid.waiting import idle_of
from scheduler.services.actor import Actor
from scheduler.services.grid_wishes import weights_in
from scheduler.services.record import ticks_of
from scheduler.services.roster import placements_of, stretch_of
from scheduler.storage import audit, claims, drafts, fairs, matches, meetings, people
from scheduler.storage.db import Database, new_id
from scheduler.storage.drafts import Draft
from scheduler.wording import Phrase

_BETWEEN_WRITES = 0.5
"""Seconds between two looks at the database while the solver works."""
BUILD_LEASE = timedelta(minutes=2)
"""How long past its own limit a build may be silent before another worker takes it over."""


class NoDraft(Refusal):
    """The fair has no plan yet that could be shown, checked or published."""

    phrase = Phrase("There is no plan yet. Build the grid first.")


def problem_of(db: Database, fair_key: str) -> Problem:
    """The grid problem of a fair as it stands: its people and matches, its pins, and what is taken elsewhere."""
    with db.read() as work:
        return problem_in(work, fairs.get_fair(work, fair_key))


def outlook_for(db: Database, fair_key: str) -> Outlook:
    """What can be said of a fair before its grid is built: what cannot suffice, and pins that break rules."""
    return outlook_of(problem_of(db, fair_key))


def begin_build(
    db: Database, fair_key: str, *, now: datetime, actor: Actor, leased_until: datetime | None = None
) -> Draft:
    """Puts a draft in the line for a worker; with `leased_until` the caller carries it out itself."""
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        draft = Draft(
            id=new_id("draft"),
            fair_id=fair.id,
            state="building",
            problem=problem_text(problem_in(work, fair)),
            created_at=now,
            created_by=actor.label,
            leased_by=actor.label if leased_until is not None else "",
            leased_until=leased_until,
        )
        drafts.add_draft(work, draft)
        audit.record(work, now, actor.label, "build", "fair", fair.id, {}, {"draft": draft.id})
        return draft


def build_grid(
    db: Database,
    fair_key: str,
    *,
    limits: Limits,
    now: datetime,
    actor: Actor,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Draft:
    """Builds a draft plan and waits for it. Nothing is claimed and nobody is told: publishing is a step of its own."""
    own = now + timedelta(seconds=limits.seconds) + BUILD_LEASE
    draft = begin_build(db, fair_key, now=now, actor=actor, leased_until=own)
    watch = Watch(db, draft.id, on_progress=on_progress, should_stop=should_stop)
    return carry_out_build(db, draft.id, limits=limits, now=now, watch=watch)


class Watch:
    """What the solver tells, kept in the draft; and whether somebody asked it to stop."""

    def __init__(
        self,
        db: Database,
        draft_id: str,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self._db, self._draft_id = db, draft_id
        self._on_progress, self._should_stop = on_progress, should_stop
        self._looked_at, self._wrote_at, self._is_stopped = 0.0, 0.0, False

    def progress(self, progress: Progress) -> None:
        if self._on_progress is not None:
            self._on_progress(progress)
        if monotonic() - self._wrote_at >= _BETWEEN_WRITES:
            with self._db.write() as work:
                drafts.write_progress(work, self._draft_id, asdict(progress))
            self._wrote_at = monotonic()

    def should_stop(self) -> bool:
        if self._should_stop is not None and self._should_stop():
            return True
        if not self._is_stopped and monotonic() - self._looked_at >= _BETWEEN_WRITES:
            with self._db.read() as work:
                draft = drafts.get_draft(work, self._draft_id)
            # Nobody waits for what has been thrown away meanwhile.
            self._is_stopped = draft.stop_requested or draft.state == "discarded"
            self._looked_at = monotonic()
        return self._is_stopped


def take_build(db: Database, *, owner: str, now: datetime, limits: Limits) -> Draft | None:
    """The build that has waited longest, for this worker alone; one whose worker fell silent is taken over."""
    until = now + timedelta(seconds=limits.seconds) + BUILD_LEASE
    with db.write() as work:
        for draft in drafts.drafts_in(work, "building"):
            if drafts.lease_build(work, draft.id, owner, now, until):
                return draft
    return None


def carry_out_build(
    db: Database, draft_id: str, *, limits: Limits, now: datetime, watch: Watch | None = None
) -> Draft:
    """Solves the problem of a draft and keeps the plan. A plan that the checker refuses is kept as failed."""
    with db.read() as work:
        draft = drafts.get_draft(work, draft_id)
    watch = watch or Watch(db, draft_id)
    began = monotonic()

    def finish(state: str, *, plan: Plan | None = None, error: str = "") -> Draft:
        ended = now + timedelta(seconds=monotonic() - began)
        kept = plan_text(plan) if plan is not None else None
        return _finish(db, replace(draft, state=state, plan=kept, error=error), ended)

    try:
        problem = problem_from_text(draft.problem)
        plan = solve_in_child(problem, limits, on_progress=watch.progress, should_stop=watch.should_stop)
    except (SolverDied, BadInput) as refusal:
        return finish("failed", error=str(refusal))
    if plan.status is Status.INFEASIBLE:
        # Kept with its reasons, so that they can be read in any language.
        return finish("failed", plan=plan, error=_told(reasons_of(plan)))
    broken = check(problem, plan)
    if broken:
        return finish("failed", error=_told([conflict.phrase for conflict in broken]))
    state = "stopped" if plan.status is Status.STOPPED else "ready"
    return finish(state, plan=replace(plan, weights=asdict(problem.weights)))


def reasons_of(plan: Plan) -> tuple[Phrase, ...]:
    """Why there is no plan at all: what the pins contradict. They are the reason for every match alike."""
    return tuple(dict.fromkeys(reason for one in plan.left_out for reason in one.reasons))


def why_failed(draft: Draft) -> tuple[Phrase | str, ...]:
    """Why a build came to nothing: the contradictions in any language, or else what was noted."""
    plan = plan_from_text(draft.plan) if draft.plan is not None else None
    return (reasons_of(plan) if plan is not None else ()) or (draft.error,)


def _told(phrases: Sequence[Phrase]) -> str:
    return "; ".join(phrase.text("en") for phrase in phrases[:5])


def stop_build(db: Database, draft_id: str) -> None:
    """Asks a build to stop with the best plan so far."""
    with db.write() as work:
        drafts.request_stop(work, draft_id)


def discard_draft(db: Database, draft_id: str, *, now: datetime, actor: Actor) -> None:
    """Throws a draft away. A published one stays."""
    with db.write() as work:
        draft = drafts.get_draft(work, draft_id)
        if draft.state == "published":
            raise NotFound(kind="draft", key=draft_id)
        drafts.save_draft(work, replace(draft, state="discarded"))
        audit.record(work, now, actor.label, "discard", "fair", draft.fair_id, {}, {"draft": draft_id})


def build_state(db: Database, draft_id: str) -> Draft:
    """A draft as it stands, for whoever watches."""
    with db.read() as work:
        return drafts.get_draft(work, draft_id)


def latest_plan(work: Session, fair: Fair) -> tuple[Draft, Plan]:
    """The newest draft that holds a plan. Raises NoDraft."""
    draft = drafts.latest_draft(work, fair.id)
    if draft is None or draft.plan is None or draft.state not in ("ready", "stopped", "published"):
        raise NoDraft
    return draft, plan_from_text(draft.plan)


def check_plan(db: Database, fair_key: str) -> tuple[Conflict, ...]:
    """Every conflict in the newest plan of a fair, as its people and hours are now. Raises NoDraft."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        return check(problem_in(work, fair), latest_plan(work, fair)[1])


def check_fair(db: Database, fair_key: str) -> tuple[Conflict, ...]:
    """Every conflict in a fair's grid: of its sessions once published, of its newest draft before that."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        problem = replace(problem_in(work, fair), pins=(), published=())
        stored = [one for one in meetings.meetings_of_fair(work, fair.id) if one.is_live]
        if not stored:
            return check(problem, latest_plan(work, fair)[1])
    return check(problem, plan_of(problem, placements_of(stored)))


def plan_of(problem: Problem, placements: Sequence[Placement]) -> Plan:
    """What stands, as a plan that the checker can judge: everything wanted and not placed counts as left out."""
    placed = {placement.match_id for placement in placements}
    wanted = [match for match in problem.matches if match.priority is not Priority.NEVER]
    left_out = tuple(LeftOut(match_id=one.id, reasons=()) for one in wanted if one.id not in placed)
    return Plan(
        placements=tuple(placements),
        left_out=left_out,
        wanted=len(wanted),
        bound=len(wanted),
        idle=idle_of(problem, placements),
    )


def _finish(db: Database, draft: Draft, finished_at: datetime) -> Draft:
    with db.write() as work:
        now_there = drafts.get_draft(work, draft.id)
        kept = replace(draft, progress=now_there.progress, finished_at=finished_at)
        if now_there.state == "discarded":
            kept = replace(kept, state="discarded")
        drafts.save_draft(work, kept)
        return kept


def problem_in(work: Session, fair: Fair) -> Problem:
    """The same as `problem_of`, inside a transaction."""
    everyone = people.people_of(work, fair.id)
    live = [one for one in meetings.meetings_of_fair(work, fair.id) if one.is_live]
    resources = everyone.everyone
    return Problem(
        fair=fair,
        companies=everyone.companies,
        buyers=everyone.buyers,
        interpreters=everyone.interpreters,
        rooms=everyone.rooms,
        matches=_in_order(matches.matches_of(work, fair.id), resources),
        pins=_pins(work, fair, live),
        published=placements_of(live),
        busy=_busy_elsewhere(work, fair, {one.id: one for one in resources}, live),
        weights=weights_in(work, fair.id),
    )


def _in_order(stored: Iterable[Match], resources: Sequence[Resource]) -> tuple[Match, ...]:
    # By the rows of the workbook rather than by random ids, so that the same workbook gives the same plan.
    position = {one.id: index for index, one in enumerate(resources)}
    return tuple(
        sorted(
            stored,
            key=lambda match: (
                match.priority,
                match.rank or 0,
                position[match.company_id],
                position[match.buyer_id],
            ),
        )
    )


def _pins(work: Session, fair: Fair, live: Iterable[Meeting]) -> tuple[Placement, ...]:
    # What has begun or ended cannot be planned anew; it counts as pinned where it stands.
    fixed = [one for one in live if one.is_pinned or one.state not in (State.CONFIRMED, State.HELD)]
    placed = {one.match_id: one for one in placements_of(fixed)}
    asked = {pin.match_id: pin for pin in matches.pins_of(work, fair.id)}
    return tuple({**asked, **placed}.values())


def _busy_elsewhere(
    work: Session, fair: Fair, resources: Mapping[str, Resource], live: Iterable[Meeting]
) -> tuple[Busy, ...]:
    first, last = stretch_of(fair)
    whole = Slot(first, last).ticks()
    claimed_ticks = claims.claims_between(work, tuple(resources), whole.start, whole.stop)
    own: dict[str, set[int]] = defaultdict(set)
    for meeting in live:
        for resource_id, ticks in ticks_of(meeting, resources).items():
            own[resource_id].update(ticks)
    return tuple(
        Busy(resource_id=resource_id, slot=stretch)
        for resource_id, ticks in sorted(claimed_ticks.items())
        for stretch in _stretches(sorted(ticks - own[resource_id]))
    )


def _stretches(ticks: Sequence[int]) -> Iterator[Slot]:
    """Neighbouring ticks as one stretch of time."""
    for _, run in groupby(enumerate(ticks), key=lambda pair: pair[1] - pair[0]):
        numbers = [tick for _, tick in run]
        yield Slot(tick_start(numbers[0]), tick_start(numbers[-1] + 1))
